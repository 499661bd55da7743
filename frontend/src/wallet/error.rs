//! What can go wrong at a wallet. Each has words of its own.

use phase8_shared::api::Problem;

use crate::api::ClientError;

/// Nothing was signed, or it is not known to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WalletError {
    /// No wallet is connected.
    NotConnected,
    /// The person said no (4001).
    Rejected,
    /// The wallet already shows a request (-32002).
    Pending,
    /// The wallet is locked, or shows no account.
    Locked,
    /// The wallet has not let this page use the account (4100).
    Unauthorized,
    /// The wallet has lost its chain (4900, 4901).
    Disconnected,
    /// The wallet does not know the chain (4902).
    UnknownChain,
    /// The wallet does not know the chain, and no endpoint is published that it could be given.
    AddByHand {
        /// The chain.
        chain_id: u64,
    },
    /// The wallet is on another chain than the contracts.
    WrongChain {
        /// Where it is.
        found: u64,
        /// Where the contracts are.
        expected: u64,
    },
    /// Another account is selected in the wallet than the page was told.
    AccountChanged,
    /// The bytes do not decode to a call that this page knows, so nobody should sign them.
    NotDecoded,
    /// The server or the chain refused what was signed.
    Refused(Problem),
    /// The server could not be asked.
    Server(ClientError),
    /// Anything else, in the wallet's words.
    Other(String),
}

impl WalletError {
    /// The error behind an EIP-1193 code.
    pub(super) fn from_code(code: i64, message: String) -> Self {
        match code {
            4001 => Self::Rejected,
            4100 => Self::Unauthorized,
            4900 | 4901 => Self::Disconnected,
            4902 => Self::UnknownChain,
            -32002 => Self::Pending,
            _ => Self::Other(message),
        }
    }

    /// What happened, and what to do.
    pub(crate) fn words(&self) -> (String, String) {
        let (what, mend) = match self {
            Self::NotConnected => ("No wallet is connected", "Connect a wallet, then try again."),
            Self::Rejected => (
                "The request was rejected in the wallet",
                "Nothing was signed and nothing was sent. Try again when you are ready.",
            ),
            Self::Pending => (
                "The wallet already shows a request",
                "Open the wallet and answer the request that waits there, then try again.",
            ),
            Self::Locked => {
                ("The wallet is locked", "Unlock it, choose an account, then try again.")
            }
            Self::Unauthorized => (
                "The wallet has not let this page use the account",
                "Open the wallet, allow this site for the account, then try again.",
            ),
            Self::Disconnected => (
                "The wallet has lost its connection to the chain",
                "Check the network in the wallet, then try again. Nothing was sent.",
            ),
            Self::UnknownChain => (
                "The wallet does not know this chain",
                "Add the chain to the wallet, then switch to it.",
            ),
            Self::AddByHand { chain_id } => {
                return (
                    format!("The wallet does not know chain {chain_id}"),
                    format!(
                        "Add a network with chain id {chain_id} to the wallet by hand, with an endpoint that you trust, then switch to it."
                    ),
                );
            }
            Self::WrongChain { found, expected } => {
                return (
                    format!(
                        "The wallet is on chain {found}, the contracts are on chain {expected}"
                    ),
                    "Switch the network, then try again. Nothing was signed.".to_owned(),
                );
            }
            Self::AccountChanged => (
                "The wallet has another account selected now",
                "Select the account that this page shows, or connect again. Nothing was signed.",
            ),
            Self::NotDecoded => (
                "The call cannot be put into words, so it is not signed",
                "Reload the page: it may be older than the contracts.",
            ),
            Self::Refused(problem) => return (problem.title.clone(), problem.detail.clone()),
            Self::Server(ClientError::Offline) => (
                "The server does not answer",
                "Check that Mission Control is running, then try again.",
            ),
            Self::Server(error) => {
                return (error.to_string(), "Reload the page, then try again.".to_owned());
            }
            Self::Other(detail) => {
                let what = if detail.is_empty() {
                    "The wallet failed".to_owned()
                } else {
                    format!("The wallet failed: {detail}")
                };
                return (what, "Look into the wallet, then try again.".to_owned());
            }
        };
        (what.to_owned(), mend.to_owned())
    }
}

impl From<ClientError> for WalletError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Problem(problem) => Self::Refused(problem),
            ClientError::Offline | ClientError::Garbled(_) => Self::Server(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_has_words_of_its_own() {
        let codes = [4001, 4100, 4900, 4902, -32002];

        let words: BTreeSet<_> = codes
            .iter()
            .map(|code| WalletError::from_code(*code, String::new()).words().0)
            .collect();

        assert_eq!(words.len(), codes.len());
    }

    #[test]
    fn locked_pending_and_rejected_each_say_what_to_do() {
        for (error, what, mend) in [
            (WalletError::Locked, "The wallet is locked", "Unlock it"),
            (WalletError::Pending, "The wallet already shows a request", "answer the request"),
            (
                WalletError::Rejected,
                "The request was rejected in the wallet",
                "Nothing was signed and nothing was sent",
            ),
            (
                WalletError::AccountChanged,
                "The wallet has another account selected now",
                "Nothing was signed",
            ),
            (WalletError::NotConnected, "No wallet is connected", "Connect a wallet"),
        ] {
            let words = error.words();
            assert_eq!(words.0, what);
            assert!(words.1.contains(mend), "{words:?}");
        }
    }

    #[test]
    fn a_chain_that_must_be_added_by_hand_is_named() {
        let (what, mend) = WalletError::AddByHand { chain_id: 11_155_111 }.words();

        assert_eq!(what, "The wallet does not know chain 11155111");
        assert!(mend.starts_with("Add a network with chain id 11155111 to the wallet by hand"));
    }

    #[test]
    fn a_wrong_chain_names_both() {
        let (what, _) = WalletError::WrongChain { found: 1, expected: 31337 }.words();

        assert_eq!(what, "The wallet is on chain 1, the contracts are on chain 31337");
    }
}
