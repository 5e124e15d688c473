// A visitor who tries everything: houses in the picture, whatever the panels have, the search, the list, every language.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SITE, description } from './city.mjs';
import { eventually } from './mirror.mjs';

/** What leads out of the panel that is tried, or into another language. */
const WAYS_OUT = /^(Schließen|Close|Beenden)$|: (Deutsch|English|Leichte Sprache)$/;
const OTHER_LANGUAGES = ['en', 'leicht'];
/** Buttons that show more where they stand: why something is shown, and why something is not. */
const WHAT_OPENS = '[aria-expanded]';
/** Where in the picture houses are clicked on, as shares of its width and height. */
const PLACES = [0.41, 0.49, 0.57, 0.64].flatMap((x) => [0.55, 0.63, 0.7, 0.76].map((y) => [x, y]));
/** Houses in the list that are opened. */
const LISTED = 4;

/** Tries all of it; gives the texts of every panel that was opened: what everyone may know. */
export async function tryEverything(city, addresses) {
  const read = new Set();
  const houses = await clickHouses(city, read);
  // One that a plan lies near: its panel leads there.
  const first = houses.find(({ panel }) => /B-90\d\d/.test(panel)) ?? assert.fail('no house has a plan near it');
  await tryHouse(city, first, 'de', read);
  for (const language of OTHER_LANGUAGES) await tryHouse(city, first, language, read, WHAT_OPENS);
  for (const house of houses.slice(1, 4)) await tryHouse(city, house, 'de', read, WHAT_OPENS);
  await tryPlans(city, read);
  await tryTools(city);
  await tryWalk(city, houses[0], read);
  await trySearch(city, addresses, read);
  await tryList(city);
  await keepAll(city);
  return [...read];
}

/** Clicks all over the picture, where no panel lies; gives the houses that opened, each with the view of it. */
export async function clickHouses(city, read) {
  const houses = new Map();
  for (const [x, y] of PLACES) {
    const { size, panels, sights, camera } = await city.state();
    const at = [size[0] * x, size[1] * y];
    const covers = [...Object.values(panels), ...sights.map((sight) => sight.at)];
    const isCovered = covers.some(([left, top, right, bottom]) => at[0] > left && at[0] < right && at[1] > top && at[1] < bottom);
    if (isCovered) continue;
    await after(city, () => city.page.mouse.click(...at));
    const house = await readPanel(city, read);
    if (house) houses.set(house, { house, camera, panel: (await city.state()).panel });
  }
  assert.ok(houses.size >= 3, `only ${houses.size} houses were clicked on`);
  return [...houses.values()];
}

/** What the open panel says goes to the others; gives the house that it is about. */
async function readPanel(city, read) {
  const { panel, selected } = await city.state();
  if (panel) read.add(panel);
  return selected?.building;
}

/** Does something, and waits until the picture has come to rest that follows. */
async function after(city, act) {
  const frame = await city.frame();
  const result = await act();
  await city.until((last) => last.frame > frame + 1);
  await city.rest();
  return result;
}

async function show(city, { house, camera }, language) {
  const view = ['lon_deg', 'lat_deg', 'height_m', 'distance_m', 'heading_deg', 'pitch_deg'].map((part) => camera[part]);
  await city.page.evaluate((query) => window.stadtzwilling.show(query), `view=${view}&house=${house}&lang=${language}`);
  await city.until(({ state }) => state.selected?.building === house && state.panel && state.language === language);
  await city.rest();
}

/** Everything in a house's panel, and in the plans that it leads to; or only what `which` selects. */
async function tryHouse(city, house, language, read, which = '*') {
  await show(city, house, language);
  const pressed = await pressAll(city, 'selection', {
    which,
    then: async () => {
      if (await readPanel(city, read) === house.house) return;
      await pressAll(city, 'selection');
      await show(city, house, language);
    },
  });
  assert.ok(pressed > 20, `only ${pressed} things were pressed in the panel of a house`);
  await readPanel(city, read);
}

/** Every plan of every layer. */
async function tryPlans(city, read) {
  for (const { id: layer, data } of description().layers) {
    const plans = JSON.parse(readFileSync(join(SITE, 'twin/public', data), 'utf8')).features.map(({ properties }) => properties.id);
    assert.ok(plans.length > 1, `${layer} has ${plans.length} plans`);
    for (const plan of plans) {
      await city.page.evaluate((query) => window.stadtzwilling.show(query), `plan=${layer},${plan}&lang=de`);
      await city.until(({ state }) => state.selected?.plan === plan && state.panel);
      await city.rest();
      await readPanel(city, read);
      await pressAll(city, 'selection');
    }
  }
}

/** Every card of the tools with everything in it; layers off and on again. */
async function tryTools(city) {
  const cards = await city.page.locator(`#mirror-title button${WHAT_OPENS}`).allTextContents();
  assert.ok(cards.length >= 5, `the tools have ${cards}`);
  let pressed = 0;
  for (const name of cards) {
    const card = city.page.locator(`#mirror-title button${WHAT_OPENS}`, { hasText: name });
    await after(city, () => card.evaluate((button) => button.click()));
    pressed += await pressAll(city, 'title', { which: `:not(${WHAT_OPENS})` });
    const usual = city.page.locator('#mirror-title button', { hasText: ' 100 %' });
    if (await usual.count() > 0) await after(city, () => usual.evaluate((button) => button.click()));
    await after(city, () => card.evaluate((button) => button.click()));
  }
  pressed += await pressAll(city, 'compass');
  assert.ok(pressed > 20, `only ${pressed} things were pressed in the tools`);
}

async function tryWalk(city, house, read) {
  await show(city, house, 'de');
  await city.page.focus('#city');
  await city.page.keyboard.press('Escape');
  await city.until(({ state }) => state.selected === null);
  await city.rest();
  if ((await city.state()).walked === null) await city.page.keyboard.press('Enter');
  await city.until(({ state }) => state.walked !== null);
  await city.rest();
  await eventually(city, 'somebody walks', () => city.page.locator('#mirror-walk button').count());
  const pressed = await pressAll(city, 'walk', { then: () => readPanel(city, read) });
  assert.ok(pressed > 5, `only ${pressed} steps were gone`);
  await city.page.focus('#city');
  if ((await city.state()).selected) await after(city, () => city.page.keyboard.press('Escape'));
  await city.page.keyboard.press('Escape');
  await city.until(({ state }) => state.walked === null);
}

/**
 * Presses whatever `which` selects in a panel, also what comes by that, each once and what is on or off twice; `then`
 * follows each time. Links are left alone: they lead out of the city. Gives how often something was pressed.
 */
async function pressAll(city, panel, { which = '*', then = async () => {} } = {}) {
  const pressed = new Set();
  for (;;) {
    const frame = await city.frame();
    const next = await city.page.evaluate(pressNext, [`mirror-${panel}`, [...pressed], which, WAYS_OUT.source]);
    if (next === null) return pressed.size;
    pressed.add(next);
    await city.until((last) => last.frame > frame);
    await city.rest();
    await then();
  }
}

/**
 * In the page: presses or moves the first control of a panel that was not yet, and gives its name and number; null where
 * there is none.
 */
function pressNext([id, pressed, which, waysOut]) {
  const counts = new Map();
  for (const one of document.querySelectorAll(`#${id} :is(button, input):is(${which})`)) {
    const name = one.getAttribute('aria-label') ?? one.textContent;
    const number = counts.get(name) ?? 0;
    counts.set(name, number + 1);
    const times = one.type === 'checkbox' ? ['on', 'off'] : ['once'];
    const key = times.map((time) => `${one.type} ${name} ${number} ${time}`).find((each) => !pressed.includes(each));
    if (!key || one.disabled || new RegExp(waysOut).test(name)) continue;
    if (one.type === 'range' || one.type === 'number') {
      one.value = String((Number(one.min) + Number(one.max)) / 2);
      one.dispatchEvent(new Event('input'));
    } else {
      one.click();
    }
    return key;
  }
  return null;
}

/** Looks for addresses, and for names with slips in them, and opens what is found. */
async function trySearch(city, addresses, read) {
  const wanted = [0.1, 0.4, 0.7].map((share) => addresses[Math.floor(addresses.length * share)]);
  for (const typed of [...wanted, 'marienplaz', 'frauenkirhce']) {
    await city.page.fill('#query', typed);
    await city.page.locator('#hits [role=option]').first().waitFor();
    await after(city, () => city.page.press('#query', 'Enter'));
    await readPanel(city, read);
  }
  await city.page.fill('#query', 'qqqqqqqq');
  await city.page.waitForSelector('#hits .nothing');
  await city.page.press('#query', 'Escape');
}

/** The whole list, some of its houses, and one of them on paper. */
async function tryList(city) {
  await city.page.click('#list-open');
  await city.page.waitForSelector('#houses li');
  while (await city.page.locator('#list-more').isVisible()) await city.page.click('#list-more');
  for (let at = 0; at < LISTED; at += 1) {
    await after(city, () => city.page.locator('#houses button').nth(at).click());
    await city.page.waitForSelector('#house h1');
    if (at === 0) {
      // A browser without a screen has no dialog, and never says that printing is over.
      const printed = city.page.evaluate(() => new Promise((resolve) => { addEventListener('beforeprint', () => resolve(true), { once: true }); }));
      await city.page.click('#house-print');
      await printed;
    }
    await city.page.click('#house-back');
  }
  await city.page.click('#list-close');
}

/** The whole city is kept for later. */
async function keepAll(city) {
  await city.page.click('#corner summary');
  await eventually(city, 'the city is kept', async () => {
    if (await city.page.locator('#offline').isVisible()) await city.page.click('#offline');
    return city.page.evaluate(() => document.getElementById('kept').textContent.includes('ganze Stadt'));
  });
}
