//! Signed checkpoints in a folder of their own, a file each: whoever rewrites the database does not rewrite these.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use super::{LogId, StorageError};
use crate::tlog::SignedHeads;

/// A folder with the last signed checkpoint of each log.
#[derive(Debug, Clone)]
pub struct SignedFolder {
    folder: PathBuf,
}

impl SignedFolder {
    /// This folder; it is created with the first checkpoint.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn file(&self, log: LogId) -> PathBuf {
        self.folder.join(format!("{log}.note"))
    }

    fn write(&self, log: LogId, note: &str) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let half = self.folder.join(format!("{log}.{}.half", std::process::id()));
        let mut file = fs::File::create(&half)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(half, self.file(log))
    }
}

impl SignedHeads for SignedFolder {
    fn last(&self, log: LogId) -> Result<Option<String>, StorageError> {
        match fs::read_to_string(self.file(log)) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StorageError::Driver(Box::new(error))),
        }
    }

    fn logs(&self) -> Result<Vec<LogId>, StorageError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StorageError::Driver(Box::new(error))),
        };
        let mut logs: Vec<LogId> = entries
            .filter_map(|entry| {
                entry.ok()?.file_name().to_str()?.strip_suffix(".note")?.parse().ok()
            })
            .collect();
        logs.sort();
        Ok(logs)
    }

    fn keep(&self, log: LogId, note: &str) -> Result<(), StorageError> {
        self.write(log, note).map_err(|error| StorageError::Driver(Box::new(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_note_is_kept_and_no_half_one() {
        let folder = tempfile::tempdir().unwrap();
        let signed = SignedFolder::new(folder.path().join("checkpoints"));

        assert_eq!(signed.last(LogId::Registry).unwrap(), None);
        signed.keep(LogId::Registry, "one").unwrap();
        signed.keep(LogId::Registry, "two").unwrap();

        assert_eq!(signed.last(LogId::Registry).unwrap().as_deref(), Some("two"));
        assert_eq!(signed.logs().unwrap(), [LogId::Registry]);
        assert_eq!(fs::read_dir(folder.path().join("checkpoints")).unwrap().count(), 1);
    }
}
