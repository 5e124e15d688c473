// The small menu in the page's corner: the statements, and keeping the city for later. A screen in a public place has
// none of it: its links would lead out of the city.
import { element, fill, inKiosk, megabytes, measured, texts, whenSpoken } from './words.js';

/** Borders around the content of a card and of the lines below, and a panel's distance from the window's border, points. */
const [CARD_PT, LINES_PT, MARGIN_PT] = [7, 3, 10];
/** A sheet at the lower border begins below this share of the window less so much: the menu and the lines below it, points. */
const [SHEET, BELOW_PT] = [0.58, 150];
/** What was told last of what is kept. */
let toldKept = null;

/** Shows the menu. */
export function fillCorner() {
  const corner = element('corner');
  document.body.classList.toggle('kiosk', inKiosk);
  if (inKiosk || measured) return corner?.remove();
  corner.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !corner.open) return;
    corner.open = false;
    corner.querySelector('summary').focus();
  });
}

/**
 * Where the city's tools are: how far their content reaches from the right border and from the upper one; and how far the
 * lines below do from the lower one, points.
 */
export function keepClear({ tools, end, foot }) {
  const { style } = document.documentElement;
  const sizes = { tools: tools + CARD_PT - MARGIN_PT, 'tools-end': end + CARD_PT, foot: foot + LINES_PT };
  for (const [name, points] of Object.entries(sizes)) style.setProperty(`--${name}`, `${points}px`);
  document.body.classList.toggle('little-room', sizes['tools-end'] > SHEET * innerHeight - BELOW_PT);
}

/**
 * How much of the city is kept on this device, bytes; `state` is `open` while more could be, `busy`, `whole` or `full`;
 * `wished` says that the user asked for all of it, and wants to know where that came to nothing.
 */
export function tellKept(...told) {
  toldKept = told;
  const [{ kept, total, state }, ask, wished] = told;
  const [button, line] = [element('offline'), element('kept')];
  if (!button) return;
  if (state !== 'open' && document.activeElement === button) button.closest('details').querySelector('summary').focus();
  button.hidden = state !== 'open';
  if (total > 0) button.textContent = fill(texts.offline_ask, { size: megabytes(total - kept) });
  button.onclick = ask;
  const open = wished ? texts.offline_failed : '';
  const kindOf = () => fill(texts[`offline_${state}`], { kept: megabytes(kept), total: megabytes(total) });
  line.textContent = state === 'open' ? open : kindOf();
}

whenSpoken(() => toldKept && tellKept(...toldKept));

/** A quiet notice with one thing to do, by the names of its texts; it goes away by itself only when that is done. */
export function notice(text, label, act) {
  if (element('notice')) return;
  const box = document.createElement('div');
  box.id = 'notice';
  box.setAttribute('role', 'status');
  document.querySelector('main').append(box);
  const says = (kind, name, more) => {
    const one = Object.assign(document.createElement(kind), { textContent: texts[name], ...more });
    one.dataset.text = name;
    return one;
  };
  const button = (name, onclick) => says('button', name, { type: 'button', onclick });
  box.append(says('p', text), button(label, act), button('later', () => box.remove()));
}
