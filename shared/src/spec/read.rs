//! From JSON to a [`Draft`], with a finding for everything that is not as it should be.

use std::fmt;
use std::str::FromStr;

use super::names::{check_file_name, safe_name};
use super::{
    Agent, Bps, CheckpointRef, Draft, JobName, MemoryKind, MemoryPolicy, Milestone, Millionths,
    Minutes, Party, TripwireKind,
};
use crate::format::listed;
use crate::json::{Cursor, Fields, Report, nearest, shortened};
use crate::money::MicroUsd;
use crate::policy::address;

/// Milestones that a job spec may have: their index is a byte on chain, and a person must still follow them.
const MOST_MILESTONES: usize = 32;
/// Agents that a job spec may have.
const MOST_AGENTS: usize = 16;
/// Checkpoints, tripwires or capabilities that one list may have.
const MOST_ENTRIES: usize = 64;
/// The largest budget in dollars: fifteen digits in micro-dollars, which every JSON reader keeps exactly.
const MOST_DOLLARS: u64 = 100_000_000;
/// The largest multiplier.
const MOST_MULTIPLIER: u64 = 1_000;
/// The longest text for people.
const LONGEST_TEXT: usize = 4_000;
/// The longest name of a milestone, capability or bucket.
const LONGEST_NAME: usize = 120;

/// Reads a job spec as far as it can be read.
pub(super) fn draft(root: Cursor<'_>, report: &mut Report<'_>) -> Draft {
    let mut draft = Draft::default();
    let Some(mut fields) = root.fields(report) else { return draft };
    fields.optional("$schema");
    draft.job_name = fields.required(report, "jobName").and_then(|name| job_name(name, report));
    draft.description = match fields.optional("description") {
        Some(text) if text.text(report, "a text") == Some("") => Some(String::new()),
        Some(text) => text.words(report, "a description", LONGEST_TEXT),
        None => Some(String::new()),
    };
    draft.max_duration_minutes = minutes(&mut fields, "maxDurationMinutes", report);
    if let Some(part) = part(&mut fields, "autonomy", report) {
        autonomy(part, &mut draft, report);
    }
    if let Some(part) = part(&mut fields, "economics", report) {
        economics(part, &mut draft, report);
    }
    draft.agents = list(&mut fields, "agents", MOST_AGENTS, report, agent);
    if let Some(part) = part(&mut fields, "validators", report) {
        validators(part, &mut draft, report);
    }
    if let Some(part) = part(&mut fields, "safety", report) {
        safety(part, &mut draft, report);
    }
    if let Some(part) = part(&mut fields, "governance", report) {
        governance(part, &mut draft, report);
    }
    fields.finish(report);
    draft
}

fn autonomy(mut fields: Fields<'_>, draft: &mut Draft, report: &mut Report<'_>) {
    draft.checkpoint_interval_minutes = minutes(&mut fields, "checkpointIntervalMinutes", report);
    draft.require_validator_check_in = flag(&mut fields, "requireValidatorCheckIn", report);
    draft.max_idle_minutes = minutes(&mut fields, "maxIdleMinutes", report);
    fields.finish(report);
}

fn economics(mut fields: Fields<'_>, draft: &mut Draft, report: &mut Report<'_>) {
    draft.stake_tier =
        parsed(&mut fields, "stakeTier", "the name of a stake tier, such as \"PRO\"", report);
    draft.stake_multiplier = multiplier(&mut fields, "stakeMultiplier", report);
    draft.milestones = list(&mut fields, "milestones", MOST_MILESTONES, report, milestone);
    let budget = fields.required(report, "maxBudgetUSD");
    draft.max_budget = budget
        .and_then(|budget| budget.millionths(report, "an amount of US dollars", MOST_DOLLARS))
        .map(MicroUsd::new);
    if let Some(mut fields) = part(&mut fields, "rewardAdjustment", report) {
        draft.duration_bonus_bps = bps(&mut fields, "durationBonusBps", report);
        draft.failure_penalty_multiplier =
            multiplier(&mut fields, "failurePenaltyMultiplier", report);
        fields.finish(report);
    }
    fields.finish(report);
}

fn validators(mut fields: Fields<'_>, draft: &mut Draft, report: &mut Report<'_>) {
    draft.guild = party(&mut fields, "guild", report);
    draft.checkpoints = list(&mut fields, "checkpoints", MOST_ENTRIES, report, |entry, report| {
        checkpoint(entry, report)
    });
    draft.reward_bps = bps(&mut fields, "rewardBps", report);
    fields.finish(report);
}

fn safety(mut fields: Fields<'_>, draft: &mut Draft, report: &mut Report<'_>) {
    draft.tripwires = list(&mut fields, "tripwires", MOST_ENTRIES, report, |entry, report| {
        tripwire(entry, report)
    });
    draft.halt_on_tripwire = flag(&mut fields, "haltOnTripwire", report);
    draft.pause_guardian = party(&mut fields, "pauseGuardian", report);
    fields.finish(report);
}

fn governance(mut fields: Fields<'_>, draft: &mut Draft, report: &mut Report<'_>) {
    draft.owner_proxy = party(&mut fields, "ownerProxy", report);
    draft.allow_human_co_pilot = flag(&mut fields, "allowHumanCoPilot", report);
    let approvals = fields.required(report, "requiredValidatorApprovals");
    draft.required_validator_approvals = approvals
        .and_then(|approvals| approvals.whole(report, "a whole number of validators", 1..=255));
    fields.finish(report);
}

fn milestone(entry: Cursor<'_>, report: &mut Report<'_>) -> Option<Milestone> {
    let mut fields = entry.fields(report)?;
    let name = fields
        .required(report, "name")
        .and_then(|name| name.words(report, "a milestone's name", LONGEST_NAME));
    let payout_bps = bps(&mut fields, "payoutBps", report);
    let reference =
        fields.required(report, "checkpoint").and_then(|reference| checkpoint(reference, report));
    fields.finish(report);
    Some(Milestone { name: name?, payout_bps: payout_bps?, checkpoint: reference? })
}

fn agent(entry: Cursor<'_>, report: &mut Report<'_>) -> Option<Agent> {
    let mut fields = entry.fields(report)?;
    let role = parsed(&mut fields, "role", "a role, such as \"planner\"", report);
    let model = parsed(&mut fields, "model", "the id of a model adapter", report);
    let capability = |entry: Cursor<'_>, report: &mut Report<'_>| {
        entry.words(report, "a capability", LONGEST_NAME)
    };
    let capabilities = match fields.optional("capabilities") {
        Some(_) => list(&mut fields, "capabilities", MOST_ENTRIES, report, capability),
        None => Some(Vec::new()),
    };
    let memory = part(&mut fields, "memory", report).and_then(|fields| memory(fields, report));
    fields.finish(report);
    let capabilities = capabilities?.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Agent { role: role?, model: model?, capabilities, memory: memory? })
}

fn memory(mut fields: Fields<'_>, report: &mut Report<'_>) -> Option<MemoryPolicy> {
    let kind = fields.required(report, "type").and_then(|kind| memory_kind(kind, report));
    let bucket = fields.required(report, "bucket").and_then(|bucket| {
        let text = file_name(bucket, "a bucket's name", report)?;
        Some(text.to_owned())
    });
    let retention = fields.required(report, "retentionHours");
    let retention_hours =
        retention.and_then(|hours| hours.whole(report, "a whole number of hours", 0..=876_000));
    fields.finish(report);
    Some(MemoryPolicy { kind: kind?, bucket: bucket?, retention_hours: retention_hours? })
}

fn memory_kind(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<MemoryKind> {
    match cursor.text(report, "a kind of memory")? {
        "persistent" => Some(MemoryKind::Persistent),
        "ephemeral" => Some(MemoryKind::Ephemeral),
        other => {
            let message = format_args!("{:?} is not a kind of memory", shortened(other));
            let help = format_args!("write \"persistent\" or \"ephemeral\"");
            report.error("unknown-memory", cursor.place(), message, help);
            None
        }
    }
}

fn job_name(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<JobName> {
    file_name(cursor, "the job's name", report)?.parse().ok()
}

/// A text that becomes the name of a file.
fn file_name<'d>(cursor: Cursor<'d>, what: &str, report: &mut Report<'_>) -> Option<&'d str> {
    let text = cursor.text(report, what)?;
    let Err(error) = check_file_name(text) else { return Some(text) };
    let message =
        format_args!("{what} becomes the name of a file, and {:?} {error}", shortened(text));
    let help = format_args!("use letters, digits, `-` and `_`, such as \"{}\"", safe_name(text));
    report.error("unsafe-name", cursor.place(), message, help);
    None
}

fn checkpoint(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<CheckpointRef> {
    parse(cursor, "a checkpoint, such as \"planner:blueprint\"", report)
}

fn tripwire(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<TripwireKind> {
    let text = cursor.text(report, "the name of a tripwire")?;
    let known = TripwireKind::ALL.into_iter().find(|kind| kind.as_str() == text);
    if known.is_none() {
        let names = TripwireKind::ALL.map(TripwireKind::as_str);
        let help = match nearest(text, &mut names.into_iter()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("known are {}", listed(&names)),
        };
        let message = format_args!(
            "there is no tripwire {:?}, so nothing would watch for it",
            shortened(text)
        );
        report.error("unknown-tripwire", cursor.place(), message, format_args!("{help}"));
    }
    known
}

/// An address, or a name that the policies may resolve; which of the two is decided here, the rest later.
fn party(fields: &mut Fields<'_>, name: &'static str, report: &mut Report<'_>) -> Option<Party> {
    let cursor = fields.required(report, name)?;
    let text = cursor.text(report, "an address, or a name such as \"0xPauseGuardian\"")?;
    if address::looks_like_one(text) {
        return address::read(cursor, report).map(Party::Address);
    }
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_' | b'.');
    if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
        return Some(Party::Placeholder(text.to_owned()));
    }
    let message = format_args!("{:?} is neither an address nor a name", shortened(text));
    report.error(
        "not-an-address",
        cursor.place(),
        message,
        format_args!("write 0x and 40 hex digits"),
    );
    None
}

fn part<'d>(
    fields: &mut Fields<'d>,
    name: &'static str,
    report: &mut Report<'_>,
) -> Option<Fields<'d>> {
    fields.required(report, name)?.fields(report)
}

fn minutes(
    fields: &mut Fields<'_>,
    name: &'static str,
    report: &mut Report<'_>,
) -> Option<Minutes> {
    let cursor = fields.required(report, name)?;
    cursor.whole(report, "a whole number of minutes", 1..=Minutes::MOST).map(Minutes::new)
}

fn bps(fields: &mut Fields<'_>, name: &'static str, report: &mut Report<'_>) -> Option<Bps> {
    let cursor = fields.required(report, name)?;
    Bps::try_from(cursor.whole(report, "a whole number of basis points", 0..=Bps::WHOLE)?).ok()
}

fn multiplier(
    fields: &mut Fields<'_>,
    name: &'static str,
    report: &mut Report<'_>,
) -> Option<Millionths> {
    let cursor = fields.required(report, name)?;
    cursor.millionths(report, "a multiplier", MOST_MULTIPLIER).map(Millionths::new)
}

fn flag(fields: &mut Fields<'_>, name: &'static str, report: &mut Report<'_>) -> Option<bool> {
    fields.required(report, name)?.flag(report)
}

fn parsed<T: FromStr<Err: fmt::Display>>(
    fields: &mut Fields<'_>,
    name: &'static str,
    what: &str,
    report: &mut Report<'_>,
) -> Option<T> {
    let cursor = fields.required(report, name)?;
    parse(cursor, what, report)
}

fn parse<T: FromStr<Err: fmt::Display>>(
    cursor: Cursor<'_>,
    what: &str,
    report: &mut Report<'_>,
) -> Option<T> {
    let text = cursor.text(report, what)?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            let message = format_args!("expected {what}, found {:?}", shortened(text));
            report.error("malformed", cursor.place(), message, format_args!("{error}"));
            None
        }
    }
}

fn list<'d, T>(
    fields: &mut Fields<'d>,
    name: &'static str,
    most: usize,
    report: &mut Report<'_>,
    entry: fn(Cursor<'d>, &mut Report<'_>) -> Option<T>,
) -> Option<Vec<Option<T>>> {
    let cursor = fields.required(report, name)?;
    let items = cursor.items(report)?;
    if items.len() > most {
        let message = format_args!("`{name}` has {} entries, and {most} is the most", items.len());
        report.error(
            "too-many-entries",
            cursor.place(),
            message,
            format_args!("take some out, or split the job"),
        );
        return None;
    }
    Some(items.iter().map(|item| entry(item.into(), report)).collect())
}
