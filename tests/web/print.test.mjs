// A house on paper: printed from the list, and from the page that the panel saves. In every language it says all that
// there is to say, nothing private, black on white, and can be read by who hears it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { City, PICTURES, STILL, description, viewIn, withCity } from './city.mjs';
import { assertNoViolations } from './mirror.mjs';
import { withPlantedSite } from './planted.mjs';

/** Between Sendlinger Straße and Oberanger: houses with addresses, some of them in a plan of the sample. */
const NEAR_A_PLAN = '&view=11.57002,48.13481,530,250,0,-45';
const LANGUAGES = ['de', 'en', 'leicht'];
/** Whoever likes a dark screen has white paper. */
const DARK = { ...STILL, colorScheme: 'dark' };
/** What a sheet of A4 has between its margins, CSS pixels. */
const SHEET = { width: 672, height: 1000 };

test('a house on paper, in every language', (t) => withPlantedSite({ buildings: 1500 }, async ({ site, planted }) => {
  for (const language of LANGUAGES) {
    await t.test(language, () => withCity({ ...DARK, root: site }, (city) => aHouseOnPaper(city, language, planted)));
  }
}));

test('the list can be printed, and so can the city', () => withCity(DARK, async (city) => {
  await city.open(NEAR_A_PLAN);
  await city.page.emulateMedia({ media: 'print', ...DARK });
  assert.ok(await city.page.locator('#city').isVisible());
  await city.page.emulateMedia({ media: 'screen', ...DARK });
  await city.page.click('#list-open');
  await city.page.waitForSelector('#houses li');
  await onPaper(city, 'print-houses');
  assert.match(await saidOnPaper(city), /Häuser hier/);
  await theCityIsStillThere(city);
  await theListSpeaksAsTheCityDoes(city);
  city.assertQuiet();
}));

/** A list and a house that are open are in the language of the picture beside them, and a plan of the house opens in both. */
async function theListSpeaksAsTheCityDoes(city) {
  const speak = (language) => city.page.evaluate((query) => window.stadtzwilling.show(query), `lang=${language}`);
  await city.page.click('#list-open');
  await city.page.waitForSelector('#houses li');
  await speak('en');
  await city.pageSays(() => /^\d+ houses within/.test(document.getElementById('list-status').textContent));
  await city.page.locator('#houses button').first().click();
  await city.page.waitForSelector('#house article[lang=en]');
  await speak('leicht');
  await city.page.waitForSelector('#house article[lang=de-simple]');
  await city.page.locator('#house a[href*="plan="]').first().click();
  await city.until(({ state }) => state.selected?.plan);
  const heading = await city.page.locator('#house h1').textContent();
  await city.until(({ state }) => state.panel?.startsWith(heading));
  await city.page.click('#house-back');
  await city.until(({ state }) => state.selected?.building);
  await city.page.fill('#query', 'marienplatz');
  await city.pageSays(() => document.getElementById('found').textContent.startsWith('Wir haben'));
  await speak('en');
  await city.pageSays(() => /^\d+ results$/.test(document.getElementById('found').textContent));
}

/** Who has printed finds the picture as it was. */
async function theCityIsStillThere(city) {
  await city.page.emulateMedia({ media: 'screen', ...DARK });
  await city.page.click('#list-close');
  const { width, height } = city.page.viewportSize();
  await city.until(({ state }) => state.size[0] === width && state.size[1] === height);
  await city.rest();
  await city.page.mouse.click(width / 2, height / 2);
  await city.until(({ state }) => state.selected?.building);
}

/** From the list, and as the page that the panel saves. */
async function aHouseOnPaper(city, language, planted) {
  await city.open(`&lang=${language}${NEAR_A_PLAN}`);
  const house = await openAHouseInAPlan(city);
  await onPaper(city, `print-list-${language}`);
  await assertNoViolations(city, `a house on paper, ${language}`);
  const list = await saidOnPaper(city);
  everythingIsSaid(list, language);
  const link = /\((http:[^)]*)\)/.exec(await addressesOnPaper(city))?.[1];
  assert.equal(viewIn(link).get('house'), house, 'the way back into the city');
  await city.page.emulateMedia({ media: 'screen', ...DARK });
  const saved = await savedPage(city, house, language);
  await onPaper(saved, `print-page-${language}`);
  await assertNoViolations(saved, `a saved page on paper, ${language}`);
  const page = await saidOnPaper(saved);
  everythingIsSaid(page, language);
  for (const { value } of planted) assert.ok(!list.includes(value) && !page.includes(value), value);
  city.assertQuiet();
  assert.deepEqual(saved.requests.filter(({ protocol }) => protocol !== 'file:'), [], 'a saved page asks for nothing');
}

/** Opens houses of the list, the nearest first, until one lies in a plan; gives its id. */
async function openAHouseInAPlan(city) {
  await city.page.click('#list-open');
  await city.page.waitForSelector('#houses li');
  const count = await city.page.locator('#houses button').count();
  for (let at = 0; at < count; at += 1) {
    await city.page.locator('#houses button').nth(at).click();
    await city.page.waitForSelector('#house h1');
    const said = await city.page.locator('#house').textContent();
    if (/B-90\d\d/.test(said) && /\d{5} München/.test(said)) break;
    await city.page.click('#house-back');
  }
  const house = await city.page.locator('#house h1 + p').textContent();
  await city.until(({ state }) => state.selected?.building === house);
  await city.rest();
  return house;
}

/** The page that the panel saves of a house, opened as a file. */
async function savedPage(city, house, language) {
  const name = wordsOf(language).get('building.export_page');
  const button = city.page.locator('#mirror-selection button', { hasText: name });
  await button.waitFor({ state: 'attached' });
  const [download] = await Promise.all([city.page.waitForEvent('download'), button.evaluate((one) => one.click())]);
  assert.equal(download.suggestedFilename(), `${house}.html`);
  const text = readFileSync(await download.path(), 'utf8');
  assert.ok(!/<script|<link|<img|javascript:/i.test(text));
  const back = /href="([^"]*#view=[^"]*)"/.exec(text)?.[1].replaceAll('&amp;', '&') ?? '';
  assert.ok(back.startsWith(city.url), 'nothing leads back to the city');
  assert.deepEqual(['house', 'lang'].map((name) => viewIn(back).get(name)), [house, language]);
  const page = await city.page.context().newPage();
  const saved = new City(page, city.url);
  const file = `${await download.path()}.html`;
  writeFileSync(file, text);
  await page.goto(`file://${file}`);
  return saved;
}

/** What is read is as wide as a sheet, dark on white, and holds together where pages end. */
async function onPaper(city, name) {
  const screen = city.page.viewportSize();
  await city.page.setViewportSize(SHEET);
  await city.page.emulateMedia({ media: 'print', ...DARK });
  const wide = await city.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= SHEET.width, `${wide} points on a sheet of ${SHEET.width}`);
  assert.deepEqual(await city.page.evaluate(tooPale), []);
  assert.deepEqual(await city.page.evaluate(tornApart), []);
  await city.look(name);
  const pdf = await city.page.pdf({ format: 'A4', preferCSSPageSize: true });
  const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length;
  assert.ok(sheets <= 8, `${sheets} sheets`);
  if (PICTURES) {
    mkdirSync(PICTURES, { recursive: true });
    writeFileSync(join(PICTURES, `${name}.pdf`), pdf);
  }
  await city.page.setViewportSize(screen);
}

/** In the page: texts that are not dark, and what stands behind them that is not white. */
function tooPale() {
  const parts = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([red, green, blue]) => (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  const found = [];
  for (const one of document.querySelectorAll('body, body *')) {
    if (!one.checkVisibility() || one.closest('head, script, style')) continue;
    const { color, backgroundColor } = getComputedStyle(one);
    const [behind, hasText] = [parts(backgroundColor), [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())];
    if (hasText && light(parts(color)) > 0.25) found.push(`${one.textContent.slice(0, 40)}: ${color}`);
    if ((behind[3] ?? 1) > 0 && light(behind) < 0.99) found.push(`behind ${one.tagName} ${one.id}: ${backgroundColor}`);
  }
  return found;
}

/** In the page: what the end of a sheet may tear apart: a heading or a name from what follows, or an item in itself. */
function tornApart() {
  const style = (one) => getComputedStyle(one);
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const torn = [...seen('article :is(h1, h2, h3, dt)').filter((one) => style(one).breakAfter !== 'avoid'), ...seen('article :is(dd, li), #houses li').filter((one) => style(one).breakInside !== 'avoid')];
  return torn.map((one) => one.textContent.slice(0, 60));
}

/** The words that are seen on paper, in one line. */
async function saidOnPaper(city) {
  await city.page.emulateMedia({ media: 'print', ...DARK });
  return (await city.page.locator('body').innerText()).replaceAll(/\s+/g, ' ');
}

/** What is written behind links on paper. */
function addressesOnPaper(city) {
  return city.page.evaluate(() => [...document.querySelectorAll('article a')].map((link) => {
    const written = getComputedStyle(link, '::after').content;
    return written.includes('attr') ? `(${link.getAttribute('href')})` : written;
  }).join(' '));
}

/** Title, address, facts and why they are seen, what is kept back, plans, what is near, whose data it is and of when. */
function everythingIsSaid(said, language) {
  const says = (text) => assert.ok(said.includes(text.replaceAll(/\s+/g, ' ')), `"${text}" is not said:\n${said}`);
  const of = (text) => text[language] ?? text.de;
  const { attributes, withheld, sources, notice } = description();
  const words = wordsOf(language);
  for (const { label, why, legal_basis } of attributes) [label, why, legal_basis].map(of).forEach(says);
  for (const { label, reason } of withheld) [label, reason].map(of).forEach(says);
  for (const { attribution, licence } of sources) [attribution, licence].forEach(says);
  for (const name of ['page.facts', 'building.plans', 'near.heading', 'near.rule', 'building.not_shown', 'page.sources', 'page.as_of']) says(words.get(name));
  says(of(notice));
  assert.match(said, /\d{5} München/, 'an address');
  assert.match(said, /B-90\d\d/, 'a plan');
  assert.match(said, /\d m, .*(Minuten?|minutes?)/, 'a way on foot');
  assert.match(said, /20\d\d/, 'a date');
  assert.ok(!said.includes(words.get('tools.close') ?? '×') && !said.includes('Drucken'), 'nothing that can be pressed');
}

/** The texts of the program in a language, by section and key. */
function wordsOf(language) {
  const file = new URL(`../../assets/texts/${language}.toml`, import.meta.url);
  let section = '';
  const words = new Map();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    section = /^\[(\w+)\]$/.exec(line)?.[1] ?? section;
    const [, key, value] = /^(\w+) = (".*")$/.exec(line) ?? [];
    if (key) words.set(`${section}.${key}`, JSON.parse(value));
  }
  return words;
}
