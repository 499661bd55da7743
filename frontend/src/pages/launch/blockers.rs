//! Why a launch is not possible yet, in words, the first thing to do first.

use leptos::prelude::*;
use phase8_shared::api::{CheckState, Preflight};
use phase8_shared::findings::Level;

use super::desk::Desk;
use super::review::Review;
use crate::api::ClientError;

/// What a launch depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Readiness<'a> {
    /// What was made of the file, if there is one.
    pub(super) review: Option<&'a Review>,
    /// Whether a wallet is connected.
    pub(super) has_wallet: bool,
    /// Whether the wallet is on the chain of the contracts.
    pub(super) is_right_chain: bool,
    /// What is wrong with the reward.
    pub(super) reward_error: Option<&'a str>,
    /// What is wrong with the clock.
    pub(super) clock_error: Option<&'a str>,
    /// The checklist, once it was answered.
    pub(super) preflight: Option<&'a Result<Preflight, ClientError>>,
}

impl Readiness<'_> {
    /// What stands in the way; nothing when the launch can begin.
    pub(super) fn blockers(&self) -> Vec<String> {
        [self.file(), self.wallet(), self.offer(), self.checks()].into_iter().flatten().collect()
    }

    fn file(&self) -> Option<String> {
        let Some(review) = self.review else {
            return Some("Upload a job spec, or use the sample.".to_owned());
        };
        let errors = review.findings.count(Level::Error);
        if errors > 0 {
            let errors = if errors == 1 { "error".to_owned() } else { format!("{errors} errors") };
            return Some(format!("Mend the {errors} in the job spec."));
        }
        (!review.is_strict)
            .then(|| "The server's policies and adapters are not known yet.".to_owned())
    }

    fn wallet(&self) -> Option<String> {
        if !self.has_wallet {
            return Some("Connect the operator's wallet.".to_owned());
        }
        (!self.is_right_chain)
            .then(|| "Switch the wallet to the chain of the contracts.".to_owned())
    }

    fn offer(&self) -> Option<String> {
        if self.reward_error.is_some() {
            return Some("Put the reward right.".to_owned());
        }
        self.clock_error.map(|_| "Put the clock right.".to_owned())
    }

    fn checks(&self) -> Option<String> {
        match self.preflight {
            None => Some("Pre-flight is still being checked.".to_owned()),
            Some(Err(_)) => Some("Pre-flight could not be checked.".to_owned()),
            Some(Ok(preflight)) => {
                let blocking = |state| matches!(state, CheckState::Fail | CheckState::Unknown);
                let first = preflight.checks.iter().find(|check| blocking(check.state))?;
                Some(format!("Pre-flight: {}.", first.label))
            }
        }
    }
}

impl Desk {
    /// What stands in the way of a launch.
    pub(super) fn blockers(self) -> Vec<String> {
        // An empty field that waits for the server's default is not the person's mistake.
        let is_offered =
            self.reward_typed.with(Option::is_some) || self.defaults.with(Option::is_some);
        let (reward, clock) = (self.reward().err().filter(|_| is_offered), self.clock().err());
        let is_right_chain = self.wallet.is_right_chain().get();
        let preflight = self.preflight.get();
        self.review.with(|review| {
            Readiness {
                review: review.as_ref(),
                has_wallet: self.account.get().is_some(),
                is_right_chain,
                reward_error: reward.as_deref(),
                clock_error: clock.as_deref(),
                preflight: preflight.as_ref(),
            }
            .blockers()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Readiness<'_> = Readiness {
        review: None,
        has_wallet: false,
        is_right_chain: false,
        reward_error: None,
        clock_error: None,
        preflight: None,
    };

    #[test]
    fn an_empty_page_says_everything_that_is_missing() {
        assert_eq!(
            NOTHING.blockers(),
            [
                "Upload a job spec, or use the sample.",
                "Connect the operator's wallet.",
                "Pre-flight is still being checked."
            ]
        );
    }

    #[test]
    fn a_wallet_on_the_wrong_chain_is_named() {
        let readiness =
            Readiness { has_wallet: true, preflight: Some(&Err(ClientError::Offline)), ..NOTHING };

        assert_eq!(
            readiness.blockers()[1..],
            [
                "Switch the wallet to the chain of the contracts.",
                "Pre-flight could not be checked."
            ]
        );
    }
}
