// The city and its panels as HTML, for whoever does not see the picture or does not point at it. The program tells what
// is shown as a tree of named nodes; here each becomes the element that HTML has for it, lies over its place in the
// picture, and hands on what is done with it. Nothing that did not change is touched, so that the keyboard and a screen
// reader stay where they are.

import { keepClear } from './corner.js';
import { WORD } from './words.js';

const ROOT = 'root';
const CITY = 'city';
const canvas = document.getElementById(CITY);
const root = document.getElementById('mirror');
const said = document.getElementById('said');
/** Of each key: its node and its element. */
const shown = new Map();
/** The node of an element. */
const nodes = new WeakMap();
/** The values of a field that were sent and have not come back yet. */
const sent = new WeakMap();
const SENT_MOST = 40;
/** What was pressed last in each panel: the keyboard goes back to it when what it stood on is gone. */
const used = new Map();
/** Whether the keyboard, or what acts like one, was used last; and not a mouse or a finger. */
let byKeyboard = false;

/** Does something with what a key names. */
function act(key, deed, more = {}) {
  window[WORD]?.act(JSON.stringify({ key, deed, ...more }));
}

/** How each role becomes an element: which, and how it is brought in line with its node. */
const ROLES = {
  region: { tag: 'section', update: named },
  heading: { tag: ({ level }) => `h${Math.min(level ?? 2, 6)}`, update: worded },
  text: { tag: 'p', update: worded },
  group: { tag: 'div', role: 'group', update: named },
  list: { tag: 'ul', role: 'list' },
  item: { tag: 'li' },
  button: { tag: 'button', update: button, start: pressable },
  link: { tag: ({ url }) => (url ? 'a' : 'button'), update: link, start: pressable },
  checkbox: { tag: 'input', type: 'checkbox', update: checkbox, start: checkable },
  slider: { tag: 'input', type: 'range', update: slider, start: settable },
  number: { tag: 'input', type: 'number', update: slider, start: settable },
  input: { tag: 'input', type: 'text', update: input, start: writable },
  progress: { tag: 'progress', update: progress },
  image: { tag: 'div', role: 'img', update: named },
};

function named(element, { name }) {
  attribute(element, 'aria-label', name || null);
}

function worded(element, { name }) {
  if (element.textContent !== name) element.textContent = name;
}

function button(element, { name, on, open, disabled }) {
  worded(element, { name });
  attribute(element, 'aria-pressed', on);
  attribute(element, 'aria-expanded', open);
  element.disabled = Boolean(disabled);
}

function link(element, node) {
  if (!node.url) return button(element, node);
  worded(element, node);
  attribute(element, 'href', node.url);
  attribute(element, 'target', '_blank');
  attribute(element, 'rel', 'noopener noreferrer');
}

function checkbox(element, { name, on, disabled }) {
  named(element, { name });
  if (element.checked !== Boolean(on)) element.checked = Boolean(on);
  element.disabled = Boolean(disabled);
}

function slider(element, { name, value, number, disabled }) {
  named(element, { name });
  for (const [limit, what] of [['min', number?.min], ['max', number?.max]]) attribute(element, limit, what);
  attribute(element, 'step', number?.step ?? 'any');
  attribute(element, 'aria-valuetext', value);
  write(element, String(number?.now ?? ''), Number);
  element.disabled = Boolean(disabled);
}

function input(element, { name, value, disabled }) {
  named(element, { name });
  write(element, value ?? '', String);
  element.disabled = Boolean(disabled);
}

/**
 * Brings a field's value in line. Who types is faster than the picture: what was sent comes back while more has been
 * typed, and must not take that away.
 */
function write(element, value, as) {
  const echo = (sent.get(element) ?? []).findIndex((one) => as(one) === as(value));
  if (echo >= 0) sent.get(element).splice(0, echo + 1);
  else if (as(element.value) !== as(value)) element.value = value;
}

function send(element, deed, more) {
  sent.set(element, [...(sent.get(element) ?? []), element.value].slice(-SENT_MOST));
  act(nodes.get(element).key, deed, more);
}

function progress(element, { name, value, number }) {
  attribute(element, 'aria-label', [name, value].filter(Boolean).join(' ') || null);
  if (number) element.value = number.now;
  else element.removeAttribute('value');
}

function pressable(element) {
  element.addEventListener('click', () => {
    byKeyboard = true;
    const node = nodes.get(element);
    used.set(panelOf(element), element);
    if (!node.url) act(node.key, 'click');
  });
}

function checkable(element) {
  element.addEventListener('change', () => act(nodes.get(element).key, 'click'));
}

function settable(element) {
  element.addEventListener('input', () => {
    if (Number.isFinite(element.valueAsNumber)) send(element, 'set', { number: element.valueAsNumber });
  });
  element.addEventListener('keydown', (event) => stepByKeys(element, event));
}

/** Without steps of its own a slider moves by a twentieth of its range. */
function stepByKeys(element, event) {
  const { number } = nodes.get(element);
  const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
  if (!way || number?.step || number?.min === null || number?.max === null) return;
  event.preventDefault();
  const whole = Number.isInteger(number.min) && number.max - number.min <= 40;
  const step = whole ? 1 : (number.max - number.min) / 20;
  const next = Math.min(Math.max(element.valueAsNumber + way * step, number.min), number.max);
  element.value = String(next);
  send(element, 'set', { number: next });
}

function writable(element) {
  element.autocomplete = 'off';
  element.addEventListener('input', () => send(element, 'write', { text: element.value }));
}

function attribute(element, name, value) {
  if (value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

function make(node) {
  const { tag, type, role, start } = ROLES[node.role];
  const element = document.createElement(typeof tag === 'string' ? tag : tag(node));
  if (type) element.type = type;
  if (role) element.setAttribute('role', role);
  if (element.tagName === 'BUTTON') element.type = 'button';
  if (/^H[1-6]$/.test(element.tagName) || node.role === 'region') element.tabIndex = -1;
  if (node.word) element.id = `mirror-${node.word}`;
  nodes.set(element, node);
  start?.(element);
  return element;
}

/** Whether another node may take over an element. */
function fits(element, before, node) {
  return before.role === node.role && before.level === node.level && Boolean(before.url) === Boolean(node.url);
}

function update(node) {
  if (node.key === ROOT) return shown.set(ROOT, { node, element: root });
  if (node.key === CITY) return updateCity(node);
  const known = shown.get(node.key);
  const element = known && fits(known.element, known.node, node) ? known.element : make(node);
  if (known && known.element !== element) known.element.replaceWith(element);
  nodes.set(element, node);
  ROLES[node.role].update?.(element, node);
  place(element, node);
  shown.set(node.key, { node, element });
}

/** The picture itself stands for the city: it has the keyboard, and says where one is. */
function updateCity(node) {
  attribute(canvas, 'role', 'application');
  attribute(canvas, 'aria-label', node.name);
  attribute(canvas, 'aria-description', node.value);
  shown.set(CITY, { node, element: canvas });
}

/** Lays an element over its place in the picture. */
function place(element, { role, place: at }) {
  if (!at || ['region', 'list', 'item', 'group'].includes(role)) return;
  const [left, top, width, height] = at;
  const sides = { left, top, width: Math.max(width, 1), height: Math.max(height, 1) };
  for (const [side, points] of Object.entries(sides)) element.style.setProperty(side, `${points}px`);
}

/** Brings an element's children in line with its node's, moving none that stands right already. */
function arrange(key) {
  const { node, element } = shown.get(key);
  if (element === canvas) return;
  let next = [...element.childNodes].find((child) => child.nodeType === Node.ELEMENT_NODE) ?? null;
  for (const child of node.children ?? []) {
    const { element: wanted } = shown.get(child) ?? {};
    if (!wanted || wanted === canvas) continue;
    if (wanted === next) next = next.nextElementSibling;
    else element.insertBefore(wanted, next);
  }
}

function apply({ nodes: changed, gone, go, say }) {
  const focused = document.activeElement;
  const lost = panelOf(focused);
  const before = nodes.get(focused);
  for (const key of gone) {
    const { element } = shown.get(key) ?? {};
    if (element && element !== canvas) element.remove();
    shown.delete(key);
  }
  for (const node of changed) update(node);
  for (const { key } of changed) arrange(key);
  tellWhereTheToolsAre();
  document.getElementById('skip-selection').hidden = !document.getElementById('mirror-selection');
  // Who reads the list has the same there, and goes on reading.
  const reads = document.getElementById('list')?.contains(focused);
  const wanted = go && byKeyboard && !reads ? shown.get(go)?.element : null;
  if (wanted) goTo(wanted);
  else if (lost && !focused.isConnected) goBackTo(lost, before);
  if (say.length > 0) announce(say);
}

/** What the page has of its own keeps clear of the tools and lines that the city draws, which grow with its text. */
function tellWhereTheToolsAre() {
  const placesIn = (panel) => [...document.querySelectorAll(`#mirror-${panel} *`)].map((part) => nodes.get(part).place).filter(Boolean);
  const [tools, lines] = [placesIn('compass'), placesIn('status')];
  if (tools.length === 0 || lines.length === 0) return;
  const [left, end] = [Math.min(...tools.map(([x]) => x)), Math.max(...tools.map(([, y, , height]) => y + height))];
  keepClear({ tools: root.clientWidth - left, end, foot: root.clientHeight - Math.min(...lines.map(([, y]) => y)) });
}

/**
 * A visitor of a public screen has gone: no element, value or line of the visit stays, not even for the browser's undo.
 * The program tells everything anew.
 */
function forget() {
  byKeyboard = false;
  shown.clear();
  used.clear();
  root.replaceChildren();
  said.replaceChildren();
  for (const name of ['aria-label', 'aria-description']) canvas.removeAttribute(name);
  goTo(canvas);
}

/** The panel that an element of the mirror stands in, by its word. */
function panelOf(element) {
  return root.contains(element) ? element.closest('section')?.id ?? null : null;
}

/**
 * The keyboard stood on something that is gone. It goes to what stands in its place, as after a change of language or
 * where another house's panel has come; else to what was pressed last in that panel; else to the panel's first; else to
 * the city.
 */
function goBackTo(panel, before) {
  const section = document.getElementById(panel);
  const standing = section ? [...section.querySelectorAll('h1, h2, h3, button, a, input')] : [];
  const inPlace = standing.find((element) => isInPlaceOf(before, nodes.get(element)));
  const pressed = used.get(panel)?.isConnected ? used.get(panel) : null;
  goTo(inPlace ?? pressed ?? section?.querySelector('button, a, input') ?? canvas);
}

function isInPlaceOf(before, now) {
  if (before?.role !== now?.role || !before?.place || !now?.place) return false;
  return Math.abs(before.place[0] - now.place[0]) < 24 && Math.abs(before.place[1] - now.place[1]) < 12;
}

function goTo(element) {
  element?.focus({ preventScroll: true });
}

/** Reads lines out, after what a screen reader is saying. */
function announce(lines) {
  const paragraph = document.createElement('p');
  paragraph.textContent = lines.join(' ');
  said.replaceChildren(paragraph);
}

/** What has the keyboard in the page has it in the picture, where its border is drawn. */
function followFocus({ target }) {
  if (target === canvas) return act(CITY, 'focus');
  const node = nodes.get(target);
  if (!node) return;
  act(/^(heading|region)$/.test(node.role) ? CITY : node.key, 'focus');
}

/** A step back: from an open card to the button that opened it, from all else to the city. */
function escape(event) {
  if (event.key !== 'Escape') return;
  const node = nodes.get(event.target);
  if (node) act(node.key, 'escape');
  if (!event.target.closest('#mirror-title')?.querySelector('[aria-expanded=true]')) goTo(canvas);
}

/** Links past everything else: they exist as long as there is what they lead to. */
function skip(event) {
  const panel = document.getElementById(event.currentTarget.hash.slice(1));
  event.preventDefault();
  byKeyboard = true;
  goTo(panel?.querySelector('input[type=text], h2, button') ?? canvas);
}

function tellComfort() {
  const asks = (query) => matchMedia(query).matches;
  const contrast = asks('(prefers-contrast: more)') || asks('(forced-colors: active)');
  act(ROOT, 'comfort', { still: asks('(prefers-reduced-motion: reduce)'), contrast });
}

addEventListener(WORD, ({ detail }) => {
  if (detail.phase === 'mirror') apply(JSON.parse(detail.text));
  if (detail.phase === 'forgotten') forget();
});
for (const kind of ['keydown', 'pointerdown']) {
  addEventListener(kind, () => { byKeyboard = kind === 'keydown'; }, { capture: true, passive: true });
}
root.addEventListener('keydown', escape);
// Browsers scroll to what gets the keyboard; here the picture does that, and elements stay over their widgets.
root.addEventListener('scroll', () => root.scrollTo(0, 0));
for (const place of [root, canvas]) place.addEventListener('focusin', followFocus);
for (const link of document.querySelectorAll('#skip a')) link.addEventListener('click', skip);
for (const query of ['(prefers-reduced-motion: reduce)', '(prefers-contrast: more)', '(forced-colors: active)']) {
  matchMedia(query).addEventListener('change', tellComfort);
}
