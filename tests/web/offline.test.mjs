// After the first visit the city comes without a network; what is kept for that is the release, the same for everybody.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { FRAUENKIRCHE, SITE, unplug, withCity } from './city.mjs';

test('without a network, under a path', () => withCity({ base: '/stadt/zwilling/', offline: true }, async (city) => {
  await city.open();
  await city.pageSays(wholeIsKept);
  await onlyTheReleaseIsKept(city);
  city.assertQuiet();
  await aServerThatFailsTakesNothing(city);
  await city.page.context().setOffline(true);
  unplug(city.server);
  await city.page.goto(`${city.url}?state=1&lang=en`);
  await city.rest();
  await city.page.mouse.click(...await city.placeOf(FRAUENKIRCHE));
  await city.until(({ state }) => state.panel?.includes('Height: 98.5 m'));
  await city.look('offline-house');
  await city.page.goto(`${city.url}accessibility-en.html`);
  assert.match(await city.page.locator('h1').textContent(), /Accessibility statement/);
  assert.ok(city.requests.every(({ pathname }) => pathname.startsWith('/stadt/zwilling/')));
  city.assertQuiet();
}));

test('of a large city the coarse part is kept, wherever somebody looked', async () => {
  const root = mkdtempSync(join(tmpdir(), 'stadtzwilling-large-'));
  try {
    cpSync(SITE, root, { recursive: true });
    makeLarge(root);
    await withCity({ root, offline: true }, async (city) => {
      await city.open('&view=11.5755,48.1372,565,300,20,-35');
      await city.page.waitForSelector('#offline', { state: 'attached' });
      await city.pageSays(() => !document.getElementById('offline').hidden);
      const kept = await keptPaths(city);
      const { core, files } = releaseOf(SITE);
      let bytes = 0;
      const expected = files.filter(([path, size], at) => at < core || (bytes += size) <= LARGE - coreOfTheCity(files, core));
      assert.ok(expected.length > core + 3 && expected.length < files.length);
      assert.deepEqual(kept.filter((path) => path.startsWith('twin/')).sort(), expected.map(([path]) => path).filter((path) => path.startsWith('twin/')).sort());
      city.assertQuiet();
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

/** Who tries again while the server fails has the city that is kept. */
async function aServerThatFailsTakesNothing(city) {
  const [answer] = city.server.listeners('request');
  city.server.off('request', answer);
  const fail = (request, response) => response.writeHead(502).end('bad gateway');
  city.server.on('request', fail);
  const tryAgain = () => {
    const link = Object.assign(document.createElement('a'), { id: 'reload', href: '' });
    document.body.append(link);
    link.click();
  };
  await Promise.all([city.page.waitForEvent('load'), city.page.evaluate(tryAgain)]);
  await city.rest();
  assert.equal((await city.page.evaluate(() => caches.keys())).length, 1, 'what was kept is gone');
  city.server.off('request', fail).on('request', answer);
  // The browser says that the server failed.
  city.problems.length = 0;
}

/** What is kept unasked in the test of a large city, bytes. */
const LARGE = 2e6;

/** A worker to which the sample is a large city. */
function makeLarge(root) {
  const worker = readFileSync(join(root, 'worker.js'), 'utf8');
  const changed = worker.replace('UNASKED_BYTES = 30e6', `UNASKED_BYTES = ${LARGE}`);
  assert.notEqual(changed, worker);
  writeFileSync(join(root, 'worker.js'), changed);
  for (const ending of ['.br', '.gz']) rmSync(join(root, `worker.js${ending}`));
}

const coreOfTheCity = (files, core) => files.slice(0, core).reduce((sum, [path, size]) => sum + (path.startsWith('twin/') ? size : 0), 0);

async function keptPaths(city) {
  const urls = await city.page.evaluate(async () => (await (await caches.open((await caches.keys())[0])).keys()).map(({ url }) => url));
  return urls.map((url) => url.slice(city.url.length));
}

/** In the page: the menu in the corner says so. */
function wholeIsKept() {
  return document.getElementById('kept').textContent.includes('ganze Stadt');
}

/** Every file of the list is kept and nothing else; no other storage is used. */
async function onlyTheReleaseIsKept(city) {
  const kept = await city.page.evaluate(async () => {
    const names = await caches.keys();
    const paths = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)));
    return { names, paths: paths.flat(), databases: await indexedDB.databases(), stored: localStorage.length + sessionStorage.length };
  });
  const { release, files, list } = releaseOf(SITE);
  const expected = [list, ...files.map(([path]) => path)].map((path) => city.url + path).sort();
  assert.deepEqual(kept.names, [`stadtzwilling ${city.url} ${release}`]);
  assert.deepEqual(kept.paths.sort(), expected);
  assert.deepEqual(kept.databases, []);
  assert.equal(kept.stored, 0);
  assert.deepEqual(await city.page.context().cookies(), []);
}

function releaseOf(site) {
  const list = readdirSync(site).find((name) => /^files-.*\.json$/.test(name));
  return { ...JSON.parse(readFileSync(join(site, list), 'utf8')), list };
}
