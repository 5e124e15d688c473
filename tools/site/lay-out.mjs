// Lays out the site: one folder that any static server can host, at its root or under any path.
//   node lay-out.mjs --program DIR --answers DIR --twin DIR --still FILE --out DIR [--quality 11] [--operator FILE]
//     [--wasm-budget BYTES] [--answers-budget BYTES]
// `--program` is what wasm-bindgen wrote of the city's program, `--answers` of the one that only answers, `--twin` a
// published twin, `--quality` how hard Brotli tries (1 to 11), `--operator` who runs the site, for the pages on
// accessibility and privacy; without it an invented one, which the pages say. `--wasm-budget` is the most that the city's
// program may weigh as Brotli, `--answers-budget` the most that the one may that only answers.
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { documents } from './documents.mjs';
import { icon, webManifest } from './icons.mjs';
import { PLAIN, plainPage } from './plain.mjs';
import { CONTENT_SECURITY_POLICY } from './policy.mjs';
import { filesBelow, hash, seal } from './release.mjs';

const SHELL = fileURLToPath(new URL('../../assets/web/', import.meta.url));
/** The fonts that the program and the page draw with, and what they may be passed on with. */
const FONTS = fileURLToPath(new URL('../../assets/fonts/', import.meta.url));
const LICENCES = ['UFL.txt', 'OFL.txt', 'MIT.txt'];
const SAMPLE_OPERATOR = fileURLToPath(new URL('../../data/sample/operator.json', import.meta.url));
/** What the pages begin with: their scripts and styles, which bring the others. */
const SCRIPTS = ['shell.js'];
const STYLES = ['index.css', 'document.css'];
/** Scripts are written so that these know them: the oldest of each that can show the city. */
const TARGET = ['chrome94', 'firefox93', 'safari15'];
/** Styles are for those that cannot, too. */
const TARGET_OF_STYLES = ['chrome61', 'firefox60', 'safari11'];
/** Worth packing; pictures are packed already. */
const PACKED = new Set(['.css', '.geojson', '.glb', '.html', '.js', '.json', '.svg', '.ttf', '.wasm', '.webmanifest']);
/** Most that the page may weigh before the city itself, bytes as Brotli. */
const SHELL_BUDGET = 60_000;

const { values: options } = parseArgs({
  options: {
    program: { type: 'string' },
    answers: { type: 'string' },
    twin: { type: 'string' },
    still: { type: 'string' },
    out: { type: 'string' },
    quality: { type: 'string', default: '11' },
    operator: { type: 'string', default: SAMPLE_OPERATOR },
    'wasm-budget': { type: 'string', default: 'Infinity' },
    'answers-budget': { type: 'string', default: 'Infinity' },
  },
});
const out = resolve(options.out);
if (!mayBeReplaced(out)) throw new Error(`${out} is no site: it stays as it is`);
const fresh = freshBeside(out);
// Whatever ends the work before it has taken its place.
process.on('exit', () => rmSync(fresh, { recursive: true, force: true }));
const names = { ...copyProgram(), ...copyAnswers(), ...bundle(), ...layOutPlain() };
copyShell(names);
cpSync(join(options.twin, 'public'), join(fresh, 'twin/public'), { recursive: true, filter: isNotPacked });
writePages(names);
filesBelow(fresh).forEach(pack);
hold(pageOf(names), SHELL_BUDGET);
takeItsPlace();
tellSizes(names);

/** Whether a folder is a site, or there is nothing in it. */
function mayBeReplaced(folder) {
  return !existsSync(folder) || existsSync(join(folder, 'release.json')) || readdirSync(folder).length === 0;
}

/** A folder that nobody had before, which a server may read as it may any other. */
function freshBeside(folder) {
  mkdirSync(dirname(folder), { recursive: true });
  const made = mkdtempSync(`${folder}.new-`);
  chmodSync(made, 0o777 & ~process.umask());
  return made;
}

/** The new folder in place of the old one, by names alone: workers retire where a server has no release for long. */
function takeItsPlace() {
  if (!existsSync(out)) return renameSync(fresh, out);
  const old = `${out}.old-${process.pid}`;
  renameSync(out, old);
  renameSync(fresh, out);
  rmSync(old, { recursive: true });
}

function isNotPacked(name) {
  return !/\.(br|gz)$/.test(name);
}

/** The program's files in a folder whose name changes with their content; the page tells progress by their packed sizes. */
function copyProgram() {
  const wasm = readFileSync(join(options.program, 'city_bg.wasm'));
  const glue = readFileSync(join(options.program, 'city.js'));
  const folder = `city-${hash(wasm, glue)}/`;
  cpSync(options.program, join(fresh, folder), { recursive: true, filter: (name) => isNotPacked(name) && !name.endsWith('.d.ts') });
  const [br, gz] = pack(join(fresh, folder, 'city_bg.wasm'));
  hold([`${folder}city_bg.wasm`], options['wasm-budget']);
  return { wasm: `${folder}city_bg.wasm`, wasm_bytes: String(wasm.length), wasm_br: br, wasm_gz: gz, glue: `${folder}city.js` };
}

/** The program that only answers, likewise. */
function copyAnswers() {
  const [wasm, glue] = ['answers_bg.wasm', 'answers.js'].map((name) => readFileSync(join(options.answers, name)));
  const folder = `answers-${hash(wasm, glue)}/`;
  const isAsked = (name) => isNotPacked(name) && !name.endsWith('.d.ts') && basename(name) !== PLAIN;
  cpSync(options.answers, join(fresh, folder), { recursive: true, filter: isAsked });
  pack(join(fresh, folder, 'answers_bg.wasm'));
  hold([`${folder}answers_bg.wasm`], options['answers-budget']);
  return { answers_wasm: `${folder}answers_bg.wasm`, answers_glue: `${folder}answers.js` };
}

/**
 * The page for browsers that the city's own scripts are too new for, and the program that only answers as a script for
 * those without WebAssembly. Nobody else asks for them: the worker keeps none of it (release.mjs).
 */
function layOutPlain() {
  const [page, program] = [plainPage(SHELL), join(options.answers, PLAIN)];
  const isThere = existsSync(program);
  if (!isThere) console.warn(`${program} is not there: browsers without WebAssembly will get no answers`);
  const answers = isThere ? readFileSync(program) : '';
  const folder = `plain-${hash(page, answers)}/`;
  mkdirSync(join(fresh, folder));
  writeFileSync(join(fresh, folder, 'page.js'), page);
  if (isThere) writeFileSync(join(fresh, folder, 'answers.js'), answers);
  return { plain: `${folder}page.js`, answers_plain: isThere ? `${folder}answers.js` : '' };
}

/**
 * The scripts and styles of the pages, each with what it imports as one file: a browser that had to ask for two dozen
 * would ask for the program after them. What is only imported on the way, as the benchmark's script, stays a file. They
 * know each other by name: they stay together, in a folder whose name changes with their content.
 */
function bundle() {
  const built = [[SCRIPTS, TARGET], [STYLES, TARGET_OF_STYLES]].flatMap(([entryPoints, target]) => buildSync({
    absWorkingDir: SHELL,
    entryPoints,
    outdir: SHELL,
    entryNames: '[name]',
    chunkNames: '[name]',
    assetNames: '[name]',
    loader: { '.ttf': 'file' },
    bundle: true,
    splitting: true,
    define: { MODULES: 'true' },
    minify: true,
    format: 'esm',
    charset: 'utf8',
    target,
    write: false,
    logLevel: 'warning',
  }).outputFiles);
  const files = built.sort((a, b) => (a.path < b.path ? -1 : 1));
  const folder = `shell-${hash(...files.map(({ contents }) => contents))}/`;
  mkdirSync(join(fresh, folder));
  return Object.fromEntries(files.map(({ path, contents }) => {
    writeFileSync(join(fresh, folder, basename(path)), contents);
    return [basename(path), folder + basename(path)];
  }));
}

function copyShell(names) {
  for (const name of LICENCES) cpSync(join(FONTS, name), join(fresh, 'licences', name));
  for (const name of ['old.js', 'icon.svg']) names[name] = copyHashed(join(SHELL, name));
  const texts = JSON.parse(readFileSync(join(SHELL, 'texts.json'), 'utf8'));
  names.still = copyHashed(options.still, 'still');
  const twin = JSON.parse(readFileSync(join(options.twin, 'public/twin.json'), 'utf8'));
  names.title = twin.title.de;
  names.description = texts.de.description.replace('{city}', twin.title.de);
  const manifests = manifestsOf(twin.title, texts, names);
  names.manifest = manifests.de;
  names.texts = JSON.stringify({ city: twin.title, shell: texts, manifests });
  names.sources = [...new Set(twin.sources.map((source) => source.attribution))].join(' · ');
  names.version = /^version = "(.*)"$/m.exec(readFileSync(join(SHELL, '../../Cargo.toml'), 'utf8'))[1];
  const { lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg } = twin.home;
  names.home = [lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg].join(',');
  names.ahead = ['twin.json', twin.buildings, twin.ground].filter(Boolean).map((path) => `twin/public/${path}`).join(' ');
  names.csp = CONTENT_SECURITY_POLICY;
  names.worker = 'worker.js';
}

/** The web app manifest in each language, by its name. */
function manifestsOf(title, texts, names) {
  const icons = copyIcons(names);
  return Object.fromEntries(Object.entries(texts).map(([language, { tag, description }]) => {
    const city = title[language] ?? title.de;
    const manifest = webManifest({ title: city, description: description.replace('{city}', city), tag }, icons);
    return [language, writeHashed(manifest, `manifest-${language}`, '.webmanifest')];
  }));
}

function copyIcons(names) {
  const svg = readFileSync(join(SHELL, 'icon.svg'), 'utf8');
  const icons = [[192, 'any'], [512, 'any'], [512, 'maskable']].map(([pixels, purpose]) => {
    const stem = purpose === 'any' ? `icon-${pixels}` : `icon-${purpose}-${pixels}`;
    return { src: writeHashed(icon(svg, pixels, purpose === 'maskable'), stem, '.png'), pixels, purpose };
  });
  names['icon-192'] = icons[0].src;
  return icons;
}

/** The pages last: they name everything else, and the city's own page knows the release that all of it is. */
function writePages(names) {
  const operator = JSON.parse(readFileSync(options.operator, 'utf8'));
  const { shell: texts, manifests } = JSON.parse(names.texts);
  for (const [name, text] of documents(join(SHELL, 'pages'), operator, { ...names, manifests }, texts, filled)) writeFileSync(join(fresh, name), text);
  const template = readFileSync(join(SHELL, 'index.html'), 'utf8');
  const page = (values) => filled(template, { ...names, ...values });
  const release = seal(fresh, page, readFileSync(join(SHELL, 'worker.js'), 'utf8'));
  // The benchmark that puts viewers side by side measures when the first tile is seen: no still picture before it.
  const bench = page({ release, core_bytes: '' }).replace(/<img id="still".*>/, '').replace('<body', '<body class="bench"');
  const ahead = `  <link rel="modulepreload" href="${names['bench.js']}" />\n  </head>`;
  writeFileSync(join(fresh, 'bench.html'), bench.replace('</head>', ahead));
}

function filled(text, values) {
  return text.replace(/\{\{([\w.-]+)\}\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`a page asks for ${name}, which there is not`);
    return escaped(values[name]);
  });
}

function copyHashed(file, stem = basename(file, extname(file))) {
  return writeHashed(readFileSync(file), stem, extname(file));
}

function writeHashed(bytes, stem, ending) {
  const name = `${stem}-${hash(bytes)}${ending}`;
  writeFileSync(join(fresh, name), bytes);
  return name;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** Puts a Brotli and a gzip file beside a file that gets smaller by it; gives their sizes, empty where there is none. */
function pack(file) {
  if (!PACKED.has(extname(file)) || existsSync(`${file}.br`)) return [];
  const quality = Number(options.quality);
  const bytes = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  params[constants.BROTLI_PARAM_LGWIN] = constants.BROTLI_MAX_WINDOW_BITS;
  const forms = [['.br', brotliCompressSync(bytes, { params })], ['.gz', gzipSync(bytes, { level: Math.min(quality, 9) })]];
  return forms.map(([ending, packed]) => {
    if (packed.length >= bytes.length) return '';
    writeFileSync(file + ending, packed);
    return String(packed.length);
  });
}

function tellSizes(names) {
  const raw = (name) => statSync(join(out, name)).size;
  const twin = filesBelow(join(out, 'twin')).map((file) => relative(out, file)).filter(isNotPacked);
  const rows = [
    ['program', [names.wasm]],
    ['its JavaScript', [names.glue]],
    ['answers', [names.answers_wasm, names.answers_glue]],
    ['answers as a script', [names.answers_plain].filter(Boolean)],
    ['page, styles, scripts', pageOf(names)],
    ['still picture', [names.still]],
    [`twin, ${twin.length} files`, twin],
  ];
  console.log('                              bytes      as Brotli');
  for (const [title, files] of rows) {
    const sum = (size) => files.reduce((total, name) => total + size(name), 0).toLocaleString('en').padStart(14);
    console.log(`${title.padEnd(22)}${sum(raw)}${sum((name) => onTheWire(out, name))}`);
  }
}

/** What the page is made of before the city itself comes. */
function pageOf(names) {
  return ['index.html', names['index.css'], names['shell.js'], names['old.js']];
}

/** A file's bytes as they go over the wire. */
function onTheWire(folder, name) {
  const packed = join(folder, `${name}.br`);
  return statSync(existsSync(packed) ? packed : join(folder, name)).size;
}

/** Files that weigh too much end the work, before the site that is there is replaced. */
function hold(files, budget) {
  const bytes = files.reduce((sum, name) => sum + onTheWire(fresh, name), 0);
  // What is no number holds nothing back, and is a slip.
  if (!(bytes <= Number(budget))) throw new Error(`${files.join(', ')}: ${bytes} bytes on the wire, more than ${budget}`);
}
