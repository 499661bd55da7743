//! Archives: a mission's export as a file of evidence, packed as a CAR under its IPFS name, and the documents that guardians
//! get. Server and command line make them with the same functions.

pub mod car;
pub mod cid;
mod keeper;
pub mod kubo;
mod read;
pub mod unixfs;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use alloy::primitives::B256;
use phase8_shared::artifacts::Artifact;
use phase8_shared::artifacts::run::Run;
use sha2::{Digest as _, Sha256};

pub use self::car::{Packed, pack};
pub use self::keeper::Archives;
pub use self::read::{ReadExport, UnreadableExport, read_export};

/// An archive cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file cannot be written or read.
    #[error("{} cannot be written: choose a folder that this program may write into", .path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The export is not one.
    #[error("the export cannot be read")]
    Export(#[from] UnreadableExport),
}

/// What was made of an export.
#[derive(Debug)]
pub struct Made {
    /// The export packed.
    pub packed: Packed,
    /// SHA-256 of the export.
    pub sha256: B256,
    /// What the export tells.
    pub read: ReadExport,
    /// The documents.
    pub documents: Vec<Artifact>,
}

/// Packs an export beside itself and writes nothing else. The CAR appears when it is whole.
pub fn make(export: &Path, car: &Path) -> Result<Made, ArchiveError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ArchiveError::File { path, source }
    };
    let half = half_of(car);
    let packed = File::open(export)
        .map_err(failed(export))
        .and_then(|file| pack(file, &half).map_err(failed(car)))
        .and_then(|packed| fs::rename(&half, car).map_err(failed(car)).map(|()| packed));
    let packed = packed.inspect_err(|_| drop(fs::remove_file(&half)))?;
    let bytes = fs::read(export).map_err(failed(export))?;
    let sha256 = B256::from_slice(&Sha256::digest(&bytes));
    let read = read_export(&bytes)?;
    drop(bytes);
    let documents = Run::of(&read.journal).map(|run| run.artifacts()).unwrap_or_default();
    Ok(Made { packed, sha256, read, documents })
}

/// Writes a file beside its name and moves it there when it is whole.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
    let failed = |source| ArchiveError::File { path: path.to_owned(), source };
    let half = half_of(path);
    let written = File::create(&half).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written
        .and_then(|()| fs::rename(&half, path))
        .inspect_err(|_| drop(fs::remove_file(&half)))
        .map_err(failed)
}

/// Makes a folder, and says so in words if that cannot be.
pub fn make_folder(folder: &Path) -> Result<(), ArchiveError> {
    fs::create_dir_all(folder)
        .map_err(|source| ArchiveError::File { path: folder.to_owned(), source })
}

fn half_of(path: &Path) -> PathBuf {
    let mut half = path.as_os_str().to_owned();
    half.push(".half");
    half.into()
}

/// The MIME type of a file of an archive, by its name.
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("json") => "application/json",
        Some("car") => "application/vnd.ipld.car; version=1",
        Some("md") => "text/markdown; charset=utf-8",
        _ => "application/octet-stream",
    }
}
