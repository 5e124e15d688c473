//! Pictures of the screen: read from the X server's memory, compared, and put into a few numbers.

use std::path::Path;

/// A picture, red green blue, rows from the top.
#[derive(Clone, PartialEq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pixels: Vec<[u8; 3]>,
}

/// A part of a picture: left, top, right and bottom, right and bottom not in it.
#[derive(Clone, Copy, Debug)]
pub struct Part(pub [usize; 4]);

impl Part {
    /// A square around a point.
    pub fn around([x, y]: [f64; 2], half: usize) -> Self {
        let (x, y) = (x.round() as usize, y.round() as usize);
        Self([x.saturating_sub(half), y.saturating_sub(half), x + half, y + half])
    }

    /// Whether a pixel lies in it.
    pub fn holds(&self, (x, y): (usize, usize)) -> bool {
        let [left, top, right, bottom] = self.0;
        (left..right).contains(&x) && (top..bottom).contains(&y)
    }
}

impl Picture {
    /// Reads an X window dump of 32 bits a pixel (XWDFile.h): a header of big-endian words, then rows.
    pub fn from_xwd(bytes: &[u8]) -> Option<Self> {
        let word = |index: usize| {
            let four = bytes.get(index * 4..index * 4 + 4)?;
            Some(u32::from_be_bytes(four.try_into().ok()?) as usize)
        };
        let (width, height, bits, stride) = (word(4)?, word(5)?, word(11)?, word(12)?);
        let start = word(0)? + word(19)? * 12;
        if bits != 32 {
            return None;
        }
        let rows = bytes.get(start..start + stride * height)?.chunks_exact(stride);
        let pixels = rows.flat_map(|row| row.chunks_exact(4).take(width).map(|p| [p[2], p[1], p[0]])).collect();
        Some(Self { width, height, pixels })
    }

    /// Writes it as a portable pixmap, for eyes.
    pub fn save(&self, path: &Path) {
        let mut bytes = format!("P6 {} {} 255\n", self.width, self.height).into_bytes();
        bytes.extend(self.pixels.iter().flatten());
        std::fs::write(path, bytes).expect("the picture can be written");
    }

    fn of(&self, Part([left, top, right, bottom]): Part) -> impl Iterator<Item = (usize, usize, [u8; 3])> {
        let (right, bottom) = (right.min(self.width), bottom.min(self.height));
        (top..bottom).flat_map(move |y| (left..right).map(move |x| (x, y, self.pixels[y * self.width + x])))
    }

    /// The colour of a pixel.
    pub fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        self.pixels[y * self.width + x]
    }

    /// The pixels of a part that a test holds for.
    pub fn like(&self, part: Part, holds: impl Fn([u8; 3]) -> bool) -> Vec<(usize, usize)> {
        self.of(part).filter(|(_, _, pixel)| holds(*pixel)).map(|(x, y, _)| (x, y)).collect()
    }

    /// The whole of it.
    pub fn whole(&self) -> Part {
        Part([0, 0, self.width, self.height])
    }

    /// The share of pixels in a part that a test holds for, 0 to 1.
    pub fn share(&self, part: Part, holds: impl Fn([u8; 3]) -> bool) -> f64 {
        let (mut all, mut held) = (0, 0);
        for (_, _, pixel) in self.of(part) {
            all += 1;
            held += usize::from(holds(pixel));
        }
        held as f64 / f64::from(all.max(1))
    }

    /// The pixels that differ from another picture's by more than `tolerance` in a channel.
    pub fn differing(&self, other: &Self, tolerance: u8) -> Vec<(usize, usize)> {
        assert_eq!((self.width, self.height), (other.width, other.height));
        let pairs = self.of(self.whole()).zip(other.of(other.whole()));
        pairs.filter(|((_, _, a), (_, _, b))| distance(*a, *b) > tolerance).map(|((x, y, _), _)| (x, y)).collect()
    }

    /// The mean colour of each cell of a grid, row by row.
    pub fn grid(&self, columns: usize, rows: usize) -> Vec<Vec<[u8; 3]>> {
        let cell = |column: usize, row: usize| {
            let (width, height) = (self.width / columns, self.height / rows);
            self.mean(Part([column * width, row * height, (column + 1) * width, (row + 1) * height]))
        };
        (0..rows).map(|row| (0..columns).map(|column| cell(column, row)).collect()).collect()
    }

    /// The mean colour of a part.
    pub fn mean(&self, part: Part) -> [u8; 3] {
        let mut sums = [0usize; 3];
        let mut count = 0;
        for (_, _, pixel) in self.of(part) {
            count += 1;
            sums.iter_mut().zip(pixel).for_each(|(sum, channel)| *sum += usize::from(channel));
        }
        sums.map(|sum| (sum / count.max(1)) as u8)
    }
}

/// The largest difference of two colours in a channel.
pub fn distance(a: [u8; 3], b: [u8; 3]) -> u8 {
    a.into_iter().zip(b).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
}
