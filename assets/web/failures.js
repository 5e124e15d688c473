// What breaks while the page lives: graphics that are taken away, and memory that is not enough. The address holds the
// view, so that the page starts again where it was. That it has started again with less is kept in the entry of the
// tab's history, which is no storage and ends with the tab.
import { settleAddress, startAgain } from './address.js';
import { fail } from './cover.js';
import { LONG_MS } from './kiosk.js';
import { freshCopy } from './offline.js';
import { asked, element, inKiosk, options } from './words.js';

/** Graphics that are lost so often would be lost for ever. */
const MOST_LOSSES = 2;
let drawnAt = null;
let leaving = false;

/** Listens; also says in the page, for the program, whether it is to take less memory. */
export function watchFailures() {
  if (history.state?.detail === 'low' || asked.get('detail') === 'low') options.detail = 'low';
  addEventListener('error', ({ error }) => broke(error));
  addEventListener('unhandledrejection', ({ reason }) => broke(reason));
  element('city').addEventListener('webglcontextlost', graphicsLost);
  addEventListener('click', (event) => {
    if (event.target.id !== 'reload') return;
    event.preventDefault();
    freshCopy().finally(() => location.reload());
  });
}

/** Whether an error ends the program: it stopped, or the browser gave it no memory. */
export const isTheEnd = (error) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

/** The city was drawn. */
export function drawn() {
  drawnAt = performance.now();
}

/** The program ended: once it starts again with less detail, then the page says why it does not. */
export function broke(error) {
  if (leaving || !isTheEnd(error)) return;
  if (options.detail === 'low') return fail('memory', error);
  console.warn(`stadtzwilling: starts again with less detail: ${error}`);
  leave({ detail: 'low' }, 'memory');
}

/** A browser may take the graphics away: too many pages, a new driver, a phone that was asleep, too little memory. */
function graphicsLost() {
  if (leaving) return;
  const longAgo = drawnAt !== null && performance.now() - drawnAt > LONG_MS;
  const losses = longAgo ? 1 : (history.state?.losses ?? 0) + 1;
  if (losses > MOST_LOSSES) return fail('lost');
  leave({ losses, ...(losses > 1 && { detail: 'low' }) }, 'lost');
}

/** Starts again, knowing why; a public screen after a pause, in which the text of that name is shown. */
function leave(why, name) {
  leaving = true;
  settleAddress();
  history.replaceState({ ...history.state, ...why }, '');
  if (inKiosk) fail(name);
  else startAgain();
}
