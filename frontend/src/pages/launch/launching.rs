//! From the press of the button to the funded escrow: create, allow, fund. Each part can fail, and each can be gone on
//! with, even after a reload.

use alloy_primitives::{B256, U64};
use leptos::prelude::*;
use phase8_shared::api::{
    CreateMission, FundingOffer, MissionPhase, ProblemCode, TransactionStatus,
};
use phase8_shared::chain::{Call, approve_call, fund_call};
use phase8_shared::id::MissionId;
use phase8_shared::mission::EscrowTerms;
use phase8_shared::money::TokenAmount;

use super::desk::Desk;
use super::draft::LaunchRecord;
use super::steps::Step;
use super::terms;
use crate::api;
use crate::ui::Trouble;
use crate::wallet::WalletError;

/// Milliseconds between two looks for a receipt.
const LOOK_EVERY: u32 = 700;

/// What the wallet will be asked to sign, built by this page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepared {
    /// The mission.
    pub(super) id: MissionId,
    /// What it costs.
    pub(super) deposit: TokenAmount,
    /// Allows the escrow exactly the deposit.
    pub(super) approve: Call,
    /// Deposits.
    pub(super) fund: Call,
}

/// Which of the two signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Approve,
    Fund,
}

impl Desk {
    /// Goes as far as it can; answers the mission once it is funded. `Ok(None)`: a step failed and says so itself.
    pub(super) async fn launch(self) -> Result<Option<MissionId>, Trouble> {
        let Some((record, launch)) = untrack(|| self.proposal()) else {
            return Err(Trouble::new(
                "The launch cannot begin",
                "Something it needs is missing.",
                "Look at the list above.",
            ));
        };
        let Some(offer) = self.create(&record, &launch).await? else {
            return Ok(Some(self.arrive(record.id)));
        };
        let prepared = untrack(|| self.prepare(record.id, record.reward, &offer))?;
        self.prepared.set(Some(prepared.clone()));
        if self.is_allowed(&prepared).await {
            self.approve.try_set(Step::Spared);
        } else if !self.sign(Part::Approve, &prepared.approve).await {
            return Ok(None);
        }
        if !self.sign(Part::Fund, &prepared.fund).await {
            return Ok(None);
        }
        Ok(Some(self.arrive(record.id)))
    }

    /// Creates the mission, or finds it created. `None`: it is funded already. The id is remembered before it is sent,
    /// so that a lost answer is no second launch.
    async fn create(
        self,
        record: &LaunchRecord,
        launch: &CreateMission,
    ) -> Result<Option<FundingOffer>, Trouble> {
        if self.launch.with_untracked(|before| before.as_ref().map(|before| before.id))
            != Some(record.id)
        {
            self.start_over();
            self.launch.set(Some(record.clone()));
        }
        match api::create_mission(record.id, launch).await {
            Ok(mission) => {
                self.note(|record| record.is_created = true);
                Ok(Some(mission.funding)
                    .filter(|_| mission.summary.phase == MissionPhase::AwaitingFunding))
            }
            Err(error) => {
                if error.code() == Some(ProblemCode::MissionExists) {
                    // The next attempt draws a fresh id.
                    self.start_over();
                }
                Err(error.into())
            }
        }
    }

    /// Computes the terms here; the server's are only compared with them.
    fn prepare(
        self,
        id: MissionId,
        reward: TokenAmount,
        offer: &FundingOffer,
    ) -> Result<Prepared, Trouble> {
        let deployment = self.wallet.deployment().get();
        let own = self.own_terms(reward, offer)?;
        let (Some(deployment), Some(deposit)) = (deployment, own.deposit()) else {
            return Err(cannot_compute("the deposit is too large, or the contracts are not known"));
        };
        let approve = approve_call(&deployment.contracts, deposit);
        let fund = fund_call(&deployment.contracts, id.key(), &own);
        Ok(Prepared { id, deposit, approve, fund })
    }

    fn own_terms(self, reward: TokenAmount, offer: &FundingOffer) -> Result<EscrowTerms, Trouble> {
        let spec = self
            .review
            .with(|review| review.as_ref().and_then(|review| review.launchable().cloned()));
        let (Some(spec), Some(basis)) = (spec, self.basis(reward)) else {
            return Err(cannot_compute("the job spec or the server's configuration is not there"));
        };
        let own = terms::derive(&spec, &basis, offer.created_at)
            .map_err(|error| cannot_compute(&error))?;
        let differences = terms::differences(&own, offer);
        if differences.is_empty() {
            return Ok(own);
        }
        Err(Trouble::new(
            "The server's offer is not what this page computes",
            "Nothing is signed, because what would be funded is not what you uploaded.",
            "Start over. If it happens again, do not launch from this server.",
        )
        .with_details(differences))
    }

    /// Whether the escrow may take the deposit already.
    async fn is_allowed(self, prepared: &Prepared) -> bool {
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
    async fn sign(self, part: Part, call: &Call) -> bool {
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

    /// Remembers something of the launch under way.
    fn note(self, change: impl FnOnce(&mut LaunchRecord)) {
        self.launch.try_update(|record| {
            if let Some(record) = record {
                change(record);
            }
        });
    }

    /// The launch is over; the file stays for another.
    fn arrive(self, id: MissionId) -> MissionId {
        self.start_over();
        id
    }

    /// The launch as it stands on the page: under the id that was tried before, if nothing changed since.
    fn proposal(self) -> Option<(LaunchRecord, CreateMission)> {
        let (operator, reward, clock) =
            (self.account.get()?, self.reward().ok()?, self.clock().ok()?);
        let spec = self.upload.with(|upload| upload.as_ref().map(|upload| upload.text.clone()))?;
        let same = |record: &LaunchRecord| {
            record.operator == operator && record.reward == reward && record.clock == clock
        };
        let record = match self.launch.get().filter(same) {
            Some(record) => record,
            None => LaunchRecord {
                id: draw_id()?,
                operator,
                reward,
                clock,
                is_created: false,
                approve: None,
                fund: None,
            },
        };
        Some((record, CreateMission { spec, operator, reward, clock_scale: clock }))
    }
}

fn cannot_compute(why: &str) -> Trouble {
    Trouble::new(
        "The terms cannot be computed",
        format!("It failed because {why}."),
        "Mend the job spec, then start over.",
    )
}

/// A mission id of 16 bytes from the browser's own generator.
fn draw_id() -> Option<MissionId> {
    let mut bytes = [0_u8; 16];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(MissionId::from_bytes(bytes))
}

/// Waits for the block, as long as the page is there. A server or chain that is away for a while is waited for.
async fn confirmed(hash: B256, step: RwSignal<Step>) -> Option<Result<(), Trouble>> {
    loop {
        match api::receipt(hash).await {
            Ok(Some(receipt)) if receipt.status == U64::from(1) => return Some(Ok(())),
            Ok(Some(receipt)) => {
                let why = refusal(hash).await;
                let why = why.unwrap_or_else(|| {
                    format!("It was reverted in block {}.", receipt.block_number)
                });
                return Some(Err(Trouble::new(
                    "The chain reverted the transaction",
                    why,
                    "Mend what it names, then sign again.",
                )));
            }
            Ok(None) => {
                if let Some(why) = refusal(hash).await {
                    return Some(Err(Trouble::new(
                        "The transaction will not be included",
                        why,
                        "Sign again.",
                    )));
                }
            }
            // The banner says that the server or the chain is away.
            Err(_) => {}
        }
        gloo_timers::future::TimeoutFuture::new(LOOK_EVERY).await;
        step.try_get_untracked()?;
    }
}

/// Why a transaction that this server relayed failed; `None` while it has not, or if a wallet sent it by itself.
async fn refusal(hash: B256) -> Option<String> {
    match api::transaction(hash).await.ok()?.status {
        TransactionStatus::Reverted { reason, .. } | TransactionStatus::Refused { reason } => {
            Some(reason)
        }
        TransactionStatus::Replaced {} => Some("Another transaction took its place.".to_owned()),
        TransactionStatus::Stored
        | TransactionStatus::Sent
        | TransactionStatus::Included { .. } => None,
    }
}
