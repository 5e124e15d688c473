// The city's first files come while the program does, which takes them from here when it asks for them: by then it has
// the page's only thread, and whatever is still on the line has to wait for it.
import { isThrifty } from './thrift.js';
import { asked, measured, options } from './words.js';

/** At most so many tiles of a tileset are asked for, in whole levels: every view begins with the uppermost ones. */
const FIRST_TILES = 8;
/** The program does without, if they take longer, milliseconds. */
const MOST_MS = 3000;
/** What came, by address; the promise of it as long as it is on its way; null where it did not come. */
const files = new Map();

/**
 * Asks for the first files and, unless bytes are to be saved, for the uppermost tiles. Resolves when all of them are asked
 * for, or after some time.
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

/** Lets go of whatever the program has not asked for. */
export function forgetAhead() {
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
  const answer = await fetch(address, { priority });
  return answer.ok && !answer.redirected ? new Uint8Array(await answer.arrayBuffer()) : null;
}

/** The program first, where the line can tell one from the other. */
function askForTiles(address, bytes) {
  uppermostTiles(JSON.parse(new TextDecoder().decode(bytes)).root)
    .map((uri) => new URL(uri, address).href)
    .filter((href) => !href.includes('.json'))
    .forEach((href) => ask(href, 'low'));
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
