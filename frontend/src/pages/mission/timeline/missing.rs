//! What did not happen: cards for silence, so that an absence is seen as well as an event.

use phase8_shared::id::CallId;
use phase8_shared::mission::{Lifecycle, MilestoneStatus, MissionState};
use phase8_shared::time::Timestamp;

use crate::pages::mission::milestones::view_model::name;
use crate::ui::Tone;
use phase8_shared::timeline::lasted;

/// Something that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    /// Its kind, beside the kinds of events.
    pub(crate) kind: &'static str,
    /// Names it among others of its kind.
    pub(crate) id: String,
    /// Its kind for people.
    pub(crate) kind_words: &'static str,
    /// The status in a word.
    pub(crate) status: &'static str,
    /// How that feels.
    pub(crate) tone: Tone,
    /// What is missing.
    pub(crate) title: String,
    /// What it means.
    pub(crate) detail: String,
}

/// What is missing at this moment.
pub(crate) fn missing(state: &MissionState, now: Timestamp) -> Vec<Missing> {
    if state.is_closed() {
        return Vec::new();
    }
    let mut found = Vec::new();
    if state.lifecycle == Lifecycle::AwaitingFunding {
        found.push(Missing {
            kind: "funding_missing",
            id: String::new(),
            kind_words: "Escrow",
            status: "not funded",
            tone: Tone::Wait,
            title: "The escrow is not funded yet".to_owned(),
            detail: "The agents start once the operator's deposit stands on the chain. A launch that was left halfway goes on at Launch.".to_owned(),
        });
    }
    found.extend(silent_agents(state, now));
    found.extend(stale_calls(state, now));
    found.extend(expired_requests(state, now));
    found
}

fn silent_agents(state: &MissionState, now: Timestamp) -> impl Iterator<Item = Missing> {
    let limit = u64::from(state.created.idle_minutes).saturating_mul(60_000);
    let time = state.clock.at(now);
    let working =
        state.steps.iter().filter(|step| step.status.is_working() && state.clock.is_running());
    working.filter_map(move |step| {
        let role = &step.plan.role;
        let silence = time.since(state.agents.get(role)?.last_heard);
        (silence > limit).then(|| Missing {
            kind: "agent_silent",
            id: role.to_string(),
            kind_words: "Agent",
            status: "silent",
            tone: Tone::Bad,
            title: format!("{role} has been silent for {}", lasted(silence)),
            detail: format!(
                "At work on {}; more than {} of silence is a missed check-in.",
                step.plan.title,
                lasted(limit)
            ),
        })
    })
}

fn stale_calls(state: &MissionState, now: Timestamp) -> impl Iterator<Item = Missing> {
    let limit = u64::from(state.created.idle_minutes).saturating_mul(60_000);
    let time = state.clock.at(now);
    state.open_calls.iter().filter_map(move |(CallId(call), open)| {
        let waited = time.since(open.since);
        (waited > limit).then(|| Missing {
            kind: "call_unanswered",
            id: call.to_string(),
            kind_words: "Model call",
            status: "unanswered",
            tone: Tone::Warn,
            title: format!(
                "Call {call} to {} has had no answer for {}",
                open.adapter,
                lasted(waited)
            ),
            detail: format!("{} stays held back until its outcome is known.", open.reserved),
        })
    })
}

fn expired_requests(state: &MissionState, now: Timestamp) -> impl Iterator<Item = Missing> {
    state.awaiting_approval().filter_map(move |milestone| match &milestone.status {
        MilestoneStatus::AwaitingApproval { expires_at, .. } if *expires_at <= now => {
            Some(Missing {
                kind: "approval_expired",
                id: milestone.index.to_string(),
                kind_words: "Approval",
                status: "expired",
                tone: Tone::Bad,
                title: format!("The request for {} has expired", name(milestone)),
                detail: format!("It ran out at {expires_at}; signatures over it are void."),
            })
        }
        MilestoneStatus::AwaitingApproval { .. }
        | MilestoneStatus::Pending
        | MilestoneStatus::Paid { .. } => None,
    })
}

impl Missing {
    /// Name for screen readers.
    pub(crate) fn accessible_name(&self) -> String {
        format!("Event {}: {}", self.kind_words, self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;

    fn kinds(taken: usize, millis_later: u64) -> Vec<&'static str> {
        let journal = sample::journal_of(sample::ledger().into_iter().take(taken).collect());
        let state = journal.state().unwrap();
        missing(state, state.as_of.plus_millis(millis_later))
            .iter()
            .map(|missing| missing.kind)
            .collect()
    }

    #[test]
    fn a_silent_agent_and_a_call_without_an_answer_are_cards() {
        // 45 mission minutes pass in 5.6 seconds of this rehearsal.
        assert_eq!(kinds(5, 1_000), Vec::<&str>::new());
        assert_eq!(kinds(5, 6_000), ["agent_silent", "call_unanswered"]);
        assert_eq!(kinds(6, 6_000), ["agent_silent"]);
    }

    #[test]
    fn an_unfunded_escrow_is_a_card() {
        assert_eq!(kinds(1, 0), ["funding_missing"]);
    }

    #[test]
    fn a_request_that_ran_out_is_a_card() {
        assert_eq!(kinds(15, 100_000_000), ["approval_expired"]);
    }
}
