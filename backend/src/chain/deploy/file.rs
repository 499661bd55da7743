//! `deployment.json`: where the contracts are.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use phase8_shared::chain::Deployment;

use super::DeployError;

/// What the file says; `None` if there is none.
pub(super) fn find(path: &Path) -> Result<Option<Deployment>, DeployError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(DeployError::File { path: path.to_owned(), source }),
    };
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|source| DeployError::Parse { path: path.to_owned(), source })
}

/// Writes the file whole or not at all.
pub(super) fn write(path: &Path, deployment: &Deployment) -> Result<(), DeployError> {
    let error = |source| DeployError::File { path: path.to_owned(), source };
    let mut text = serde_json::to_vec_pretty(deployment).map_err(|source| error(source.into()))?;
    text.push(b'\n');
    if fs::read(path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(error)?;
    }
    let draft = path.with_extension("json.new");
    let mut file = fs::File::create(&draft).map_err(error)?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&draft, path))
        .map_err(error)
}

/// Removes the file, if there is one.
pub(super) fn remove(path: &Path) -> Result<(), DeployError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(DeployError::File { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}
