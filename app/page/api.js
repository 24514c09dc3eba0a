// Talks to the service: JSON, bytes, uploads and event streams; errors as Problem; the key, asked for when it is needed.

const KEY = "longreader-key";
let askForKey = async () => null;
let asking = null;

/** What went wrong, in the service's form (problem+json). `type` is stable; "unreachable" and "stopped" are made here. */
export class Problem extends Error {
  constructor({ type, title, detail, hint = "", status = 0, retryable = false }) {
    super(detail || title);
    Object.assign(this, { type, title, detail, hint, status, retryable });
  }
}

/** Set who is asked for a key: a function that is told why and resolves to a key, or null where none is given. */
export function onKeyNeeded(ask) {
  askForKey = ask;
}

/** Return the address of a collection, or of something in it. */
export function inCollection(collection, ...parts) {
  return ["/v1/collections", ...[collection, ...parts].map(encodeURIComponent)].join("/");
}

export async function getJson(path, options) {
  return (await request(path, options)).json();
}

export async function getBytes(path, options) {
  return (await request(path, options)).arrayBuffer();
}

/** Send JSON with a method; return the JSON that comes back, or null where nothing does. */
export async function send(method, path, value, options) {
  const response = await request(path, { method, body: value === undefined ? undefined : JSON.stringify(value), ...options });
  return response.status === 204 ? null : response.json();
}

/** Send a request and return its response. Throws Problem. */
export async function request(path, { method = "GET", body, signal, accept } = {}) {
  const key = sessionStorage.getItem(KEY);
  const headers = authorization(key);
  if (accept) headers.Accept = accept;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, body, signal, headers, credentials: "omit" });
  } catch (error) {
    throw signal?.aborted ? stopped() : unreachable(error);
  }
  if (response.ok) return response;
  const problem = problemOf(await response.text(), response.status);
  if (problem.status === 401 && (await newKey(problem, key))) return request(path, { method, body, signal, accept });
  throw problem;
}

/** Send JSON and yield the events that come back as {event, data}, data parsed. Throws Problem. */
export async function* events(path, value, signal) {
  const response = await request(path, { method: "POST", body: JSON.stringify(value), signal, accept: "text/event-stream" });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value: piece } = await reader.read();
      if (done) return;
      const parts = (text + piece).split(/\r?\n\r?\n/);
      text = parts.pop();
      for (const part of parts) {
        const event = eventOf(part);
        if (event) yield event;
      }
    }
  } catch (error) {
    throw signal?.aborted ? stopped() : unreachable(error);
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Upload a file as multipart; `onShare` is told the share sent so far. Returns the service's JSON. Throws Problem. */
export async function upload(path, file, onShare) {
  const key = sessionStorage.getItem(KEY);
  const { status, text } = await transfer(path, file, onShare, key);
  if (status >= 200 && status < 300) return JSON.parse(text);
  const problem = problemOf(text, status);
  if (status === 401 && (await newKey(problem, key))) return upload(path, file, onShare);
  throw problem;
}

// fetch does not tell how much of a body is sent; XMLHttpRequest does.
function transfer(path, file, onShare, key) {
  const form = new FormData();
  form.append("files", file, file.name);
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", path);
    for (const [name, value] of Object.entries(authorization(key))) sending.setRequestHeader(name, value);
    sending.upload.onprogress = (event) => event.lengthComputable && onShare(event.loaded / event.total);
    sending.onload = () => resolve({ status: sending.status, text: sending.responseText });
    sending.onerror = () => reject(unreachable());
    sending.send(form);
  });
}

/** Return the headers that a request needs which is made elsewhere than here. */
export function authorization(key = sessionStorage.getItem(KEY)) {
  return key ? { Authorization: `Bearer ${key}` } : {};
}

// Many requests may be refused at once: the key is asked for once.
async function newKey(problem, used) {
  if (sessionStorage.getItem(KEY) !== used) return true;
  asking ??= askForKey(problem.detail).finally(() => (asking = null));
  const key = await asking;
  if (key) sessionStorage.setItem(KEY, key);
  return Boolean(key);
}

function eventOf(part) {
  let event = "message";
  const data = [];
  for (const line of part.split(/\r?\n/)) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}

function problemOf(text, status) {
  try {
    const told = JSON.parse(text);
    if (told.title) return new Problem({ status, ...told });
  } catch {
    // Something between the page and the service answered: it has no such form.
  }
  return new Problem({ type: "unexpected", title: `HTTP ${status}`, detail: "", status, retryable: status >= 500 });
}

function unreachable(cause) {
  return Object.assign(new Problem({ type: "unreachable", title: "", detail: "", retryable: true }), { cause });
}

function stopped() {
  return new Problem({ type: "stopped", title: "", detail: "" });
}
