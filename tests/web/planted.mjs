// A site of an invented city of its own, in whose sources everything that citizens are not told is a value that stands
// nowhere else: found anywhere in a page, it has got out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SITE, description } from './city.mjs';

const PROGRAM = process.env.STADTZWILLING_PROGRAM;
const LAY_OUT = fileURLToPath(new URL('../../tools/site/lay-out.mjs', import.meta.url));
const TABLE = 'tables/attributes.csv';
/** A policy that tells everyone who owns a house and how many live there. */
const OPEN = ['owner', 'residents'];

/**
 * Makes the site, runs `visit` with its folder and with what was planted (each a value with the column and the house that
 * it is of), and takes everything away again. `open` lets owners and residents out, as no policy may.
 */
export async function withPlantedSite({ buildings = 300, open = false }, visit) {
  const folder = mkdtempSync(join(tmpdir(), 'stadtzwilling-planted-'));
  try {
    const [sources, twin, site] = ['sources', 'twin', 'site'].map((name) => join(folder, name));
    run(PROGRAM, 'sample', '--buildings', buildings, '--out', sources);
    const planted = plant(join(sources, TABLE));
    if (open) letOut(join(sources, 'policy.toml'));
    run(PROGRAM, 'build', join(sources, 'city.toml'), '--out', twin, '--audience', 'citizen', '--date', '2026-07-01');
    run(process.execPath, LAY_OUT, ...programs(), '--twin', twin, '--out', site, '--quality', 1);
    await visit({ site, planted, addresses: addresses(sources) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program, ...parts) {
  assert.ok(program, 'STADTZWILLING_PROGRAM names no program that makes cities');
  const { status, error, stdout, stderr } = spawnSync(program, parts.map(String), { encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${parts.join(' ')}: ${error ?? ''}${stdout}${stderr}`);
}

/** The programs and the picture of the site that is tested. */
function programs() {
  const named = (pattern) => join(SITE, readdirSync(SITE).find((name) => pattern.test(name)));
  return ['--program', named(/^city-\w+$/), '--answers', named(/^answers-\w+$/), '--still', named(/^still-\w+\.webp$/)];
}

/** Replaces every value of the table that citizens are not told, and refines those that they are told in steps. */
function plant(path) {
  const rows = readFileSync(path, 'utf8').trim().split('\n').map((line) => line.split(','));
  const [header, ...houses] = rows;
  const told = new Map(description().attributes.map(({ name, operation }) => [name, operation]));
  const planted = [];
  header.forEach((column, at) => {
    if (column === 'gml_id' || (told.has(column) && !told.get(column))) return;
    const isNumber = houses.every((cells) => Number.isFinite(Number(cells[at])));
    houses.forEach((cells, row) => {
      const value = told.has(column) ? finer(cells[at], row) : isNumber ? number(at, row) : `Kanarie ${row} ${column} Geheimnisträgerin`;
      if (value === cells[at]) return;
      cells[at] = value;
      planted.push({ value, column, house: cells[0] });
    });
  });
  writeFileSync(path, rows.map((cells) => cells.join(',')).join('\n') + '\n');
  return planted;
}

/** A number that is told in steps with more digits than anybody measures; words are told as other words. */
const finer = (cell, row) => (/^\d+\.\d+$/.test(cell) ? `${cell}${String(70_000_001 + row * 10)}` : cell);

/** A number that nothing else is, and which 53 bits hold. */
const number = (column, row) => String(471_100_000_000_001 + column * 10_000_000 + row * 1000);

function letOut(path) {
  const policy = readFileSync(path, 'utf8');
  const kept = policy.replace(`names = ["${OPEN.join('", "')}", `, 'names = [');
  assert.notEqual(kept, policy);
  const rule = (name, type) => `
[[attribute]]
name = "${name}"
class = "public"
type = "${type}"
label = { de = "${name}", en = "${name}" }
legal_basis = { de = "keine", en = "none" }
why = { de = "Nur für die Gegenprobe.", en = "For the control only." }
release.citizen = { op = "as_is" }
`;
  writeFileSync(path, kept.replace('\n[[attribute]]\n', `${rule(OPEN[0], 'text')}${rule(OPEN[1], 'integer')}\n[[attribute]]\n`));
}

/** The addresses that anyone may know: street and number. */
function addresses(sources) {
  const [, ...rows] = readFileSync(join(sources, 'tables/addresses.csv'), 'utf8').trim().split('\n');
  return rows.map((row) => row.split(';')[1].split(',')[0]);
}
