// The card over the city: how far it is, and in plain words why there is none. It knows nothing of why.
import { startAgainByItself } from './kiosk.js';
import { element, inKiosk, texts, translate } from './words.js';

let failed = false;
let afterFailure = () => {};

/** What else is to happen where the city cannot be shown. */
export function whenFailed(act) {
  afterFailure = act;
}

/** Shows a line that is no failure: the text of that name. */
export function say(name) {
  if (!failed) put(name);
}

/** As what it is, so that it changes with the language. */
function put(name) {
  const line = element('message');
  if (line) [line.dataset.text, line.textContent] = [name, texts[name]];
}

/** Moves the bar: `share` from 0 to 1, or null for as long as nobody knows; `line` stands below it. */
export function move(share, line) {
  if (failed || !element('progress')) return;
  element('progress').hidden = false;
  if (share === null) element('progress').removeAttribute('value');
  else element('progress').value = share * 100;
  element('bytes').textContent = line;
}

/** The city is there: the card goes, unless it says why there is none. */
export function uncover() {
  if (failed) return;
  const cover = element('start');
  cover?.classList.add('gone');
  element('skip').hidden = false;
  element('mirror').inert = false;
  setTimeout(() => cover?.remove(), 400);
  // Who searches or reads the list already goes on with it; before, the city took no keyboard (shell.js).
  delete element('city').focus;
  if ([document.body, null].includes(document.activeElement)) element('city').focus({ preventScroll: true });
}

/** The city cannot be shown; the text of that name says why. The first reason stays: what comes later follows from it. */
export function fail(name, reason) {
  if (failed) return;
  failed = true;
  const cover = element('start') ?? coverAgain();
  cover.classList.remove('gone');
  put(name);
  element('progress').hidden = true;
  element('bytes').textContent = '';
  element('again').hidden = false;
  element('skip').hidden = true;
  element('mirror').inert = true;
  if (inKiosk) startAgainByItself();
  if (reason) console.warn(`stadtzwilling: ${reason}`);
  afterFailure();
}

/** The card is gone once the city was drawn: for what breaks later a plain one comes back. */
function coverAgain() {
  const cover = document.createElement('div');
  cover.id = 'start';
  cover.innerHTML = '<section id="card" role="alert"><p id="message"></p><progress id="progress" hidden></progress>'
    + '<p id="bytes"></p><p id="answers" data-text="answers" hidden></p><p id="again"><a id="reload" href="" data-text="again"></a></p></section>'
    + '<p id="sources"><a data-page="accessibility" data-text="accessibility"></a> · <a data-page="privacy" data-text="privacy"></a></p>';
  element('city').after(cover);
  translate(cover);
  return cover;
}
