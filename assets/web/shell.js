// The page around the city: starts the program, and hands what happens to the module whose subject it is.
// It asks nobody but its own server, and keeps nothing of its visitor.
import { keepInAddress, watchAddress } from './address.js';
import { askAhead, forgetAhead } from './ahead.js';
import { noPicture, pictureIsThere, picturesChoice, watchQuestions } from './ask.js';
import { fillCorner } from './corner.js';
import { fail, say, uncover, whenFailed } from './cover.js';
import { broke, drawn, isTheEnd, watchFailures } from './failures.js';
import { endTheScreen, forgetTheFailuresLater, forgetTheVisit, keepTheVisitorHere, watchTheProgram, watchTheStart } from './kiosk.js';
import { lookAs } from './looks.js';
import './mirror.js';
import { keepForOffline, watchReleases } from './offline.js';
import { count } from './progress.js';
import { askTheBrowser } from './thrift.js';
import { tidyUp } from './tidy.js';
import { WORD, element, inKiosk, measured, options, translate } from './words.js';

translate();
say('loading');
fillCorner();
watchQuestions();
watchReleases();
whenFailed(() => {
  forgetAhead();
  noPicture();
});
keepTheCanvasToItself();
if (inKiosk) {
  keepTheVisitorHere();
  watchTheStart();
}
// For old.js: a browser that comes this far needs nobody to look after it.
options.runs = 'shell';
start().catch((error) => (isTheEnd(error) ? broke(error) : fail(error instanceof TypeError ? 'no_network' : 'failed', error)));

/** The border that shows where the keyboard is would frame every picture: it comes with the first Tab. */
addEventListener('keydown', ({ key }) => key === 'Tab' && document.body.classList.add('by-keyboard'));

/** The right button turns the city and the wheel moves it; everything else stays the browser's. */
function keepTheCanvasToItself() {
  const canvas = element('city');
  // The program takes the keyboard when it makes its window; the page gives it once the city is there (cover.js).
  canvas.focus = () => {};
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  canvas.addEventListener('wheel', (event) => event.ctrlKey || event.preventDefault(), { passive: false });
}

async function start() {
  if (typeof WebAssembly !== 'object') return fail('no_wasm');
  if (!WebAssembly.compileStreaming) return fail('old_browser');
  askTheBrowser();
  // On their way while the graphics are made ready.
  const ahead = askAhead();
  if (!hasGraphics()) return fail('no_graphics');
  watchAddress();
  watchFailures();
  addEventListener(WORD, ({ detail }) => told(detail));
  const glue = import(new URL(options.glue, document.baseURI));
  const [program, bytes, contract] = await Promise.all([glue, fetch(options.wasm), measured && import('./bench.js')]);
  if (!bytes.ok) return fail('no_network', new Error(`status ${bytes.status}`));
  // Who waits for the program is told when it does not come.
  if (!measured) count(bytes.clone()).catch(() => null);
  const compiled = await WebAssembly.compileStreaming(asWebAssembly(bytes));
  // From here on the program has the page's only thread: what is nearly here is waited for.
  await ahead;
  await program.default({ module_or_path: compiled });
  if (contract) contract.offer();
}

/** The answer as the browser wants it, also from a server that does not know what it serves. */
function asWebAssembly(answer) {
  const headers = { 'Content-Type': 'application/wasm' };
  return answer.headers.get('Content-Type') === headers['Content-Type'] ? answer : new Response(answer.body, { headers });
}

/**
 * The canvas is made ready while the program is on its way, which then draws on it, and as large as it is going to be:
 * to become larger it would be made anew. Smooth edges are nearly free on a graphics card and cost several times the
 * frame where the processor draws.
 */
function hasGraphics() {
  const canvas = element('city');
  canvas.width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  canvas.height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio));
  const as = { alpha: false, depth: true, stencil: false, powerPreference: 'high-performance' };
  const rough = { ...as, antialias: false };
  // What is measured has rough edges on any machine.
  if (measured) return Boolean(canvas.getContext('webgl2', rough));
  const onCard = { ...as, antialias: true, failIfMajorPerformanceCaveat: true };
  return Boolean(canvas.getContext('webgl2', onCard) ?? canvas.getContext('webgl2', rough));
}

/** What the city says of itself; see src/web/page.rs. */
function told({ phase, text }) {
  if (phase === 'shows' && !measured) {
    keepInAddress(text);
    picturesChoice(text);
  }
  if (phase === 'looks' && !measured) lookAs(text);
  if (phase === 'failed') fail('failed', text);
  if (phase === 'forgotten') forgetTheVisit();
  if (phase === 'alive') watchTheProgram();
  if (phase === 'anew') location.reload();
  if (phase === 'ends') endTheScreen();
  if (phase === 'drawn') {
    drawn();
    if (inKiosk) forgetTheFailuresLater();
    pictureIsThere();
    uncover();
  }
  if (phase === 'complete') {
    forgetAhead();
    tidyUp();
    if (!measured) keepForOffline();
  }
}
