// Every text of the page. A translation is another file of this form.

const number = new Intl.NumberFormat("en");
const plural = (count, one, many = `${one}s`) => `${number.format(count)} ${count === 1 ? one : many}`;

/** The language of the texts, for the browser and for splitting sentences. */
export const language = "en";

export const texts = {
  name: "longreader",
  seconds: (seconds) => {
    if (seconds < 0.1) return "under 0.1 s";
    return seconds < 60 ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : texts.minutes(seconds);
  },
  minutes: (seconds) => `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`,
  left: (seconds) => {
    if (seconds < 5) return "a few seconds left";
    if (seconds < 90) return `about ${Math.ceil(seconds / 5) * 5} s left`;
    return `about ${plural(Math.ceil(seconds / 60), "minute")} left`;
  },
  cancel: "Cancel",
  close: "Close",
  back: "Back",
  remove: "Remove",
  tryAgain: "Try again",
  loading: "Loading…",
  failed: "That did not work.",
  reload: "Reload the page and try again.",

  areas: { label: "Areas", library: "Library", chat: "Chat", document: "Document" },
  skip: "To the question",
  theme: {
    label: "Colours",
    auto: "as the system",
    light: "light",
    dark: "dark",
  },

  key: {
    title: "A key, please",
    text: "This service asks for a key. Whoever runs it makes one with “longreader keys add local”. It is kept until this tab is closed.",
    label: "Key",
    use: "Use it",
  },

  collections: {
    label: "Collection",
    option: (name, count) => `${name} (${number.format(count)})`,
    make: "New collection",
    name: "Name",
    nameHint: "Letters, digits, blanks, and . _ - within.",
    making: "Make",
    remove: "Delete collection",
    confirm: (name) => `Delete “${name}”?`,
    confirmText: (count) =>
      `${plural(count, "document")} in it, with all notes and chats about them, will be gone for good.`,
    removing: "Delete",
    removed: (name) => `${name} is deleted.`,
  },

  library: {
    title: "Documents",
    add: "Add files",
    drop: "Drop files to add them",
    dropHint: "or drop them anywhere on this page",
    empty: "Nothing here yet.",
    counts: (documents) => plural(documents, "document"),
    graph: (nodes) => `Graph of ${plural(nodes, "node")}`,
    size: (document) =>
      [
        document.page_count > 1 && plural(document.page_count, "page"),
        plural(document.word_count, "word"),
        plural(document.fact_count, "fact"),
      ]
        .filter(Boolean)
        .join(" · "),
    fallback: (count) => `${plural(count, "chunk")} noted without the model`,
    summary: "Summary",
    remove: "Delete",
    removeLabel: (title) => `Delete ${title}`,
    summaryLabel: (title) => `Summary of ${title}`,
    confirm: (title) => `Delete “${title}”?`,
    confirmText: "Its notes go with it, and so do answers that quote it.",
    removed: (title) => `${title} is deleted.`,
    unreadable: "It could not be read.",
    more: (count) => `Show ${number.format(count)} more`,
  },

  uploads: {
    title: "Coming in",
    sending: "Sending",
    queued: "Waits for its turn",
    waits: (reason) => `Waits, then tries again: ${reason}`,
    stages: {
      parse: "Opening",
      chunk: "Cutting into chunks",
      note: "Noting facts",
      embed: "Learning what passages mean",
      index: "Linking the notes",
    },
    progress: (stage, done, total) => (total > 1 ? `${stage}, ${number.format(done)} of ${number.format(total)}` : stage),
    label: (name) => `${name}: how far it is read`,
    stop: "Stop",
    stopLabel: (name) => `Stop reading ${name}`,
    retryLabel: (name) => `Try ${name} again`,
    dismissLabel: (name) => `Remove ${name} from this list`,
    done: (name) => `${name} is read.`,
    existed: (name) => `${name} was there already.`,
    failed: (name) => `${name} was not read.`,
    emptyFile: "This file is empty.",
    interrupted: "The page was closed before it was sent.",
    unsent: "It has to be chosen once more.",
    chooseAgain: "Choose it",
  },

  chats: {
    title: "Chats",
    make: "New chat",
    empty: "Your questions will be kept here.",
    untitled: "Untitled",
    turns: (count) => plural(count, "question"),
    rename: "Rename",
    renameTitle: "Rename this chat",
    name: "Title",
    save: "Save",
    remove: "Delete",
    export: "Export",
    actions: (title) => `What to do with ${title}`,
    confirm: (title) => `Delete “${title}”?`,
    confirmText: "Its questions and answers will be gone for good.",
    removed: "The chat is deleted.",
  },

  welcome: {
    ask: "Ask what your documents say.",
    askText: "Every answer comes with its quotes, checked word for word, and one click from their page.",
    reading: "It is being read.",
    readingText: "You can ask as soon as the first document is ready. This page may be closed meanwhile.",
    add: "Put in something long.",
    addText:
      "A report, a book, a contract, a manual. It is read on this machine. Then ask, and check each answer at its place.",
    formats: "PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, HTML, Markdown, e-mail, source code, plain text",
  },

  chat: {
    title: "Chat",
    question: "Your question",
    placeholder: "Ask about these documents",
    followUp: "Ask a follow-up",
    ask: "Ask",
    stop: "Stop",
    readAs: (question) => `Read as: ${question}`,
    deleted: "A document that this answer quoted was deleted.",
    gone: "This chat is gone.",
    loading: "Opening the chat…",
  },

  menu: {
    label: "How to read",
    mode: "Mode",
    modes: {
      auto: ["auto", "the way that suits the question"],
      graph: ["graph", "several walks over the notes; thorough, slow"],
      chain: ["chain", "all of the text, part by part"],
      scan: ["scan", "count, list and sort over all of the text"],
      summary: ["summary", "what it says, in short"],
      retrieve: ["retrieve", "one search, one look; fast"],
    },
    budget: "At most",
    tokens: "tokens",
    secondsLabel: "seconds",
    none: "the service's limit",
    shown: (mode, tokens, seconds) =>
      [`Mode: ${mode}`, tokens && `${number.format(tokens)} tokens`, seconds && `${number.format(seconds)} s`]
        .filter(Boolean)
        .join(" · "),
  },

  status: {
    answered: (count) => `${plural(count, "quote")}, checked against the text`,
    partly: "Not all of it: something was not found, or not read.",
    partlyUnquoted: "No quote in the documents bears this out. Take it with care.",
    notFoundTitle: "That is not in these documents.",
    notFound: "The passages nearest to your question do not tell. Other words may find more.",
    spent: "Stopped at the limit of its budget; this is what I have.",
    spentNothing: "Stopped at the limit of its budget before anything was found.",
    cost: (usage) =>
      [
        `${number.format(usage.prompt_tokens + usage.completion_tokens)} tokens`,
        plural(usage.call_count, "call"),
        texts.seconds(usage.seconds),
      ].join(" · "),
  },

  citation: {
    label: (citation) => `Citation ${citation.number}: ${citation.title}, ${texts.citation.place(citation)}`,
    place: (citation) =>
      citation.last_page > citation.page ? `pages ${citation.page}–${citation.last_page}` : `page ${citation.page}`,
    list: "Sources",
    copied: (citation) => `[${citation.number}] “${citation.quote}” (${citation.title}, ${texts.citation.place(citation)})`,
  },

  answer: {
    label: "Answer",
    copy: (count) => (count ? "Copy with citations" : "Copy"),
    copied: "Copied.",
    notCopied: "The browser does not let this page copy.",
    spoken: (text, count) => `${text} ${plural(count, "citation")}.`,
  },

  steps: {
    reading: "Reading",
    title: "How it was read",
    count: (count) => plural(count, "step"),
    walk: (walk) => `walk ${walk}`,
    graph: "See the way on the note graph",
    none: "No step was kept.",
    gone: "A document on this way was deleted, and the way with it.",
    progress: (doing, seconds) => `${doing}… ${seconds < 60 ? `${Math.floor(seconds)} s` : texts.minutes(seconds)}`,
    actions: {
      read_chunk: "reads the chunk",
      read_previous_chunk: "reads on in the chunk before",
      read_subsequent_chunk: "reads on in the next chunk",
      read_neighbor_node: "goes on to",
      stop_and_read_neighbor: "nothing to read here, looks at its neighbors",
      search_more: "looks further",
      termination: "knows enough",
    },
    notes: (notes) => `Notes: ${notes}`,
    finding: (finding) => `Found: ${finding}`,
    cost: ({ tokens, seconds }) => [tokens && `${number.format(tokens)} tokens`, texts.seconds(seconds)].filter(Boolean).join(" · "),
    kinds: {
      rewrite: "Question",
      route: "Way",
      plan: "Plan",
      nodes: "Nodes",
      facts: "Facts",
      chunk: "Chunk",
      neighbors: "Neighbors",
      select: "Passages",
      work: "Read",
      scan: "Rows",
      summary: "Summary",
      answer: "Answer",
      fallback: "Note",
    },
    // What goes on after a step of this kind.
    after: {
      begin: "Looking at the question",
      rewrite: "Looking at the question",
      route: "Thinking about where to look",
      plan: "Looking for the places",
      nodes: "Walking through the notes",
      facts: "Walking through the notes",
      neighbors: "Walking through the notes",
      chunk: "Walking through the notes",
      select: "Reading the passages",
      work: "Reading on",
      scan: "Reading on",
      summary: "Reading on",
      answer: "Checking the quotes",
      fallback: "Reading on",
    },
  },

  panel: {
    label: "Document",
    empty: "Open a citation or a document, and it will stand here.",
    graph: "Note graph",
    walk: "The way on the note graph",
    summary: (title) => `Summary: ${title}`,
  },

  viewer: {
    toolbar: "Page and zoom",
    previous: "Previous page",
    next: "Next page",
    page: "Page",
    of: (count) => `of ${number.format(count)}`,
    smaller: "Smaller",
    larger: "Larger",
    fit: "Fit to width",
    contents: "Contents",
    asPage: "Page",
    asText: "Text",
    as: "Shown as",
    toQuote: "To the quote",
    sheet: (page) => `Page ${number.format(page)}`,
    quoted: (quote) => `Quoted: “${quote}”`,
    opened: (page, count) => `Opened at page ${number.format(page)} of ${number.format(count)}, where the quote is marked.`,
    unplaced: "The words of the quote are not found on the page as it is drawn. They stand in its text.",
    undrawn: "This file cannot be drawn here; its text is shown.",
    undrawnPage: "This page cannot be drawn here.",
    earlier: "Earlier text",
    later: "Later text",
    text: "The document's text",
  },

  graph: {
    label: "Note graph",
    picture: "A picture of the note graph. The same nodes are in the list below it.",
    way: "The way",
    walk: (walk) => `Walk ${walk}`,
    lookUp: (number, query) => (number ? `Look-up ${number}: ${query}` : query),
    noWay: "This question was answered without the notes: no node was visited.",
    empty: "There are no notes yet. Add a document first.",
    nodes: (shown, total) => `${number.format(shown)} of ${plural(total, "node")}`,
    walked: (shown) => `${plural(shown, "node")} on and around the way`,
    find: "Find a node",
    found: (count) => (count ? plural(count, "node") : "No such node"),
    more: "More nodes",
    facts: (count) => plural(count, "fact"),
    moreFacts: (count) => `Show ${number.format(count)} more facts`,
    neighbors: "Its neighbors",
    moreNeighbors: "More neighbors",
    shared: (count) => plural(count, "shared fact"),
    place: (fact) => `${fact.title}, page ${number.format(fact.page)}`,
    gone: (name) => `“${name}” is not in the notes any more.`,
    fit: "Show all",
    larger: "Larger",
    smaller: "Smaller",
  },

  summary: {
    make: "Summarise",
    again: "Summarise anew",
    text: "The document is read part by part, all of it where the budget allows. Each sentence comes with the words that bear it out.",
    working: "Reading and summarising",
    part: (done, total) => {
      if (total) return `Part ${number.format(done)} of ${number.format(total)}`;
      return done ? `${plural(done, "part")} read` : "Beginning";
    },
    queued: "Waits for its turn",
    stop: "Stop",
    stopped: "It was stopped.",
    failed: "It could not be summarised.",
    contents: "Contents",
    cost: (usage) => texts.status.cost(usage),
    deleted: "A document that it quoted was deleted, and the summary with it.",
    done: (count) => `The summary is there: ${plural(count, "sentence")}.`,
  },

  // By the problem's type; what is not here is told in the service's own words.
  problems: {
    unreachable: ["The service does not answer.", "Is “longreader serve” still running? Your question is kept; try again."],
    stopped: ["Stopped.", "What was read for it is kept for the next try."],
    cut_off: ["This question was cut off.", "What was read for it is kept for the next try."],
    question_cancelled: ["Stopped.", "This question was stopped."],
    unexpected: ["Something between this page and the service went wrong.", "Try again."],
    internal_error: ["Something broke in the service.", "Its log tells more. Trying again may help."],
    unauthorized: ["A key is needed.", ""],
    not_found: ["It is not there any more.", "Reload the page to see what is."],
    nothing_to_read: ["There is nothing to read yet.", "Add a document first, or wait until it is read."],
    collection_changed: ["A document was deleted while it was being read.", "Ask again."],
    too_many_requests: ["Too much at once.", "Try again in a moment."],
    model_unavailable: ["The model does not answer.", "Is its server running? Your documents are safe; ask again later."],
    model_error: ["The model failed.", "Ask again, or ask more simply."],
    reply_malformed: ["The model gave no usable answer.", "Ask again, or ask more simply."],
    reply_too_long: ["The model gave no usable answer.", "Ask again, or ask for less."],
    model_cut_off: ["The model stopped in the middle.", "Ask again: nothing that was read is lost."],
    configuration_error: [
      "The service is not set up completely.",
      "Whoever runs it: “longreader doctor” tells what is missing; the model is fetched by “longreader model pull”.",
    ],
    weights_error: ["The model is not there.", "Run “longreader model pull”, then ask again."],
  },
};

/** Return what a person is told of a Problem: what happened, and what to do. */
export function wordsOf(problem) {
  const [what, then] = texts.problems[problem.type] ?? [problem.detail || problem.title || texts.failed, problem.hint];
  return { what, then: then ?? texts.reload };
}
