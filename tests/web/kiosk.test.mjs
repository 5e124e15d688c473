// A public screen in a browser: a visitor comes, leaves traces wherever one can, goes, and nothing is left in the page,
// the browser's memory, storage, history or the address. Without a network it goes on; what fails starts again by itself;
// the operator has a menu. Visits go by a clock that the test holds.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FRAUENKIRCHE, SITE, unplug, withCity } from './city.mjs';
import { Needles, search } from './memory.mjs';
import { eventually, outline } from './mirror.mjs';
import { holdTimers } from './timers.mjs';

const [WIDTH, HEIGHT] = [800, 1200];
const SCREEN = { viewport: { width: WIDTH, height: HEIGHT }, hasTouch: true };
/** A browser that tells whole strings of its scripts, however long. */
const TALKATIVE = { args: ['--js-flags=--heap-snapshot-string-limit=1000000000'] };
/** The operator's PIN stands where no server is told of it. */
const PIN = '#pin=4711';
/** Letters that stand nowhere by chance. */
const TYPED = ['Q', 'Z', 'X', 'P', 'V', 'W', 'J', 'Y', 'Q', 'X', 'B', 'Z'];
/** What the visit writes into the page; names of sights stand there when the flight comes by. */
const TRACES = [TYPED.join('').toLowerCase(), 'Frauenplatz 12', 'Warum sehe ich das?'];
const stage = (state) => state.kiosk.stage;
/** Whether the panels of the last frame have a text; what a touch opens comes with the frame after it. */
const shows = (state, text) => state.widgets.some((widget) => widget.text.includes(text));

test('a visit leaves nothing, and a week without a network is no matter', () => withCity({ ...SCREEN, offline: true, launch: TALKATIVE }, async (city) => {
  await city.page.addInitScript(noteWhetherItAsksToStay);
  await city.page.goto(`${city.url}?state=1&kiosk=1&lang=en&house=BEISPIEL_LOD2_W002`);
  await city.until(({ state }) => isOpen(state));
  assert.equal((await city.state()).selected, null, 'a link is no way in');
  await itFlies(city);
  await city.pageSays(theWholeCityIsKept, filesOfTheRelease());
  assert.equal(await city.page.evaluate(() => window.asksToStay), 1, 'the browser was asked to throw nothing away');
  await at(city, 1000);
  await city.look('kiosk-attract');
  const fresh = await told(city);
  const [start, tree] = [await rest(city), await outline(city)];
  assert.match(tree, /Touch to begin/);
  const first = await begin(city);
  await leaveTraces(city);
  await theBrowsersOwnIsRefused(city);
  await itCountsDown(city);
  // The letters were taken away again: in the page they are no more, in the program's memory they may not be either.
  for (const trace of TRACES.slice(1)) assert.ok((await told(city)).includes(trace), `${trace} was left in the page`);
  await at(city, 1169.1);
  await city.until(({ state }) => stage(state) === 'attract');
  await eventually(city, 'the mirror is as at the start', async () => (await outline(city)) === tree);
  await nothingIsLeft(city, fresh, start);
  assert.deepEqual(await begin(city), first, 'the next visitor finds what the first one found');
  city.assertQuiet();
  await city.page.context().setOffline(true);
  unplug(city.server);
  await city.page.reload();
  await city.until(({ state }) => isOpen(state));
  assert.deepEqual(await begin(city), first, 'without a network a visitor finds the same');
  await findFrauenkirche(city);
  city.assertQuiet();
}));

test('the operator sees the counts, starts the screen anew and ends it', () => withCity(SCREEN, async (city) => {
  await city.page.goto(`${city.url}?state=1&kiosk=1&lang=en${PIN}`);
  await city.until(({ state }) => isOpen(state));
  const start = await rest(city);
  await begin(city);
  await findFrauenkirche(city);
  await touch(city, 'Done', (state) => stage(state) === 'attract');
  await openTheMenu(city, '4712', 'Wrong PIN');
  await type(city, '4711', 'End the program');
  await touch(city, 'Use of the screen', (state) => shows(state, 'All days') && shows(state, '<5'));
  await city.look('kiosk-counts');
  assert.deepEqual(await rest(city), start, 'what is counted is kept in no storage');
  await touch(city, 'Operator’s menu', (state) => shows(state, 'Restart'));
  await city.page.evaluate(() => { window.isOld = true; });
  await city.rest();
  await city.page.touchscreen.tap(...await city.widget('Restart'));
  await city.pageSays(() => window.isOld === undefined);
  await city.until(({ state }) => isOpen(state));
  await openTheMenu(city, '4711', 'End the program');
  await city.rest();
  await city.page.touchscreen.tap(...await city.widget('End the program'));
  const isGone = () => city.page.isClosed() || city.page.url() === city.url;
  await eventually(city, 'the window is closed, or shows the city as everybody has it', async () => isGone());
}));

test('what fails starts again by itself, more slowly each time', () => withCity(SCREEN, async (city) => {
  const twin = '**/twin/public/twin.json';
  await city.page.addInitScript(holdTimers, [AGAIN_MS, 2 * AGAIN_MS, 4 * AGAIN_MS, SILENT_MS, LONG_MS]);
  await city.page.route(twin, (route) => route.fulfill({ status: 404 }));
  await city.page.goto(`${city.url}?state=1&kiosk=1${PIN}`);
  await waitsFor(city, AGAIN_MS);
  await city.page.evaluate((ms) => window.due(ms), AGAIN_MS);
  await waitsFor(city, 2 * AGAIN_MS);
  assert.equal(addressOf(city), '?state=1&kiosk=1&again=1#pin=4711');
  // Where the page cannot be had at all, the browser's own page would be the way out.
  await city.page.context().setOffline(true);
  await city.page.evaluate((ms) => window.due(ms), 2 * AGAIN_MS);
  await waitsFor(city, 2 * AGAIN_MS);
  assert.equal(addressOf(city), '?state=1&kiosk=1&again=1#pin=4711');
  await city.page.context().setOffline(false);
  await city.page.unroute(twin);
  await city.page.evaluate((ms) => window.due(ms), 2 * AGAIN_MS);
  await aFirstPictureProvesNothing(city);
  await city.page.evaluate((ms) => window.due(ms), LONG_MS);
  assert.equal(addressOf(city), '?state=1&kiosk=1#pin=4711', 'what is well forgets that it has failed');
  assert.equal(await city.page.evaluate(() => history.state), null);
  await aSilentProgramIsStartedAgain(city);
}));

/**
 * As in assets/web/kiosk.js: the first pause before what failed starts again, how long a program may be silent, and after
 * how long it is well.
 */
const [AGAIN_MS, SILENT_MS, LONG_MS] = [5000, 30_000, 60_000];

/** Graphics that are lost soon after the first picture: the next pause is longer, and it is known why. */
async function aFirstPictureProvesNothing(city) {
  await city.until(({ state }) => isOpen(state));
  await waitsFor(city, LONG_MS);
  assert.equal(addressOf(city), '?state=1&kiosk=1&again=2#pin=4711');
  await city.page.evaluate(() => document.getElementById('city').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext());
  await waitsFor(city, 4 * AGAIN_MS);
  // What is already leaving is not well.
  await city.page.evaluate((times) => times.forEach(window.due), [LONG_MS, 4 * AGAIN_MS]);
  await city.pageSays(() => location.search.includes('again=3'));
  await city.until(({ state }) => isOpen(state));
  await waitsFor(city, LONG_MS);
  assert.equal(await city.page.evaluate(() => history.state.losses), 1);
}

/** The settings and the fragment of the page's address. */
function addressOf(city) {
  const { search: settings, hash } = new URL(city.page.url());
  return settings + hash;
}

/** Waits until the page waits for exactly one thing that is to happen after such a time; gives its number. */
async function waitsFor(city, ms) {
  const [id] = await city.pageSays((time) => window.held?.(time).length === 1 && window.held(time), ms);
  return id;
}

/** Each word that all is well begins the wait for the next one. */
async function aSilentProgramIsStartedAgain(city) {
  const first = await waitsFor(city, SILENT_MS);
  await city.pageSays(([ms, before]) => window.held(ms).length === 1 && window.held(ms)[0] !== before, [SILENT_MS, first]);
  await city.page.evaluate((times) => times.forEach(window.due), [SILENT_MS, AGAIN_MS]);
  await waitsFor(city, AGAIN_MS);
}

const isOpen = (state) => stage(state) === 'attract' && state.complete && state.drawn > 0;

/** While nobody is there the camera goes on by itself. */
async function itFlies(city) {
  const before = (await city.state()).camera;
  const metres = ({ lon_deg, lat_deg }) => Math.hypot(lat_deg - before.lat_deg, (lon_deg - before.lon_deg) * 0.67) * 111_000;
  await city.until(({ state }) => metres(state.camera) > 20);
}

/** Counts how often the page asks the browser to throw nothing away; runs in the page before anything else. */
function noteWhetherItAsksToStay() {
  window.asksToStay = 0;
  const { persist } = StorageManager.prototype;
  StorageManager.prototype.persist = function count() {
    window.asksToStay += 1;
    return persist.call(this);
  };
}

/** In the page: every file of the release is kept, and their list. */
async function theWholeCityIsKept(files) {
  const [name] = await caches.keys();
  return name !== undefined && (await (await caches.open(name)).keys()).length === files + 1;
}

function filesOfTheRelease() {
  const list = readdirSync(SITE).find((name) => /^files-.*\.json$/.test(name));
  return JSON.parse(readFileSync(join(SITE, list), 'utf8')).files.length;
}

/** Wakes the screen, touches its four corners, and types a PIN. */
async function openTheMenu(city, pin, told) {
  await begin(city);
  for (const corner of [[10, 10], [WIDTH - 10, 10], [WIDTH - 10, HEIGHT - 10], [10, HEIGHT - 10]]) {
    await city.rest();
    await city.page.touchscreen.tap(...corner);
  }
  await city.until(({ state }) => state.kiosk.menu === 'pin' && shows(state, 'OK'));
  await type(city, pin, told);
}

/** Types a PIN and waits for what comes of it. */
async function type(city, pin, told) {
  await touchFast(city, [...pin, 'OK']);
  await city.until(({ state }) => shows(state, told));
}

/** Sets the clock that visits go by, and waits until it was read. */
async function at(city, secs) {
  await city.page.evaluate((now) => window.stadtzwilling.clock(now), secs);
  await city.until(({ state }) => state.kiosk.told_secs === secs);
}

/** A touch that wakes the screen; gives what the visitor finds. */
async function begin(city) {
  await city.page.touchscreen.tap(400, 600);
  await city.until(({ state }) => stage(state) === 'visiting' && !state.flying && state.complete && shows(state, 'View'));
  const { language, theme, card, selected, layers, text_scale, shadows, sun, widgets, camera, search } = await city.state();
  const texts = widgets.map(({ text }) => text).filter((text) => !text.includes('loading')).sort();
  const { heading_deg, pitch_deg } = camera;
  return { language, theme, card, selected, layers, text_scale, shadows, sun, texts, heading_deg, pitch_deg, search };
}

/** Types, finds a house, opens it, and changes how everything looks. */
async function leaveTraces(city) {
  const typed = TRACES[0];
  await touch(city, 'Search', (state) => shows(state, 'Hide'));
  await touchFast(city, TYPED);
  await city.until(({ state }) => state.search.query === typed);
  await city.look('kiosk-keyboard');
  await eventually(city, 'it is in the mirror', async () => (await told(city)).includes(typed));
  const { found } = await search(city, new Needles([typed]));
  for (const place of ['page', 'wasm', 'process renderer']) assert.ok(found.get(typed)?.has(place), `${place} is looked through to the bottom`);
  await touch(city, 'Clear', (state) => state.search.query === '');
  await pickFrauenkirche(city);
  await touch(city, 'View', (state) => state.card === 'settings' && shows(state, 'Deutsch'));
  await touch(city, 'Deutsch', (state) => state.language === 'de' && shows(state, 'Dunkel'));
  await touch(city, 'Dunkel', (state) => state.theme === 'dark' && shows(state, 'Warum sehe ich das?'));
  await city.look('kiosk-visiting');
}

/** Searches with the keyboard on the screen and opens what is found. */
async function findFrauenkirche(city) {
  await touch(city, 'Search', (state) => shows(state, 'Hide'));
  await pickFrauenkirche(city);
}

async function pickFrauenkirche(city) {
  await touchFast(city, [...'FRAUENK']);
  await city.until(({ state }) => state.search.hits[0] === 'Frauenkirche' && shows(state, 'Frauenkirche, Sight'));
  await touch(city, 'Frauenkirche, Sight', (state) => state.selected?.building === FRAUENKIRCHE.id && state.panel);
}

/** Touches a widget by its name where it stays, and waits for what comes of it. */
async function touch(city, name, is) {
  await city.rest();
  await city.page.touchscreen.tap(...await city.widget(name));
  await city.until(({ state }) => is(state));
}

/** Touches widgets one after the other, whether or not frames are drawn meanwhile. */
async function touchFast(city, names) {
  await city.rest();
  const places = [];
  for (const name of names) places.push(await city.widget(name));
  for (const place of places) await city.page.touchscreen.tap(...place);
}

/**
 * Menus, zoom, reload and the like do not come through to the browser. They are touches too: they count before time goes
 * on.
 */
async function theBrowsersOwnIsRefused(city) {
  const before = await city.frame();
  const refused = await city.page.evaluate(() => {
    const canvas = document.getElementById('city');
    const event = (kind, Kind, more) => !canvas.dispatchEvent(new Kind(kind, { bubbles: true, cancelable: true, ...more }));
    return {
      menu: event('contextmenu', MouseEvent),
      zoom: event('wheel', WheelEvent, { ctrlKey: true }),
      reload: event('keydown', KeyboardEvent, { key: 'F5' }),
      print: event('keydown', KeyboardEvent, { key: 'p', ctrlKey: true }),
      drag: event('dragstart', DragEvent),
    };
  });
  assert.deepEqual(refused, { menu: true, zoom: true, reload: true, print: true, drag: true });
  await city.until(({ frame }) => frame > before);
  await city.rest();
}

/** Nobody touches the screen for a while; then somebody does, and the visit goes on. */
async function itCountsDown(city) {
  await at(city, 1049);
  assert.equal(stage(await city.state()), 'visiting');
  await at(city, 1050.5);
  await city.until(({ state }) => stage(state) === 10 && shows(state, 'Sind Sie noch da?'));
  await at(city, 1058.5);
  await city.until(({ state }) => stage(state) === 2 && shows(state, 'Sind Sie noch da?'));
  await city.look('kiosk-countdown');
  await city.page.touchscreen.tap(100, 900);
  await city.until(({ state }) => stage(state) === 'visiting');
  assert.equal((await city.state()).theme, 'dark', 'the visit goes on');
  // That the finger is lifted is a touch too, and may come with the next frame.
  await city.rest();
  await at(city, 1109);
  await city.until(({ state }) => stage(state) === 10);
  // Of what is done in the mirror, with a screen reader say, no window hears.
  await city.page.locator('#mirror button', { hasText: /^Weiter$/ }).evaluate((button) => button.click());
  await city.until(({ state }) => stage(state) === 'visiting');
  await city.rest();
  await at(city, 1168.4);
  await city.until(({ state }) => stage(state) === 1);
}

async function nothingIsLeft(city, fresh, start) {
  const left = await told(city);
  for (const trace of TRACES) {
    if (!fresh.includes(trace)) assert.ok(!left.includes(trace), `${trace} is in the page: ${left}`);
  }
  assert.deepEqual(await rest(city), start, 'storage, history, address and title are as at the start');
  const { found } = await search(city, new Needles([TRACES[0]]));
  // What the browser has let go of lies in its processes until it needs the room (docs/KIOSK.md).
  const held = [...found.get(TRACES[0]) ?? []].filter((place) => !place.startsWith('process '));
  assert.deepEqual(held, [], 'what was typed is not in memory');
}

/** The whole document, and what stands in its fields. */
function told(city) {
  return city.page.evaluate(() => {
    const fields = [...document.querySelectorAll('input, textarea')].map(({ value }) => value);
    return [document.documentElement.outerHTML, ...fields].join('\n');
  });
}

/** Whatever else a page can keep something in. */
function rest(city) {
  return city.page.evaluate(async () => {
    const kept = (await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url));
    return {
      local: { ...localStorage },
      session: { ...sessionStorage },
      databases: await indexedDB.databases(),
      caches: await Promise.all(kept),
      cookies: document.cookie,
      history: [history.length, history.state, navigation.entries().map(({ url }) => url)],
      address: location.href,
      title: document.title,
      name: window.name,
    };
  });
}
