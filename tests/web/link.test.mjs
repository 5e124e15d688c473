// The address bar holds the view: a link leads others to it, back and forward lead through it, and a page whose graphics
// were taken away starts again where it was.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FRAUENKIRCHE, SITE, STILL, description, viewIn, withCity } from './city.mjs';
import { compare, pixels } from './pixels.mjs';

const near = (a, b, most) => assert.ok(Math.abs(a - b) <= most, `${a} is not ${b}`);

test('a link leads to the same view, and back leads out of it', () => withCity(STILL, async (city) => {
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

test('language, date and time are part of the link', () => withCity(STILL, async (city) => {
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

test('layers are part of the link, by their ids', () => withCity(STILL, async (city) => {
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
  await theSliderFades(city, id);
  // A link has the opacity, too; a layer of another release is nobody's business.
  await city.page.evaluate((layer) => window.stadtzwilling.show(`?layers=no-such-layer:off,${layer}:40`), id);
  await looks(true, 0.4);
  const half = viewIn(await addressWith(city, `layers=${id}:40`));
  assert.equal(half.get('layers'), `${id}:40`);
  await thereFromTheList(city);
  await looks(true, 0.4);
  city.assertQuiet();
  await thePlansLinkOpens(city);
}));

/** A hand on the slider lets the layer fade: in the state, in the address, and in the picture. */
async function theSliderFades(city, id) {
  // Houses that all lie in a plan.
  await city.page.evaluate(() => window.stadtzwilling.show('view=11.57002,48.13481,530,250,10,-60'));
  await city.until(({ state }) => Math.abs(state.camera.heading_deg - 10) < 1 && !state.flying && state.complete);
  await city.rest();
  const picture = async (name) => pixels(city, await city.look(name), 'image/png');
  const opacity = async () => (await city.state()).layers[0].opacity;
  const [before, again, opaque] = [await picture('link-opaque'), await picture('link-opaque-again'), await opacity()];
  const { x, y, width, height } = await city.page.locator('#mirror input[type=range]').first().boundingBox();
  await city.page.mouse.click(x + width * 0.1, y + height / 2);
  await city.until(({ state }) => state.layers[0].opacity < 0.3);
  const link = viewIn(await addressWith(city, `layers=${id}:`));
  assert.equal(link.get('layers'), `${id}:${Math.round(await opacity() * 100)}`);
  assert.ok(opaque - await opacity() > 0.2, `${opaque} → ${await opacity()}`);
  await city.page.mouse.move(640, 700);
  await city.rest();
  const covered = [[0, 0, 380, 60], ...Object.values((await city.state()).panels)];
  const changed = (a, b) => compare(a, b, covered).filter((difference) => difference > 4).length;
  const after = await picture('link-faded');
  assert.equal(changed(before, again), 0, 'the picture changes by itself');
  assert.ok(changed(before, after) > 20, `${changed(before, after)} fields of the picture have changed`);
}

/** The plan's own page comes in a tab of its own, which cannot reach the city. */
async function thePlansLinkOpens(city) {
  const { id, data } = description().layers[0];
  const { id: plan, link } = JSON.parse(readFileSync(join(SITE, 'twin/public', data), 'utf8')).features[0].properties;
  const context = city.page.context();
  await context.route((url) => url.origin === new URL(link).origin, (route) => route.fulfill({ contentType: 'text/html', body: 'the plan' }));
  await city.page.evaluate((query) => window.stadtzwilling.show(query), `plan=${id},${plan}`);
  await city.until(({ state }) => state.selected?.plan === plan && state.panel);
  const [page] = await Promise.all([context.waitForEvent('page'), city.press('Zum Plan')]);
  await page.waitForURL(link);
  assert.equal(await page.evaluate(() => window.opener), null, 'a page from elsewhere can send the city away');
  assert.ok(city.page.url().startsWith(city.url));
}

/** A line of the list leads to a house, and changes nothing else. */
async function thereFromTheList(city) {
  await city.page.click('#list-open');
  await city.page.locator('#houses button').first().click();
  await city.until(({ state }) => state.selected !== null);
}

test('graphics that are taken away come back with the view, then with less, then no more', () => withCity(STILL, async (city) => {
  await city.open(`&house=${FRAUENKIRCHE.id}&view=11.57378,48.13861,565,500,90,-30`);
  assert.equal((await city.state()).shadows, true);
  for (const shadows of [true, false]) {
    await Promise.all([city.page.waitForEvent('load'), city.page.evaluate(loseGraphics)]);
    await city.until(({ state }) => state.complete && state.selected?.building === FRAUENKIRCHE.id);
    const state = await city.state();
    near(state.camera.heading_deg, 90, 0.2);
    assert.equal(state.shadows, shadows, 'the second loss lowers the detail');
  }
  await city.page.evaluate(loseGraphics);
  await city.page.waitForSelector('#again:not([hidden])');
  assert.match(await city.page.locator('#message').textContent(), /die Grafik entzogen/);
  await city.look('link-lost');
}));

/** In the page. */
function loseGraphics() {
  document.getElementById('city').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext();
}

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
