// The list beside the city: houses around the place that the picture shows, with everything that the picture gives, in
// plain HTML. Where there is no picture, it is what the page shows.
import { around, house } from './desk.js';
import { element, fill, texts } from './words.js';

/** How far around the picture's middle houses are listed, metres. */
const RADIUS_M = 250;
/** Houses that are listed at once; a button gives as many more. */
const PAGE = 20;
let place = null;
let houses = [];
let shownHouse = null;

/** Listens; `where` says what the picture looks at, `go` shows a line of the list in the picture. */
export function watchList(where, go) {
  element('list-open').addEventListener('click', () => (element('list').hidden ? openList(where()) : closeList()));
  element('list-close').addEventListener('click', closeList);
  element('list').addEventListener('keydown', ({ key }) => key === 'Escape' && closeList());
  element('list-more').addEventListener('click', more);
  element('houses').addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (!button) return;
    const line = houses[Number(button.dataset.at)];
    go(line);
    showHouse(line.house, line);
  });
  element('house-back').addEventListener('click', back);
  element('house-print').addEventListener('click', () => print());
}

/** Opens the list at a place, or what there is to say of one house there. */
export async function openList(at, id = null) {
  element('list').hidden = false;
  element('list-open').setAttribute('aria-expanded', 'true');
  [place, houses, shownHouse] = [at, [], null];
  if (id) return showHouse(id, at);
  showList();
  element('list-title').focus();
  await fillList();
}

function closeList() {
  element('list').hidden = true;
  element('list-open').setAttribute('aria-expanded', 'false');
  element('list-open').focus();
}

async function fillList() {
  const here = place;
  status(texts.list_loading);
  element('houses').replaceChildren();
  element('list-more').hidden = true;
  try {
    const found = await around(here, RADIUS_M);
    if (here !== place) return;
    houses = found;
    status(fill(houses.length > 0 ? texts.list_count : texts.list_none, { count: houses.length, radius: RADIUS_M }));
    more();
  } catch (error) {
    console.warn(`stadtzwilling: ${error}`);
    if (here === place) status(texts.list_failed);
  }
}

function more() {
  const list = element('houses');
  const first = list.children.length;
  list.append(...houses.slice(first, first + PAGE).map((line, at) => row(line, first + at)));
  element('list-more').hidden = list.children.length >= houses.length;
  if (first > 0) list.children[first]?.querySelector('button').focus();
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

/** The answer comes from the program, which has escaped whatever stands in the data. */
async function showHouse(id, at) {
  shownHouse = id;
  element('house').replaceChildren(texts.list_loading);
  element('house-pane').hidden = false;
  element('list-pane').hidden = true;
  let nothing = texts.house_failed;
  const html = await house(id, at).catch((error) => {
    console.warn(`stadtzwilling: ${error}`);
    nothing = texts.list_failed;
    return null;
  });
  if (shownHouse !== id) return;
  if (html) element('house').innerHTML = html;
  else element('house').textContent = nothing;
  writeAddressesOut();
  const heading = element('house').querySelector('h1, h2');
  heading?.setAttribute('tabindex', '-1');
  (heading ?? element('house-back')).focus();
}

/** On paper an address says nothing without its beginning. */
function writeAddressesOut() {
  for (const link of element('house').querySelectorAll('a[href^="#"]')) {
    link.setAttribute('href', location.origin + location.pathname + link.hash);
  }
}

/** From a house to the list. */
function back() {
  const at = houses.findIndex((line) => line.house === shownHouse);
  shownHouse = null;
  showList();
  (element('houses').querySelector(`[data-at="${at}"]`) ?? element('list-title')).focus();
  if (houses.length === 0) fillList();
}

function showList() {
  element('house-pane').hidden = true;
  element('list-pane').hidden = false;
}

const status = (line) => element('list-status').replaceChildren(line);
