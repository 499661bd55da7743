//! R2: a signed transaction through the relay, beside the same transaction straight to the same anvil.

use std::time::Duration;

use alloy::consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy::eips::Encodable2718;
use alloy::network::TxSignerSync;
use alloy::primitives::{B256, Bytes, TxKind, U256, b256};
use alloy::signers::local::PrivateKeySigner;
use anyhow::{Context, Result, ensure};
use phase8_shared::api::{SubmitTransaction, routes};
use phase8_shared::chain::{Circumstances, Intent, Lever};
use phase8_tests::{Chain, MissionControl, Parts, now};
use serde_json::{Value, json};

use crate::machine;
use crate::pairs::{self, Compared};
use crate::report::{Goal, Row};

/// Key of the development chain's owner, which everybody knows.
const OWNER: B256 = b256!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
/// Transactions in a batch; the median of each batch counts.
const BATCH: usize = 20;

/// Measures both figures in one run: time until the answer, and processor time of ours beside anvil's.
pub(crate) async fn rows(parts: &Parts) -> Result<Vec<Row>> {
    let control = MissionControl::start(parts).await?;
    let bench = Bench::new(&control).await?;
    let next = std::cell::Cell::new(bench.nonce().await?);
    let compared =
        pairs::compare(|| bench.batch(&next, Way::Relayed), || bench.batch(&next, Way::Direct))
            .await;
    let measured = |pick: usize| match &compared {
        Ok(ratios) => {
            let ratios: &[Compared; 2] = ratios;
            ratios.get(pick).copied().ok_or_else(String::new)
        }
        Err(error) => Err(format!("{error:#}")),
    };
    let row = |what, peer, label, goal, measured| Row {
        id: "R2",
        what,
        peer,
        label,
        unit: "µs",
        goal,
        measured,
    };
    Ok(vec![
        row(
            "signed transaction, until the answer",
            "anvil's eth_sendRawTransaction",
            "ours includes it",
            Goal::RatioAtMost(1.3),
            measured(0),
        ),
        row(
            "signed transaction, our processor time",
            "anvil's processor time for the same",
            "",
            Goal::OursAtMost(110.0),
            measured(1),
        ),
    ])
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Relayed,
    Direct,
}

struct Bench {
    chain: Chain,
    http: reqwest::Client,
    relay: String,
    server: u32,
    anvil: u32,
    owner: PrivateKeySigner,
}

impl Bench {
    async fn new(control: &MissionControl) -> Result<Self> {
        let server = control.process().context("the server runs")?;
        Ok(Self {
            chain: control.chain().await?,
            http: reqwest::Client::builder().no_proxy().build()?,
            relay: control.at(routes::TRANSACTIONS),
            server,
            anvil: child_of(server)?,
            owner: PrivateKeySigner::from_bytes(&OWNER)?,
        })
    }

    async fn nonce(&self) -> Result<u64> {
        let params = json!([self.owner.address(), "latest"]);
        let answer = self.chain.request("eth_getTransactionCount", params).await?;
        let count: U256 =
            serde_json::from_value(answer.ok().context("the chain tells the nonce")?)?;
        Ok(count.try_into()?)
    }

    /// Sends a batch one by one: microseconds until the answer at the median, and processor time for each of whoever does
    /// the work (the server when relayed, anvil when direct).
    async fn batch(&self, next: &std::cell::Cell<u64>, way: Way) -> Result<[f64; 2]> {
        let first = next.get();
        let transactions = (0..BATCH)
            .map(|nth| self.signed(first + u64::try_from(nth)?))
            .collect::<Result<Vec<Bytes>>>()?;
        next.set(first + u64::try_from(BATCH)?);
        let process = match way {
            Way::Relayed => self.server,
            Way::Direct => self.anvil,
        };
        let before = machine::cpu_micros(process)?;
        let mut times = Vec::with_capacity(BATCH);
        for raw in transactions {
            let start = now();
            self.send(way, raw).await?;
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
        // What follows a transaction after its answer is part of its price.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let spent = machine::cpu_micros(process)? - before;
        let each = spent / f64::from(u32::try_from(BATCH)?);
        Ok([pairs::median_of(times), each])
    }

    async fn send(&self, way: Way, raw: Bytes) -> Result<()> {
        match way {
            Way::Relayed => {
                let answer =
                    self.http.post(&self.relay).json(&SubmitTransaction { raw }).send().await?;
                let status = answer.status();
                let body = answer.text().await?;
                ensure!(status.is_success(), "the relay answered {status}: {body}");
            }
            Way::Direct => {
                let answer = self.chain.request("eth_sendRawTransaction", json!([raw])).await?;
                let hash: Result<Value, Value> = answer;
                ensure!(hash.is_ok(), "anvil refused: {hash:?}");
            }
        }
        Ok(())
    }

    /// Pause Fleet again and again: a lever through the door, which may be pulled any number of times.
    fn signed(&self, nonce: u64) -> Result<Bytes> {
        let deployment = &self.chain.deployment;
        let around = Circumstances {
            chain_id: deployment.chain_id,
            nonce: U256::ZERO,
            deadline: 0,
            delay: 0,
            salt: B256::ZERO,
        };
        let call = Intent::new(Lever::PauseFleet, &deployment.contracts, around).transaction();
        let mut transaction = TxEip1559 {
            chain_id: deployment.chain_id,
            nonce,
            gas_limit: 400_000,
            max_fee_per_gas: 100_000_000_000,
            max_priority_fee_per_gas: 1,
            to: TxKind::Call(call.to),
            input: call.data,
            ..TxEip1559::default()
        };
        let signature = self.owner.sign_transaction_sync(&mut transaction)?;
        Ok(TxEnvelope::from(transaction.into_signed(signature)).encoded_2718().into())
    }
}

/// The one child of a process: the server's anvil.
fn child_of(process: u32) -> Result<u32> {
    let mut found = Vec::new();
    for task in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let text = std::fs::read_to_string(task?.path().join("children")).unwrap_or_default();
        found.extend(text.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
    }
    found.first().copied().context("the server started no anvil")
}
