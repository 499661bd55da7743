//! Missions in a folder or in a `PostgreSQL` database: every ledger against the heads, the registry, and what was signed.

use anyhow::{Context, Result, bail};
use phase8_orchestrator::store::{Audit, Audited, PostgresStore, SignedFolder, audit};
use phase8_shared::ledger::verify::Check;

use crate::config::Config;
use crate::ledger::read_key;
use crate::{app, telemetry};

/// Walks the database. Each part is told as it is found, and what speaks against it is answered.
pub(super) fn checks(config: &Config) -> Result<Vec<Check>> {
    let database = config.storage.missions();
    if !database.is_file() {
        bail!("there are no missions in {}", config.storage.data.display());
    }
    let signed = SignedFolder::new(config.storage.checkpoints());
    let parts = audit(&database, &against(config, &signed)?)
        .with_context(|| format!("{} cannot be walked", database.display()))?;
    Ok(tell(parts))
}

/// Walks the `PostgreSQL` database that is configured, in the same words.
pub(super) async fn checks_of_database(config: &Config) -> Result<Vec<Check>> {
    let Some(database) = &config.storage.database else {
        bail!("no database is named: set DATABASE_URL, or give its address after --database");
    };
    let signed = SignedFolder::new(config.storage.checkpoints());
    let parts = PostgresStore::audit(database.expose(), &against(config, &signed)?)
        .await
        .with_context(|| format!("the database {database} cannot be walked"))?;
    let Some(parts) = parts else { bail!("there are no missions in the database {database}") };
    Ok(tell(parts))
}

/// What the ledgers are compared with.
fn against<'a>(config: &Config, signed: &'a SignedFolder) -> Result<Audit<'a>> {
    let usual = config.storage.checkpoint_key();
    let key_file = config.ledger.key_file.as_ref().unwrap_or(&usual);
    let name = config.ledger.name().context("ledger.origin cannot be used")?;
    // Without the key the kept checkpoints are compared all the same, but not whose they are.
    let key = read_key(key_file).ok().map(|key| key.verifier(name));
    if key.is_none() {
        telemetry::say(
            "There is no readable key: kept checkpoints are compared, their signatures are not.",
        );
    }
    let chain = app::deployment_of(config)?.map(|deployment| crate::ledger::chain_of(&deployment));
    Ok(Audit { key, signed, chain })
}

fn tell(parts: Vec<Audited>) -> Vec<Check> {
    let mut checks = Vec::new();
    for part in parts {
        let what = format!("\n{}", part.part);
        telemetry::say(&what);
        let lines = part.report.into_lines();
        for check in &lines {
            telemetry::say(&super::line(check));
        }
        checks.extend(lines);
    }
    telemetry::say("");
    checks
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use phase8_orchestrator::ports::SystemClock;
    use phase8_orchestrator::registry::{RegistryEntry, RegistryEvent};
    use phase8_orchestrator::store::{Batch, EventStore, LogAppend, LogId, SqliteStore};
    use phase8_shared::id::{MissionId, Seq};
    use phase8_shared::ledger::verify::verify_export;
    use phase8_shared::time::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cli::verify::mission;
    use crate::config::Environment;

    const MISSION: MissionId = MissionId::from_bytes([5; 16]);

    fn config(data: &Path) -> Config {
        let flags = vec![("storage.data", data.to_string_lossy().into_owned().into())];
        Config::load(None, &Environment::default(), flags).unwrap()
    }

    fn events() -> Vec<Arc<[u8]>> {
        let zero = alloy::primitives::B256::ZERO;
        let spec_hash = "0x44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        let created = json!({
            "mission": MISSION, "name": "alpha", "operator": alloy::primitives::Address::ZERO, "spec": "{}",
            "spec_hash": spec_hash,
            "terms": { "reward": "1", "validator_reward_bps": 0, "duration_bonus_bps": 0, "stake": "1",
                "failure_penalty_bps": 0, "bonus_deadline": 1, "expiry": 2, "quorum": 1, "budget_cap": "1",
                "spec_hash": spec_hash, "milestones": [] },
            "plan": [], "adapters": [], "rehearsal": true, "clock_scale": 480, "duration_minutes": 480,
            "check_in_minutes": 30, "idle_minutes": 45,
        });
        let evidence = json!({ "chain_id": 31337, "block_number": 1, "block_hash": zero, "transaction": zero, "log_index": 0 });
        let event = |seq: u64, kind: &str, payload: serde_json::Value| {
            let event = json!({ "seq": seq, "version": 1, "actor": "engine", "at": 1_795_415_821_000_u64, "kind": kind, "payload": payload });
            Arc::from(event.to_string().into_bytes())
        };
        vec![
            event(1, "mission_created", created),
            event(2, "escrow_funded", json!({ "deposit": "2", "evidence": evidence })),
            event(3, "mission_launched", json!({})),
        ]
    }

    /// A folder as an engine leaves it behind, and the mission's export.
    async fn folder(data: &Path) -> String {
        let store = SqliteStore::open(&data.join("missions.db")).unwrap();
        let entry = RegistryEvent {
            seq: Seq(1),
            version: RegistryEvent::VERSION,
            at: Timestamp::from_millis(1),
            entry: RegistryEntry::MissionRegistered { mission: MISSION },
        };
        let registered = vec![serde_json::to_vec(&entry).unwrap().into()];
        let append = |log, events| LogAppend { log, expected: Seq::ZERO, fence: None, events };
        let appends =
            vec![append(LogId::Mission(MISSION), events()), append(LogId::Registry, registered)];
        store.append(Batch { appends, blobs: Vec::new() }).await.unwrap();
        let as_store: Arc<dyn EventStore> = Arc::clone(&store) as Arc<dyn EventStore>;
        let logs =
            crate::ledger::logs(&config(data), as_store, Arc::new(SystemClock), None).unwrap();
        let export = logs.export(MISSION).await.unwrap().text().await.unwrap();
        store.close().await;
        export
    }

    fn failing(checks: &[Check]) -> Vec<String> {
        let failing = checks.iter().filter(|check| !check.is_ok());
        failing.map(|check| format!("{}: {}", check.what, check.found)).collect()
    }

    #[tokio::test]
    async fn a_folder_and_an_export_hold_until_somebody_writes_to_them() {
        let data = tempfile::tempdir().unwrap();
        let export = folder(data.path()).await;

        assert_eq!(failing(&checks(&config(data.path())).unwrap()), [""; 0]);
        assert!(mission::is_export(&export) && mission::is_export(&export[..export.len() / 2]));
        assert!(verify_export(&export, None).is_ok(), "{:#?}", verify_export(&export, None));

        let database = rusqlite::Connection::open(data.path().join("missions.db")).unwrap();
        let sql = "UPDATE events SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"deposit\":\"2\"', '\"deposit\":\"3\"') AS BLOB)";
        database.execute(sql, []).unwrap();
        let found = failing(&checks(&config(data.path())).unwrap());
        let last = found.last().unwrap();
        assert!(
            last.starts_with("the first bad card: card 2: its bytes are not those"),
            "{found:#?}"
        );
        let changed = export.replacen("\\\"deposit\\\":\\\"2", "\\\"deposit\\\":\\\"3", 1);
        assert_ne!(changed, export);
        let found = failing(&mission::checks(&changed, None));
        assert!(found.last().unwrap().starts_with("the first bad card: card 2: "), "{found:#?}");
    }

    #[test]
    fn a_folder_without_missions_is_refused_in_words() {
        let data = tempfile::tempdir().unwrap();

        let error = checks(&config(data.path())).unwrap_err();

        assert!(error.to_string().starts_with("there are no missions in "), "{error}");
    }
}
