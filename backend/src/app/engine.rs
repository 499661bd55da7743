//! The mission engine inside this process.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy::primitives::Address;
use anyhow::{Context, Result};
use phase8_orchestrator::agents::Adapters;
use phase8_orchestrator::agents::openai::Environment;
use phase8_orchestrator::ports::{Clock, SystemClock, SystemIds};
use phase8_orchestrator::store::{EventStore, PostgresStore, SqliteStore};
use phase8_orchestrator::tlog::Logs;
use phase8_orchestrator::{Engine, EngineOptions, EngineParts, LaunchPolicy};
use phase8_shared::chain::Deployment;
use phase8_shared::id::Role;

use super::files::Files;
use crate::config::{Config, StorageConfig};
use crate::ledger;
use crate::telemetry::metrics::{Metrics, metered};

/// Opens the ledgers, serves them as logs, and goes on with every mission that is not over.
pub(super) async fn start(
    config: &Config,
    files: &Files,
    payees: BTreeMap<Role, Address>,
    deployment: Option<&Deployment>,
    metrics: &Metrics,
) -> Result<(Engine, Logs)> {
    std::fs::create_dir_all(&config.storage.data).with_context(|| {
        format!("the folder {} cannot be created", config.storage.data.display())
    })?;
    let store = open_store(&config.storage).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let logs = ledger::logs(config, Arc::clone(&store), Arc::clone(&clock), deployment)?;
    let adapters = Adapters::connect(&files.adapters, &clock, &Environment);
    let adapters = metered(metrics, adapters);
    let parts = EngineParts { store, clock, ids: Arc::new(SystemIds), adapters };
    let policy = LaunchPolicy {
        base_stake: config.launch.defaults()?.base_stake,
        payees,
        policies: files.policies.clone(),
        adapters: files.adapters.clone(),
    };
    let options = EngineOptions { lease: config.orchestrator.lease(), ..EngineOptions::default() };
    let kind = if config.storage.database.is_some() { "postgresql" } else { "sqlite" };
    let engine = Engine::start_metered(parts, policy, options, metrics.meter(kind))
        .await
        .with_context(|| format!("the missions in {} cannot go on", place(&config.storage)))?;
    metrics.tell_of(&engine);
    Ok((engine, logs))
}

/// The ledgers in the database that is configured, or else in a file.
async fn open_store(storage: &StorageConfig) -> Result<Arc<dyn EventStore>> {
    let opened: Result<Arc<dyn EventStore>, _> = match &storage.database {
        Some(url) => PostgresStore::open(url.expose()).await.map(|store| store as _),
        None => SqliteStore::open(&storage.missions()).map(|store| store as _),
    };
    opened.with_context(|| format!("the ledgers in {} cannot be opened", place(storage)))
}

/// Where the ledgers are, for people.
fn place(storage: &StorageConfig) -> String {
    storage
        .database
        .as_ref()
        .map_or_else(|| storage.missions().display().to_string(), ToString::to_string)
}
