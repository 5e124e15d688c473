// Sets up the pages of CesiumJS and 3DTilesRendererJS, which are no part of this repository, in a folder of their own.
// What has been made of the same sources is taken as it is.
//   node peers.mjs --bench DIR --work DIR
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** What is made there and not copied. */
const MADE = /(^|[/\\])(node_modules|dist)([/\\]|$)/;

/** A copy of the peers' folder `bench` in `work`, with their pages built in `dist/pages`. */
export function setUpPeers(bench, work) {
  const stamp = join(work, 'made-of');
  const sources = digest(bench);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) {
    console.log('the pages of other viewers are there');
    return;
  }
  rmSync(work, { recursive: true, force: true });
  cpSync(bench, work, { recursive: true, filter: (name) => !MADE.test(name.slice(bench.length)) });
  // The original may be one that nobody may write to.
  run(work, 'chmod', ['-R', 'u+w', '.']);
  run(work, 'npm', ['ci', '--no-audit', '--no-fund']);
  run(work, 'npm', ['run', 'build']);
  // Last: what was broken off is made anew.
  writeFileSync(stamp, sources);
}

/** Runs a command in a folder, with what it says; throws where it fails. */
export function run(folder, command, args) {
  const { status } = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed in ${folder}`);
}

/** SHA-256 over the names and bytes of all files that are copied. */
function digest(folder) {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true }).filter((name) => !MADE.test(name)).sort();
  for (const name of names.filter((name) => statSync(join(folder, name)).isFile())) {
    hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { bench: { type: 'string' }, work: { type: 'string' } } });
  setUpPeers(values.bench, values.work);
}
