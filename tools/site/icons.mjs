// The icon of an installed city: pictures made of assets/web/icon.svg by ImageMagick, and the manifest that names them.
// Reads no other SVG than that one: rectangles and paths with a colour, nothing nested.
import { execFileSync } from 'node:child_process';

/** Side of the drawing, as its viewBox says. */
const SIDE = 32;
/** Systems cut icons to their own shapes and promise to leave the middle, four fifths wide. */
const SAFE = 0.8;

/** A PNG of the icon; one that is `maskable` fills the whole square, its drawing keeps to the middle. */
export function icon(svg, pixels, maskable = false) {
  // Drawn four times as large, so that edges become smooth.
  const scale = (pixels * 4) / SIDE;
  const draw = [`scale ${scale},${scale}`, ...shapes(svg, maskable)].join(' ');
  const size = `${pixels * 4}x${pixels * 4}`;
  const options = ['-resize', `${pixels}x${pixels}`, '-strip', '-define', 'png:exclude-chunks=date,time'];
  return execFileSync('convert', ['-size', size, 'xc:none', '-draw', draw, ...options, 'png:-'], { maxBuffer: 1e8 });
}

function shapes(svg, maskable) {
  const drawn = [...svg.matchAll(/<(rect|path) ([^>]*)\/>/g)].map(([, kind, text]) => {
    const attributes = Object.fromEntries([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    return [kind, attributes];
  });
  const middle = `translate ${(SIDE * (1 - SAFE)) / 2},${(SIDE * (1 - SAFE)) / 2} scale ${SAFE},${SAFE}`;
  return drawn.map(([kind, { fill, d, rx, width, height }], at) => {
    if (kind === 'path') return `${maskable && at === 1 ? middle : ''} fill ${fill} path '${d}'`;
    const corner = maskable ? 0 : rx;
    return `fill ${fill} roundrectangle 0,0 ${width},${height} ${corner},${corner}`;
  });
}

/** The web app manifest in a language; every address in it is relative, so that it holds under any path. */
export function webManifest({ title, description, tag }, icons) {
  const entry = ({ src, pixels, purpose }) => ({ src, sizes: `${pixels}x${pixels}`, type: 'image/png', purpose });
  return JSON.stringify({
    id: './',
    name: `${title} – Stadtzwilling`,
    short_name: title.length > 12 ? 'Stadtzwilling' : title,
    description,
    lang: tag,
    dir: 'ltr',
    start_url: './',
    scope: './',
    display: 'standalone',
    orientation: 'any',
    theme_color: '#dee7f0',
    background_color: '#dee7f0',
    icons: icons.map(entry),
  });
}
