//! From a launch request to a mission that can be decided on: the job spec is read and checked strictly.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256};
use phase8_shared::api::CreateMission;
use phase8_shared::chain::adapter_key;
use phase8_shared::id::{MissionId, Role};
use phase8_shared::mission::{MissionState, PricedAdapter, Safety};
use phase8_shared::money::TokenAmount;
use phase8_shared::policy::{GovernancePolicies, ModelAdapter};
use phase8_shared::spec::{self, AdapterId};

use crate::agents;
use crate::command::{NewMission, SwitchTo};
use crate::refusal::Refusal;

/// What launches are checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchPolicy {
    /// The stake at multiplier 1.
    pub base_stake: TokenAmount,
    /// Wallet of each agent role.
    pub payees: BTreeMap<Role, Address>,
    /// Who governs, and within which limits.
    pub policies: GovernancePolicies,
    /// The configured model adapters.
    pub adapters: Vec<ModelAdapter>,
}

impl LaunchPolicy {
    /// Reads and checks a request. `runnable` are the adapters that there is a connector for.
    pub fn check(
        &self,
        mission: MissionId,
        request: &CreateMission,
        runnable: &BTreeSet<String>,
    ) -> Result<NewMission, Refusal> {
        if self.policies.global_pause {
            return Err(Refusal::GlobalPause);
        }
        let job = spec::check(&request.spec, &self.policies, &self.adapters)
            .map_err(Refusal::SpecRefused)?;
        let used: BTreeSet<&AdapterId> = job.spec.agents.iter().map(|agent| &agent.model).collect();
        let adapters: Vec<&ModelAdapter> =
            self.adapters.iter().filter(|adapter| used.contains(&adapter.id)).collect();
        let stuck = adapters.iter().find(|adapter| !runnable.contains(adapter.id.as_str()));
        if let Some(stuck) = stuck {
            let why = agents::why_unconnected(stuck);
            return Err(Refusal::AdapterNotRunnable { adapter: stuck.id.to_string(), why });
        }
        let rehearsal = adapters.iter().all(|adapter| adapter.is_rehearsal());
        // The check above refuses an adapter whose price is not known.
        let adapters = adapters.into_iter().filter_map(priced).collect();
        let safety = Safety {
            tripwires: job.spec.safety.tripwires.clone(),
            halt_on_tripwire: job.spec.safety.halt_on_tripwire,
            sensitivity: self.policies.tripwire_sensitivity,
            validator_check_in: job.spec.autonomy.require_validator_check_in,
            validator_checkpoints: job.spec.validators.checkpoints.clone(),
        };
        Ok(NewMission {
            safety,
            mission,
            source: request.spec.clone(),
            spec: job.spec,
            operator: request.operator,
            reward: request.reward,
            base_stake: self.base_stake,
            payees: self.payees.clone(),
            adapters,
            rehearsal,
            clock_scale: request.clock_scale,
        })
    }
}

impl LaunchPolicy {
    /// What a key of the model registry means here. `runnable` are the adapters that there is a connector for.
    pub fn resolve(&self, key: B256, runnable: &BTreeSet<String>) -> SwitchTo {
        if key.is_zero() {
            return SwitchTo::Plan {};
        }
        let known = self.adapters.iter().find(|adapter| adapter_key(adapter.id.as_str()) == key);
        let Some(adapter) = known else {
            let why = "no adapter with this key stands in model-adapters.json".to_owned();
            return SwitchTo::Unusable { why };
        };
        if !runnable.contains(adapter.id.as_str()) {
            let why =
                format!("`{}` is not connected: {}", adapter.id, agents::why_unconnected(adapter));
            return SwitchTo::Unusable { why };
        }
        match priced(adapter) {
            Some(priced) => SwitchTo::Adapter { priced, rehearsal: adapter.is_rehearsal() },
            None => {
                SwitchTo::Unusable { why: format!("the price of `{}` is not known", adapter.id) }
            }
        }
    }
}

/// Whether a request that came again is the launch that a mission began with. Policies and prices may have changed
/// since: they were checked then.
pub(crate) fn same(state: &MissionState, request: &CreateMission) -> Result<(), Refusal> {
    let created = &state.created;
    let same = created.spec == request.spec
        && created.operator == request.operator
        && created.terms.reward == request.reward
        && created.clock_scale == request.clock_scale;
    if same { Ok(()) } else { Err(Refusal::MissionExists(created.mission)) }
}

fn priced(adapter: &ModelAdapter) -> Option<PricedAdapter> {
    Some(PricedAdapter {
        id: adapter.id.to_string(),
        per_1k_tokens: adapter.cost_per_1k_tokens?,
        max_context: adapter.max_context.into(),
    })
}
