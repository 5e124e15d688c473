// A phone: a tap selects a house, a finger drags the city, two fingers zoom; upright, on its side, and with a notch, nothing
// lies over anything else.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FRAUENKIRCHE, withCity } from './city.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

test('a phone shows the city and fingers move it', () => withCity(PHONE, async (city) => {
  await city.open();
  await city.look('phone-home');
  assert.deepEqual((await city.state()).size, [390, 844]);
  await aTapSelects(city);
  await city.look('phone-house');
  const { selection, status } = await nothingOverlaps(city);
  assert.ok(selection[1] > 844 * 0.4 && status[1] - selection[3] < 10, `the house is no sheet at the lower border: ${selection}`);
  await aFingerDrags(city);
  await twoFingersZoom(city);
  await city.look('phone-near');
  await onItsSide(city);
  await besideANotch(city);
  city.assertQuiet();
}));

async function aTapSelects(city) {
  await city.page.touchscreen.tap(...await city.placeOf(FRAUENKIRCHE));
  await city.until(({ state }) => state.selected?.building === FRAUENKIRCHE.id);
  const { panel } = await city.state();
  assert.ok(panel.includes('Frauenplatz 12'), panel);
}

async function aFingerDrags(city) {
  const before = await city.placeOf(FRAUENKIRCHE);
  await fingers(city, [[[195, 350], [195, 420]]]);
  const after = await city.placeOf(FRAUENKIRCHE);
  assert.ok(after[1] - before[1] > 30, `the finger moved 70 points down, the house ${after[1] - before[1]}`);
}

async function twoFingersZoom(city) {
  const before = (await city.state()).camera.distance_m;
  await fingers(city, [[[175, 380], [105, 380]], [[215, 380], [285, 380]]]);
  const nearer = (await city.state()).camera.distance_m / before;
  assert.ok(nearer < 0.75, `two fingers spread to four times their distance leave ${nearer} of the way`);
}

/** Moves fingers from where to where in some steps, as hands do. */
async function fingers(city, paths) {
  const session = await city.page.context().newCDPSession(city.page);
  const at = (part) => paths.map(([from, to], id) => ({ id, x: from[0] + (to[0] - from[0]) * part, y: from[1] + (to[1] - from[1]) * part }));
  const send = (type, touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
  await send('touchStart', at(0));
  for (let step = 1; step <= 8; step += 1) {
    const frame = await city.frame();
    await send('touchMove', at(step / 8));
    await city.until((last) => last.frame > frame);
  }
  await send('touchEnd', []);
  await city.rest();
}

/** There is room beside the city: the panel stands at its right, as high as the window. */
async function onItsSide(city) {
  await city.page.setViewportSize({ width: 844, height: 390 });
  await city.until(({ state }) => state.size.join() === '844,390' && state.panels.selection);
  await city.rest();
  await city.look('phone-side');
  const { selection } = await nothingOverlaps(city);
  assert.ok(selection[0] > 844 / 3 && selection[1] < 390 / 4, `the house is no panel at the side: ${selection}`);
}

/** Where the phone's own borders cover the window: camera and speaker left or right, the bar for gestures below. */
const NOTCH = { left: 47, right: 47, bottom: 21, top: 0 };

async function besideANotch(city) {
  const session = await city.page.context().newCDPSession(city.page);
  await session.send('Emulation.setSafeAreaInsetsOverride', { insets: NOTCH });
  await city.until(({ state }) => state.size.join() === `${844 - NOTCH.left - NOTCH.right},${390 - NOTCH.bottom}`);
  await city.rest();
  await city.look('phone-notch');
  const { selection } = await nothingOverlaps(city);
  assert.ok(selection, 'the house is open');
  await theMirrorLiesOverThePicture(city, 'Schließen');
  await city.page.touchscreen.tap(...inThePage(await city.widget('Schließen')));
  await city.until(({ state }) => state.selected === null);
  await nothingOverlaps(city);
  await city.page.evaluate(() => window.stadtzwilling.show('view=11.57378,48.13861,565,500,90,-30'));
  await city.until(({ state }) => Math.abs(state.camera.heading_deg - 90) < 1 && !state.flying && state.complete);
  await city.page.touchscreen.tap(...inThePage(await city.placeOf(FRAUENKIRCHE)));
  await city.until(({ state }) => state.selected?.building === FRAUENKIRCHE.id);
}

/** A place of the picture in the page, whose picture begins beside the notch. */
const inThePage = ([x, y]) => [x + NOTCH.left, y + NOTCH.top];

/** What a finger finds that a screen reader leads over the window is where it is seen. */
async function theMirrorLiesOverThePicture(city, name) {
  const drawn = inThePage(await city.widget(name));
  const { x, y, width, height } = await city.page.locator('#mirror button', { hasText: name }).first().boundingBox();
  const [besideX, besideY] = [x + width / 2 - drawn[0], y + height / 2 - drawn[1]];
  assert.ok(Math.abs(besideX) < 2 && Math.abs(besideY) < 2, `"${name}" is mirrored ${besideX}, ${besideY} beside where it is drawn`);
}

/** Neither the picture's panels nor what the page has beside it cover each other or stick out; gives the panels. */
async function nothingOverlaps(city) {
  await city.rest();
  const { panels, size: [width, height] } = await city.state();
  const ofThePage = await city.page.evaluate(() => {
    const { left, top } = document.getElementById('city').getBoundingClientRect();
    const shown = [...document.querySelectorAll('#search, #corner summary')].filter((element) => element.checkVisibility());
    const borders = (at) => [at.left - left, at.top - top, at.right - left, at.bottom - top];
    return shown.map((element) => [element.id || 'corner', borders(element.getBoundingClientRect())]);
  });
  assert.ok(ofThePage.some(([name]) => name === 'search'));
  const all = [...Object.entries(panels), ...ofThePage];
  for (const [index, [name, at]] of all.entries()) {
    assert.ok(at[0] > -1 && at[1] > -1 && at[2] < width + 1 && at[3] < height + 1, `${name} sticks out of ${width}×${height}: ${at}`);
    for (const [other, where] of all.slice(index + 1)) {
      const common = [Math.min(at[2], where[2]) - Math.max(at[0], where[0]), Math.min(at[3], where[3]) - Math.max(at[1], where[1])];
      assert.ok(common[0] < 1 || common[1] < 1, `${name} (${at}) and ${other} (${where}) lie over each other`);
    }
  }
  return panels;
}
