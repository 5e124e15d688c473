// What weighs too much is not published, and what is slower than it may be beside other viewers does not pass.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { PEERS, TARGETS, missed, rowOf } from '../../tools/site/verdict.mjs';

const tool = (name) => fileURLToPath(new URL(`../../tools/site/${name}`, import.meta.url));
/** Larger than any budget of the page: what cannot be packed. */
const TOO_MUCH = 90_000;

test('a site that is over budget names file and budget, and replaces nothing', () => inFolder((folder) => {
  const given = emptySite(folder, 'Stadt');
  const refused = (budgets, pattern) => {
    const { status, stderr } = layOut({ ...given, ...budgets });
    assert.notEqual(status, 0, `${JSON.stringify(budgets)} is kept to`);
    assert.match(stderr, pattern);
  };
  refused({ 'wasm-budget': '1' }, /city-\w+\/city_bg\.wasm: \d+ bytes on the wire, more than 1\n/);
  refused({ 'answers-budget': '1' }, /answers-\w+\/answers_bg\.wasm: \d+ bytes on the wire, more than 1\n/);
  refused({ 'wasm-budget': '4 MB' }, /city_bg\.wasm: .* more than 4 MB\n/);
  assert.ok(!existsSync(given.out), 'nothing was laid out');
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('site')), [], 'what was begun is left');
  const kept = layOut({ ...given, out: `${given.out}/`, 'wasm-budget': '4000000', 'answers-budget': '1000000' });
  assert.equal(kept.status, 0, kept.stderr);
  const before = readFileSync(join(given.out, 'release.json'), 'utf8');
  assert.match(readFileSync(join(given.out, 'licences/OFL.txt'), 'utf8'), /SIL OPEN FONT LICENSE/i);
  const beside = `${given.out}.new`;
  mkdirSync(beside);
  const large = emptySite(folder, randomBytes(TOO_MUCH / 2).toString('hex'));
  const { status, stderr } = layOut(large);
  assert.notEqual(status, 0, 'the page itself is kept to its budget');
  assert.match(stderr, /index\.html, .*: \d+ bytes on the wire, more than 60000\n/);
  assert.equal(readFileSync(join(given.out, 'release.json'), 'utf8'), before, 'the site before was replaced');
  assert.ok(existsSync(beside), 'a folder beside the site is somebody else’s');
}));

test('a figure beyond its target is missed, and so is one that was not measured', () => {
  const target = TARGETS.find(({ metric }) => metric === 'orbitP50Ms');
  const verdict = (ours, cesium, three) => {
    const row = rowOf(target, { ours: { orbitP50Ms: ours }, cesium: { orbitP50Ms: cesium }, three: { orbitP50Ms: three } });
    return [row.verdict, missed([row]).length];
  };
  assert.deepEqual(verdict(70, 150, 100), ['0.70 of the better, at most 0.7: met', 0]);
  assert.deepEqual(verdict(71, 100, 150), ['0.71 of the better, at most 0.7: missed', 1]);
  for (const figures of [[null, 100, 100], [undefined, 100, 100], [NaN, 100, 100], [50, null, 100]]) {
    assert.equal(verdict(...figures)[1], 1, `${figures}`);
  }
  const compared = TARGETS.filter(({ of }) => of).map(({ metric, most }) => [metric, most]);
  assert.deepEqual(compared, [['firstTilesMs', 1.3], ['viewCompleteMs', 0.8], ['orbitP50Ms', 0.7], ['orbitP95Ms', 0.7], ['rssViewGrowthMiB', 0.8], ['rssOrbitGrowthMiB', 0.8]]);
});

test('a comparison that misses a target fails and says which', () => inFolder((folder) => {
  const judged = (share) => {
    const [results, markdown] = ['results.json', 'table.md'].map((name) => join(folder, name));
    writeFileSync(results, JSON.stringify(measured(share)));
    const { status, stderr } = spawnSync('node', [tool('compare.mjs'), '--results', results, '--markdown', markdown], { encoding: 'utf8' });
    return { status, stderr, table: readFileSync(markdown, 'utf8') };
  };
  const fine = judged(0.5);
  assert.equal(fine.status, 0, fine.stderr);
  assert.doesNotMatch(fine.table, /missed/);
  assert.match(fine.table, /: A processor, 3 cores, 7 GiB, /, 'another machine measured');
  assert.match(fine.table, / 12 buildings as boxes, 2 visits each, /, 'other options measured');
  const slow = judged(0.75);
  assert.equal(slow.status, 1);
  assert.match(slow.stderr, /^over budget: frame of an orbit, median, ms; frame of an orbit, p95, ms\n$/);
  assert.equal(slow.table.match(/at most 0\.7: missed/g).length, 2);
}));

/** What a comparison writes in which each of the city's figures is that share of the others'. */
function measured(share) {
  const figures = (value) => Object.fromEntries(TARGETS.map(({ metric }) => [metric, value]));
  const run = (name) => [{ info: { name, version: '1', browser: 'a browser', loadAverageBefore: 0 } }];
  const viewers = [...PEERS, 'ours', 'bare'];
  const summary = Object.fromEntries(viewers.map((viewer) => [viewer, figures(viewer === 'ours' ? 100 * share : 100)]));
  return {
    date: '2026-07-01T00:00:00Z',
    of: { buildings: 12, visits: 2, processor: 'A processor', cores: 3, memory_gib: 7 },
    summary,
    runs: Object.fromEntries(viewers.map((viewer) => [viewer, run(viewer)])),
    slow: { summary: { ...summary, ours: figures(50) } },
  };
}

/** What a site of no city is laid out of: programs of a kilobyte, which nobody runs. */
function emptySite(folder, title) {
  const write = (path, content) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const name of ['city', 'answers']) {
    write(`${name}/${name}_bg.wasm`, emptyProgram());
    write(`${name}/${name}.js`, 'export default 0;');
  }
  const home = { lon_deg: 11.5, lat_deg: 48.1, height_m: 500, distance_m: 900, heading_deg: 0, pitch_deg: -30 };
  write('twin/public/twin.json', JSON.stringify({ title: { de: title, en: title }, sources: [], home }));
  write('still.webp', 'no picture');
  const [program, answers, twin, still, out] = ['city', 'answers', 'twin', 'still.webp', 'site'].map((name) => join(folder, name));
  return { program, answers, twin, still, out, quality: '1' };
}

/** A module that does nothing, and a kilobyte of noise in a section that nobody reads: what cannot be packed. */
function emptyProgram() {
  const [magic, section] = [[0, 97, 115, 109, 1, 0, 0, 0], Buffer.concat([Buffer.from([1, 120]), randomBytes(998)])];
  const length = [section.length & 127 | 128, section.length >> 7];
  return Buffer.concat([Buffer.from([...magic, 0, ...length]), section]);
}

function layOut(given) {
  const parts = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
  return spawnSync('node', [tool('lay-out.mjs'), ...parts], { encoding: 'utf8' });
}

function inFolder(visit) {
  const folder = mkdtempSync(join(tmpdir(), 'stadtzwilling-budget-'));
  try {
    visit(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
