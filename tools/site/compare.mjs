// Measures the site beside CesiumJS and 3DTilesRendererJS, with the pages of a folder that holds those peers, and writes
// the table into the page of benchmarks. Fails where the city is over its budget.
//   node compare.mjs --bench DIR --site DIR --work DIR --markdown FILE [--runs 5] [--buildings 5000]
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    bench: { type: 'string' },
    site: { type: 'string' },
    work: { type: 'string' },
    markdown: { type: 'string' },
    runs: { type: 'string', default: '5' },
    buildings: { type: 'string', default: '5000' },
  },
});
/** Longitude, latitude, height, distance, heading, pitch of the view that is compared. */
const CAMERA = '11.5755,48.1372,565,1500,30,-30';
const CESIUM = ['cesium'];
const PEERS = ['cesium', 'three'];
/** What is compared with the best of which peers, and how many times theirs it may be. */
const TARGETS = [
  { metric: 'firstTilesMs', row: 'first buildings, ms', digits: 0, of: CESIUM, most: 1.3 },
  { metric: 'viewCompleteMs', row: 'whole view, ms', digits: 0, of: CESIUM, most: 0.8 },
  { metric: 'orbitP50Ms', row: 'frame of an orbit, median, ms', digits: 1, of: PEERS, most: 0.7 },
  { metric: 'orbitP95Ms', row: 'frame of an orbit, p95, ms', digits: 1, of: PEERS, most: 0.7 },
  { metric: 'rssViewGrowthMiB', row: 'memory of the page’s processes after the view, MiB', digits: 0, of: PEERS, most: 0.8 },
  { metric: 'rssOrbitGrowthMiB', row: 'memory of the page’s processes after the orbit, MiB', digits: 0, of: PEERS, most: 0.8 },
  { metric: 'pickP50Ms', row: 'picking, median, ms', digits: 1 },
  { metric: 'appKB', row: 'program on the wire, kB', digits: 0 },
  { metric: 'tileKB', row: 'tiles on the wire, kB', digits: 0 },
  { metric: 'wasmMiB', row: 'memory of WebAssembly, MiB', digits: 1 },
  { metric: 'tilesVisible', row: 'tiles drawn', digits: 0 },
  { metric: 'trianglesVisible', row: 'triangles drawn', digits: 0 },
  { metric: 'pickHits', row: 'picks that met a building, of 20', digits: 0 },
  { metric: 'pickAgreement', row: 'of these the same as CesiumJS’s', digits: 2 },
  { metric: 'outlineOverlap', row: 'overlap of the outlines with CesiumJS’s', digits: 3 },
];
const SECTION = '## In a browser, beside other viewers';

setUp();
const results = await measure();
const rows = TARGETS.map((target) => rowOf(target, results.summary));
console.log(['', ...table(rows)].join('\n'));
write(rows, results);
const missed = rows.filter(({ verdict }) => verdict.endsWith('missed'));
if (missed.length > 0) {
  console.error(`over budget: ${missed.map(({ row }) => row).join('; ')}`);
  process.exitCode = 1;
}

/** A copy of the peers' folder with their pages built, a tileset, and the site beside it. */
function setUp() {
  const { work } = options;
  if (!existsSync(join(work, 'node_modules'))) {
    rmSync(work, { recursive: true, force: true });
    cpSync(options.bench, work, { recursive: true, filter: (name) => !/[/\\](node_modules|dist)$/.test(name) });
    run('npm', ['ci', '--no-audit', '--no-fund']);
  }
  if (!existsSync(join(work, 'dist/pages'))) run('npm', ['run', 'build']);
  run('node', ['synth.mjs', '--buildings', options.buildings, '--out', 'dist/synth']);
  rmSync(join(work, 'dist/ours'), { recursive: true, force: true });
  cpSync(options.site, join(work, 'dist/ours'), { recursive: true });
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: options.work, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed in ${options.work}`);
}

async function measure() {
  const { startServer } = await import(join(options.work, 'serve.mjs'));
  const { server, url } = await startServer({ root: join(options.work, 'dist') });
  const json = join(options.work, 'dist/results/latest.json');
  mkdirSync(join(options.work, 'dist/results'), { recursive: true });
  try {
    const args = ['run.mjs', '--tileset', `${url}synth/tileset.json`, '--camera', CAMERA, '--runs', options.runs,
      '--viewers', `cesium,three,ours=${url}ours/bench.html`, '--json', json];
    // Not waited for in place: the server of the tiles runs in this very process.
    const status = await new Promise((ended, failed) => {
      spawn('node', args, { cwd: options.work, stdio: ['ignore', 'inherit', 'inherit'] }).on('error', failed).on('exit', ended);
    });
    if (status !== 0) throw new Error('the comparison did not come to its end');
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return JSON.parse(readFileSync(json, 'utf8'));
}

function rowOf({ metric, row, digits, of, most }, summary) {
  const value = (viewer) => summary[viewer][metric];
  const cell = (viewer) => (value(viewer) === null ? '–' : value(viewer).toFixed(digits));
  if (!of) return { row, cells: [...PEERS, 'ours'].map(cell), verdict: '' };
  const ratio = value('ours') / Math.min(...of.map(value));
  const whose = of === CESIUM ? 'CesiumJS' : 'the better';
  const verdict = `${ratio.toFixed(2)} of ${whose}, at most ${most.toFixed(1)}: ${ratio <= most ? 'met' : 'missed'}`;
  return { row, cells: [...PEERS, 'ours'].map(cell), verdict };
}

function table(rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const body = rows.map(({ row, cells, verdict }) => line([row, ...cells, verdict]));
  return ['| | CesiumJS | 3DTilesRendererJS | Stadtzwilling | target |', '|---|---:|---:|---:|---|', ...body];
}

/** Replaces the section of its own, or adds it at the end. */
function write(rows, { date, runs }) {
  const all = Object.values(runs).flat();
  const loads = all.map(({ info }) => info.loadAverageBefore);
  const version = (viewer) => `${runs[viewer][0].info.name} ${runs[viewer][0].info.version}`;
  const [{ model }] = cpus();
  const about = `Written by \`./dev bench web\` on ${date.slice(0, 10)}: ${model.trim()}, ${cpus().length} cores, `
    + `${Math.round(totalmem() / 2 ** 30)} GiB, load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} `
    + `before a run. ${[...PEERS, 'ours'].map(version).join(', ')}, in ${all[0].info.browser}, whose WebGL is drawn by the `
    + `processor (SwiftShader), at 1280×720 from a server on the same machine; ${options.buildings} buildings as boxes, `
    + `${options.runs} visits each, in turns, every one in a fresh browser; medians. Memory is what the page's processes `
    + 'take more than on an empty page; ours has had its browser tidy up by then, as it does for everyone (assets/web/tidy.js).';
  const section = `${SECTION}\n\n${about}\n\n${table(rows).join('\n')}\n`;
  const page = existsSync(options.markdown) ? readFileSync(options.markdown, 'utf8') : '# Benchmarks\n';
  const start = page.indexOf(SECTION);
  const end = start < 0 ? -1 : page.indexOf('\n## ', start + 1);
  const before = start < 0 ? `${page.trimEnd()}\n\n` : page.slice(0, start);
  writeFileSync(options.markdown, before + section + (end < 0 ? '' : page.slice(end)));
}
