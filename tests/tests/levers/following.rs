//! What becomes of a transaction after it was sent: sped up, cancelled, and taken back by the chain.

use alloy::primitives::{B256, U256};
use alloy::sol_types::SolCall;
use anyhow::{Context, Result, bail, ensure};
use phase8_shared::api::{RequestView, TransactionView, routes};
use phase8_shared::chain::abi::{IAgiAlpha, IModelRegistry};
use serde_json::{Value, json};

use crate::stage::{Stage, Way};

/// Wei per unit of gas that no other transaction offers here.
const DEAR: &str = "0x174876e800";

#[tokio::test]
async fn a_sped_up_a_cancelled_and_a_dropped_transaction_are_told_apart() -> Result<()> {
    let stage = Stage::set(Way::Wallet).await?;
    stage.sped_up().await.context("sped up")?;
    stage.cancelled().await.context("cancelled")?;
    stage.dropped().await.context("dropped")?;
    assert_eq!(stage.page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn what_a_reorganisation_takes_back_of_the_relay_is_told_and_included_again() -> Result<()> {
    let stage = Stage::set(Way::Relay).await?;
    stage.open("/levers").await?;
    stage.taken_back().await?;
    assert_eq!(stage.page.complaints(), Vec::<String>::new());
    Ok(())
}

impl Stage {
    /// The newest transaction that the server follows for the owner.
    async fn newest(&self) -> Result<TransactionView> {
        let all: Vec<TransactionView> = self.control.get(routes::TRANSACTIONS).await?;
        let of_owner = all.into_iter().filter(|it| it.from == self.owner);
        of_owner.max_by_key(|it| it.nonce).context("the server follows a transaction")
    }

    /// The owner's wallet sends something with the nonce of another transaction, for a better price.
    async fn outbid(&self, before: &TransactionView, mut call: Value) -> Result<B256> {
        call["from"] = json!(self.owner);
        call["nonce"] = json!(format!("{:#x}", before.nonce));
        call["maxFeePerGas"] = json!(DEAR);
        call["maxPriorityFeePerGas"] = json!(DEAR);
        match self.chain.request("eth_sendTransaction", json!([call])).await? {
            Ok(hash) => Ok(serde_json::from_value(hash)?),
            Err(error) => bail!("the chain refused: {error}"),
        }
    }

    async fn sped_up(&self) -> Result<()> {
        self.open("/levers").await?;
        self.chain.stop_mining().await?;
        self.sign_until("lever-pause-fleet", "sent").await?;
        let slow = self.newest().await?;
        let sent = self.chain.request("eth_getTransactionByHash", json!([slow.hash])).await?;
        let Ok(sent) = sent else { bail!("the wallet's transaction waits: {sent:?}") };
        let same = json!({ "to": sent["to"], "data": sent["input"], "gas": sent["gas"] });
        let fast = self.outbid(&slow, same).await?;
        self.chain.resume_mining().await?;
        self.page.see_words("lever-pause-fleet", "It was sped up").await?;
        ensure!(self.chain.is_paused().await?, "paused once");
        self.open("/transactions").await?;
        let told = self.row_says(&slow.hash.to_string(), "sped up: ").await?;
        ensure!(told.contains("Included"), "{told}");
        assert_eq!(self.newest().await?.replaced_by, Some(fast));
        self.pictures("owner-transactions-sped-up", "").await?;
        self.open("/levers").await?;
        self.undo("lever-pause-fleet").await
    }

    async fn cancelled(&self) -> Result<()> {
        let cap = self.chain.cap_of(self.mission.key()).await?;
        self.chain.stop_mining().await?;
        self.page.fill("cap-input", "777").await?;
        self.sign_until("lever-budget-cap", "sent").await?;
        let sent = self.newest().await?;
        let contracts = self.chain.deployment.contracts;
        let nothing = IAgiAlpha::approveCall { spender: contracts.escrow, value: U256::ZERO };
        let data = alloy::primitives::Bytes::from(nothing.abi_encode());
        self.outbid(&sent, json!({ "to": contracts.token, "data": data })).await?;
        self.chain.resume_mining().await?;
        self.page.see_words("lever-budget-cap", "it was cancelled").await?;
        assert_eq!(self.chain.cap_of(self.mission.key()).await?, cap, "nothing changed");
        self.open("/transactions").await?;
        self.row_says(&sent.hash.to_string(), "Replaced").await?;
        self.open("/levers").await?;
        self.pictures("owner-levers-cancelled", "").await?;
        self.dismiss("lever-budget-cap").await
    }

    async fn required(&self) -> Result<bool> {
        let call = IModelRegistry::isCoPilotRequiredCall { mission: self.mission.key().0 };
        self.chain.call(self.chain.deployment.contracts.model_registry, call).await
    }

    /// A wallet's own transaction that a reorganisation drops: only the wallet can send it again, and it does.
    async fn dropped(&self) -> Result<()> {
        self.flip("lever-copilot").await?;
        ensure!(self.required().await?, "required");
        let sent = self.newest().await?;
        let raw = self.chain.request("eth_getRawTransactionByHash", json!([sent.hash])).await?;
        let Ok(raw) = raw else { bail!("the chain gives the bytes: {raw:?}") };

        self.chain.reorganise(1).await?;
        ensure!(!self.required().await?, "history was changed");
        self.page.see_words("lever-copilot", "A reorganisation of the chain took it back").await?;
        self.page.see_words("lever-copilot", "look into the wallet").await?;
        self.pictures("owner-levers-dropped", "").await?;
        self.open("/transactions").await?;
        let told = self.row_says(&sent.hash.to_string(), "Refused").await?;
        ensure!(told.contains("taken back 1 time"), "{told}");
        self.pictures("owner-transactions-dropped", "").await?;

        let again = self.chain.request("eth_sendRawTransaction", json!([raw])).await?;
        ensure!(again.is_ok(), "the wallet sends it again: {again:?}");
        ensure!(self.required().await?, "required again");
        self.row_says(&sent.hash.to_string(), "Included").await?;
        self.open("/levers").await?;
        self.page.see_words("lever-copilot", "it was included again").await?;
        self.undo("lever-copilot").await?;
        ensure!(!self.required().await?, "undone");
        Ok(())
    }

    /// What the relay carries it sends again by itself.
    async fn taken_back(&self) -> Result<()> {
        self.flip("lever-copilot").await?;
        ensure!(self.required().await?, "required");
        let requests: Vec<RequestView> = self.control.get(routes::REQUESTS).await?;
        let request = requests.first().context("the relay knows the request")?.digest.to_string();

        self.chain.stop_mining().await?;
        self.chain.reorganise(1).await?;
        ensure!(!self.required().await?, "history was changed");
        self.page.see_words("lever-copilot", "A reorganisation of the chain took it back").await?;
        self.pictures("owner-levers-taken-back", "").await?;
        self.open("/transactions").await?;
        let told = self.row_says(&request, "taken back 1 time").await?;
        ensure!(told.contains("Sent") && told.contains("not in a block yet"), "{told}");
        self.pictures("owner-transactions-taken-back", "").await?;

        self.chain.resume_mining().await?;
        let told = self.row_says(&request, "Included").await?;
        ensure!(told.contains("taken back 1 time"), "it is still told: {told}");
        ensure!(self.required().await?, "and required again");
        self.open("/levers").await?;
        self.page.see_words("lever-copilot", "it was included again").await?;
        self.undo("lever-copilot").await?;
        ensure!(!self.required().await?, "undone");
        Ok(())
    }
}
