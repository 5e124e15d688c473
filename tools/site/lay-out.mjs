// Lays out the site: one folder that any static server can host, at its root or under any path.
//   node lay-out.mjs --program DIR --twin DIR --still FILE --out DIR [--quality 11] [--wasm-budget BYTES]
// `--program` is what wasm-bindgen wrote, `--twin` a published twin, `--quality` how hard Brotli tries (1 to 11).
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { CONTENT_SECURITY_POLICY } from './policy.mjs';

const SHELL = fileURLToPath(new URL('../../assets/web/', import.meta.url));
/** Worth packing; pictures are packed already. */
const PACKED = new Set(['.css', '.geojson', '.glb', '.html', '.js', '.json', '.svg', '.wasm']);
/** Most that the page may weigh before the city itself, bytes as Brotli. */
const SHELL_BUDGET = 60_000;

const { values: options } = parseArgs({
  options: {
    program: { type: 'string' },
    twin: { type: 'string' },
    still: { type: 'string' },
    out: { type: 'string' },
    quality: { type: 'string', default: '11' },
    'wasm-budget': { type: 'string', default: 'Infinity' },
  },
});
const fresh = `${options.out}.new`;
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
const names = copyProgram();
copyShell(names);
cpSync(join(options.twin, 'public'), join(fresh, 'twin/public'), { recursive: true });
pack();
rmSync(options.out, { recursive: true, force: true });
renameSync(fresh, options.out);
tellSizes(names);

/** The program's files in a folder whose name changes with their content. */
function copyProgram() {
  const wasm = readFileSync(join(options.program, 'city_bg.wasm'));
  const glue = readFileSync(join(options.program, 'city.js'));
  const folder = `city-${hash(wasm, glue)}/`;
  cpSync(options.program, join(fresh, folder), { recursive: true, filter: (name) => !name.endsWith('.d.ts') });
  return { wasm: `${folder}city_bg.wasm`, wasm_bytes: String(wasm.length), glue: `${folder}city.js` };
}

function copyShell(names) {
  for (const name of ['shell.css', 'shell.js', 'old.js', 'bench.js', 'icon.svg']) names[name] = copyHashed(join(SHELL, name));
  names.still = copyHashed(options.still, 'still');
  const twin = JSON.parse(readFileSync(join(options.twin, 'public/twin.json'), 'utf8'));
  names.title = twin.title.de;
  names.description = `${twin.title.de}: 3D-Stadtmodell zum Ansehen und Anklicken`;
  names.texts = JSON.stringify({ city: twin.title, shell: JSON.parse(readFileSync(join(SHELL, 'texts.json'), 'utf8')) });
  names.sources = [...new Set(twin.sources.map((source) => source.attribution))].join(' · ');
  names.version = /^version = "(.*)"$/m.exec(readFileSync(join(SHELL, '../../Cargo.toml'), 'utf8'))[1];
  names.ahead = ['twin.json', twin.buildings, twin.ground].filter(Boolean).map((path) => `twin/public/${path}`).join(' ');
  names.csp = CONTENT_SECURITY_POLICY;
  const page = readFileSync(join(SHELL, 'index.html'), 'utf8').replace(/\{\{([\w.]+)\}\}/g, (_, name) => {
    if (!(name in names)) throw new Error(`index.html asks for ${name}, which there is not`);
    return escaped(names[name]);
  });
  writeFileSync(join(fresh, 'index.html'), page);
  // The benchmark that puts viewers side by side measures when the first tile is seen: no still picture before it.
  const bench = page.replace(/<img id="still".*>/, '').replace('<body', '<body class="bench"');
  const ahead = `  <link rel="modulepreload" href="${names['bench.js']}" />\n  </head>`;
  writeFileSync(join(fresh, 'bench.html'), bench.replace('</head>', ahead));
}

function copyHashed(file, stem = null) {
  const ending = extname(file);
  const bytes = readFileSync(file);
  const name = `${stem ?? file.slice(dirname(file).length + 1, -ending.length)}-${hash(bytes)}${ending}`;
  writeFileSync(join(fresh, name), bytes);
  return name;
}

function hash(...parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex').slice(0, 12);
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** Puts a Brotli and a gzip file beside each file that gets smaller by it. */
function pack() {
  const quality = Number(options.quality);
  for (const file of filesBelow(fresh).filter((file) => PACKED.has(extname(file)))) {
    const bytes = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    params[constants.BROTLI_PARAM_LGWIN] = constants.BROTLI_MAX_WINDOW_BITS;
    const forms = [['.br', brotliCompressSync(bytes, { params })], ['.gz', gzipSync(bytes, { level: Math.min(quality, 9) })]];
    for (const [ending, packed] of forms) if (packed.length < bytes.length) writeFileSync(file + ending, packed);
  }
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function tellSizes(names) {
  const raw = (name) => statSync(join(options.out, name)).size;
  const onTheWire = (name) => (existsSync(join(options.out, `${name}.br`)) ? raw(`${name}.br`) : raw(name));
  const twin = filesBelow(join(options.out, 'twin')).map((file) => relative(options.out, file)).filter((name) => !/\.(br|gz)$/.test(name));
  const rows = [
    ['program', [names.wasm]],
    ['its JavaScript', [names.glue]],
    ['page, styles, script', ['index.html', names['shell.css'], names['shell.js']]],
    ['still picture', [names.still]],
    [`twin, ${twin.length} files`, twin],
  ];
  console.log('                              bytes      as Brotli');
  for (const [title, files] of rows) {
    const sum = (size) => files.reduce((total, name) => total + size(name), 0).toLocaleString('en').padStart(14);
    console.log(`${title.padEnd(22)}${sum(raw)}${sum(onTheWire)}`);
  }
  const shell = rows[2][1].reduce((total, name) => total + onTheWire(name), 0);
  if (shell > SHELL_BUDGET) throw new Error(`the page weighs ${shell} bytes, more than ${SHELL_BUDGET}`);
  const [wasm, budget] = [onTheWire(names.wasm), Number(options['wasm-budget'])];
  if (wasm > budget) throw new Error(`the program weighs ${wasm} bytes on the wire, more than ${budget}`);
}
