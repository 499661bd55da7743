//! The folder of documents: all of them appear whole, or none does.
//!
//! Everything is written into a folder beside them first and is on the disk before the first name changes. If a name
//! cannot be taken after all, those that were taken are given back.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use phase8_shared::artifacts::Artifact;
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// Begins the name of the folder in which files are made; its process's number follows.
const STAGE: &str = ".phase8-bootstrap-";

/// The documents are not there.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} cannot be written, so none of the documents was changed: give this user the right to write there, or name another \
     folder with --output",
    .path.display()
)]
pub struct FolderError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// A folder for what is being made, gone with its last use.
struct Stage(PathBuf);

impl Drop for Stage {
    fn drop(&mut self) {
        // What is left of it is swept by the next run.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Writes all documents, or none. Answers their paths.
pub fn write(folder: &Path, artifacts: &[Artifact]) -> Result<Vec<PathBuf>, FolderError> {
    fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    sweep(folder);
    let stage = stage(folder)?;
    let old = stage.0.join("old");
    fs::create_dir(&old).map_err(|source| failed(&old, source))?;
    let mut drafts = Vec::with_capacity(artifacts.len());
    for artifact in artifacts {
        let target = folder.join(artifact.name);
        let draft = stage.0.join(artifact.name);
        if target.is_dir() {
            return Err(failed(&target, io::ErrorKind::IsADirectory.into()));
        }
        write_new(&draft, artifact.text.as_bytes()).map_err(|source| failed(&target, source))?;
        // A second name for what is there now, in case it must come back.
        match fs::hard_link(&target, old.join(artifact.name)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(failed(&target, source)),
        }
        drafts.push((artifact.name, draft, target));
    }
    for (index, (_, draft, target)) in drafts.iter().enumerate() {
        if let Err(source) = fs::rename(draft, target) {
            for (name, _, target) in drafts.iter().take(index) {
                give_back(&old.join(name), target);
            }
            return Err(failed(target, source));
        }
    }
    // A folder that cannot be told to keep its names keeps them a moment later.
    drop(File::open(folder).and_then(|folder| folder.sync_all()));
    Ok(drafts.into_iter().map(|(_, _, target)| target).collect())
}

fn give_back(old: &Path, target: &Path) {
    let restored = if old.exists() { fs::rename(old, target) } else { fs::remove_file(target) };
    if let Err(error) = restored {
        tracing::warn!("{} could not be restored: {error}", target.display());
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn stage(folder: &Path) -> Result<Stage, FolderError> {
    let path = folder.join(format!("{STAGE}{}", std::process::id()));
    // A run of the same number that was killed left it.
    drop(fs::remove_dir_all(&path));
    fs::create_dir(&path).map_err(|source| failed(folder, source))?;
    Ok(Stage(path))
}

/// Takes away what killed runs left.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(STAGE)?.parse().ok());
        let Some(pid) = number.and_then(Pid::from_raw) else { continue };
        if test_kill_process(pid) == Err(Errno::SRCH) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

fn failed(path: &Path, source: io::Error) -> FolderError {
    FolderError { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(name: &'static str, text: &str) -> Artifact {
        Artifact { name, text: text.to_owned() }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_appear_whole_and_leave_nothing_beside_them() {
        let folder = tempfile::tempdir().unwrap();

        let written =
            write(folder.path(), &[artifact("a.json", "1"), artifact("b.md", "2")]).unwrap();
        write(folder.path(), &[artifact("a.json", "3"), artifact("b.md", "4")]).unwrap();

        assert_eq!(names(folder.path()), ["a.json", "b.md"]);
        assert_eq!(fs::read_to_string(&written[0]).unwrap(), "3");
        assert_eq!(fs::read_to_string(&written[1]).unwrap(), "4");
    }

    #[test]
    fn a_name_that_cannot_be_taken_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[artifact("a.json", "before")]).unwrap();
        fs::create_dir_all(folder.path().join("b.md/full")).unwrap();

        let error = write(
            folder.path(),
            &[artifact("a.json", "after"), artifact("b.md", "2"), artifact("c.csv", "3")],
        )
        .unwrap_err();

        assert!(error.to_string().contains("b.md cannot be written"), "{error}");
        assert_eq!(names(folder.path()), ["a.json", "b.md"]);
        assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), "before");
    }

    #[test]
    fn names_that_were_taken_are_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("old"), "before").unwrap();
        fs::write(at("kept"), "after").unwrap();
        fs::write(at("new"), "after").unwrap();

        give_back(&at("old"), &at("kept"));
        give_back(&at("nothing"), &at("new"));

        assert_eq!(names(folder.path()), ["kept"]);
        assert_eq!(fs::read_to_string(at("kept")).unwrap(), "before");
    }

    #[test]
    fn what_a_killed_run_left_is_swept_and_what_a_running_one_makes_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join(format!("{STAGE}{}", i32::MAX));
        let running = folder.path().join(format!("{STAGE}1"));
        fs::create_dir(&left).unwrap();
        fs::create_dir(&running).unwrap();

        write(folder.path(), &[]).unwrap();

        assert!(!left.exists());
        assert!(running.exists());
    }

    #[test]
    fn a_folder_that_is_a_file_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("output");
        fs::write(&file, "").unwrap();

        let error = write(&file, &[]).unwrap_err();

        assert!(error.to_string().contains("--output"), "{error}");
    }
}
