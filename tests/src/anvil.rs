//! What can happen to a chain, made to happen: time passes, blocks wait, history changes, a wallet runs dry. Only a
//! development chain obeys.

use alloy::primitives::{Address, U256};
use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::Chain;

impl Chain {
    /// Lets so many seconds pass at once.
    pub async fn pass_time(&self, seconds: u64) -> Result<()> {
        self.tell("evm_increaseTime", json!([seconds])).await?;
        self.mine(1).await
    }

    /// Adds blocks.
    pub async fn mine(&self, blocks: u64) -> Result<()> {
        self.tell("anvil_mine", json!([format!("{blocks:#x}")])).await
    }

    /// Transactions wait from now on, until [`Self::mine`] or [`Self::resume_mining`].
    pub async fn stop_mining(&self) -> Result<()> {
        self.tell("evm_setAutomine", json!([false])).await
    }

    /// Each transaction gets a block at once again; those that waited get one now.
    pub async fn resume_mining(&self) -> Result<()> {
        self.tell("evm_setAutomine", json!([true])).await?;
        self.mine(1).await
    }

    /// Throws the newest blocks away and puts as many empty ones in their place; what was in them waits again.
    pub async fn reorganise(&self, depth: u64) -> Result<()> {
        self.tell("anvil_reorg", json!([depth, []])).await
    }

    /// Sets what an account can pay for gas.
    pub async fn set_native_balance(&self, account: Address, wei: U256) -> Result<()> {
        self.tell("anvil_setBalance", json!([account, wei])).await
    }

    async fn tell(&self, method: &str, params: Value) -> Result<()> {
        match self.request(method, params).await? {
            Ok(_) => Ok(()),
            Err(error) => bail!("the chain does not do {method}: {error}"),
        }
    }
}
