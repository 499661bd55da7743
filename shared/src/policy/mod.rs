//! What owners configure: governance policies and model adapters, with the same findings as job specs.

mod adapters;
pub mod address;
mod date;
mod governance;

pub use adapters::{Endpoint, ModelAdapter, read_adapters};
pub use governance::{
    CiGate, GovernancePolicies, TripwireSensitivity, UpgradeHooks, read_policies,
};

use crate::findings::{Collector, Loaded};
use crate::json::{Cursor, Document, Report};

/// Reads a whole file; any error leaves no value.
fn load<T>(text: &str, read: fn(Cursor<'_>, &mut Report<'_>) -> Option<T>) -> Loaded<T> {
    let mut collector = Collector::default();
    let Some(document) = Document::read(text, &mut collector) else {
        return Loaded { value: None, findings: collector.finish() };
    };
    let mut report = Report::about(&document, collector);
    let value = read(Cursor::root(&document), &mut report).filter(|_| !report.has_errors());
    Loaded { value, findings: report.finish() }
}
