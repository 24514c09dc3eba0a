// Opens PDF files with pdf.js, which is loaded when the first one is opened. One file stays open: the next citation is
// mostly in the same one. Scripts and links in the file are never run.

import { authorization } from "./api.js";

const PARTS = new URL("./vendor/pdfjs/", import.meta.url).href;
const BYTES_AT_ONCE = 1 << 18;

let library = null;
let opened = { address: null, loading: null };

/** Return pdf.js and an open file. Only the parts of the file that are shown are fetched. */
export async function openPdf(address) {
  library ??= load();
  const pdfjs = await library;
  if (opened.address !== address) {
    opened.loading?.destroy();
    opened = { address, loading: pdfjs.getDocument(given(address)) };
  }
  const { loading } = opened;
  try {
    return { pdfjs, pdf: await loading.promise };
  } catch (error) {
    if (opened.loading === loading) opened = { address: null, loading: null };
    throw error;
  }
}

async function load() {
  const pdfjs = await import("./vendor/pdfjs/legacy/build/pdf.min.mjs");
  pdfjs.GlobalWorkerOptions.workerSrc = `${PARTS}legacy/build/pdf.worker.min.mjs`;
  return pdfjs;
}

function given(address) {
  return {
    url: new URL(`${address}/file`, location.href).href,
    httpHeaders: authorization(),
    rangeChunkSize: BYTES_AT_ONCE,
    disableAutoFetch: true,
    disableStream: true,
    cMapUrl: `${PARTS}cmaps/`,
    standardFontDataUrl: `${PARTS}standard_fonts/`,
    iccUrl: `${PARTS}iccs/`,
    wasmUrl: `${PARTS}wasm/`,
    // What the author's machine had is not on this one: the same page for everybody.
    useSystemFonts: false,
    verbosity: 0,
  };
}
