// A browser with the city in it: opens the site on loopback, and knows what the page shows and what it asked for.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { serve } from '../../tools/site/serve.mjs';

export const SITE = process.env.STADTZWILLING_SITE;
export const PICTURES = process.env.STADTZWILLING_BROWSER_PICTURES;
/** How long anything may take on a slow machine, milliseconds. */
export const PATIENCE = 120_000;
const FLAGS = [
  '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
];

/** What Playwright tells browsers so that a page runs on unseen. */
const UNSEEN = ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'];

/** Pixels a point where nothing is said of them: few, as the processor draws each of them, but where they are looked at. */
const COARSE = PICTURES ? 1 : 0.5;
/** For visits that are about the picture. */
export const SHARP = { deviceScaleFactor: 1 };
/** For visits that are not about motion: the camera is where it goes at once. */
export const STILL = { reducedMotion: 'reduce' };

/** The sample's Frauenkirche: the middle of its roof, and its public id. */
export const FRAUENKIRCHE = { lon_deg: 11.57378, lat_deg: 48.13861, height_m: 605, id: 'BEISPIEL_LOD2_W001' };

/**
 * Runs `visit` with a browser and the site, and closes both whatever happens. Only where `offline` is set the page may
 * keep the city for later, which would take time from everything else; `launch` is for the browser itself.
 */
export async function withCity({ base = '/', root = SITE, offline = false, launch = {}, deviceScaleFactor = COARSE, ...screen }, visit) {
  const { server, url } = await serve({ root, base });
  // The context's own factor alone would not reach the canvas.
  const args = [...FLAGS, `--force-device-scale-factor=${deviceScaleFactor}`, ...(launch.args ?? [])];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, ...launch, args });
  try {
    const city = await City.inNewWindow(browser, url, { serviceWorkers: offline ? 'allow' : 'block', deviceScaleFactor, ...screen });
    await visit(Object.assign(city, { server }));
  } finally {
    await browser.close();
    unplug(server);
  }
}

/**
 * Runs `visit` with a page as people have it: another tab in front hides it. Pages that Playwright opens itself are told
 * that they are always seen. Its size is the browser's own.
 */
export async function withTabs({ root = SITE }, visit) {
  const { server, url } = await serve({ root });
  const args = [...FLAGS, '--remote-debugging-port=0'];
  // As a server, because that alone tells of its process.
  const browser = await chromium.launchServer({ executablePath: '/usr/bin/chromium', headless: true, args, ignoreDefaultArgs: UNSEEN });
  try {
    const port = await portOf(browser.process());
    const plain = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
    const page = await plain.contexts()[0].newPage();
    page.setDefaultTimeout(PATIENCE);
    await visit(Object.assign(new City(page, url), { server }));
  } finally {
    await browser.close();
    unplug(server);
  }
}

/** On which port a browser listens that took a free one: it writes that into its profile. */
async function portOf({ spawnargs }) {
  const named = '--user-data-dir=';
  const profile = spawnargs.find((arg) => arg.startsWith(named)).slice(named.length);
  const file = join(profile, 'DevToolsActivePort');
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(20)) {
    const [, port] = (existsSync(file) ? readFileSync(file, 'utf8') : '').match(/^(\d+)\n/) ?? [];
    if (port) return port;
  }
  return assert.fail('the browser does not say where it listens');
}

/** Stands for a state that was told before: most are asked for many times. */
const SAME = 'same';

/** In the page: the state of the last frame, null before the first. */
function newState(isTold) {
  const text = window.stadtzwilling?.state() || null;
  const frame = text?.slice(0, text.indexOf(','));
  if (isTold && text && frame === window.toldFrame) return 'same';
  window.toldFrame = frame;
  return text;
}

/** Nothing answers any more. */
export function unplug(server) {
  server.closeAllConnections();
  server.close();
}

export class City {
  /** What must not happen in any visit: errors in the console, requests that fail or leave the origin. */
  problems = [];
  requests = [];
  #last = null;

  constructor(page, url) {
    this.page = page;
    this.url = url;
    page.on('console', (line) => line.type() === 'error' && this.problems.push(`console: ${line.text()}`));
    page.on('pageerror', (error) => this.problems.push(`error: ${error}`));
    page.on('requestfailed', (request) => this.#failed(request));
    page.on('request', (request) => this.#asked(new URL(request.url())));
  }

  static async inNewWindow(browser, url, screen) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'de-DE', ...screen });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    return new City(page, url);
  }

  #asked(address) {
    this.requests.push(address);
    const stays = address.origin === new URL(this.url).origin || address.protocol === 'blob:';
    if (!stays) this.problems.push(`a request leaves the origin: ${address}`);
  }

  /** Tiles that are not wanted any more are let go of: that is no failure. */
  #failed(request) {
    const why = request.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') this.problems.push(`request: ${request.url()} ${why}`);
  }

  /** Opens the page and waits until everything in view is there. */
  async open(query = '') {
    await this.page.goto(`${this.url}?state=1${query}`);
    await this.rest();
    await this.page.waitForSelector('#start', { state: 'detached' });
  }

  /** Another tab of the same browser. */
  async anotherTab() {
    const page = await this.page.context().newPage();
    page.setDefaultTimeout(PATIENCE);
    return new City(page, this.url);
  }

  /** Waits until a condition on the page holds, which is told as a function that runs there. */
  async pageSays(is, ...values) {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(30)) {
      const says = await this.page.evaluate(is, ...values).catch(() => false);
      if (says) return says;
    }
    await this.look('failed');
    return assert.fail(`waited in vain until ${is}`);
  }

  /** The last frame: its number and its state; src/viewer/state_log.rs says what is in it. Null before the first. */
  async last() {
    const text = await this.page.evaluate(newState, this.#last !== null).catch(() => null);
    if (text !== SAME) this.#last = text && JSON.parse(text);
    return this.#last;
  }

  /** The state of the last frame. */
  async state() {
    return (await this.last()).state;
  }

  /** Number of the last frame. */
  async frame() {
    return (await this.last()).frame;
  }

  /** Waits until the last frame is as said. The page forbids what Playwright's own waiting would do. */
  async until(is) {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(15)) {
      const last = await this.last();
      if (last && is(last)) return;
    }
    await this.look('failed');
    assert.fail(`waited in vain until ${is}\n${this.problems.join('\n')}\n${JSON.stringify(await this.last(), null, 1)}`);
  }

  /** Waits until everything is there and nothing asks for another frame. */
  async rest() {
    await this.until(({ state }) => state.phase === 'open' && state.complete && state.awake.length === 0);
  }

  /** Where a point of the city stands in the page, for the camera of the last frame. */
  async placeOf(point) {
    const { camera, size } = await this.state();
    return placeIn(camera, size, point);
  }

  /** Whether the panels draw a text. */
  async draws(text) {
    return (await this.state()).widgets.some((widget) => widget.text.includes(text));
  }

  /** The middle of the panels' widget whose name is that. */
  async widget(name) {
    const named = (await this.state()).widgets.filter(({ role, text }) => role !== 'TextRun' && text.includes(name));
    assert.ok(named.length > 0, `no widget is called ${name}`);
    const [left, top, right, bottom] = named.sort((a, b) => a.text.length - b.text.length)[0].at;
    return [(left + right) / 2, (top + bottom) / 2];
  }

  /** Clicks on the panels' widget of that name, and waits until that has been taken in: two clicks in a frame are one. */
  async press(name) {
    await this.until(({ state }) => state.widgets.some(({ role, text }) => role !== 'TextRun' && text.includes(name)));
    await this.rest();
    const before = await this.frame();
    await this.page.mouse.click(...await this.widget(name));
    await this.until(({ frame }) => frame > before);
    await this.page.waitForTimeout(100);
    await this.rest();
  }

  /** A picture of the page, kept for eyes where a folder is named for it. */
  async look(name) {
    const picture = await this.page.screenshot();
    if (PICTURES) {
      mkdirSync(PICTURES, { recursive: true });
      await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
    }
    return picture;
  }

  /** Nothing went wrong and nothing left the origin. */
  assertQuiet() {
    assert.deepEqual(this.problems, []);
  }
}

/** The view that an address holds, in the part that browsers tell no server. */
export const viewIn = (address) => new URLSearchParams(new URL(address).hash.slice(1));

/** What the twin of the site says of itself. */
export function description() {
  return JSON.parse(readFileSync(join(SITE, 'twin/public/twin.json'), 'utf8'));
}

const RADIANS = Math.PI / 180;
/** The picture's height, radians. */
const FIELD_OF_VIEW = 45 * RADIANS;

function placeIn(camera, [width, height], point) {
  const [sinHeading, cosHeading] = [Math.sin(camera.heading_deg * RADIANS), Math.cos(camera.heading_deg * RADIANS)];
  const [sinPitch, cosPitch] = [Math.sin(camera.pitch_deg * RADIANS), Math.cos(camera.pitch_deg * RADIANS)];
  const forward = [sinHeading * cosPitch, cosHeading * cosPitch, sinPitch];
  const right = [cosHeading, -sinHeading, 0];
  const up = [-sinHeading * sinPitch, -cosHeading * sinPitch, cosPitch];
  const to = eastNorthUp(camera, point).map((metres, axis) => metres + forward[axis] * camera.distance_m);
  const along = (axis) => to[0] * axis[0] + to[1] * axis[1] + to[2] * axis[2];
  const points = height / 2 / (Math.tan(FIELD_OF_VIEW / 2) * along(forward));
  return [width / 2 + along(right) * points, height / 2 - along(up) * points];
}

/** From one place to another in metres east, north and up. */
function eastNorthUp(from, to) {
  const [a, b] = [ecef(from), ecef(to)];
  const [x, y, z] = b.map((value, axis) => value - a[axis]);
  const [sinLon, cosLon] = [Math.sin(from.lon_deg * RADIANS), Math.cos(from.lon_deg * RADIANS)];
  const [sinLat, cosLat] = [Math.sin(from.lat_deg * RADIANS), Math.cos(from.lat_deg * RADIANS)];
  return [
    -sinLon * x + cosLon * y,
    -sinLat * cosLon * x - sinLat * sinLon * y + cosLat * z,
    cosLat * cosLon * x + cosLat * sinLon * y + sinLat * z,
  ];
}

function ecef({ lon_deg, lat_deg, height_m }) {
  const [major, flatness] = [6378137, 1 / 298.257223563];
  const squared = flatness * (2 - flatness);
  const [sinLat, cosLat] = [Math.sin(lat_deg * RADIANS), Math.cos(lat_deg * RADIANS)];
  const normal = major / Math.sqrt(1 - squared * sinLat * sinLat);
  return [
    (normal + height_m) * cosLat * Math.cos(lon_deg * RADIANS),
    (normal + height_m) * cosLat * Math.sin(lon_deg * RADIANS),
    (normal * (1 - squared) + height_m) * sinLat,
  ];
}
