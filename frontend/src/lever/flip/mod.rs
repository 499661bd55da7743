//! One flip of one lever, from the proposal to its effect. It is never shown further than is known.

mod expected;

use alloy_primitives::{Address, B256};
use phase8_shared::api::{GovernanceView, OperationState, OperationView};
use phase8_shared::chain::Lever;
use serde::{Deserialize, Serialize};

pub(crate) use self::expected::Expected;
use crate::live::Journal;
use crate::ui::{StageMark, Tone};

/// A flip and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flip {
    /// What is flipped.
    pub(crate) lever: Lever,
    /// How far it is.
    pub(crate) progress: Progress,
    /// The operation that waits for its time, if the lever is delayed.
    #[serde(default)]
    pub(crate) operation: Option<B256>,
    /// What the chain answers once the flip is in force.
    #[serde(default)]
    pub(crate) expect: Vec<Expected>,
    /// What happened on the way, if it was out of the ordinary.
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// By which exit a flip is signed and sent from this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// The wallet sends a transaction.
    Wallet,
    /// The wallet signs, and the relay sends.
    Relay,
}

/// What a signed flip is followed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Track {
    /// Digest of the relayed request, if it is one.
    pub(crate) digest: Option<B256>,
    /// Hash of the transaction that the wallet answered.
    pub(crate) hash: Option<B256>,
    /// The transaction that carries it by now: relayed, or sped up.
    pub(crate) carrier: Option<B256>,
}

impl Track {
    /// A transaction that a wallet sent.
    pub(crate) const fn transaction(hash: B256) -> Self {
        Self { digest: None, hash: Some(hash), carrier: None }
    }

    /// A request that the relay sends.
    pub(crate) const fn request(digest: B256) -> Self {
        Self { digest: Some(digest), hash: None, carrier: None }
    }

    /// The transaction to look at.
    pub(crate) fn current(&self) -> Option<B256> {
        self.carrier.or(self.hash)
    }
}

/// How far a flip is, as far as this browser and the chain know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(crate) enum Progress {
    /// Words on the screen. `trouble` says why an attempt to sign came to nothing.
    Proposed {
        /// What happened, and what to do.
        trouble: Option<(String, String)>,
    },
    /// Everything is checked once more, then the wallet is asked.
    Asking {
        /// The account that is to sign.
        signer: Address,
        /// By which exit.
        way: Way,
    },
    /// The wallet signed.
    Signed {
        /// What it is followed by.
        track: Track,
    },
    /// The chain knows the transaction.
    Sent {
        /// What it is followed by.
        track: Track,
    },
    /// It is in a block and succeeded.
    Confirmed {
        /// What it is followed by.
        track: Track,
        /// Number of the block.
        block: u64,
    },
    /// A reading of the chain shows the new value.
    Read {
        /// What it is followed by.
        track: Track,
        /// The block that was read.
        block: u64,
    },
    /// It has no effect and never will.
    Failed {
        /// What it was followed by.
        track: Track,
        /// Why.
        why: String,
    },
}

/// Where a flip stands, after everything that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Words on the screen.
    Proposed,
    /// The wallet is being asked.
    Asking(Way),
    /// Signed, and not known to the chain.
    Signed,
    /// Waits for a block.
    Sent,
    /// In a block; its effect is not seen yet.
    Confirmed {
        /// Number of the block.
        block: u64,
    },
    /// Waits for its time in the timelock.
    Waiting {
        /// Unix seconds from which it can be carried out.
        ready_at: u64,
        /// Its id there.
        operation: B256,
    },
    /// The timelock carried it out; its effect is not seen yet.
    CarriedOut {
        /// Number of the block.
        block: u64,
    },
    /// In force.
    Obeyed {
        /// Who says so.
        by: Witness,
    },
    /// It has no effect and never will.
    Failed {
        /// Why.
        why: String,
    },
}

/// Who says that a flip is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Witness {
    /// The engine, in the mission's ledger.
    Ledger,
    /// A reading of the chain at this block.
    Chain(u64),
}

/// The names of the stages of a lever that acts at once, and of one that is delayed.
const AT_ONCE: [&str; 5] = ["proposed", "signed", "sent", "confirmed", "obeyed"];
const DELAYED: [&str; 6] = ["proposed", "signed", "sent", "confirmed", "waiting", "obeyed"];

/// Whether there is an engine whose ledger will tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// The mission on this page is under way.
    Listening,
    /// There is none on this page, or it is over: the chain itself tells.
    Absent,
}

/// What is known beside the flip itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The ledger of the mission on this page.
    pub(crate) journal: Option<&'a Journal>,
    /// Whether that mission is under way.
    pub(crate) engine: Engine,
    /// What governance waits for.
    pub(crate) governance: Option<&'a GovernanceView>,
}

impl Surroundings<'_> {
    fn told(self, transaction: B256) -> bool {
        self.journal.is_some_and(|journal| journal.obeyed(transaction).is_some())
    }

    /// The operation with this id.
    pub(crate) fn operation(&self, id: B256) -> Option<&OperationView> {
        self.governance?.operations.iter().find(|operation| operation.id == id)
    }
}

impl Flip {
    /// A new proposal.
    pub(crate) const fn proposed(lever: Lever) -> Self {
        Self {
            lever,
            progress: Progress::Proposed { trouble: None },
            operation: None,
            expect: Vec::new(),
            note: None,
        }
    }

    /// What it is followed by, once it is signed.
    pub(crate) const fn track(&self) -> Option<&Track> {
        match &self.progress {
            Progress::Proposed { .. } | Progress::Asking { .. } => None,
            Progress::Signed { track }
            | Progress::Sent { track }
            | Progress::Confirmed { track, .. }
            | Progress::Read { track, .. }
            | Progress::Failed { track, .. } => Some(track),
        }
    }

    /// Whether it is only words so far.
    pub(crate) const fn is_proposal(&self) -> bool {
        matches!(self.progress, Progress::Proposed { .. })
    }

    /// Whether it was seen in force.
    pub(crate) const fn is_read(&self) -> bool {
        matches!(self.progress, Progress::Read { .. })
    }

    /// Whether it came to nothing, as far as is known.
    pub(crate) const fn is_failed(&self) -> bool {
        matches!(self.progress, Progress::Failed { .. })
    }

    /// Whether the wallet is being asked.
    pub(crate) const fn is_asking(&self) -> bool {
        matches!(self.progress, Progress::Asking { .. })
    }

    /// Whether the engine's ledger has an event for it.
    pub(crate) const fn is_in_ledgers(&self) -> bool {
        match self.lever {
            Lever::PauseFleet
            | Lever::ResumeFleet
            | Lever::TripwirePause
            | Lever::ResumeAfterTripwire
            | Lever::BudgetCap { .. } => true,
            Lever::ActiveAdapter { .. }
            | Lever::RollBackAdapter { .. }
            | Lever::CoPilot { .. }
            | Lever::Summon { .. }
            | Lever::RevokeSummons { .. }
            | Lever::Change(_) => false,
        }
    }

    /// Where it stands.
    pub(crate) fn standing(&self, around: Surroundings<'_>) -> Standing {
        let waits_for_ledger =
            self.is_in_ledgers() && around.journal.is_some() && around.engine == Engine::Listening;
        let track = match &self.progress {
            Progress::Proposed { .. } => return Standing::Proposed,
            Progress::Asking { way, .. } => return Standing::Asking(*way),
            Progress::Failed { why, .. } => return Standing::Failed { why: why.clone() },
            Progress::Signed { track }
            | Progress::Sent { track }
            | Progress::Confirmed { track, .. }
            | Progress::Read { track, .. } => track,
        };
        if waits_for_ledger
            && self.operation.is_none()
            && track.current().is_some_and(|hash| around.told(hash))
        {
            return Standing::Obeyed { by: Witness::Ledger };
        }
        match &self.progress {
            Progress::Signed { .. } => Standing::Signed,
            Progress::Read { block, .. } if !waits_for_ledger => {
                Standing::Obeyed { by: Witness::Chain(*block) }
            }
            Progress::Confirmed { block, .. } | Progress::Read { block, .. } => {
                self.after_block(*block, around, waits_for_ledger)
            }
            Progress::Proposed { .. }
            | Progress::Asking { .. }
            | Progress::Sent { .. }
            | Progress::Failed { .. } => Standing::Sent,
        }
    }

    fn after_block(
        &self,
        block: u64,
        around: Surroundings<'_>,
        waits_for_ledger: bool,
    ) -> Standing {
        let Some(id) = self.operation else { return Standing::Confirmed { block } };
        let Some(operation) = around.operation(id) else { return Standing::Confirmed { block } };
        match &operation.state {
            OperationState::Waiting {} => {
                Standing::Waiting { ready_at: operation.ready_at, operation: id }
            }
            OperationState::Done { evidence } if waits_for_ledger => {
                if around.told(evidence.transaction) {
                    Standing::Obeyed { by: Witness::Ledger }
                } else {
                    Standing::CarriedOut { block: evidence.block_number }
                }
            }
            OperationState::Done { evidence } => {
                Standing::CarriedOut { block: evidence.block_number }
            }
            OperationState::Cancelled { by: Some(guardian), .. } => Standing::Failed {
                why: format!("the guardian {guardian} cancelled it before its time"),
            },
            OperationState::Cancelled { by: None, .. } => {
                Standing::Failed { why: "the owner cancelled it before its time".to_owned() }
            }
        }
    }

    /// The stages as marks.
    pub(crate) fn marks(&self, standing: &Standing) -> Vec<StageMark> {
        let names: &[&'static str] =
            if self.operation.is_some() || self.lever.is_delayed() { &DELAYED } else { &AT_ONCE };
        let last = names.len();
        let (reached, at_hand) = match standing {
            Standing::Proposed => (1, Tone::Wait),
            Standing::Asking(_) => (1, Tone::Work),
            Standing::Signed => (2, Tone::Work),
            Standing::Sent => (3, Tone::Work),
            Standing::Confirmed { .. } => (4, Tone::Work),
            Standing::Waiting { .. } => (4, Tone::Wait),
            Standing::CarriedOut { .. } => (last.saturating_sub(1), Tone::Work),
            Standing::Obeyed { .. } => (last, Tone::Ok),
            Standing::Failed { .. } if matches!(self.progress, Progress::Failed { .. }) => {
                (3, Tone::Bad)
            }
            Standing::Failed { .. } => (4, Tone::Bad),
        };
        StageMark::row(names, reached, at_hand)
    }

    /// The flip after a page was loaded again.
    #[must_use]
    pub(crate) fn restored(self) -> Self {
        if !self.is_asking() {
            return self;
        }
        let words = (
            "The page was loaded again while the wallet was asked".to_owned(),
            "Look in the wallet whether the transaction was sent before you sign again.".to_owned(),
        );
        Self { progress: Progress::Proposed { trouble: Some(words) }, ..self }
    }
}

impl Standing {
    /// Its name, as tests and style sheets know it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Proposed | Self::Asking(_) => "proposed",
            Self::Signed => "signed",
            Self::Sent => "sent",
            Self::Confirmed { .. } => "confirmed",
            Self::Waiting { .. } => "waiting",
            Self::CarriedOut { .. } => "carried-out",
            Self::Obeyed { .. } => "obeyed",
            Self::Failed { .. } => "failed",
        }
    }

    /// Whether nothing more will happen by itself.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self, Self::Obeyed { .. } | Self::Failed { .. })
    }

    /// Whether it cannot be replaced now: the wallet is being asked, or the chain.
    pub(crate) const fn is_busy(&self) -> bool {
        match self {
            Self::Asking(_)
            | Self::Signed
            | Self::Sent
            | Self::Confirmed { .. }
            | Self::CarriedOut { .. } => true,
            Self::Proposed | Self::Waiting { .. } | Self::Obeyed { .. } | Self::Failed { .. } => {
                false
            }
        }
    }
}

#[cfg(test)]
mod tests;
