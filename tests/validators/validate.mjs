// Runs Khronos' glTF validator over every .glb under a folder:
//   node validate.mjs FOLDER
// Prints one JSON object: files, counts by severity, and every error and warning. Exits 1 where there is one, 2 where
// there is nothing to check.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateBytes } from 'gltf-validator';

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
for (const file of files) {
  const bytes = new Uint8Array(readFileSync(join(folder, file)));
  const report = await validateBytes(bytes, { uri: file, maxIssues: 0 });
  for (const { code, message, pointer, severity } of report.issues.messages) {
    counts[SEVERITIES[severity]] += 1;
    if (severity < 2) issues.push({ file, severity: SEVERITIES[severity], code, message, pointer });
    else infoCodes[code] = (infoCodes[code] ?? 0) + 1;
  }
}
console.log(JSON.stringify({ files: files.length, ...counts, infoCodes, issues: issues.slice(0, 100) }, null, 1));
process.exit(files.length === 0 ? 2 : counts.errors + counts.warnings > 0 ? 1 : 0);
