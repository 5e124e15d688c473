// The address bar holds the view: a link leads others to it, back and forward lead through it, and a page whose graphics
// were taken away starts again where it was.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FRAUENKIRCHE, description, viewIn, withCity } from './city.mjs';

const near = (a, b, most) => assert.ok(Math.abs(a - b) <= most, `${a} is not ${b}`);

test('a link leads to the same view, and back leads out of it', () => withCity({}, async (city) => {
  await city.open();
  assert.equal(viewIn(city.page.url()).has('view'), false, 'at the start the address stays as it is');
  await city.page.mouse.click(...await city.placeOf(FRAUENKIRCHE));
  await addressWith(city, `house=${FRAUENKIRCHE.id}`);
  await city.page.mouse.move(640, 360);
  await city.page.mouse.wheel(0, -400);
  await city.until(({ state }) => state.camera.distance_m < 1000);
  const link = await addressWith(city, 'view=');
  const before = await city.state();
  assert.ok(!decodeURIComponent(link).includes('Frauenplatz'), 'an address of a page holds no attribute');
  await city.page.goto('about:blank');
  await city.page.goto(link);
  await city.until(({ state }) => state.complete && state.selected?.building === FRAUENKIRCHE.id && state.panel);
  sameView((await city.state()).camera, before.camera);
  const told = city.requests.filter(({ pathname, search }) => (pathname + search).includes(FRAUENKIRCHE.id));
  assert.deepEqual(told, [], 'no server is told what a link selects');
  await city.page.keyboard.press('Escape');
  await city.until(({ state }) => state.selected === null);
  await city.page.waitForURL((url) => !viewIn(url).has('house'));
  await city.page.goBack();
  await city.until(({ state }) => state.selected?.building === FRAUENKIRCHE.id);
  await city.page.goForward();
  await city.until(({ state }) => state.selected === null);
  city.assertQuiet();
}));

test('language, date and time are part of the link', () => withCity({}, async (city) => {
  await city.open('&lang=en&at=2026-12-21T09:00&view=11.5755,48.1372,565,600,20,-35');
  const { language, camera } = await city.state();
  assert.equal(language, 'en');
  near(camera.heading_deg, 20, 0.01);
  await city.look('link-winter');
  await city.page.keyboard.press('n');
  const link = viewIn(await addressWith(city, 'view='));
  assert.equal(link.get('lang'), 'en');
  assert.equal(link.get('at'), '2026-12-21T09:00');
  city.assertQuiet();
}));

test('layers are part of the link, by their ids', () => withCity({}, async (city) => {
  const [{ id, opacity, title }] = description().layers;
  const looks = (visible, opaque = opacity) => city.until(({ state: { complete, layers: [layer] } }) => complete
    && layer.visible === visible && Math.abs(layer.opacity - opaque) < 0.001);
  await city.open();
  await city.press('Ebenen');
  await city.press(title.de);
  await looks(false);
  const link = await addressWith(city, `layers=${id}:off`);
  assert.ok(!decodeURIComponent(link).includes(title.de), 'a layer is named by its id');
  await city.look('link-layer-off');
  await city.page.goto('about:blank');
  await city.page.goto(link);
  await looks(false);
  await city.rest();
  await city.page.mouse.click(...await city.placeOf(FRAUENKIRCHE));
  await addressWith(city, `house=${FRAUENKIRCHE.id}`);
  await city.press('Ebenen');
  await city.press(title.de);
  await looks(true);
  await city.page.waitForURL((url) => !viewIn(url).has('layers'));
  await city.page.goBack();
  await city.until(({ state }) => state.selected === null);
  await looks(false);
  await city.page.goForward();
  await city.until(({ state }) => state.selected?.building === FRAUENKIRCHE.id);
  await looks(true);
  // Opacity too; a layer of another release is nobody's business.
  await city.page.evaluate((layer) => window.stadtzwilling.show(`?layers=no-such-layer:off,${layer}:40`), id);
  await looks(true, 0.4);
  const half = viewIn(await addressWith(city, `layers=${id}:40`));
  assert.equal(half.get('layers'), `${id}:40`);
  await thereFromTheList(city);
  await looks(true, 0.4);
  city.assertQuiet();
}));

/** A line of the list leads to a house, and changes nothing else. */
async function thereFromTheList(city) {
  await city.page.click('#list-open');
  await city.page.locator('#houses button').first().click();
  await city.until(({ state }) => state.selected !== null);
}

test('graphics that were taken away come back with the view', () => withCity({}, async (city) => {
  await city.open(`&house=${FRAUENKIRCHE.id}&view=11.57378,48.13861,565,500,90,-30`);
  await city.page.waitForTimeout(5000);
  await Promise.all([
    city.page.waitForEvent('load'),
    city.page.evaluate(() => document.getElementById('city').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()),
  ]);
  await city.until(({ state }) => state.complete && state.selected?.building === FRAUENKIRCHE.id);
  near((await city.state()).camera.heading_deg, 90, 0.2);
}));

/** The address once the view in it holds a text. What a page was opened with stands before its view and does not count. */
async function addressWith(city, text) {
  await city.page.waitForURL((url) => decodeURIComponent(url.hash).includes(text));
  await city.rest();
  await city.page.waitForTimeout(600);
  return city.page.url();
}

function sameView(a, b) {
  near(a.lon_deg, b.lon_deg, 2e-5);
  near(a.lat_deg, b.lat_deg, 2e-5);
  near(a.distance_m, b.distance_m, 3);
  near(a.heading_deg, b.heading_deg, 0.1);
  near(a.pitch_deg, b.pitch_deg, 0.1);
}
