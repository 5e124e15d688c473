// The HTML that mirrors the picture, as somebody meets it who uses the keyboard alone or hears the page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PATIENCE } from './city.mjs';
import { setTimeout as sleep } from 'node:timers/promises';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Everything that WCAG 2.2 asks for up to AA, and what is good besides. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** axe-core finds nothing wrong with the page as it is; once the city is there it has looked at the mirror's buttons. */
export async function assertNoViolations(city, state, mirrored = false) {
  if (await city.page.evaluate(() => window.axe === undefined)) await city.page.evaluate(AXE);
  const { violations, passes } = await city.page.evaluate((rules) => window.axe.run({ runOnly: rules, rules: { 'target-size': { enabled: true } } }), RULES);
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join('\n')}`);
  assert.equal(told.join('\n'), '', `axe-core in the state "${state}"`);
  assert.ok(passes.length > 5, `axe-core looked at nothing in the state "${state}"`);
  const buttons = passes.find(({ id }) => id === 'button-name')?.nodes.length ?? 0;
  assert.ok(!mirrored || buttons > 5, `axe-core looked at ${buttons} buttons in the state "${state}"`);
}

/** What has the keyboard: its role as HTML has it, its name, and the panel it stands in. */
export function focused(city) {
  return city.page.evaluate(() => {
    const element = document.activeElement;
    const kind = element.tagName === 'INPUT' ? element.type : element.tagName.toLowerCase();
    const name = element.getAttribute('aria-label') ?? element.textContent;
    return { kind, name, panel: element.closest('section')?.id ?? null };
  });
}

/** Waits until a question about the page is answered with yes; gives the answer. */
export async function eventually(city, what, ask) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(20)) {
    const answer = await ask();
    if (answer) return answer;
  }
  await city.look('failed');
  return assert.fail(`waited in vain until ${what}; the keyboard is on ${JSON.stringify(await focused(city))}\n${await outline(city)}`);
}

/** Presses a key until something of that kind and name has the keyboard. */
export async function keyTo(city, kind, name, key = 'Tab') {
  const met = [];
  for (let presses = 0; presses < 80; presses += 1) {
    const now = await focused(city);
    if (now.kind === kind && now.name.includes(name)) return now;
    met.push(`${now.kind} ${now.name}`);
    await city.page.keyboard.press(key);
  }
  return assert.fail(`no ${kind} "${name}" on the way of ${key}:\n${met.join('\n')}`);
}

/** What was announced last. */
export function said(city) {
  return city.page.locator('#said').textContent();
}

/** Waits until something is announced. */
export function hears(city, pattern) {
  return eventually(city, `${pattern} is announced`, async () => {
    const line = await said(city);
    return pattern.test(line) && line;
  });
}

/** A panel's texts, lists and controls, one a line, as they are read. */
export function outline(city, panel = 'mirror') {
  return city.page.evaluate((id) => {
    const lines = [];
    const walk = (element) => {
      for (const child of element.children) {
        const kind = child.tagName === 'INPUT' ? child.type : child.tagName.toLowerCase();
        const name = child.getAttribute('aria-label') ?? (child.children.length ? '' : child.textContent);
        lines.push(`${kind} ${name}`.trim());
        walk(child);
      }
    };
    const root = document.getElementById(id);
    if (root) walk(root);
    return lines.join('\n');
  }, panel);
}
