//! Whether a job spec agrees with itself. Every check looks at what could be read, so that one slip hides no other.

use std::collections::BTreeMap;

use super::{Bps, Draft, Minutes};
use crate::id::Role;
use crate::json::{JsonPath, Report};

/// More check-ins than this in one mission are refused: each is an event in the ledger.
pub(crate) const MOST_CHECK_INS: u32 = 10_000;

/// Adds what does not agree.
pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    payouts(draft, report);
    cadence(draft, report);
    agents(draft, report);
    milestones(draft, report);
    validator_checkpoints(draft, report);
    idle_agents(draft, report);
    safety(draft, report);
}

fn root(section: &'static str, name: &'static str) -> JsonPath {
    JsonPath::root().key(section).key(name)
}

fn payouts(draft: &Draft, report: &mut Report<'_>) {
    if draft.max_budget.is_some_and(|budget| budget.get() == 0) {
        report.error(
            "no-budget",
            &root("economics", "maxBudgetUSD"),
            "a budget of zero lets no agent start",
            "write how much may be spent",
        );
    }
    let path = root("economics", "milestones");
    let Some(milestones) = &draft.milestones else { return };
    if milestones.is_empty() {
        report.error(
            "no-milestones",
            &path,
            "there is no milestone, so nothing would ever be paid",
            "add at least one",
        );
        return;
    }
    // A payout that could not be read has its own finding; a sum without it would mislead.
    let Some(payouts) = milestones
        .iter()
        .map(|milestone| milestone.as_ref().map(|read| read.payout_bps))
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let sum: u32 = payouts.iter().map(|payout| payout.get()).sum();
    let help = match sum.cmp(&Bps::WHOLE) {
        std::cmp::Ordering::Less => {
            format!("give the {} bps that are left over to a milestone", Bps::WHOLE - sum)
        }
        std::cmp::Ordering::Greater => {
            format!("take the {} bps that are too many from a milestone", sum - Bps::WHOLE)
        }
        std::cmp::Ordering::Equal => return,
    };
    let message = format!(
        "the milestones pay {sum} basis points in all, and must pay exactly {}",
        Bps::WHOLE
    );
    report.error("payouts-do-not-sum", &path, &message, &help);
}

fn cadence(draft: &Draft, report: &mut Report<'_>) {
    let (interval_path, idle_path) =
        (root("autonomy", "checkpointIntervalMinutes"), root("autonomy", "maxIdleMinutes"));
    let Some(interval) = draft.checkpoint_interval_minutes else { return };
    if let Some(duration) = draft.max_duration_minutes {
        if interval > duration {
            let message = format!(
                "agents check in every {interval}, but the mission takes {duration} at most, so none ever would"
            );
            report.error(
                "interval-too-long",
                &interval_path,
                &message,
                "shorten the interval, or lengthen maxDurationMinutes",
            );
        } else if duration.get() / interval.get().max(1) > MOST_CHECK_INS {
            let message = format!(
                "{duration} with a check-in every {interval} are more than {MOST_CHECK_INS} check-ins"
            );
            report.error("too-many-check-ins", &interval_path, &message, "lengthen the interval");
        }
    }
    if let Some(idle) = draft.max_idle_minutes.filter(|idle| *idle < interval) {
        let message = format!(
            "agents check in every {interval}, but trip when silent for longer than {idle}"
        );
        report.warning(
            "idle-limit-too-short",
            &idle_path,
            &message,
            "let maxIdleMinutes be at least the interval",
        );
    }
}

fn agents(draft: &Draft, report: &mut Report<'_>) {
    let list = JsonPath::root().key("agents");
    if draft.agents.as_ref().is_some_and(Vec::is_empty) {
        report.error("no-agents", &list, "there is no agent to do the work", "add at least one");
    }
    let mut roles: BTreeMap<&Role, usize> = BTreeMap::new();
    let mut buckets: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, agent) in Draft::readable(draft.agents.as_ref()) {
        let path = list.index(index);
        if agent.role.is_validator() {
            let help = "give the agent another role, such as analyst";
            report.error(
                "reserved-role",
                &path.key("role"),
                "the role `validator` is the guild itself, which is people",
                help,
            );
        }
        if let Some(first) = roles.insert(&agent.role, index) {
            let message = format!(
                "agents {} and {} both have the role `{}`",
                first + 1,
                index + 1,
                agent.role
            );
            report.error(
                "duplicate-role",
                &path.key("role"),
                &message,
                "give each agent its own role, such as dev and dev-2",
            );
        }
        let bucket_path = path.key("memory").key("bucket");
        if let Some(first) = buckets.insert(&agent.memory.bucket, index) {
            let message = format!(
                "agents {} and {} share the bucket `{}`",
                first + 1,
                index + 1,
                agent.memory.bucket
            );
            report.warning(
                "shared-bucket",
                &bucket_path,
                &message,
                "give each its own, unless they are to share what they remember",
            );
        }
        if let Some(duration) = draft.max_duration_minutes {
            let hours = agent.memory.retention_hours;
            if u64::from(hours) * 60 < u64::from(duration.get()) {
                let message = format!(
                    "the {} forgets after {hours} hours, but the mission may take {duration}",
                    agent.role
                );
                let help = format!("write at least {}", duration.get().div_ceil(60));
                report.warning(
                    "memory-too-short",
                    &path.key("memory").key("retentionHours"),
                    &message,
                    &help,
                );
            }
        }
    }
}

fn milestones(draft: &Draft, report: &mut Report<'_>) {
    let list = root("economics", "milestones");
    let mut seen = BTreeMap::new();
    let mut names = BTreeMap::new();
    for (index, milestone) in Draft::readable(draft.milestones.as_ref()) {
        let path = list.index(index);
        let (number, checkpoint) = (index + 1, &milestone.checkpoint);
        let checkpoint_path = path.key("checkpoint");
        if let Some(first) = seen.insert(checkpoint, number) {
            let message = format!("milestones {first} and {number} both wait for `{checkpoint}`");
            report.error(
                "duplicate-checkpoint",
                &checkpoint_path,
                &message,
                "let each milestone wait for its own checkpoint",
            );
        }
        if let Some(first) = names.insert(&milestone.name, number) {
            let message = format!("milestones {first} and {number} have the same name");
            report.warning(
                "duplicate-name",
                &path.key("name"),
                &message,
                "name them apart, so that people know which one they approve",
            );
        }
        if milestone.payout_bps.get() == 0 {
            report.warning(
                "pays-nothing",
                &path.key("payoutBps"),
                &format!("milestone {number} pays nothing"),
                "check that this is meant",
            );
        }
        if checkpoint.role.is_validator() {
            let approvals = draft.required_validator_approvals;
            let count = approvals
                .map_or_else(String::new, |count| format!(", by {count} approvals of its members"));
            let message = format!(
                "milestone {number} waits for `{checkpoint}`, which is no agent's checkpoint: it is read as the guild's own \
                 sign-off of everything delivered{count}"
            );
            let help = "nothing to do; it need not be in validators.checkpoints";
            report.info("guild-sign-off", &checkpoint_path, &message, help);
            continue;
        }
        if unknown_role(&checkpoint.role, draft) {
            let message = format!(
                "milestone {number} waits for `{checkpoint}`, but no agent has the role `{}`",
                checkpoint.role
            );
            report.error("unknown-role", &checkpoint_path, &message, &roles_help(draft));
            continue;
        }
        let listed = |checkpoints: &Vec<Option<_>>| {
            checkpoints.iter().any(|other| other.as_ref().is_none_or(|other| other == checkpoint))
        };
        if draft.checkpoints.as_ref().is_some_and(|checkpoints| !listed(checkpoints)) {
            let message = format!(
                "milestone {number} waits for `{checkpoint}`, which is not among validators.checkpoints"
            );
            let help = "the guild approves every payout, so it is treated as if it were listed; list it to say so";
            report.warning("milestone-not-listed", &checkpoint_path, &message, help);
        }
    }
}

fn validator_checkpoints(draft: &Draft, report: &mut Report<'_>) {
    let list = root("validators", "checkpoints");
    let mut seen = BTreeMap::new();
    for (index, checkpoint) in Draft::readable(draft.checkpoints.as_ref()) {
        let path = list.index(index);
        if seen.insert(checkpoint, index).is_some() {
            report.warning(
                "listed-twice",
                &path,
                &format!("`{checkpoint}` is listed twice"),
                "take one of them out",
            );
            continue;
        }
        if !checkpoint.role.is_validator() && unknown_role(&checkpoint.role, draft) {
            let message = format!(
                "`{checkpoint}` is a checkpoint of the role `{}`, which no agent has",
                checkpoint.role
            );
            report.error("unknown-role", &path, &message, &roles_help(draft));
            continue;
        }
        let paid = |milestones: &Vec<Option<super::Milestone>>| {
            milestones.iter().any(|milestone| {
                milestone.as_ref().is_none_or(|milestone| milestone.checkpoint == *checkpoint)
            })
        };
        if draft.milestones.as_ref().is_some_and(|milestones| !paid(milestones)) {
            let message = format!(
                "no milestone waits for `{checkpoint}`: it is a step that is signed off and pays nothing"
            );
            report.info(
                "unpaid-checkpoint",
                &path,
                &message,
                "if it should be paid, add a milestone for it",
            );
        }
    }
}

fn idle_agents(draft: &Draft, report: &mut Report<'_>) {
    let lists_complete =
        draft.milestones.as_ref().is_some_and(|list| list.iter().all(Option::is_some))
            && draft.checkpoints.as_ref().is_some_and(|list| list.iter().all(Option::is_some));
    if !lists_complete {
        return;
    }
    for (index, agent) in Draft::readable(draft.agents.as_ref()) {
        let paid = Draft::readable(draft.milestones.as_ref())
            .any(|(_, milestone)| milestone.checkpoint.role == agent.role);
        let listed = Draft::readable(draft.checkpoints.as_ref())
            .any(|(_, checkpoint)| checkpoint.role == agent.role);
        if !paid && !listed {
            let message = format!(
                "the {} has no checkpoint, so nothing says when its work is done",
                agent.role
            );
            let help = format!(
                "add a checkpoint such as \"{}:report\" to validators.checkpoints",
                agent.role
            );
            report.warning(
                "agent-without-checkpoint",
                &JsonPath::root().key("agents").index(index),
                &message,
                &help,
            );
        }
    }
}

fn safety(draft: &Draft, report: &mut Report<'_>) {
    let list = root("safety", "tripwires");
    if draft.tripwires.as_ref().is_some_and(Vec::is_empty) {
        report.warning(
            "no-tripwires",
            &list,
            "no tripwire watches the agents",
            "add toxicity-filter, privacy-leak-detector and budget-guard",
        );
    }
    let mut seen = BTreeMap::new();
    for (index, kind) in Draft::readable(draft.tripwires.as_ref()) {
        if seen.insert(kind, index).is_some() {
            report.warning(
                "listed-twice",
                &list.index(index),
                &format!("`{}` is listed twice", kind.as_str()),
                "take one of them out",
            );
        }
    }
    if draft.halt_on_tripwire == Some(false) && !seen.is_empty() {
        let message = "a tripwire that trips is only reported: the mission goes on";
        report.warning(
            "no-halt",
            &root("safety", "haltOnTripwire"),
            message,
            "write true to have it stopped",
        );
    }
}

/// Whether surely no agent has the role: an agent that could not be read might have it.
fn unknown_role(role: &Role, draft: &Draft) -> bool {
    draft.agents.as_ref().is_some_and(|agents| {
        agents.iter().all(|agent| agent.as_ref().is_some_and(|agent| agent.role != *role))
    })
}

fn roles_help(draft: &Draft) -> String {
    let roles: Vec<&str> =
        Draft::readable(draft.agents.as_ref()).map(|(_, agent)| agent.role.as_str()).collect();
    format!("the roles are {}; correct the checkpoint, or add an agent", roles.join(", "))
}

/// A horizon that the simulation may count through without end.
pub(crate) fn check_ins(duration: Minutes, interval: Minutes) -> u32 {
    // The check-in that would fall on the end is not delivered.
    let count = duration.get().saturating_sub(1) / interval.get().max(1);
    count.min(MOST_CHECK_INS)
}
