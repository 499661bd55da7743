//! R2: a signed transaction through the relay, beside the same transaction straight to the same anvil. The relay's own part
//! is accounted apart from what follows it: while it is measured, anvil makes no block, so that there is nothing to follow.

use std::cell::Cell;
use std::time::Duration;

use alloy::consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy::eips::Encodable2718;
use alloy::network::TxSignerSync;
use alloy::primitives::{B256, Bytes, TxKind, U256, b256};
use alloy::signers::local::PrivateKeySigner;
use anyhow::{Context, Result, bail, ensure};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use phase8_shared::api::{SubmitTransaction, routes};
use phase8_shared::chain::decode::{encode, find_named};
use phase8_shared::chain::field::DynSolValue;
use phase8_shared::chain::{Change, Circumstances, ContractName, Intent, Lever};
use phase8_tests::{Chain, MissionControl, Parts, now};
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::machine;
use crate::pairs::{self, Compared};
use crate::report::{Goal, Row};

/// Key of the development chain's owner, which everybody knows.
const OWNER: B256 = b256!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
/// Transactions in a batch; the median of each batch counts.
const BATCH: u32 = 32;
/// Transactions on their way at once, where they do not come one by one.
const AT_ONCE: usize = 16;
/// After a batch is in blocks, everything that follows it has been done once this has passed: the watcher and the index
/// are woken at once, the follow-up looks after 40 ms, and again with every look at the chain, each 400 ms.
const FOLLOWED: Duration = Duration::from_secs(1);
/// A block of one transaction is made within this.
const BLOCK_MADE: Duration = Duration::from_millis(20);

/// Which lever is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Pause Fleet, by who holds the brake: it does not wait for a simulation, and missions are told of it.
    Brake,
    /// Another manifesto: simulated by the node first, and no mission is told of it.
    Manifesto,
}

/// Measures everything in one run.
pub(crate) async fn rows(parts: &Parts) -> Result<Vec<Row>> {
    let control = MissionControl::start(parts).await?;
    let bench = Bench::new(&control).await?;
    let answer = bench.until_the_answer().await?;
    let brake = bench.own_part(Kind::Brake, 1).await?;
    let simulated = bench.own_part(Kind::Manifesto, 1).await?;
    let floor = bench.beside_the_floor(1).await?;
    let floor_at_once = bench.beside_the_floor(AT_ONCE).await?;
    let [told, _] = bench.following(Kind::Brake, brake.ours.median).await?;
    let [untold, rest] = bench.following(Kind::Manifesto, simulated.ours.median).await?;

    let row = |what, peer, label, goal, measured: Compared| Row {
        id: "R2",
        what,
        peer,
        label,
        unit: "µs",
        goal,
        measured: Ok(measured),
    };
    let (cpu, sent) = ("anvil's processor time for the same", "anvil's `eth_sendRawTransaction`");
    Ok(vec![
        row("relayed, until the answer", sent, "ours includes it", Goal::RatioAtMost(1.3), answer),
        row("relayed, our processor time", cpu, "", Goal::OursAtMost(110.0), brake),
        row("the same", cpu, "", Goal::RatioAtMost(0.35), brake),
        row("relayed, our processor time", FLOOR, "one by one", Goal::Shown, floor),
        row(
            "relayed, 16 at once, our processor time",
            FLOOR,
            "",
            Goal::OursAtMost(110.0),
            floor_at_once,
        ),
        row("relayed, simulated by the node first", cpu, "", Goal::Shown, simulated),
        row("following it: a fact for missions", cpu, "", Goal::Shown, told),
        row("following it: no fact", cpu, "", Goal::Shown, untold),
        row("a second at rest after it", cpu, "of one transaction", Goal::Shown, rest),
    ])
}

/// The peer that leaves out everything but the two exchanges and the recovery.
const FLOOR: &str = "the floor: two HTTP exchanges and one recovery";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Relayed,
    Direct,
    Floor,
}

/// What a batch took.
struct Batch {
    /// Microseconds until the answer, at the median.
    median: f64,
    /// Microseconds of processor time for each.
    cpu: f64,
}

struct Bench {
    chain: Chain,
    http: reqwest::Client,
    relay: String,
    server: u32,
    anvil: u32,
    floor: Floor,
    owner: PrivateKeySigner,
    nonce: Cell<u64>,
}

impl Bench {
    async fn new(control: &MissionControl) -> Result<Self> {
        let server = control.process().context("the server runs")?;
        let chain = control.chain().await?;
        let node = chain.url().trim_start_matches("http://").trim_end_matches('/');
        let floor = Floor::start(node.parse().context("the node's address")?).await?;
        let bench = Self {
            chain,
            floor,
            http: reqwest::Client::builder().no_proxy().build()?,
            relay: control.at(routes::TRANSACTIONS),
            server,
            anvil: child_of(server)?,
            owner: PrivateKeySigner::from_bytes(&OWNER)?,
            nonce: Cell::new(0),
        };
        let count = bench.ask("eth_getTransactionCount", json!([bench.owner.address(), "latest"]));
        let count: U256 = serde_json::from_value(count.await?)?;
        bench.nonce.set(count.try_into()?);
        Ok(bench)
    }

    /// Microseconds until the answer, while anvil makes a block of each.
    async fn until_the_answer(&self) -> Result<Compared> {
        let [compared] = pairs::compare(
            || async { Ok([self.batch(Kind::Brake, Way::Relayed, 1).await?.median]) },
            || async { Ok([self.batch(Kind::Brake, Way::Direct, 1).await?.median]) },
        )
        .await?;
        Ok(compared)
    }

    /// Our processor time for one transaction until its answer, while anvil makes no block, beside anvil's for one that is
    /// sent to it and put into a block.
    async fn own_part(&self, kind: Kind, at_once: usize) -> Result<Compared> {
        let [compared] = pairs::compare(
            || async { Ok([self.without_blocks(kind, Way::Relayed, at_once).await?.cpu]) },
            || async { Ok([self.batch(kind, Way::Direct, at_once).await?.cpu]) },
        )
        .await?;
        Ok(compared)
    }

    /// Our processor time for one transaction until its answer, beside that of a program that leaves out whatever can be.
    async fn beside_the_floor(&self, at_once: usize) -> Result<Compared> {
        let [compared] = pairs::compare(
            || async { Ok([self.without_blocks(Kind::Brake, Way::Relayed, at_once).await?.cpu]) },
            || async { Ok([self.without_blocks(Kind::Brake, Way::Floor, at_once).await?.cpu]) },
        )
        .await?;
        Ok(compared)
    }

    /// A batch during which anvil makes no block; afterwards it makes one, and all that follows it has been done.
    async fn without_blocks(&self, kind: Kind, way: Way, at_once: usize) -> Result<Batch> {
        self.ask("evm_setAutomine", json!([false])).await?;
        let batch = self.batch(kind, way, at_once).await?;
        self.ask("evm_mine", json!([])).await?;
        self.ask("evm_setAutomine", json!([true])).await?;
        tokio::time::sleep(FOLLOWED).await;
        Ok(batch)
    }

    /// Our processor time for what follows one transaction after its answer, at one block each, without its own part and
    /// without what passes at rest; and what passes at rest in a second.
    async fn following(&self, kind: Kind, own: f64) -> Result<[Compared; 2]> {
        pairs::compare(
            || async {
                let batch = self.batch(kind, Way::Relayed, 1).await?;
                let before = machine::cpu_micros(self.server)?;
                tokio::time::sleep(FOLLOWED).await;
                let after = machine::cpu_micros(self.server)?;
                tokio::time::sleep(FOLLOWED).await;
                let resting = machine::cpu_micros(self.server)? - after;
                let afterwards = (after - before - resting) / f64::from(BATCH);
                Ok([batch.cpu + afterwards - own, resting / FOLLOWED.as_secs_f64()])
            },
            || async {
                let batch = self.batch(kind, Way::Direct, 1).await?;
                Ok([batch.cpu, batch.cpu])
            },
        )
        .await
    }

    /// Sends a batch, so many at once. The processor time is of whoever does the work: the server when relayed, anvil when
    /// direct, else the floor.
    async fn batch(&self, kind: Kind, way: Way, at_once: usize) -> Result<Batch> {
        let transactions = (0..BATCH).map(|_| self.signed(kind)).collect::<Result<Vec<Bytes>>>()?;
        let process = match way {
            Way::Relayed => self.server,
            Way::Direct => self.anvil,
            Way::Floor => self.floor.id()?,
        };
        let before = machine::cpu_micros(process)?;
        let times: Vec<f64> = stream::iter(transactions)
            .map(|raw| async move {
                let start = now();
                self.send(way, raw).await?;
                anyhow::Ok(start.elapsed().as_secs_f64() * 1e6)
            })
            .buffer_unordered(at_once)
            .try_collect()
            .await?;
        if way == Way::Direct {
            // Anvil makes the last block after it has answered.
            tokio::time::sleep(BLOCK_MADE).await;
        }
        let cpu = (machine::cpu_micros(process)? - before) / f64::from(BATCH);
        Ok(Batch { median: pairs::median_of(times), cpu })
    }

    async fn send(&self, way: Way, raw: Bytes) -> Result<()> {
        let url = match way {
            Way::Relayed => &self.relay,
            Way::Floor => &self.floor.url,
            Way::Direct => {
                self.ask("eth_sendRawTransaction", json!([raw])).await?;
                return Ok(());
            }
        };
        let answer = self.http.post(url).json(&SubmitTransaction { raw }).send().await?;
        let status = answer.status();
        let body = answer.text().await?;
        ensure!(status.is_success(), "{url} answered {status}: {body}");
        Ok(())
    }

    async fn ask(&self, method: &str, params: Value) -> Result<Value> {
        match self.chain.request(method, params).await? {
            Ok(answer) => Ok(answer),
            Err(error) => bail!("anvil refused {method}: {error}"),
        }
    }

    /// A lever through the door that may be pulled any number of times.
    fn signed(&self, kind: Kind) -> Result<Bytes> {
        let deployment = &self.chain.deployment;
        let around = Circumstances {
            chain_id: deployment.chain_id,
            nonce: U256::ZERO,
            deadline: 0,
            delay: 0,
            salt: B256::ZERO,
        };
        let call = Intent::new(kind.lever()?, &deployment.contracts, around).transaction();
        let nonce = self.nonce.get();
        self.nonce.set(nonce + 1);
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

impl Kind {
    fn lever(self) -> Result<Lever> {
        if self == Self::Brake {
            return Ok(Lever::PauseFleet);
        }
        let (function, _) = find_named(ContractName::Manager, "updateManifesto")
            .context("the manager has a manifesto")?;
        let values = vec![
            DynSolValue::String("ipfs://manifesto".to_owned()),
            DynSolValue::FixedBytes(B256::repeat_byte(0x4b), 32),
        ];
        let data = encode(function, values).context("a manifesto is a text and its hash")?;
        Ok(Lever::Change(Change { contract: ContractName::Manager, data, undo: None }))
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
