//! What the doctor finds where little is as it should be.

use phase8_shared::api::{Check, CheckState};
use tempfile::TempDir;

use super::examine;
use crate::chain::preflight::Asked;
use crate::config::{Config, Environment};
use crate::http::server;
use crate::http::tests::world::World;

/// A configuration in which nothing is where it should be, but the folder.
async fn examined(folder: &TempDir, extra: &str) -> Vec<Check> {
    examined_at(folder, 1, extra).await
}

/// The same with a server at this port.
async fn examined_at(folder: &TempDir, port: u16, extra: &str) -> Vec<Check> {
    let file = folder.path().join("doctor.toml");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let text = format!(
        "[http]\nport = {port}\ndist = {:?}\n[storage]\ndata = {:?}\n[files]\npolicies = {:?}\nadapters = {:?}\n[chain]\nanvil = {:?}\n{extra}",
        at("dist"),
        at("data"),
        at("policies.json"),
        at("adapters.json"),
        at("no-anvil"),
    );
    std::fs::write(&file, text).unwrap();
    let config = Config::load(Some(&file), &Environment::default(), Vec::new()).unwrap();
    examine(&config, Asked::default()).await
}

fn state(checks: &[Check], id: &str) -> CheckState {
    checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("no line {id}")).state
}

#[tokio::test]
async fn what_is_missing_is_named_with_what_to_do() {
    let folder = TempDir::new().unwrap();

    let checks = examined(&folder, "").await;

    for id in ["policies", "adapter_file", "page", "anvil", "server"] {
        assert_eq!(state(&checks, id), CheckState::Fail, "{id}");
    }
    assert_eq!(state(&checks, "storage"), CheckState::Pass);
    let silent = checks.iter().filter(|check| {
        check.state != CheckState::Pass && (check.mend.is_empty() || check.expected.is_empty())
    });
    assert_eq!(silent.count(), 0);
}

#[tokio::test]
async fn a_server_that_runs_tells_each_line_once() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("adapters.json"), "[]").unwrap();
    let world = World::embedded().await;
    let config = Config::load(None, &Environment::default(), Vec::new()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (router, stop) = (world.router.clone(), world.stopping.clone());
    let serving =
        tokio::spawn(async move { server::serve(listener, router, &config.http, stop).await });

    let checks = examined_at(&folder, port, "").await;

    assert_eq!(state(&checks, "server"), CheckState::Pass);
    let mut ids: Vec<&str> = checks.iter().map(|check| check.id.as_str()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{checks:#?}");
    let lines = checks.iter().filter(|check| check.label == "Model adapters");
    assert_eq!(lines.map(|check| check.found.as_str()).collect::<Vec<_>>(), ["0 configured"]);
    world.stopping.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn a_model_without_its_key_or_without_its_server_is_found_before_a_launch() {
    let folder = TempDir::new().unwrap();
    let adapter = |id: &str, key: &str| {
        format!(
            r#"{{"id": "{id}", "provider": "p", "maxContext": 1000, "costUSDPer1KTokens": 0.1, "safetyScore": 0.9,
            "latencyMs": 10, "lastValidated": "2026-01-01T00:00:00Z",
            "endpoint": {{"kind": "openai", "baseUrl": "http://127.0.0.1:1/v1", "model": "m"{key}}}}}"#
        )
    };
    let keyed = adapter("keyed", r#", "apiKeyEnv": "PHASE8_NO_SUCH_KEY""#);
    let adapters = format!("[{keyed}, {}]", adapter("silent", ""));
    std::fs::write(folder.path().join("adapters.json"), adapters).unwrap();

    let checks = examined(&folder, "").await;

    let lines: Vec<_> = checks.iter().filter(|check| check.id == "adapter").collect();
    assert_eq!(lines.len(), 2, "{checks:#?}");
    assert_eq!(lines[0].found, "PHASE8_NO_SUCH_KEY is not set");
    assert!(lines.iter().all(|check| check.state == CheckState::Fail));
}
