// A line of 60 kB a second, as in a train: something to look at within seconds, progress that is true, bytes saved.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SITE, withCity } from './city.mjs';

const BYTES_PER_SECOND = 60_000;
/** Slow enough that twenty megabytes come in many pieces, however little the machine has to do. */
const UNPACKED_BYTES_PER_SECOND = 4_000_000;
/** How long is watched. */
const WATCHED_MS = 25_000;

test('on a slow line the page is there at once and tells how far it is', () => withCity({}, async (city) => {
  const line = await lineOf(city, BYTES_PER_SECOND);
  const received = bytesOf(line, /\.wasm$/);
  const begin = Date.now();
  await city.page.addInitScript(record);
  await city.page.goto(`${city.url}?state=1`, { waitUntil: 'commit' });
  await city.pageSays(() => getComputedStyle(document.getElementById('card')).borderRadius === '10px');
  await city.pageSays(() => document.getElementById('message').textContent === 'Die Stadt wird geladen …');
  const [shell, still] = [Date.now() - begin, await city.pageSays(() => document.getElementById('still').complete) && Date.now() - begin];
  await sleep(WATCHED_MS);
  const told = await city.page.evaluate(() => window.seen);
  await city.look('slow');
  console.log(`# the page after ${shell} ms, its picture after ${still} ms; ${told.length} steps, the last: ${told.at(-1)?.line}`);
  assert.ok(shell < 4000 && still < 12_000);
  itRises(told);
  const megabytes = Number(told.at(-1).line.split(' ')[0].replace(',', '.'));
  const onTheWire = received() / 1e6;
  assert.ok(Math.abs(megabytes - onTheWire) < 0.15 + 0.15 * onTheWire, `${megabytes} MB were told, ${onTheWire} MB came`);
  const tiles = city.requests.filter(({ pathname }) => pathname.endsWith('.glb'));
  assert.deepEqual(tiles.map(String), [], 'tiles take from the program what the line can carry');
  city.assertQuiet();
}));

test('who saves data is not given what they did not ask for', () => withCity({ offline: true }, async (city) => {
  // Whether data are to be saved is the user's own setting; a word in the address stands for it here.
  await city.page.addInitScript(() => Object.defineProperty(NetworkInformation.prototype, 'saveData', { get: () => location.search.includes('saves') }));
  await city.open('&saves=1');
  const { drawn } = await city.state();
  await city.page.locator('#corner summary').click();
  await city.page.waitForSelector('#offline:not([hidden])');
  await city.look('slow-saver');
  const kept = () => city.page.evaluate(async () => (await (await caches.open((await caches.keys())[0])).keys()).map(({ url }) => url));
  assert.deepEqual((await kept()).filter((url) => url.endsWith('.glb')), []);
  await city.page.locator('#offline').click();
  await city.pageSays(() => document.getElementById('kept').textContent.includes('ganze Stadt'));
  assert.ok((await kept()).filter((url) => url.endsWith('.glb')).length > 100);
  await city.open();
  const whole = (await city.state()).drawn;
  assert.ok(drawn < whole, `${drawn} tiles are drawn for who saves data, ${whole} for others`);
  city.assertQuiet();
}));

test('a server that packs nothing', async () => {
  const root = mkdtempSync(join(tmpdir(), 'stadtzwilling-plain-'));
  try {
    cpSync(SITE, root, { recursive: true, filter: (name) => !/\.(br|gz)$/.test(name) });
    await withCity({ root }, async (city) => {
      await lineOf(city, UNPACKED_BYTES_PER_SECOND);
      await city.page.addInitScript(record);
      await city.open();
      const told = await city.page.evaluate(() => window.seen);
      itRises(told);
      const total = await city.page.evaluate(() => Number(document.body.dataset.wasmBytes) / 1e6);
      const lines = told.filter(({ line }) => line.includes(' von '));
      assert.ok(lines.every(({ line }) => line.endsWith(`von ${total.toFixed(1).replace('.', ',')} MB`)), JSON.stringify(lines));
      city.assertQuiet();
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test('first files that do not come at first are asked for again', () => withCity({}, async (city) => {
  const refused = new Set();
  await city.page.route(/\.(json|glb)$/, (route) => {
    const { pathname } = new URL(route.request().url());
    if (!pathname.includes('/twin/') || refused.has(pathname)) return route.continue();
    refused.add(pathname);
    return route.fulfill({ status: 503 });
  });
  await city.open();
  assert.ok(refused.size > 5, [...refused].join());
  assert.ok(await city.page.evaluate((href) => window.askedAhead(href) === undefined, `${city.url}twin/public/twin.json`), 'nothing is kept');
}));

/** The page's line to its server, which carries no more than this from now on. */
async function lineOf(city, bytesPerSecond) {
  const line = await city.page.context().newCDPSession(city.page);
  await line.send('Network.enable');
  const rates = { downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond };
  await line.send('Network.emulateNetworkConditions', { offline: false, latency: 150, ...rates });
  return line;
}

/** In the page: what the card has said of progress, step by step. */
function record() {
  window.seen = [];
  const look = () => {
    const [progress, line] = ['progress', 'bytes'].map((id) => document.getElementById(id));
    const last = window.seen.at(-1);
    const now = progress && !progress.hidden && { share: progress.hasAttribute('value') ? progress.value : null, line: line.textContent };
    if (now && (now.share !== last?.share || now.line !== last?.line)) window.seen.push(now);
    requestAnimationFrame(look);
  };
  look();
}

/** Shares never fall, up to where nobody knows the whole. */
function itRises(told) {
  const shares = told.map(({ share }) => share).filter((share) => share !== null);
  assert.ok(shares.length > 1, `${shares.length} steps of progress were seen`);
  shares.forEach((share, at) => assert.ok(at === 0 || share >= shares[at - 1], `progress falls: ${shares}`));
}

/** What came over the line of the files whose address is as said, bytes. */
function bytesOf(line, address) {
  const ids = new Set();
  let bytes = 0;
  line.on('Network.requestWillBeSent', ({ requestId, request }) => address.test(request.url) && ids.add(requestId));
  line.on('Network.dataReceived', ({ requestId, encodedDataLength }) => { if (ids.has(requestId)) bytes += encodedDataLength; });
  return () => bytes;
}
