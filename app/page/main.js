// Joins the page.

import { onKeyNeeded } from "./api.js";
import { buildChat } from "./chat.js";
import { buildChats } from "./chats.js";
import { buildCollections } from "./collections.js";
import { line } from "./dialog.js";
import { fileButton, takeDrops } from "./drop.js";
import { buildLibrary } from "./library.js";
import { buildPanel } from "./panel.js";
import { buildShell } from "./shell.js";
import { choose, fromAddress, on, state, tell } from "./state.js";
import { language, texts } from "./texts.js";
import { buildUploads } from "./uploads.js";

const LOOK_AGAIN_MILLISECONDS = 1_000;

document.documentElement.lang = language;
onKeyNeeded((why) => line({ ...texts.key, text: `${why} ${texts.key.text}`, yes: texts.key.use, secret: true }));

const shell = document.getElementById("shell");
const areas = buildShell(shell);
const remarks = new Map();
const uploads = buildUploads(remarks);
const library = buildLibrary(remarks, fileButton(uploads.add));
const chats = buildChats();

areas.library.append(buildCollections(), library.element, uploads.element, chats.element);
buildPanel(areas.document, shell);
const chat = buildChat(areas.chat, uploads.add);
takeDrops(uploads.add);

// Meanwhile another tab may have changed what there is.
let looked = 0;
for (const [target, name] of [[document, "visibilitychange"], [window, "focus"]]) target.addEventListener(name, lookAgain);
function lookAgain() {
  if (document.visibilityState !== "visible" || performance.now() - looked < LOOK_AGAIN_MILLISECONDS) return;
  looked = performance.now();
  uploads.look();
  tell("changed");
  tell("chats");
}

// On a small screen, choosing something shows where it is.
let started = false;
on("chat", () => started && tell("area", "chat"));

const { collection, chatId } = fromAddress();
choose(collection, chatId);
if (state.collection === "default") tell("collection", collection);
started = true;
if (matchMedia("(hover: hover)").matches) chat.focus();
