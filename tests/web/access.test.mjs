// axe-core finds nothing in any state, in every language, light and dark, and in three sizes, one of which is what a
// desktop leaves at 400 %.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FRAUENKIRCHE, SITE, STILL, description, withCity } from './city.mjs';
import { assertNoViolations, eventually, outline } from './mirror.mjs';

const DESKTOP = { ...STILL, viewport: { width: 1280, height: 720 } };
const PHONE = { ...STILL, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: 'dark' };
const ZOOMED = { ...STILL, viewport: { width: 320, height: 256 } };
const RUNS = [['desktop', 'de', DESKTOP], ['desktop', 'leicht', DESKTOP], ['phone', 'en', PHONE], ['zoomed', 'de', ZOOMED]];
/** What the panels call their cards and their ways. */
const WORDS = {
  de: { cards: ['Orte', 'Ebenen', 'Sonne', 'Ansicht', 'Quellen', 'Hilfe'], walk: 'Von Haus zu Haus gehen', close: 'Schließen' },
  en: { cards: ['Places', 'Layers', 'Sun', 'View', 'Sources', 'Help'], walk: 'Walk from house to house', close: 'Close' },
  leicht: { cards: ['Orte', 'Pläne', 'Sonne', 'Einstellungen', 'Woher kommen die Daten?', 'Hilfe'], walk: 'Von Haus zu Haus gehen', close: 'Schließen' },
};

for (const [size, language, screen] of RUNS) {
  test(`no violations: ${size}, ${language}`, () => withCity(screen, async (city) => {
    const { cards, walk, close } = WORDS[language];
    await city.open(`&lang=${language}`);
    const state = async (name, controls) => {
      await look(city, `${size}-${language}-${name}`);
      if (size === 'zoomed') await everythingIsSeen(city, name, controls);
    };
    await look(city, `${size}-${language}-loaded`);
    // The page's own are the same wherever the panels are; German on a desktop has been seen when enlarged.
    const ofThePage = size !== 'desktop' || language !== 'de';
    if (ofThePage) await besideThePicture(city, state);
    for (const card of cards) {
      await click(city, card);
      await state(card.toLowerCase());
      await click(city, card);
    }
    await city.page.evaluate((query) => window.stadtzwilling.show(query), `house=${FRAUENKIRCHE.id}&lang=${language}`);
    await city.until(({ state }) => state.selected?.building && state.panel);
    await state('house');
    await click(city, walk);
    await city.until(({ state }) => state.walked !== null);
    await look(city, `${size}-${language}-house-and-walk`);
    await click(city, close);
    await state('walk');
    await aPlan(city, language);
    await look(city, `${size}-${language}-plan`);
    if (ofThePage) await theList(city, state);
    city.assertQuiet();
  }));
}

/** The menu in the corner, the notice of a new release, and hits, one of which is marked. */
async function besideThePicture(city, state) {
  await city.page.locator('#corner summary').click();
  await state('corner', '#corner :is(summary, a, button)');
  await city.page.keyboard.press('Escape');
  await city.page.evaluate(() => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data: 'gone' })));
  await city.page.locator('#notice').waitFor();
  await state('notice', '#notice button');
  await city.page.locator('#notice button').last().click();
  await searchForHouses(city);
  for (let presses = 0; presses < 3; presses += 1) await city.page.keyboard.press('ArrowDown');
  await state('hits', '#search :is(input, button), #hits [aria-selected=true]');
  await city.page.fill('#query', '');
  await city.page.locator('#hits').waitFor({ state: 'hidden' });
}

/** Types, and waits for hits with house numbers, which come last; gives the hits. */
async function searchForHouses(city) {
  await city.page.fill('#query', 'Sendlinger str 5');
  const hits = city.page.locator('#hits [role=option]');
  await hits.filter({ hasText: /^Sendlinger Straße 5\d/ }).first().waitFor();
  return hits;
}

/** The list of houses, and one of them. */
async function theList(city, state) {
  await city.page.locator('#list-open').click();
  await city.page.locator('#houses li').first().waitFor();
  await state('list', '#ask :is(input, button)');
  await city.page.locator('#houses button').first().click();
  await city.page.locator('#house h1').waitFor();
  await state('listed-house', '#ask :is(input, button, a, h1)');
  await city.page.locator('#list-close').click();
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

test('no violations on the pages beside the city', () => withCity({}, async (city) => {
  for (const [colorScheme, endings] of [['light', ['', '-en', '-leicht']], ['dark', ['']]]) {
    await city.page.emulateMedia({ colorScheme });
    for (const page of ['accessibility', 'privacy'].flatMap((name) => endings.map((ending) => `${name}${ending}.html`))) {
      await city.page.goto(city.url + page);
      await assertNoViolations(city, `${page}, ${colorScheme}`);
    }
  }
  city.assertQuiet();
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

test('who asks for less motion, more contrast or colours of their own gets them', () => withCity({ reducedMotion: 'reduce', contrast: 'more' }, async (city) => {
  await city.open('&view=11.5755,48.1372,565,300,20,-35');
  await city.look('contrast');
  await click(city, 'Ansicht');
  const settings = () => city.page.evaluate(() => ['Starker Kontrast', 'Kamera springt, statt zu fliegen'].map((name) => document.querySelector(`#mirror input[aria-label="${name}"]`)?.checked));
  await eventually(city, 'the settings are there', async () => (await settings()).every((on) => on !== undefined));
  assert.deepEqual(await settings(), [true, true]);
  await city.look('contrast-settings');
  await assertNoViolations(city, 'contrast');
  await homeIsAJump(city);
  await city.page.emulateMedia({ contrast: 'no-preference', reducedMotion: 'no-preference' });
  await eventually(city, 'nothing is asked for any more', async () => (await settings()).every((on) => !on));
  await city.page.emulateMedia({ forcedColors: 'active' });
  await eventually(city, 'own colours are answered with contrast', async () => (await settings())[0]);
  await inTheirColours(city);
  city.assertQuiet();
}));

/** The start view is there at once: no frame is of a flight. */
async function homeIsAJump(city) {
  await city.page.evaluate(() => {
    window.flew = false;
    const look = () => {
      window.flew ||= JSON.parse(window.stadtzwilling.state()).state.flying;
      requestAnimationFrame(look);
    };
    look();
  });
  await city.page.locator('#city').focus();
  await city.page.keyboard.press('Home');
  const { distance_m } = description().home;
  await city.until(({ state }) => Math.abs(state.camera.distance_m / distance_m - 1) < 0.01);
  assert.equal(await city.page.evaluate(() => window.flew), false, 'the camera flew');
}

/** Where the system has colours of its own for everything, what was told by colour is still seen. */
async function inTheirColours(city) {
  const hits = await searchForHouses(city);
  const plain = await hits.first().screenshot();
  await city.page.keyboard.press('ArrowDown');
  await city.page.locator('#hits [aria-selected=true]').waitFor();
  assert.notDeepEqual(await hits.first().screenshot(), plain, 'the marked hit looks like the others');
  const edges = await city.page.evaluate(() => ['search', 'hits'].map((id) => getComputedStyle(document.getElementById(id)).borderTopStyle));
  assert.deepEqual(edges, ['solid', 'solid'], 'nothing tells the box from the city');
  await look(city, 'forced-colors');
}

async function look(city, name) {
  await city.rest();
  await city.look(`access-${name}`);
  await assertNoViolations(city, name, true);
}

/** Whatever has the keyboard is scrolled to where it is seen, also in the smallest window. */
async function everythingIsSeen(city, name, which = '#mirror :is(button, a, input)') {
  const controls = city.page.locator(which).filter({ visible: true });
  const count = await controls.count();
  assert.ok(count > (which.startsWith('#mirror') ? 5 : 1), `${count} controls in "${name}"`);
  for (let index = 0; index < count; index += 1) {
    await controls.nth(index).evaluate((control) => (control.tabIndex < 0 ? control.scrollIntoView({ block: 'nearest' }) : control.focus()));
    await eventually(city, `control ${index} of "${name}" is seen`, () => controls.nth(index).evaluate((control) => {
      const { left, top, right, bottom } = control.getBoundingClientRect();
      const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
      // The mirror itself is not seen, but lies where the picture is.
      const isMirrored = control.closest('#mirror') !== null;
      return isInside && (isMirrored || control.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2)));
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
