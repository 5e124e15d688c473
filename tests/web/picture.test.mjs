// What WebGL draws in the browser is what the program draws in a window: the same start view, compared field by field.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { SITE, withCity } from './city.mjs';

/** The size that the site's still picture was drawn in; its lowest lines are cut off. */
const SCREEN = { viewport: { width: 1600, height: 926 } };
/** Fields are compared, not pixels: edges are smoothed differently. */
const FIELD_PX = 16;
/** The borders of the panels, which the still picture does not have: left, top, right, bottom. */
const PANELS = [[0, 0, 372, 180], [1500, 0, 1600, 300]];

test('the picture is the one that a window draws', () => withCity(SCREEN, async (city) => {
  await city.open();
  const [still] = readdirSync(SITE).filter((name) => name.startsWith('still-'));
  const expected = await pixels(city, readFileSync(join(SITE, still)), 'image/webp');
  const drawn = await pixels(city, await city.look('picture'), 'image/png');
  const differences = compare(drawn, expected);
  const median = differences[Math.floor(differences.length / 2)];
  const worst = differences[Math.floor(differences.length * 0.99)];
  assert.ok(differences.length > 4000, `${differences.length} fields were compared`);
  assert.ok(median < 3 && worst < 8, `fields differ by ${median} in the middle, by ${worst} at their worst hundredth`);
  assert.ok(contrast(expected) > 15, `the picture has a contrast of ${contrast(expected)}: it is of no city`);
  console.log(`# fields differ by ${median} in the middle, by ${worst} at their worst hundredth; contrast ${contrast(expected)}`);
  city.assertQuiet();
}));

test('less is drawn only while the camera moves', () => withCity({}, async (city) => {
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
  const worst = compare(after, before).at(-1);
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

/** A picture's pixels, as a page without rules of its own reads them. */
async function pixels(city, bytes, type) {
  const page = await city.page.context().newPage();
  const { width, height, base64 } = await page.evaluate(async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let text = '';
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
    return { width: image.width, height: image.height, base64: btoa(text) };
  }, `data:${type};base64,${bytes.toString('base64')}`);
  await page.close();
  return { width, height, data: Buffer.from(base64, 'base64') };
}

/** By how much the mean colours of fields differ, 0 to 255, in rising order. */
function compare(drawn, expected) {
  const differences = [];
  for (let top = 0; top + FIELD_PX <= expected.height - FIELD_PX; top += FIELD_PX) {
    for (let left = 0; left + FIELD_PX <= expected.width; left += FIELD_PX) {
      const inPanel = ([x0, y0, x1, y1]) => left + FIELD_PX > x0 && left < x1 && top + FIELD_PX > y0 && top < y1;
      if (PANELS.some(inPanel)) continue;
      const [a, b] = [field(drawn, left, top), field(expected, left, top)];
      differences.push(Math.max(...a.map((value, channel) => Math.abs(value - b[channel]))));
    }
  }
  return differences.sort((a, b) => a - b);
}

function field({ width, data }, left, top) {
  const sums = [0, 0, 0];
  for (let y = top; y < top + FIELD_PX; y += 1) {
    for (let x = left; x < left + FIELD_PX; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) sums[channel] += data[(y * width + x) * 4 + channel];
    }
  }
  return sums.map((sum) => sum / (FIELD_PX * FIELD_PX));
}

/** How far a picture's pixels are from its mean, 0 to 128. */
function contrast({ data }) {
  let [sum, squares, count] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4, count += 1) {
    sum += data[at];
    squares += data[at] ** 2;
  }
  return Math.sqrt(squares / count - (sum / count) ** 2);
}
