// The city without a network: starts the worker that keeps one whole release on the device (worker.js), lets it go on
// while somebody looks, and says when a new release waits. Where a browser has no worker or no room, the page is as it
// was; nobody is told, unless they asked for it.
import { startAgain } from './address.js';
import { notice, tellKept } from './corner.js';
import { isThrifty } from './thrift.js';
import { inKiosk, options } from './words.js';

/** After such a time unseen a page looks for a new release, milliseconds. */
const LONG_MS = 60_000;
/** So long a worker may take for an answer, milliseconds: browsers let none work for longer than five minutes. */
const SILENT_WORKER_MS = 6 * 60 * 1000;
/** A public screen runs for weeks: it looks for a new release so often, and takes it when nobody has touched it so long. */
const [KIOSK_LOOKS_MS, KIOSK_QUIET_MS] = [3_600_000, 120_000];
const OURS = `stadtzwilling ${new URL('./', document.baseURI)} `;
const workers = workersOfTheBrowser();
let registration = null;
let all = inKiosk;
let filling = false;
/** A new release is about to be taken. */
let taking = false;
/** A public screen waits for a quiet moment. */
let waits = false;

/** Some browsers have none in private windows, some throw where they are asked. */
function workersOfTheBrowser() {
  try {
    return navigator.serviceWorker ?? null;
  } catch {
    return null;
  }
}

/** From the first moment: the worker asks pages which release they are of, and pages of an old one start again. */
export function watchReleases() {
  lookAfterSleep();
  if (!workers) return;
  let controlled = Boolean(workers.controller);
  workers.addEventListener('message', ({ data, ports }) => {
    if (data === 'which release?') ports[0].postMessage(options.release);
    if (data === 'gone') offerNews();
  });
  workers.startMessages();
  workers.addEventListener('controllerchange', () => {
    // Another release has taken over: this page is of the old one, and is refused until it has started again.
    if (controlled) startAgain();
    controlled = true;
  });
}

/** Once the city is there: from then on it comes without a network, too. */
export async function keepForOffline() {
  if (!workers || !options.worker) return;
  try {
    if (!await hasRoom()) return;
    registration = await workers.register(options.worker, { updateViaCache: 'none' }) ?? null;
    if (!registration) return;
    watchComing();
    registration.addEventListener('updatefound', watchComing);
    if (registration.waiting && workers.controller) offerNews();
    addEventListener('appinstalled', keepAll);
    if (inKiosk) lookNowAndThen();
    await workers.ready;
    await goOn();
  } catch (error) {
    console.info(`stadtzwilling: not kept for offline: ${error}`);
  }
}

/**
 * A public screen is to live without a network for as long as it has to: the browser is asked to throw nothing away, and
 * what could not be kept at once is kept later.
 */
function lookNowAndThen() {
  askToStay();
  setInterval(() => {
    look();
    goOn().catch(() => null);
  }, KIOSK_LOOKS_MS);
}

/** What must be kept has to fit into half of what is left. Browsers that do not say are tried. */
async function hasRoom() {
  const { quota, usage } = await navigator.storage?.estimate?.() ?? {};
  return workers.controller !== null || !(quota - usage < 2 * Number(options.coreBytes));
}

/** The worker keeps a little at a time, so that nothing runs for a page that nobody sees. */
async function goOn() {
  if (filling) return;
  filling = true;
  try {
    // A worker that keeps files is never at rest, and makes no room for the next one.
    for (let state = 'busy'; state === 'busy' && !taking;) {
      await seen();
      const told = await ask(registration.active, { fill: all ? 'all' : isThrifty() ? 'nothing' : 'some' });
      tellKept(told, keepAll, all && !inKiosk);
      ({ state } = told);
    }
  } finally {
    filling = false;
  }
}

/** Somebody asked for the whole city. */
function keepAll() {
  all = true;
  askToStay();
  goOn().catch(() => null);
}

/** Browsers throw away what sites keep where room gets short, the longest unused first. Some can be asked not to. */
function askToStay() {
  navigator.storage?.persist?.().catch(() => false);
}

function seen() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => addEventListener('visibilitychange', resolve, { once: true }));
}

/** Browsers end a worker that works for too long, which then never answers: whoever asked is to ask again later. */
function ask(worker, question) {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(question, [port2]);
  return new Promise((resolve, reject) => {
    const silent = setTimeout(() => reject(new Error('the worker does not answer')), SILENT_WORKER_MS);
    port1.onmessage = ({ data }) => {
      clearTimeout(silent);
      resolve(data);
    };
  });
}

/** A tab that was asleep for a day may be of a release that is no more. Clocks may be wrong: only distances count. */
function lookAfterSleep() {
  let since = null;
  addEventListener('visibilitychange', () => {
    if (document.hidden) since = Date.now();
    else if (since !== null && Math.abs(Date.now() - since) > LONG_MS) look();
  });
}

/** Asks the server for a new release: the browser does, which compares workers; where there is none, the page itself. */
async function look() {
  try {
    if (registration) return await registration.update();
    const { release } = await (await fetch('release.json', { cache: 'no-store' })).json();
    if (release !== options.release) offerNews();
  } catch {
    // Without a network there is nothing new.
  }
}

/** A worker that has come while another one is at work is of a new release, and waits. */
function watchComing() {
  const coming = registration.installing;
  coming?.addEventListener('statechange', () => coming.state === 'installed' && workers.controller && offerNews());
}

function offerNews() {
  if (inKiosk) whenQuiet(takeNews);
  else notice('news', 'update', takeNews);
}

/** Once nobody has touched a public screen for a while. Each file that is no more says that there is news. */
function whenQuiet(act) {
  if (waits) return;
  waits = true;
  let timer = setTimeout(act, KIOSK_QUIET_MS);
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(act, KIOSK_QUIET_MS);
  };
  for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, again, { passive: true });
}

async function takeNews() {
  // Where the city did not come there is a worker of visits before.
  const { waiting } = registration ?? (await workers?.getRegistration().catch(() => null)) ?? {};
  taking = Boolean(waiting);
  if (waiting) waiting.postMessage('take over');
  else startAgain();
}

/** For a page that did not come to life: what is kept may be broken, and goes if the server has a city in its place. */
export async function freshCopy() {
  try {
    const answer = await fetch(`release.json?${performance.now()}`, { cache: 'no-store' });
    // A server that fails answers too, and so does what stands before one.
    if (!answer.ok || !(await answer.json()).release) return;
    const mine = await workers.getRegistration();
    await mine?.unregister();
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(OURS)).map((name) => caches.delete(name)));
  } catch {
    // Without a network what is kept is all there is.
  }
}
