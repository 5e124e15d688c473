//! Downloads against a server on loopback that plays the real layout and breaks in every way that real ones do.

mod index;
mod progress;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use url::Url;

use super::loopback::{Answer, Ask, Server, index, nobody};
use super::storage::{PartFile, Storage};
use super::{Area, Disk, DownloadError, Manners, Notice, Request, Silent, Summary, fetch};
use crate::geo::Crs;

const INDEX: &str = "/odd/a/lod2/citygml/meta/metalink/09162000.meta4";
const UTM32: Crs = Crs { horizontal: 25832, vertical: None };

/// The bytes of a file: different for each name, of no period that could hide a shifted piece.
fn content(name: &str, length: usize) -> Vec<u8> {
    let seed = name
        .bytes()
        .fold(7_u32, |seed, byte| seed.wrapping_mul(31).wrapping_add(u32::from(byte)))
        .wrapping_mul(0x9E37_79B1);
    (0..length as u32).map(|i| (i.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 24) as u8).collect()
}

/// A server with these files and an index that names `mirrors`, itself where none are given.
fn index_server(files: &[(&str, Vec<u8>)], mirrors: &[Url]) -> Server {
    let mirrors = mirrors.to_vec();
    let files: Vec<(String, Vec<u8>)> = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect();
    Server::start(move |_| {
        let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
        Answer::new(200, &index(&files, &mirrors))
    })
}

/// A mirror that serves `bytes` with one habit.
fn mirror(bytes: &[u8], habit: impl Fn(&Ask, &[u8]) -> Answer + Send + Sync + 'static) -> Server {
    let bytes = bytes.to_vec();
    Server::start(move |ask| habit(ask, &bytes))
}

fn good(ask: &Ask, bytes: &[u8]) -> Answer {
    Answer::file(ask, bytes, "\"v1\"")
}

fn manners() -> Manners {
    Manners {
        rounds: 3,
        pause: Duration::from_millis(1),
        // Long enough for a busy machine; only the silent server is ever waited for.
        patience: Duration::from_secs(2),
        max_file_bytes: 1 << 20,
        system_proxy: false,
        ..Manners::default()
    }
}

fn request(index: &Server, folder: &Path) -> Request {
    let notice = Notice {
        title: "Gebäudemodelle LoD2".to_owned(),
        attribution: "Datenquelle: Beispielverwaltung – www.geodaten.example".to_owned(),
        licence: "CC BY 4.0".to_owned(),
        licence_url: Some("https://creativecommons.org/licenses/by/4.0/".to_owned()),
        date: None,
    };
    Request { index: index.url(INDEX), folder: folder.to_owned(), area: None, notice }
}

fn run(request: &Request) -> Result<Summary, DownloadError> {
    fetch(request, &manners(), Arc::new(Disk), Arc::new(Silent))
}

/// Downloads one file from `mirrors` and checks that it arrives whole and that nothing half is left.
fn check_arrives(bytes: &[u8], mirrors: &[Url]) {
    let folder = tempfile::tempdir().unwrap();
    let files = [("690_5334.gml", bytes.to_vec())];
    run(&request(&index_server(&files, mirrors), folder.path())).unwrap();
    assert_eq!(fs::read(folder.path().join("690_5334.gml")).unwrap(), bytes);
    assert_eq!(names(folder.path()), ["690_5334.gml", "ATTRIBUTION.txt", "sources.json"]);
}

/// The ranges that were asked for, and whether with `If-Range`.
fn ranges(server: &Server) -> Vec<(Option<u64>, bool)> {
    server.seen("690_5334.gml").iter().map(|ask| (ask.from, ask.if_range.is_some())).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn everything_arrives_with_licence_and_hashes() {
    let files = ["692_5334.gml", "690_5334.gml", "690_5336.gml"].map(|name| (name, content(name, 40_000 + name.len())));
    let served = files.clone();
    let serve = move |ask: &Ask| {
        let name = ask.path.strip_prefix("/a/lod2/citygml/").unwrap();
        Answer::file(ask, &served.iter().find(|file| file.0 == name).unwrap().1, "\"v1\"")
    };
    let (one, other) = (Server::start(serve.clone()), Server::start(serve));
    let list = index_server(&files, &[one.url("/"), other.url("/")]);
    let folder = tempfile::tempdir().unwrap();
    let request = request(&list, folder.path());
    let summary = run(&request).unwrap();
    assert_eq!(summary, Summary { listed: 3, unchanged: 0, fetched: 3, bytes: 3 * 40_012 });
    for (name, bytes) in &files {
        assert_eq!(&fs::read(folder.path().join(name)).unwrap(), bytes);
    }
    // Both mirrors carry their share.
    assert_eq!((one.seen(".gml").len(), other.seen(".gml").len()), (2, 1));
    let text = |name| fs::read_to_string(folder.path().join(name)).unwrap().replace(request.index.as_str(), "INDEX");
    expect![[r#"
        Gebäudemodelle LoD2
        Datenquelle: Beispielverwaltung – www.geodaten.example
        CC BY 4.0
        https://creativecommons.org/licenses/by/4.0/
        2026-11-20T02:00:00Z
        INDEX
    "#]]
    .assert_eq(&text("ATTRIBUTION.txt"));
    expect![[r#"
        {
          "title": "Gebäudemodelle LoD2",
          "attribution": "Datenquelle: Beispielverwaltung – www.geodaten.example",
          "licence": "CC BY 4.0",
          "licence_url": "https://creativecommons.org/licenses/by/4.0/",
          "date": null,
          "index": "INDEX",
          "index_published": "2026-11-20T02:00:00Z",
          "files": [
            {
              "name": "690_5334.gml",
              "size": 40012,
              "sha256": "3b7ec87e895656bb3ce7201ac10c0e0f6c6531ccd84d1722528c25d71200f06b"
            },
            {
              "name": "690_5336.gml",
              "size": 40012,
              "sha256": "68d413cde69eeff474d2f09ebf85b3a3f4b73afdc5a9c7c06d9bd4ad1eb512c7"
            },
            {
              "name": "692_5334.gml",
              "size": 40012,
              "sha256": "49f0ddea14f1230da4d6986b366c1484bfa85289fd43183ed9a778ee631096c3"
            }
          ]
        }
    "#]]
    .assert_eq(&text("sources.json"));

    // The second time everything is there already, and one file that was spoilt since is fetched again.
    fs::write(folder.path().join("690_5336.gml"), content("spoilt", 40_012)).unwrap();
    let again = run(&request).unwrap();
    assert_eq!(again, Summary { listed: 3, unchanged: 2, fetched: 1, bytes: 3 * 40_012 });
    assert_eq!(one.seen(".gml").len() + other.seen(".gml").len(), 4);
}

#[test]
fn a_cut_connection_is_resumed_where_it_broke() {
    let bytes = content("a", 50_000);
    let cutting = mirror(&bytes, |ask, bytes| good(ask, bytes).cut(20_000));
    check_arrives(&bytes, &[cutting.url("/")]);
    assert_eq!(ranges(&cutting), [(None, false), (Some(20_000), true), (Some(40_000), true)]);
}

#[test]
fn a_server_without_ranges_is_asked_for_the_whole_again() {
    let bytes = content("a", 50_000);
    let plain = mirror(&bytes, |ask, bytes| {
        let answer = Answer::new(200, bytes);
        if ask.nth == 0 { answer.cut(20_000) } else { answer }
    });
    check_arrives(&bytes, &[plain.url("/")]);
    assert_eq!(ranges(&plain), [(None, false), (Some(20_000), false)]);
}

#[test]
fn a_cutting_server_without_ranges_does_not_keep_us_for_ever() {
    let bytes = content("a", 50_000);
    let plain = mirror(&bytes, |_, bytes| Answer::new(200, bytes).cut(20_000));
    check_fails(
        &bytes,
        &[plain.url("/")],
        expect![
            "1 of 1 files failed: 690_5334.gml: no mirror gave it; MIRROR1 error decoding response body: request or response body error: error reading a body from connection: end of file before message length reached"
        ],
    );
    // The first try gets somewhere; after it as many rounds as the manners say get no further.
    assert_eq!(plain.seen("690_5334.gml").len(), 4);
}

/// Downloads one file from `mirrors`, which must fail and leave nothing under the file's name.
fn check_fails(bytes: &[u8], mirrors: &[Url], expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    let files = [("690_5334.gml", bytes.to_vec())];
    let error = run(&request(&index_server(&files, mirrors), folder.path())).unwrap_err();
    let mut text = error.to_string();
    for (number, url) in mirrors.iter().enumerate() {
        text = text.replace(&format!("127.0.0.1:{}", url.port().unwrap()), &format!("MIRROR{}", number + 1));
    }
    expected.assert_eq(&text);
    assert!(!folder.path().join("690_5334.gml").exists());
}

#[test]
fn a_wrong_hash_at_one_mirror_leads_to_the_other() {
    let bytes = content("a", 50_000);
    let wrong = mirror(&content("b", 50_000), good);
    let right = mirror(&bytes, good);
    check_arrives(&bytes, &[wrong.url("/"), right.url("/")]);
    assert_eq!((wrong.seen(".gml").len(), right.seen(".gml").len()), (1, 1));
    check_fails(
        &bytes,
        &[wrong.url("/")],
        expect!["1 of 1 files failed: 690_5334.gml: no mirror gave it; MIRROR1 gave a file with a wrong SHA-256"],
    );
}

#[test]
fn a_missing_mirror_leads_to_the_other() {
    let bytes = content("a", 50_000);
    let right = mirror(&bytes, good);
    let missing = mirror(&bytes, |_, _| Answer::new(404, b"gone"));
    check_arrives(&bytes, &[missing.url("/"), right.url("/")]);
    check_arrives(&bytes, &[nobody(), right.url("/")]);
    assert_eq!(missing.seen(".gml").len(), 1);
    check_fails(
        &bytes,
        &[missing.url("/")],
        expect!["1 of 1 files failed: 690_5334.gml: no mirror gave it; MIRROR1 answered 404 Not Found"],
    );
}

#[test]
fn a_busy_server_is_asked_again() {
    let bytes = content("a", 50_000);
    let busy = mirror(&bytes, |ask, bytes| if ask.nth < 2 { Answer::new(503, b"") } else { good(ask, bytes) });
    check_arrives(&bytes, &[busy.url("/")]);
    assert_eq!(busy.seen(".gml").len(), 3);
}

#[test]
fn a_slow_server_is_waited_for_and_a_silent_one_left() {
    let bytes = content("a", 50_000);
    let slow = mirror(&bytes, |ask, bytes| Answer { piece: 100, ..good(ask, bytes) });
    check_arrives(&bytes, &[slow.url("/")]);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = Url::parse(&format!("http://{}/", silent.local_addr().unwrap())).unwrap();
    check_arrives(&bytes, &[address, slow.url("/")]);
}

#[test]
fn claimed_sizes_hold() {
    let bytes = content("a", 50_000);
    let longer = mirror(&content("a", 60_000), good);
    check_fails(
        &bytes,
        &[longer.url("/")],
        expect!["1 of 1 files failed: 690_5334.gml: no mirror gave it; MIRROR1 has 60000 bytes, the index says 50000"],
    );
    let endless = mirror(&content("a", 60_000), |ask, bytes| Answer { no_length: true, ..good(ask, bytes) });
    check_fails(
        &bytes,
        &[endless.url("/")],
        expect!["1 of 1 files failed: 690_5334.gml: no mirror gave it; MIRROR1 sends more than 50000 bytes"],
    );
}

#[test]
fn a_file_that_changed_meanwhile_is_begun_again() {
    let (old, new) = (content("old", 50_000), content("new", 50_000));
    let folder = tempfile::tempdir().unwrap();
    let cutting = mirror(&old, {
        let new = new.clone();
        move |ask, old| match ask.nth {
            0 => Answer::file(ask, old, "\"v1\"").cut(20_000),
            _ => Answer::file(ask, &new, "\"v2\""),
        }
    });
    let list = index_server(&[("690_5334.gml", new.clone())], &[cutting.url("/")]);
    run(&request(&list, folder.path())).unwrap();
    assert_eq!(fs::read(folder.path().join("690_5334.gml")).unwrap(), new);
    assert_eq!(ranges(&cutting), [(None, false), (Some(20_000), true)]);
}

#[test]
fn pieces_of_two_versions_are_never_taken_for_one() {
    // This server says nothing of versions: only the hash tells.
    let (old, new) = (content("old", 50_000), content("new", 50_000));
    let cutting = mirror(&new, move |ask, new| {
        let mut answer = if ask.nth == 0 { good(ask, &old).cut(20_000) } else { good(ask, new) };
        answer.headers.retain(|(name, _)| *name != "ETag");
        answer
    });
    check_arrives(&new, &[cutting.url("/")]);
    assert_eq!(ranges(&cutting), [(None, false), (Some(20_000), false), (None, false)]);
}

#[test]
fn no_more_transfers_at_a_time_than_is_polite() {
    let names: Vec<String> = (0..12).map(|i| format!("{}_5334.gml", 674 + 2 * i)).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), content("same", 30_000))).collect();
    let server = mirror(&content("same", 30_000), |ask, bytes| Answer { piece: 500, ..good(ask, bytes) });
    let folder = tempfile::tempdir().unwrap();
    run(&request(&index_server(&files, &[server.url("/")]), folder.path())).unwrap();
    assert!(server.most_at_once() <= 2, "{} at a time", server.most_at_once());
}

#[test]
fn one_missing_file_does_not_stop_the_others() {
    let files = ["690_5334.gml", "692_5334.gml"].map(|name| (name, content("same", 1000)));
    let server = mirror(&content("same", 1000), |ask, bytes| {
        if ask.path.ends_with("690_5334.gml") { Answer::new(404, b"") } else { good(ask, bytes) }
    });
    let folder = tempfile::tempdir().unwrap();
    let error = run(&request(&index_server(&files, &[server.url("/")]), folder.path())).unwrap_err();
    assert!(matches!(&error, DownloadError::Incomplete { planned: 2, failed } if failed.len() == 1), "{error}");
    assert_eq!(names(folder.path()), ["692_5334.gml", "ATTRIBUTION.txt", "sources.json"]);
}

/// A disk with room for so many bytes in each file.
struct SmallDisk(usize);

struct SmallFile(Box<dyn PartFile>, usize);

impl Storage for SmallDisk {
    fn open(&self, path: &Path, append: bool) -> io::Result<Box<dyn PartFile>> {
        Ok(Box::new(SmallFile(Disk.open(path, append)?, self.0)))
    }
}

impl Write for SmallFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.1 == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let written = self.0.write(&bytes[..bytes.len().min(self.1)])?;
        self.1 -= written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl PartFile for SmallFile {
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync()
    }
}

#[test]
fn a_full_disk_is_named_and_what_is_there_is_kept() {
    let bytes = content("a", 50_000);
    let server = mirror(&bytes, good);
    let list = index_server(&[("690_5334.gml", bytes.clone())], &[server.url("/")]);
    let folder = tempfile::tempdir().unwrap();
    let request = request(&list, folder.path());
    let error = fetch(&request, &manners(), Arc::new(SmallDisk(12_345)), Arc::new(Silent)).unwrap_err();
    let part = folder.path().join("690_5334.gml.part");
    assert!(matches!(&error, DownloadError::DiskFull { path } if *path == part), "{error}");
    assert_eq!(fs::read(&part).unwrap(), bytes[..12_345]);
    run(&request).unwrap();
    assert_eq!(fs::read(folder.path().join("690_5334.gml")).unwrap(), bytes);
    assert_eq!(ranges(&server), [(None, false), (Some(12_345), true)]);
}

/// The process that `a_killed_download_goes_on` kills: downloads what its environment names.
#[test]
fn child_that_downloads() {
    let (Ok(index), Ok(folder)) = (std::env::var("DOWNLOAD_INDEX"), std::env::var("DOWNLOAD_FOLDER")) else { return };
    let request =
        Request { index: Url::parse(&index).unwrap(), folder: folder.into(), area: None, notice: Notice::default() };
    let manners = Manners { patience: Duration::from_secs(600), ..manners() };
    fetch(&request, &manners, Arc::new(Disk), Arc::new(Silent)).unwrap();
}

#[test]
fn a_killed_download_goes_on() {
    let bytes = content("a", 50_000);
    let gate = Arc::new(std::sync::Barrier::new(2));
    let server = mirror(&bytes, {
        let gate = Arc::clone(&gate);
        move |ask, bytes| {
            if ask.nth == 1 {
                // The second request of the child stands still until it has been killed.
                gate.wait();
            }
            if ask.nth == 0 { good(ask, bytes).cut(20_000) } else { good(ask, bytes) }
        }
    });
    let list = index_server(&[("690_5334.gml", bytes.clone())], &[server.url("/")]);
    let folder = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "source::download::tests::child_that_downloads"])
        .env("DOWNLOAD_INDEX", list.url(INDEX).as_str())
        .env("DOWNLOAD_FOLDER", folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while server.seen(".gml").len() < 2 {
        assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    gate.wait();
    assert_eq!(fs::read(folder.path().join("690_5334.gml.part")).unwrap(), bytes[..20_000]);
    run(&request(&list, folder.path())).unwrap();
    assert_eq!(fs::read(folder.path().join("690_5334.gml")).unwrap(), bytes);
    assert_eq!(ranges(&server)[2..], [(Some(20_000), true)]);
}

#[test]
fn only_the_tiles_of_the_area() {
    let tiles = ["688_5334.gml", "690_5334.gml", "690_5336.gml", "692_5334.gml", "lies_mich.pdf"];
    let files = tiles.map(|name| (name, content("same", 100)));
    let server = mirror(&content("same", 100), good);
    let check = |area: &str, expected: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let mut request = request(&index_server(&files, &[server.url("/")]), folder.path());
        request.area = Some(Area::parse(area, UTM32).unwrap());
        run(&request).unwrap();
        let mut found = names(folder.path());
        found.retain(|name| name.ends_with("gml"));
        assert_eq!(found, expected, "{area}");
    };
    // Marienplatz: about 691.6 km east, 5334.8 km north.
    check("11.575,48.137,11.576,48.138", &["690_5334.gml"]);
    check("691600,5334700,691700,5334800", &["690_5334.gml"]);
    check("691600,5334700,692001,5336001", &["690_5334.gml", "690_5336.gml", "692_5334.gml"]);
    // Tiles that only touch at their border are left out.
    check("690000,5334000,692000,5336000", &["690_5334.gml"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However often a connection breaks, and wherever, the file arrives whole.
    #[test]
    fn any_breaks_are_survived(length in 0_usize..5000, cuts in prop::collection::vec(0_usize..2000, 0..5)) {
        let bytes = content("any", length);
        let server = mirror(&bytes, move |ask, bytes| {
            let answer = good(ask, bytes);
            match cuts.get(ask.nth) {
                Some(&after) => answer.cut(after.max(1)),
                None => answer,
            }
        });
        check_arrives(&bytes, &[server.url("/")]);
    }
}
