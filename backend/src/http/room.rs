//! Whether there is room for what has to be written down.

use std::path::PathBuf;

use phase8_shared::api::{Check, ServiceHealth};
use rustix::fs::{Access, access};

use crate::chain::checklist::Line;

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

    /// The line of the checklist: whether the folder takes what is written, and has room for it.
    pub fn check(&self) -> Check {
        let expected = format!("can be written, with {} MiB free or more", LEAST / MIB);
        let line = Line::new("storage", "The data folder has room", expected);
        let health = self.health();
        if !health.ok {
            return line.fail(health.detail, "make room, or name another folder in storage.data");
        }
        match access(&self.0, Access::WRITE_OK) {
            Ok(()) => line.pass(format!("it can be written; {}", health.detail)),
            Err(error) => line.fail(
                format!("it cannot be written: {error}"),
                "give the server's user the right to write into it, or name another folder in storage.data",
            ),
        }
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
    use phase8_shared::api::CheckState;

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
        let gone = Room::of(folder.path().join("gone"));
        assert!(!gone.health().ok);
        assert_eq!(gone.check().state, CheckState::Fail);
    }

    #[test]
    fn a_folder_that_can_be_written_passes_and_tells_its_room() {
        let folder = tempfile::tempdir().unwrap();

        let check = Room::of(folder.path().to_owned()).check();

        assert_eq!((check.id.as_str(), check.state), ("storage", CheckState::Pass));
        assert!(check.found.contains("MiB are free"), "{}", check.found);
    }
}
