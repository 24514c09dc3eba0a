// The question that is being read in each chat, kept until it is answered or the tab is closed: a reload cuts it off, and
// it can then be asked again.

const KEY = "longreader-asking";

/** Return what was asked in a chat and was not answered, or null. */
export function askedIn(chatId) {
  return all()[chatId] ?? null;
}

export function keepAsked(chatId, asked) {
  sessionStorage.setItem(KEY, JSON.stringify({ ...all(), [chatId]: asked }));
}

export function dropAsked(chatId) {
  const { [chatId]: _, ...others } = all();
  sessionStorage.setItem(KEY, JSON.stringify(others));
}

function all() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
