// The choice of a language where there is no picture, which has its own.
import { keepLanguage } from './address.js';
import { element, language, languages, speak, whenSpoken } from './words.js';

/** Shows the choice, each language in its own words. */
export function offerLanguages() {
  const box = element('languages');
  box.replaceChildren(...Object.keys(languages).map(button));
  box.hidden = false;
  mark();
  whenSpoken(mark);
}

function button(name) {
  const { tag, name: textContent } = languages[name];
  const one = Object.assign(document.createElement('button'), { type: 'button', lang: tag, textContent });
  one.dataset.language = name;
  one.addEventListener('click', () => {
    speak(name);
    keepLanguage(name);
  });
  return one;
}

/** Says which one is spoken. */
function mark() {
  for (const one of element('languages').children) one.setAttribute('aria-pressed', String(one.dataset.language === language));
}
