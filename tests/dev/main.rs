//! `./dev` itself: a copy of it in a folder of its own, where every command that it could call is a fake that writes
//! down how it was called. Nothing is installed, built or fetched. What is real is named in [`TOOLS`].

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::{Expect, expect};
use tempfile::TempDir;

/// Commands that only read and write files: taken from the machine.
const TOOLS: [&str; 15] =
    ["awk", "cat", "dirname", "env", "find", "gzip", "mkdir", "mktemp", "mv", "rm", "sed", "sort", "tail", "tar", "wc"];
/// Every package is there but those that a test calls missing.
const DPKG_QUERY: &str = r#"for name; do :; done
case " $MISSING " in *" $name "*) exit 1 ;; *) printf installed ;; esac"#;
/// Who asks for root gets it.
const SUDO: &str = r#"echo "sudo $*" >>"$LOG"; exec "$@""#;
const LOGGED: &str = r#"echo "${0##*/} $*" >>"$LOG""#;

/// A folder with a copy of `./dev`, and beside it the folder of all commands there are.
struct Machine {
    folder: TempDir,
    missing: &'static str,
}

/// What a run said and did.
struct Run {
    success: bool,
    said: String,
    called: String,
}

impl Machine {
    /// A Debian whose user is no root and has sudo; cargo is there, and whatever builds PROJ.
    fn new() -> Self {
        let machine = Self { folder: tempfile::tempdir().expect("a folder for tests"), missing: "" };
        fs::create_dir_all(machine.path("main")).expect("a folder");
        fs::create_dir_all(machine.path("bin")).expect("a folder");
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("dev"), machine.path("main/dev")).expect("a copy of dev");
        for tool in TOOLS {
            symlink(real(tool), machine.path("bin").join(tool)).expect("a link");
        }
        for name in ["apt-get", "cargo", "cmake", "make", "c++", "pkg-config", "sqlite3"] {
            machine.has(name, LOGGED);
        }
        machine.has("dpkg-query", DPKG_QUERY);
        machine.has("sudo", SUDO);
        machine.has("id", "echo 1000");
        machine
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Puts a command there.
    fn has(&self, name: &str, script: &str) {
        self.program(&format!("bin/{name}"), script);
    }

    fn has_not(&self, name: &str) {
        fs::remove_file(self.path("bin").join(name)).expect("a command that is there");
    }

    fn program(&self, below: &str, script: &str) {
        let path = self.path(below);
        self.file(below, format!("#!/bin/sh\n{script}\n").as_bytes());
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
    }

    fn file(&self, below: &str, bytes: &[u8]) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("a folder around it")).expect("a folder");
        fs::write(path, bytes).expect("room for a small file");
    }

    /// Runs the copy. Of the environment nothing comes along.
    fn dev(&self, arguments: &[&str]) -> Run {
        let log = self.path("log");
        fs::write(&log, "").expect("room for a small file");
        let mut bash = Command::new(real("bash"));
        bash.arg(self.path("main/dev")).args(arguments).env_clear();
        bash.env("PATH", self.path("bin")).env("HOME", self.path("user")).env("LOG", &log).env("MISSING", self.missing);
        let run = bash.output().expect("bash runs");
        let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
        let called = fs::read_to_string(log).expect("the log");
        let here = self.folder.path().display().to_string();
        Run { success: run.status.success(), said: said.replace(&here, "…"), called: called.replace(&here, "…") }
    }
}

/// Where the machine has a command.
fn real(name: &str) -> PathBuf {
    let folders = std::env::var_os("PATH").expect("a PATH");
    let found = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.exists());
    found.expect("a command that is on every system where tests run")
}

fn check(machine: &Machine, said: &Expect, called: &Expect) -> bool {
    let run = machine.dev(&["run", "view", "a twin"]);
    let untimed: Vec<&str> =
        run.said.lines().map(|line| line.split_once("] ").map_or(line, |(_, what)| what)).collect();
    said.assert_eq(&untimed.join("\n"));
    called.assert_eq(run.called.trim_end());
    run.success
}

#[test]
fn what_is_missing_is_named_and_installed_with_sudo() {
    let machine = Machine { missing: "cmake libvulkan1", ..Machine::new() };
    let said = expect![[r#"

        system packages
        installing: cmake libvulkan1

        build and start (the first build takes a while: PROJ and the renderer are built from source)"#]];
    let called = expect![[r#"
        sudo apt-get update --quiet
        apt-get update --quiet
        sudo env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends cmake libvulkan1
        apt-get install --yes --quiet --no-install-recommends cmake libvulkan1
        cargo run --locked -- view a twin"#]];
    assert!(check(&machine, &said, &called));
}

#[test]
fn root_needs_no_sudo() {
    let machine = Machine { missing: "cmake", ..Machine::new() };
    machine.has("id", "echo 0");
    let called = machine.dev(&["run"]).called;
    assert!(called.contains("apt-get install") && !called.contains("sudo"), "{called}");
}

#[test]
fn who_cannot_become_root_is_told_what_to_run() {
    let machine = Machine { missing: "cmake", ..Machine::new() };
    machine.has_not("sudo");
    let said = expect![[r#"

        system packages
        installing: cmake
        dev: needs root: please run as root: apt-get update --quiet"#]];
    assert!(!check(&machine, &said, &expect![[""]]));
}

#[test]
fn where_nothing_is_missing_nothing_is_installed() {
    let said = expect![[r#"

        system packages
        all system packages are there

        build and start (the first build takes a while: PROJ and the renderer are built from source)"#]];
    assert!(check(&Machine::new(), &said, &expect!["cargo run --locked -- view a twin"]));
}

#[test]
fn other_systems_are_told_the_packages_and_go_on() {
    let machine = Machine::new();
    machine.has_not("dpkg-query");
    let said = expect![[r#"

        system packages
        not a Debian system; needed here, under Debian's names: cmake make g++ pkg-config sqlite3 ca-certificates libwayland-dev libxkbcommon-dev libx11-dev libxkbcommon-x11-0 libxcursor1 libxi6 libxrandr2 mesa-vulkan-drivers libvulkan1

        build and start (the first build takes a while: PROJ and the renderer are built from source)"#]];
    assert!(check(&machine, &said, &expect!["cargo run --locked -- view a twin"]));
    machine.has_not("cmake");
    machine.has_not("sqlite3");
    let run = machine.dev(&["run"]);
    let last = "dev: not found: cmake sqlite3; please install the packages named above";
    assert!(!run.success && run.said.trim_end().ends_with(last) && run.called.is_empty(), "{}", run.said);
}

#[test]
fn without_rust_it_says_where_to_get_it() {
    let machine = Machine::new();
    machine.has_not("cargo");
    let run = machine.dev(&["run"]);
    assert!(!run.success && run.said.contains("cargo not found; please install Rust"), "{}", run.said);
}

/// A machine on which every step of a site and of the tests goes well, with or without other viewers' pages beside it.
fn machine_for_sites() -> Machine {
    let machine = Machine::new();
    for name in ["node", "npm", "convert"] {
        machine.has(name, LOGGED);
    }
    machine.has("rustc", "echo \"$HOME/rust\"");
    machine.file("user/rust/lib/rustlib/wasm32-unknown-unknown/x", b"");
    machine.file("main/Cargo.lock", b"[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.1\"\n");
    machine.program("user/.cache/stadtzwilling/web/tools/wasm-bindgen-0.2.1/bin/wasm-bindgen", LOGGED);
    machine.program("user/.cache/stadtzwilling/target/debug/stadtzwilling", LOGGED);
    machine.program("main/tools/site/node_modules/.bin/wasm-opt", r#"for name; do :; done; : >"$name.small""#);
    for program in ["city", "answers"] {
        machine.file(&format!("user/.cache/stadtzwilling/web/{program}-web-release/{program}_bg.wasm"), b"");
    }
    machine
}

#[test]
fn every_step_is_counted() {
    let machine = machine_for_sites();
    let cargo =
        r#"echo "cargo $* at ${STADTZWILLING_SITE:-no site}, ${STADTZWILLING_PEERS:-no other viewers}" >>"$LOG""#;
    machine.has("cargo", cargo);
    let alone = machine.dev(&["test"]);
    let tests = "cargo test --locked --no-fail-fast";
    let web = "…/user/.cache/stadtzwilling/web";
    let browser =
        |called: &str, peers: &str| called.contains(&format!("{tests} --test web at {web}/site-web, {peers}\n"));
    assert!(browser(&alone.called, "no other viewers"), "{}", alone.called);
    assert!(alone.called.contains(&format!("{tests} at no site, no other viewers\n")), "{}", alone.called);
    assert!(alone.said.contains("skipped: there is no ../shared/bench"), "{}", alone.said);
    machine.file("shared/bench/package.json", b"{}");
    let beside = machine.dev(&["test"]);
    let peers = format!("{web}/bench");
    assert!(beside.called.contains(&format!("node tools/site/peers.mjs --bench ../shared/bench --work {peers}\n")));
    assert!(browser(&beside.called, &peers), "{}", beside.called);
    let sites = [["web", "--no-serve"].as_slice(), &["web", "--release", "--no-serve"], &["bench", "web", "1"]];
    for run in sites.map(|arguments| machine.dev(arguments)).into_iter().chain([alone, beside]) {
        let steps: Vec<&str> = run.said.lines().filter_map(|line| line.strip_prefix('[')?.split(',').next()).collect();
        let expected: Vec<String> = (1..=steps.len()).map(|step| format!("{step}/{}", steps.len())).collect();
        assert!(run.success && steps == expected, "{}", run.said);
    }
}

#[test]
fn a_step_that_fails_ends_it() {
    let machine = machine_for_sites();
    machine.has("cargo", r#"echo "cargo $*" >>"$LOG"; [ "$1" != clippy ] || [ "$2" = --version ]"#);
    let run = machine.dev(&["test"]);
    assert!(!run.success && run.said.trim_end().ends_with("failed: lints"), "{}", run.said);
    assert!(!run.called.contains("cargo test"), "{}", run.called);
}

#[test]
fn what_fails_in_a_browser_is_said_and_fails() {
    let machine = machine_for_sites();
    machine.has("cargo", r#"[ -z "${STADTZWILLING_SITE:-}" ] || { echo "a page is blank"; exit 1; }"#);
    let run = machine.dev(&["test"]);
    assert!(!run.success && run.said.contains("a page is blank"), "{}", run.said);
    assert!(run.said.trim_end().ends_with("failed: tests, those in a browser beside all others"), "{}", run.said);
}

/// Large finds are kept, what is too large for the repository is not, and the same finds are the same bytes.
#[test]
fn what_fuzzing_found_is_packed() {
    let machine = Machine::new();
    machine.file("main/tests/fuzz/Cargo.toml", b"name = \"itself\"\n[[bin]]\nname = \"city\"\n");
    fs::create_dir(machine.path("main/tests/fuzz/corpus")).expect("a folder");
    // cargo fuzz run --fuzz-dir DIR --sanitizer none TARGET CORPUS
    let finds =
        r#"[ "$2" != run ] || for size in 1 4096 4097 16384 16385; do printf "%${size}s" "" >"$8/of-$size"; done"#;
    machine.has("cargo", finds);
    let archive = machine.path("main/tests/fuzz/corpus/city.tar.gz");
    let pack = || {
        let run = machine.dev(&["fuzz", "1"]);
        assert!(run.success && run.said.contains("kept 4 of 5 inputs"), "{}", run.said);
        fs::read(&archive).expect("an archive")
    };
    assert_eq!(pack(), pack());
    let listed = Command::new(real("tar")).arg("--list").arg("--file").arg(&archive).output().expect("tar runs");
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "of-1\nof-16384\nof-4096\nof-4097\n");
}
