//! Packs PROJ's database of coordinate systems for `src/geo/projection/database.rs`, so that the program carries it along
//! with its hash.
//!
//! proj-sys builds PROJ with its database into its own build folder and says where through `DEP_PROJ_ROOT`. Without the
//! feature `import` there is no PROJ and nothing to do.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=DEP_PROJ_ROOT");
    if std::env::var_os("CARGO_FEATURE_IMPORT").is_none() {
        return Ok(());
    }
    let database = proj_database()?;
    println!("cargo::rerun-if-changed={}", database.display());
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let bytes = fs::read(&database)?;
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(out.join("proj.db.sha256"), hash)?;
    pack(&bytes, &out.join("proj.db.gz"))
}

/// Where proj-sys has put `proj.db`.
fn proj_database() -> Result<PathBuf, Box<dyn Error>> {
    let root = std::env::var_os("DEP_PROJ_ROOT").ok_or("proj-sys does not say where it has built PROJ")?;
    let database = Path::new(&root).join("share/proj/proj.db");
    match database.is_file() {
        true => Ok(database),
        false => Err(format!("PROJ's database is not at {}", database.display()).into()),
    }
}

fn pack(database: &[u8], packed: &Path) -> Result<(), Box<dyn Error>> {
    let mut encoder = GzEncoder::new(fs::File::create(packed)?, Compression::default());
    encoder.write_all(database)?;
    encoder.finish()?;
    Ok(())
}
