// What is chosen now, and how parts of the page tell each other of changes. No part knows another one.
//
// Told: "collection" (another one is chosen), "documents" (the list of documents, whenever it was fetched), "changed" (a
// document came), "removed" (one went, with the answers that quoted it), "incoming" (how many files are coming in), "chat"
// (another chat is chosen: its id, or null for a new one), "chats" (a chat came or changed), "open" (something is to be
// shown beside the chat: see panel.js), "area" (which area to show where there is room for one).

const heard = new EventTarget();

export const state = { collection: "default", chatId: null };

export function on(name, listener) {
  heard.addEventListener(name, (event) => listener(event.detail));
}

export function tell(name, detail) {
  heard.dispatchEvent(new CustomEvent(name, { detail }));
}

/** Choose a collection and a chat of it. Both stand in the page's address, so that they survive a reload. */
export function choose(collection, chatId = null) {
  const changed = collection !== state.collection;
  Object.assign(state, { collection, chatId });
  keepInAddress();
  if (changed) tell("collection", collection);
  tell("chat", chatId);
}

/** Note which chat the one that is shown became when it was stored. */
export function chatStored(chatId) {
  state.chatId = chatId;
  keepInAddress();
}

/** Take up what the page's address names. */
export function fromAddress() {
  const [collection, chatId] = location.hash.slice(1).split("/").map(decoded);
  return { collection: collection || state.collection, chatId: chatId || null };
}

// Addresses are typed and cut by people.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

function keepInAddress() {
  const parts = [state.collection, state.chatId].filter(Boolean).map(encodeURIComponent);
  history.replaceState(null, "", `#${parts.join("/")}`);
}
