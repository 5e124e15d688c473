// After the first visit the city comes without a network; what is kept for that is the release, the same for everybody.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FRAUENKIRCHE, SITE, unplug, withCity } from './city.mjs';

test('without a network, under a path', () => withCity({ base: '/stadt/zwilling/', offline: true }, async (city) => {
  await city.open();
  await city.pageSays(wholeIsKept);
  await onlyTheReleaseIsKept(city);
  city.assertQuiet();
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
