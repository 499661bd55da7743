//! Steps that wait for a person: who may let them go on, what is signed for it, and how far that is.

use std::collections::BTreeSet;

use alloy_primitives::Address;
use phase8_shared::chain::{Deployment, StepReleaseRequest};
use phase8_shared::id::{MissionId, StepId};
use phase8_shared::mission::{MissionState, StepState};

use crate::ui::{StageMark, Tone};

/// How long a signature stays good, in seconds.
const GOOD_FOR: u64 = 3_600;

/// A person's release, stage by stage.
const STAGES: [&str; 3] = ["asked", "signed", "released"];

/// Why a step waits.
pub(crate) const WHY: &str =
    "The co-pilot is asked for: this step waits until a person lets it go on.";

/// A step in the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Which one.
    pub(crate) step: StepId,
    /// Whose step, and its name.
    pub(crate) title: String,
    /// The ledger says that a person let it go on.
    pub(crate) released: bool,
}

impl Row {
    fn of(step: &StepState, released: bool) -> Self {
        let title = format!("{}: {}", step.plan.role, step.plan.title);
        Self { step: step.plan.id, title, released }
    }
}

/// The held steps, and those that were signed for here and are still under way; nothing while none is held.
pub(crate) fn rows(state: &MissionState, signed_here: &BTreeSet<StepId>) -> Vec<Row> {
    let held: BTreeSet<StepId> = state.held_steps().map(|step| step.plan.id).collect();
    if held.is_empty() {
        return Vec::new();
    }
    let under_way = |step: &StepState| {
        signed_here.contains(&step.plan.id)
            && state.released.contains(&step.plan.id)
            && !step.status.is_done()
    };
    let steps = state.steps.iter();
    let shown = steps.filter(|step| held.contains(&step.plan.id) || under_way(step));
    shown.map(|step| Row::of(step, !held.contains(&step.plan.id))).collect()
}

/// How the viewer stands to held steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// May let them go on.
    MaySign,
    /// Neither the operator nor of the guild.
    Stranger,
    /// No wallet is connected.
    Nobody,
    /// The guild has not been read from the chain.
    Unknown,
}

impl Standing {
    /// How an account stands.
    pub(crate) fn of(
        account: Option<Address>,
        operator: Address,
        guild: Option<&[Address]>,
    ) -> Self {
        match (account, guild) {
            (None, _) => Self::Nobody,
            (Some(account), _) if account == operator => Self::MaySign,
            (Some(_), None) => Self::Unknown,
            (Some(account), Some(guild)) if guild.contains(&account) => Self::MaySign,
            (Some(_), Some(_)) => Self::Stranger,
        }
    }

    /// Its words; `None` where the button says it all.
    pub(crate) const fn words(self) -> Option<&'static str> {
        match self {
            Self::MaySign => None,
            Self::Stranger => Some(
                "The connected account neither launched this mission nor belongs to the validators' guild, so it may not let steps go on.",
            ),
            Self::Nobody => {
                Some("Connect the wallet of the mission's operator or of a guild member.")
            }
            Self::Unknown => Some(
                "The guild has not been read from the chain yet, so this page cannot tell whether the connected account may let steps go on.",
            ),
        }
    }
}

/// What a person signs, good for a while after the later of the chain's clock and the server's: both look at it.
pub(crate) fn request(
    deployment: &Deployment,
    mission: MissionId,
    step: StepId,
    chain_now: u64,
    server_now: u64,
) -> StepReleaseRequest {
    StepReleaseRequest {
        chain_id: deployment.chain_id,
        escrow: deployment.contracts.escrow,
        mission: mission.key(),
        step,
        deadline: chain_now.max(server_now).saturating_add(GOOD_FOR),
    }
}

/// What this page did for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Nothing.
    Asked,
    /// The wallet is asked.
    Signing,
    /// Signed; the server and the ledger come next.
    Signed,
    /// The wallet did not sign.
    Unsigned((String, String)),
    /// Signed, and the server did not take it.
    Refused((String, String)),
}

impl Progress {
    /// What went wrong, and what to do.
    pub(crate) fn trouble(&self) -> Option<(String, String)> {
        match self {
            Self::Unsigned(words) | Self::Refused(words) => Some(words.clone()),
            Self::Asked | Self::Signing | Self::Signed => None,
        }
    }

    /// The stages for show: released only once the ledger says so.
    pub(crate) fn marks(&self, released: bool) -> Vec<StageMark> {
        self.marks_of(&STAGES, released)
    }

    /// The same with other names; the last is reached only once the ledger says so.
    pub(crate) fn marks_of(&self, stages: &[&'static str; 3], recorded: bool) -> Vec<StageMark> {
        if recorded {
            return StageMark::row(stages, stages.len(), Tone::Ok);
        }
        let (reached, at_hand) = match self {
            Self::Asked => (1, Tone::Wait),
            Self::Signing => (1, Tone::Work),
            Self::Signed => (2, Tone::Work),
            Self::Unsigned(_) => (1, Tone::Bad),
            Self::Refused(_) => (2, Tone::Bad),
        };
        StageMark::row(stages, reached, at_hand)
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Bytes;
    use phase8_shared::mission::{Actor, Payload};

    use super::*;
    use crate::live::sample;

    const STEP: StepId = StepId(0);

    /// The ledger up to the launch, with the co-pilot required, and more behind it.
    fn state(more: Vec<(Actor, Payload)>) -> MissionState {
        let required =
            Payload::CoPilotChanged { required: true, by: sample::OWNER, evidence: sample::tx(8) };
        let launched = sample::payloads().into_iter().take(3);
        let all = launched.chain([(Actor::Chain, required)]).chain(more).collect();
        let journal = sample::journal_of(sample::numbered(all));
        MissionState::clone(journal.state().unwrap())
    }

    #[test]
    fn a_held_step_is_named_by_role_and_title() {
        let rows = rows(&state(Vec::new()), &BTreeSet::new());

        let row = Row { step: STEP, title: "planner: Blueprint".to_owned(), released: false };
        assert_eq!(rows, [row]);
    }

    #[test]
    fn nothing_is_held_without_the_co_pilot_or_after_the_release() {
        let launched = sample::journal_of(sample::ledger().into_iter().take(3).collect());
        assert_eq!(rows(launched.state().unwrap(), &BTreeSet::new()), []);

        let (by, signature) = (sample::OPERATOR, Bytes::new());
        let released = Payload::StepReleased { step: STEP, by, deadline: 1, signature };
        let after = state(vec![(Actor::Operator(by), released)]);
        assert_eq!(rows(&after, &BTreeSet::from([STEP])), []);
    }

    #[test]
    fn only_the_operator_and_guild_members_may_let_a_held_step_go_on() {
        let guild = [sample::VALIDATOR];
        for (account, guild, expected) in [
            (None, Some(&guild[..]), Standing::Nobody),
            (Some(sample::OPERATOR), None, Standing::MaySign),
            (Some(sample::OPERATOR), Some(&guild[..]), Standing::MaySign),
            (Some(sample::VALIDATOR), Some(&guild[..]), Standing::MaySign),
            (Some(sample::VALIDATOR), None, Standing::Unknown),
            (Some(sample::OWNER), Some(&guild[..]), Standing::Stranger),
        ] {
            let standing = Standing::of(account, sample::OPERATOR, guild);
            assert_eq!(standing, expected);
            assert_eq!(standing.words().is_none(), standing == Standing::MaySign);
        }
    }

    #[test]
    fn a_held_step_is_shown_as_released_only_by_the_ledger() {
        let shown = |progress: &Progress, released| {
            let marks = progress.marks(released);
            marks.iter().map(|mark| mark.tone.as_str()).collect::<Vec<_>>().join(" ")
        };
        let trouble = || ("The request was rejected".to_owned(), "Try again.".to_owned());

        assert_eq!(shown(&Progress::Asked, false), "ok wait off");
        assert_eq!(shown(&Progress::Signing, false), "ok work off");
        assert_eq!(shown(&Progress::Signed, false), "ok ok work");
        assert_eq!(shown(&Progress::Signed, true), "ok ok ok");
        assert_eq!(shown(&Progress::Unsigned(trouble()), false), "ok bad off");
        assert_eq!(shown(&Progress::Refused(trouble()), false), "ok ok bad");
        assert_eq!(Progress::Refused(trouble()).trouble(), Some(trouble()));
    }
}
