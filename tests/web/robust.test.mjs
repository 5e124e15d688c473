// What browsers do to pages: they put them aside and bring them back, give them no memory and no storage, let them sleep,
// and run on wrong clocks.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FRAUENKIRCHE, withCity, withTabs } from './city.mjs';

const VIEW = '&view=11.57378,48.13861,565,500,90,-30';
const CACHED = { ignoreDefaultArgs: ['--disable-back-forward-cache'] };

test('a page that was put aside is alive when it comes back', () => withCity({ launch: CACHED }, async (city) => {
  await city.page.addInitScript(() => addEventListener('pageshow', ({ persisted }) => { window.cameBack = persisted; }));
  await city.open(VIEW);
  await city.page.locator('#corner summary').click();
  await city.page.locator('#corner a').first().click();
  await city.page.waitForURL(/accessibility/);
  await city.page.locator('header a').first().waitFor();
  // A page that comes back is not loaded.
  await city.page.goBack({ waitUntil: 'commit' });
  assert.equal(await city.page.evaluate(() => window.cameBack), true, 'the browser did not keep the page');
  await clickFindsTheHouse(city);
  city.assertQuiet();
}));

test('a program that ends starts again once with less, then says why', () => withCity({}, async (city) => {
  await city.open(`&house=${FRAUENKIRCHE.id}${VIEW}`);
  const whole = await city.state();
  await Promise.all([city.page.waitForEvent('load'), city.page.evaluate(trap)]);
  await city.until(({ state }) => state.complete && state.selected?.building === FRAUENKIRCHE.id);
  const less = await city.state();
  assert.deepEqual([whole.shadows, less.shadows], [true, false]);
  assert.ok(less.drawn < whole.drawn, `${whole.drawn} tiles were drawn, now ${less.drawn}`);
  assert.ok(!city.page.url().includes('detail'), 'a link made here would take detail from others');
  await city.page.evaluate(trap);
  await city.page.waitForSelector('#again');
  assert.match(await city.page.locator('#message').textContent(), /Speicher dieses Geräts/);
  assert.equal(await city.page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  await city.look('robust-memory');
}));

test('without storage, without a worker, on a wrong clock', () => withCity({}, async (city) => {
  await city.page.addInitScript(() => {
    const refuse = { get() { throw new DOMException('refused', 'SecurityError'); } };
    Object.defineProperty(Navigator.prototype, 'serviceWorker', refuse);
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) Object.defineProperty(window, name, refuse);
    const wrong = 86_400_000 - Date.now();
    const now = Date.now;
    Date.now = () => now() + wrong;
    window.Date = class extends Date {
      constructor(...parts) { super(...(parts.length > 0 ? parts : [Date.now()])); }
    };
  });
  await city.open(VIEW);
  assert.equal(await city.page.evaluate(() => new Date().getUTCFullYear()), 1970);
  await clickFindsTheHouse(city);
  city.assertQuiet();
}));

test('storage that is full costs nothing but the offline city', () => withCity({ offline: true }, async (city) => {
  const session = await city.page.context().newCDPSession(city.page);
  await city.page.addInitScript(() => { navigator.storage.estimate = async () => ({ quota: 1e12, usage: 0 }); });
  await city.page.goto(`${city.url}privacy.html`);
  const core = await coreBytes(city);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(city.url).origin, quotaSize: core + 4e6 });
  await city.open(VIEW);
  await city.pageSays(() => document.getElementById('kept').textContent.includes('kein Platz'));
  await clickFindsTheHouse(city);
  city.assertQuiet();
}));

test('a page at rest does nothing, one behind another tab neither, and one that slept looks for a new release', () => withTabs({}, async (city) => {
  await city.page.addInitScript(count);
  await city.open(`${VIEW}&lang=de`);
  await city.pageSays(() => document.getElementById('kept').textContent.includes('ganze Stadt'));
  await city.rest();
  await sleep(1000);
  const before = await city.page.evaluate(() => window.calls);
  await sleep(3000);
  assert.ok(await city.page.evaluate(() => window.calls) - before <= 2, 'something runs in a page that nobody touches');
  await behindAnotherTabNothingRuns(city);
  let asked = 0;
  city.server.on('request', ({ url }) => { asked += url.endsWith('worker.js') ? 1 : 0; });
  await city.page.evaluate(sleepForADay);
  for (let tries = 0; asked === 0 && tries < 50; tries += 1) await sleep(100);
  assert.ok(asked > 0, 'nobody looked for a new release');
  await clickFindsTheHouse(city);
  city.assertQuiet();
}));

/** Another tab is put before the page in the middle of a long flight: it draws no more, and ends when it is seen again. */
async function behindAnotherTabNothingRuns(city) {
  const other = await city.anotherTab();
  await city.page.bringToFront();
  await city.page.evaluate(() => window.stadtzwilling.show('view=11.57378,48.13861,530,20,120,-20'));
  await city.until(({ state }) => Math.abs(state.camera.heading_deg - 120) < 1 && !state.flying && state.complete);
  await city.page.keyboard.press('Home');
  await city.until(({ state }) => state.flying);
  await other.page.bringToFront();
  await city.pageSays(() => document.hidden);
  let asked = 0;
  city.server.on('request', () => { asked += 1; });
  // What was asked for just before may still come, and is taken in by a last step.
  await sleep(1000);
  const [frame, calls, requests] = [await city.frame(), await city.page.evaluate(() => window.calls), asked];
  await sleep(3000);
  assert.equal((await city.state()).flying, true, 'the flight ended before the page was hidden');
  assert.equal(await city.frame() - frame, 0, 'frames were drawn that nobody sees');
  assert.ok(await city.page.evaluate(() => window.calls) - calls <= 2, 'something runs in a page that nobody sees');
  assert.equal(asked - requests, 0, 'a page that nobody sees asks the server');
  await other.page.close();
  await city.page.bringToFront();
  await city.until(({ state }) => !state.flying && state.complete);
}

async function clickFindsTheHouse(city) {
  await city.rest();
  await city.page.mouse.click(...await city.placeOf(FRAUENKIRCHE));
  await city.until(({ state }) => state.selected?.building === FRAUENKIRCHE.id);
}

async function coreBytes(city) {
  return city.page.evaluate(async () => {
    const page = await (await fetch('./')).text();
    return Number(/data-core-bytes="(\d+)"/.exec(page)[1]);
  });
}

/** In the page: a program that ends as one does that got no memory. */
function trap() {
  const unreachable = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11);
  setTimeout(() => new WebAssembly.Instance(new WebAssembly.Module(unreachable)).exports.f());
}

/** In the page: how often something was asked to run later. */
function count() {
  window.calls = 0;
  for (const name of ['requestAnimationFrame', 'setTimeout', 'setInterval', 'requestIdleCallback']) {
    const plain = window[name].bind(window);
    window[name] = (...parts) => {
      window.calls += 1;
      return plain(...parts);
    };
  }
}

/** In the page: it is hidden, and seen again the next day. */
function sleepForADay() {
  const show = (hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    dispatchEvent(new Event('visibilitychange'));
  };
  show(true);
  const now = Date.now;
  Date.now = () => now() + 86_400_000;
  show(false);
}
