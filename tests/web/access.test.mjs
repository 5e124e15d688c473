// axe-core finds nothing in any state, in two languages and three sizes, one of which is what a desktop leaves at 400 %.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FRAUENKIRCHE, SITE, description, withCity } from './city.mjs';
import { assertNoViolations, eventually, outline } from './mirror.mjs';

const SIZES = {
  desktop: { viewport: { width: 1280, height: 720 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  zoomed: { viewport: { width: 320, height: 256 } },
};
const CARDS = { de: ['Orte', 'Ebenen', 'Sonne', 'Ansicht', 'Quellen', 'Hilfe'], en: ['Places', 'Layers', 'Sun', 'View', 'Sources', 'Help'] };

for (const [size, screen] of Object.entries(SIZES)) {
  for (const language of size === 'phone' ? ['en'] : size === 'zoomed' ? ['de'] : ['de', 'en']) {
    test(`no violations: ${size}, ${language}`, () => withCity(screen, async (city) => {
      await city.open(`&lang=${language}`);
      const state = (name) => look(city, `${size}-${language}-${name}`);
      await state('loaded');
      for (const card of CARDS[language]) {
        await click(city, card);
        await state(card.toLowerCase());
        if (size === 'zoomed') await everythingIsSeen(city, card);
        await click(city, card);
      }
      await city.page.evaluate((id) => window.stadtzwilling.show(`house=${id}&lang=${document.documentElement.lang}`), FRAUENKIRCHE.id);
      await city.until(({ state }) => state.selected?.building && state.panel);
      await state('house');
      if (size === 'zoomed') await everythingIsSeen(city, 'house');
      await click(city, language === 'de' ? 'Von Haus zu Haus gehen' : 'Walk from house to house');
      await city.until(({ state }) => state.walked !== null);
      await state('house-and-walk');
      await click(city, language === 'de' ? 'Schließen' : 'Close');
      await state('walk');
      if (size === 'zoomed') await everythingIsSeen(city, 'walk');
      await aPlan(city, language);
      await state('plan');
      city.assertQuiet();
    }));
  }
}

test('no violations where the city cannot be shown', () => withCity({}, async (city) => {
  await city.page.route('**/*.wasm', (route) => route.fulfill({ status: 503 }));
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  await assertNoViolations(city, 'without the program');
  await city.page.unroute('**/*.wasm');
  await city.page.route('**/twin.json', (route) => route.fulfill({ status: 404 }));
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  await assertNoViolations(city, 'without the twin');
}));

test('no violations while the city is on its way', () => withCity({}, async (city) => {
  let go;
  const held = new Promise((resolve) => { go = resolve; });
  await city.page.route('**/*.wasm', async (route) => { await held; await route.continue().catch(() => {}); });
  await city.page.goto(city.url);
  await city.page.waitForSelector('#message');
  await assertNoViolations(city, 'on its way');
  go();
}));

test('who asks for less motion and more contrast gets it', () => withCity({ reducedMotion: 'reduce', contrast: 'more' }, async (city) => {
  await city.open();
  await city.look('contrast');
  await click(city, 'Ansicht');
  await eventually(city, 'the settings are there', async () => (await outline(city)).includes('checkbox Starker Kontrast'));
  const on = await city.page.evaluate(() => ['Starker Kontrast', 'Kamera springt, statt zu fliegen'].map((name) => document.querySelector(`#mirror input[aria-label="${name}"]`).checked));
  assert.deepEqual(on, [true, true]);
  await city.look('contrast-settings');
  await city.page.keyboard.press('Home');
  await assertNoViolations(city, 'contrast');
  city.assertQuiet();
}));

async function look(city, name) {
  await city.rest();
  await city.look(`access-${name}`);
  await assertNoViolations(city, name, true);
}

/** Whatever has the keyboard is scrolled to where it is seen, also in the smallest window. */
async function everythingIsSeen(city, name) {
  const controls = city.page.locator('#mirror :is(button, a, input)');
  const count = await controls.count();
  assert.ok(count > 5);
  for (let index = 0; index < count; index += 1) {
    await controls.nth(index).focus();
    await eventually(city, `control ${index} of "${name}" is seen`, () => city.page.evaluate(() => {
      const { left, top, right, bottom } = document.activeElement.getBoundingClientRect();
      return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    }));
  }
  await city.look(`seen-${name}`);
}

/** Presses what has that name in the mirror. */
async function click(city, name) {
  await eventually(city, `${name} is there`, async () => (await outline(city)).includes(`button ${name}`));
  const frame = await city.frame();
  await city.page.evaluate((wanted) => [...document.querySelectorAll('#mirror button')].find((button) => button.textContent === wanted).click(), name);
  await city.until((last) => last.frame > frame + 1);
  await city.rest();
}

async function aPlan(city, language) {
  const { id, data } = description().layers[0];
  const plan = JSON.parse(readFileSync(join(SITE, 'twin/public', data), 'utf8')).features[0].properties.id;
  await city.page.evaluate(([layer, plan, lang]) => window.stadtzwilling.show(`plan=${layer},${plan}&lang=${lang}`), [id, plan, language]);
  await city.until(({ state }) => state.selected?.layer && state.panel);
}
