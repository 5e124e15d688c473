// A page whose long waits end when a test says so: nobody waits for minutes, and nothing comes too early.

/**
 * Holds whatever the page would do after exactly one of these times, milliseconds; runs in the page before anything else.
 * `held(ms)` gives the numbers of what waits for that time, `due(ms)` has it happen.
 */
export function holdTimers(times) {
  const waiting = new Map();
  const { setTimeout: later, clearTimeout: never, setInterval: often } = window;
  let number = 0;
  const hold = (plain, again) => (act, ms, ...more) => {
    if (!times.includes(ms)) return plain(act, ms, ...more);
    number -= 1;
    waiting.set(number, { act, ms, again });
    return number;
  };
  window.setTimeout = hold(later, false);
  window.setInterval = hold(often, true);
  window.clearTimeout = (id) => waiting.delete(id) || never(id);
  window.held = (ms) => [...waiting].filter(([, held]) => held.ms === ms).map(([id]) => id);
  window.due = (ms) => {
    for (const id of window.held(ms)) {
      const { act, again } = waiting.get(id);
      if (!again) waiting.delete(id);
      act();
    }
  };
}
