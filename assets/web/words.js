// What every part of the page stands on: what the page was laid out with, its address at the start, its language and its
// texts. Starts nothing.

/** The word that the program and the page know each other by. */
export const WORD = 'stadtzwilling';
/** What the page was laid out with; the program reads `data-saver` and `data-detail` here. */
export const options = document.body.dataset;
const { city: titles, shell, manifests } = JSON.parse(options.texts);
/** The languages of the page, each with its texts. */
export const languages = shell;
/**
 * What the page's address says: settings of the page in its query, the view in its fragment, which browsers tell no
 * server. Older links have the view in the query.
 */
export const addressSays = () => new URLSearchParams(`${location.hash.slice(1)}&${location.search.slice(1)}`);
/** What the address asked for when the page was opened. */
export const asked = addressSays();
/** The page of the benchmark that puts viewers side by side, which shows nothing but tiles. */
export const measured = document.body.classList.contains('bench');
/** A screen in a public place: no way out of the city. */
export const inKiosk = ['', '1'].includes(asked.get('kiosk'));
/** `de`, `en` or `leicht`; with its texts. */
export let language = chosenLanguage();
export let texts = shell[language];
/** What is to be said anew when the language has changed. */
const spoken = [];
export const whenSpoken = (act) => spoken.push(act);
export const title = () => titles[language] ?? titles.de;
export const element = (id) => document.getElementById(id);
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
export const megabytes = (bytes) => (bytes / 1e6).toLocaleString(texts.tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

function chosenLanguage() {
  const wanted = [asked.get('lang'), ...(navigator.languages ?? [])].filter(Boolean).flatMap((tag) => [tag, tag.slice(0, 2)]);
  return wanted.map(named).find(Boolean) ?? 'de';
}

/** The language of a name, or of a tag as browsers write it: `leicht` is `de-simple`, which is more than its beginning. */
function named(tag) {
  if (Object.hasOwn(shell, tag)) return tag;
  return Object.keys(shell).find((name) => shell[name].tag === tag.toLowerCase());
}

/** Puts the page into another language; an unknown one changes nothing. */
export function speak(name) {
  if (name === language || !Object.hasOwn(shell, name ?? '')) return;
  [language, texts] = [name, shell[name]];
  translate();
  for (const act of spoken) act();
}

/** Puts the page into its language; what has `data-text` gets the text of that name, and so for
 * placeholders, labels, hints and pages. */
export function translate(root = document) {
  document.documentElement.lang = texts.tag;
  document.title = title();
  document.querySelector('meta[name=description]').content = fill(texts.description, { city: title() });
  document.querySelector('link[rel=manifest]').href = manifests[language];
  for (const place of root.querySelectorAll('[data-text]')) place.textContent = texts[place.dataset.text];
  for (const place of root.querySelectorAll('[data-placeholder]')) place.placeholder = texts[place.dataset.placeholder];
  for (const place of root.querySelectorAll('[data-label]')) place.setAttribute('aria-label', texts[place.dataset.label]);
  for (const place of root.querySelectorAll('[data-title]')) place.title = texts[place.dataset.title];
  for (const link of root.querySelectorAll('[data-page]')) link.href = pageOf(link.dataset.page);
  element('still')?.setAttribute('alt', texts.still);
  // Once the city is mirrored it names itself.
  if (!element('city').hasAttribute('role')) element('city').setAttribute('aria-label', texts.canvas);
  element('title')?.replaceChildren(title());
}

/** Each of the statements is a page in each language. */
export const pageOf = (name) => (language === 'de' ? `${name}.html` : `${name}-${language}.html`);
