// A screen in a public place: there is no way out of the page, and what has failed starts again by itself. When a visit
// is over, and what the program forgets of it, is the program's business (src/viewer/kiosk); the page forgets what it was
// told of it.

/** So long after a failure it starts again, milliseconds; twice as long after each further one. */
const AGAIN_MS = 5000;
const LONGEST_AGAIN_MS = 5 * 60 * 1000;
/** What has lived so long since it was drawn is well, and what failed before is forgotten, milliseconds. */
export const LONG_MS = 60_000;
/** The program says every five seconds that all is well; one that has been silent for so long hangs, milliseconds. */
const SILENT_MS = 30_000;
/** A program that has not yet begun may be on a slow line, milliseconds. */
const STARTING_MS = 5 * 60 * 1000;
/** So long a window may take to close, milliseconds. */
const CLOSING_MS = 1000;
let silence = null;
let leaving = false;

/**
 * Menus, zoom, selection, drag and drop, and the keys of the browser that a page may take. What a page may not take, such
 * as Ctrl+W or the gestures of the system, is for the browser's own kiosk mode to take away.
 */
export function keepTheVisitorHere() {
  document.body.classList.add('kiosk');
  const isTheBrowsers = ({ key, ctrlKey, metaKey, altKey }) => ctrlKey || metaKey || altKey || /^F\d+$|^Browser|^ContextMenu$/.test(key);
  const refused = {
    contextmenu: () => true,
    dragstart: () => true,
    dragover: () => true,
    drop: () => true,
    selectstart: () => true,
    gesturestart: () => true,
    auxclick: () => true,
    keydown: isTheBrowsers,
    wheel: ({ ctrlKey }) => ctrlKey,
    touchmove: ({ touches }) => touches.length > 1,
    click: ({ target }) => Boolean(target.closest?.('a')),
  };
  for (const [kind, is] of Object.entries(refused)) {
    addEventListener(kind, (event) => is(event) && event.preventDefault(), { capture: true, passive: false });
  }
}

/**
 * What the browser itself still knows of a visit that is over: what was typed into its own field, what was marked, and
 * which tiles were fetched. The mirror forgets what it shows (mirror.js); address, history and storage hold nothing.
 */
export function forgetTheVisit() {
  document.body.classList.remove('by-keyboard');
  for (const field of document.querySelectorAll('input')) field.value = '';
  getSelection()?.removeAllRanges();
  performance.clearResourceTimings();
}

/** The program has been asked for: it is to begin at last. */
export function watchTheStart() {
  watchTheProgram(STARTING_MS);
}

/** Nobody stands by who could press a button: what has failed is started again by itself, more slowly each time. */
export function startAgainByItself() {
  if (leaving) return;
  leaving = true;
  const again = Number(new URLSearchParams(location.search).get('again')) || 0;
  const next = new URLSearchParams(location.search);
  next.set('again', String(again + 1));
  const pause = Math.min(AGAIN_MS * 2 ** again, LONGEST_AGAIN_MS);
  // Where the page itself cannot be had, the browser's own page or the server's would be the way out.
  const tryIt = async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return setTimeout(tryIt, pause);
    // Loaded again and not replaced: the entry of the history keeps what it knows of failures (failures.js).
    history.replaceState(history.state, '', `?${next}${location.hash}`);
    location.reload();
  };
  setTimeout(tryIt, pause);
}

/** The city was drawn. A first picture proves nothing: graphics that are lost after each one would be so for ever. */
export function forgetTheFailuresLater() {
  setTimeout(() => leaving || forgetTheFailures(), LONG_MS);
}

function forgetTheFailures() {
  const address = new URLSearchParams(location.search);
  address.delete('again');
  history.replaceState(null, '', `?${address}${location.hash}`);
}

/**
 * The program has just said that all is well, or is about to begin: it is to say so again. A page that nobody sees draws
 * nothing, and its program is silent: it is waited for anew when somebody does. What holds up the whole page holds up this
 * watch, too: that is for who looks after the browser.
 */
export function watchTheProgram(patience = SILENT_MS) {
  clearTimeout(silence);
  const stillSilent = () => {
    if (document.hidden) addEventListener('visibilitychange', () => watchTheProgram(), { once: true });
    else startAgainByItself();
  };
  // A page that was asleep, or busy, finds its time over before it hears the program.
  silence = setTimeout(() => { silence = setTimeout(stillSilent, AGAIN_MS); }, patience);
}

/**
 * The operator ends the screen. A browser closes the window that it was started with, but none that has been elsewhere
 * before: there the city comes as everybody else has it, with its ways out.
 */
export function endTheScreen() {
  close();
  setTimeout(() => location.replace(location.pathname), CLOSING_MS);
}
