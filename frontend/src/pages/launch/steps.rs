//! The two signatures of a launch and how far each is.

use alloy_primitives::B256;

use crate::ui::{StageMark, Tone, Trouble};

/// The stages of a transaction, in order.
const STAGES: [&str; 4] = ["proposed", "signed", "sent", "confirmed"];

/// How far a signing step is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Waits for the person.
    Proposed,
    /// The wallet is asking.
    Asking,
    /// On its way into a block.
    Sent(B256),
    /// In a block.
    Confirmed(B256),
    /// Not needed: an earlier transaction did it.
    Spared,
    /// It came this many stages far.
    Failed {
        /// Stages behind it.
        reached: usize,
        /// What happened.
        trouble: Trouble,
    },
}

impl Step {
    /// Failed before anything was sent.
    pub(super) const fn unsigned(trouble: Trouble) -> Self {
        Self::Failed { reached: 1, trouble }
    }

    /// Sent, and refused by the chain.
    pub(super) const fn refused(trouble: Trouble) -> Self {
        Self::Failed { reached: 3, trouble }
    }

    /// The transaction, once there is one.
    pub(super) const fn hash(&self) -> Option<B256> {
        match self {
            Self::Sent(hash) | Self::Confirmed(hash) => Some(*hash),
            Self::Proposed | Self::Asking | Self::Spared | Self::Failed { .. } => None,
        }
    }

    /// The stage it is at, in one word.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Asking => "signing",
            Self::Sent(_) => "sent",
            Self::Confirmed(_) => "confirmed",
            Self::Spared => "not needed",
            Self::Failed { .. } => "failed",
        }
    }

    /// The stages for show.
    pub(super) fn marks(&self) -> Vec<StageMark> {
        let (reached, at_hand) = match self {
            Self::Proposed => (1, Tone::Off),
            Self::Asking => (1, Tone::Wait),
            Self::Sent(_) => (3, Tone::Work),
            Self::Confirmed(_) | Self::Spared => (4, Tone::Ok),
            Self::Failed { reached, .. } => (*reached, Tone::Bad),
        };
        StageMark::row(&STAGES, reached, at_hand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(step: &Step) -> String {
        step.marks().iter().map(|mark| mark.tone.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_stage_is_shown_only_once_it_is_known() {
        assert_eq!(shown(&Step::Proposed), "ok off off off");
        assert_eq!(shown(&Step::Asking), "ok wait off off");
        assert_eq!(shown(&Step::Sent(B256::ZERO)), "ok ok ok work");
        assert_eq!(shown(&Step::Confirmed(B256::ZERO)), "ok ok ok ok");
        assert_eq!(shown(&Step::unsigned(Trouble::new("", "", ""))), "ok bad off off");
        assert_eq!(shown(&Step::refused(Trouble::new("", "", ""))), "ok ok ok bad");
    }
}
