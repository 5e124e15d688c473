// The search box: what is typed is looked for on this device, hit by hit, from the first letter; a choice is handed on.
// A combobox as the ARIA practices describe it. Nothing of what is typed leaves the page or is kept.
import { everyName, find } from './desk.js';
import { element, fill, texts, whenSpoken } from './words.js';

/** Hits that are shown. */
const MOST_HITS = 8;
let hits = [];
let chosen = -1;
let asked = 0;
/** What was typed when the list was closed: it opens again when that changes. */
let settled = null;
/** What is selected in the picture, and what the hit selects that was taken last, until something else is. */
let selected = '';
let wanted = null;
/** Whether the program that answers has come. */
let answers = false;

/**
 * Listens; `choose` is given the hit that somebody wants, `targetOf` says what a view selects, `heading` which way the city
 * looks, degrees.
 */
export function watchSearch(choose, targetOf, heading) {
  const [form, box, list] = [element('search'), element('query'), element('hits')];
  const look = () => ask(box.value, heading());
  const take = (hit) => {
    close();
    settled = box.value = hit.title;
    wanted = targetOf(hit.view);
    choose(hit);
    // Of a house its panel or its page speaks. Last, since the list may take the keyboard, which empties the line.
    if (!hit.house) tell([hit.title, texts[`kind_${hit.kind}`]].join(', '));
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const hit = hits[chosen] ?? (asksForANumber(box.value) ? null : hits[0]);
    if (hit) take(hit);
    else takeTheFirst(box, heading, take).catch(failed);
  });
  // House numbers come after the names: what is being typed is looked for once more.
  const lookAgain = () => document.activeElement === box && box.value !== settled && look();
  box.addEventListener('focus', () => { everyName().then(lookAgain, failed); }, { once: true });
  box.addEventListener('focus', look);
  whenSpoken(() => (list.hidden ? tell('') : look()));
  box.addEventListener('input', () => {
    settled = null;
    look();
  });
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') leave(event, box);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || hits.length === 0) return;
    event.preventDefault();
    mark((chosen + step + hits.length) % hits.length);
  });
  form.addEventListener('focusout', ({ relatedTarget }) => form.contains(relatedTarget) || close());
  // The box keeps the focus, so that the list does not close under the finger.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', ({ target }) => {
    const item = target.closest('[role=option]');
    if (item) take(hits[Number(item.dataset.at)]);
  });
  addEventListener('keydown', (event) => {
    const slash = event.key === '/' && !event.target.closest?.('input, textarea, [contenteditable]');
    const find = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f';
    if (!slash && !find) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

/** What is selected by now. By other ways than the box: what stands there speaks of something else, and goes. */
export function selectedIs(target) {
  if (target === selected) return;
  const isOnItsWay = target === '' && wanted && selected !== wanted;
  selected = target;
  if (target === wanted || isOnItsWay) return;
  wanted = null;
  const box = element('query');
  const isTyped = document.activeElement === box && box.value !== settled;
  if (isTyped || box.value === '') return;
  box.value = '';
  close();
}

/** Until house numbers have come a street stands first in the place of its house. */
const asksForANumber = (typed) => /\d/.test(typed);

/** Enter was pressed while better may still come: what is first is taken once all is there, if it is still wanted. */
async function takeTheFirst(box, heading, take) {
  if (box.value === settled) return;
  const [typed, before] = [box.value, settled];
  const isWanted = () => box.value === typed && settled === before && typed.trim() !== '' && document.activeElement === box;
  await everyName();
  const [hit] = isWanted() ? await find(typed, 1, heading()) : [];
  if (hit && isWanted()) take(hit);
}

/** Escape closes the list, then empties the box, then gives the keyboard back to the city. */
function leave(event, box) {
  event.preventDefault();
  if (!element('hits').hidden) return close();
  if (box.value) box.value = '';
  else element('city').focus({ preventScroll: true });
}

async function ask(typed, headingDeg) {
  const number = ++asked;
  if (typed.trim() === '') return close();
  if (!answers) show([], texts.search_loading);
  try {
    const found = await find(typed, MOST_HITS, headingDeg);
    answers = true;
    if (number === asked) show(found);
  } catch (error) {
    if (number === asked) failed(error);
  }
}

function failed(error) {
  console.warn(`stadtzwilling: ${error}`);
  show([], texts.search_failed);
}

/** Shows hits, or in their place why there are none. */
function show(found, none = texts.search_nothing) {
  hits = found;
  chosen = -1;
  const items = hits.map(item);
  const nothing = Object.assign(document.createElement('li'), { className: 'nothing', textContent: none });
  nothing.setAttribute('role', 'presentation');
  element('hits').replaceChildren(...(items.length > 0 ? items : [nothing]));
  element('hits').hidden = false;
  element('query').setAttribute('aria-expanded', 'true');
  element('query').removeAttribute('aria-activedescendant');
  tell(hits.length > 0 ? fill(texts.search_found, { count: hits.length }) : none);
}

function item(hit, at) {
  const item = document.createElement('li');
  item.id = `hit-${at}`;
  item.dataset.at = at;
  item.setAttribute('role', 'option');
  item.setAttribute('aria-selected', 'false');
  const part = (className, text) => Object.assign(document.createElement('span'), { className, textContent: text });
  const detail = [texts[`kind_${hit.kind}`], hit.detail].filter(Boolean).join(' · ');
  const instead = hit.instead_of ? ` · ${fill(texts.search_instead, { number: hit.instead_of })}` : '';
  item.append(part('name', hit.title), part('detail', detail + instead));
  return item;
}

function mark(at) {
  chosen = at;
  for (const option of element('hits').children) {
    const here = Number(option.dataset.at) === at;
    option.setAttribute('aria-selected', String(here));
    if (here) option.scrollIntoView({ block: 'nearest' });
  }
  element('query').setAttribute('aria-activedescendant', `hit-${at}`);
}

function close() {
  hits = [];
  chosen = -1;
  asked += 1;
  element('hits').hidden = true;
  element('query').setAttribute('aria-expanded', 'false');
  element('query').removeAttribute('aria-activedescendant');
  tell('');
}

const tell = (line) => element('found').replaceChildren(line);
