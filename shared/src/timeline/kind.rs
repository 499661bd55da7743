//! What kind of event it is: its wire name and its name for people.

use crate::mission::Payload;

/// The names of a payload's kind: on the wire, and for people.
pub(super) const fn names(payload: &Payload) -> (&'static str, &'static str) {
    match payload {
        Payload::MissionCreated(_) => ("mission_created", "Mission created"),
        Payload::EscrowFunded { .. } => ("escrow_funded", "Escrow"),
        Payload::MissionLaunched {} => ("mission_launched", "Launch"),
        Payload::StepStarted { .. } => ("step_started", "Step"),
        Payload::ModelCallRequested { .. } => ("model_call_requested", "Model call"),
        Payload::ModelCallSettled { .. } => ("model_call_settled", "Model answer"),
        Payload::DeliverableRecorded { .. } => ("deliverable_recorded", "Deliverable"),
        Payload::StepCompleted { .. } => ("step_completed", "Step"),
        Payload::CheckedIn { .. } => ("checked_in", "Check-in"),
        Payload::CheckInMissed { .. } => ("check_in_missed", "Check-in"),
        Payload::ApprovalRequested { .. } => ("approval_requested", "Approval"),
        Payload::ApprovalGiven { .. } => ("approval_given", "Approval"),
        Payload::MilestonePaid { .. } => ("milestone_paid", "Payout"),
        Payload::BudgetCapChanged { .. } => ("budget_cap_changed", "Budget cap"),
        Payload::AdapterChanged { .. } => ("adapter_changed", "Adapter"),
        Payload::AdapterNotUsed { .. } => ("adapter_not_used", "Adapter"),
        Payload::CoPilotChanged { .. } => ("co_pilot_changed", "Co-pilot"),
        Payload::StepReleased { .. } => ("step_released", "Co-pilot"),
        Payload::ValidatorSummoned { .. } => ("validator_summoned", "Summons"),
        Payload::SummonsAcknowledged { .. } => ("summons_acknowledged", "Summons"),
        Payload::SummonsRevoked { .. } => ("summons_revoked", "Summons"),
        Payload::BudgetExhausted { .. } => ("budget_exhausted", "Budget"),
        Payload::TripwireTripped { .. } => ("tripwire_tripped", "Tripwire"),
        Payload::ValidatorCheckInDue { .. } => ("validator_check_in_due", "Validator check-in"),
        Payload::ValidatorCheckInMissed { .. } => {
            ("validator_check_in_missed", "Validator check-in")
        }
        Payload::QuestionAnswered { .. } => ("question_answered", "Answer"),
        Payload::MissionPaused { .. } => ("mission_paused", "Pause"),
        Payload::MissionResumed { .. } => ("mission_resumed", "Resume"),
        Payload::CheckpointAnchored { .. } => ("checkpoint_anchored", "Checkpoint"),
        Payload::MissionCompleted {} => ("mission_completed", "Mission"),
        Payload::MissionFailed { .. } => ("mission_failed", "Mission"),
        Payload::MissionRefunded { .. } => ("mission_refunded", "Mission"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::sample;

    #[test]
    fn the_name_of_a_kind_is_the_one_on_the_wire() {
        for (_, payload) in
            sample::payloads().into_iter().chain([(crate::mission::Actor::Chain, sample::paid())])
        {
            let wire = serde_json::to_value(&payload).unwrap();
            assert_eq!(wire["kind"], names(&payload).0);
        }
    }
}
