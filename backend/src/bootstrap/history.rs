//! What was sent, for good: a line for each transaction in `phase8-bootstrap-history.jsonl`, and, from before it is sent
//! until its line is written, the signed bytes of the one that is under way.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};

/// A line for each transaction.
const HISTORY: &str = "phase8-bootstrap-history.jsonl";
/// The transaction that is under way.
const PENDING: &str = "phase8-bootstrap-pending.json";

/// A transaction that a block includes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The function.
    pub label: String,
    /// The entry that it is about, if it is about one.
    pub slug: Option<String>,
    /// Its hash.
    pub hash: B256,
    /// Number of the block.
    pub block_number: u64,
    /// 1 if it succeeded, else 0: as its receipt has it.
    pub status: u64,
    /// When the line was written.
    pub timestamp: String,
}

/// A transaction whose outcome is not on record yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pending {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// Who signed it.
    pub from: Address,
    /// The sender's nonce that it uses up.
    pub nonce: u64,
    /// Its hash.
    pub hash: B256,
    /// Its signed bytes: these are sent again, never others.
    pub raw: Bytes,
    /// The function.
    pub label: String,
    /// The entry that it is about, if it is about one.
    pub slug: Option<String>,
}

/// The folder in which this is kept.
#[derive(Debug, Clone)]
pub struct History {
    folder: PathBuf,
}

/// What was sent cannot be put down.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// A file cannot be read or written.
    #[error("{} cannot be used", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file of what is under way is not one.
    #[error("{} does not say which transaction is under way: look at the owner's last transaction, then take the file away", .path.display())]
    Pending {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl History {
    /// Kept in a folder, which is made.
    pub fn open(folder: &Path) -> Result<Self, HistoryError> {
        fs::create_dir_all(folder)
            .map_err(|source| HistoryError::File { path: folder.to_owned(), source })?;
        let path = folder.join(HISTORY);
        end_last_line(&path).map_err(|source| HistoryError::File { path, source })?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The transaction that is under way.
    pub fn pending(&self) -> Result<Option<Pending>, HistoryError> {
        let path = self.folder.join(PENDING);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(HistoryError::File { path, source }),
        };
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|source| HistoryError::Pending { path, source })
    }

    /// Puts down what is about to be sent. It is on the disk when this returns.
    pub fn begin(&self, pending: &Pending) -> Result<(), HistoryError> {
        let path = self.folder.join(PENDING);
        let draft = self.folder.join(format!("{PENDING}.new"));
        let written = || -> io::Result<()> {
            let mut file = File::create(&draft)?;
            serde_json::to_writer_pretty(&mut file, pending)?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            File::open(&self.folder)?.sync_all()
        };
        written().map_err(|source| HistoryError::File { path: path.clone(), source })
    }

    /// Nothing is under way any more.
    pub fn end(&self) -> Result<(), HistoryError> {
        let path = self.folder.join(PENDING);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(HistoryError::File { path, source })
            }
            _ => Ok(()),
        }
    }

    /// Whether a transaction has its line.
    pub fn has(&self, hash: B256) -> Result<bool, HistoryError> {
        let path = self.folder.join(HISTORY);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.contains(&hash.to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(HistoryError::File { path, source }),
        }
    }

    /// Adds a line. It is on the disk when this returns.
    pub fn add(&self, entry: &Entry) -> Result<(), HistoryError> {
        let path = self.folder.join(HISTORY);
        let failed = |source| HistoryError::File { path: path.clone(), source };
        let mut line = serde_json::to_string(entry).map_err(|error| failed(error.into()))?;
        line.push('\n');
        let written = OpenOptions::new().create(true).append(true).open(&path);
        let written = written.and_then(|mut file| {
            file.write_all(line.as_bytes())?;
            file.sync_data()
        });
        written.map_err(failed)
    }
}

/// A line that a crash cut off does not swallow the next.
fn end_last_line(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().read(true).append(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(());
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(byte: u8) -> Entry {
        Entry {
            label: "registerDomain".to_owned(),
            slug: Some("a".to_owned()),
            hash: B256::repeat_byte(byte),
            block_number: 7,
            status: 1,
            timestamp: "2026-06-01T00:00:00Z".to_owned(),
        }
    }

    #[test]
    fn each_transaction_gets_a_line_even_after_one_that_was_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(HISTORY);
        fs::write(&path, "{\"label\":\"cut o").unwrap();
        let history = History::open(folder.path()).unwrap();

        for byte in [1, 2] {
            history.add(&entry(byte)).unwrap();
        }

        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<Entry> =
            text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, [entry(1), entry(2)]);
        assert!(history.has(B256::repeat_byte(2)).unwrap());
        assert!(!history.has(B256::repeat_byte(3)).unwrap());
        assert!(
            text.lines()
                .nth(1)
                .unwrap()
                .starts_with("{\"label\":\"registerDomain\",\"slug\":\"a\",\"hash\":\"0x01")
        );
    }

    #[test]
    fn what_is_under_way_is_found_again_until_it_ended() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        let pending = Pending {
            chain_id: 1,
            from: Address::repeat_byte(2),
            nonce: 3,
            hash: B256::repeat_byte(4),
            raw: Bytes::from(vec![5; 3]),
            label: "setSystemPause".to_owned(),
            slug: None,
        };

        assert_eq!(history.pending().unwrap(), None);
        history.begin(&pending).unwrap();
        assert_eq!(history.pending().unwrap(), Some(pending));
        history.end().unwrap();
        history.end().unwrap();
        assert_eq!(history.pending().unwrap(), None);

        fs::write(folder.path().join(PENDING), "{").unwrap();
        assert!(matches!(history.pending(), Err(HistoryError::Pending { .. })));
    }
}
