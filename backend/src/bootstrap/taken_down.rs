//! Taking entries away: a plan of its own, which a person confirms.

use std::path::Path;

use phase8_shared::artifacts::Artifact;
use phase8_shared::chain::exit::SafeBatch;
use phase8_shared::findings::Findings;
use phase8_shared::plan::teardown;

use super::inputs::Inputs;
use super::{Basis, BootstrapError, Contact, Prepared, expect_owner, reach, simulate, steps};
use crate::config::Config;
use crate::relay::Now;

/// The removals for a Safe.
const BATCH: &str = "phase8-teardown-safe-transaction-batch.json";

/// Plans the removal of what the chain has and a manifest does not; without a manifest, of everything.
pub async fn prepare_teardown(
    config: &Config,
    keep: Option<&Path>,
    now: &Now,
) -> Result<Prepared, BootstrapError> {
    let Ok(chain) = reach(config, Contact::Needed, now).await? else {
        return Err(BootstrapError::NoChain);
    };
    let inputs = keep.map(|file| Inputs::read(file, &config.files, chain.deployed.as_ref()));
    let inputs = inputs.transpose()?;
    let of_manifest = inputs.as_ref().and_then(|inputs| inputs.manifest.global.manager);
    let manager = config
        .chain
        .expected_manager
        .or(of_manifest)
        .or(chain.deployed.map(|contracts| contracts.manager))
        .filter(|manager| !manager.is_zero())
        .ok_or(BootstrapError::WhichManager)?;
    let scene = chain.read(manager, &[]).await?;
    expect_owner(config, &scene)?;
    let at = now();
    let kept = inputs.as_ref().map(|inputs| &inputs.manifest);
    let plan = teardown(&scene.registry, kept, scene.now.max(at.unix_seconds()))
        .map_err(BootstrapError::WouldBeRefused)?;
    let orders = plan.orders();
    let stages = orders.iter().map(|_| None).collect();
    let mut remarks = Vec::new();
    let steps = steps(&scene, chain.chain_id, orders, stages, at, &mut remarks);
    let simulation = simulate::simulate(&chain.rpc, scene.owner, &steps).await?;
    let words = (
        "Phase 8: take entries away".to_owned(),
        "removes what the chain has and the manifest does not".to_owned(),
    );
    let calls = steps.iter().map(|step| step.call.clone());
    let batch = SafeBatch::of_calls(chain.chain_id, scene.owner, words, calls, at);
    let batch = Artifact { name: BATCH, text: batch.to_text() + "\n" };
    Ok(Prepared {
        manifest: keep.map(Path::to_owned),
        findings: inputs.map_or_else(Findings::new, |inputs| inputs.findings),
        chain_id: chain.chain_id,
        route: scene.route,
        basis: Basis::Chain(Box::new((chain, scene))),
        steps,
        unchanged: plan.unchanged,
        remarks,
        simulation: Some(simulation),
        artifacts: vec![batch],
        verdict: None,
    })
}
