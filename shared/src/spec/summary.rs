//! A job spec in plain words, for the person who is about to sign.

use super::{Agent, JobSpec, Party, TripwireKind};
use crate::format::{counted, counted_word, listed};

/// One sentence or two about one side of the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryLine {
    /// Which side: `agents`, `check-ins`, `pay`, `approvals`, `budget`, `stake`, `safety`, `governance`.
    pub topic: &'static str,
    /// The words.
    pub words: String,
}

/// The job in plain words.
pub fn summary(spec: &JobSpec) -> Vec<SummaryLine> {
    let line = |topic, words| SummaryLine { topic, words };
    vec![
        line("agents", agents(spec)),
        line("check-ins", check_ins(spec)),
        line("pay", pay(spec)),
        line("approvals", approvals(spec)),
        line(
            "budget",
            format!(
                "Models may cost {} at most; nothing is spent past that.",
                spec.economics.max_budget
            ),
        ),
        line("stake", stake(spec)),
        line("safety", safety(spec)),
        line("governance", governance(spec)),
    ]
}

fn agents(spec: &JobSpec) -> String {
    let verb = if spec.agents.len() == 1 { "works" } else { "work" };
    let names: Vec<String> = spec
        .agents
        .iter()
        .map(|Agent { role, model, .. }| format!("{role} (through {model})"))
        .collect();
    let count = counted_word(spec.agents.len(), "agent");
    format!("{count} {verb} for at most {}: {}.", spec.max_duration_minutes, listed(&names))
}

fn check_ins(spec: &JobSpec) -> String {
    let autonomy = &spec.autonomy;
    let validator = if autonomy.require_validator_check_in {
        " A validator must look at each check-in."
    } else {
        ""
    };
    format!(
        "Each agent checks in every {}, and trips when silent for longer than {}.{validator}",
        autonomy.checkpoint_interval_minutes, autonomy.max_idle_minutes
    )
}

fn pay(spec: &JobSpec) -> String {
    let milestones = &spec.economics.milestones;
    let shares: Vec<String> = milestones
        .iter()
        .map(|milestone| format!("{} for {}", milestone.payout_bps, milestone.name))
        .collect();
    let verb = if milestones.len() == 1 { "pays" } else { "pay" };
    let unpaid: Vec<String> = spec
        .planned_checkpoints()
        .into_iter()
        .filter(|planned| planned.milestone.is_none())
        .map(|planned| planned.checkpoint.to_string())
        .collect();
    let verb_unpaid =
        if unpaid.len() == 1 { "is signed off but pays" } else { "are signed off but pay" };
    let rest = if unpaid.is_empty() {
        String::new()
    } else {
        format!(" {} {verb_unpaid} nothing.", listed(&unpaid))
    };
    format!(
        "{} {verb} the reward: {}.{rest}",
        counted_word(milestones.len(), "milestone"),
        listed(&shares)
    )
}

fn approvals(spec: &JobSpec) -> String {
    let needed =
        usize::try_from(spec.governance.required_validator_approvals).unwrap_or(usize::MAX);
    format!(
        "Every payout waits for {} by members of the validators' guild ({}), who share {} on top.",
        counted(needed, "approval"),
        named(&spec.validators.guild),
        spec.validators.reward_bps
    )
}

fn stake(spec: &JobSpec) -> String {
    let economics = &spec.economics;
    let adjustment = &economics.reward_adjustment;
    format!(
        "The operator stakes {} times the base stake (tier {}). Finishing in time adds {} to the reward; failure is \
         penalised with the multiplier {}.",
        economics.stake_multiplier,
        economics.stake_tier,
        adjustment.duration_bonus_bps,
        adjustment.failure_penalty_multiplier
    )
}

fn safety(spec: &JobSpec) -> String {
    let names: Vec<&str> =
        spec.safety.tripwires.iter().copied().map(TripwireKind::as_str).collect();
    let watch = match names.as_slice() {
        [] => "No tripwire watches the agents.".to_owned(),
        names if spec.safety.halt_on_tripwire => {
            format!("Watched by {}; a trip halts the mission.", listed(names))
        }
        names => {
            format!("Watched by {}; a trip is reported, and the mission goes on.", listed(names))
        }
    };
    format!(
        "{watch} The pause guardian ({}) may pause everything at once.",
        named(&spec.safety.pause_guardian)
    )
}

fn governance(spec: &JobSpec) -> String {
    let person = if spec.governance.allow_human_co_pilot {
        "A person may step in."
    } else {
        "No person may step in."
    };
    format!("The owner's levers go through {}. {person}", named(&spec.governance.owner_proxy))
}

fn named(party: &Party) -> String {
    match party {
        Party::Address(address) => address.to_string(),
        Party::Placeholder(name) => format!("{name}, to be resolved"),
    }
}
