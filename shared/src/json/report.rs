//! Collects findings about a document and names their places.

use std::borrow::Cow;
use std::fmt::Arguments;

use super::place::Place;
use super::tree::Document;
use crate::findings::{Collector, Finding, Findings, Level};

/// Collects findings about one document. Words come as [`Arguments`], which keeps the many places that report small.
#[derive(Debug)]
pub(crate) struct Report<'d> {
    document: &'d Document<'d>,
    collector: Collector,
}

impl<'d> Report<'d> {
    /// A report that goes on from what reading the document found.
    pub(crate) const fn about(document: &'d Document<'d>, collector: Collector) -> Self {
        Self { document, collector }
    }

    /// Something that blocks.
    pub(crate) fn error(
        &mut self,
        code: &'static str,
        at: Place<'_>,
        message: Arguments<'_>,
        help: Arguments<'_>,
    ) {
        self.add(Level::Error, code, at, message, help);
    }

    /// Something to read before signing.
    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        at: Place<'_>,
        message: Arguments<'_>,
        help: Arguments<'_>,
    ) {
        self.add(Level::Warning, code, at, message, help);
    }

    /// How something was understood.
    pub(crate) fn info(
        &mut self,
        code: &'static str,
        at: Place<'_>,
        message: Arguments<'_>,
        help: Arguments<'_>,
    ) {
        self.add(Level::Info, code, at, message, help);
    }

    /// Whether anything so far blocks.
    pub(crate) fn has_errors(&self) -> bool {
        self.collector.has_errors()
    }

    /// Whether an error stands at a place, below it, or at a value around it other than the whole file: what follows
    /// from such a value would be a second finding about the same slip.
    pub(crate) fn blames(&self, at: Place<'_>) -> bool {
        self.has_errors() && self.collector.blames(&at.written(self.document).0)
    }

    /// The findings, in the order of the file.
    pub(crate) fn finish(self) -> Findings {
        self.collector.finish()
    }

    #[inline(never)]
    fn add(
        &mut self,
        level: Level,
        code: &'static str,
        at: Place<'_>,
        message: Arguments<'_>,
        help: Arguments<'_>,
    ) {
        let (path, position) = at.written(self.document);
        self.collector.add(Finding {
            level,
            code: Cow::Borrowed(code),
            path,
            line: Some(position.line),
            column: Some(position.column),
            message: message.to_string(),
            help: help.to_string(),
        });
    }
}
