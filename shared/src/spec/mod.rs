//! Job specs: read leniently for showing, checked strictly for launching.

mod check;
pub(crate) mod detect;
mod draft;
mod job;
mod names;
pub(crate) mod own;
mod read;
mod summary;
pub(crate) mod values;

pub use check::CheckedJob;
pub use detect::{FileKind, detect};
pub use draft::Draft;
pub use job::{
    Agent, Autonomy, Economics, Governance, JobSpec, MemoryKind, MemoryPolicy, Milestone, Party,
    PlannedCheckpoint, RewardAdjustment, Safety, TripwireKind, Validators,
};
pub use names::{
    AdapterId, CheckpointRef, JobName, ParseAdapterIdError, ParseCheckpointError,
    ParseStakeTierError, StakeTier, UnsafeNameError,
};
pub use summary::{SummaryLine, summary};
pub use values::{Bps, BpsError, Millionths, Minutes};

use crate::findings::{Collector, Findings};
use crate::json::{Cursor, Document, Place, Report};
use crate::policy::{GovernancePolicies, ModelAdapter};

/// What can be shown of a text that was uploaded as a job spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Which kind of file it is.
    pub kind: FileKind,
    /// The job spec, if every part of it could be read; it may still have errors.
    pub spec: Option<JobSpec>,
    /// What could be read of it.
    pub draft: Draft,
    /// Everything that was found.
    pub findings: Findings,
}

/// Reads a text as far as it can be read. Checks only what the text alone can tell.
pub fn preview(text: &str) -> Preview {
    read(text, |_, _| {}).0
}

/// Reads a text and checks it against the policies and adapters too: what [`check`] finds, with the draft beside it.
pub fn preview_under(
    text: &str,
    policies: &GovernancePolicies,
    adapters: &[ModelAdapter],
) -> Preview {
    read(text, |draft, report| launchable(draft, policies, adapters, report)).0
}

/// Reads a text that is to be launched. Any error refuses it, with all findings.
pub fn check(
    text: &str,
    policies: &GovernancePolicies,
    adapters: &[ModelAdapter],
) -> Result<CheckedJob, Findings> {
    let (preview, parties) =
        read(text, |draft, report| launchable(draft, policies, adapters, report));
    let Preview { spec: Some(mut spec), findings, .. } = preview else {
        return Err(preview.findings);
    };
    let Some(parties) = parties.flatten().filter(|_| !findings.has_errors()) else {
        return Err(findings);
    };
    let check::Parties { guild, pause_guardian, owner_proxy } = parties;
    spec.validators.guild = Party::Address(guild);
    spec.safety.pause_guardian = Party::Address(pause_guardian);
    spec.governance.owner_proxy = Party::Address(owner_proxy);
    Ok(CheckedJob { spec, guild, pause_guardian, owner_proxy, findings })
}

fn launchable(
    draft: &Draft,
    policies: &GovernancePolicies,
    adapters: &[ModelAdapter],
    report: &mut Report<'_>,
) -> Option<check::Parties> {
    check::check(draft, policies, adapters, report);
    check::resolve(draft, policies, report)
}

/// Reads a text, then lets `further` look at the draft.
fn read<T>(text: &str, further: impl FnOnce(&Draft, &mut Report<'_>) -> T) -> (Preview, Option<T>) {
    let mut collector = Collector::default();
    let Some(document) = Document::read(text, &mut collector) else {
        return (
            Preview {
                kind: FileKind::Unknown,
                spec: None,
                draft: Draft::default(),
                findings: collector.finish(),
            },
            None,
        );
    };
    let kind = detect::kind_of(&document);
    let mut report = Report::about(&document, collector);
    if kind != FileKind::JobSpec {
        let message = format_args!("this is {kind}, not a job spec");
        let help = format_args!("a job spec has the keys jobName, agents and economics");
        report.error("not-a-job-spec", Place::Path(&[]), message, help);
        return (
            Preview { kind, spec: None, draft: Draft::default(), findings: report.finish() },
            None,
        );
    }
    let draft = read::draft(Cursor::root(&document), &mut report);
    own::check(&draft, &mut report);
    let outcome = further(&draft, &mut report);
    (Preview { kind, spec: draft.complete(), draft, findings: report.finish() }, Some(outcome))
}
