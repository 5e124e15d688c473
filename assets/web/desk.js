// The small program that answers without drawing (src/web/desk.rs): starts it when somebody asks the first question,
// brings it the files that it wants, and gives its answers. What is asked goes nowhere: files are brought whole, and are
// the same for every question about a place.
import { language, options } from './words.js';

/** Files that are brought at once. */
const LANES = 4;
/** The address of the twin's own description. */
const TWIN = new URL('twin/public/twin.json', document.baseURI).href;
let starting = null;

/** The desk with the names of the city; rejects where the program or the twin cannot be brought. */
export function desk() {
  starting ??= start();
  starting.catch(() => { starting = null; });
  return starting;
}

async function start() {
  const [program, twin] = await Promise.all([import(new URL(options.answersGlue, document.baseURI)), bytesOf(TWIN)]);
  await program.default({ module_or_path: options.answersWasm });
  const opened = window.stadtzwillingDesk;
  const error = opened.open(TWIN, twin);
  if (error) throw new Error(error);
  // The names are enough to begin with; house numbers, houses and plans come while somebody types.
  const [names, ...others] = opened.wanted();
  if (names) await bring([names]);
  opened.rest = bring(others);
  return opened;
}

/** Hits for what was typed so far. */
export async function find(typed, limit, headingDeg) {
  return JSON.parse((await desk()).find(typed, language, limit, headingDeg));
}

/** Resolves once house numbers and plans are there, too. */
export async function everything() {
  await (await desk()).rest;
}

/** Houses around a place, the nearest first. */
export async function around({ lon, lat }, radiusM) {
  const opened = await desk();
  await opened.rest;
  for (let missing; (missing = opened.missing(lon, lat, radiusM)).length > 0;) await bring(missing);
  return JSON.parse(opened.around(lon, lat, radiusM, language));
}

/** What there is to say of a house near a place, as HTML; null for one that is not there. */
export async function house(id, place) {
  await around(place, 1);
  return (await desk()).house(id, language) ?? null;
}

/** Brings files. One that does not come is missed in its own place. */
async function bring(urls) {
  const rest = urls.values();
  await Promise.all(Array.from({ length: LANES }, async () => {
    for (const url of rest) await bringOne(url);
  }));
}

async function bringOne(url) {
  const opened = window.stadtzwillingDesk;
  try {
    const error = opened.take(url, await bytesOf(url));
    if (error) console.warn(`stadtzwilling: ${error}`);
  } catch (error) {
    opened.lose(url);
    console.warn(`stadtzwilling: ${url}: ${error}`);
  }
}

async function bytesOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
