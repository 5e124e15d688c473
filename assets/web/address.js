// The address bar always holds the view, in its fragment: browsers tell no server of it. What is selected can be gone
// back from, every move of the camera cannot. Until somebody touches the city the address stays as it was typed or sent.
import { WORD, addressSays, inKiosk, speak } from './words.js';

/** Views follow each other in every frame of a move: the address takes the one that stays. */
const ADDRESS_MS = 300;
/** Parts of the address that are not of the view. */
const OTHERS = ['state', 'kiosk', 'idle', 'detail'];
let shown = null;
let timer = 0;
let touched = false;

/** Looks for hands and for the browser's own way back. */
export function watchAddress() {
  for (const kind of ['pointerdown', 'wheel', 'keydown']) addEventListener(kind, () => { touched = true; }, { passive: true });
  addEventListener('popstate', () => {
    clearTimeout(timer);
    window[WORD]?.show(String(addressSays()));
  });
}

/** Takes a view, the part of an address after `#`, once no other follows. */
export function keepInAddress(view) {
  // The address of a public screen says nothing of any visit.
  if (inKiosk) return;
  shown = view;
  speak(new URLSearchParams(view).get('lang'));
  clearTimeout(timer);
  if (touched) timer = setTimeout(writeAddress, ADDRESS_MS);
}

/** The view that is shown, as parameters; before the city shows one, what the page's address says. */
export function shownView() {
  return shown === null ? addressSays() : new URLSearchParams(shown);
}

/** The view of a line of the list or the search, with the layers, language and light that are shown. */
export function shownFrom(view) {
  return readable(from(shownView(), view));
}

/** Has a city that is still coming begin with a view, instead of what the address said. */
export function beginWith(view) {
  history.replaceState(history.state, '', addressOf(from(addressSays(), view)));
}

/** Writes a language into the address, for whoever goes on from there. */
export function keepLanguage(name) {
  const view = shownView();
  view.set('lang', name);
  if (shown !== null) shown = String(view);
  history.replaceState(history.state, '', addressOf(view));
}

function from(parameters, view) {
  for (const name of ['house', 'plan', 'mark']) parameters.delete(name);
  for (const [name, value] of new URLSearchParams(view)) parameters.set(name, value);
  return parameters;
}

/** Writes the view that is shown at once. */
export function settleAddress() {
  clearTimeout(timer);
  if (shown !== null) writeAddress();
}

/** Starts the page again where it is; one that nobody sees as soon as somebody does. */
export function startAgain() {
  settleAddress();
  const again = () => document.hidden || location.reload();
  addEventListener('visibilitychange', again);
  again();
}

function writeAddress() {
  const [now, next] = [addressSays(), new URLSearchParams(shown)];
  const address = addressOf(next);
  if (address === location.pathname + location.search + location.hash) return;
  const another = ['house', 'plan'].some((name) => now.get(name) !== next.get(name));
  history[another ? 'pushState' : 'replaceState'](history.state, '', address);
}

/** The page's address with a view: its settings stay in the query. */
function addressOf(view) {
  const settings = new URLSearchParams(location.search);
  for (const name of [...settings.keys()]) if (!OTHERS.includes(name)) settings.delete(name);
  for (const name of OTHERS) view.delete(name);
  const query = String(settings);
  return `${location.pathname}${query && `?${query}`}#${readable(view)}`;
}

/** Links are read by people: commas and colons may stand in an address as they are. */
const readable = (parameters) => String(parameters).replaceAll('%2C', ',').replaceAll('%3A', ':');
