//! One flip of one lever, from the proposal to the engine's obedience. It is never shown further than is known.

use alloy_primitives::{Address, B256};
use phase8_shared::chain::Lever;
use phase8_shared::id::Seq;
use serde::{Deserialize, Serialize};

use crate::live::{Journal, evidence};
use crate::ui::{StageMark, Tone};

/// The place of a lever on the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Slot {
    /// Pause Fleet.
    PauseFleet,
    /// Resume Fleet.
    ResumeFleet,
    /// Tripwire Pause.
    Tripwire,
    /// Budget Cap.
    BudgetCap,
}

impl Slot {
    /// Id of its card, which is also its `data-testid`.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::PauseFleet => "lever-pause-fleet",
            Self::ResumeFleet => "lever-resume-fleet",
            Self::Tripwire => "lever-tripwire",
            Self::BudgetCap => "lever-budget-cap",
        }
    }

    /// Where a lever has its place.
    pub(crate) const fn of(lever: &Lever) -> Self {
        match lever {
            Lever::PauseFleet => Self::PauseFleet,
            Lever::ResumeFleet => Self::ResumeFleet,
            Lever::TripwirePause => Self::Tripwire,
            Lever::BudgetCap { .. } => Self::BudgetCap,
        }
    }
}

/// A flip and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flip {
    /// What is flipped.
    pub(crate) lever: Lever,
    /// How far it is.
    pub(crate) progress: Progress,
}

/// How far a flip is, as far as this browser and the chain know. Whether the engine obeys stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(crate) enum Progress {
    /// Words on the screen. `trouble` says why an attempt to sign came to nothing.
    Proposed {
        /// What happened, and what to do.
        trouble: Option<(String, String)>,
    },
    /// The wallet is being asked.
    Asking {
        /// The account that is to sign.
        signer: Address,
    },
    /// The wallet signed and gave the transaction's hash.
    Signed {
        /// Hash of the transaction.
        hash: B256,
    },
    /// The chain knows the transaction.
    Sent {
        /// Hash of the transaction.
        hash: B256,
    },
    /// It is in a block and succeeded.
    Confirmed {
        /// Hash of the transaction.
        hash: B256,
        /// Number of the block.
        block: u64,
    },
    /// It is in a block, and the contract refused.
    Reverted {
        /// Hash of the transaction.
        hash: B256,
        /// Number of the block.
        block: u64,
    },
    /// It will never be in a block.
    Dropped {
        /// Hash of the transaction.
        hash: B256,
        /// Why.
        reason: String,
    },
}

/// The names of the stages.
const STAGES: [&str; 5] = ["proposed", "signed", "sent", "confirmed", "obeyed"];

/// Where a flip is shown to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Words on the screen.
    Proposed,
    /// The wallet signed.
    Signed,
    /// The chain has it.
    Sent,
    /// In a block, and it succeeded.
    Confirmed,
    /// The engine's ledger says so.
    Obeyed,
}

impl Stage {
    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Signed => "signed",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Obeyed => "obeyed",
        }
    }
}

impl Flip {
    /// A new proposal.
    pub(crate) const fn proposed(lever: Lever) -> Self {
        Self { lever, progress: Progress::Proposed { trouble: None } }
    }

    /// The transaction, once there is one.
    pub(crate) const fn hash(&self) -> Option<B256> {
        match &self.progress {
            Progress::Proposed { .. } | Progress::Asking { .. } => None,
            Progress::Signed { hash }
            | Progress::Sent { hash }
            | Progress::Confirmed { hash, .. }
            | Progress::Reverted { hash, .. }
            | Progress::Dropped { hash, .. } => Some(*hash),
        }
    }

    /// Whether the chain must still be asked about it.
    pub(crate) const fn is_under_way(&self) -> bool {
        matches!(self.progress, Progress::Signed { .. } | Progress::Sent { .. })
    }

    /// Whether it is only words so far.
    pub(crate) const fn is_proposal(&self) -> bool {
        matches!(self.progress, Progress::Proposed { .. })
    }

    /// Whether the wallet is being asked.
    pub(crate) const fn is_asking(&self) -> bool {
        matches!(self.progress, Progress::Asking { .. })
    }

    /// Whether it cannot be replaced now: the wallet is being asked, or the chain. The engine may obey before the
    /// receipt is read here; then nothing is left to wait for.
    pub(crate) fn is_busy(&self, journal: &Journal) -> bool {
        self.is_asking() || (self.is_under_way() && self.obeyed(journal).is_none())
    }

    /// Whether it ended without effect.
    pub(crate) const fn has_failed(&self) -> bool {
        matches!(self.progress, Progress::Reverted { .. } | Progress::Dropped { .. })
    }

    /// The ledger event in which the engine obeyed.
    pub(crate) fn obeyed(&self, journal: &Journal) -> Option<Seq> {
        journal.obeyed(self.hash()?)
    }

    /// The block that its effect stands in, once there is one.
    pub(crate) fn block(&self, journal: &Journal) -> Option<u64> {
        if let Progress::Confirmed { block, .. } = self.progress {
            return Some(block);
        }
        let event = journal.event(self.obeyed(journal)?)?;
        evidence(&event.payload).map(|evidence| evidence.block_number)
    }

    /// How far it is known to be.
    pub(crate) fn stage(&self, journal: &Journal) -> Stage {
        if self.obeyed(journal).is_some() {
            return Stage::Obeyed;
        }
        match self.progress {
            Progress::Proposed { .. } | Progress::Asking { .. } => Stage::Proposed,
            Progress::Signed { .. } => Stage::Signed,
            Progress::Sent { .. } | Progress::Reverted { .. } | Progress::Dropped { .. } => {
                Stage::Sent
            }
            Progress::Confirmed { .. } => Stage::Confirmed,
        }
    }

    /// The stages as marks. Without `engine` there is nobody left to obey: the mission is over.
    pub(crate) fn marks(&self, journal: &Journal, engine: Engine) -> Vec<StageMark> {
        let reached = self.stage(journal) as usize + 1;
        let at_hand = match self.progress {
            Progress::Proposed { .. } => Tone::Wait,
            Progress::Reverted { .. } | Progress::Dropped { .. } => Tone::Bad,
            Progress::Confirmed { .. } if engine == Engine::Stopped => Tone::Off,
            Progress::Asking { .. }
            | Progress::Signed { .. }
            | Progress::Sent { .. }
            | Progress::Confirmed { .. } => Tone::Work,
        };
        StageMark::row(&STAGES, reached, at_hand)
    }

    /// The flip after a page was loaded again.
    #[must_use]
    pub(crate) fn restored(self) -> Self {
        match self.progress {
            Progress::Asking { .. } => {
                let words = (
                    "The page was loaded again while the wallet was asked".to_owned(),
                    "Look in the wallet whether the transaction was sent before you sign again."
                        .to_owned(),
                );
                Self { progress: Progress::Proposed { trouble: Some(words) }, ..self }
            }
            Progress::Proposed { .. }
            | Progress::Signed { .. }
            | Progress::Sent { .. }
            | Progress::Confirmed { .. }
            | Progress::Reverted { .. }
            | Progress::Dropped { .. } => self,
        }
    }
}

/// Whether there is an engine that will obey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// The mission is under way.
    Listening,
    /// The mission is over.
    Stopped,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;

    fn at(progress: Progress) -> Flip {
        Flip { lever: Lever::PauseFleet, progress }
    }

    #[test]
    fn confirmed_is_not_obeyed_until_the_ledger_says_so() {
        let hash = sample::tx(2).transaction;
        let flip = at(Progress::Confirmed { hash, block: 2 });
        let before = sample::journal_of(sample::ledger().into_iter().take(12).collect());

        assert_eq!(flip.stage(&before), Stage::Confirmed);
        assert_eq!(flip.stage(&sample::journal()), Stage::Obeyed);
        assert_eq!(flip.obeyed(&sample::journal()), Some(Seq(13)));
    }

    #[test]
    fn an_obeyed_flip_is_obeyed_however_late_its_receipt_is() {
        let flip = at(Progress::Signed { hash: sample::tx(2).transaction });

        assert_eq!(flip.stage(&sample::journal()), Stage::Obeyed);
    }

    #[test]
    fn an_obeyed_flip_makes_room_for_the_next_before_its_receipt_is_read() {
        let flip = at(Progress::Sent { hash: sample::tx(2).transaction });

        assert!(flip.is_busy(&sample::journal_of(sample::ledger().into_iter().take(12).collect())));
        assert!(!flip.is_busy(&sample::journal()));
    }

    #[test]
    fn marks_show_what_is_reached_and_what_failed() {
        let journal = sample::journal();
        let tones = |flip: Flip| {
            flip.marks(&journal, Engine::Listening).iter().map(|mark| mark.tone).collect::<Vec<_>>()
        };
        let hash = B256::repeat_byte(0xee);

        assert_eq!(
            tones(at(Progress::Proposed { trouble: None })),
            [Tone::Ok, Tone::Wait, Tone::Off, Tone::Off, Tone::Off]
        );
        assert_eq!(
            tones(at(Progress::Reverted { hash, block: 1 })),
            [Tone::Ok, Tone::Ok, Tone::Ok, Tone::Bad, Tone::Off]
        );
        assert_eq!(
            tones(at(Progress::Confirmed { hash: sample::tx(2).transaction, block: 1 })),
            [Tone::Ok, Tone::Ok, Tone::Ok, Tone::Ok, Tone::Ok]
        );
    }

    #[test]
    fn a_reload_while_the_wallet_is_asked_goes_back_to_the_proposal_with_a_warning() {
        let flip = at(Progress::Asking { signer: sample::OWNER }).restored();

        assert!(matches!(flip.progress, Progress::Proposed { trouble: Some(_) }));
        assert_eq!(flip.lever, Lever::PauseFleet);
    }

    #[test]
    fn a_flip_survives_its_way_through_storage() {
        let lever = Lever::BudgetCap {
            mission: sample::mission().key(),
            now: phase8_shared::money::MicroUsd::new(5),
            new: phase8_shared::money::MicroUsd::new(7),
        };
        let flip = Flip { lever, progress: Progress::Sent { hash: B256::repeat_byte(1) } };

        let text = serde_json::to_string(&flip).unwrap();

        assert_eq!(serde_json::from_str::<Flip>(&text).unwrap(), flip);
    }
}
