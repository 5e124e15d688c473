// Keeps one release of the city on the device and answers from it, also without a network. It knows the digest of each
// of the release's files: what the server has of another release is never handed out, so that no page is ever a mix.
//
// What is kept, and in which order, is the same for everybody: page, program, and the city from its coarse tiles to its
// fine ones. Nothing is kept because somebody looked at it, so that what is kept tells nothing about anybody.

const RELEASE = '{{release}}';
/** The release's files: `[path, bytes, digest]`, the first ones without which there is no city. */
const LIST = '{{list}}';
const SCOPE = new URL('./', location.href);
/** Several cities may stand on one server. */
const OURS = `stadtzwilling ${SCOPE} `;
const CACHE = OURS + RELEASE;
/** Most of the city that is kept without being asked for, bytes. */
const UNASKED_BYTES = 30e6;
/** How long one step of keeping lasts, milliseconds; the page asks for the next one. */
const STEP_MS = 3000;
/** A page that draws answers late, milliseconds. */
const PAGE_MS = 20_000;
const LANES = 3;
/** Headers that an answer keeps; others speak of how it was packed or for how long it is true. */
const KEPT_HEADERS = ['Content-Type', 'Content-Security-Policy', 'Referrer-Policy', 'X-Content-Type-Options'];

/** Which release a page is of, by the client's id. */
const releases = new Map();
let list = null;
let full = false;
/** Steps of keeping that are under way, by what is wished. */
const steps = {};

addEventListener('install', (event) => event.waitUntil(install()));
addEventListener('activate', (event) => event.waitUntil(activate()));
addEventListener('fetch', (event) => {
  const path = pathOf(event.request);
  if (path !== null) event.respondWith(answer(event, path));
});
addEventListener('message', (event) => {
  if (event.data === 'take over') skipWaiting();
  const nothing = () => ({ kept: 0, total: 0, state: 'open' });
  if (event.data?.fill) event.waitUntil(fill(event.data.fill).catch(nothing).then((told) => event.ports[0].postMessage(told)));
});

/** All of the core or nothing: a server that is just being given another release gives nothing, and is asked later. */
async function install() {
  try {
    const { files, core } = await theList();
    const all = [...files.values()];
    await inLanes(all.slice(0, core), keep);
    await inLanes(all.slice(core), keepFromBefore).catch(() => null);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** Only now that no page of the old release is left, or the user wants the new one, the old one goes. */
async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}

/** What an address names below this worker; null for what is none of its business. */
function pathOf({ method, url }) {
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== SCOPE.origin || !pathname.startsWith(SCOPE.pathname)) return null;
  const path = pathname.slice(SCOPE.pathname.length);
  return path === '' || path.endsWith('/') ? `${path}index.html` : path;
}

async function answer(event, path) {
  const known = await theList().catch(() => null);
  if (!known) event.waitUntil(lookForNews());
  const file = known?.files.get(path);
  if (event.request.mode === 'navigate' && file) return navigate(event, file);
  // Names of other files change with their content: there is but one of each.
  if (!path.startsWith('twin/')) return (file && await kept(file)) ?? fetch(event.request);
  const release = await releaseOf(event.clientId);
  if (file && release === RELEASE) return (await kept(file)) ?? fromNetwork(file, event.clientId);
  if (await isOfServer(release)) return fetch(event.request);
  await tellGone(event.clientId);
  return Response.error();
}

/** Whether a page is of what the server has now; one that knows no release is, where the server knows none either. */
async function isOfServer(release) {
  const server = await releaseOfServer();
  return server === release || (server === undefined && release === null);
}

/** A page is opened: from what is kept, while the server is asked whether that is still its release. */
async function navigate(event, file) {
  event.waitUntil(lookForNews());
  const page = await kept(file);
  if (!page) return fetch(event.request);
  releases.set(event.resultingClientId, Promise.resolve(RELEASE));
  return page;
}

/** A file from the server; an error where that has another release by now. */
async function fromNetwork(file, client) {
  try {
    return await verified(file);
  } catch (error) {
    if (error instanceof AnotherRelease) await tellGone(client);
    return Response.error();
  }
}

async function tellGone(client) {
  (await clients.get(client))?.postMessage('gone');
}

/** A page knows its release; this worker forgets what it knew whenever the browser stops it. */
function releaseOf(client) {
  if (!releases.has(client)) releases.set(client, askPage(client));
  return releases.get(client);
}

async function askPage(id) {
  const client = await clients.get(id);
  const { port1, port2 } = new MessageChannel();
  const told = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data ?? null);
    setTimeout(() => resolve(null), PAGE_MS);
  });
  client?.postMessage('which release?', [port2]);
  const release = client ? await told : null;
  if (release === null) releases.delete(id);
  return release;
}

class AnotherRelease extends Error {}

/** The release's files by their paths, and how many of the first are its core. */
function theList() {
  list ??= readList();
  list.catch(() => { list = null; });
  return list;
}

async function readList() {
  const name = { path: LIST, digest: /[0-9a-f]{12}/.exec(LIST)[0] };
  const cache = await caches.open(CACHE);
  const answer = (await cache.match(LIST)) ?? (await verified(name));
  await cache.put(LIST, answer.clone()).catch(() => null);
  const { core, files } = await answer.json();
  return { core, files: new Map(files.map(([path, bytes, digest]) => [path, { path, bytes, digest }])) };
}

async function kept({ path }) {
  try {
    return await (await caches.open(CACHE)).match(path);
  } catch {
    return undefined;
  }
}

/** Fetches a file and holds it against its digest; a second time past all caches, should one of those be wrong. */
async function verified({ path, digest }) {
  for (const cache of ['default', 'reload']) {
    const response = await fetch(path, { cache, priority: 'low' });
    // A server that is overloaded or being mended says nothing of its release.
    if (response.status === 429 || response.status >= 500) throw new Error(`${path}: status ${response.status}`);
    const bytes = response.ok ? await response.arrayBuffer() : new ArrayBuffer(0);
    if (response.ok && await digestOf(bytes) === digest) return new Response(bytes, { headers: headersOf(response, digest) });
  }
  throw new AnotherRelease(path);
}

function headersOf(response, digest) {
  const headers = new Headers({ 'X-Stadtzwilling-Kept': digest });
  for (const name of KEPT_HEADERS) if (response.headers.has(name)) headers.set(name, response.headers.get(name));
  return headers;
}

async function digestOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).subarray(0, 6);
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Keeps a file; from the release before where that had the same. */
async function keep(file) {
  const cache = await caches.open(CACHE);
  if (await cache.match(file.path)) return;
  await cache.put(file.path, (await fromBefore(file)) ?? (await verified(file)));
}

/** What has not changed since the release before need not come again. */
async function keepFromBefore(file) {
  const old = await fromBefore(file);
  if (old) await (await caches.open(CACHE)).put(file.path, old);
}

async function fromBefore({ path, digest }) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(OURS) || name === CACHE) continue;
    const old = await (await caches.open(name)).match(path);
    if (old?.headers.get('X-Stadtzwilling-Kept') === digest) return old;
  }
  return undefined;
}

/** One step of keeping, of which there is one at a time for each wish; resolves to how far it is. */
async function fill(wanted) {
  steps[wanted] ??= fillSome(wanted).finally(() => { delete steps[wanted]; });
  return steps[wanted];
}

async function fillSome(wanted) {
  const files = [...(await theList()).files.values()];
  const limit = { all: Infinity, some: UNASKED_BYTES, nothing: 0 }[wanted];
  const cache = await caches.open(CACHE);
  const there = new Set((await cache.keys()).map(({ url }) => pathOf({ method: 'GET', url })));
  const end = performance.now() + STEP_MS;
  const missing = firstOf(files, limit).filter(({ path }) => !there.has(path));
  const keepInTime = async (file) => {
    if (full || performance.now() > end) return;
    await keep(file);
    there.add(file.path);
  };
  let stuck = false;
  await inLanes(missing, keepInTime).catch((error) => {
    stuck = true;
    full ||= error.name === 'QuotaExceededError';
  });
  const sum = (some) => some.reduce((bytes, file) => bytes + file.bytes, 0);
  const [kept, total] = [sum(files.filter(({ path }) => there.has(path))), sum(files)];
  const rest = missing.some(({ path }) => !there.has(path));
  const state = kept === total ? 'whole' : full ? 'full' : rest && !stuck ? 'busy' : 'open';
  return { kept, total, state };
}

/** As many of the first files as have so many bytes of the city. */
function firstOf(files, limit) {
  let bytes = 0;
  return files.filter((file) => (bytes += file.path.startsWith('twin/') ? file.bytes : 0) <= limit);
}

async function inLanes(items, work) {
  const rest = items.values();
  await Promise.all(Array.from({ length: LANES }, async () => { for (const item of rest) await work(item); }));
}

/** The server's release; null where it cannot be asked, undefined where it has none any more. */
async function releaseOfServer() {
  try {
    const response = await fetch('release.json', { cache: 'no-store', redirect: 'error' });
    if (response.status === 404 || response.status === 410) return undefined;
    return response.ok ? (await response.json()).release : null;
  } catch {
    return null;
  }
}

async function lookForNews() {
  const release = await releaseOfServer();
  if (release === undefined) await retire();
  else if (release !== null && release !== RELEASE) await registration.update().catch(() => null);
}

/** The site has gone or wants no worker: the next page comes from the server, as if this worker had never been. */
async function retire() {
  await registration.unregister();
  const pages = await clients.matchAll();
  for (const page of pages) page.postMessage('gone');
  if (pages.length > 0) return;
  for (const name of await caches.keys()) if (name.startsWith(OURS)) await caches.delete(name);
}
