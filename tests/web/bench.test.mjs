// The page that a benchmark measures beside other viewers: nothing but tiles, and the contract that all of them have.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FRAUENKIRCHE, PATIENCE, SHARP, withCity } from './city.mjs';

const { lon_deg: lon, lat_deg: lat, height_m: height } = FRAUENKIRCHE;
/** So many tiles are asked for ahead of the program; see assets/web/ahead.js. */
const FIRST_TILES = 8;
const CAMERA = { lon, lat, height, distance: 700, heading: 30, pitch: -30, fovY: 60 };

test('the page speaks the contract', () => withCity(SHARP, async (city) => {
  await city.page.goto(`${city.url}bench.html?bench=1&tileset=twin/public/tiles/tileset.json`);
  const asked = () => city.requests.map(({ pathname }) => pathname).filter((path) => /\/tiles\/.*\.(json|glb)$/.test(path));
  await city.pageSays(() => window.bench?.pending() === 1);
  await sleep(1000);
  assert.ok(asked().length > 1 && asked().length <= 1 + FIRST_TILES, `before anybody says where to look from: ${asked()}`);
  await city.page.evaluate((camera) => window.bench.goto(camera), CAMERA);
  await complete(city);
  assert.deepEqual(asked().sort(), [...new Set(asked())].sort(), 'a tile was asked for twice');
  await city.page.evaluate((camera) => window.bench.goto(camera), { ...CAMERA, heading: 210 });
  await complete(city);
  await city.page.evaluate((camera) => window.bench.goto(camera), CAMERA);
  await complete(city);
  const [tiles, triangles] = await city.page.evaluate(() => [window.bench.tilesVisible(), window.bench.trianglesVisible()]);
  assert.ok(tiles > 5 && triangles > 5000, `${tiles} tiles, ${triangles} triangles`);
  const picked = await city.page.evaluate(() => window.bench.pick(640, 360));
  assert.equal(picked.id, FRAUENKIRCHE.id);
  assert.equal(await city.page.evaluate(() => window.bench.pick(640, 5)), null);
  const gaps = await city.page.evaluate(() => window.bench.orbit(2));
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  assert.ok(gaps.length > 2 && whole > 1000, `frames of an orbit of two seconds: ${gaps}`);
  await city.look('bench');
  city.assertQuiet();
}));

async function complete(city) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(100)) {
    if (await city.page.evaluate(() => window.bench?.pending() === 0)) return;
  }
  assert.fail('the tileset does not become complete');
}
