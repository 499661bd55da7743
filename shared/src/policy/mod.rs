//! What owners configure: governance policies, model adapters, directives and extensions, with the same findings as job
//! specs.

mod adapters;
pub mod address;
pub(crate) mod date;
mod directives;
mod extensions;
mod governance;
mod manifest_index;
mod parts;

pub use adapters::{Endpoint, ModelAdapter, read_adapters};
pub use directives::{
    ControlSurface, DirectedChange, DirectedParameter, DirectedState, DirectedTripwire,
    DirectiveSeverity, OwnerDirectives, Standing, SurfaceMethod, read_directives,
};
pub use extensions::{
    ContractExtension, ContractExtensions, Dependency, Rollback, StageError, read_extensions,
};
pub use governance::{
    CiGate, GovernancePolicies, TripwireSensitivity, UpgradeHooks, read_policies,
};
pub use manifest_index::{DependencyKind, ManifestIndex};
pub(crate) use parts::named;

use crate::findings::{Collector, Loaded};
use crate::json::{Cursor, Document, Report};

/// Reads a whole file; any error leaves no value.
fn load<T>(text: &str, read: impl FnOnce(Cursor<'_>, &mut Report<'_>) -> Option<T>) -> Loaded<T> {
    let mut collector = Collector::default();
    let Some(document) = Document::read(text, &mut collector) else {
        return Loaded { value: None, findings: collector.finish() };
    };
    let mut report = Report::about(&document, collector);
    let value = read(Cursor::root(&document), &mut report).filter(|_| !report.has_errors());
    Loaded { value, findings: report.finish() }
}
