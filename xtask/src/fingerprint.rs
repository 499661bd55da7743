//! Fingerprints of files: equal when nothing changed, so that a step may be skipped.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Collects what a step depends on.
#[derive(Debug, Default)]
pub(crate) struct Fingerprint {
    hasher: DefaultHasher,
}

impl Fingerprint {
    /// Adds words, for example a version.
    pub(crate) fn words(&mut self, words: &str) {
        words.hash(&mut self.hasher);
    }

    /// Adds a file, or every file below a folder, by name and content. What is absent counts as absent.
    pub(crate) fn path(&mut self, root: &Path, relative: &str) -> Result<()> {
        let path = root.join(relative);
        let mut files = Vec::new();
        collect(&path, &mut files)?;
        files.sort();
        files.len().hash(&mut self.hasher);
        for file in files {
            let content =
                fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            file.strip_prefix(root).unwrap_or(&file).hash(&mut self.hasher);
            content.hash(&mut self.hasher);
        }
        Ok(())
    }

    /// The fingerprint as text, to be kept in a stamp file.
    pub(crate) fn text(&self) -> String {
        format!("{:016x}", self.hasher.finish())
    }
}

/// Whether the stamp file holds this fingerprint.
pub(crate) fn is_stamped(stamp: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|kept| kept.trim() == fingerprint)
}

/// Writes the stamp file; the last act of a step that went well.
pub(crate) fn stamp(stamp: &Path, fingerprint: &str) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::write(stamp, fingerprint).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Takes the stamp away; the first act of a step that is about to change things.
pub(crate) fn unstamp(stamp: &Path) -> Result<()> {
    match fs::remove_file(stamp) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", stamp.display()))
        }
        _ => Ok(()),
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    if !path.is_dir() {
        return Ok(());
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", path.display()))?;
        collect(&entry.path(), files)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("src/deep")).unwrap();
        fs::write(folder.join("src/a.rs"), "one").unwrap();
        fs::write(folder.join("src/deep/b.rs"), "two").unwrap();
        folder
    }

    fn fingerprint(root: &Path) -> String {
        let mut fingerprint = Fingerprint::default();
        fingerprint.words("v1");
        fingerprint.path(root, "src").unwrap();
        fingerprint.path(root, "absent").unwrap();
        fingerprint.text()
    }

    #[test]
    fn nothing_changed_gives_the_same_fingerprint() {
        let root = sample("same");

        assert_eq!(fingerprint(&root), fingerprint(&root));
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn content_name_and_presence_all_count() {
        let root = sample("counts");
        let before = fingerprint(&root);

        fs::write(root.join("src/a.rs"), "One").unwrap();
        let edited = fingerprint(&root);
        fs::rename(root.join("src/a.rs"), root.join("src/c.rs")).unwrap();
        let renamed = fingerprint(&root);
        fs::write(root.join("absent"), "").unwrap();
        let appeared = fingerprint(&root);

        let all = [before, edited, renamed, appeared];
        for (index, left) in all.iter().enumerate() {
            assert!(all.iter().skip(index + 1).all(|right| left != right));
        }
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_stamp_holds_until_it_is_taken_away() {
        let root = sample("stamp");
        let file = root.join("stamps/page");

        assert!(!is_stamped(&file, "abc"));
        stamp(&file, "abc").unwrap();
        assert!(is_stamped(&file, "abc"));
        assert!(!is_stamped(&file, "abd"));
        unstamp(&file).unwrap();
        unstamp(&file).unwrap();
        assert!(!is_stamped(&file, "abc"));
        fs::remove_dir_all(root).unwrap();
    }
}
