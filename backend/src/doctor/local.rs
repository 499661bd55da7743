//! What is on this machine.

use std::path::Path;
use std::time::Duration;

use phase8_shared::api::Check;
use phase8_shared::findings::{Level, Loaded};
use tokio::process::Command;

use crate::chain::checklist::Line;
use crate::http::page::Page;
use crate::http::room::Room;

/// A program that says its version has said it by then.
const PATIENCE: Duration = Duration::from_secs(10);

/// A file that is read at the start, checked as it will be then.
pub(super) fn file<T>(
    id: &'static str,
    label: &'static str,
    path: &Path,
    read: impl FnOnce(&str) -> Loaded<T>,
) -> Check {
    let line = Line::new(id, label, path.display());
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let mend = format!("put the file at {}, or name another in [files]", path.display());
            return line.fail(error, mend);
        }
    };
    match read(&text).into_result() {
        Ok((_, remarks)) if remarks.is_empty() => line.pass("read"),
        Ok((_, remarks)) => {
            let first = remarks.iter().next().map(ToString::to_string).unwrap_or_default();
            line.warn(format!("{} remarks; the first: {first}", remarks.len()), "look at them")
        }
        Err(findings) => {
            let errors = findings.count(Level::Error);
            line.fail(format!("{errors} errors:\n{findings}"), "mend the lines that are named")
        }
    }
}

/// The built page.
pub(super) fn page(folder: &Path) -> Check {
    let line = Line::new("page", "The page is built", folder.display());
    match Page::load(folder) {
        Ok(page) if page.is_built() => {
            let digest = page.digest().unwrap_or_default();
            line.pass(format!("SHA-256 {digest}"))
        }
        Ok(_) => {
            line.fail("nothing there", "run `cargo xtask build`, or name its folder in http.dist")
        }
        Err(error) => line.fail(error, "run `cargo xtask build` again"),
    }
}

/// The folder of missions takes what is written into it.
pub(super) fn folder(path: &Path) -> Check {
    let line = Line::new("storage", "The data folder can be written", path.display());
    let probe = path.join(format!(".doctor-{}", std::process::id()));
    let tried = std::fs::create_dir_all(path)
        .and_then(|()| std::fs::write(&probe, b"probe"))
        .and_then(|()| std::fs::remove_file(&probe));
    match tried {
        // What the server says of the same folder, once it can be written.
        Ok(()) => Room::of(path.to_owned()).check(),
        Err(error) => line.fail(
            error,
            format!(
                "give this user the right to write into {}, or name another folder in storage.data",
                path.display()
            ),
        ),
    }
}

/// The program of the development chain.
pub(super) async fn anvil(program: &Path) -> Check {
    let line = Line::new("anvil", "The development chain's program", program.display());
    let asked = Command::new(program).arg("--version").kill_on_drop(true).output();
    let mend = "run `cargo xtask setup`, or name the program in chain.anvil";
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(output)) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            line.pass(text.lines().next().unwrap_or_default().to_owned())
        }
        Ok(Ok(output)) => line.fail(output.status, mend),
        Ok(Err(error)) => line.fail(error, mend),
        Err(_) => line.fail("it does not answer", mend),
    }
}
