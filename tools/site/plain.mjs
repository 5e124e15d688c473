// For browsers without WebAssembly, and for those that the page's scripts are too new for: the program that only answers
// as a plain script, and the page without a picture in the language of older browsers.
//   node plain.mjs FOLDER [--small]
// FOLDER is what wasm-bindgen wrote of the program that only answers; the script is put beside it, unless it is there
// already. `--small` takes several minutes instead of one.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { hash } from './release.mjs';

/** The script's name beside the program. */
export const PLAIN = 'plain.js';
/** Browsers of 2016 and later: what is older gets a text. */
const TARGET = 'es2015';
const LOCK = fileURLToPath(new URL('./package-lock.json', import.meta.url));
const BINARYEN = fileURLToPath(new URL('./node_modules/.bin/', import.meta.url));
/** What the compiler may have used; the last two are what scripts have no word for. */
const FEATURES = ['mutable-globals', 'reference-types', 'multivalue', 'bulk-memory', 'bulk-memory-opt', 'nontrapping-float-to-int', 'sign-ext']
  .map((feature) => `--enable-${feature}`);
const LOWERED = ['--signext-lowering', '--llvm-nontrapping-fptoint-lowering'];

/** The page without a picture as one script. */
export function plainPage(folder) {
  return bundled({ absWorkingDir: folder, entryPoints: ['plain.js'], define: { MODULES: 'false' } });
}

/** The program in a folder as one script, which starts itself. */
function plainAnswers(folder, isSmall) {
  const work = mkdtempSync(join(tmpdir(), 'plain-'));
  try {
    const file = (name) => join(work, name);
    binaryen('wasm-opt', ...FEATURES, isSmall ? '-Oz' : '-O1', '--strip-debug', ...LOWERED, join(folder, 'answers_bg.wasm'), '-o', file('small.wasm'));
    binaryen('wasm-dis', ...FEATURES, file('small.wasm'), '-o', file('small.wat'));
    const { text, objects } = withoutReferences(readFileSync(file('small.wat'), 'utf8'));
    writeFileSync(file('plain.wat'), text);
    binaryen('wasm2js', ...FEATURES, ...(isSmall ? ['-O'] : []), file('plain.wat'), '-o', file('wasm2js.js'));
    writeFileSync(file('program.js'), asFunction(readFileSync(file('wasm2js.js'), 'utf8')));
    writeFileSync(file('machine.js'), machine(objects));
    writeFileSync(file('start.js'), `import { initSync } from ${JSON.stringify(resolve(folder, 'answers.js'))};\ninitSync({ module: null });\n`);
    return bundled({ absWorkingDir: work, entryPoints: ['start.js'], inject: [file('machine.js')], logOverride: { 'empty-import-meta': 'silent' } });
  } finally {
    rmSync(work, { recursive: true });
  }
}

/**
 * Scripts have one table, of functions. The one in which wasm-bindgen keeps the page's objects becomes an array outside of
 * the program, which asks for it by functions; its first length is given beside the text.
 */
function withoutReferences(text) {
  const [, table, objects] = /\n \(table (\$\S+) (\d+) (?:\d+ )?externref\)/.exec(text) ?? [];
  if (!table) return { text, objects: 0 };
  const name = table.replace('$', '\\$');
  const without = text
    .replace(new RegExp(`\\n \\(table ${name} [^\\n]*`), '')
    .replace(new RegExp(`\\n \\(export "[^"]*" \\(table ${name}\\)\\)`), '')
    .replace(new RegExp(`\\(table\\.(get|set|grow|fill|size) ${name}(?=[\\s)])`, 'g'), '(call $objects_$1')
    .replaceAll('(ref.null noextern)', '(call $objects_none)');
  return { text: without.replace('\n (import', `${OBJECTS}\n (import`), objects };
}

const OBJECTS = `
 (import "objects" "get" (func $objects_get (param i32) (result externref)))
 (import "objects" "set" (func $objects_set (param i32 externref)))
 (import "objects" "grow" (func $objects_grow (param externref i32) (result i32)))
 (import "objects" "fill" (func $objects_fill (param i32 externref i32)))
 (import "objects" "size" (func $objects_size (result i32)))
 (import "objects" "none" (func $objects_none (result externref)))`;

/** wasm2js writes a module that runs at once; this makes it a function of what it imports, which a machine can call. */
function asFunction(text) {
  const [program, rest] = text.replace(/^import .*;\n/gm, '').split('\nvar retasmFunc = ');
  const itsMemory = / function __wasm_memory_size\(\) \{[^]*? return oldPages;\n \}\n/;
  if (!rest || !itsMemory.test(program)) throw new Error('wasm2js writes another form');
  return `${program.replace(itsMemory, MEMORY)}\nexport { asmFunc as program };\n`;
}

/**
 * Memory that grows: to twice its room, since all of it is copied, and the program asks for a little at a time. The old
 * one goes, as with WebAssembly: whoever holds a view of it sees that it is empty.
 */
const MEMORY = `
 var pages = buffer.byteLength / 65536;
 function __wasm_memory_size() {
  return pages;
 }
 function __wasm_memory_grow(more) {
  var before = pages;
  if ((before + more) * 65536 <= buffer.byteLength) {
   pages = before + more;
   return before;
  }
  var old = buffer;
  var held = HEAPU8;
  try {
   buffer = new ArrayBuffer(Math.max(before + more, 2 * before) * 65536);
  } catch (tooMuch) {
   return -1;
  }
  pages = before + more;
  HEAP8 = new Int8Array(buffer);
  HEAP16 = new Int16Array(buffer);
  HEAP32 = new Int32Array(buffer);
  HEAPU8 = new Uint8Array(buffer);
  HEAPU16 = new Uint16Array(buffer);
  HEAPU32 = new Uint32Array(buffer);
  HEAPF32 = new Float32Array(buffer);
  HEAPF64 = new Float64Array(buffer);
  HEAPU8.set(held);
  bufferView = HEAPU8;
  var way = new MessageChannel();
  way.port1.postMessage(null, [old]);
  way.port1.close();
  way.port2.close();
  return before;
 }
`;

/** What stands for WebAssembly where wasm-bindgen's script asks for it: a machine that runs this one program. */
const machine = (length) => `
import { program } from './program.js';
class Module {}
class Instance {
  constructor(module, imports) {
    const objects = Array.from({ length: ${length} }, () => null);
    const table = {
      get: (at) => objects[at],
      set: (at, one) => { objects[at] = one; },
      grow: (by, one) => objects.push(...Array.from({ length: by }, () => one)) - by,
      fill: (at, one, count) => { objects.fill(one, at, at + count); },
      size: () => objects.length,
      none: () => null,
    };
    const exports = program({ ...imports, objects: { ...table, grow: (one, by) => table.grow(by, one) } });
    this.exports = { ...exports, __wbindgen_externrefs: table };
  }
}
export const WebAssembly = { Module, Instance };
`;

function binaryen(tool, ...options) {
  execFileSync(join(BINARYEN, tool), options, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function bundled(options) {
  const { outputFiles } = buildSync({
    bundle: true, minify: true, format: 'iife', charset: 'utf8', target: TARGET, write: false, logLevel: 'warning', ...options,
  });
  return outputFiles[0].text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: { small }, positionals: [folder] } = parseArgs({ allowPositionals: true, options: { small: { type: 'boolean', default: false } } });
  const made = ['answers_bg.wasm', 'answers.js'].map((name) => join(folder, name)).concat(process.argv[1], LOCK);
  const head = `/* ${hash(String(small), ...made.map((file) => readFileSync(file)))} */\n`;
  const out = join(folder, PLAIN);
  if (existsSync(out) && readFileSync(out, 'utf8').startsWith(head)) console.log('the script is there');
  else writeFileSync(out, head + plainAnswers(folder, small));
}
