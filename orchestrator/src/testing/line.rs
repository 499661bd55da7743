//! Events and effects as lines of a transcript.

use phase8_shared::chain::ChainEffect;
use phase8_shared::id::Role;
use phase8_shared::mission::{CallOutcome, Event, Payload};

use crate::mission::Effect;

pub(super) fn effect_in_a_line(effect: &Effect) -> String {
    match effect {
        Effect::CallModel { call, step, turn, adapter } => {
            format!("call {call} step {step} turn {turn} {adapter}")
        }
        Effect::CompileDossier { step } => format!("dossier step {step}"),
        Effect::Chain(ChainEffect::ReleaseMilestone { milestone, approvals, .. }) => {
            let signers: Vec<String> =
                approvals.iter().map(|approval| format!("{:02x}", approval.validator[0])).collect();
            format!("release {milestone} signed by {}", signers.join(" "))
        }
        Effect::Chain(ChainEffect::AnchorCheckpoint { tree, .. }) => {
            format!("anchor {}", tree.size)
        }
    }
}

/// One event in a line, without what is the same or noise in every test.
pub(super) fn in_a_line(event: &Event) -> String {
    let actor = event.actor.to_string();
    let actor = match actor.split_once(":0x") {
        Some((role, address)) => format!("{role}:{}", address[..2].to_lowercase()),
        None => actor,
    };
    let words = match &event.payload {
        Payload::MissionCreated(created) => {
            format!(
                "mission_created {} with {} steps, cap {}",
                created.name,
                created.plan.len(),
                created.terms.budget_cap
            )
        }
        Payload::EscrowFunded { deposit, .. } => format!("escrow_funded {deposit}"),
        Payload::MissionLaunched {} => "mission_launched".into(),
        Payload::StepStarted { step } => format!("step_started {step}"),
        Payload::ModelCallRequested { call, step, turn, reserved, wraps_up, repeats, .. } => {
            let last = if *wraps_up { " as the last" } else { "" };
            let again = repeats.map_or_else(String::new, |call| format!(" after {call} was lost"));
            format!(
                "model_call_requested {call} step {step} turn {turn} reserved {reserved}{last}{again}"
            )
        }
        Payload::AdapterChanged { roles, adapter, rolled_back, reason, .. } => {
            let how = if *rolled_back { " rolled back" } else { "" };
            let adapter = adapter.as_ref().map_or("plan", |adapter| adapter.id.as_str());
            let why = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
            format!("adapter_changed {} to {adapter}{how}{why}", names(roles))
        }
        Payload::AdapterNotUsed { roles, why, .. } => {
            format!("adapter_not_used {}: {why}", names(roles))
        }
        Payload::CoPilotChanged { required, .. } => format!("co_pilot_changed {required}"),
        Payload::StepReleased { step, .. } => format!("step_released {step}"),
        Payload::ValidatorSummoned { token, .. } => format!("validator_summoned {token}"),
        Payload::SummonsAcknowledged { token, .. } => format!("summons_acknowledged {token}"),
        Payload::SummonsRevoked { token, .. } => format!("summons_revoked {token}"),
        Payload::ModelCallSettled { call, outcome, cost } => {
            let outcome = match outcome {
                CallOutcome::Answered { .. } => "answered".to_owned(),
                CallOutcome::Withheld { .. } => "withheld".to_owned(),
                CallOutcome::Failed { reason } => format!("failed ({reason})"),
                CallOutcome::CutOff { reason } => format!("cut off ({reason})"),
                CallOutcome::Unknown {} => "unknown".to_owned(),
            };
            format!("model_call_settled {call} {outcome} cost {cost}")
        }
        Payload::DeliverableRecorded { step, .. } => format!("deliverable_recorded {step}"),
        Payload::StepCompleted { step } => format!("step_completed {step}"),
        Payload::CheckedIn { role, index, progress_percent } => {
            format!("checked_in {role} #{index} at {progress_percent} %")
        }
        Payload::CheckInMissed { role, index } => format!("check_in_missed {role} #{index}"),
        Payload::ApprovalRequested { milestone, tree, .. } => {
            format!("approval_requested {milestone} over {} events", tree.size)
        }
        Payload::ApprovalGiven { milestone, .. } => format!("approval_given {milestone}"),
        Payload::MilestonePaid { milestone, amount, .. } => {
            format!("milestone_paid {milestone} {amount}")
        }
        Payload::BudgetCapChanged { previous, current, .. } => {
            format!("budget_cap_changed {previous} to {current}")
        }
        Payload::BudgetExhausted { step, needed, remaining } => {
            format!("budget_exhausted step {step} needs {needed} of {remaining}")
        }
        Payload::TripwireTripped { trip, halts, .. } => {
            let halts = if *halts { " and halts" } else { "" };
            format!("tripwire_tripped {} {} {:?}{halts}", trip.tripwire, trip.rule, trip.severity)
        }
        Payload::ValidatorCheckInDue { step, .. } => format!("validator_check_in_due {step}"),
        Payload::ValidatorCheckInMissed { question } => {
            format!("validator_check_in_missed {question}")
        }
        Payload::QuestionAnswered { question, answer, .. } => {
            format!("question_answered {question} {answer}")
        }
        Payload::MissionPaused { cause, tripwire, .. } => {
            format!("mission_paused {cause:?}{}", if *tripwire { " by a tripwire" } else { "" })
        }
        Payload::MissionResumed { cause, .. } => format!("mission_resumed {cause:?}"),
        Payload::CheckpointAnchored { tree, .. } => format!("checkpoint_anchored {}", tree.size),
        Payload::MissionCompleted {} => "mission_completed".into(),
        Payload::MissionFailed { reason, .. } => format!("mission_failed {reason}"),
        Payload::MissionRefunded { .. } => "mission_refunded".into(),
    };
    format!("{} {actor} {words}", event.seq)
}

fn names(roles: &[Role]) -> String {
    roles.iter().map(Role::as_str).collect::<Vec<_>>().join(" and ")
}
