// The server gets another release while pages of the old one are open: no page is ever a mix of both, the new one comes
// when the user wants it or when no page of the old one is left, and a worker whose site has gone locks nobody out.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../../tools/site/serve.mjs';
import { FRAUENKIRCHE, SITE, unplug, withCity } from './city.mjs';
import { holdTimers } from './timers.mjs';

const LAY_OUT = fileURLToPath(new URL('../../tools/site/lay-out.mjs', import.meta.url));
/** A file of the first level, whose bytes differ between the two releases. */
const TILE = 'twin/public/ground/0-0-0.glb';
const NEW_TITLE = 'München (neu)';
/** How often a public screen looks for a new release, and how long it must have been quiet to take it (offline.js). */
const [LOOKS_MS, QUIET_MS] = [3_600_000, 120_000];

test('a new release comes whole, in two tabs', () => withSites(async ({ root, next }) => {
  await withCity({ root, offline: true }, async (city) => {
    await city.open();
    await city.pageSays(() => document.getElementById('kept').textContent.includes('ganze Stadt'));
    const old = await release(city);
    const other = await city.anotherTab();
    await other.open();
    swap(root, next);
    await theOldPageStaysOld(city);
    await city.page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    await city.page.waitForSelector('#notice');
    await city.look('release-notice');
    await aReloadStaysOld(city, old);
    await other.page.waitForSelector('#notice');
    await other.page.locator('#notice button').first().click();
    for (const each of [other, city]) await isNew(each, old);
    const names = await city.page.evaluate(() => caches.keys());
    assert.equal(names.length, 1, `${names}`);
    // What was refused is the file that was taken out of what is kept, and nothing else.
    const others = city.problems.filter((line) => !line.includes(TILE) && !line.endsWith('net::ERR_FAILED'));
    assert.deepEqual(others, []);
    other.assertQuiet();
  });
}));

test('a new release comes by itself when no page of the old one is open', () => withSites(async ({ root, next }) => {
  await withCity({ root, offline: true }, async (city) => {
    await city.open();
    await city.pageSays(() => navigator.serviceWorker.controller !== null);
    const old = await release(city);
    swap(root, next);
    await city.page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    await city.page.waitForSelector('#notice');
    await city.page.goto('about:blank');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await city.open();
    await isNew(city, old);
  });
}));

test('a public screen takes a new release by itself, once nobody has touched it for a while', () => withSites(async ({ root, next }) => {
  await withCity({ root, offline: true }, async (city) => {
    await city.page.addInitScript(holdTimers, [LOOKS_MS, QUIET_MS]);
    await city.page.goto(`${city.url}?state=1&kiosk=1`);
    await city.pageSays((ms) => navigator.serviceWorker.controller !== null && window.held(ms).length === 1, LOOKS_MS);
    const old = await release(city);
    await city.pageSays(theWholeIsKept, filesOf(root));
    swap(root, next);
    await city.page.evaluate((ms) => window.due(ms), LOOKS_MS);
    await city.pageSays(async () => Boolean((await navigator.serviceWorker.getRegistration()).waiting));
    const [first] = await city.pageSays((ms) => window.held(ms).length === 1 && window.held(ms), QUIET_MS);
    await city.page.mouse.click(400, 400);
    await city.until(({ state }) => state.kiosk.stage === 'visiting');
    const waits = await city.page.evaluate((ms) => window.held(ms), QUIET_MS);
    assert.ok(waits.length === 1 && waits[0] !== first, 'a touch has it wait anew');
    assert.equal(await release(city), old);
    await city.page.evaluate((ms) => window.due(ms), QUIET_MS);
    await city.pageSays((before) => document.body.dataset.release !== before, old);
    await city.until(({ state }) => state.kiosk.stage === 'attract' && state.drawn > 0);
    assert.equal(await city.page.title(), NEW_TITLE);
    assert.equal(new URL(city.page.url()).search, '?state=1&kiosk=1');
  });
}));

test('only what lies in the site is kept for ever by its name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stadtzwilling-served-'));
  const root = join(folder, 'site-0123456789ab');
  mkdirSync(join(root, 'shell-0123456789ab'), { recursive: true });
  for (const name of ['index.html', 'shell-0123456789ab/shell.js']) writeFileSync(join(root, name), '');
  const { server, url } = await serve({ root });
  try {
    const caching = async (path) => (await fetch(url + path)).headers.get('Cache-Control');
    assert.equal(await caching(''), 'no-cache');
    assert.match(await caching('shell-0123456789ab/shell.js'), /immutable/);
  } finally {
    unplug(server);
    rmSync(folder, { recursive: true });
  }
});

test('a site without a worker gets rid of the one that it had', () => withSites(async ({ root, next }) => {
  await withCity({ root, offline: true }, async (city) => {
    await city.open();
    await city.pageSays(() => navigator.serviceWorker.controller !== null);
    // With what is packed beside them, which is served just as well.
    const isOfWorker = (name) => /^(release\.json|worker\.js)/.test(name);
    for (const name of readdirSync(next).filter(isOfWorker)) rmSync(join(next, name));
    swap(root, next);
    await city.page.reload();
    await city.pageSays(async () => (await navigator.serviceWorker.getRegistration()) === undefined);
    await city.page.goto('about:blank');
    await city.open();
    assert.equal(await city.page.title(), NEW_TITLE);
    const left = () => navigator.serviceWorker.getRegistrations().then((all) => [navigator.serviceWorker.controller, all.length]);
    assert.deepEqual(await city.page.evaluate(left), [null, 0]);
  });
}));

/** In the page: every file of the release is kept, and their list. */
async function theWholeIsKept(files) {
  const [name] = await caches.keys();
  return (await (await caches.open(name)).keys()).length === files + 1;
}

function filesOf(site) {
  const list = readdirSync(site).find((name) => /^files-.*\.json$/.test(name));
  return JSON.parse(readFileSync(join(site, list), 'utf8')).files.length;
}

/** What the server has of the new release is refused, what is kept of the old one is given. */
async function theOldPageStaysOld(city) {
  const fetched = (path) => city.page.evaluate((address) => fetch(address).then((answer) => answer.text(), () => null), path);
  assert.doesNotMatch(await fetched('twin/public/twin.json'), new RegExp(NEW_TITLE.replace(/[()]/g, '.')));
  const before = await fetched(TILE);
  await city.page.evaluate(async (path) => (await caches.open((await caches.keys())[0])).delete(path), TILE);
  assert.ok(before.length > 100);
  assert.equal(await fetched(TILE), null, 'a file of the new release reached a page of the old one');
}

async function aReloadStaysOld(city, old) {
  await city.page.reload();
  await city.rest();
  assert.equal(await release(city), old);
  assert.notEqual(await city.page.title(), NEW_TITLE);
  assert.ok(!await city.draws(NEW_TITLE));
}

async function isNew(city, old) {
  await city.pageSays((before) => document.body.dataset.release !== before, old);
  await city.rest();
  assert.equal(await city.page.title(), NEW_TITLE);
  assert.ok(await city.draws(NEW_TITLE), 'the program shows another release than the page');
  await city.page.mouse.click(...await city.placeOf(FRAUENKIRCHE));
  await city.until(({ state }) => state.selected?.building === FRAUENKIRCHE.id);
}

const release = (city) => city.page.evaluate(() => document.body.dataset.release);

/** The tests' site, `root`, through a link that can be put to another one, `next`: another title, other bytes in a tile. */
async function withSites(visit) {
  const folder = mkdtempSync(join(tmpdir(), 'stadtzwilling-sites-'));
  try {
    const [root, next] = ['site', 'next'].map((name) => join(folder, name));
    symlinkSync(SITE, root);
    cpSync(theNextSite(), next, { recursive: true, preserveTimestamps: true });
    await visit({ root, next });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let laidOut = null;

/** The folder of the other site, which is made once. */
function theNextSite() {
  if (laidOut === null) {
    const folder = mkdtempSync(join(tmpdir(), 'stadtzwilling-next-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const [twin, out] = ['twin', 'site'].map((name) => join(folder, name));
    cpSync(join(SITE, 'twin/public'), join(twin, 'public'), { recursive: true });
    change(join(twin, 'public'));
    const named = (start) => join(SITE, readdirSync(SITE).find((name) => name.startsWith(start)));
    const given = { program: named('city-'), answers: named('answers-'), twin, still: named('still-'), out, quality: '1' };
    execFileSync('node', [LAY_OUT, ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, value])]);
    laidOut = out;
  }
  return laidOut;
}

function change(twin) {
  const description = JSON.parse(readFileSync(join(twin, 'twin.json'), 'utf8'));
  description.title = { de: NEW_TITLE, en: NEW_TITLE };
  writeFileSync(join(twin, 'twin.json'), JSON.stringify(description));
  const tile = join(twin, TILE.slice('twin/public/'.length));
  const bytes = readFileSync(tile);
  const generator = bytes.indexOf('"generator":"') + '"generator":"'.length;
  bytes[generator] ^= 0x20;
  writeFileSync(tile, bytes);
}

/** What a server does that gives itself a new release: from one moment to the next. */
function swap(root, next) {
  symlinkSync(next, `${root}.new`);
  renameSync(`${root}.new`, root);
}
