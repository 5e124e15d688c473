// The list beside the city: houses around the place that the picture shows, with everything that the picture gives, in
// plain HTML: houses and the plans that they lie in. Where there is no picture, it is what the page shows.
import { around, house, plan } from './desk.js';
import { element, fill, texts, whenSpoken } from './words.js';

/** How far around the picture's middle houses are listed, metres. */
const RADIUS_M = 250;
/** Houses that are listed at once; a button gives as many more. */
const PAGE = 20;
/** What can be opened: who answers, and what is said where there is no answer. */
const KINDS = {
  house: { ask: ({ id, at }) => house(id, at), none: 'house_failed' },
  plan: { ask: ({ id }) => plan(id), none: 'plan_failed' },
};
let place = null;
let houses = [];
/** The house or plan that is open: its kind, its id, where it is, and the house that somebody came from. */
let opened = null;
let goTo = () => {};
/** Only the answer to the last question is shown. */
let questions = 0;
/** Whether the keyboard waits for the answer, in whatever language that comes. */
let isAwaited = false;

/** Listens; `where` says what the picture looks at, `go` shows a line of the list in the picture. */
export function watchList(where, go) {
  goTo = go;
  element('list-open').addEventListener('click', () => (element('list').hidden ? openList(where()) : closeList()));
  element('list-close').addEventListener('click', closeList);
  element('list').addEventListener('keydown', ({ key }) => key === 'Escape' && closeList());
  element('list-more').addEventListener('click', more);
  element('houses').addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (!button) return;
    const line = houses[Number(button.dataset.at)];
    go(line);
    show({ kind: 'house', id: line.house, at: line });
  });
  element('house').addEventListener('click', (event) => {
    const wanted = planOf(event);
    if (!wanted) return;
    event.preventDefault();
    const view = element('house').querySelector('a[href*="house="]')?.hash.slice(1);
    const from = { ...opened, at: { view, ...opened.at } };
    go({ view: String(wanted) });
    show({ kind: 'plan', id: wanted.get('plan'), from });
  });
  element('house-back').addEventListener('click', back);
  element('house-print').addEventListener('click', () => print());
  whenSpoken(sayAnew);
}

/** Opens the list at a place, or what there is to say of one house or plan there. */
export async function openList(at, asked = {}) {
  element('list').hidden = false;
  element('list-open').setAttribute('aria-expanded', 'true');
  [place, houses, opened] = [at, [], null];
  const kind = Object.keys(KINDS).find((name) => asked[name]);
  if (kind) return show({ kind, id: asked[kind], at });
  showList();
  element('list-title').focus();
  await fillList();
}

function closeList() {
  hideList();
  element('list-open').focus();
}

/** Closes a house or a plan that nobody asks for any more; a list that somebody reads stays. */
export function closeAnswer() {
  if (!opened || element('list').hidden) return;
  // What is still on its way is nobody's answer.
  questions += 1;
  [opened, isAwaited] = [null, false];
  const hadTheKeyboard = element('list').contains(document.activeElement);
  hideList();
  if (hadTheKeyboard) element('list-open').focus();
}

function hideList() {
  element('list').hidden = true;
  element('list-open').setAttribute('aria-expanded', 'false');
}

/** Lists at least so many houses. */
async function fillList(least = PAGE) {
  const question = ++questions;
  status(texts.list_loading);
  // A row that has the keyboard goes.
  if (element('list-pane').contains(document.activeElement)) element('list-title').focus();
  element('houses').replaceChildren();
  element('list-more').hidden = true;
  try {
    const found = await around(place, RADIUS_M);
    if (question !== questions) return;
    houses = found;
    status(fill(houses.length > 0 ? texts.list_count : texts.list_none, { count: houses.length, radius: RADIUS_M }));
    addRows(least);
  } catch (error) {
    console.warn(`stadtzwilling: ${error}`);
    if (question === questions) status(texts.list_failed);
  }
}

function more() {
  const first = element('houses').children.length;
  addRows(PAGE);
  element('houses').children[first]?.querySelector('button').focus();
}

function addRows(count) {
  const list = element('houses');
  const first = list.children.length;
  list.append(...houses.slice(first, first + count).map((line, at) => row(line, first + at)));
  element('list-more').hidden = list.children.length >= houses.length;
}

function row(line, at) {
  const item = document.createElement('li');
  const button = Object.assign(document.createElement('button'), { type: 'button' });
  button.dataset.at = at;
  const part = (className, text) => Object.assign(document.createElement('span'), { className, textContent: text });
  button.append(part('name', line.title), ' ', part('detail', fill(texts.list_distance, { metres: line.distance_m })));
  item.append(button);
  return item;
}

/** Opens a house or a plan. */
async function show(wanted) {
  opened = wanted;
  element('house').replaceChildren(texts.list_loading);
  const way = element('house-back');
  way.dataset.text = wanted.from ? 'plan_back' : 'house_back';
  way.textContent = texts[way.dataset.text];
  element('house-pane').hidden = false;
  element('list-pane').hidden = true;
  isAwaited = true;
  await answer();
}

/** Shows what there is to say of what is open, if it is still what is asked for. */
async function answer() {
  const question = ++questions;
  const { ask, none } = KINDS[opened.kind];
  let nothing = none;
  // The answer comes from the program, which has escaped whatever stands in the data.
  const html = await ask(opened).catch((error) => {
    console.warn(`stadtzwilling: ${error}`);
    nothing = 'list_failed';
    return null;
  });
  if (question !== questions) return;
  // Who reads in it when the language changes reads on.
  const isRead = isAwaited || element('house').contains(document.activeElement);
  if (html) element('house').innerHTML = html;
  else element('house').textContent = texts[nothing];
  writeAddressesOut();
  const heading = element('house').querySelector('h1, h2');
  heading?.setAttribute('tabindex', '-1');
  if (isRead) (heading ?? element('house-back')).focus();
  isAwaited = false;
}

/** On paper an address says nothing without its beginning. */
function writeAddressesOut() {
  for (const link of element('house').querySelectorAll('a[href^="#"]')) {
    link.setAttribute('href', location.origin + location.pathname + link.hash);
  }
}

/** The view of a plan that somebody clicks on in what is said of a house, unless it is to come in a page of its own. */
function planOf({ target, ctrlKey, metaKey, shiftKey }) {
  const link = target.closest('a');
  if (!link || ctrlKey || metaKey || shiftKey || link.origin + link.pathname !== location.origin + location.pathname) return null;
  const view = new URLSearchParams(link.hash.slice(1));
  return opened?.kind === 'house' && view.has('plan') ? view : null;
}

/** From a plan to the house that it was named at, from a house to the list. */
function back() {
  const { from } = opened;
  if (from?.at.view) goTo(from.at);
  if (from) return show(from);
  const at = houses.findIndex((line) => line.house === opened.id);
  opened = null;
  showList();
  (element('houses').querySelector(`[data-at="${at}"]`) ?? element('list-title')).focus();
  if (houses.length === 0) fillList();
}

/** In another language what is open is another text. Rows behind an open house come anew with the list. */
function sayAnew() {
  if (element('list').hidden) return;
  const rows = element('houses').children.length;
  if (opened) {
    houses = [];
    answer();
  } else if (place) {
    fillList(Math.max(rows, PAGE));
  }
}

function showList() {
  element('house-pane').hidden = true;
  element('list-pane').hidden = false;
}

const status = (line) => element('list-status').replaceChildren(line);
