//! Child processes: their output goes to a log, its last line to the screen, its end into the error.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use crate::progress::Step;

/// How many of the last lines are shown when a child fails.
const TAIL: usize = 60;

/// Runs a child to its end with its output in `log`; on failure the error carries the last lines.
pub(crate) fn run(step: &mut Step, command: &mut Command, log: &Path) -> Result<()> {
    let name = describe(command);
    let mut file = create(log)?;
    writeln!(file, "$ {name}").with_context(|| format!("cannot write {}", log.display()))?;

    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot_start(command, error))?;
    let (sender, lines) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        forward(stdout, sender.clone());
    }
    if let Some(stderr) = child.stderr.take() {
        forward(stderr, sender.clone());
    }
    drop(sender);

    let mut tail: VecDeque<String> = VecDeque::with_capacity(TAIL);
    let mut last = String::new();
    loop {
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => {
                writeln!(file, "{line}")
                    .with_context(|| format!("cannot write {}", log.display()))?;
                if tail.len() == TAIL {
                    tail.pop_front();
                }
                if !line.trim().is_empty() {
                    last.clone_from(&line);
                }
                tail.push_back(line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        step.show(&last);
    }

    let status = child.wait().with_context(|| format!("lost sight of `{name}`"))?;
    if status.success() {
        return Ok(());
    }
    let shown: Vec<String> = tail.iter().map(|line| format!("  | {line}")).collect();
    Err(anyhow!(
        "`{name}` {}\n{}\n  the whole of it: {}",
        ending(status),
        shown.join("\n"),
        log.display()
    ))
}

/// Runs a child that talks to the terminal itself.
pub(crate) fn run_openly(command: &mut Command) -> Result<()> {
    let status =
        command.stdin(Stdio::null()).status().map_err(|error| cannot_start(command, error))?;
    if status.success() {
        return Ok(());
    }
    bail!("`{}` {}", describe(command), ending(status))
}

/// Runs a quick child and gives back what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| cannot_start(command, error))?;
    if !output.status.success() {
        bail!(
            "`{}` {}\n{}",
            describe(command),
            ending(output.status),
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` printed something that is not text", describe(command)))
}

/// The command as one would type it, with the program's bare name.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut text = name.to_string_lossy().into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}

fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("failed with exit code {code}"),
        None => "was ended by a signal".to_owned(),
    }
}

fn cannot_start(command: &Command, error: std::io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy().into_owned();
    anyhow::Error::new(error).context(format!("cannot start `{program}`"))
}

fn create(log: &Path) -> Result<File> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    File::create(log).with_context(|| format!("cannot write {}", log.display()))
}

fn forward(source: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(source);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if lines.send(line).is_err() {
                break;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_described_without_the_folder_of_its_program() {
        let mut command = Command::new("/opt/tools/bin/trunk");
        command.args(["build", "--release"]);

        assert_eq!(describe(&command), "trunk build --release");
    }

    #[test]
    fn a_failed_child_is_quoted() {
        let folder = std::env::temp_dir().join(format!("xtask-process-{}", std::process::id()));
        let log = folder.join("child.log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 3"]);

        let error = crate::progress::step("child", |step| run(step, &mut command, &log))
            .unwrap_err()
            .to_string();

        assert!(error.contains("exit code 3"), "{error}");
        assert!(error.contains("  | one"), "{error}");
        assert!(error.contains("  | two"), "{error}");
        assert!(fs::read_to_string(&log).unwrap().contains("two"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = output(&mut Command::new("no-such-program-8")).unwrap_err();

        assert_eq!(error.to_string(), "cannot start `no-such-program-8`");
    }
}
