//! One signature of a launch: whether it is needed, the wallet's answer, and the wait for its block.

use alloy_primitives::B256;
use leptos::prelude::*;
use phase8_shared::chain::Call;

use super::desk::Desk;
use super::prepare::Prepared;
use super::receipt::confirmed;
use super::steps::Step;
use crate::api;
use crate::wallet::WalletError;

/// Which of the two signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Allows the escrow exactly the deposit.
    Approve,
    /// Deposits.
    Fund,
}

impl Desk {
    /// Whether the escrow may take the deposit already.
    pub(super) async fn is_allowed(self, prepared: &Prepared) -> bool {
        let owner =
            self.launch.with_untracked(|record| record.as_ref().map(|record| record.operator));
        let deployment = self.wallet.deployment().get_untracked();
        let (Some(owner), Some(deployment)) = (owner, deployment) else { return false };
        let contracts = deployment.contracts;
        api::allowance(contracts.token, owner, contracts.escrow)
            .await
            .is_ok_and(|allowed| allowed >= prepared.deposit)
    }

    /// Signs one of the two, unless it was sent before, and waits for its block. Answers whether it is in one.
    pub(super) async fn sign(self, part: Part, call: &Call) -> bool {
        let step = match part {
            Part::Approve => self.approve,
            Part::Fund => self.fund,
        };
        let sent = self.launch.with_untracked(|record| {
            record.as_ref().and_then(|record| match part {
                Part::Approve => record.approve,
                Part::Fund => record.fund,
            })
        });
        let hash = if let Some(hash) = sent {
            hash
        } else {
            step.try_set(Step::Asking);
            match self.ask_wallet(call).await {
                Ok(hash) => hash,
                Err(error) => {
                    step.try_set(Step::unsigned(error.into()));
                    return false;
                }
            }
        };
        self.note_sent(part, Some(hash));
        step.try_set(Step::Sent(hash));
        match confirmed(hash, step).await {
            Some(Ok(())) => {
                step.try_set(Step::Confirmed(hash));
                true
            }
            Some(Err(trouble)) => {
                self.note_sent(part, None);
                step.try_set(Step::refused(trouble));
                false
            }
            // The page was left; the record goes on with it next time.
            None => false,
        }
    }

    /// The wallet may have changed its account since the launch began.
    async fn ask_wallet(self, call: &Call) -> Result<B256, WalletError> {
        let operator =
            self.launch.with_untracked(|record| record.as_ref().map(|record| record.operator));
        if operator != self.account.get_untracked() {
            return Err(WalletError::AccountChanged);
        }
        self.wallet.send(call).await
    }

    fn note_sent(self, part: Part, hash: Option<B256>) {
        self.note(|record| match part {
            Part::Approve => record.approve = hash,
            Part::Fund => record.fund = hash,
        });
    }
}
