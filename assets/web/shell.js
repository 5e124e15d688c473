// The page around the city: starts the program, and hands what happens to the module whose subject it is.
// It asks nobody but its own server, and keeps nothing of its visitor.
import { keepInAddress, watchAddress } from './address.js';
import { askAhead, preload } from './ahead.js';
import { noPicture, pictureIsThere, watchQuestions } from './ask.js';
import { fillCorner } from './corner.js';
import { fail, say, uncover, whenFailed } from './cover.js';
import { broke, drawn, isTheEnd, watchFailures } from './failures.js';
import { forgetTheFailures, forgetTheVisit, keepTheVisitorHere } from './kiosk.js';
import './mirror.js';
import { keepForOffline, watchReleases } from './offline.js';
import { count } from './progress.js';
import { askTheBrowser } from './thrift.js';
import { WORD, element, inKiosk, measured, options, texts, translate } from './words.js';

translate();
say(texts.loading);
fillCorner();
watchQuestions();
watchReleases();
whenFailed(noPicture);
keepTheCanvasToItself();
if (inKiosk) keepTheVisitorHere();
start().catch((error) => (isTheEnd(error) ? broke(error) : fail(error instanceof TypeError ? texts.no_network : texts.failed, error)));

/** The border that shows where the keyboard is would frame every picture: it comes with the first Tab. */
addEventListener('keydown', ({ key }) => key === 'Tab' && document.body.classList.add('by-keyboard'));

/** The right button turns the city and the wheel moves it; everything else stays the browser's. */
function keepTheCanvasToItself() {
  const canvas = element('city');
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  canvas.addEventListener('wheel', (event) => event.ctrlKey || event.preventDefault(), { passive: false });
}

async function start() {
  if (typeof WebAssembly !== 'object' || !WebAssembly.compileStreaming) return fail(texts.old_browser);
  if (!hasGraphics()) return fail(texts.no_graphics);
  askTheBrowser();
  const tiles = askAhead();
  watchAddress();
  watchFailures();
  addEventListener(WORD, ({ detail }) => told(detail));
  const [program, bytes] = await Promise.all([import(new URL(options.glue, document.baseURI)), fetch(options.wasm)]);
  if (!bytes.ok) return fail(texts.no_network, new Error(`status ${bytes.status}`));
  // Who waits for the program is told when it does not come.
  if (!measured) count(bytes.clone()).catch(() => null);
  const compiled = await WebAssembly.compileStreaming(asWebAssembly(bytes));
  // From here on the program has the page's only thread, but what was asked for before comes beside it.
  tiles.then((addresses) => addresses.forEach(preload));
  await program.default({ module_or_path: compiled });
  if (measured) await import('./bench.js');
}

/** The answer as the browser wants it, also from a server that does not know what it serves. */
function asWebAssembly(answer) {
  const headers = { 'Content-Type': 'application/wasm' };
  return answer.headers.get('Content-Type') === headers['Content-Type'] ? answer : new Response(answer.body, { headers });
}

/**
 * The canvas is made ready while the program is on its way, which then draws on it. Smooth edges are nearly free on a
 * graphics card and cost several times the frame where the processor draws.
 */
function hasGraphics() {
  const canvas = element('city');
  const as = { alpha: false, depth: true, stencil: false, powerPreference: 'high-performance' };
  const onCard = { ...as, antialias: !measured, failIfMajorPerformanceCaveat: true };
  return Boolean(canvas.getContext('webgl2', onCard) ?? canvas.getContext('webgl2', { ...as, antialias: false }));
}

/** What the city says of itself; see src/web/page.rs. */
function told({ phase, text }) {
  if (phase === 'shows' && !measured) keepInAddress(text);
  if (phase === 'failed') fail(texts.failed, text);
  if (phase === 'forgotten') forgetTheVisit();
  if (phase === 'drawn') {
    drawn();
    if (inKiosk) forgetTheFailures();
    pictureIsThere();
    uncover();
  }
  if (phase === 'complete' && !measured) keepForOffline();
}
