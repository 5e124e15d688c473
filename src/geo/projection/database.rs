//! PROJ's database of coordinate systems, carried in the program and unpacked once into the user's cache.
//!
//! PROJ opens its database as a file. The one of its build folder is gone on any other machine, and one that happens to be
//! installed may belong to another version, so it is told to use ours and nothing else. Grids are still looked for where
//! PROJ looks for them.

use std::ffi::CString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs, ptr};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::CrsError;

/// `proj.db` of the PROJ that is linked in, packed by `build.rs`.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/proj.db.gz"));
/// SHA-256 of the unpacked database, hexadecimal.
static HASH: &str = include_str!(concat!(env!("OUT_DIR"), "/proj.db.sha256"));

/// Prepares PROJ for this process, the first time it is called: our database, PROJ's grid folders, no network, no
/// output of its own. Every PROJ object made afterwards inherits it. To be called before each is made, and by one thread
/// at a time: what cannot be made leaves PROJ's default context so that it asks the environment for the network again.
pub(super) fn set_up() -> Result<(), CrsError> {
    static DONE: OnceLock<Result<(), CrsError>> = OnceLock::new();
    DONE.get_or_init(|| configure(&unpacked()?, &grid_folders())).clone()?;
    without_network();
    Ok(())
}

/// The folders in which grid files are looked for, those that the user named first.
pub(super) fn grid_folders() -> Vec<PathBuf> {
    let named = ["PROJ_DATA", "PROJ_LIB"].iter().filter_map(env::var_os);
    let mut folders: Vec<PathBuf> = named.flat_map(|list| env::split_paths(&list).collect::<Vec<_>>()).collect();
    let home = env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(|| Some(home()?.join(".local/share")));
    folders.extend(home.map(|home| home.join("proj")));
    folders.extend(["/usr/local/share/proj", "/usr/share/proj"].map(PathBuf::from));
    folders
}

/// Keeps the contexts of later objects off the network, whatever the environment says.
#[expect(unsafe_code, reason = "the proj crate has no call for the default context")]
fn without_network() {
    // SAFETY: a null context is PROJ's default one, which nobody else touches meanwhile.
    unsafe {
        proj_sys::proj_context_set_enable_network(ptr::null_mut(), 0);
    }
}

/// Sets PROJ's default context, from which the contexts of all later objects are copied.
#[expect(
    unsafe_code,
    reason = "the proj crate has no call for the default context, where alone the database's place is set"
)]
fn configure(database: &Path, folders: &[PathBuf]) -> Result<(), CrsError> {
    let database = c_path(database)?;
    let folders: Vec<CString> = folders.iter().filter_map(|folder| c_path(folder).ok()).collect();
    let pointers: Vec<_> = folders.iter().map(|folder| folder.as_ptr()).collect();
    let default_context = ptr::null_mut();
    // SAFETY: a null context is PROJ's default one. The strings and the list outlive the calls, which copy them. Nobody
    // else touches the default context: `set_up` runs this once and before any PROJ object is made.
    let is_open = unsafe {
        proj_sys::proj_log_level(default_context, proj_sys::PJ_LOG_LEVEL_PJ_LOG_NONE);
        proj_sys::proj_context_set_search_paths(default_context, pointers.len() as i32, pointers.as_ptr());
        proj_sys::proj_context_set_database_path(default_context, database.as_ptr(), ptr::null(), ptr::null())
    };
    match is_open {
        0 => Err(CrsError::Database(format!("PROJ does not open {}", database.to_string_lossy()))),
        _ => Ok(()),
    }
}

fn c_path(path: &Path) -> Result<CString, CrsError> {
    let text = path.to_str().ok_or_else(|| CrsError::Database(format!("{} is not UTF-8", path.display())))?;
    CString::new(text).map_err(|_| CrsError::Database(format!("{} holds a zero byte", path.display())))
}

/// The path of the unpacked database: in the user's cache, or in a private temporary folder where there is none.
fn unpacked() -> Result<PathBuf, CrsError> {
    let cached = cache_folder().map(|folder| folder.join(file_name(HASH)));
    if let Some(path) = cached.filter(|path| is_whole(path, HASH)) {
        return Ok(path);
    }
    let mut database = Vec::new();
    GzDecoder::new(PACKED).read_to_end(&mut database).map_err(|error| CrsError::Database(error.to_string()))?;
    if let Some(cache) = cache_folder()
        && let Ok(path) = install(&database, &cache)
    {
        return Ok(path);
    }
    // Nobody else can have prepared this folder. It stays: PROJ reads the file until the process ends.
    let private = tempfile::Builder::new().prefix("stadtzwilling-proj-").tempdir().map(|folder| folder.keep());
    private.and_then(|folder| install(&database, &folder)).map_err(|error| CrsError::Database(error.to_string()))
}

/// Writes the database into `folder` under a name by its content, unless it is there whole; atomic, so that two
/// processes at once do no harm.
fn install(database: &[u8], folder: &Path) -> std::io::Result<PathBuf> {
    let hash = hash(database);
    let path = folder.join(file_name(&hash));
    if is_whole(&path, &hash) {
        return Ok(path);
    }
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(database)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(path)
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn file_name(hash: &str) -> String {
    format!("proj-{}.db", hash.get(..16).unwrap_or(hash))
}

/// Whether the file is there with the content of that hash. Unpacking it anew to compare would take six times as long.
fn is_whole(path: &Path, expected: &str) -> bool {
    fs::read(path).is_ok_and(|there| hash(&there) == expected)
}

/// The user's cache folder for this program; `None` where the environment names none.
fn cache_folder() -> Option<PathBuf> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache =
        absolute("XDG_CACHE_HOME").or_else(|| absolute("LOCALAPPDATA")).or_else(|| Some(home()?.join(".cache")))?;
    Some(cache.join("stadtzwilling"))
}

fn home() -> Option<PathBuf> {
    env::var_os("HOME").map(PathBuf::from).filter(|path| path.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_copy_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = install(b"whole", folder.path()).unwrap();
        fs::write(&path, b"who").unwrap();
        assert_eq!(install(b"whole", folder.path()).unwrap(), path);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
