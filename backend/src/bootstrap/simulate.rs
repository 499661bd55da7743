//! The whole plan tried out, each call on the state that the calls before it leave, before anything is sent.

use alloy::primitives::{Address, Bytes, U64};
use phase8_shared::chain::Call;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{BootstrapError, Step};
use crate::chain::rpc::{At, Rpc, Simulated};
use crate::chain::{ChainError, Reason};

/// Gas for one call: less than a transaction may have at all (EIP-7825).
const CALL_GAS: u64 = 16_000_000;
/// What a transaction costs before it does anything.
const BASE_GAS: u64 = 21_000;

/// What became of the trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Simulation {
    /// Every call would succeed.
    Succeeds {
        /// Gas of all of them together.
        gas: u64,
        /// How it was found out.
        by: Means,
    },
    /// A call would be refused.
    Refused {
        /// Which, from 0.
        index: usize,
        /// Why.
        why: String,
    },
    /// The endpoint cannot try it out.
    Unavailable {
        /// Why.
        why: String,
    },
}

/// How a plan was tried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// `eth_simulateV1`: one block with every call in it.
    Block,
    /// `eth_call` of the door's own `executeBatch` with every call in it.
    Batch,
    /// There was nothing to try out.
    Nothing,
}

#[derive(Debug, Deserialize)]
struct Block {
    calls: Vec<Outcome>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    status: U64,
    gas_used: U64,
    #[serde(default)]
    return_data: Bytes,
    #[serde(default)]
    error: Option<OutcomeError>,
}

#[derive(Debug, Deserialize)]
struct OutcomeError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: Option<Bytes>,
}

/// Tries the steps out, in their order, as their sender.
pub(super) async fn simulate(
    rpc: &Rpc,
    from: Address,
    steps: &[Step],
) -> Result<Simulation, BootstrapError> {
    if steps.is_empty() {
        return Ok(Simulation::Succeeds { gas: 0, by: Means::Nothing });
    }
    match in_a_block(rpc, from, steps).await {
        Err(ChainError::Refused(reason)) => Ok(as_a_batch(rpc, from, steps, &reason).await?),
        tried => Ok(tried?),
    }
}

async fn in_a_block(rpc: &Rpc, from: Address, steps: &[Step]) -> Result<Simulation, ChainError> {
    let call = |from: Address, call: &Call| json!({ "from": from, "to": call.to, "data": call.data, "input": call.data, "gas": U64::from(CALL_GAS) });
    let mut calls: Vec<Value> = steps.iter().map(|step| call(from, &step.call)).collect();
    // What waits is tried out too: as the timelock will do it.
    calls.extend(steps.iter().filter_map(|step| {
        step.operation.as_ref().map(|operation| call(operation.timelock, &operation.effect))
    }));
    let room = CALL_GAS.saturating_mul(u64::try_from(calls.len()).unwrap_or(u64::MAX));
    let asked = json!([{
        "blockStateCalls": [{ "blockOverrides": { "gasLimit": U64::from(room) }, "calls": calls }],
        "validation": false,
    }, "latest"]);
    let blocks: Vec<Block> = rpc.ask("eth_simulateV1", asked).await?;
    let outcomes: Vec<Outcome> = blocks.into_iter().flat_map(|block| block.calls).collect();
    if outcomes.len() != calls.len() {
        return Ok(Simulation::Unavailable {
            why: "eth_simulateV1 was answered with other calls than asked".to_owned(),
        });
    }
    if let Some((place, outcome)) =
        outcomes.iter().enumerate().find(|(_, outcome)| outcome.status != U64::from(1))
    {
        // Behind the steps stand the effects of those that wait.
        let waiting = || steps.iter().enumerate().filter(|(_, step)| step.operation.is_some());
        let index = place
            .checked_sub(steps.len())
            .map_or(Some(place), |nth| waiting().nth(nth).map(|(index, _)| index));
        return Ok(Simulation::Refused { index: index.unwrap_or(place), why: outcome.why() });
    }
    let gas = outcomes.iter().take(steps.len()).map(|outcome| outcome.gas_used.to::<u64>());
    Ok(Simulation::Succeeds { gas: gas.fold(0, u64::saturating_add), by: Means::Block })
}

/// For endpoints without `eth_simulateV1`: one call that makes all of them, which a door offers. It counts gas for the
/// whole only.
async fn as_a_batch(
    rpc: &Rpc,
    from: Address,
    steps: &[Step],
    refused: &Reason,
) -> Result<Simulation, ChainError> {
    let unavailable = || Simulation::Unavailable {
        why: format!(
            "the endpoint refuses eth_simulateV1 ({refused}), and there is no door that could make all calls in one"
        ),
    };
    let (Some(batch), [first, ..]) = (super::door_batch(steps), steps) else {
        return Ok(unavailable());
    };
    let call = Simulated { from, to: first.call.to, data: batch };
    match rpc.simulate(&call, At::Latest).await {
        Ok(_) => {
            let gas = rpc.estimate_gas(&call).await.unwrap_or_default();
            let base = BASE_GAS.saturating_mul(u64::try_from(steps.len()).unwrap_or_default());
            Ok(Simulation::Succeeds { gas: gas.saturating_add(base), by: Means::Batch })
        }
        Err(ChainError::Refused(reason)) => {
            // Which of them it was: the first without which the batch still fails is found by halves.
            let index = first_refused(rpc, from, steps).await?;
            Ok(Simulation::Refused { index, why: reason.to_string() })
        }
        Err(error) => Err(error),
    }
}

/// The place of the first step at which a batch fails.
async fn first_refused(rpc: &Rpc, from: Address, steps: &[Step]) -> Result<usize, ChainError> {
    let (mut good, mut bad) = (0, steps.len());
    while bad.saturating_sub(good) > 1 {
        let middle = usize::midpoint(good, bad);
        let some = steps.get(..middle).unwrap_or(steps);
        let (Some(batch), [first, ..]) = (super::door_batch(some), some) else { break };
        let call = Simulated { from, to: first.call.to, data: batch };
        match rpc.simulate(&call, At::Latest).await {
            Ok(_) => good = middle,
            Err(ChainError::Refused(_)) => bad = middle,
            Err(error) => return Err(error),
        }
    }
    Ok(good)
}

impl Outcome {
    fn why(&self) -> String {
        let of_error = self.error.as_ref().and_then(|error| error.data.clone());
        let data =
            of_error.filter(|data| !data.is_empty()).unwrap_or_else(|| self.return_data.clone());
        match &self.error {
            Some(error) if data.is_empty() && !error.message.is_empty() => {
                let words = error.message.chars().filter(|letter| !letter.is_control());
                words.take(160).collect()
            }
            Some(_) | None => Reason::of_revert(&data).to_string(),
        }
    }
}
