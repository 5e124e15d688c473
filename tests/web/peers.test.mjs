// The tiles are anybody's: CesiumJS and 3DTilesRendererJS open them, complain of nothing, and find the same houses at the
// same places as the city's own page. Their pages are those of `./dev bench web`, set up in `STADTZWILLING_PEERS`.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { City, FRAUENKIRCHE, PATIENCE, SHARP, SITE, unplug, withCity } from './city.mjs';

const PEERS = process.env.STADTZWILLING_PEERS;
const SKIPPED = !PEERS && 'STADTZWILLING_PEERS names no pages of other viewers; ./dev test makes them of ../shared/bench';
const { lon_deg: lon, lat_deg: lat, height_m: height } = FRAUENKIRCHE;
/** So near that every viewer shows leaves alone where it is asked for houses. */
const CAMERA = { lon, lat, height, distance: 450, heading: 30, pitch: -35, fovY: 60 };
/** Twenty places over the middle of the canvas; the first is the Frauenkirche's roof. */
const PLACES = [0.5, 0.35, 0.65, 0.8].flatMap((y) => [0.5, 0.2, 0.35, 0.65, 0.8].map((x) => [1280 * x, 720 * y]));
/** What is said of no tile: graphics that the processor draws are slow, and 3D Tiles 1.1 has more than a viewer knows. */
const BESIDE = /GL Driver Message \(OpenGL, Performance|tiles versions at 1\.1 or higher have limited support/;

test('other viewers open the tiles and find the same houses', { skip: SKIPPED }, () => withCity(SHARP, async (city) => {
  const ours = await look(city.page, `${city.url}bench.html?bench=1&tileset=twin/public/tiles/tileset.json`);
  assert.equal(ours.houses[0], FRAUENKIRCHE.id);
  const apart = new Set(ours.houses.filter(Boolean));
  assert.ok(apart.size >= 10, `too few houses to tell viewers apart by: ${ours.houses}`);
  city.assertQuiet();
  await withPeers(async (url) => {
    for (const peer of ['cesium', 'three']) {
      const theirs = await inAnotherViewer(city, url, peer, 'tiles');
      assert.deepEqual(theirs.houses, ours.houses, `${theirs.name} finds other houses`);
      await inAnotherViewer(city, url, peer, 'ground');
    }
  });
}));

/** Serves their pages and the site as one origin. Not with the site's own headers, which forbid what they do. */
async function withPeers(visit) {
  const root = mkdtempSync(join(tmpdir(), 'stadtzwilling-peers-'));
  symlinkSync(join(PEERS, 'dist/pages'), join(root, 'pages'));
  symlinkSync(SITE, join(root, 'site'));
  const { startServer } = await import(join(PEERS, 'serve.mjs'));
  const { server, url } = await startServer({ root });
  try {
    await visit(url);
  } finally {
    unplug(server);
    rmSync(root, { recursive: true });
  }
}

/** What another viewer shows of one of the twin's tilesets. Nothing may fail there, nor be told as a warning. */
async function inAnotherViewer(city, url, peer, tileset) {
  const other = new City(await city.page.context().newPage(), url);
  const said = [];
  other.page.on('console', (line) => BESIDE.test(line.text()) || said.push(`${line.type()}: ${line.text()}`));
  const tiles = `${url}site/twin/public/${tileset}/tileset.json`;
  const shown = await look(other.page, `${url}pages/${peer}.html?bench=1&tileset=${tiles}`)
    .catch((error) => assert.fail(`${error.message}\n${said.join('\n')}`));
  await other.look(`peer-${peer}-${tileset}`);
  other.assertQuiet();
  assert.deepEqual(said, [], `${shown.name} has something to say of the ${tileset}`);
  assert.ok(shown.tiles > 0 && shown.triangles > 0, `${shown.name} draws ${shown.triangles} triangles of the ${tileset}`);
  await other.page.close();
  return shown;
}

/** Opens a page that speaks the benchmark's contract, goes to the view, and asks for the house at each place. */
async function look(page, address) {
  page.setDefaultTimeout(PATIENCE);
  await page.goto(address);
  return page.evaluate(seen, { camera: CAMERA, places: PLACES, patience: PATIENCE });
}

/** Runs in the page. Complete is a view that waits for nothing over several pictures. */
async function seen({ camera, places, patience }) {
  const picture = () => new Promise(requestAnimationFrame);
  const end = performance.now() + patience;
  const waited = (what) => {
    if (performance.now() > end) throw new Error(`${window.bench?.name}: ${what}`);
    return picture();
  };
  while (!window.bench) await waited('the page does not speak the contract');
  const { bench } = window;
  await bench.goto(camera);
  for (let quiet = 0; quiet < 10; quiet += 1) {
    await waited('the view does not become complete');
    if (bench.pending() > 0 || bench.tilesVisible() === 0) quiet = 0;
  }
  const houses = [];
  for (const [x, y] of places) houses.push((await bench.pick(x, y))?.id ?? null);
  return { name: bench.name, tiles: bench.tilesVisible(), triangles: bench.trianglesVisible(), houses };
}
