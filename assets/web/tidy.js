// A start leaves much behind: the program as it came, what the compiler noted of it, the bytes of the first tiles. Browsers
// let go of that when they next tidy up, which they do once enough was asked for. So it is asked for, and never written:
// it takes up no memory itself, and the tidying takes some milliseconds.

/** Enough for Chromium, which tidies up every 64 MiB. */
const PIECES = 4;
const PIECE_BYTES = 32 * 2 ** 20;
/** After the picture that is just being drawn, milliseconds. */
const SOON_MS = 50;
let isTidy = false;

/** Has the browser tidy up, once. */
export function tidyUp() {
  if (isTidy) return;
  isTidy = true;
  setTimeout(() => {
    try {
      for (let piece = 0; piece < PIECES; piece += 1) void new ArrayBuffer(PIECE_BYTES);
    } catch {
      // A device without that much room tidies up by itself.
    }
  }, SOON_MS);
}
