//! `cargo xtask tidy`: the rules of the architecture that a program can check.

mod crates;
mod docs;
mod guards;
mod pins;
mod sources;
mod text;

use std::fmt;

use anyhow::{Result, bail};

use crate::progress;
use crate::workspace::Workspace;

/// Something that breaks a rule: where, and which.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    line: Option<usize>,
    message: String,
}

impl Finding {
    fn of_file(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, message: message.into() }
    }

    fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: Some(line), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "{}:{line}: {}", self.path, self.message),
            None => write!(out, "{}: {}", self.path, self.message),
        }
    }
}

/// Checks every rule and lists everything that breaks one.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut findings = Vec::new();
    progress::step("files", |_| {
        let sources = sources::read(workspace)?;
        for source in &sources {
            findings.extend(text::check(source));
        }
        findings.extend(docs::check(workspace, &sources));
        findings.extend(guards::check(&sources));
        findings.extend(pins::check(&sources));
        Ok(())
    })?;
    progress::step("dependencies", |_| {
        findings.extend(crates::check(workspace)?);
        Ok(())
    })?;
    if findings.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = findings.iter().map(|finding| format!("  {finding}")).collect();
    bail!("tidy found {} things:\n{}", findings.len(), list.join("\n"))
}
