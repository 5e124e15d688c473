// The pages of text beside the city: the statement on accessibility and what is kept of a visitor, in German, English and
// plain German. Their texts are assets/web/pages; what differs from operator to operator comes from a file of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const LANGUAGES = [['de', ''], ['en', '-en'], ['leicht', '-leicht']];
const NAMES = ['accessibility', 'privacy'];
/** What the frame of the pages says in each language. */
const FRAME = {
  de: { tag: 'de', language: 'Deutsch', back: 'Zur Stadt', accessibility: 'Barrierefreiheit', privacy: 'Datenschutz', sample: 'Muster: Name, Anschriften und Stellen auf dieser Seite sind erfunden. Wer die Seite betreibt, setzt die eigenen ein.' },
  en: { tag: 'en', language: 'English', back: 'To the city', accessibility: 'Accessibility', privacy: 'Privacy', sample: 'Sample: names, addresses and bodies on this page are invented. Whoever runs the site puts in their own.' },
  leicht: { tag: 'de-simple', language: 'Leichte Sprache', back: 'Zur Stadt', accessibility: 'Barriere·freiheit', privacy: 'Daten·schutz', sample: 'Das ist ein Muster. Die Namen und Adressen auf dieser Seite sind erfunden.' },
};

/** All pages as `[name of the file, text]`. `fill` puts values into a text with `{{names}}`, escaped. */
export function documents(folder, operator, names, fill) {
  return NAMES.flatMap((name) => LANGUAGES.map(([language, ending]) => {
    const text = readFileSync(join(folder, `${name}.${language}.html`), 'utf8').replace(/^<!--.*?-->\n/s, '');
    const values = { ...names, ...flat(operator, 'operator'), date: dateIn(language, operator.accessibility.assessed_on) };
    return [`${name}${ending}.html`, frame(folder, { name, language, ending, text, values }, operator, fill)];
  }));
}

function frame(folder, { name, language, ending, text, values }, operator, fill) {
  const words = FRAME[language];
  const other = name === 'accessibility' ? 'privacy' : 'accessibility';
  const [, title] = /<h1>(.*?)<\/h1>/.exec(text);
  const html = {
    body: fill(text, values),
    notice: operator.sample ? `<p class="sample" role="note">${words.sample}</p>` : '',
    languages: LANGUAGES.filter(([key]) => key !== language)
      .map(([key, end]) => `<a href="${name}${end}.html" lang="${FRAME[key].tag}" hreflang="${FRAME[key].tag}">${FRAME[key].language}</a>`).join(' · '),
  };
  const page = readFileSync(join(folder, 'page.html'), 'utf8').replace(/^<!--.*?-->\n/s, '');
  const filled = fill(page, { ...values, tag: words.tag, heading: title, back: words.back, other: `${other}${ending}.html`, other_title: words[other] });
  return filled.replace(/\[\[(\w+)\]\]/g, (_, key) => html[key]);
}

/** `{ a: { b: 1 } }` → `{ 'operator.a.b': '1' }`. */
function flat(value, prefix) {
  if (typeof value !== 'object') return { [prefix]: String(value) };
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => flat(inner, `${prefix}.${key}`)));
}

function dateIn(language, iso) {
  const [year, month, day] = iso.split('-').map(Number);
  const options = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'de-DE', options).format(Date.UTC(year, month - 1, day));
}
