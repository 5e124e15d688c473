// The memory of a page and of everything that works for it, place by place, and what is looked for there. What is looked
// for never goes to the browser: all bytes come here.
import { openSync, closeSync, readFileSync, readSync } from 'node:fs';

/** A page of the processor, bytes. */
const PAGE = 4096;
/** So much is looked through at once, bytes. */
const PIECE = 1 << 24;
/** Pieces overlap, so that nothing is cut in two: longer than whatever is looked for, bytes. */
const OVERLAP = PAGE;
/** Files of the system that a program is made of: they were there before the page. */
const SYSTEM = /^(\/usr\/|\/lib|\/etc\/|\[v)/;

/** Texts and numbers, in all forms that a page's memory may have them in. */
export class Needles {
  /** Of each form's first four bytes: the forms that begin so. */
  #begins = new Map();
  /** Whether a form may begin with bytes of that hash: most bytes are not looked at further. */
  #filter = new Uint8Array(1 << 20);

  constructor(values) {
    for (const value of values) for (const form of formsOf(value)) this.#add(form, value);
  }

  #add(form, value) {
    if (form.length < 8) throw new Error(`"${value}" is too short to be told from chance`);
    const begin = form.readUInt32LE(0);
    this.#begins.set(begin, [...(this.#begins.get(begin) ?? []), { form, value }]);
    this.#filter[hashOf(begin)] = 1;
  }

  /** Those that stand in some bytes. */
  in(bytes) {
    const found = new Set();
    for (let at = 0, word = 0; at < bytes.length; at += 1) {
      word = (word >>> 8) | (bytes[at] << 24);
      if (this.#filter[hashOf(word)] === 0 || at < 3) continue;
      for (const { form, value } of this.#begins.get(word >>> 0) ?? []) {
        if (bytes.compare(form, 0, form.length, at - 3, Math.min(at - 3 + form.length, bytes.length)) === 0) found.add(value);
      }
    }
    return found;
  }
}

const hashOf = (word) => Math.imul(word, 0x9e3779b1) >>> 12;

/** A text as browsers, programs and files write it; a number also as programs count with it. */
function formsOf(value) {
  const forms = ['utf8', 'latin1', 'utf16le'].map((encoding) => Buffer.from(value, encoding));
  if (/^\d+(\.\d+)?$/.test(value)) forms.push(...numbersOf(value));
  return [...new Map(forms.map((form) => [form.toString('hex'), form])).values()];
}

function numbersOf(value) {
  const [real, whole] = [Buffer.alloc(8), Buffer.alloc(8)];
  real.writeDoubleLE(Number(value));
  if (value.includes('.')) return [real];
  whole.writeBigInt64LE(BigInt(value));
  return [real, whole];
}

/** What of the needles is found where: the places of each, by name. */
export async function search(city, needles) {
  const found = new Map();
  const looked = new Map();
  for await (const [place, bytes] of memoryOf(city)) {
    looked.set(place, (looked.get(place) ?? 0) + bytes.length);
    for (const value of needles.in(bytes)) found.set(value, (found.get(value) ?? new Set()).add(place));
  }
  return { found, looked };
}

/** Everything that the page and the browser around it hold: names of places and bytes. */
async function* memoryOf(city) {
  const session = await city.page.context().newCDPSession(city.page);
  yield ['page', Buffer.from(await city.page.evaluate(written))];
  yield ['heap', await heapOf(session)];
  yield* programsOf(session);
  yield ['storage', Buffer.from(await city.page.evaluate(stored))];
  await session.detach();
  yield* processesOf(city);
}

/** In the page: what is written in it and in its address. */
function written() {
  const typed = [...document.querySelectorAll('input, textarea')].map(({ value }) => value);
  return [document.documentElement.outerHTML, ...typed, decodeURIComponent(location.href), JSON.stringify(history.state)].join('\n');
}

/** In the page: all that it keeps beyond its own life. */
async function stored() {
  const caching = (await caches.keys()).map(async (name) => {
    const cache = await caches.open(name);
    const files = (await cache.keys()).map(async (request) => `${request.url}\n${await (await cache.match(request)).text()}`);
    return [name, ...await Promise.all(files)];
  });
  const databases = (await indexedDB.databases()).map(({ name }) => name);
  const items = [localStorage, sessionStorage].flatMap((storage) => Object.entries(storage).flat());
  return [document.cookie, databases, items, await Promise.all(caching)].flat(3).join('\n');
}

/** Every string of the scripts, by a snapshot of their heap. */
async function heapOf(session) {
  const pieces = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => pieces.push(chunk));
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  return Buffer.from(JSON.parse(pieces.join('')).strings.join('\n'));
}

/** The memories of all programs. What scripts hold as bytes is found in the process alone. */
async function* programsOf(session) {
  const memories = await memoriesOf(session);
  const sizes = await call(session, memories, function sizes() { return this.map(({ buffer }) => buffer.byteLength); });
  for (const [index, size] of sizes.entries()) {
    for (let from = 0; from < size; from += PIECE - OVERLAP) {
      const piece = await call(session, memories, copy, index, from, Math.min(PIECE, size - from));
      yield ['wasm', Buffer.from(piece, 'base64')];
    }
  }
}

/** The page's memories of WebAssembly, as an array there. */
export async function memoriesOf(session) {
  const { result } = await session.send('Runtime.evaluate', { expression: 'WebAssembly.Memory.prototype' });
  const { objects } = await session.send('Runtime.queryObjects', { prototypeObjectId: result.objectId });
  return objects.objectId;
}

/** Calls a function on an object of the page. */
export async function call(session, objectId, run, ...values) {
  const parameters = { objectId, functionDeclaration: String(run), arguments: values.map((value) => ({ value })), returnByValue: true };
  const { result, exceptionDetails } = await session.send('Runtime.callFunctionOn', parameters);
  if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
  return result.value;
}

/** In the page: a part of one of the memories. */
function copy(index, from, length) {
  return new Uint8Array(this[index].buffer, from, length).toBase64();
}

/** Whatever the browser's processes hold: garbage, workers, pictures, the network and the disk's cache among it. */
async function* processesOf(city) {
  const session = await city.page.context().browser().newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  for (const { type, id } of processInfo) {
    for (const bytes of memoryOfProcess(id)) yield [`process ${type}`, bytes];
  }
}

/** The pages of a process that are there, neighbours together. */
function* memoryOfProcess(id) {
  const [memory, pagemap] = ['mem', 'pagemap'].map((name) => openSync(`/proc/${id}/${name}`, 'r'));
  try {
    for (const [from, to] of readable(id)) {
      for (const [begin, end] of present(pagemap, from, to)) {
        const bytes = part(memory, begin, end);
        if (bytes) yield bytes;
      }
    }
  } finally {
    [memory, pagemap].forEach(closeSync);
  }
}

function* readable(id) {
  for (const line of readFileSync(`/proc/${id}/maps`, 'utf8').split('\n')) {
    const [, from, to, rights, file] = /^(\w+)-(\w+) (\S+) \S+ \S+ \S+ *(.*)$/.exec(line) ?? [];
    if (rights?.startsWith('r') && !SYSTEM.test(file)) yield [parseInt(from, 16), parseInt(to, 16)];
  }
}

/** Where in a region pages have been written or read: most of what a browser reserves it never touches. */
function* present(pagemap, from, to) {
  const flags = Buffer.alloc(((to - from) / PAGE) * 8);
  const known = readSync(pagemap, flags, 0, flags.length, (from / PAGE) * 8) / 8;
  const isThere = (page) => page < known && (flags[page * 8 + 7] & 0xc0) !== 0;
  for (let page = 0; page < known; page += 1) {
    if (!isThere(page)) continue;
    const begin = page;
    while (isThere(page) && page - begin < PIECE / PAGE) page += 1;
    yield [from + begin * PAGE, from + page * PAGE];
    // The last one again, unless the next is not there: pieces overlap.
    if (isThere(page)) page -= 2;
  }
}

/** Bytes of a process; null where it has let go of them meanwhile. */
function part(memory, begin, end) {
  const bytes = Buffer.allocUnsafe(end - begin);
  try {
    return bytes.subarray(0, readSync(memory, bytes, 0, bytes.length, begin));
  } catch {
    return null;
  }
}
