// Measures the site beside CesiumJS and 3DTilesRendererJS, with the pages of a folder that holds those peers, and writes
// the table into the page of benchmarks. Fails where the city is over its budget.
//   node compare.mjs --bench DIR --site DIR --work DIR --markdown FILE [--runs 5] [--buildings 5000]
//   node compare.mjs --results FILE --markdown FILE
// The second form measures nothing and judges what an earlier run has measured: WORK/dist/results/compared.json, which
// also says of how many buildings and visits, and on which machine.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run, setUpPeers } from './peers.mjs';
import { PEERS, TARGETS, missed, rowOf } from './verdict.mjs';

const { values: options } = parseArgs({
  options: {
    bench: { type: 'string' },
    site: { type: 'string' },
    work: { type: 'string' },
    results: { type: 'string' },
    markdown: { type: 'string' },
    runs: { type: 'string', default: '5' },
    buildings: { type: 'string', default: '5000' },
  },
});
/** Longitude, latitude, height, distance, heading, pitch of the view that is compared. */
const CAMERA = '11.5755,48.1372,565,1500,30,-30';
/** A page without any library, and what it needs of the peers' folder. */
const BARE = fileURLToPath(new URL('bare', import.meta.url));
const BARE_MODULES = ['view.js', 'contract.js', 'frame-loop.js'];
/** A mobile line, ms until an answer begins and kB/s; what is told of it. */
const SLOW_LINE = { latency: 30, bandwidth: 2000 };
const TOLD_OF_SLOW_LINE = ['firstTilesMs', 'viewCompleteMs'];
const SECTION = '## In a browser, beside other viewers';

const results = options.results ? JSON.parse(readFileSync(options.results, 'utf8')) : await measure();
const rows = TARGETS.map((target) => rowOf(target, results.summary));
const slowRows = TARGETS.filter(({ metric }) => TOLD_OF_SLOW_LINE.includes(metric))
  .map((target) => rowOf(target, results.slow.summary));
console.log(['', ...table(rows), '', ...table(slowRows)].join('\n'));
write(results);
const over = [...missed(rows).map(({ row }) => row), ...missed(slowRows).map(({ row }) => `${row}, on the slow line`)];
if (over.length > 0) {
  console.error(`over budget: ${over.join('; ')}`);
  process.exitCode = 1;
}

/** A copy of the peers' folder with their pages built, a tileset, and the site beside it. */
function setUp() {
  const { work } = options;
  setUpPeers(options.bench, work);
  run(work, 'node', ['synth.mjs', '--buildings', options.buildings, '--out', 'dist/synth']);
  rmSync(join(work, 'dist/ours'), { recursive: true, force: true });
  cpSync(options.site, join(work, 'dist/ours'), { recursive: true });
  cpSync(BARE, join(work, 'dist/bare'), { recursive: true });
  for (const name of BARE_MODULES) cpSync(join(work, 'pages', name), join(work, 'dist/bare', name));
}

/** What a run told, `slow` on the slow line too. */
async function measure() {
  setUp();
  const { startServer } = await import(join(options.work, 'serve.mjs'));
  const { server, url } = await startServer({ root: join(options.work, 'dist') });
  try {
    const ours = `ours=${url}ours/bench.html`;
    const fast = await visit(url, `${PEERS.join()},${ours},bare=${url}bare/index.html`, []);
    const line = Object.entries(SLOW_LINE).flatMap(([name, value]) => [`--${name}`, value]);
    const measured = { ...fast, of: conditions(), slow: await visit(url, `${PEERS.join()},${ours}`, line) };
    writeFileSync(join(options.work, 'dist/results/compared.json'), JSON.stringify(measured));
    return measured;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** What was measured and on which machine: figures may be judged on another one, with other options. */
function conditions() {
  const cores = cpus();
  return {
    buildings: Number(options.buildings),
    visits: Number(options.runs),
    processor: cores[0].model.trim(),
    cores: cores.length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
  };
}

/** Visits each of the viewers so often as asked for, in turns. */
async function visit(url, viewers, line) {
  const json = join(options.work, 'dist/results/latest.json');
  mkdirSync(join(options.work, 'dist/results'), { recursive: true });
  const args = ['run.mjs', '--tileset', `${url}synth/tileset.json`, '--camera', CAMERA, '--runs', options.runs,
    '--viewers', viewers, '--json', json, ...line];
  // Not waited for in place: the server of the tiles runs in this very process.
  const status = await new Promise((ended, failed) => {
    spawn('node', args, { cwd: options.work, stdio: ['ignore', 'inherit', 'inherit'] }).on('error', failed).on('exit', ended);
  });
  if (status !== 0) throw new Error('the comparison did not come to its end');
  return JSON.parse(readFileSync(json, 'utf8'));
}

function table(rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const body = rows.map(({ row, cells, verdict }) => line([row, ...cells, verdict]));
  return ['| | CesiumJS | 3DTilesRendererJS | Stadtzwilling | target |', '|---|---:|---:|---:|---|', ...body];
}

/** Replaces the section of its own, or adds it at the end. */
function write({ date, of, runs, summary }) {
  const all = Object.values(runs).flat();
  const loads = all.map(({ info }) => info.loadAverageBefore);
  const version = (viewer) => `${runs[viewer][0].info.name} ${runs[viewer][0].info.version}`;
  const about = `Written by \`./dev bench web\` on ${date.slice(0, 10)}: ${of.processor}, ${of.cores} cores, `
    + `${of.memory_gib} GiB, load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} `
    + `before a run. ${[...PEERS, 'ours'].map(version).join(', ')}, in ${all[0].info.browser}, whose WebGL is drawn by the `
    + `processor (SwiftShader), at 1280×720 from a server on the same machine; ${of.buildings} buildings as boxes, `
    + `${of.visits} visits each, in turns, every one in a fresh browser; medians. Memory is what the page's processes `
    + 'take more than on an empty page; ours has had its browser tidy up by then, as it does for everyone '
    + '(assets/web/tidy.js). A page that draws the finest of these tiles with no library at all (tools/site/bare), in the '
    + `same run: ${summary.bare.rssViewGrowthMiB.toFixed(0)} MiB after the view, `
    + `${summary.bare.rssOrbitGrowthMiB.toFixed(0)} MiB after the orbit.`;
  const slow = `The same on a line of ${SLOW_LINE.bandwidth} kB/s that lets each answer wait for ${SLOW_LINE.latency} ms, for `
    + 'program and tiles alike:';
  const section = `${[SECTION, about, table(rows).join('\n'), slow, table(slowRows).join('\n')].join('\n\n')}\n`;
  const page = existsSync(options.markdown) ? readFileSync(options.markdown, 'utf8') : '# Benchmarks\n';
  const start = page.indexOf(SECTION);
  const end = start < 0 ? -1 : page.indexOf('\n## ', start + 1);
  const before = start < 0 ? `${page.trimEnd()}\n\n` : page.slice(0, start);
  writeFileSync(options.markdown, before + section + (end < 0 ? '' : page.slice(end)));
}
