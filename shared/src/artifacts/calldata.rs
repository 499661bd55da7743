//! `phase8-governance-calldata.json`: every call of the plan with its bytes.

use alloy_primitives::{Address, Bytes};
use serde::Serialize;

use super::scorecard::Metrics;
use super::{Artifact, Dossier, json};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Calldata<'a> {
    generated_at: String,
    manager_address: Address,
    chain_id: u64,
    metrics: Metrics,
    calls: Vec<CalldataCall<'a>>,
}

#[derive(Serialize)]
struct CalldataCall<'a> {
    label: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<&'a str>,
    data: &'a Bytes,
}

impl Dossier<'_> {
    /// Every call of the plan with its bytes, as the manager takes them.
    pub fn governance_calldata(&self) -> Artifact {
        let calls = self.plan.calls.iter().map(|call| CalldataCall {
            label: call.function,
            slug: call.slug.as_deref(),
            data: &call.data,
        });
        json(
            "phase8-governance-calldata.json",
            &Calldata {
                generated_at: self.facts.generated_at.to_string(),
                manager_address: self.manager().unwrap_or_default(),
                chain_id: self.facts.chain_id,
                metrics: Metrics::of(&self.metrics),
                calls: calls.collect(),
            },
        )
    }
}
