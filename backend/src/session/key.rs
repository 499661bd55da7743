//! The access key of the machine that the server runs on: a file of the data folder that its owner alone may read.
//! Whoever can read it owns the folder anyway, and is this server's operator.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use phase8_orchestrator::ports::NoChance;

use super::token::Token;

/// Its name in the data folder.
pub const FILE: &str = "access.key";
/// The variable of the environment that names the key to commands.
pub const VARIABLE: &str = "PHASE8_ACCESS_KEY";
/// Readable and writable for the owner alone.
const MODE: u32 = 0o600;
/// More than the file has.
const MOST_BYTES: u64 = 1024;

/// The key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum AccessKeyError {
    /// The file cannot be read or written.
    #[error("the access key in {} cannot be used", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others may read it.
    #[error(
        "others may read the access key in {} (mode {mode:o}): delete the file, and the server makes a new one when it starts",
        .path.display()
    )]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// What is in it is no key.
    #[error("{} holds no access key: delete the file, and the server makes a new one when it starts", .0.display())]
    NoKey(PathBuf),
    /// No random bytes.
    #[error(transparent)]
    NoChance(#[from] NoChance),
}

/// Reads the key of a data folder; `None` if there is none yet.
pub fn read(data: &Path) -> Result<Option<Token>, AccessKeyError> {
    let path = data.join(FILE);
    let broken = |source| AccessKeyError::Io { path: path.clone(), source };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(broken(error)),
    };
    let mode = file.metadata().map_err(broken)?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(AccessKeyError::Exposed { path, mode });
    }
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text).map_err(broken)?;
    Token::parse(text.trim()).map(Some).ok_or_else(|| AccessKeyError::NoKey(path.clone()))
}

/// Reads the key of a data folder, or makes one where there is none.
pub fn load_or_create(data: &Path) -> Result<Token, AccessKeyError> {
    if let Some(key) = read(data)? {
        return Ok(key);
    }
    let (path, key) = (data.join(FILE), Token::fresh()?);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(&path)
        .and_then(|mut file| writeln!(file, "{}", key.expose()).and_then(|()| file.sync_all()));
    match written {
        Ok(()) => Ok(key),
        Err(source) => Err(AccessKeyError::Io { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();

        assert_eq!(read(folder.path()).unwrap(), None);
        let made = load_or_create(folder.path()).unwrap();

        let found = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(found & 0o777, 0o600);
        assert_eq!(load_or_create(folder.path()).unwrap(), made);
        assert_eq!(read(folder.path()).unwrap(), Some(made));
    }

    #[test]
    fn a_key_that_others_may_read_or_that_is_none_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        load_or_create(folder.path()).unwrap();
        let path = folder.path().join(FILE);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let exposed = load_or_create(folder.path()).unwrap_err().to_string();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "word").unwrap();
        let no_key = load_or_create(folder.path()).unwrap_err().to_string();

        assert!(exposed.contains("mode 644") && exposed.contains("delete the file"), "{exposed}");
        assert!(no_key.contains("holds no access key"), "{no_key}");
    }
}
