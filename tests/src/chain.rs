//! The chain, asked directly and not through the program under test.

use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::SolCall;
use anyhow::{Context, Result, bail};
use phase8_shared::chain::Deployment;
use phase8_shared::chain::abi::{
    IAgiAlpha, IBudgetManager, IGuardianCouncil, IMissionEscrow, ISystemPause,
};
use phase8_shared::id::{MilestoneIndex, MissionKey};
use phase8_shared::money::{MicroUsd, TokenAmount};
use serde_json::{Value, json};

/// A JSON-RPC endpoint with the contracts deployed.
#[derive(Debug, Clone)]
pub struct Chain {
    url: String,
    http: reqwest::Client,
    /// Addresses.
    pub deployment: Deployment,
}

impl Chain {
    /// The chain at an endpoint.
    pub fn new(url: impl Into<String>, deployment: Deployment) -> Self {
        Self { url: url.into(), http: reqwest::Client::default(), deployment }
    }

    /// Where the node answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// One JSON-RPC request; the error keeps the node's own object.
    pub async fn request(&self, method: &str, params: Value) -> Result<Result<Value, Value>> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer: Value = self.http.post(&self.url).json(&body).send().await?.json().await?;
        Ok(match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer.get("result").cloned().unwrap_or(Value::Null)),
        })
    }

    /// Tokens that an account holds.
    pub async fn balance_of(&self, account: Address) -> Result<TokenAmount> {
        self.call(self.deployment.contracts.token, IAgiAlpha::balanceOfCall { account })
            .await
            .map(TokenAmount::new)
    }

    /// Whether the fleet is paused.
    pub async fn is_paused(&self) -> Result<bool> {
        self.call(self.deployment.contracts.system_pause, ISystemPause::pausedCall {}).await
    }

    /// A mission's budget cap.
    pub async fn cap_of(&self, mission: MissionKey) -> Result<MicroUsd> {
        let cap = IBudgetManager::capOfCall { mission: mission.0 };
        let cap: U256 = self.call(self.deployment.contracts.budget_manager, cap).await?;
        Ok(MicroUsd::new(cap.try_into()?))
    }

    /// Whether a milestone was released.
    pub async fn is_released(
        &self,
        mission: MissionKey,
        milestone: MilestoneIndex,
    ) -> Result<bool> {
        let call = IMissionEscrow::isReleasedCall {
            mission: mission.0,
            milestone: U256::from(milestone.0),
        };
        self.call(self.deployment.contracts.escrow, call).await
    }

    /// Sends a call from an account that the development chain holds the key of, and waits until it is in a block.
    pub async fn send(&self, from: Address, to: Address, data: Bytes) -> Result<B256> {
        let transaction = json!({ "from": from, "to": to, "data": data });
        match self.send_with_margin(transaction).await? {
            Ok(hash) => self.included(serde_json::from_value(hash)?).await,
            Err(error) => bail!("the chain refused: {error}"),
        }
    }

    /// `eth_sendTransaction` with half as much gas again as the estimate, as wallets do: what a call costs depends on the
    /// second it runs in (the escrow writes down how long a pause lasted).
    pub(crate) async fn send_with_margin(
        &self,
        mut transaction: Value,
    ) -> Result<Result<Value, Value>> {
        match self.request("eth_estimateGas", json!([transaction])).await? {
            Ok(estimate) => {
                let estimate: U256 = serde_json::from_value(estimate)?;
                let fields = transaction.as_object_mut().context("a transaction is an object")?;
                fields.insert("gas".to_owned(), json!(estimate + estimate / U256::from(2)));
                self.request("eth_sendTransaction", json!([transaction])).await
            }
            Err(error) => Ok(Err(error)),
        }
    }

    async fn included(&self, hash: B256) -> Result<B256> {
        for _ in 0..200 {
            match self.request("eth_getTransactionReceipt", json!([hash])).await? {
                Ok(Value::Null) => tokio::time::sleep(Duration::from_millis(25)).await,
                Ok(receipt) if receipt.get("status") == Some(&json!("0x1")) => return Ok(hash),
                other => bail!("transaction {hash} failed: {other:?}"),
            }
        }
        bail!(
            "transaction {hash} is in no block; the pool holds {:?}",
            self.request("txpool_content", json!([])).await?
        )
    }

    /// Signs EIP-712 data with an account of the development chain.
    pub async fn sign_typed_data(&self, account: Address, data: &Value) -> Result<Bytes> {
        match self.request("eth_signTypedData_v4", json!([account, data])).await? {
            Ok(signature) => Ok(serde_json::from_value(signature)?),
            Err(error) => bail!("the chain did not sign: {error}"),
        }
    }

    /// Wei that an account holds.
    pub async fn native_balance(&self, account: Address) -> Result<U256> {
        match self.request("eth_getBalance", json!([account, "latest"])).await? {
            Ok(balance) => Ok(serde_json::from_value(balance)?),
            Err(error) => bail!("the chain did not tell a balance: {error}"),
        }
    }

    /// The `nth` member of the guardian council.
    pub async fn guardian(&self, nth: usize) -> Result<Address> {
        let council = self.deployment.contracts.guardian_council;
        let members = self.call(council, IGuardianCouncil::membersCall {}).await?;
        members.get(nth).copied().with_context(|| format!("the council has {}", members.len()))
    }

    /// What a view call answers; none if it reverts.
    pub async fn try_view(&self, to: Address, data: Bytes) -> Result<Option<Bytes>> {
        match self.request("eth_call", json!([{ "to": to, "data": data }, "latest"])).await? {
            Ok(answer) => Ok(Some(serde_json::from_value(answer)?)),
            Err(_) => Ok(None),
        }
    }

    /// The answer of a view function.
    pub async fn call<C: SolCall>(&self, to: Address, call: C) -> Result<C::Return> {
        let params = json!([{ "to": to, "data": Bytes::from(call.abi_encode()) }, "latest"]);
        let answer = self.request("eth_call", params).await?;
        let Ok(answer) = answer else { bail!("eth_call of {} failed: {answer:?}", C::SIGNATURE) };
        let bytes: Bytes = serde_json::from_value(answer)?;
        C::abi_decode_returns(&bytes)
            .with_context(|| format!("decode the answer of {}", C::SIGNATURE))
    }
}
