//! The exits that leave the page: the `cast send` line and the evidence file, made from what was checked, or from what
//! could still be read when the check is unavailable.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;
use leptos::prelude::*;
use phase8_shared::chain::abi::{IOwnerProxy, IPauseGuardian, ITimelock};
use phase8_shared::chain::exit::{CastLine, ChainCheck, Evidence, EvidenceAround, LeverWords};
use phase8_shared::chain::words::lever_words;
use phase8_shared::chain::{Deployment, Intent};
use serde_json::json;

use crate::api::{self, ClientError, use_system};
use crate::lever::check::{Checked, Draft, GOOD_FOR, Known};
use crate::lever::desk::Desk;
use crate::live::browser_time;

/// What an evidence file is made of.
#[derive(Debug, Clone)]
pub(crate) struct Material {
    /// The lever as bytes.
    pub(crate) intent: Intent,
    /// Who decides.
    pub(crate) known: Known,
    /// What the chain said.
    pub(crate) told: ChainCheck,
}

impl Material {
    /// From a check.
    pub(crate) fn of(checked: &Checked) -> Self {
        Self { intent: checked.intent.clone(), known: checked.known, told: checked.told.clone() }
    }

    /// The line for a shell, with what to know about keys above it.
    pub(crate) fn cast(&self) -> String {
        CastLine::new(&self.intent, self.known.owner).script(self.intent.lever.title())
    }
}

/// Makes evidence files.
#[derive(Clone, Copy)]
pub(crate) struct EvidenceMaker {
    desk: Desk,
    page_digest: Memo<Option<String>>,
}

impl EvidenceMaker {
    /// With the page's digest, as the server tells it.
    pub(crate) fn new(desk: Desk) -> Self {
        let system = use_system();
        let page_digest = Memo::new(move |_| {
            system.with(|view| view.as_ref().and_then(|view| view.page_digest.clone()))
        });
        Self { desk, page_digest }
    }

    /// The file for what was checked.
    pub(crate) fn make(self, material: Material) -> Option<Evidence> {
        let deployment = self.desk.deployment.get_untracked()?;
        let Material { intent, known, told } = material;
        let names = untrack(|| self.desk.names());
        let words = lever_words(&intent.lever, known.delay, &names);
        let around = EvidenceAround {
            contracts: deployment.contracts,
            owner: known.owner,
            words: LeverWords {
                now: words.now,
                new: words.new,
                effect: words.effect,
                undo: words.undo,
            },
            check: told,
            page_digest: self.page_digest.get_untracked(),
            created_at: browser_time(),
        };
        Some(Evidence::of(&intent, around))
    }

    /// What can be said of a draft while the check is unavailable: nonce, owner and delay from whoever still answers, and
    /// that nothing was checked.
    pub(crate) async fn unchecked(
        self,
        draft: Draft,
        why: String,
    ) -> Result<Material, ClientError> {
        let deployment = self.desk.deployment.get_untracked().ok_or(ClientError::Offline)?;
        let known = match self.desk.known().get_untracked() {
            Some(known) => known,
            None => ask_known(&deployment).await?,
        };
        let call = IOwnerProxy::noncesCall { owner: known.owner };
        let nonce = match ask(deployment.contracts.owner_proxy, &call).await {
            Ok(nonce) => nonce,
            // With nobody left to ask, the nonce of the last check is better than no evidence.
            Err(error) => self.desk.last_nonce().ok_or(error)?,
        };
        let now = self.desk.governance.chain_now().get_untracked();
        let deadline = draft.deadline.unwrap_or_else(|| now.saturating_add(GOOD_FOR));
        Ok(Material {
            intent: draft.intent(&deployment, known, nonce, deadline),
            known,
            told: ChainCheck::unavailable(why),
        })
    }
}

async fn ask_known(deployment: &Deployment) -> Result<Known, ClientError> {
    let contracts = &deployment.contracts;
    let delay: U256 = ask(contracts.owner_timelock, &ITimelock::getMinDelayCall {}).await?;
    Ok(Known {
        owner: ask(contracts.owner_proxy, &IOwnerProxy::ownerCall {}).await?,
        guardian: ask(contracts.pause_guardian, &IPauseGuardian::guardianCall {}).await?,
        delay: u64::try_from(delay).map_err(|_| {
            ClientError::Garbled("the timelock's delay is beyond measure".to_owned())
        })?,
    })
}

/// Asks one endpoint, through the server's pass-through. Good enough for a file that says it is unchecked.
async fn ask<C: SolCall>(contract: Address, call: &C) -> Result<C::Return, ClientError> {
    let data = Bytes::from(call.abi_encode());
    let answer: Bytes =
        api::rpc("eth_call", json!([{ "to": contract, "data": data }, "latest"])).await?;
    C::abi_decode_returns_validate(&answer).map_err(|_| {
        ClientError::Garbled(format!("{contract} does not answer {} as expected", C::SIGNATURE))
    })
}
