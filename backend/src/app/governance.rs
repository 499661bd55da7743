//! Who answers about governance: the index, the reports of deliveries, and the relay for acknowledgements.

use alloy::primitives::{Bytes, U256};
use alloy::sol_types::SolCall;
use async_trait::async_trait;
use phase8_shared::api::{
    AcknowledgeSummons, GovernanceView, ProblemCode, SummonsView, TransactionView,
};
use phase8_shared::chain::Call;
use phase8_shared::chain::abi::IAttestationModule;

use crate::chain::governance::{Deliveries, Known};
use crate::chain::rpc::{At, Simulated};
use crate::chain::{ChainError, Reader};
use crate::http::error::ApiError;
use crate::http::ports::GovernancePort;
use crate::relay::{Now, Relay, RelayError, Relayer};

/// Governance.
pub(super) struct GovernanceAnswers {
    pub(super) known: Known,
    pub(super) deliveries: Deliveries,
    pub(super) reader: Reader,
    pub(super) relay: Relay,
    pub(super) relayer: Option<Relayer>,
    pub(super) now: Now,
}

impl std::fmt::Debug for GovernanceAnswers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GovernanceAnswers").finish_non_exhaustive()
    }
}

impl GovernanceAnswers {
    fn indexed(&self) -> Result<GovernanceView, ApiError> {
        let known = self.known.borrow().clone();
        known.map(|view| (*view).clone()).ok_or_else(|| {
            let detail =
                "the chain was not read yet; try again when /health/ready says that it answers";
            ApiError::new(ProblemCode::ChainUnreachable, detail)
        })
    }

    fn summons(&self, token: U256) -> Result<SummonsView, ApiError> {
        let found = self.indexed()?.summonses.into_iter().find(|summons| summons.token == token);
        found.ok_or_else(|| {
            ApiError::not_found(format!("there is no summons with the read token {token}"))
        })
    }
}

#[async_trait]
impl GovernancePort for GovernanceAnswers {
    async fn view(&self) -> Result<GovernanceView, ApiError> {
        let mut view = self.indexed()?;
        self.deliveries.annotate(&mut view.summonses).await.map_err(ApiError::internal)?;
        Ok(view)
    }

    async fn delivered(&self, token: U256) -> Result<SummonsView, ApiError> {
        let mut summons = self.summons(token)?;
        let at =
            self.deliveries.report(&summons, (self.now)()).await.map_err(ApiError::internal)?;
        summons.delivered_at = Some(at);
        Ok(summons)
    }

    async fn acknowledge(
        &self,
        token: U256,
        acknowledgement: AcknowledgeSummons,
    ) -> Result<TransactionView, ApiError> {
        let Some(relayer) = &self.relayer else {
            let detail = "this server has no wallet that could pay the gas: send acknowledge(token) from the validator's \
                          wallet instead";
            return Err(ApiError::new(ProblemCode::NoRelayer, detail));
        };
        let summons = self.summons(token)?;
        let call = IAttestationModule::acknowledgeSignedCall {
            token,
            deadline: acknowledgement.deadline,
            signature: acknowledgement.signature,
        };
        let call = Call {
            to: self.reader.contracts().attestation_module,
            data: Bytes::from(call.abi_encode()),
        };
        let simulated = Simulated { from: relayer.address(), to: call.to, data: call.data.clone() };
        let refused = |error: ChainError| ApiError::from(RelayError::from(error));
        self.reader.rpc().simulate(&simulated, At::Pending).await.map_err(refused)?;
        let intent = format!("acknowledge:{}:{token}", summons.summoned.transaction);
        let sent = self.relay.send(relayer, &intent, call, "acknowledge a summons").await?;
        Ok(sent)
    }
}
