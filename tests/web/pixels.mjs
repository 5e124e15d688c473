// Pictures of the page as pixels, and how much two of them differ.

/** Fields are compared, not pixels: edges are smoothed differently. */
const FIELD_PX = 16;

/** A picture's pixels, as a page without rules of its own reads them. */
export async function pixels(city, bytes, type) {
  const page = await city.page.context().newPage();
  const { width, height, base64 } = await page.evaluate(async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let text = '';
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
    return { width: image.width, height: image.height, base64: btoa(text) };
  }, `data:${type};base64,${bytes.toString('base64')}`);
  await page.close();
  return { width, height, data: Buffer.from(base64, 'base64') };
}

/** By how much the mean colours of fields differ, 0 to 255, in rising order; without those that a panel lies over. */
export function compare(drawn, expected, panels) {
  const differences = [];
  for (let top = 0; top + FIELD_PX <= expected.height - FIELD_PX; top += FIELD_PX) {
    for (let left = 0; left + FIELD_PX <= expected.width; left += FIELD_PX) {
      const inPanel = ([x0, y0, x1, y1]) => left + FIELD_PX > x0 && left < x1 && top + FIELD_PX > y0 && top < y1;
      if (panels.some(inPanel)) continue;
      const [a, b] = [field(drawn, left, top), field(expected, left, top)];
      differences.push(Math.max(...a.map((value, channel) => Math.abs(value - b[channel]))));
    }
  }
  return differences.sort((a, b) => a - b);
}

function field({ width, data }, left, top) {
  const sums = [0, 0, 0];
  for (let y = top; y < top + FIELD_PX; y += 1) {
    for (let x = left; x < left + FIELD_PX; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) sums[channel] += data[(y * width + x) * 4 + channel];
    }
  }
  return sums.map((sum) => sum / (FIELD_PX * FIELD_PX));
}

/** How far a picture's pixels are from its mean, 0 to 128. */
export function contrast({ data }) {
  let [sum, squares, count] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4, count += 1) {
    sum += data[at];
    squares += data[at] ** 2;
  }
  return Math.sqrt(squares / count - (sum / count) ** 2);
}
