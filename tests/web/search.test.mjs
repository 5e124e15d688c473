// Questions beside the picture and without one: what is typed is found on the device, a hit opens its house, and the list
// says in plain HTML what the picture shows. Nobody is told what was asked.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { description, FRAUENKIRCHE, SITE, STILL, withCity } from './city.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const STREET = 'Sendlinger Straße';
const hits = (city) => city.page.locator('#hits [role=option]');
const withoutGraphics = (city) => city.page.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });

/** Types, and waits until hits are shown; gives their texts. */
async function type(city, text) {
  await city.page.fill('#query', text);
  await hits(city).first().waitFor();
  return hits(city).allTextContents();
}

/** Holds files back; gives what lets them come. */
async function holdBack(city, pattern) {
  let comes;
  const held = new Promise((resolve) => { comes = resolve; });
  await city.page.route(pattern, async (route) => { await held; await route.continue(); });
  return comes;
}

/** The house numbers of the street. */
function numbers() {
  const { names, addresses } = description().search;
  const read = (file) => JSON.parse(readFileSync(join(SITE, 'twin/public', file), 'utf8'));
  const at = read(names).streets.findIndex(([name]) => name === STREET);
  return read(addresses).streets[at].map(([number]) => number);
}

/** The first number that the street lacks. */
function missingNumber() {
  const ranges = numbers().map((number) => number.split(/[-–/]/).map((part) => Number.parseInt(part, 10)));
  let number = 1;
  while (ranges.some((ends) => ends[0] <= number && number <= ends.at(-1))) number += 1;
  return number;
}

/** The keyboard is on the title of the house that was asked for: 5 is not 50. */
async function theHouseIsRead(city, title) {
  await city.pageSays((wanted) => document.activeElement?.closest('#house h1')?.textContent.split(wanted)[1]?.match(/^(?!\w)/), title);
}

test('a house is asked for before the city has come, which then shows it', () => withCity(STILL, async (city) => {
  const [cityComes, answersCome] = [await holdBack(city, '**/city_bg.wasm'), await holdBack(city, '**/answers_bg.wasm')];
  await city.page.goto(`${city.url}?state=1`);
  await city.page.keyboard.press('/');
  const number = numbers().find((one) => /^\d+$/.test(one));
  await city.page.keyboard.type(`Sendlinger str ${number}`);
  // Nothing can be found yet, which is said.
  await city.page.locator('#hits .nothing', { hasText: 'Suche wird geladen …' }).waitFor();
  assert.equal(await city.page.locator('#found').textContent(), 'Suche wird geladen …');
  await city.page.keyboard.press('Enter');
  answersCome();
  await theHouseIsRead(city, `${STREET} ${number}`);
  assert.equal(await city.last(), null, 'the city was held back and has come');
  cityComes();
  await city.until(({ state }) => state.complete && state.panel?.includes(`${STREET} ${number}`));
  await city.page.waitForSelector('#start', { state: 'detached' });
  await theHouseIsRead(city, `${STREET} ${number}`);
  await city.rest();
  await city.look('search-house');
  assert.ok(!decodeURIComponent(city.page.url()).includes('Sendlinger'), 'the address holds no attribute');
  await whatIsTypedStaysHere(city);
  city.assertQuiet();
}));

/** A slip of the pen is forgiven, and nobody is told of it. */
async function whatIsTypedStaysHere(city) {
  const before = city.requests.length;
  await city.page.keyboard.press('/');
  assert.ok((await type(city, 'frauenkirhce'))[0].includes('Frauenkirche'));
  await city.look('search-hits');
  assert.equal(city.requests.length, before, 'what is typed asks for nothing');
  assert.deepEqual(await city.page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, '']);
}

test('who asks for a number waits for it, and is given the nearest where it is not there', () => withCity(STILL, async (city) => {
  await withoutGraphics(city);
  const numbersCome = await holdBack(city, '**/search/addresses.json');
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  const missing = missingNumber();
  await city.page.focus('#query');
  await type(city, `sendlinger str ${missing}`);
  assert.equal(await hits(city).first().locator('.name').textContent(), STREET, 'its street is there before its numbers');
  await city.page.keyboard.press('Enter');
  await city.page.waitForTimeout(300);
  assert.equal(await city.page.inputValue('#query'), `sendlinger str ${missing}`, 'the street is taken for a house');
  numbersCome();
  await city.page.waitForSelector('#house h1');
  const title = await city.page.inputValue('#query');
  assert.ok(title.startsWith(`${STREET} `), title);
  // Houses away on their side of the street.
  const away = (number) => Math.ceil(Math.abs(Number.parseInt(number, 10) - missing) / 2);
  assert.equal(away(title.slice(STREET.length)), Math.min(...numbers().map(away)), `${title} for ${missing}`);
  await aPlaceIsSaid(city);
  assert.equal(await city.page.evaluate(() => document.activeElement.id), 'list-title', 'the list takes the keyboard');
}));

test('a place without a house is said', () => withCity(STILL, async (city) => {
  await city.open();
  await aPlaceIsSaid(city);
  await city.rest();
  city.assertQuiet();
}));

/** Nothing opens that would speak of a district: its name and its kind are read out. */
async function aPlaceIsSaid(city) {
  await city.page.focus('#query');
  await city.page.fill('#query', 'maxvorst');
  const hit = hits(city).filter({ hasText: 'Maxvorstadt' }).first();
  await hit.waitFor();
  const [name, detail] = [await hit.locator('.name').textContent(), await hit.locator('.detail').textContent()];
  await city.page.keyboard.press('Enter');
  await city.pageSays((line) => document.getElementById('found').textContent === line, `${name}, ${detail.split(' · ')[0]}`);
}

test('umlauts, districts and nothing at all, while the city comes', () => withCity(STILL, async (city) => {
  const cityComes = await holdBack(city, '**/city_bg.wasm');
  await city.page.goto(`${city.url}?state=1`);
  await city.page.focus('#query');
  assert.ok((await type(city, 'muenchner freiheit')).some((hit) => hit.includes('Münchner Freiheit')));
  cityComes();
  await city.rest();
  await city.page.waitForSelector('#start', { state: 'detached' });
  assert.deepEqual(await city.page.evaluate(() => [document.activeElement.id, document.activeElement.value]), ['query', 'muenchner freiheit'], 'the city takes the keyboard from who types');
  assert.equal(await hits(city).first().isVisible(), true);
  assert.ok((await type(city, 'maxvorst'))[0].includes('Maxvorstadt'));
  await city.page.fill('#query', 'qqqqqqqqqq');
  await city.page.waitForSelector('#hits .nothing');
  await city.page.keyboard.press('Escape');
  assert.equal(await city.page.locator('#hits').isHidden(), true);
  city.assertQuiet();
}));

test('the box forgets what it found once something else is selected', () => withCity(STILL, async (city) => {
  await city.open();
  const typed = () => city.page.inputValue('#query');
  await type(city, 'frauenkirche');
  await city.page.keyboard.press('Enter');
  await city.until(({ state }) => state.selected?.building === FRAUENKIRCHE.id && state.panel && !state.flying);
  await city.rest();
  assert.equal(await typed(), 'Frauenkirche', 'it says what is shown');
  await city.press('Schließen');
  await city.until(({ state }) => state.selected === null);
  assert.equal(await typed(), '');
  await city.page.fill('#query', 'marienpl');
  await city.page.evaluate((query) => window.stadtzwilling.show(query), `house=${FRAUENKIRCHE.id}`);
  await city.until(({ state }) => state.selected?.building === FRAUENKIRCHE.id && state.panel);
  await city.rest();
  assert.equal(await typed(), 'marienpl', 'who types goes on');
  city.assertQuiet();
}));

test('box and menu look as the city does, and keep clear of it', () => withCity(STILL, async (city) => {
  await city.open();
  const style = (id, name) => city.page.evaluate(([of, what]) => getComputedStyle(document.getElementById(of))[what], [id, name]);
  const bright = await style('search', 'backgroundColor');
  assert.equal(bright, 'rgb(255, 255, 255)', 'nothing shines through');
  await city.press('Ansicht');
  await city.press('200 %');
  await city.press('Ansicht');
  await city.page.evaluate((text) => dispatchEvent(new CustomEvent('stadtzwilling', { detail: { phase: 'looks', text } })), LOOKS);
  assert.equal(await style('search', 'backgroundColor'), 'rgb(0, 0, 0)');
  assert.deepEqual([await style('query', 'fontSize'), await style('query', 'color')], ['32px', 'rgb(255, 255, 255)']);
  await city.pageSays((end) => document.querySelector('#corner summary').getBoundingClientRect().top > end, (await city.state()).panels.compass[3]);
  const { title } = (await city.state()).panels;
  const { x, y, width, height } = await city.page.locator('#search').boundingBox();
  assert.ok(Math.abs(x + width - title[2]) < 1.5 && y + height < title[1], `the box, to ${x + width}, ${y + height}, and the title's card, ${title}`);
  await city.look('search-looks');
}));

/** What the program says of a city that is dark, with strong contrast and large text. */
const LOOKS = JSON.stringify({ dark: true, contrast: true, scale: 2 });

test('the list says what the picture shows', () => withCity(STILL, async (city) => {
  await city.open();
  await city.page.click('#list-open');
  await city.page.waitForSelector('#houses li');
  await city.look('list');
  const shown = await city.page.locator('#houses button .name').allTextContents();
  assert.ok(shown.length >= 10, `${shown.length} houses`);
  await city.page.locator('#houses button').nth(2).click();
  await city.page.waitForSelector('#house h1');
  const heading = await city.page.locator('#house h1').textContent();
  assert.equal(heading, shown[2]);
  await city.until(({ state }) => state.panel?.startsWith(heading));
  for (const { label } of description().attributes) {
    const text = await city.page.locator('#house').textContent();
    assert.ok(text.includes(label.de), `${label.de} stands in the list's house, too`);
  }
  await city.look('list-house');
  await city.page.click('#house-back');
  assert.equal(await city.page.evaluate(() => document.activeElement?.querySelector('.name')?.textContent), heading);
  await city.page.evaluate(() => dispatchEvent(new CustomEvent('stadtzwilling', { detail: { phase: 'shows', text: 'lang=en' } })));
  await city.pageSays(() => document.getElementById('list-status').textContent.includes('houses within'));
  assert.equal(await city.page.evaluate(() => document.activeElement.id), 'list-title', 'the row that had the keyboard is gone');
  city.assertQuiet();
}));

test('without graphics the page still answers', () => withCity(PHONE, async (city) => {
  await withoutGraphics(city);
  await city.page.goto(`${city.url}?lang=en`);
  await city.page.waitForSelector('#again:not([hidden])');
  await city.page.focus('#query');
  await type(city, 'frauenkirche');
  await hits(city).first().tap();
  await city.page.waitForSelector('#house h1');
  assert.equal(await city.page.locator('#house h1').textContent(), 'Frauenkirche');
  const text = await city.page.locator('#house').textContent();
  assert.ok(text.includes('Why do I see this?') && text.includes('Not shown'), text);
  await city.look('without-graphics-house');
}));

test('a link to a house is answered without graphics', () => withCity(STILL, async (city) => {
  await withoutGraphics(city);
  const { lon_deg, lat_deg, height_m, id } = FRAUENKIRCHE;
  await city.page.goto(`${city.url}?view=${lon_deg},${lat_deg},${height_m},400,0,-30&house=${id}&layers=bplan:off,%FF,:`);
  await city.page.waitForSelector('#house h1');
  assert.equal(await city.page.locator('#house h1').textContent(), 'Frauenkirche');
}));

test('the keyboard follows an answer in any language, and leaves it with its address', () => withCity(STILL, async (city) => {
  await withoutGraphics(city);
  const tilesCome = await holdBack(city, '**/*.glb');
  const { lon_deg, lat_deg, height_m, id } = FRAUENKIRCHE;
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  await city.page.evaluate((view) => { location.hash = view; }, `view=${lon_deg},${lat_deg},${height_m},400,0,-30&house=${id}`);
  await city.page.waitForSelector('#house-pane:not([hidden])');
  await city.page.click('#languages [data-language=en]');
  tilesCome();
  await theHouseIsRead(city, 'Frauenkirche');
  assert.match(await city.page.locator('#house').textContent(), /Why do I see this/);
  // Back to the address that says nothing.
  await city.page.goBack();
  await city.page.waitForSelector('#list', { state: 'hidden' });
  assert.equal(await city.page.evaluate(() => document.activeElement.id), 'list-open');
  await city.page.goForward();
  await theHouseIsRead(city, 'Frauenkirche');
  await city.page.evaluate(() => { location.hash = ''; });
  await city.page.waitForSelector('#list', { state: 'hidden' });
}));

test('a link that was cut off opens the list where the city begins', () => withCity(STILL, async (city) => {
  await withoutGraphics(city);
  await city.page.goto(`${city.url}#view=11.57`);
  await city.page.waitForSelector('#houses li');
  const tiles = new Set(city.requests.map(({ pathname }) => pathname).filter((path) => path.endsWith('.glb')));
  assert.ok(tiles.size < 20, `${tiles.size} tiles came for one place`);
}));

test('a line that breaks is no answer, and is tried again', () => withCity(STILL, async (city) => {
  await city.open();
  await city.page.route('**/search/names.json', (route) => route.fulfill({ status: 503 }));
  await city.page.fill('#query', 'frauenkirche');
  await city.page.locator('#hits .nothing', { hasText: 'konnte nicht geladen werden' }).waitFor();
  await city.page.unroute('**/search/names.json');
  assert.ok((await type(city, 'frauenkirche'))[0].includes('Frauenkirche'));
}));
