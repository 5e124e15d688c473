// Where the city cannot be shown, the page says why in plain words, offers to try again, and still answers: search, list,
// houses and plans, in each language.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { description, withCity } from './city.mjs';
import { assertNoViolations } from './mirror.mjs';

/** Between Sendlinger Straße and Oberanger: houses in and near plans of the sample. */
const NEAR_A_PLAN = 'view=11.57002,48.13481,530,250,0,-45';
const TEXTS = JSON.parse(readFileSync(new URL('../../assets/web/texts.json', import.meta.url), 'utf8'));
const message = (city) => city.page.locator('#message').textContent();
const speak = (city, language) => city.page.click(`#languages [data-language=${language}]`);

test('without WebGL2', () => withCity({}, async (city) => {
  await city.page.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
  await city.page.goto(`${city.url}#${NEAR_A_PLAN}`);
  await city.page.waitForSelector('#again:not([hidden])');
  assert.match(await message(city), /WebGL2/);
  await city.page.waitForSelector('#houses li');
  await city.look('without-webgl');
  await everythingChangesItsLanguage(city);
  await aPlanAnswers(city);
}));

/** A list that is open, the card and a notice: whoever changes the language reads on in it. */
async function everythingChangesItsLanguage(city) {
  const rows = await city.page.locator('#houses li').count();
  await city.page.click('#list-more');
  const more = await city.page.locator('#houses li').count();
  assert.ok(more > rows);
  await city.page.evaluate(() => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data: 'gone' })));
  await speak(city, 'en');
  await city.pageSays(() => /^\d+ houses within 250 metres/.test(document.getElementById('list-status').textContent));
  assert.equal(await city.page.locator('#houses li').count(), more, 'what was listed is listed');
  assert.equal(await message(city), TEXTS.en.no_graphics);
  assert.deepEqual(await city.page.locator('#notice :is(p, button)').allTextContents(), ['news', 'update', 'later'].map((name) => TEXTS.en[name]));
  assert.match(city.page.url(), /[#&]lang=en/, 'a link from here is in English');
  assert.match(await city.page.evaluate(() => document.querySelector('meta[name=description]').content), /3D model/);
  await city.page.evaluate(() => { location.hash = location.hash.replace('lang=en', 'lang=leicht'); });
  await city.pageSays((status) => document.getElementById('list-status').textContent.startsWith(status), TEXTS.leicht.list_count.split('{')[0]);
  assert.equal(await city.page.evaluate(() => document.documentElement.lang), 'de-simple');
  await assertNoViolations(city, 'no picture, in plain language');
  await speak(city, 'de');
}

/** A house names its plans, each of which answers; a link to one opens it. */
async function aPlanAnswers(city) {
  const plan = city.page.locator('#house a[href*="plan="]').first();
  const houses = city.page.locator('#houses button');
  for (let at = 0; at < await houses.count(); at += 1) {
    await houses.nth(at).click();
    await city.page.waitForSelector('#house h1');
    if (await plan.count() > 0) break;
    await city.page.click('#house-back');
  }
  const house = await city.page.locator('#house h1').textContent();
  const name = await plan.textContent();
  await plan.click();
  const heading = city.page.locator('#house h1', { hasNotText: house });
  await heading.waitFor();
  assert.ok(name.includes(await heading.textContent()), `${name} leads to ${await heading.textContent()}`);
  const said = await city.page.locator('#house').textContent();
  for (const word of ['Stand', 'Art der Nutzung', 'BauGB']) assert.ok(said.includes(word), `${word} is not said: ${said}`);
  assert.ok(await city.page.evaluate(() => document.activeElement.matches('#house h1')), 'who hears it is told');
  const link = city.page.url();
  assert.match(link, /[#&]plan=/);
  await city.look('without-webgl-plan');
  await speak(city, 'leicht');
  await city.page.waitForSelector('#house article[lang=de-simple]');
  await speak(city, 'de');
  await city.page.click('#house-back');
  await city.page.locator('#house h1', { hasText: house }).waitFor();
  assert.match(city.page.url(), /[#&]house=/, 'the address says what is open');
  await city.page.goto('about:blank');
  await city.page.goto(link);
  await city.page.waitForSelector('#house h1');
  assert.ok(name.includes(await city.page.locator('#house h1').textContent()));
}

test('without WebAssembly, in English', () => withCity({ locale: 'en-GB' }, async (city) => {
  await city.page.addInitScript(() => { delete window.WebAssembly; });
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  assert.match(await message(city), /WebAssembly/);
  await aHouseAnswers(city, 'en');
  await city.look('without-webassembly');
}));

test('a browser that refuses the program', () => withCity({}, async (city) => {
  // As one does that is older than what the compiler uses.
  await city.page.route('**/*.wasm', (route) => route.fulfill({ contentType: 'application/wasm', body: Buffer.from('\0asm\x02\0\0\0') }));
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  await aHouseAnswers(city, 'de');
}));

test('a browser that the scripts are too new for', () => withCity({}, async (city) => {
  await city.page.addInitScript(forgetTheYears);
  await city.page.route('**/shell.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'export const is = a ?!? b;' }));
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  assert.equal(await message(city), TEXTS.de.old_browser);
  await aHouseAnswers(city, 'de');
  await city.look('without-new-scripts');
}));

test('a browser without modules', () => withCity({}, async (city) => {
  await city.page.addInitScript(forgetTheYears);
  await withoutModules(city);
  await city.page.goto(`${city.url}?lang=leicht`);
  await city.page.waitForSelector('#again:not([hidden])');
  assert.equal(await message(city), TEXTS.leicht.old_browser);
  await aHouseAnswers(city, 'leicht');
}));

test('a browser that knows nothing of all this', () => withCity({}, async (city) => {
  await city.page.addInitScript(() => { delete window.fetch; });
  await withoutModules(city);
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  for (const { old_browser: text, again } of Object.values(TEXTS)) {
    assert.ok((await message(city)).includes(text), `"${text}" is not said`);
    assert.ok((await city.page.locator('#reload').textContent()).includes(again));
  }
  assert.ok(await city.page.locator('#ask').isHidden(), 'a box that finds nothing');
  await city.look('without-anything');
  await city.page.click('#sources a');
  await city.page.waitForURL(/accessibility/);
}));

/** What a street's house says: found by what is typed, opened, with its facts. */
async function aHouseAnswers(city, language) {
  assert.equal(await city.page.locator('#answers').textContent(), TEXTS[language].answers);
  assert.ok(await city.page.locator('#answers').isVisible());
  await city.page.fill('#query', 'Sendlinger str 5');
  const hit = city.page.locator('#hits [role=option]', { hasText: 'Sendlinger Straße 5' }).first();
  const name = await hit.locator('.name').textContent();
  await hit.click();
  await city.page.waitForSelector('#house h1');
  assert.ok((await city.page.locator('#house h1').textContent()).startsWith(name), `${name} was asked for`);
  const said = await city.page.locator('#house').textContent();
  for (const { label, why } of description().attributes) {
    for (const text of [label, why]) assert.ok(said.includes(text[language] ?? text.de), `${text.de} is not said`);
  }
  await speak(city, language === 'en' ? 'de' : 'en');
  await city.page.waitForSelector(`#house article:not([lang=${TEXTS[language].tag}])`);
}

/** The page as it is read where there are no modules. */
function withoutModules(city) {
  return city.page.route(city.url, async (route) => {
    const response = await route.fetch();
    const page = (await response.text()).replaceAll('type="module"', 'type="unknown"').replaceAll('<script nomodule', '<script');
    await route.fulfill({ response, body: page });
  });
}

/** In the page: what browsers have learnt since 2016. */
function forgetTheYears() {
  delete window.WebAssembly;
  delete Object.hasOwn;
  delete String.prototype.replaceAll;
  delete Array.prototype.flatMap;
  delete Promise.prototype.finally;
  for (const name of ['append', 'replaceChildren', 'remove']) delete Element.prototype[name];
}

test('without the program', () => withCity({}, async (city) => {
  await city.page.route('**/*.wasm', (route) => route.fulfill({ status: 503 }));
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  assert.match(await message(city), /konnte nicht geladen werden/);
}));

test('without the twin', () => withCity({}, async (city) => {
  await city.page.route('**/twin.json', (route) => route.fulfill({ status: 404 }));
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  assert.match(await message(city), /kann nicht gezeigt werden/);
}));

test('without JavaScript', () => withCity({ javaScriptEnabled: false }, async (city) => {
  await city.page.goto(city.url);
  const page = await city.page.locator('body').innerText();
  assert.match(page, /braucht JavaScript/);
  assert.match(page, /needs JavaScript/);
}));
