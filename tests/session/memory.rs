//! What lies in the memory of a running program: every byte of it that can be read (Linux).

use std::fs::File;
use std::os::unix::fs::FileExt;

/// Bytes that are read at a time.
const CHUNK: usize = 4 << 20;

/// How often a text stands in a process's memory, in UTF-8 or as UTF-16 or UTF-32 code units.
pub fn count(process: u32, text: &str) -> usize {
    let wide = |width: usize| {
        let unit = move |byte: u8| std::iter::once(byte).chain(std::iter::repeat_n(0, width - 1));
        text.bytes().flat_map(unit).collect::<Vec<u8>>()
    };
    assert!(text.is_ascii() && text.len() > 8, "a text that stands nowhere by chance");
    let needles = [wide(1), wide(2), wide(4)];
    let memory = File::open(format!("/proc/{process}/mem")).expect("the memory of a child can be read");
    let mut found = 0;
    for (start, end) in regions(process) {
        found += count_in(&memory, start, end, &needles);
    }
    found
}

/// Readable regions: from and to.
fn regions(process: u32) -> Vec<(u64, u64)> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).expect("its regions are told");
    let region = |line: &str| {
        let mut parts = line.split_whitespace();
        let (start, end) = parts.next()?.split_once('-')?;
        let is_readable = parts.next()?.starts_with('r');
        let hex = |text| u64::from_str_radix(text, 16).ok();
        is_readable.then_some((hex(start)?, hex(end)?))
    };
    maps.lines().filter_map(region).collect()
}

fn count_in(memory: &File, start: u64, end: u64, needles: &[Vec<u8>]) -> usize {
    let overlap = needles.iter().map(Vec::len).max().unwrap_or(0) as u64;
    let mut buffer = vec![0; CHUNK + overlap as usize];
    let mut found = 0;
    let mut at = start;
    while at < end {
        let wanted = ((end - at) as usize).min(buffer.len());
        // Some regions are the kernel's or a driver's and cannot be read, whatever their flags say.
        let Ok(read) = memory.read_at(&mut buffer[..wanted], at) else { break };
        if read == 0 {
            break;
        }
        found += needles.iter().map(|needle| occurrences(&buffer[..read], needle)).sum::<usize>();
        // What begins in the overlap is seen again with the next chunk, and counted twice at worst.
        at += if read == wanted && at + (read as u64) < end { read as u64 - overlap } else { read as u64 };
    }
    found
}

fn occurrences(bytes: &[u8], needle: &[u8]) -> usize {
    let first = needle[0];
    let mut found = 0;
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == first) {
        found += usize::from(rest[at..].starts_with(needle));
        rest = &rest[at + 1..];
    }
    found
}
