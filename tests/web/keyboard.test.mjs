// The whole way without a mouse, and without seeing: the city comes, somebody walks to a house, opens it, reads what it
// says and why, switches the plans off, follows a plan's link, and goes back.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { STILL, description, withCity } from './city.mjs';
import { eventually, focused, hears, keyTo, outline, said } from './mirror.mjs';

/** Between Sendlinger Straße and Oberanger: houses with addresses, all in a plan of the sample. */
const NEAR_A_PLAN = '&view=11.57002,48.13481,530,250,0,-45';

test('from the first picture to a link by keyboard alone', () => withCity(STILL, async (city) => {
  await city.open(NEAR_A_PLAN);
  await theCityHasTheKeyboard(city);
  const house = await somebodyWalks(city);
  const facts = await factsAreAnnounced(city);
  await theHouseOpens(city, house, facts);
  await whyIsAnswered(city);
  await plansAreSwitchedOff(city);
  await aPlanLeadsOn(city);
  await escapeLeadsBack(city);
  city.assertQuiet();
}));

test('what the mirror does is done in the picture, and an idle page rests', () => withCity({}, async (city) => {
  await city.open('&lang=en');
  await press(city, 'Sun');
  await keyTo(city, 'range', 'Time');
  const before = await valueOf(city, 'Time');
  await city.page.keyboard.press('ArrowRight');
  await eventually(city, 'the sun goes on', async () => await valueOf(city, 'Time') !== before);
  await city.look('focus-slider');
  await press(city, 'View');
  await press(city, 'Language: Deutsch');
  await eventually(city, 'the mirror speaks German', async () => (await outline(city)).includes('Ansicht'));
  await eventually(city, 'the page is in German', () => city.page.evaluate(() => document.documentElement.lang === 'de'));
  await eventually(city, 'the keyboard stays where it was', async () => (await focused(city)).name === 'Sprache: Deutsch');
  await city.look('focus-language');
  await city.rest();
  const frame = await city.frame();
  const mark = await city.page.evaluate(() => {
    window.changes = 0;
    new MutationObserver((list) => { window.changes += list.length; }).observe(document.getElementById('mirror'), { subtree: true, childList: true, attributes: true, characterData: true });
    return document.querySelectorAll('#mirror *').length;
  });
  await sleep(1500);
  assert.ok(await city.frame() - frame <= 1, 'frames were drawn while nobody touched anything');
  assert.equal(await city.page.evaluate(() => window.changes), 0, 'the mirror changed while nothing did');
  assert.ok(mark > 20);
  city.assertQuiet();
}));

async function theCityHasTheKeyboard(city) {
  const now = await focused(city);
  assert.equal(now.kind, 'canvas');
  assert.match(now.name, /^Beispiel-?München.*Blick nach .*, .* m über dem Boden|München/);
  assert.equal(await city.page.getAttribute('#city', 'role'), 'application');
  assert.match(await city.page.getAttribute('#city', 'aria-description'), /Eingabetaste: von Haus zu Haus gehen/);
  await hears(city, /ist geladen/);
}

/** Enter begins, arrows and the street lead on; gives the house where it ends. */
async function somebodyWalks(city) {
  await city.page.keyboard.press('Enter');
  await city.until(({ state }) => state.walked !== null);
  await city.rest();
  await hears(city, /Pfeiltasten: zum nächsten Haus/);
  await city.look('walk-begin');
  const first = (await city.state()).walked;
  const second = await stepTo(city, 'ArrowRight', first);
  await hears(city, / m nach [A-Z][a-zü]+\./);
  assert.notEqual(second, first);
  const back = await stepTo(city, 'ArrowLeft', second);
  await city.look('walk-back');
  assert.notEqual(back, second);
  await theStreetLeadsOn(city);
  assert.match(await outline(city, 'mirror-walk'), /button Nächstes Haus links\n(.*\n)*button Beenden/);
  return (await city.state()).walked;
}

/** Who walks hears the house's address and then what is known of it; gives the facts, each as "name: value". */
async function factsAreAnnounced(city) {
  const [title, line] = [await city.page.locator('#mirror-walk h2').textContent(), await said(city)];
  assert.ok(line.startsWith(`${title}. `), `"${line}" does not begin with ${title}`);
  const labels = description().attributes.map(({ label }) => label.de);
  const facts = line.split(/\. ?/).filter((part) => labels.some((label) => part.startsWith(`${label}: `)));
  assert.ok(facts.length >= 2, `"${line}" tells ${facts.length} facts`);
  return facts;
}

/** The full stop leads to the next number of the same street, the comma back. */
async function theStreetLeadsOn(city) {
  const address = async () => /^(.*) (\d+)\w*, /.exec(await city.page.locator('#mirror-walk h2').textContent());
  for (const key of ['ArrowUp', 'ArrowRight', 'ArrowUp', 'ArrowLeft', 'ArrowUp', 'ArrowLeft']) {
    if (await address()) break;
    await stepTo(city, key, (await city.state()).walked);
  }
  const [, street, number] = await address();
  const [before, house] = [await said(city), (await city.state()).walked];
  await city.page.keyboard.press('.');
  await eventually(city, 'the street leads on or ends', async () => await said(city) !== before);
  const ended = /Hier endet die Straße/.test(await said(city));
  if (ended) await city.page.keyboard.press(',');
  await eventually(city, 'the street leads on', async () => (await city.state()).walked !== house);
  await city.rest();
  await city.look('walk-street');
  const [, same, other] = await address();
  assert.equal(same, street);
  assert.ok(ended ? Number(other) <= Number(number) : Number(other) >= Number(number), `${number} → ${other}`);
  assert.match(await said(city), new RegExp(`^${street} ${other}`), 'the address is announced');
}

/** Presses a key and gives the house that one comes to. */
async function stepTo(city, key, from) {
  await city.page.keyboard.press(key);
  await city.until(({ state }) => state.walked !== null && state.awake.length === 0);
  await eventually(city, `${key} leads to another house`, async () => (await city.state()).walked !== from);
  await city.rest();
  return (await city.state()).walked;
}

async function theHouseOpens(city, house, heard) {
  await city.page.keyboard.press('Enter');
  await city.until(({ state }) => state.selected?.building === house && state.panel);
  await eventually(city, 'the keyboard is in the panel', async () => (await focused(city)).panel === 'mirror-selection');
  const now = await focused(city);
  assert.equal(now.kind, 'h2');
  const { panel } = await city.state();
  const lines = panel.split('\n').filter(Boolean);
  assert.equal(now.name, lines[0]);
  for (const fact of heard) assert.ok(lines.some((line) => line.startsWith(fact)), `"${fact}" was announced and is not in the panel:\n${panel}`);
  const opened = await hears(city, /^Geöffnet: /);
  for (const fact of heard) assert.ok(opened.includes(fact), `"${fact}" is not in "${opened}"`);
  const read = await outline(city, 'mirror-selection');
  // Every fact is an item with its name, its value, and the button that tells why.
  const facts = description().attributes.map(({ label }) => label.de);
  for (const label of facts) assert.ok(read.includes(`li\np ${label}\np `), `${label} is no item:\n${read}`);
  for (const line of lines.filter((line) => /^(Adresse|Höhe|Dachform): /.test(line))) {
    const [label, value] = line.split(': ');
    assert.ok(read.includes(`p ${label}\np ${value}`), `"${line}" is not in the mirror:\n${read}`);
  }
  assert.match(read, /h3 Nicht gezeigt/);
  await city.look('keyboard-house');
}

async function whyIsAnswered(city) {
  const why = description().attributes.find(({ name }) => name === 'address').why.de;
  assert.ok(!(await outline(city, 'mirror-selection')).includes(why));
  const button = await keyTo(city, 'button', 'Warum sehe ich das? Adresse');
  await city.look('focus-why');
  await city.page.keyboard.press('Enter');
  await eventually(city, 'the mirror tells why', async () => (await outline(city, 'mirror-selection')).includes(why));
  assert.deepEqual(await focused(city), button, 'the keyboard stays where it was');
  assert.equal(await city.page.evaluate(() => document.activeElement.getAttribute('aria-expanded')), 'true');
  await city.look('keyboard-why');
}

async function plansAreSwitchedOff(city) {
  await keyTo(city, 'button', 'Ebenen', 'Shift+Tab');
  await city.page.keyboard.press('Space');
  await city.until(({ state }) => state.card === 'layers');
  assert.equal((await city.state()).layers[0].visible, true);
  await eventually(city, 'the card is mirrored', async () => (await outline(city, 'mirror-title')).includes('checkbox'));
  await keyTo(city, 'checkbox', '');
  await city.look('focus-checkbox');
  await city.page.keyboard.press('Space');
  await city.until(({ state }) => state.layers[0].visible === false);
  assert.equal(await city.page.evaluate(() => document.activeElement.checked), false);
  await city.page.keyboard.press('Space');
  await city.until(({ state }) => state.layers[0].visible === true);
  await city.page.keyboard.press('Escape');
  await city.until(({ state }) => state.card === null);
  await eventually(city, 'the keyboard is on what opened the card', async () => (await focused(city)).name === 'Ebenen');
}

/** From a house to the plan that it lies in, and to the link that leads on from there. */
async function aPlanLeadsOn(city) {
  await keyTo(city, 'button', await planOfAHouse(city));
  await city.page.keyboard.press('Enter');
  await city.until(({ state }) => state.selected?.plan && state.panel);
  await theHeadingHasTheKeyboard(city);
  await hears(city, /^Geöffnet: /);
  await city.look('keyboard-plan');
  const link = await keyTo(city, 'a', 'Zum Plan');
  assert.equal(link.panel, 'mirror-selection');
  assert.match(await city.page.evaluate(() => document.activeElement.href), /^https:/);
  await city.look('focus-link');
}

/** Who has opened something hears its title first, wherever in the panel the keyboard was before. */
async function theHeadingHasTheKeyboard(city) {
  await eventually(city, 'the keyboard is at the title of what was opened', async () => {
    const { kind, name, panel } = await focused(city);
    return kind === 'h2' && panel === 'mirror-selection' && name === (await city.state()).panel?.split('\n')[0];
  });
}

/** Walks on until a house lies in a plan, and gives the plan's name. */
async function planOfAHouse(city) {
  for (let steps = 0; steps < 25; steps += 1) {
    const plans = (await outline(city, 'mirror-selection')).split('h3 ').find((part) => part.startsWith('Bebauungspläne'));
    const plan = plans?.split('\n').find((line) => line.startsWith('button '))?.slice('button '.length);
    if (plan) return plan;
    await escapeCloses(city);
    await stepTo(city, ['ArrowLeft', 'ArrowDown', 'ArrowLeft', 'ArrowUp'][steps % 4], (await city.state()).walked);
    await city.page.keyboard.press('Enter');
    await city.until(({ state }) => state.selected?.building === state.walked && state.panel);
    await theHeadingHasTheKeyboard(city);
  }
  return assert.fail('none of the houses lies in a plan');
}

/** One press of Escape leads from the tools to the city; from there, and from the panel itself, one closes the panel. */
async function escapeCloses(city) {
  if ((await focused(city)).panel === 'mirror-title') {
    await city.page.keyboard.press('Escape');
    await eventually(city, 'the city has the keyboard', async () => (await focused(city)).kind === 'canvas');
  }
  await city.page.keyboard.press('Escape');
  await city.until(({ state }) => state.selected === null);
  await city.rest();
  assert.equal((await focused(city)).kind, 'canvas');
}

async function escapeLeadsBack(city) {
  await escapeCloses(city);
  assert.notEqual((await city.state()).walked, null, 'the walk goes on where it was');
  await city.page.keyboard.press('Escape');
  await city.until(({ state }) => state.walked === null);
  await eventually(city, 'the strip is gone', async () => await city.page.locator('#mirror-walk').count() === 0);
}

/** Presses a button of the mirror by keyboard, and waits for what comes of it. */
async function press(city, name) {
  await eventually(city, `${name} is there`, async () => (await outline(city)).includes(`button ${name}`));
  await city.page.evaluate((wanted) => [...document.querySelectorAll('#mirror button')].find((button) => button.textContent === wanted).focus(), name);
  const frame = await city.frame();
  await city.page.keyboard.press('Enter');
  await city.until((last) => last.frame > frame + 1);
  await city.rest();
}

function valueOf(city, name) {
  return city.page.evaluate((wanted) => document.querySelector(`#mirror input[aria-label="${wanted}"]`)?.getAttribute('aria-valuetext'), name);
}
