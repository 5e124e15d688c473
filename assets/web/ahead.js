// The city's first files come while the program does, which then finds them in the browser.
import { isThrifty } from './thrift.js';
import { asked, measured, options } from './words.js';

/** So many tiles of a tileset are asked for ahead of the program. */
const FIRST_TILES = 8;

/**
 * Asks for the first files. Resolves to the uppermost tiles, which are wanted in every view: to be asked for when the
 * program is here, which they would delay.
 */
export async function askAhead() {
  const first = measured ? [asked.get('tileset')] : options.ahead.split(' ');
  const addresses = first.filter(Boolean).map((path) => new URL(path, document.baseURI).href);
  const isTileset = (address) => address.includes('tileset.json');
  addresses.filter((address) => !isTileset(address)).forEach(preload);
  const tiles = await Promise.all(addresses.filter(isTileset).map((address) => uppermostTiles(address).catch(() => [])));
  return isThrifty() ? [] : tiles.flat();
}

/** Has the browser fetch a file that the program is going to ask for. */
export function preload(href) {
  const link = document.createElement('link');
  Object.assign(link, { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href });
  document.head.append(link);
}

async function uppermostTiles(address) {
  const { root } = await (await fetch(address)).json();
  // Read here, it is to be found by the program once more.
  preload(address);
  const found = [];
  for (let level = [root]; level.length > 0 && found.length < FIRST_TILES; level = level.flatMap(({ children }) => children ?? [])) {
    found.push(...level.flatMap(({ content, contents }) => contents ?? content ?? []));
  }
  const tiles = found.map(({ uri }) => new URL(uri, address).href).filter((href) => !href.includes('.json'));
  return tiles.slice(0, FIRST_TILES);
}
