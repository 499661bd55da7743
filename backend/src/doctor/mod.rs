//! The doctor: everything that a server needs, looked at from outside, with what to do about what is missing. The lines
//! about chain and policies are the same that the Launch page shows.

mod adapters;
mod local;
mod served;
#[cfg(test)]
mod tests;

use phase8_shared::api::Check;
use phase8_shared::policy::{read_adapters, read_policies};

use crate::chain::preflight::{Asked, preflight};
use crate::chain::{Reader, Rpc, read_deployment};
use crate::config::{ChainMode, Config};
use crate::relay::orchestrator::{OrchestratorPort, Remote};

use crate::chain::checklist::Line;

/// Looks at everything that can be looked at now. A server that runs is asked itself; without one, an endpoint is.
pub async fn examine(config: &Config, asked: Asked) -> Vec<Check> {
    let mut checks = vec![
        local::file("policies", "Governance policies", &config.files.policies, read_policies),
        local::file("adapter_file", "Model adapters' file", &config.files.adapters, read_adapters),
        local::page(&config.http.dist),
        local::folder(&config.storage.data),
    ];
    if config.chain.mode == ChainMode::Devnet {
        checks.push(local::anvil(&config.chain.anvil).await);
    }
    checks.extend(adapters::reachable(&config.files.adapters).await);
    match served::ask(config, asked).await {
        Ok(answered) => {
            // What the running server says of itself counts, and is told once.
            checks.retain(|check| answered.iter().all(|said| said.id != check.id));
            checks.extend(answered);
        }
        Err(silent) => {
            checks.push(silent);
            checks.extend(orchestrator(config).await);
            checks.extend(endpoint(config, asked).await);
        }
    }
    checks
}

async fn orchestrator(config: &Config) -> Option<Check> {
    let url = config.orchestrator.url.as_ref()?;
    let line = Line::new("orchestrator", "The orchestrator answers", url);
    let mend = "start it with `phase8 orchestrator`, or correct ORCHESTRATOR_URL";
    Some(match Remote::new(url) {
        Err(error) => line.fail(error, mend),
        Ok(remote) => {
            let health = remote.health().await;
            if health.ok { line.pass(health.detail) } else { line.fail(health.detail, mend) }
        }
    })
}

/// The chain at the configured endpoint; a development chain lives and ends with its server.
async fn endpoint(config: &Config, asked: Asked) -> Vec<Check> {
    let (ChainMode::Endpoint, Some(url), Some(file)) =
        (config.chain.mode, &config.chain.rpc_url, &config.chain.deployment)
    else {
        return Vec::new();
    };
    let line = || Line::new("deployment", "The contracts' addresses", file.display());
    let rpc = match Rpc::connect(url.expose(), crate::app::RPC_TIMEOUT) {
        Ok(rpc) => rpc,
        Err(error) => return vec![line().fail(error, "correct RPC_URL")],
    };
    let deployment = match read_deployment(&rpc, file).await {
        Ok(deployment) => deployment,
        Err(error) => {
            let mend = "name the chain's own deployment file in chain.deployment, and its endpoint in RPC_URL";
            return vec![line().fail(error, mend)];
        }
    };
    let policies = std::fs::read_to_string(&config.files.policies);
    let policies = policies.ok().and_then(|text| read_policies(&text).into_result().ok());
    // Without policies there is nothing to compare the chain with, and their own line says so.
    let Some((policies, _)) = policies else { return Vec::new() };
    preflight(&Reader::new(rpc, &deployment), &deployment, &policies, asked).await
}
