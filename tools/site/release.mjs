// Makes a release of a laid-out folder: the list of its files with their digests, the worker that keeps them (see
// assets/web/worker.js), and the page that knows which release it is of.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Twelve hexadecimal digits of the SHA-256 of everything given. */
export function hash(...parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex').slice(0, 12);
}

export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Writes `index.html`, the list, `worker.js` and `release.json` into a folder that holds everything else. `page` makes
 * the page's text of `{ release, core_bytes }`, `worker` is the worker's source. A release is named after all of them.
 */
export function seal(folder, page, worker) {
  const files = inOrder(folder).map(({ path, core }) => {
    const bytes = readFileSync(join(folder, path));
    return { path, core, row: [encodeURI(path), bytes.length, hash(bytes)] };
  });
  const core = files.filter((file) => file.core).map(({ row }) => row);
  const rest = files.filter((file) => !file.core).map(({ row }) => row);
  const core_bytes = String(core.reduce((sum, [, bytes]) => sum + bytes, 0));
  const release = hash(JSON.stringify([core, rest]), page({ release: '', core_bytes }), worker);
  const index = page({ release, core_bytes });
  writeFileSync(join(folder, 'index.html'), index);
  core.unshift(['index.html', Buffer.byteLength(index), hash(index)]);
  const list = JSON.stringify({ release, core: core.length, files: [...core, ...rest] });
  const name = `files-${hash(list)}.json`;
  writeFileSync(join(folder, name), list);
  writeFileSync(join(folder, 'worker.js'), worker.replace('{{release}}', release).replace('{{list}}', name));
  writeFileSync(join(folder, 'release.json'), JSON.stringify({ release }));
  return release;
}

/** The files of the folder in the order in which they are kept: what there is no city without, then coarse before fine. */
function inOrder(folder) {
  // What browsers ask for that cannot run the programs is kept by none: they register no worker. Nor is what no page needs.
  const isKept = (path) => !/\.(br|gz)$/.test(path) && !/^(plain-|licences\/)/.test(path);
  const all = filesBelow(folder).map((file) => relative(folder, file).replaceAll('\\', '/')).filter(isKept);
  const twin = JSON.parse(readFileSync(join(folder, 'twin/public/twin.json'), 'utf8'));
  const trees = [twin.buildings, twin.ground].filter(Boolean).map((path) => levelsOf(folder, `twin/public/${path}`));
  const tilesets = new Set(trees.flatMap((tree) => tree.tilesets));
  const isCore = (path) => !path.startsWith('twin/') || path === 'twin/public/twin.json' || tilesets.has(path);
  const level = new Map(trees.flatMap((tree) => [...tree.levels]));
  // Layers and indices are small and of the whole city: after the first level, before the others.
  const place = (path) => (isCore(path) ? -1 : level.get(path) ?? 0.5);
  return all.map((path) => ({ path, core: isCore(path), place: place(path) })).sort((a, b) => a.place - b.place);
}

/** The tilesets that a tileset is made of, and how deep in the tree each tile's file stands. */
function levelsOf(folder, first) {
  const [tilesets, levels] = [[], new Map()];
  const visit = (path, depth) => {
    tilesets.push(path);
    const walk = (tile, below) => {
      for (const content of [tile.content, ...(tile.contents ?? [])].filter(Boolean)) {
        const file = join(dirname(path), content.uri).replaceAll('\\', '/');
        if (file.endsWith('.json')) visit(file, below);
        else levels.set(file, below);
      }
      for (const child of tile.children ?? []) walk(child, below + 1);
    };
    walk(JSON.parse(readFileSync(join(folder, path), 'utf8')).root, depth);
  };
  visit(first, 0);
  return { tilesets, levels };
}
