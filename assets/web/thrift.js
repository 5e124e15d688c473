// Whether bytes are to be saved: the user says so, or the line is slow. What is found is written to the page, where the
// program reads it; nothing here saves anything itself.
import { options } from './words.js';

/** Slower than that is slow, bytes a second. */
const SLOW = 100_000;
/** A shorter time measures nothing. */
const MEASURED_MS = 2000;

/** Writes what the browser knows before anything was loaded. */
export function askTheBrowser() {
  const line = navigator.connection;
  const wanted = line?.saveData || matchMedia('(prefers-reduced-data: reduce)').matches;
  const slow = line?.effectiveType?.endsWith('2g') || line?.downlink * 1e6 / 8 < SLOW;
  if (wanted || slow) options.saver = '1';
}

/** Bytes that came in a time. */
export function measuredSpeed(bytes, ms) {
  if (ms > MEASURED_MS && bytes / (ms / 1000) < SLOW) options.saver = '1';
}

export const isThrifty = () => options.saver === '1';
