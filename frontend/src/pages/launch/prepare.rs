//! The two calls of a launch, built from terms that this page computes itself.

use leptos::prelude::*;
use phase8_shared::api::FundingOffer;
use phase8_shared::chain::{Call, approve_call, fund_call};
use phase8_shared::id::MissionId;
use phase8_shared::mission::EscrowTerms;
use phase8_shared::money::TokenAmount;

use super::desk::Desk;
use super::terms;
use crate::ui::Trouble;

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

impl Desk {
    /// Computes the terms here; the server's are only compared with them.
    pub(super) fn prepare(
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
}

fn cannot_compute(why: &str) -> Trouble {
    Trouble::new(
        "The terms cannot be computed",
        format!("It failed because {why}."),
        "Mend the job spec, then start over.",
    )
}
