// What is held back is not there: after everything was clicked no private value of the sources stands anywhere in the
// memory of the page, of the browser around it, or in what it keeps. That the search finds what is there is shown three
// times: with what everyone may know, with values that are put there, and with a release that lets people out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { STILL, withCity } from './city.mjs';
import { clickHouses, tryEverything } from './everything.mjs';
import { Needles, call, memoriesOf, search } from './memory.mjs';
import { withPlantedSite } from './planted.mjs';

/** A browser that tells whole strings of its scripts, however long. */
const TALKATIVE = { args: ['--js-flags=--heap-snapshot-string-limit=1000000000'] };
const SCREEN = { ...STILL, launch: TALKATIVE };

test('after everything was clicked no private value is in the memory', () => withPlantedSite({}, async ({ site, planted, addresses }) => {
  assert.ok(planted.length > 3000 && new Set(planted.map(({ column }) => column)).size > 10, 'the sources hold private values');
  await withCity({ ...SCREEN, root: site, offline: true }, async (city) => {
    const saved = await whatIsSaved(city);
    await city.open();
    const said = titlesOf(await tryEverything(city, addresses));
    await city.look('canary');
    const needles = new Needles([...planted.map(({ value }) => value), ...said]);
    const { found, looked } = await search(city, needles);
    tell(looked, found);
    const out = planted.filter(({ value }) => found.has(value)).map(({ value, house }) => `${value} of ${house}: ${[...found.get(value)]}`);
    assert.deepEqual(out, []);
    for (const place of ['page', 'heap', 'wasm', 'storage', 'process renderer']) {
      assert.ok(said.some((line) => found.get(line)?.has(place)), `nothing that everyone may know is in "${place}"`);
    }
    const inFiles = (await saved()).map((text) => [...needles.in(text)]);
    assert.ok(inFiles.length > 3 && inFiles.flat().length > 0, 'files were saved, and say what everyone may know');
    assert.deepEqual(inFiles.flat().filter((value) => !said.includes(value)), []);
    city.assertQuiet();
    await whatIsPutThereIsFound(city, planted);
  });
}));

test('a release that lets people out is found out', () => withPlantedSite({ open: true }, async ({ site, planted }) => {
  await withCity({ ...SCREEN, root: site }, async (city) => {
    await city.open();
    const houses = (await clickHouses(city, new Set())).map(({ house }) => house);
    const of = (name) => planted.filter(({ column, house }) => column === name && houses.includes(house)).map(({ value }) => value);
    const [owners, residents] = [of('owner'), of('residents')];
    assert.ok(owners.length >= 3 && residents.length === owners.length);
    const { found, looked } = await search(city, new Needles(planted.map(({ value }) => value)));
    tell(looked, found);
    for (const owner of owners) {
      for (const place of ['wasm', 'process renderer']) assert.ok(found.get(owner)?.has(place), `${owner} is not found in "${place}"`);
    }
    for (const place of ['page', 'heap']) assert.ok(owners.some((owner) => found.get(owner)?.has(place)), `no owner is found in "${place}"`);
    for (const number of residents) assert.ok(found.get(number)?.has('wasm'), `${number} is not found among numbers`);
    const columns = new Set(planted.filter(({ value }) => found.has(value)).map(({ column }) => column));
    assert.deepEqual([...columns].sort(), ['owner', 'residents'], 'the rest is held back as ever');
  });
}));

/** The addresses that panels bear as their title, each once. */
function titlesOf(panels) {
  return [...new Set(panels.map((panel) => panel.split('\n')[0]).filter((title) => /^\D{6,} \d+/.test(title)))];
}

/** Files that the page gives to whoever asks for them; the answer reads them. */
async function whatIsSaved(city) {
  const files = [];
  city.page.on('download', (download) => files.push(download.path()));
  await city.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  return async () => (await Promise.all(files)).map((path) => readFileSync(path));
}

function tell(looked, found) {
  for (const [place, bytes] of looked) console.log(`# ${place}: ${(bytes / 1e6).toFixed(1)} MB`);
  console.log(`# found: ${found.size}`);
}

/** One value in each place, and each is found there. */
async function whatIsPutThereIsFound(city, planted) {
  const [page, heap, storage, cache, wasm] = planted.filter(({ column }) => column === 'owner').map(({ value }) => value);
  await city.page.evaluate(([inPage, inHeap, inStorage]) => {
    document.body.append(Object.assign(document.createElement('p'), { hidden: true, textContent: inPage }));
    window.kept = [inHeap];
    sessionStorage.setItem('kept', inStorage);
  }, [page, heap, storage]);
  await city.page.evaluate(async (text) => (await caches.open('kept')).put('kept', new Response(text)), cache);
  await putIntoWasm(city, wasm);
  const { found } = await search(city, new Needles([page, heap, storage, cache, wasm]));
  for (const [value, place] of [[page, 'page'], [heap, 'heap'], [storage, 'storage'], [cache, 'storage'], [wasm, 'wasm']]) {
    assert.ok(found.get(value)?.has(place) && found.get(value).has('process renderer'), `a value that was put into "${place}" is not found there`);
  }
}

/** Writes at the end of each program's memory. */
async function putIntoWasm(city, value) {
  const session = await city.page.context().newCDPSession(city.page);
  const memories = await memoriesOf(session);
  const count = await call(session, memories, function put(text) {
    const bytes = new TextEncoder().encode(text);
    for (const { buffer } of this) new Uint8Array(buffer).set(bytes, buffer.byteLength - 2 * bytes.length);
    return this.length;
  }, value);
  assert.ok(count >= 2, 'the city and the desk each have a memory');
}
