// Questions about the city: the search box and the list, and what they do to the picture. They work before the city has
// come, beside it, and where there is none.
import { beginWith, shownFrom, shownView } from './address.js';
import { openList, watchList } from './list.js';
import { watchSearch } from './search.js';
import { WORD, asked, element, inKiosk, measured, options } from './words.js';

let picture = 'coming';

/** Shows box and list; a screen in a public place has its own. */
export function watchQuestions() {
  if (measured || inKiosk) return element('ask').remove();
  watchSearch(choose, () => view().heading);
  watchList(view, go);
}

/** The city was drawn. */
export function pictureIsThere() {
  picture = 'there';
}

/** There will be none: the list takes its place, and shows what the address asks for. */
export function noPicture() {
  if (picture === 'none' || !element('ask')) return;
  picture = 'none';
  document.body.classList.add('no-picture');
  const house = asked.get('house');
  if (house || asked.has('view')) openList(view(), house);
}

function choose(hit) {
  go(hit);
  if (picture !== 'there') openList(hit, hit.house);
}

/** Shows a line in the picture. One that is still coming begins with it, because it begins with the page's address. */
function go({ view: wanted }) {
  if (picture === 'there') return window[WORD].show(shownFrom(wanted));
  beginWith(wanted);
}

/** What is looked at, degrees. */
function view() {
  const numbers = shownView().get('view') ?? options.home;
  const [lon, lat, , , heading] = numbers.split(',').map(Number);
  return { lon, lat, heading };
}
