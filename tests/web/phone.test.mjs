// A phone, held upright: a tap selects a house, a finger drags the city, two fingers zoom.
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
  await aFingerDrags(city);
  await twoFingersZoom(city);
  await city.look('phone-near');
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
