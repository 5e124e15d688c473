// A static server for the built site, on this machine alone: what `./dev web` starts and the tests use. Any other web
// server does as well; what this one adds is compressed files, caching and headers as they should be set everywhere.
//   node serve.mjs FOLDER [--port 8080] [--base /]
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CONTENT_SECURITY_POLICY } from './policy.mjs';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.geojson': 'application/geo+json',
  '.glb': 'model/gltf-binary',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
};
const ENCODINGS = [['br', '.br'], ['gzip', '.gz']];
/** Files whose name changes with their content. */
const HASHED = /[-/][0-9a-f]{12}[./]/;

/** Serves `root` under `base` on 127.0.0.1; resolves to the server and the address of the page. */
export async function serve({ root, port = 0, base = '/' }) {
  const folder = resolve(root);
  const server = createServer((request, response) => {
    answer(folder, base, request, response).catch(() => response.destroy());
  });
  await new Promise((ready, failed) => server.once('error', failed).listen(port, '127.0.0.1', ready));
  return { server, url: `http://127.0.0.1:${server.address().port}${base}` };
}

async function answer(folder, base, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return response.writeHead(405, { Allow: 'GET, HEAD' }).end();
  const path = pathInside(folder, base, request.url);
  const file = path && await find(path, request.headers['accept-encoding'] ?? '');
  if (!file) return response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n');
  const headers = headersOf(path.slice(folder.length), file);
  if (request.headers['if-none-match'] === headers.ETag) return response.writeHead(304, headers).end();
  response.writeHead(200, { ...headers, 'Content-Length': file.size });
  if (request.method === 'HEAD') return response.end();
  await pipeline(createReadStream(file.name), response);
}

/** For a path below the served folder, whose own name says nothing of its files. */
function headersOf(path, file) {
  return {
    'Content-Type': TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
    'Cache-Control': HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: `"${file.size.toString(36)}-${Math.round(file.changed).toString(36)}"`,
    Vary: 'Accept-Encoding',
    'Content-Security-Policy': `${CONTENT_SECURITY_POLICY}; frame-ancestors 'none'`,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    ...(file.encoding && { 'Content-Encoding': file.encoding }),
  };
}

/** The file that an address asks for; null where that is outside of the served folder. */
function pathInside(folder, base, address) {
  let path;
  try {
    path = decodeURIComponent(address.split('?')[0]);
  } catch {
    return null;
  }
  if (!path.startsWith(base) || path.includes('\0')) return null;
  const below = path.slice(base.length);
  const file = normalize(join(folder, below === '' || below.endsWith('/') ? `${below}index.html` : below));
  return file.startsWith(folder + sep) ? file : null;
}

async function find(path, acceptEncoding) {
  const accepted = new Set(acceptEncoding.split(',').map((item) => item.split(';')[0].trim()));
  for (const [encoding, ending] of ENCODINGS.filter(([encoding]) => accepted.has(encoding))) {
    const file = await fileAt(path + ending);
    if (file) return { ...file, encoding };
  }
  return fileAt(path);
}

async function fileAt(name) {
  const entry = await stat(name).catch(() => null);
  return entry?.isFile() ? { name, size: entry.size, changed: entry.mtimeMs } : null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '8080' }, base: { type: 'string', default: '/' } },
  });
  const { url } = await serve({ root: positionals[0] ?? '.', port: Number(values.port), base: values.base });
  console.log(`the city is at ${url} (Ctrl+C ends it)`);
}
