// A citizen at a desktop: the city comes, a click on a house tells what may be told, an idle page rests, and nothing of
// others runs in it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FRAUENKIRCHE, SHARP, description, withCity } from './city.mjs';
import { compare, pixels } from './pixels.mjs';

test('a click on a house tells what a citizen may know, in German', () => withCity(SHARP, async (city) => {
  await city.open();
  await city.look('desktop-home');
  await panelsLeaveTheCityAsItIs(city);
  await theTitleAndTheSourcesAreThere(city);
  await city.page.mouse.move(...await city.placeOf(FRAUENKIRCHE));
  await city.until(({ state }) => state.hovered === FRAUENKIRCHE.id);
  await city.page.mouse.click(...await city.placeOf(FRAUENKIRCHE));
  await city.until(({ state }) => state.selected?.building === FRAUENKIRCHE.id);
  const { panel } = await city.state();
  for (const line of ['Frauenkirche', 'Frauenplatz 12, 80331 München', 'Höhe: 98,5 m']) {
    assert.ok(panel.includes(line), `${line} is not in the panel:\n${panel}`);
  }
  await city.look('desktop-house');
  await theIdlePageRests(city);
  city.assertQuiet();
  await thePolicyIsStrict(city);
  await whatThePolicyForbidsDoesNotRun(city);
}));

test('under a path, in English', () => withCity({ base: '/stadt/zwilling/' }, async (city) => {
  await city.open('&lang=en');
  assert.equal(await city.page.evaluate(() => document.documentElement.lang), 'en');
  assert.equal((await city.state()).language, 'en');
  await city.page.mouse.click(...await city.placeOf(FRAUENKIRCHE));
  await city.until(({ state }) => state.panel?.includes('Height: 98.5 m'));
  await theRightButtonTurns(city);
  await theToolsMoveTheCamera(city);
  await escapeLetsGo(city);
  await city.look('desktop-english');
  assert.ok(city.requests.every(({ pathname }) => pathname.startsWith('/stadt/zwilling/')));
  city.assertQuiet();
}));

/**
 * While only panels change a copy of the city is shown, which is the city to the last pixel. Not so beneath panels,
 * names and codes: what shines through them is rounded differently where city and panels are drawn at once.
 */
async function panelsLeaveTheCityAsItIs(city) {
  const picture = async () => {
    await city.page.mouse.move(640, 200);
    await city.rest();
    return pixels(city, await city.page.screenshot(), 'image/png');
  };
  const before = await picture();
  const { panels, sights, labels } = await city.state();
  for (const name of ['Ansicht', 'Ansicht', 'Ebenen', 'Ebenen']) await city.press(name);
  // With their shadows and tips.
  const covered = [...Object.values(panels), ...[...sights, ...labels].map(({ at }) => at)].map(([left, top, right, bottom]) => [left - 32, top - 32, right + 32, bottom + 32]);
  const differences = compare(await picture(), before, covered);
  const changed = differences.filter((difference) => difference > 0);
  assert.ok(differences.length > 1000, `${differences.length} fields are compared`);
  assert.deepEqual(changed, [], 'the picture has changed by what panels did over it');
}

async function theTitleAndTheSourcesAreThere(city) {
  const { title, sources } = description();
  assert.equal(await city.page.title(), title.de);
  const { widgets } = await city.state();
  const drawn = widgets.map(({ text }) => text).join('\n');
  for (const { attribution } of sources) assert.ok(drawn.includes(attribution), `${attribution} is not drawn`);
  assert.deepEqual(await city.page.context().cookies(), []);
  assert.equal(await city.page.evaluate(() => localStorage.length + sessionStorage.length), 0);
}

async function theIdlePageRests(city) {
  await city.rest();
  await sleep(500);
  const before = await city.frame();
  await sleep(2000);
  const drawn = await city.frame() - before;
  assert.ok(drawn <= 1, `${drawn} frames were drawn while nobody touched anything`);
}

async function theRightButtonTurns(city) {
  const before = (await city.state()).camera.heading_deg;
  await city.page.mouse.move(700, 400);
  await city.page.mouse.down({ button: 'right' });
  await city.page.mouse.move(820, 400, { steps: 6 });
  await city.page.mouse.up({ button: 'right' });
  await city.until(({ state }) => Math.abs(((state.camera.heading_deg - before + 540) % 360) - 180) > 15);
}

async function escapeLetsGo(city) {
  await city.page.keyboard.press('Escape');
  await city.until(({ state }) => state.selected === null);
}

/** Every tool does what its name says, and the scale stays true. */
async function theToolsMoveTheCamera(city) {
  await theScaleIsTrue(city);
  await tool(city, 'Turn to north', ({ heading_deg }) => Math.abs(((heading_deg + 180) % 360) - 180) < 0.5);
  const { distance_m } = (await city.state()).camera;
  await tool(city, 'Nearer', (camera) => camera.distance_m < distance_m * 0.75);
  await theScaleIsTrue(city);
  const near_m = (await city.state()).camera.distance_m;
  await tool(city, 'Farther', (camera) => camera.distance_m > near_m * 1.3);
  await theScaleIsTrue(city);
}

/** Presses a tool, and waits for what is to come of it. */
async function tool(city, name, is) {
  // What explains the tool pressed before goes away.
  const frame = await city.frame();
  await city.page.mouse.move(640, 400);
  await city.until((last) => last.frame > frame);
  await city.press(name);
  await city.until(({ state }) => is(state.camera) && !state.flying && state.complete);
  await city.rest();
}

/** A way as long as the scale says, across the middle of the picture, is as long as the scale is drawn. */
async function theScaleIsTrue(city) {
  const { camera, widgets } = await city.state();
  const { text, at: [left, , right] } = widgets.find((widget) => widget.text.startsWith('Scale: '));
  const [, number, unit] = /^Scale: (\d+)\s(m|km)$/.exec(text) ?? assert.fail(text);
  const length_m = Number(number) * (unit === 'km' ? 1000 : 1);
  const [a, b] = await Promise.all([-0.5, 0.5].map((part) => city.placeOf(beside(camera, part * length_m))));
  const ratio = (right - left) / Math.hypot(a[0] - b[0], a[1] - b[1]);
  assert.ok(Math.abs(ratio - 1) < 0.1, `"${text}" is drawn ${ratio} times as long as it is`);
}

/** A place so many metres to the right of what is looked at. */
function beside({ lon_deg, lat_deg, height_m, heading_deg }, metres) {
  const [heading, latitude] = [heading_deg, lat_deg].map((degrees) => degrees * Math.PI / 180);
  const [east, north] = [Math.cos(heading) * metres, -Math.sin(heading) * metres];
  return { lon_deg: lon_deg + east / (111_320 * Math.cos(latitude)), lat_deg: lat_deg + north / 111_200, height_m };
}

/** Directives that may name more than the site, or must name nothing. */
const DIRECTIVES = {
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};
/** Those that do not stand in for each other, and one that stands in for the rest. */
const NEEDED = ['default-src', 'script-src', 'object-src', 'base-uri', 'form-action'];

/** By header and in the pages themselves, for servers that send no header: the site, its WebAssembly, nothing else. */
async function thePolicyIsStrict(city) {
  for (const page of ['', 'bench.html', 'accessibility.html', 'privacy-leicht.html']) {
    const answer = await fetch(city.url + page);
    const header = answer.headers.get('Content-Security-Policy');
    const [, meta] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(await answer.text()) ?? [];
    for (const [where, policy] of Object.entries({ header, meta })) {
      const directives = (policy ?? assert.fail(`${page} has no policy: ${where}`)).split(';').map((part) => part.trim().split(/\s+/));
      const names = directives.map(([name]) => name);
      for (const name of NEEDED) assert.ok(names.includes(name), `${name} is not in the ${where} of "${page}"`);
      assert.equal(new Set(names).size, names.length, 'of two alike only the first counts');
      for (const [name, ...sources] of directives) assert.deepEqual(sources, DIRECTIVES[name] ?? ["'self'"], `${name} in the ${where} of "${page}"`);
    }
    assert.match(header, /frame-ancestors 'none'/);
  }
}

/** Scripts that stand in the page, texts that become scripts, and whatever comes from elsewhere. */
async function whatThePolicyForbidsDoesNotRun(city) {
  await city.page.evaluate(forbidden);
  const refused = await city.pageSays(() => window.refused.length >= 5 && window.refused);
  for (const what of ['script-src-elem inline', 'script-src-attr inline', 'script-src eval', 'script-src-elem https', 'connect-src https']) {
    assert.ok(refused.some((line) => line.startsWith(what)), `${what} was not refused: ${refused}`);
  }
  assert.equal(await city.page.evaluate(() => window.ran), undefined, 'a script of others ran');
}

/** In the page: does what it must not. */
function forbidden() {
  window.refused = [];
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => window.refused.push(`${effectiveDirective} ${blockedURI}`));
  const add = (name, more) => document.body.appendChild(Object.assign(document.createElement(name), more));
  add('script', { textContent: 'window.ran = "a script in the page";' });
  add('script', { src: 'https://elsewhere.example/script.js' });
  const button = add('button', {});
  button.setAttribute('onclick', 'window.ran = "a script in an attribute";');
  button.click();
  setTimeout(() => {
    new Function('window.ran = "a text";')();
  });
  fetch('https://elsewhere.example/').catch(() => null);
}
