// What the page does around the city: tells how far it is, starts it, and says in plain words why it cannot be shown.
// It asks nobody but its own server and keeps nothing.

const WORD = 'stadtzwilling';
/** Views follow each other in every frame of a move: the address takes the one that stays. */
const ADDRESS_MS = 300;
/** Graphics that are lost so soon after the start would be lost again, milliseconds. */
const LOST_AT_ONCE_MS = 5000;
/** So many tiles of a tileset are asked for ahead of the program. */
const FIRST_TILES = 8;
/** Parts of the address that are not of the view. */
const OTHERS = ['state'];
const { wasm, wasmBytes, glue, bench, ahead, texts: textsOfLayout } = document.body.dataset;
const { city: titles, shell: shellTexts } = JSON.parse(textsOfLayout);
/** The page of the benchmark that puts viewers side by side, which shows nothing but tiles. */
const measured = document.body.classList.contains('bench');
const language = chosenLanguage();
const texts = shellTexts[language];
const element = (id) => document.getElementById(id);
let failed = false;
let shown = null;
let timer = 0;
let touched = false;

translate();
keepTheCanvasToItself();
start().catch((error) => fail(error instanceof TypeError ? texts.no_network : texts.failed, error));

function chosenLanguage() {
  const asked = [new URLSearchParams(location.search).get('lang'), ...navigator.languages];
  return asked.map((tag) => tag?.slice(0, 2)).find((tag) => tag in shellTexts) ?? 'de';
}

function translate() {
  document.documentElement.lang = language;
  document.title = titles[language];
  element('title').textContent = titles[language];
  element('message').textContent = texts.loading;
  element('reload').textContent = texts.again;
  element('still')?.setAttribute('alt', texts.still);
  element('city').setAttribute('aria-label', texts.canvas);
}

/**
 * A browser may take the graphics away: too many pages, a new driver, a phone that was asleep. The address holds the
 * view, so that the page starts again where it was; unless that happens right at the start, which would go on for ever.
 */
function startAgainWhereItWas() {
  if (performance.now() < LOST_AT_ONCE_MS) return fail(texts.lost);
  clearTimeout(timer);
  if (shown !== null) writeAddress();
  const again = () => document.hidden || location.reload();
  addEventListener('visibilitychange', again);
  again();
}

/** The border that shows where the keyboard is would frame every picture: it comes with the first Tab. */
addEventListener('keydown', ({ key }) => key === 'Tab' && document.body.classList.add('by-keyboard'));

/** The right button turns the city and the wheel moves it; everything else stays the browser's. */
function keepTheCanvasToItself() {
  const canvas = element('city');
  for (const kind of ['pointerdown', 'wheel', 'keydown']) addEventListener(kind, () => { touched = true; }, { passive: true });
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  canvas.addEventListener('webglcontextlost', startAgainWhereItWas);
  canvas.addEventListener('wheel', (event) => event.ctrlKey || event.preventDefault(), { passive: false });
}

/**
 * The city's first files come while the program does, which then finds them here. Gives the uppermost tiles, which are
 * wanted in every view: to be asked for when the program is here, which they would delay.
 */
function askAhead() {
  const first = measured ? [new URLSearchParams(location.search).get('tileset')] : ahead.split(' ');
  const addresses = first.filter(Boolean).map((path) => new URL(path, document.baseURI).href);
  const isTileset = (address) => address.includes('tileset.json');
  addresses.filter((address) => !isTileset(address)).forEach(preload);
  return Promise.all(addresses.filter(isTileset).map((address) => uppermostTiles(address).catch(() => [])));
}

function preload(href) {
  const link = document.createElement('link');
  Object.assign(link, { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href });
  document.head.append(link);
}

async function uppermostTiles(address) {
  const { root } = await (await fetch(address)).json();
  // Read here, it is to be found by the program once more.
  preload(address);
  const found = [];
  for (let level = [root]; level.length > 0 && found.length < FIRST_TILES; level = level.flatMap(({ children }) => children ?? [])) {
    found.push(...level.flatMap(({ content, contents }) => contents ?? content ?? []));
  }
  const tiles = found.map(({ uri }) => new URL(uri, address).href).filter((href) => !href.includes('.json'));
  return navigator.connection?.saveData ? [] : tiles.slice(0, FIRST_TILES);
}

async function start() {
  if (typeof WebAssembly !== 'object' || !WebAssembly.compileStreaming) return fail(texts.old_browser);
  if (!hasGraphics()) return fail(texts.no_graphics);
  const tiles = askAhead();
  addEventListener(WORD, ({ detail }) => told(detail));
  addEventListener('popstate', goBack);
  addEventListener('error', ({ error }) => error instanceof WebAssembly.RuntimeError && fail(texts.failed, error));
  const [program, bytes] = await Promise.all([import(new URL(glue, document.baseURI)), fetch(wasm)]);
  if (!bytes.ok) return fail(texts.no_network, new Error(`status ${bytes.status}`));
  if (!measured) count(bytes.clone());
  const compiled = await WebAssembly.compileStreaming(asWebAssembly(bytes));
  // From here on the program has the page's only thread, but what was asked for before comes beside it.
  tiles.then((addresses) => addresses.flat().forEach(preload));
  await program.default({ module_or_path: compiled });
  if (measured) await import(new URL(bench, document.baseURI));
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

/** The answer as the browser wants it, also from a server that does not know what it serves. */
function asWebAssembly(answer) {
  const headers = { 'Content-Type': 'application/wasm' };
  return answer.headers.get('Content-Type') === headers['Content-Type'] ? answer : new Response(answer.body, { headers });
}

/** Moves the progress bar while the bytes of an answer come, of which this is a copy: the browser compiles the other. */
async function count(copy) {
  const total = Number(wasmBytes);
  const onTheWire = Number(copy.headers.get('Content-Length')) || total;
  let loaded = 0;
  element('progress').hidden = false;
  for (const reader = copy.body.getReader(); ;) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) return;
    loaded += value.byteLength;
    progress(Math.min(loaded / total, 1), onTheWire);
  }
}

function progress(share, totalBytes) {
  if (failed) return;
  const megabytes = (bytes) => (bytes / 1e6).toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const line = texts.bytes.replace('{loaded}', megabytes(share * totalBytes)).replace('{total}', megabytes(totalBytes));
  element('progress').value = share * 100;
  element('bytes').textContent = line;
  if (share === 1) element('message').textContent = texts.starting;
}

/** What the city says of itself; see src/web/page.rs. */
function told({ phase, text }) {
  if (phase === 'shows') return measured || keepInAddress(text);
  if (phase === 'failed') return fail(texts.failed, text);
  if (phase !== 'drawn' || failed) return;
  const cover = element('start');
  cover.classList.add('gone');
  setTimeout(() => cover.remove(), 400);
  element('city').focus({ preventScroll: true });
}

/**
 * The address bar always holds the view. What is selected can be gone back from, every move of the camera cannot. Until
 * somebody touches the city the address stays as it was typed or sent.
 */
function keepInAddress(view) {
  shown = view;
  document.documentElement.lang = new URLSearchParams(view).get('lang') ?? language;
  clearTimeout(timer);
  if (touched) timer = setTimeout(writeAddress, ADDRESS_MS);
}

function goBack() {
  clearTimeout(timer);
  window[WORD]?.show(location.search);
}

function writeAddress() {
  const now = new URLSearchParams(location.search);
  const next = new URLSearchParams(shown);
  for (const name of OTHERS) if (now.has(name)) next.set(name, now.get(name));
  const address = `?${String(next).replaceAll('%2C', ',').replaceAll('%3A', ':')}`;
  if (address === location.search) return;
  const another = ['house', 'plan'].some((name) => now.get(name) !== next.get(name));
  history[another ? 'pushState' : 'replaceState'](null, '', address);
}

function fail(message, reason) {
  failed = true;
  const cover = element('start') ?? coverAgain();
  cover.classList.remove('gone');
  element('message').textContent = message;
  element('progress').hidden = true;
  element('bytes').textContent = '';
  element('again').hidden = false;
  if (reason) console.warn(`${WORD}: ${reason}`);
}

/** The cover is gone once the city was drawn: for what breaks later a plain one comes back. */
function coverAgain() {
  const cover = document.createElement('div');
  cover.id = 'start';
  cover.innerHTML = '<section id="card" role="alert"><p id="message"></p><progress id="progress" hidden></progress>'
    + '<p id="bytes"></p><p id="again"><a href=""></a></p></section>';
  cover.querySelector('a').textContent = texts.again;
  document.querySelector('main').append(cover);
  return cover;
}
