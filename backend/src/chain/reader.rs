//! Typed reads of the contracts, for handlers, the checklist and the workers.

use std::sync::Arc;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol;
use alloy::sol_types::SolCall;
use phase8_shared::chain::abi::{
    IAgiAlpha, IBudgetManager, ICheckpointLedger, IManager, IMissionEscrow, IOwnerProxy,
    IPauseGuardian, ISystemPause, IValidatorRegistry,
};
use phase8_shared::chain::{Contracts, Deployment};
use phase8_shared::id::{MilestoneIndex, MissionKey};
use phase8_shared::ledger::TreeHead;
use phase8_shared::money::{MicroUsd, TokenAmount};

use super::blocks::Blocks;
use super::error::ChainError;
use super::revert::EIP1271_MAGIC;
use super::rpc::{At, Rpc, Simulated};

sol! {
    interface IERC1271 {
        function isValidSignature(bytes32 hash, bytes signature) external view returns (bytes4);
    }
}

/// Reads the contracts of one deployment. Clones share what they were told of blocks.
#[derive(Debug, Clone)]
pub struct Reader {
    rpc: Rpc,
    chain_id: u64,
    contracts: Contracts,
    blocks: Arc<Blocks>,
}

impl Reader {
    /// Reads this deployment at this endpoint.
    pub fn new(rpc: Rpc, deployment: &Deployment) -> Self {
        let Deployment { chain_id, contracts, .. } = *deployment;
        let blocks = Arc::new(Blocks::new(rpc.clone(), contracts));
        Self { rpc, chain_id, contracts, blocks }
    }

    /// The endpoint.
    pub const fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// What new blocks say, asked once for everybody who follows the chain.
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// The contracts.
    pub const fn contracts(&self) -> &Contracts {
        &self.contracts
    }

    /// The chain that the deployment is on.
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// Whether the endpoint serves the deployment's chain.
    pub async fn check_chain(&self) -> Result<(), ChainError> {
        let found = self.rpc.chain_id().await?;
        if found == self.chain_id {
            Ok(())
        } else {
            Err(ChainError::WrongChain { expected: self.chain_id, found })
        }
    }

    /// Number of the newest block.
    pub async fn block_number(&self) -> Result<u64, ChainError> {
        self.rpc.head().await
    }

    /// Time of the newest block in Unix seconds, by which contracts judge deadlines.
    pub async fn block_time(&self) -> Result<u64, ChainError> {
        self.rpc.latest_block().await.map(|block| block.timestamp.to())
    }

    /// Whether an account is an active member of the guild.
    pub async fn is_validator(&self, account: Address) -> Result<bool, ChainError> {
        self.rpc
            .view(
                self.contracts.validator_registry,
                IValidatorRegistry::isValidatorCall { account },
            )
            .await
    }

    /// The members of the guild.
    pub async fn guild(&self) -> Result<Vec<Address>, ChainError> {
        self.rpc
            .view(self.contracts.validator_registry, IValidatorRegistry::validatorsCall {})
            .await
    }

    /// How many approvals the guild asks for at least.
    pub async fn milestone_quorum(&self) -> Result<u8, ChainError> {
        self.rpc
            .view(self.contracts.validator_registry, IValidatorRegistry::milestoneQuorumCall {})
            .await
    }

    /// Who owns the owner proxy, and through it every lever.
    pub async fn owner(&self) -> Result<Address, ChainError> {
        self.rpc.view(self.contracts.owner_proxy, IOwnerProxy::ownerCall {}).await
    }

    /// Who may pause without the owner.
    pub async fn pause_guardian(&self) -> Result<Address, ChainError> {
        self.rpc.view(self.contracts.pause_guardian, IPauseGuardian::guardianCall {}).await
    }

    /// Who owns the pause guardian contract.
    pub async fn pause_guardian_owner(&self) -> Result<Address, ChainError> {
        self.rpc.view(self.contracts.pause_guardian, IPauseGuardian::ownerCall {}).await
    }

    /// Whose calls the fleet's switch obeys.
    pub async fn system_pause_governance(&self) -> Result<Address, ChainError> {
        self.rpc.view(self.contracts.system_pause, ISystemPause::governanceCall {}).await
    }

    /// Which switch the manager forwards to.
    pub async fn manager_system_pause(&self) -> Result<Address, ChainError> {
        self.rpc.view(self.contracts.manager, IManager::systemPauseCall {}).await
    }

    /// Who governs the manager.
    pub async fn manager_governance(&self) -> Result<Address, ChainError> {
        self.rpc.view(self.contracts.manager, IManager::governanceCall {}).await
    }

    /// Whether the fleet is paused.
    pub async fn is_fleet_paused(&self) -> Result<bool, ChainError> {
        self.rpc.view(self.contracts.system_pause, ISystemPause::pausedCall {}).await
    }

    /// A mission's budget cap.
    pub async fn cap_of(&self, mission: MissionKey) -> Result<MicroUsd, ChainError> {
        let cap = self
            .rpc
            .view(self.contracts.budget_manager, IBudgetManager::capOfCall { mission: mission.0 })
            .await?;
        Ok(MicroUsd::new(cap.saturating_to()))
    }

    /// The `$AGIα` that an account holds.
    pub async fn token_balance(&self, account: Address) -> Result<TokenAmount, ChainError> {
        self.rpc
            .view(self.contracts.token, IAgiAlpha::balanceOfCall { account })
            .await
            .map(TokenAmount::new)
    }

    /// Wei that an account holds.
    pub async fn balance(&self, account: Address) -> Result<U256, ChainError> {
        self.rpc.balance(account).await
    }

    /// Whether there is a contract at an address.
    pub async fn is_contract(&self, account: Address) -> Result<bool, ChainError> {
        self.rpc.code(account).await.map(|code| !code.is_empty())
    }

    /// Whether a milestone was released.
    pub async fn is_released(
        &self,
        mission: MissionKey,
        milestone: MilestoneIndex,
    ) -> Result<bool, ChainError> {
        let call = IMissionEscrow::isReleasedCall {
            mission: mission.0,
            milestone: U256::from(milestone.0),
        };
        self.rpc.view(self.contracts.escrow, call).await
    }

    /// The latest checkpoint of a mission's ledger on the chain; size 0 if there is none.
    pub async fn latest_checkpoint(&self, mission: MissionKey) -> Result<TreeHead, ChainError> {
        let call = ICheckpointLedger::latestCall { mission: mission.0 };
        let latest = self.rpc.view(self.contracts.checkpoint_ledger, call).await?;
        Ok(TreeHead { size: latest.size, root: latest.root })
    }

    /// Whether an account may write checkpoints.
    pub async fn is_anchorer(&self, account: Address) -> Result<bool, ChainError> {
        self.rpc
            .view(self.contracts.checkpoint_ledger, ICheckpointLedger::isAnchorerCall { account })
            .await
    }

    /// Whether a contract calls a signature its own (EIP-1271). A contract that reverts says no.
    pub async fn accepts_signature(
        &self,
        contract: Address,
        digest: B256,
        signature: &Bytes,
    ) -> Result<bool, ChainError> {
        let call = IERC1271::isValidSignatureCall { hash: digest, signature: signature.clone() };
        let call =
            Simulated { from: self.contracts.escrow, to: contract, data: call.abi_encode().into() };
        match self.rpc.simulate(&call, At::Latest).await {
            Ok(answer) => {
                let mut good = [0; 32];
                if let Some(start) = good.first_chunk_mut() {
                    *start = EIP1271_MAGIC;
                }
                Ok(answer.as_ref() == good)
            }
            Err(ChainError::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
