//! The file with the key that signs checkpoints. Only its owner may read it; it is made once, from the operating system's
//! randomness, and never overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use phase8_orchestrator::ports::{Ids as _, NoChance, SystemIds};
use phase8_shared::ledger::{LogKey, Origin, ParseLogKeyError, ParseOriginError};

/// More than any key file has.
const MOST_BYTES: u64 = 4 * 1024;
/// Readable and writable for the owner alone.
const MODE: u32 = 0o600;

/// The key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The engine's name is none.
    #[error("ledger.origin cannot be used")]
    Name(#[source] ParseOriginError),
    /// The file is not there.
    #[error(
        "there is no key in {}: put the engine's key there, or make one with `phase8 ledger key --new {}`",
        .0.display(),
        .0.display()
    )]
    NoFile(PathBuf),
    /// The file cannot be read or written.
    #[error("the key file {} cannot be used", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others may read it.
    #[error(
        "others may read the key in {} (mode {mode:o}): run `chmod 600` on it; if they may have read it, make a new one",
        .path.display()
    )]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// What is in it is no key.
    #[error("{} holds no key", .path.display())]
    NoKey {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: ParseLogKeyError,
    },
    /// A key is there already.
    #[error("{} is there already and is not overwritten: every checkpoint was signed with it", .0.display())]
    Exists(PathBuf),
    /// No random bytes.
    #[error(transparent)]
    NoChance(#[from] NoChance),
}

/// Reads a key.
pub fn read_key(path: &Path) -> Result<LogKey, KeyFileError> {
    let broken = |source: std::io::Error| {
        if source.kind() == ErrorKind::NotFound {
            KeyFileError::NoFile(path.to_owned())
        } else {
            KeyFileError::Io { path: path.to_owned(), source }
        }
    };
    let file = File::open(path).map_err(broken)?;
    let mode = file.metadata().map_err(broken)?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
    }
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text).map_err(broken)?;
    LogKey::parse(&text).map_err(|source| KeyFileError::NoKey { path: path.to_owned(), source })
}

/// Makes a key in a new file. Two that try at the same time get the same one, or one of them [`KeyFileError::Exists`].
pub fn create_key(path: &Path, name: &Origin) -> Result<LogKey, KeyFileError> {
    let key = LogKey::from_seed(&SystemIds.salt()?.0);
    match write_new(path, &key.secret_text(name)) {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(KeyFileError::Exists(path.to_owned()))
        }
        Err(source) => Err(KeyFileError::Io { path: path.to_owned(), source }),
    }
}

/// Reads the key, or makes one where there is none.
pub fn load_or_create_key(path: &Path, name: &Origin) -> Result<LogKey, KeyFileError> {
    match read_key(path) {
        Err(KeyFileError::NoFile(_)) => {}
        read => return read,
    }
    match create_key(path, name) {
        // Somebody else was faster.
        Err(KeyFileError::Exists(_)) => read_key(path),
        created => created,
    }
}

/// Writes a whole file under a name that did not exist; nobody ever sees half of it.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder)?;
    }
    let mut half = path.as_os_str().to_owned();
    half.push(format!(".{}.half", std::process::id()));
    let half = PathBuf::from(half);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&half)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        // A link does not replace what is there.
        .and_then(|()| fs::hard_link(&half, path));
    fs::remove_file(&half)?;
    written
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn origin() -> Origin {
        "control.example.org".parse().unwrap()
    }

    fn vkey(key: &LogKey) -> String {
        key.verifier(origin()).to_string()
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/checkpoint.key");

        let made = load_or_create_key(&path, &origin()).unwrap();
        let again = load_or_create_key(&path, &origin()).unwrap();

        assert_eq!(vkey(&made), vkey(&again));
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        let other = load_or_create_key(&folder.path().join("other.key"), &origin()).unwrap();
        assert_ne!(vkey(&made), vkey(&other));
        assert!(matches!(create_key(&path, &origin()), Err(KeyFileError::Exists(_))));
        assert_eq!(vkey(&read_key(&path).unwrap()), vkey(&made));
    }

    #[test]
    fn a_key_that_cannot_be_trusted_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.key");
        let words = |path: &Path| {
            let error = read_key(path).unwrap_err().to_string();
            error.replace(&folder.path().display().to_string(), "[folder]")
        };

        insta::assert_snapshot!(words(&path), @"there is no key in [folder]/checkpoint.key: put the engine's key there, or make one with `phase8 ledger key --new [folder]/checkpoint.key`");
        create_key(&path, &origin()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        insta::assert_snapshot!(words(&path), @"others may read the key in [folder]/checkpoint.key (mode 644): run `chmod 600` on it; if they may have read it, make a new one");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "PRIVATE+KEY+nonsense").unwrap();
        insta::assert_snapshot!(words(&path), @"[folder]/checkpoint.key holds no key");
    }
}
