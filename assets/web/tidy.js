// A start leaves much behind: the program as it came, what the compiler noted of it, the bytes of the first tiles. Chromium
// lets go of that when it next tidies up, which it does once 64 MiB were asked for. So they are asked for, and never
// written: they take up no memory there, and the tidying takes some milliseconds. Other browsers are left to themselves.
import { options } from './words.js';

const PIECES = 4;
const PIECE_BYTES = 32 * 2 ** 20;
/** After the picture that is just being drawn, milliseconds. */
const SOON_MS = 50;
let isTidy = false;

/** Has the browser tidy up, once; not where there was too little memory before. */
export function tidyUp() {
  if (isTidy || !navigator.userAgentData || options.detail === 'low') return;
  isTidy = true;
  setTimeout(askForMuch, SOON_MS);
}

/** Gives how many bytes there were to be had. */
function askForMuch() {
  try {
    return Array.from({ length: PIECES }, () => new ArrayBuffer(PIECE_BYTES).byteLength).reduce((sum, bytes) => sum + bytes);
  } catch {
    // A device without that much room tidies up by itself.
    return 0;
  }
}
