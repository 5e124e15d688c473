//! The project's own files: text as it lies in the repository, Rust with its place in the module tree.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::rust::{self, Token};

/// A Rust file.
pub struct RustFile {
    /// Relative to the repository, with `/`.
    pub path: String,
    pub text: String,
    pub tokens: Vec<Token>,
    /// Names of the modules down to it, such as `["source", "citygml", "tests"]`; empty for a crate's root.
    pub module: Vec<String>,
    /// Compiled for tests alone.
    pub is_test: bool,
}

/// Every Rust file of the project, by path.
pub fn rust_files() -> &'static [RustFile] {
    static FILES: LazyLock<Vec<RustFile>> = LazyLock::new(|| {
        let mut files: Vec<RustFile> = text_files(&["rs"]).into_iter().map(rust_file).collect();
        let tests: BTreeSet<Vec<String>> =
            files.iter().filter(|file| file.is_in_library()).flat_map(tests_of).collect();
        for file in files.iter_mut().filter(|file| file.is_in_library()) {
            file.is_test = (1..=file.module.len()).any(|length| tests.contains(&file.module[..length]));
        }
        files
    });
    &FILES
}

impl RustFile {
    /// Part of the library or the program, tests inside of it included.
    pub fn is_in_library(&self) -> bool {
        self.path.starts_with("src/")
    }
}

/// The modules that a file declares for tests alone.
fn tests_of(file: &RustFile) -> Vec<Vec<String>> {
    let below = |name: String| [file.module.as_slice(), &[name]].concat();
    rust::test_modules(&file.tokens).into_iter().map(below).collect()
}

fn rust_file((path, text): (String, String)) -> RustFile {
    let tokens = rust::tokens(&text);
    let module = path.strip_prefix("src/").map(module_path).unwrap_or_default();
    let is_test = path.starts_with("tests/") || path.starts_with("benches/");
    RustFile { path, text, tokens, module, is_test }
}

fn module_path(below_src: &str) -> Vec<String> {
    let path = below_src.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').filter(|name| !matches!(*name, "lib" | "main")).map(str::to_owned).collect()
}

/// Path and text of every file with one of these endings, by path; what git ignores and hidden folders are left out.
pub fn text_files(endings: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(root, &mut paths);
    paths.sort();
    let wanted = |path: &PathBuf| path.extension().is_some_and(|ending| endings.iter().any(|given| ending == *given));
    paths.into_iter().filter(wanted).map(|path| (relative(root, &path), read(&path))).collect()
}

/// A file of the repository by its relative path.
pub fn text_file(path: &str) -> String {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    const NOT_OURS: [&str; 4] = ["target", "node_modules", "twin", "downloads"];
    for entry in std::fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("its entries").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_module = folder.ends_with("src");
        if name.starts_with('.') || (NOT_OURS.contains(&name.as_str()) && !is_module) {
            continue;
        }
        if path.is_dir() { collect(&path, out) } else { out.push(path) }
    }
}

fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).expect("it lies in the repository");
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
