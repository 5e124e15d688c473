// Questions about the city: the search box and the list, and what they do to the picture. They work before the city has
// come, beside it, and where there is none.
import { beginWith, shownFrom, shownView } from './address.js';
import { offerLanguages } from './languages.js';
import { closeAnswer, openList, watchList } from './list.js';
import { selectedIs, watchSearch } from './search.js';
import { WORD, addressSays, element, inKiosk, measured, options, speak } from './words.js';

let picture = 'coming';

/** Shows box and list; a screen in a public place has its own. */
export function watchQuestions() {
  if (measured || inKiosk) return element('ask').remove();
  watchSearch(choose, targetOf, () => view().heading);
  watchList(view, go);
}

/** The city was drawn. */
export function pictureIsThere() {
  picture = 'there';
}

/** What the picture shows, the part of an address after `#`; the box forgets what led elsewhere. */
export function picturesChoice(view) {
  if (element('ask')) selectedIs(targetOf(view));
}

/** There will be none: the list takes its place, and shows what the address asks for, now and whenever it changes. */
export function noPicture() {
  if (picture === 'none' || !element('ask')) return;
  picture = 'none';
  document.body.classList.add('no-picture');
  const answers = element('answers');
  if (answers) answers.hidden = false;
  offerLanguages();
  showWhatIsAsked(shownView());
  addEventListener('hashchange', () => {
    const address = addressSays();
    if (!targetOf(address)) closeAnswer();
    showWhatIsAsked(address);
  });
}

function showWhatIsAsked(address) {
  speak(address.get('lang'));
  const [house, plan, place] = ['house', 'plan', 'view'].map((name) => address.get(name));
  if (house || plan || place) openList(view(), { house, plan });
}

/** The house or the plan of a view; empty where it has none. */
function targetOf(view) {
  const said = new URLSearchParams(view);
  return said.get('house') ?? said.get('plan') ?? '';
}

function choose(hit) {
  go(hit);
  if (picture !== 'there') openList(hit, hit);
}

/** Shows a line in the picture. Where the program has not come yet it begins with it, as with the page's address. */
function go({ view: wanted }) {
  if (picture !== 'none' && window[WORD]?.lead) return window[WORD].lead(shownFrom(wanted));
  beginWith(wanted);
}

/** What is looked at, degrees; where the city begins if the address says nothing of it that can be understood. */
function view() {
  const numbers = (text) => (text ?? '').split(',').map(Number);
  const asked = numbers(shownView().get('view'));
  const isView = asked.length === 6 && asked.every(Number.isFinite);
  const [lon, lat, , , heading] = isView ? asked : numbers(options.home);
  return { lon, lat, heading };
}
