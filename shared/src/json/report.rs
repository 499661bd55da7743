//! Collects findings about a document and names their lines.

use std::borrow::Cow;

use super::{Document, JsonPath, Position};
use crate::findings::{Finding, Findings, Level};

/// Collects findings about one document.
#[derive(Debug)]
pub struct Report<'d> {
    document: &'d Document<'d>,
    findings: Findings,
}

impl<'d> Report<'d> {
    /// A report that goes on from what reading the document found.
    pub const fn about(document: &'d Document<'d>, findings: Findings) -> Self {
        Self { document, findings }
    }

    /// The document that is reported on.
    pub const fn document(&self) -> &'d Document<'d> {
        self.document
    }

    /// Something that blocks.
    pub fn error(&mut self, code: &'static str, path: &JsonPath, message: &str, help: &str) {
        self.add(Level::Error, code, path, message, help);
    }

    /// Something to read before signing.
    pub fn warning(&mut self, code: &'static str, path: &JsonPath, message: &str, help: &str) {
        self.add(Level::Warning, code, path, message, help);
    }

    /// How something was understood.
    pub fn info(&mut self, code: &'static str, path: &JsonPath, message: &str, help: &str) {
        self.add(Level::Info, code, path, message, help);
    }

    /// Whether anything so far blocks.
    pub fn has_errors(&self) -> bool {
        self.findings.has_errors()
    }

    /// The findings, in the order of the file.
    #[must_use]
    pub fn finish(self) -> Findings {
        self.findings.sorted()
    }

    fn add(
        &mut self,
        level: Level,
        code: &'static str,
        path: &JsonPath,
        message: &str,
        help: &str,
    ) {
        let at = self.document.locate(path);
        self.add_at(level, code, path, at, message, help);
    }

    pub(super) fn add_at(
        &mut self,
        level: Level,
        code: &'static str,
        path: &JsonPath,
        at: Position,
        message: &str,
        help: &str,
    ) {
        self.findings.push(Finding {
            level,
            code: Cow::Borrowed(code),
            path: path.to_string(),
            line: Some(at.line),
            column: Some(at.column),
            message: message.to_owned(),
            help: help.to_owned(),
        });
    }
}
