// A public screen in a browser: a visitor comes, leaves traces wherever one can, goes, and nothing is left in the page,
// the program's memory, storage, history or the address. Visits go by a clock that the test holds.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FRAUENKIRCHE, withCity } from './city.mjs';
import { eventually, outline } from './mirror.mjs';

const SCREEN = { viewport: { width: 800, height: 1200 }, hasTouch: true };
/** Letters that stand nowhere by chance. */
const TYPED = ['Q', 'Z', 'X', 'P', 'V', 'W', 'J', 'Y', 'Q', 'X', 'B', 'Z'];
/** What the visit writes into the page; names of sights stand there when the flight comes by. */
const TRACES = [TYPED.join('').toLowerCase(), 'Frauenplatz 12', 'Warum sehe ich das?'];
const stage = (state) => state.kiosk.stage;
/** Whether the panels of the last frame have a text; what a touch opens comes with the frame after it. */
const shows = (state, text) => state.widgets.some((widget) => widget.text.includes(text));

test('a visit leaves nothing in the page', () => withCity(SCREEN, async (city) => {
  await city.page.addInitScript(rememberMemories);
  await city.page.goto(`${city.url}?state=1&kiosk=1&lang=en&house=BEISPIEL_LOD2_W002`);
  await city.until(({ state }) => stage(state) === 'attract' && state.complete && state.drawn > 0);
  assert.equal((await city.state()).selected, null, 'a link is no way in');
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
  await at(city, 1118.6);
  await city.until(({ state }) => stage(state) === 'attract');
  await eventually(city, 'the mirror is as at the start', async () => (await outline(city)) === tree);
  await nothingIsLeft(city, fresh, start);
  assert.deepEqual(await begin(city), first, 'the next visitor finds what the first one found');
  city.assertQuiet();
}));

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
  assert.ok(await inMemory(city, typed) > 0, 'memory is looked through to the bottom');
  await touch(city, 'Clear', (state) => state.search.query === '');
  await touchFast(city, [...'FRAUENK']);
  await city.until(({ state }) => state.search.hits[0] === 'Frauenkirche' && shows(state, 'Frauenkirche, Sight'));
  await touch(city, 'Frauenkirche, Sight', (state) => state.selected?.building === FRAUENKIRCHE.id && state.panel);
  await touch(city, 'View', (state) => state.card === 'settings' && shows(state, 'Deutsch'));
  await touch(city, 'Deutsch', (state) => state.language === 'de' && shows(state, 'Dunkel'));
  await touch(city, 'Dunkel', (state) => state.theme === 'dark' && shows(state, 'Warum sehe ich das?'));
  await city.look('kiosk-visiting');
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
  await at(city, 1117.9);
  await city.until(({ state }) => stage(state) === 1);
}

async function nothingIsLeft(city, fresh, start) {
  const left = await told(city);
  for (const trace of TRACES) {
    if (!fresh.includes(trace)) assert.ok(!left.includes(trace), `${trace} is in the page: ${left}`);
  }
  assert.deepEqual(await rest(city), start, 'storage, history, address and title are as at the start');
  assert.equal(await inMemory(city, TRACES[0]), 0, 'what was typed is not in memory');
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

/** Has the page remember the memories of its programs; runs in the page before anything else. */
function rememberMemories() {
  const memories = window.memoriesOfPrograms = [];
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate(...given);
    const { memory } = (made.instance ?? made).exports;
    if (memory) memories.push(memory);
    return made;
  };
}

/** How often a text stands in the memory of the page's programs. */
function inMemory(city, text) {
  return city.page.evaluate((sought) => {
    const letters = [...sought].map((letter) => letter.charCodeAt(0));
    const count = ({ buffer }) => {
      const bytes = new Uint8Array(buffer);
      let found = 0;
      for (let from = 0; (from = bytes.indexOf(letters[0], from)) >= 0; from += 1) {
        if (letters.every((letter, at) => bytes[from + at] === letter)) found += 1;
      }
      return found;
    };
    return window.memoriesOfPrograms.reduce((sum, memory) => sum + count(memory), 0);
  }, text);
}
