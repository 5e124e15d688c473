// The pages of text beside the city: the statement on accessibility and what is kept of a visitor, in each of the
// page's languages. Their texts are assets/web/pages; what differs from operator to operator comes from a file of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['accessibility', 'privacy'];

/**
 * All pages as `[name of the file, text]`, in each language of `texts` (assets/web/texts.json). `fill` puts values into a
 * text with `{{names}}`, escaped.
 */
export function documents(folder, operator, names, texts, fill) {
  return NAMES.flatMap((name) => Object.keys(texts).map((language) => {
    const text = readFileSync(join(folder, `${name}.${language}.html`), 'utf8').replace(/^<!--.*?-->\n/s, '');
    const values = { ...names, ...flat(operator, 'operator'), date: dateIn(texts[language].dates, operator.accessibility.assessed_on) };
    return [pageOf(name, language), frame(folder, { name, language, text, values }, operator, texts, fill)];
  }));
}

/** As assets/web/words.js calls them. */
const pageOf = (name, language) => (language === 'de' ? `${name}.html` : `${name}-${language}.html`);

function frame(folder, { name, language, text, values }, operator, texts, fill) {
  const words = texts[language];
  const other = NAMES.find((one) => one !== name);
  const [, title] = /<h1>(.*?)<\/h1>/.exec(text);
  const html = {
    body: fill(text, values),
    notice: operator.sample ? `<p class="sample" role="note">${words.page_sample}</p>` : '',
    languages: Object.entries(texts).filter(([key]) => key !== language)
      .map(([key, { tag, name: own }]) => `<a href="${pageOf(name, key)}" lang="${tag}" hreflang="${tag}">${own}</a>`).join(' · '),
  };
  const page = readFileSync(join(folder, 'page.html'), 'utf8').replace(/^<!--.*?-->\n/s, '');
  const said = { language, tag: words.tag, heading: title, back: words.page_back, other: pageOf(other, language), other_title: words[other], licences: words.licences };
  return fill(page, { ...values, ...said, manifest: values.manifests[language] }).replace(/\[\[(\w+)\]\]/g, (_, key) => html[key]);
}

/** `{ a: { b: 1 } }` → `{ 'operator.a.b': '1' }`. */
function flat(value, prefix) {
  if (typeof value !== 'object') return { [prefix]: String(value) };
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => flat(inner, `${prefix}.${key}`)));
}

function dateIn(tag, iso) {
  const [year, month, day] = iso.split('-').map(Number);
  const options = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(tag, options).format(Date.UTC(year, month - 1, day));
}
