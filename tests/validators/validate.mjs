// Runs Khronos' glTF validator, and beside it the checks of metadata that it has not, over every .glb under a folder:
//   node validate.mjs FOLDER
// Prints one JSON object: files, counts by severity, and every error and warning. Exits 1 where there is one, 2 where
// there is nothing to check.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { validateBytes } from 'gltf-validator';
import { metadataFaults, schemaOf } from './metadata.mjs';

// Two severities that must not occur, two that only inform (glTF validator, ISSUES.md).
const SEVERITIES = ['errors', 'warnings', 'infos', 'hints'];

const folder = process.argv[2];
if (!folder) {
  console.error('usage: node validate.mjs FOLDER');
  process.exit(2);
}

const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.glb')).sort();
const counts = { errors: 0, warnings: 0, infos: 0, hints: 0 };
const infoCodes = {};
const issues = [];
const schemas = new Map();
for (const file of files) {
  const bytes = new Uint8Array(readFileSync(join(folder, file)));
  const report = await validateBytes(bytes, { uri: file, maxIssues: 0 });
  const metadata = [...metadataFaults(bytes), ...schemaFaults(dirname(file), bytes)]
    .map((fault) => ({ ...fault, code: 'METADATA', severity: 0 }));
  for (const { code, message, pointer, severity } of [...report.issues.messages, ...metadata]) {
    counts[SEVERITIES[severity]] += 1;
    if (severity < 2) issues.push({ file, severity: SEVERITIES[severity], code, message, pointer });
    else infoCodes[code] = (infoCodes[code] ?? 0) + 1;
  }
}
console.log(JSON.stringify({ files: files.length, ...counts, infoCodes, issues: issues.slice(0, 100) }, null, 1));
process.exit(files.length === 0 ? 2 : counts.errors + counts.warnings > 0 ? 1 : 0);

/** A tile's schema is that of its tileset, where one lies beside it; the tileset's is checked by the project itself. */
function schemaFaults(below, bytes) {
  const path = join(folder, below, 'tileset.json');
  if (!schemas.has(path)) schemas.set(path, existsSync(path) ? JSON.parse(readFileSync(path)).schema : undefined);
  const [ofTileset, own] = [schemas.get(path), schemaOf(bytes)];
  if (!ofTileset || !own || isDeepStrictEqual(ofTileset, own)) return [];
  return [{ pointer: '/extensions/EXT_structural_metadata/schema', message: 'is not the schema of the tileset' }];
}
