//! What is told on the way: bytes that come are told apart from those that were there, and nothing counts twice.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::{FileName, Progress};
use super::*;

/// Adds up what it hears.
#[derive(Default)]
struct Told {
    planned: AtomicU64,
    found: AtomicU64,
    received: AtomicU64,
    lost: AtomicU64,
}

impl Progress for Told {
    fn planned(&self, _files: usize, bytes: u64) {
        self.planned.store(bytes, Ordering::SeqCst);
    }

    fn found(&self, bytes: u64) {
        self.found.fetch_add(bytes, Ordering::SeqCst);
    }

    fn received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::SeqCst);
    }

    fn lost(&self, bytes: u64) {
        self.lost.fetch_add(bytes, Ordering::SeqCst);
    }

    fn finished(&self, _file: &FileName, _fresh: bool) {}
    fn retrying(&self, _file: &FileName, _reason: &str) {}
}

/// Downloads a file of 50,000 bytes, and one of 1,000 that may be there already, and compares found, received and lost
/// bytes. `prepare` puts into the folder what was there before.
fn check_told(server: &Server, bytes: &[u8], prepare: impl Fn(&Path), expected: [u64; 3]) {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let small = content("small", 1_000);
    let aside = mirror(&small, good);
    let list = Server::start({
        let (bytes, small) = (bytes.to_vec(), small.clone());
        let (large_at, small_at) = (server.url("/"), aside.url("/"));
        move |_| {
            let one = |name, bytes: &Vec<u8>, at: &Url| index(&[(name, bytes.clone())], std::slice::from_ref(at));
            let large = String::from_utf8(one("690_5334.gml", &bytes, &large_at)).unwrap();
            let small = String::from_utf8(one("small.gml", &small, &small_at)).unwrap();
            // Both in one list: the second's element behind the first's.
            let file = &small[small.find("<file").unwrap()..];
            Answer::new(200, large.replace("</metalink>\n", file).as_bytes())
        }
    });
    let told = Arc::new(Told::default());
    fetch(&request(&list, folder.path()), &manners(), Arc::new(Disk), told.clone()).unwrap();
    let [found, received, lost] = [&told.found, &told.received, &told.lost].map(|count| count.load(Ordering::SeqCst));
    assert_eq!([found, received, lost], expected);
    assert_eq!(found + received - lost, told.planned.load(Ordering::SeqCst));
}

#[test]
fn what_was_there_is_not_told_as_transferred() {
    let bytes = content("a", 50_000);
    let server = mirror(&bytes, good);
    check_told(&server, &bytes, |_| (), [0, 51_000, 0]);
    let part = |length: usize| {
        let bytes = bytes.clone();
        move |folder: &Path| fs::write(folder.join("690_5334.gml.part"), &bytes[..length]).unwrap()
    };
    check_told(&server, &bytes, part(12_345), [12_345, 38_655, 0]);
    let both = |folder: &Path| {
        part(12_345)(folder);
        fs::write(folder.join("small.gml"), content("small", 1_000)).unwrap();
    };
    check_told(&server, &bytes, both, [13_345, 37_655, 0]);
}

#[test]
fn what_is_thrown_away_is_to_come_again() {
    let bytes = content("a", 50_000);
    let nothing = |_: &Path| ();
    let changing = mirror(&bytes, |ask, bytes| match ask.nth {
        0 => good(ask, bytes).cut(20_000),
        _ => Answer::file(ask, bytes, "\"v2\""),
    });
    check_told(&changing, &bytes, nothing, [0, 71_000, 20_000]);
    // A half download that is longer than the file counts for no more than the file has.
    let good = mirror(&bytes, good);
    let too_long = |folder: &Path| fs::write(folder.join("690_5334.gml.part"), content("b", 60_000)).unwrap();
    check_told(&good, &bytes, too_long, [50_000, 51_000, 50_000]);
    // One of the right length and of other bytes is found out at the end.
    let wrong = |folder: &Path| fs::write(folder.join("690_5334.gml.part"), content("b", 50_000)).unwrap();
    check_told(&good, &bytes, wrong, [50_000, 51_000, 50_000]);
}
