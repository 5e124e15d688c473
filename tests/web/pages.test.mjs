// The pages of text beside the city and what a device installs: in each language, on narrow screens, enlarged, dark.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { withCity } from './city.mjs';

const TEXTS = JSON.parse(readFileSync(new URL('../../assets/web/texts.json', import.meta.url), 'utf8'));
const ending = (language) => (language === 'de' ? '' : `-${language}`);
/** A small phone, and a window of 1280 × 1024 that was enlarged four times. */
const SCREENS = [[320, 480], [320, 256]];

test('the statements are there in each language and fit', () => withCity({ base: '/stadt/' }, async (city) => {
  for (const [language, { tag, accessibility }] of Object.entries(TEXTS)) {
    for (const name of ['accessibility', 'privacy']) {
      await city.page.goto(`${city.url}${name}${ending(language)}.html`);
      const text = await city.page.locator('main').innerText();
      assert.ok(text.includes('stadt.example'), 'whom to write to');
      assert.match(text, /Muster|Sample/, 'an invented operator is called one');
      assert.ok(!/\{\{|\[\[/.test(await city.page.content()));
      assert.equal(await city.page.evaluate(() => document.documentElement.lang), tag);
      if (name === 'accessibility') assert.ok((await city.page.locator('h1').textContent()).includes(accessibility));
      const others = await city.page.locator('header a[hreflang]').allTextContents();
      assert.deepEqual(others, Object.values(TEXTS).filter((one) => one.tag !== tag).map((one) => one.name));
      await fits(city, `pages-${name}${ending(language)}`);
    }
  }
  for (const link of await city.page.locator('footer a[href$=".txt"]').all()) {
    const licence = await city.page.request.get(new URL(await link.getAttribute('href'), city.page.url()).href);
    assert.match(await licence.text(), /licen[cs]e|permission/i);
  }
  // The last one is in plain language, the browser in German: who comes back reads on as before.
  await city.page.locator('header a').first().click();
  await city.page.waitForURL(`${city.url}#lang=leicht`);
  await city.pageSays(() => document.documentElement.lang === 'de-simple');
  city.assertQuiet();
}));

test('the start card and what it says of a failure fit', () => withCity({}, async (city) => {
  await city.page.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
  await city.page.goto(`${city.url}?lang=leicht`);
  await city.page.waitForSelector('#again:not([hidden])');
  assert.equal(await city.page.locator('#sources a').first().getAttribute('href'), 'accessibility-leicht.html');
  await fits(city, 'pages-failure');
  for (const id of ['title', 'reload']) {
    await city.page.locator(`#${id}`).scrollIntoViewIfNeeded();
    assert.ok(await city.page.locator(`#${id}`).isVisible());
    const { y, height } = await city.page.locator(`#${id}`).boundingBox();
    assert.ok(y >= 0 && y + height <= 256, `${id} cannot be scrolled to: ${y}, ${height}`);
  }
}));

test('a tag chooses as much as it says', () => withCity({ locale: 'de-simple' }, async (city) => {
  await city.page.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
  for (const [query, tag] of [['', 'de-simple'], ['?lang=de-SIMPLE', 'de-simple'], ['?lang=de-AT', 'de'], ['?lang=en-GB', 'en']]) {
    await city.page.goto(city.url + query);
    await city.page.waitForSelector('#again:not([hidden])');
    assert.equal(await city.page.evaluate(() => document.documentElement.lang), tag, query);
    const manifest = await city.page.evaluate(async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json());
    assert.equal(manifest.lang, tag);
    assert.ok(manifest.description.length > 10);
  }
}));

test('the city can be installed', () => withCity({ base: '/stadt/' }, async (city) => {
  await city.page.goto(`${city.url}accessibility.html`);
  const session = await city.page.context().newCDPSession(city.page);
  const { errors, data, url } = await session.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  const { icons, start_url, scope, display } = JSON.parse(data);
  assert.equal(new URL(start_url, url).href, city.url);
  assert.equal(new URL(scope, url).href, city.url);
  assert.equal(display, 'standalone');
  for (const { src, sizes } of icons) {
    const side = await city.page.evaluate(async (address) => {
      const picture = Object.assign(new Image(), { src: address });
      await picture.decode();
      return `${picture.naturalWidth}x${picture.naturalHeight}`;
    }, new URL(src, url).href);
    assert.equal(side, sizes);
  }
  assert.ok(icons.some(({ purpose }) => purpose === 'maskable'));
  city.assertQuiet();
}));

/** Nothing is cut off at the sides, on any of the screens. */
async function fits(city, name) {
  for (const [width, height] of SCREENS) {
    await city.page.setViewportSize({ width, height });
    const wide = await city.page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.getElementById('start')?.scrollWidth ?? 0));
    assert.ok(wide <= width, `${name} is ${wide} wide on ${width}`);
    await city.look(`${name}-${height}`);
  }
}
