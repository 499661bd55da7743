//! Whether a job spec agrees with itself. Every check looks at what could be read, so that one slip hides no other.

use super::{Agent, Bps, CheckpointRef, Draft, Milestone, Minutes};
use crate::format::listed;
use crate::id::Role;
use crate::json::Step::{Index, Key};
use crate::json::{Place, Report};

/// More check-ins than this in one mission are refused: each is an event in the ledger.
pub(crate) const MOST_CHECK_INS: u32 = 10_000;

/// Adds what does not agree.
pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    payouts(draft, report);
    cadence(draft, report);
    if draft.agents.as_ref().is_some_and(Vec::is_empty) {
        let message = format_args!("there is no agent to do the work");
        report.error(
            "no-agents",
            Place::Path(&[Key("agents")]),
            message,
            format_args!("add at least one"),
        );
    }
    for (index, agent) in Draft::readable(draft.agents.as_ref()) {
        agent_among(draft, index, agent, report);
    }
    for (index, milestone) in Draft::readable(draft.milestones.as_ref()) {
        milestone_among(draft, index, milestone, report);
    }
    for (index, checkpoint) in Draft::readable(draft.checkpoints.as_ref()) {
        checkpoint_among(draft, index, checkpoint, report);
    }
    safety(draft, report);
}

fn payouts(draft: &Draft, report: &mut Report<'_>) {
    if draft.max_budget.is_some_and(|budget| budget.get() == 0) {
        let place = Place::Path(&[Key("economics"), Key("maxBudgetUSD")]);
        let message = format_args!("a budget of zero lets no agent start");
        report.error("no-budget", place, message, format_args!("write how much may be spent"));
    }
    let place = Place::Path(&[Key("economics"), Key("milestones")]);
    let Some(milestones) = &draft.milestones else { return };
    if milestones.is_empty() {
        let message = format_args!("there is no milestone, so nothing would ever be paid");
        report.error("no-milestones", place, message, format_args!("add at least one"));
        return;
    }
    let mut sum = 0;
    for milestone in milestones {
        // A payout that could not be read has its own finding; a sum without it would mislead.
        let Some(milestone) = milestone else { return };
        sum += milestone.payout_bps.get();
    }
    let message = format_args!(
        "the milestones pay {sum} basis points in all, and must pay exactly {}",
        Bps::WHOLE
    );
    if sum < Bps::WHOLE {
        let help =
            format_args!("give the {} bps that are left over to a milestone", Bps::WHOLE - sum);
        report.error("payouts-do-not-sum", place, message, help);
    } else if sum > Bps::WHOLE {
        let help =
            format_args!("take the {} bps that are too many from a milestone", sum - Bps::WHOLE);
        report.error("payouts-do-not-sum", place, message, help);
    }
}

fn cadence(draft: &Draft, report: &mut Report<'_>) {
    let place = Place::Path(&[Key("autonomy"), Key("checkpointIntervalMinutes")]);
    let Some(interval) = draft.checkpoint_interval_minutes else { return };
    if let Some(duration) = draft.max_duration_minutes {
        if interval > duration {
            let message = format_args!(
                "agents check in every {interval}, but the mission takes {duration} at most, so none ever would"
            );
            let help = format_args!("shorten the interval, or lengthen maxDurationMinutes");
            report.error("interval-too-long", place, message, help);
        } else if duration.get() / interval.get().max(1) > MOST_CHECK_INS {
            let message = format_args!(
                "{duration} with a check-in every {interval} are more than {MOST_CHECK_INS} check-ins"
            );
            report.error(
                "too-many-check-ins",
                place,
                message,
                format_args!("lengthen the interval"),
            );
        }
    }
    if let Some(idle) = draft.max_idle_minutes.filter(|idle| *idle < interval) {
        let place = Place::Path(&[Key("autonomy"), Key("maxIdleMinutes")]);
        let message = format_args!(
            "agents check in every {interval}, but trip when silent for longer than {idle}"
        );
        let help = format_args!("let maxIdleMinutes be at least the interval");
        report.warning("idle-limit-too-short", place, message, help);
    }
}

fn agent_among(draft: &Draft, index: usize, agent: &Agent, report: &mut Report<'_>) {
    let (number, role, memory) = (index + 1, &agent.role, &agent.memory);
    let (list, at) = (Key("agents"), Index(index));
    let earlier = || Draft::readable(draft.agents.as_ref()).take_while(|(other, _)| *other < index);
    if role.is_validator() {
        let message = format_args!("the role `validator` is the guild itself, which is people");
        let help = format_args!("give the agent another role, such as analyst");
        report.error("reserved-role", Place::Path(&[list, at, Key("role")]), message, help);
    }
    if let Some((other, _)) = earlier().find(|(_, other)| other.role == *role) {
        let message = format_args!("agents {} and {number} both have the role `{role}`", other + 1);
        let help = format_args!("give each agent its own role, such as {role} and {role}-2");
        report.error("duplicate-role", Place::Path(&[list, at, Key("role")]), message, help);
    }
    if let Some((other, _)) = earlier().find(|(_, other)| other.memory.bucket == memory.bucket) {
        let place = Place::Path(&[list, at, Key("memory"), Key("bucket")]);
        let message =
            format_args!("agents {} and {number} share the bucket `{}`", other + 1, memory.bucket);
        let help = format_args!("give each its own, unless they are to share what they remember");
        report.warning("shared-bucket", place, message, help);
    }
    let duration = draft.max_duration_minutes;
    if let Some(duration) =
        duration.filter(|duration| memory.retention_hours < duration.get().div_ceil(60))
    {
        let place = Place::Path(&[list, at, Key("memory"), Key("retentionHours")]);
        let hours = memory.retention_hours;
        let message = format_args!(
            "the {role} forgets after {hours} hours, but the mission may take {duration}"
        );
        let help = format_args!("write at least {}", duration.get().div_ceil(60));
        report.warning("memory-too-short", place, message, help);
    }
    let paid = |milestone: &Milestone| milestone.checkpoint.role == *role;
    let listed = |checkpoint: &CheckpointRef| checkpoint.role == *role;
    if surely_none(draft.milestones.as_ref(), paid)
        && surely_none(draft.checkpoints.as_ref(), listed)
    {
        let message =
            format_args!("the {role} has no checkpoint, so nothing says when its work is done");
        let help =
            format_args!("add a checkpoint such as \"{role}:report\" to validators.checkpoints");
        report.warning("agent-without-checkpoint", Place::Path(&[list, at]), message, help);
    }
}

fn milestone_among(draft: &Draft, index: usize, milestone: &Milestone, report: &mut Report<'_>) {
    let (number, checkpoint) = (index + 1, &milestone.checkpoint);
    let at = |key| [Key("economics"), Key("milestones"), Index(index), Key(key)];
    let earlier =
        || Draft::readable(draft.milestones.as_ref()).take_while(|(other, _)| *other < index);
    let steps = at("checkpoint");
    let place = Place::Path(&steps);
    if let Some((other, _)) = earlier().find(|(_, other)| other.checkpoint == *checkpoint) {
        let message =
            format_args!("milestones {} and {number} both wait for `{checkpoint}`", other + 1);
        let help = format_args!("let each milestone wait for its own checkpoint");
        report.error("duplicate-checkpoint", place, message, help);
    }
    if let Some((other, _)) = earlier().find(|(_, other)| other.name == milestone.name) {
        let message = format_args!("milestones {} and {number} have the same name", other + 1);
        let help = format_args!("name them apart, so that people know which one they approve");
        report.warning("duplicate-name", Place::Path(&at("name")), message, help);
    }
    if milestone.payout_bps.get() == 0 {
        let message = format_args!("milestone {number} pays nothing");
        report.warning(
            "pays-nothing",
            Place::Path(&at("payoutBps")),
            message,
            format_args!("check that this is meant"),
        );
    }
    if checkpoint.role.is_validator() {
        let message = format_args!(
            "milestone {number} waits for `{checkpoint}`, which is no agent's checkpoint: it is read as the guild's own \
             sign-off of everything delivered"
        );
        let help = format_args!("nothing to do; it need not be in validators.checkpoints");
        report.info("guild-sign-off", place, message, help);
    } else if unknown_role(&checkpoint.role, draft) {
        let role = &checkpoint.role;
        let message = format_args!(
            "milestone {number} waits for `{checkpoint}`, but no agent has the role `{role}`"
        );
        report.error("unknown-role", place, message, format_args!("{}", roles_help(draft)));
    } else if surely_none(draft.checkpoints.as_ref(), |listed| listed == checkpoint) {
        let message = format_args!(
            "milestone {number} waits for `{checkpoint}`, which is not among validators.checkpoints"
        );
        let help = format_args!(
            "the guild approves every payout, so it is treated as if it were listed; list it to say so"
        );
        report.warning("milestone-not-listed", place, message, help);
    }
}

fn checkpoint_among(
    draft: &Draft,
    index: usize,
    checkpoint: &CheckpointRef,
    report: &mut Report<'_>,
) {
    let steps = [Key("validators"), Key("checkpoints"), Index(index)];
    let place = Place::Path(&steps);
    let mut earlier =
        Draft::readable(draft.checkpoints.as_ref()).take_while(|(other, _)| *other < index);
    if earlier.any(|(_, other)| other == checkpoint) {
        let message = format_args!("`{checkpoint}` is listed twice");
        report.warning("listed-twice", place, message, format_args!("take one of them out"));
    } else if !checkpoint.role.is_validator() && unknown_role(&checkpoint.role, draft) {
        let role = &checkpoint.role;
        let message =
            format_args!("`{checkpoint}` is a checkpoint of the role `{role}`, which no agent has");
        report.error("unknown-role", place, message, format_args!("{}", roles_help(draft)));
    } else if surely_none(draft.milestones.as_ref(), |milestone| {
        milestone.checkpoint == *checkpoint
    }) {
        let message = format_args!(
            "no milestone waits for `{checkpoint}`: it is a step that is signed off and pays nothing"
        );
        report.info(
            "unpaid-checkpoint",
            place,
            message,
            format_args!("if it should be paid, add a milestone for it"),
        );
    }
}

fn safety(draft: &Draft, report: &mut Report<'_>) {
    let list = [Key("safety"), Key("tripwires")];
    if draft.tripwires.as_ref().is_some_and(Vec::is_empty) {
        let message = format_args!("no tripwire watches the agents");
        let help = format_args!("add toxicity-filter, privacy-leak-detector and budget-guard");
        report.warning("no-tripwires", Place::Path(&list), message, help);
    } else if draft.halt_on_tripwire == Some(false) {
        let place = Place::Path(&[Key("safety"), Key("haltOnTripwire")]);
        let message = format_args!("a tripwire that trips is only reported: the mission goes on");
        report.warning("no-halt", place, message, format_args!("write true to have it stopped"));
    }
    for (index, kind) in Draft::readable(draft.tripwires.as_ref()) {
        let mut earlier =
            Draft::readable(draft.tripwires.as_ref()).take_while(|(other, _)| *other < index);
        if earlier.any(|(_, other)| other == kind) {
            let place = Place::Path(&[Key("safety"), Key("tripwires"), Index(index)]);
            let message = format_args!("`{}` is listed twice", kind.as_str());
            report.warning("listed-twice", place, message, format_args!("take one of them out"));
        }
    }
}

/// Whether a list surely holds no such entry: one that could not be read might be it.
fn surely_none<T>(list: Option<&Vec<Option<T>>>, mut is_it: impl FnMut(&T) -> bool) -> bool {
    list.is_some_and(|list| {
        list.iter().all(|entry| entry.as_ref().is_some_and(|entry| !is_it(entry)))
    })
}

fn unknown_role(role: &Role, draft: &Draft) -> bool {
    surely_none(draft.agents.as_ref(), |agent| agent.role == *role)
}

fn roles_help(draft: &Draft) -> String {
    let roles: Vec<&str> =
        Draft::readable(draft.agents.as_ref()).map(|(_, agent)| agent.role.as_str()).collect();
    format!("the roles are {}; correct the checkpoint, or add an agent", listed(&roles))
}

/// Check-ins at one interval inside a duration: the one that would fall on the end is not delivered.
pub(crate) fn check_ins(duration: Minutes, interval: Minutes) -> u32 {
    let count = duration.get().saturating_sub(1) / interval.get().max(1);
    count.min(MOST_CHECK_INS)
}
