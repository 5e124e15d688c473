// How much of the city has come, as it is on the wire: the program first, then what the program asks for.
import { move, say } from './cover.js';
import { fill, megabytes, options, texts } from './words.js';
import { measuredSpeed } from './thrift.js';

/**
 * Moves the bar while the bytes of an answer come, of which this is a copy: the browser compiles the other one. The
 * bytes that a script sees are unpacked, the length that the answer tells is the packed one: the share is of the first,
 * what is told of the second.
 */
export async function count(copy) {
  const total = Number(options.wasmBytes);
  const onTheWire = wireBytes(copy, total);
  const start = { at: null, loaded: 0 };
  let loaded = 0;
  for (const reader = copy.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    loaded += value.byteLength;
    if (start.at === null) Object.assign(start, { at: performance.now(), loaded });
    const share = Math.min(loaded / total, 1);
    move(share, lineOf(share * onTheWire, onTheWire));
  }
  if (onTheWire) measuredSpeed(((loaded - start.loaded) / total) * onTheWire, performance.now() - start.at);
  say('starting');
  countParts();
}

/** What goes over the wire, bytes; 0 where nothing does because the page has kept it. */
function wireBytes({ headers }, total) {
  if (headers.has('X-Stadtzwilling-Kept')) return 0;
  const told = Number(headers.get('Content-Length'));
  const packed = { br: options.wasmBr, gzip: options.wasmGz }[headers.get('Content-Encoding')];
  return told || Number(packed) || total;
}

const lineOf = (loaded, total) => (total ? fill(texts.bytes, { loaded: megabytes(loaded), total: megabytes(total) }) : '');

/** Until the first tiles are drawn nobody knows how many will be asked for: what has come is counted. */
function countParts() {
  let [parts, bytes] = [0, 0];
  const ofTheCity = ({ name }) => name.includes('/twin/public/');
  new PerformanceObserver((seen) => {
    for (const { encodedBodySize } of seen.getEntries().filter(ofTheCity)) [parts, bytes] = [parts + 1, bytes + encodedBodySize];
    move(null, fill(texts.parts, { parts, loaded: megabytes(bytes) }));
  }).observe({ type: 'resource', buffered: true });
  move(null, '');
}
