// A citizen at a desktop: the city comes, a click on a house tells what may be told, an idle page rests.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FRAUENKIRCHE, description, withCity } from './city.mjs';

test('a click on a house tells what a citizen may know, in German', () => withCity({}, async (city) => {
  await city.open();
  await city.look('desktop-home');
  await theTitleAndTheSourcesAreThere(city);
  await city.page.mouse.move(...await city.placeOf(FRAUENKIRCHE));
  await city.until(({ state }) => state.hovered === FRAUENKIRCHE.id);
  await city.page.mouse.click(...await city.placeOf(FRAUENKIRCHE));
  await city.until(({ state }) => state.selected?.building === FRAUENKIRCHE.id);
  const { panel } = await city.state();
  for (const line of ['Frauenkirche', 'Frauenplatz 12, 80331 München', 'Höhe: 98,5 m']) {
    assert.ok(panel.includes(line), `${line} is not in the panel:\n${panel}`);
  }
  await city.look('desktop-house');
  await theIdlePageRests(city);
  city.assertQuiet();
}));

test('under a path, in English', () => withCity({ base: '/stadt/zwilling/' }, async (city) => {
  await city.open('&lang=en');
  assert.equal(await city.page.evaluate(() => document.documentElement.lang), 'en');
  assert.equal((await city.state()).language, 'en');
  await city.page.mouse.click(...await city.placeOf(FRAUENKIRCHE));
  await city.until(({ state }) => state.panel?.includes('Height: 98.5 m'));
  await theRightButtonTurns(city);
  await escapeLetsGo(city);
  await city.look('desktop-english');
  assert.ok(city.requests.every(({ pathname }) => pathname.startsWith('/stadt/zwilling/')));
  city.assertQuiet();
}));

async function theTitleAndTheSourcesAreThere(city) {
  const { title, sources } = description();
  assert.equal(await city.page.title(), title.de);
  const { widgets } = await city.state();
  const drawn = widgets.map(({ text }) => text).join('\n');
  for (const { attribution } of sources) assert.ok(drawn.includes(attribution), `${attribution} is not drawn`);
  assert.deepEqual(await city.page.context().cookies(), []);
  assert.equal(await city.page.evaluate(() => localStorage.length + sessionStorage.length), 0);
}

async function theIdlePageRests(city) {
  await city.rest();
  await sleep(500);
  const before = await city.frame();
  await sleep(2000);
  const drawn = await city.frame() - before;
  assert.ok(drawn <= 1, `${drawn} frames were drawn while nobody touched anything`);
}

async function theRightButtonTurns(city) {
  const before = (await city.state()).camera.heading_deg;
  await city.page.mouse.move(700, 400);
  await city.page.mouse.down({ button: 'right' });
  await city.page.mouse.move(820, 400, { steps: 6 });
  await city.page.mouse.up({ button: 'right' });
  await city.until(({ state }) => Math.abs(((state.camera.heading_deg - before + 540) % 360) - 180) > 15);
}

async function escapeLetsGo(city) {
  await city.page.keyboard.press('Escape');
  await city.until(({ state }) => state.selected === null);
}
