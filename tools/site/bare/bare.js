// Draws the finest tiles of the comparison's tileset with WebGL alone, and nothing else: no library, no choice of levels,
// no picking. What this page takes, the browser takes for anybody who draws them; the memory of the viewers is to be read
// beside it. Speaks the contract of the peers' folder, whose three modules are laid beside this file.
import { AMBIENT_INTENSITY, BACKGROUND, SUN_INTENSITY, cameraPose, directionToSun } from './view.js';
import { exposeBench, tilesetUrl } from './contract.js';
import { FrameLoop } from './frame-loop.js';

const NEAR_M = 1;
const FAR_M = 40_000;
/** Of a glb: its header, and that of each chunk, bytes. */
const GLB_HEADER = 12;
const CHUNK_HEADER = 8;
const VERTEX_SHADER = `#version 300 es
  layout(location = 0) in vec3 position;
  layout(location = 1) in vec3 normal;
  uniform mat4 clipFromTile;
  uniform vec3 sun;
  uniform vec3 irradiance;
  out vec3 colour;
  void main() {
    gl_Position = clipFromTile * vec4(position, 1.0);
    colour = vec3(0.72, 0.62, 0.5) * (irradiance.x + irradiance.y * max(dot(normal, sun), 0.0));
  }`;
const FRAGMENT_SHADER = `#version 300 es
  precision mediump float;
  in vec3 colour;
  out vec4 pixel;
  void main() { pixel = vec4(colour, 1.0); }`;
const ATTRIBUTES = ['POSITION', 'NORMAL'];
const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
/** From a glTF, whose y is up, to the frame of its tile, whose z is. */
const Z_UP = [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1];

const canvas = document.querySelector('canvas');
const gl = canvas.getContext('webgl2', { antialias: false, alpha: false });
const uniforms = prepare();
const tiles = [];
let camera = null;
let isComplete = false;

const loop = new FrameLoop(draw);
exposeBench({
  name: 'no library',
  version: '–',
  setCamera: (view) => { camera = view; },
  pending: () => (isComplete ? 0 : 1),
  tilesVisible: () => tiles.length,
  trianglesVisible: () => tiles.reduce((sum, { count }) => sum + count / 3, 0),
  pick: async () => null,
}, loop);
await load();

function prepare() {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX_SHADER], [gl.FRAGMENT_SHADER, FRAGMENT_SHADER]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  gl.useProgram(program);
  gl.enable(gl.DEPTH_TEST);
  gl.enable(gl.CULL_FACE);
  const at = (name) => gl.getUniformLocation(program, name);
  return { clipFromTile: at('clipFromTile'), sun: at('sun'), irradiance: at('irradiance') };
}

async function load() {
  const { root } = await (await fetch(tilesetUrl)).json();
  const asked = [...finest(root, IDENTITY)].map(async ({ uri, ecefFromTile }) => {
    const glb = await (await fetch(new URL(uri, new URL(tilesetUrl, location)))).arrayBuffer();
    tiles.push({ ...uploaded(glb), ecefFromTile });
  });
  await Promise.all(asked);
  isComplete = true;
}

/** The tiles below one that have none below themselves. Matrices are by columns, as in glTF. */
function* finest(tile, ecefFromParent) {
  const ecefFromTile = tile.transform ? product(ecefFromParent, tile.transform) : ecefFromParent;
  for (const child of tile.children ?? []) yield* finest(child, ecefFromTile);
  if (!tile.children?.length && tile.content) yield { uri: tile.content.uri, ecefFromTile };
}

function uploaded(glb) {
  const jsonBytes = new DataView(glb).getUint32(GLB_HEADER, true);
  const json = new Uint8Array(glb, GLB_HEADER + CHUNK_HEADER, jsonBytes);
  const { accessors, bufferViews, meshes } = JSON.parse(new TextDecoder().decode(json));
  const start = GLB_HEADER + 2 * CHUNK_HEADER + jsonBytes;
  const upload = (target, accessor) => {
    const { byteOffset = 0, byteLength } = bufferViews[accessors[accessor].bufferView];
    gl.bindBuffer(target, gl.createBuffer());
    gl.bufferData(target, new Uint8Array(glb, start + byteOffset, byteLength), gl.STATIC_DRAW);
  };
  const [{ attributes, indices }] = meshes[0].primitives;
  const vertices = gl.createVertexArray();
  gl.bindVertexArray(vertices);
  ATTRIBUTES.forEach((name, location) => {
    upload(gl.ARRAY_BUFFER, attributes[name]);
    gl.vertexAttribPointer(location, 3, gl.FLOAT, false, 0, 0);
    gl.enableVertexAttribArray(location);
  });
  upload(gl.ELEMENT_ARRAY_BUFFER, indices);
  return { vertices, count: accessors[indices].count };
}

function draw() {
  gl.clearColor(...BACKGROUND.map((byte) => byte / 255), 1);
  gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  if (!camera) return;
  gl.uniform3f(uniforms.irradiance, AMBIENT_INTENSITY / Math.PI, SUN_INTENSITY / Math.PI, 0);
  for (const { vertices, count, ecefFromTile } of tiles) {
    const ecefFromMesh = product(ecefFromTile, Z_UP);
    gl.bindVertexArray(vertices);
    gl.uniform3fv(uniforms.sun, turnedBack(ecefFromMesh, directionToSun(camera)));
    gl.uniformMatrix4fv(uniforms.clipFromTile, false, clipFrom(ecefFromMesh));
    gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_INT, 0);
  }
}

/** The difference to the eye is taken before anything is rounded: a graphics card would round the earth's radius. */
function clipFrom(ecefFromMesh) {
  const { position, direction, up } = cameraPose(camera);
  const right = cross(direction, up);
  const eyeFromMesh = [...ecefFromMesh];
  position.forEach((value, axis) => { eyeFromMesh[12 + axis] -= value; });
  const rows = [right, up, direction.map((value) => -value)];
  const view = [0, 1, 2].flatMap((axis) => [...rows.map((row) => row[axis]), 0]).concat(0, 0, 0, 1);
  const scale = 1 / Math.tan((camera.fovY * Math.PI) / 360);
  const depth = NEAR_M - FAR_M;
  const projection = [
    (scale * canvas.height) / canvas.width, 0, 0, 0,
    0, scale, 0, 0,
    0, 0, (FAR_M + NEAR_M) / depth, -1,
    0, 0, (2 * FAR_M * NEAR_M) / depth, 0,
  ];
  return product(projection, product(view, eyeFromMesh));
}

/** Matrices of four columns. */
function product(a, b) {
  const at = (column, row) => [0, 1, 2, 3].reduce((sum, k) => sum + a[4 * k + row] * b[4 * column + k], 0);
  return [0, 1, 2, 3].flatMap((column) => [0, 1, 2, 3].map((row) => at(column, row)));
}

/** A direction by the inverse of a matrix's rotation. */
function turnedBack(matrix, direction) {
  return [0, 1, 2].map((column) => direction.reduce((sum, value, axis) => sum + matrix[4 * column + axis] * value, 0));
}

function cross([ax, ay, az], [bx, by, bz]) {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}
