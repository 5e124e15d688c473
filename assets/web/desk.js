// The small program that answers without drawing (src/web/desk.rs): starts it when somebody asks the first question,
// brings it the files that it wants, and gives its answers. What is asked goes nowhere: files are brought whole, and are
// the same for every question about a place.
import { language, options } from './words.js';

/** Files that are brought at once. */
const LANES = 4;
/** The address of the twin's own description. */
const TWIN = new URL('twin/public/twin.json', document.baseURI).href;
/** How far around a place a house is looked for: a view may stand beside what is selected in it, metres. */
const HOUSE_RADII_M = [1, 250, 1000];
/** What a server says that is to be asked later: too slow, too early, too often. */
const LATER = [408, 425, 429];
let starting = null;
let naming = null;
let coming = null;

/** The desk with the names of the city; rejects where the program or the twin cannot be brought. */
export function desk() {
  starting ??= start();
  starting.catch(() => { starting = null; });
  return starting;
}

async function start() {
  const [twin] = await Promise.all([bytesOf(TWIN), startProgram()]);
  const opened = window.stadtzwillingDesk;
  if (!twin) throw new Error(`there is no ${TWIN}`);
  const error = opened.open(TWIN, twin);
  if (error) throw new Error(error);
  // The names are enough to begin with; house numbers, houses and plans come while somebody types.
  await bring(opened.wanted().slice(0, 1));
  everything().catch(() => null);
  return opened;
}

/** The program, or where WebAssembly is missing or refused the same program as a plain script, which is larger and slower. */
async function startProgram() {
  // MODULES is said by tools/site: a page for browsers without modules is laid out without what only these understand.
  if (MODULES && typeof WebAssembly === 'object') {
    try {
      const program = await import(new URL(options.answersGlue, document.baseURI));
      return await program.default({ module_or_path: options.answersWasm });
    } catch (error) {
      if (!isRefused(error)) throw error;
      console.warn(`stadtzwilling: ${error}`);
    }
  }
  if (!options.answersPlain) throw new Error('there are no answers without WebAssembly');
  return runScript(options.answersPlain);
}

/** Whether a browser would not have the program, which has come. */
function isRefused(error) {
  return ['CompileError', 'LinkError', 'RuntimeError'].some((kind) => error instanceof WebAssembly[kind]);
}

function runScript(src) {
  return new Promise((onload, onerror) => {
    const failed = () => {
      script.remove();
      onerror(new Error(`${src} did not come`));
    };
    const script = Object.assign(document.createElement('script'), { src, onload, onerror: failed });
    document.head.append(script);
  });
}

/** Hits for what was typed so far. */
export async function find(typed, limit, headingDeg) {
  return JSON.parse((await desk()).find(typed, language, limit, headingDeg));
}

/** Resolves once all names and house numbers are there; what did not come is asked for again by the next question. */
export function everyName() {
  naming ??= desk().then((opened) => bring(opened.wantedNames())).finally(() => { naming = null; });
  return naming;
}

/** Resolves once houses and plans are there, too. */
export function everything() {
  coming ??= desk().then(bringEverything).finally(() => { coming = null; });
  return coming;
}

function bringEverything(opened) {
  const names = opened.wantedNames();
  return Promise.all([everyName(), bring(opened.wanted().filter((url) => !names.includes(url)))]);
}

/** Houses around a place, the nearest first. */
export async function around({ lon, lat }, radiusM) {
  const opened = await desk();
  await everything();
  const had = new Set();
  // Tiles name further ones; each is asked for once, however many the desk can hold.
  const missing = () => opened.missing(lon, lat, radiusM).filter((url) => !had.has(url));
  for (let urls; (urls = missing()).length > 0;) {
    urls.forEach((url) => had.add(url));
    await bring(urls);
  }
  return JSON.parse(opened.around(lon, lat, radiusM, language));
}

/** What there is to say of a house near a place, as HTML; null for one that is not there. */
export async function house(id, place) {
  for (const radiusM of HOUSE_RADII_M) {
    await around(place, radiusM);
    const said = (await desk()).house(id, language);
    if (said) return said;
  }
  return null;
}

/** What there is to say of a plan, which is named `layer,plan`, as HTML; null for one that is not there. */
export async function plan(name) {
  const opened = await desk();
  await everything();
  const at = name.indexOf(',');
  return opened.plan(name.slice(0, at), name.slice(at + 1), language) ?? null;
}

/** Brings files. One that the server has not is missed in its own place; rejects where the line is broken. */
async function bring(urls) {
  const rest = urls.values();
  await Promise.all(Array.from({ length: LANES }, async () => {
    for (const url of rest) await bringOne(url);
  }));
}

async function bringOne(url) {
  const opened = window.stadtzwillingDesk;
  const bytes = await bytesOf(url);
  const error = bytes ? opened.take(url, bytes) : `there is no ${url}`;
  if (!bytes) opened.lose(url);
  if (error) console.warn(`stadtzwilling: ${error}`);
}

/** A file of the server's; null where it gives none, however often it is asked. */
async function bytesOf(url) {
  const response = await fetch(url);
  const { status } = response;
  if (status >= 400 && status < 500 && !LATER.includes(status)) return null;
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
