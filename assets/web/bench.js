// The contract of the benchmark that puts viewers side by side (`window.bench`), for the page under `?bench=1`.

const ORBIT_DEGREES_PER_SECOND = 6;
let city = null;
let current = null;

function show(camera) {
  current = camera;
  const { lon, lat, height, distance, heading, pitch, fovY } = camera;
  city.look(Float64Array.of(lon, lat, height, distance, heading, pitch, fovY));
}

const frames = () => city.figures()[0];
const nextAnimationFrame = () => new Promise(requestAnimationFrame);
/** Not from within an animation frame, which the frame asked for would have to wait behind. */
const wake = () => setTimeout(city.wake);

/** Resolves once a frame was drawn that had what was asked for before. */
async function drawn(before) {
  wake();
  while (frames() === before) await nextAnimationFrame();
  await nextAnimationFrame();
}

const contract = {
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

  orbit(seconds) {
    const [start, gaps] = [current, []];
    let [begin, previous, seen] = [null, null, frames()];
    return new Promise((resolve) => {
      const step = (now) => {
        begin ??= now;
        if (frames() === seen) {
          wake();
        } else {
          if (previous !== null) gaps.push(now - previous);
          [previous, seen] = [now, frames()];
        }
        const elapsed = (now - begin) / 1000;
        if (elapsed >= seconds) return resolve(gaps);
        show({ ...start, heading: start.heading + ORBIT_DEGREES_PER_SECOND * elapsed });
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
  },

  /** In the middle of the pixel, as the renderer samples it. */
  async pick(x, y) {
    return JSON.parse(city.pick(x + 0.5, y + 0.5));
  },
};

/** Offers the contract: the city is there. */
export function offer() {
  city = window.stadtzwilling;
  window.bench = contract;
}
