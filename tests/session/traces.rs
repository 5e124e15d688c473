//! What a running program leaves and opens beside its memory: files, and sockets of the Internet (Linux).

use std::collections::BTreeSet;
use std::path::Path;

/// What the graphics driver keeps of its own: shaders, whoever was there.
const OF_THE_DRIVER: &str = "mesa_shader_cache";

/// The files below a folder.
pub fn files_below(folder: &Path) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("its entries").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.insert(path.display().to_string());
        }
    }
    files.retain(|file| !file.contains(OF_THE_DRIVER));
    files
}

/// How many sockets of the Internet a process has open.
pub fn internet_sockets(process: u32) -> usize {
    let opened = std::fs::read_dir(format!("/proc/{process}/fd")).expect("its files are told").flatten();
    let opened: BTreeSet<_> = opened
        .filter_map(|file| std::fs::read_link(file.path()).ok()?.to_str()?.strip_prefix("socket:[").map(str::to_owned))
        .map(|number| number.trim_end_matches(']').to_owned())
        .collect();
    let tables = ["tcp", "tcp6", "udp", "udp6"].map(|name| {
        let table = std::fs::read_to_string(format!("/proc/{process}/net/{name}")).unwrap_or_default();
        let numbers = table.lines().skip(1).filter_map(|line| line.split_whitespace().nth(9));
        numbers.filter(|number| opened.contains(*number)).count()
    });
    tables.iter().sum()
}
