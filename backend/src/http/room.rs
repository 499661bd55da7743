//! Whether there is room for what has to be written down.

use std::path::PathBuf;

use phase8_shared::api::ServiceHealth;

/// With less than this, ledgers and promises soon cannot be written.
const LEAST: u64 = 32 * MIB;
const MIB: u64 = 1024 * 1024;

/// The folder of data.
#[derive(Debug, Clone)]
pub struct Room(PathBuf);

impl Room {
    /// In this folder.
    pub const fn of(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Whether there is enough of it, in words.
    pub fn health(&self) -> ServiceHealth {
        let (ok, detail) = match rustix::fs::statvfs(&self.0) {
            Ok(found) => told(found.f_bavail.saturating_mul(found.f_frsize)),
            Err(error) => (false, format!("the data folder cannot be looked at: {error}")),
        };
        ServiceHealth { name: "storage".to_owned(), ok, detail, block: None }
    }
}

fn told(free: u64) -> (bool, String) {
    let room = format!("{} MiB are free in the data folder", free / MIB);
    if free >= LEAST {
        (true, room)
    } else {
        (false, format!("{room}, and {} are needed: make room", LEAST / MIB))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_is_nearly_full_is_told_before_it_is_full() {
        let nearly = "31 MiB are free in the data folder, and 32 are needed: make room";

        assert_eq!(told(32 * MIB - 1), (false, nearly.to_owned()));
        assert_eq!(told(32 * MIB), (true, "32 MiB are free in the data folder".to_owned()));
    }

    #[test]
    fn a_folder_that_is_gone_has_no_room() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!Room::of(folder.path().join("gone")).health().ok);
    }
}
