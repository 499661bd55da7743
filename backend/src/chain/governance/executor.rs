//! Carries out what waited long enough. The relayer's wallet pays, and decides nothing: anybody may set off an operation
//! whose time has come, and one that would be refused is not sent.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol;
use alloy::sol_types::SolCall;
use phase8_shared::api::{OperationState, OperationView};
use phase8_shared::chain::{Call, Operation as Single};
use tokio::time::Instant;
use tracing::{info, warn};

use super::super::error::ChainError;
use super::super::reader::Reader;
use super::super::rpc::{At, Simulated};
use super::fold::{Fold, Operation, ReadUpTo};
use crate::relay::orchestrator::OrchestratorPort;
use crate::relay::transactions::whole;
use crate::relay::{Now, Relay, Relayer};

/// What is not ready or was refused is looked at again after this, or with the next block.
const AGAIN: Duration = Duration::from_secs(1);

sol! {
    /// The part of OpenZeppelin's timelock that carries out batches.
    interface IBatch {
        function executeBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt) external payable;
    }
}

/// Carries out operations whose time has come.
pub struct Executor {
    relay: Relay,
    relayer: Relayer,
    now: Now,
    /// Whose leader acts; none where there is only one server.
    group: Option<Arc<dyn OrchestratorPort>>,
    tried: BTreeMap<(Address, B256), Tried>,
}

/// The last attempt at an operation.
struct Tried {
    at: Instant,
    block: B256,
    /// Why it was not sent, if that is worth telling.
    why: Option<String>,
}

impl Executor {
    /// Sends with this wallet.
    pub fn new(relay: Relay, relayer: Relayer, now: Now) -> Self {
        Self { relay, relayer, now, group: None, tried: BTreeMap::new() }
    }

    /// Acts only while this orchestrator leads its group.
    #[must_use]
    pub fn while_leading(mut self, orchestrator: Arc<dyn OrchestratorPort>) -> Self {
        self.group = Some(orchestrator);
        self
    }

    /// Sends what is ready and would be accepted. Answers whether there is something new to tell.
    pub(super) async fn carry_out(&mut self, reader: &Reader, fold: &Fold, read: ReadUpTo) -> bool {
        // A development chain's clock stands still between blocks; the next block will have the machine's time.
        let time = read.time.max((self.now)().unix_seconds());
        let ready: Vec<&Operation> =
            fold.waiting().filter(|operation| operation.view.ready_at <= time).collect();
        let before = self.tried.len();
        self.tried.retain(|key, _| {
            ready.iter().any(|operation| (operation.view.timelock, operation.view.id) == *key)
        });
        let mut news = self.tried.len() != before;
        if let Some(group) = self.group.as_ref().filter(|_| !ready.is_empty())
            && !group.leads().await
        {
            return news;
        }
        for operation in ready {
            let key = (operation.view.timelock, operation.view.id);
            let waits = self
                .tried
                .get(&key)
                .is_some_and(|tried| tried.block == read.hash && tried.at.elapsed() < AGAIN);
            if waits {
                continue;
            }
            let why = self.attempt(reader, operation).await;
            let known = self.tried.get(&key).and_then(|tried| tried.why.clone());
            if known != why {
                news = true;
                if let Some(why) = &why {
                    warn!(id = %operation.view.id, "a ready operation is not carried out: {why}");
                }
            }
            self.tried.insert(key, Tried { at: Instant::now(), block: read.hash, why });
        }
        news
    }

    /// Puts into words, beside each operation, why it is not carried out.
    pub(super) fn annotate(&self, operations: &mut [OperationView]) {
        for operation in operations {
            if operation.state == (OperationState::Waiting {}) {
                let tried = self.tried.get(&(operation.timelock, operation.id));
                operation.blocked = tried.and_then(|tried| tried.why.clone());
            }
        }
    }

    /// Sends it, or says why not.
    async fn attempt(&self, reader: &Reader, operation: &Operation) -> Option<String> {
        let intent = format!("execute:{}", operation.view.id);
        match self.relay.find_for(&intent).await {
            Ok(Some(sent)) if sent.status.is_open() => return None,
            Ok(_) => {}
            Err(error) => return Some(whole(&error)),
        }
        if operation.values.iter().any(|value| !value.is_zero()) {
            return Some("it sends ETH along, which this server's wallet does not".to_owned());
        }
        let call = execution(operation);
        let simulated =
            Simulated { from: self.relayer.address(), to: call.to, data: call.data.clone() };
        match reader.rpc().simulate(&simulated, At::Pending).await {
            Ok(_) => {}
            Err(ChainError::Refused(reason)) => {
                // Not quite ready by the chain's clock, or done a moment ago.
                let early = reason.name == Some("TimelockUnexpectedOperationState");
                return (!early).then(|| reason.to_string());
            }
            Err(error) => return Some(whole(&error)),
        }
        match self.relay.send(&self.relayer, &intent, call, "carry out what waited").await {
            Ok(sent) => {
                info!(hash = %sent.hash, id = %operation.view.id, "an operation is carried out");
                None
            }
            Err(error) => Some(whole(&error)),
        }
    }
}

/// The call that carries an operation out.
fn execution(operation: &Operation) -> Call {
    let view = &operation.view;
    if let [effect] = view.calls.as_slice() {
        let single = Single {
            timelock: view.timelock,
            effect: effect.clone(),
            predecessor: view.predecessor,
            salt: view.salt,
            delay: 0,
        };
        // A batch of one has another id than the same call alone.
        if single.id() == view.id {
            return single.execute();
        }
    }
    let call = IBatch::executeBatchCall {
        targets: view.calls.iter().map(|call| call.to).collect(),
        values: vec![U256::ZERO; view.calls.len()],
        payloads: view.calls.iter().map(|call| call.data.clone()).collect(),
        predecessor: view.predecessor,
        salt: view.salt,
    };
    Call { to: view.timelock, data: Bytes::from(call.abi_encode()) }
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor").field("relayer", &self.relayer.address()).finish_non_exhaustive()
    }
}
