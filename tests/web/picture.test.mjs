// What WebGL draws in the browser is what the program draws in a window: the same start view, compared field by field.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { SHARP, SITE, withCity } from './city.mjs';
import { compare, contrast, pixels } from './pixels.mjs';

/** The size that the site's still picture was drawn in; its lowest lines are cut off. */
const SCREEN = { ...SHARP, viewport: { width: 1600, height: 926 } };
/** The borders of the panels, which the still picture does not have: left, top, right, bottom. */
const PANELS = [[0, 0, 372, 180], [1500, 0, 1600, 300]];
/** How far the tip of a name reaches below it. */
const TIP = 10;

test('the picture is the one that a window draws', () => withCity(SCREEN, async (city) => {
  await city.open();
  const [still] = readdirSync(SITE).filter((name) => name.startsWith('still-'));
  const expected = await pixels(city, readFileSync(join(SITE, still)), 'image/webp');
  const drawn = await pixels(city, await city.look('picture'), 'image/png');
  // Nor does it have the codes on the areas of plans and the names of sights with their tips.
  const { labels, sights } = await city.state();
  const tipped = sights.map(({ at: [left, top, right, bottom] }) => [left, top, right, bottom + TIP]);
  const differences = compare(drawn, expected, [...PANELS, ...labels.map(({ at }) => at), ...tipped]);
  const median = differences[Math.floor(differences.length / 2)];
  const worst = differences[Math.floor(differences.length * 0.99)];
  assert.ok(differences.length > 4000, `${differences.length} fields were compared`);
  assert.ok(median < 3 && worst < 8, `fields differ by ${median} in the middle, by ${worst} at their worst hundredth`);
  assert.ok(contrast(expected) > 15, `the picture has a contrast of ${contrast(expected)}: it is of no city`);
  console.log(`# fields differ by ${median} in the middle, by ${worst} at their worst hundredth; contrast ${contrast(expected)}`);
  city.assertQuiet();
}));

test('less is drawn only while the camera moves', () => withCity(SHARP, async (city) => {
  await city.open();
  await city.press('Ansicht');
  await city.press('Fein');
  assert.deepEqual([...await picturesOfAMove(city)], ['whole']);
  await city.press('Schnell');
  await city.press('Ansicht');
  await city.page.mouse.move(640, 360);
  await city.page.keyboard.press('Home');
  await city.until(({ state }) => state.flying);
  await city.rest();
  const before = await pixels(city, await city.look('moving-before'), 'image/png');
  await city.page.keyboard.down('w');
  await city.until(({ state }) => state.picture === 'halfpixels');
  await city.look('moving');
  await city.page.keyboard.up('w');
  await city.rest();
  assert.equal((await city.state()).picture, 'whole');
  await city.look('moving-at-rest');
  await city.page.keyboard.press('Home');
  await city.until(({ state }) => state.flying);
  await city.rest();
  const after = await pixels(city, await city.look('moving-after'), 'image/png');
  const worst = compare(after, before, PANELS).at(-1);
  assert.ok(worst < 2, `the picture at rest is the one that it was: fields differ by ${worst}`);
  city.assertQuiet();
}));

/** How much of the picture is drawn while the camera moves for a while. */
async function picturesOfAMove(city) {
  const [seen, before] = [new Set(), await city.frame()];
  await city.page.keyboard.down('w');
  await city.until(({ frame, state }) => seen.add(state.picture) && frame > before + 12);
  await city.page.keyboard.up('w');
  await city.rest();
  return seen;
}
