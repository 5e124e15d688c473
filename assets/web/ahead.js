// The city's first files come while the program does, which takes them from here when it asks for them: by then it has
// the page's only thread, and whatever is still on the line has to wait for it.
import { isThrifty } from './thrift.js';
import { asked, measured, options } from './words.js';

/** At most so many tiles of a tileset are asked for, in whole levels: every view begins with the uppermost ones. */
const FIRST_TILES = 8;
/** What is larger is left to the program, bytes: first files are small. */
const MOST_BYTES = 32 * 2 ** 20;
/** What takes longer than that is given up, as by the program, milliseconds. */
const GIVEN_UP_MS = 120_000;
/** The program starts without waiting any longer, milliseconds. */
const MOST_MS = 3000;
/** What came, by address; the promise of it as long as it is on its way; null where it did not come. */
const files = new Map();
let isWanted = true;

/**
 * Asks for the first files and, unless bytes are to be saved, for the uppermost tiles. Resolves when the first files have
 * come and the tiles are asked for, or after some time.
 */
export function askAhead() {
  // The program looks for this name; see src/fetch/web.rs.
  window.askedAhead = take;
  const first = measured ? [asked.get('tileset')] : options.ahead.split(' ');
  const asking = first.filter(Boolean).map(async (path) => {
    const address = new URL(path, document.baseURI).href;
    const bytes = await ask(address);
    if (bytes && address.includes('tileset.json') && !isThrifty()) askForTiles(address, bytes);
  });
  return Promise.race([Promise.allSettled(asking), new Promise((resolve) => setTimeout(resolve, MOST_MS))]);
}

/** Lets go of whatever the program has not asked for, and asks for no more. */
export function forgetAhead() {
  isWanted = false;
  files.clear();
}

/** What the program asks for: bytes, or the promise of bytes or null, or nothing; each only once. */
function take(address) {
  const file = files.get(address);
  files.delete(address);
  return file;
}

function ask(address, priority = 'auto') {
  const file = bytesOf(address, priority).catch(() => null);
  files.set(address, file);
  file.then((bytes) => files.get(address) === file && files.set(address, bytes));
  return file;
}

/** Null for everything that the program has to judge for itself. */
async function bytesOf(address, priority) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), GIVEN_UP_MS);
  try {
    const answer = await fetch(address, { priority, signal: control.signal });
    const isFine = answer.ok && !answer.redirected && !(answer.headers.get('Content-Length') > MOST_BYTES);
    if (isFine) return new Uint8Array(await answer.arrayBuffer());
    control.abort();
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** The program first, where the line can tell one from the other. */
function askForTiles(address, bytes) {
  if (!isWanted) return;
  uppermostTiles(JSON.parse(new TextDecoder().decode(bytes)).root)
    .filter((uri) => uri && !/\.json|\{/.test(uri))
    .forEach((uri) => ask(joined(address, uri), 'low'));
}

/** As the program does it: a key that a tileset was asked for with goes along. */
function joined(address, uri) {
  const url = new URL(uri, address);
  if (!url.search && url.origin === new URL(address).origin) url.search = new URL(address).search;
  return url.href;
}

function uppermostTiles(root) {
  const found = [];
  for (let level = [root]; level.length > 0; level = level.flatMap(({ children }) => children ?? [])) {
    const here = level.flatMap(({ content, contents }) => contents ?? content ?? []).map(({ uri }) => uri);
    if (found.length + here.length > FIRST_TILES) break;
    found.push(...here);
  }
  return found;
}
