// A public screen in a browser: a visitor comes and goes, and the page is as it was at the start: no storage, no history,
// no address, no way out.
import assert from 'node:assert/strict';
import test from 'node:test';
import { withCity } from './city.mjs';

const SCREEN = { viewport: { width: 800, height: 1200 }, hasTouch: true };
const stage = (state) => state.kiosk.stage;
/** Whether the panels of the last frame have a text; what a touch opens comes with the frame after it. */
const shows = (state, text) => state.widgets.some((widget) => widget.text.includes(text));

test('a visit leaves nothing in the page', () => withCity(SCREEN, async (city) => {
  await city.page.goto(`${city.url}?state=1&kiosk=1&idle=40&lang=en&house=BEISPIEL_LOD2_W001`);
  await city.until(({ state }) => stage(state) === 'attract' && state.phase === 'open' && state.drawn > 0);
  await city.look('kiosk-attract');
  const [address, pages] = [city.page.url(), await city.page.evaluate('history.length')];
  assert.equal((await city.state()).selected, null, 'a link is no way in');
  await city.page.touchscreen.tap(400, 600);
  await city.until(({ state }) => stage(state) === 'visiting' && !state.flying);
  const first = traces(await city.state());
  await city.page.touchscreen.tap(...await city.widget('View'));
  await city.until(({ state }) => state.card === 'settings' && shows(state, 'Deutsch'));
  await city.page.touchscreen.tap(...await city.widget('Deutsch'));
  await city.until(({ state }) => state.language === 'de' && shows(state, 'Dunkel'));
  await city.page.touchscreen.tap(...await city.widget('Dunkel'));
  await city.until(({ state }) => state.theme === 'dark');
  await city.look('kiosk-visiting');
  await theBrowsersOwnIsRefused(city);
  await city.until(({ state }) => Number(stage(state)) > 0);
  assert.ok(await city.draws('Sind Sie noch da?'));
  await city.look('kiosk-countdown');
  await city.page.touchscreen.tap(100, 900);
  await city.until(({ state }) => stage(state) === 'visiting');
  assert.equal((await city.state()).theme, 'dark', 'the visit goes on');
  await city.until(({ state }) => stage(state) === 'attract');
  await city.page.touchscreen.tap(400, 600);
  await city.until(({ state }) => stage(state) === 'visiting' && !state.flying);
  assert.deepEqual(traces(await city.state()), first, 'the next visitor finds what the first one found');
  assert.equal(city.page.url(), address, 'the address says nothing of the visit');
  assert.equal(await city.page.evaluate('history.length'), pages, 'there is nothing to go back to');
  assert.deepEqual(await stored(city.page), { local: 0, session: 0, cookies: '', databases: 0 });
  city.assertQuiet();
}));

function traces({ language, theme, card, selected, layers, text_scale, shadows, sun, widgets, camera }) {
  const texts = widgets.map(({ text }) => text).filter((text) => !text.includes('loading')).sort();
  const { heading_deg, pitch_deg } = camera;
  return { language, theme, card, selected, layers, text_scale, shadows, sun, texts, heading_deg, pitch_deg };
}

/** Menus, zoom, reload and the like do not come through to the browser. */
async function theBrowsersOwnIsRefused(city) {
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
}

function stored(page) {
  return page.evaluate(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    cookies: document.cookie,
    databases: (await indexedDB.databases()).length,
  }));
}
