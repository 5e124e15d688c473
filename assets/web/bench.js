// The contract of the benchmark that puts viewers side by side (`window.bench`), for the page under `?bench=1`.

const ORBIT_DEGREES_PER_SECOND = 6;
const city = window.stadtzwilling;
let current = null;

function show(camera) {
  current = camera;
  const { lon, lat, height, distance, heading, pitch, fovY } = camera;
  city.look(Float64Array.of(lon, lat, height, distance, heading, pitch, fovY));
}

const frames = () => city.figures()[0];
const nextAnimationFrame = () => new Promise(requestAnimationFrame);

/** Resolves once a frame was drawn that had what was asked for before. */
async function drawn(before) {
  while (frames() === before) await nextAnimationFrame();
  await nextAnimationFrame();
}

window.bench = {
  name: 'Stadtzwilling',
  version: document.body.dataset.version,
  pending: () => city.figures()[1],
  tilesVisible: () => city.figures()[2],
  trianglesVisible: () => city.figures()[3],

  goto(camera) {
    const before = frames();
    show(camera);
    return drawn(before);
  },

  async orbit(seconds) {
    const [start, gaps] = [current, []];
    const begin = await nextAnimationFrame();
    for (let previous = begin, now = begin; now - begin < seconds * 1000; previous = now) {
      show({ ...start, heading: start.heading + (ORBIT_DEGREES_PER_SECOND * (now - begin)) / 1000 });
      now = await nextAnimationFrame();
      gaps.push(now - previous);
    }
    return gaps;
  },

  async pick(x, y) {
    city.pick(x, y);
    while (city.picked() === undefined) await nextAnimationFrame();
    return JSON.parse(city.picked());
  },
};
