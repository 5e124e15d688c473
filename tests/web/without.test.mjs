// Where the city cannot be shown, the page says why in plain words and offers to try again.
import assert from 'node:assert/strict';
import test from 'node:test';
import { withCity } from './city.mjs';

const message = (city) => city.page.locator('#message').textContent();

test('without WebGL2', () => withCity({}, async (city) => {
  await city.page.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  assert.match(await message(city), /WebGL2/);
  await city.look('without-webgl');
}));

test('without WebAssembly, in English', () => withCity({ locale: 'en-GB' }, async (city) => {
  await city.page.addInitScript(() => { delete window.WebAssembly; });
  await city.page.goto(city.url);
  await city.page.waitForSelector('#again:not([hidden])');
  assert.match(await message(city), /too old/);
}));

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
