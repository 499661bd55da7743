//! Health, while the parts go and come back.

use alloy::primitives::U256;
use phase8_backend::relay::Relayer;
use phase8_shared::api::routes;

use super::canary::random;
use super::program::{Program, Said};
use super::stage::Stage;

const SERVE: [&str; 3] = ["serve", "--config", "phase8.toml"];

/// What a part says of itself.
fn part(said: &Said, name: &str) -> (bool, String) {
    let parts = said.json();
    let found = parts.as_array().unwrap().iter().find(|part| part["name"] == name);
    let found = found.unwrap_or_else(|| panic!("no {name} in {parts}"));
    (found["ok"].as_bool().unwrap(), found["detail"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_that_goes_makes_a_server_unready_and_one_that_comes_back_makes_it_ready() {
    let mut stage = Stage::set().await;
    stage.write_adapters(None);
    stage.configure(&format!("rpc_url = \"http://127.0.0.1:{}\"", stage.port), "");
    let program = Program::start(stage.folder.path(), &SERVE, &[]).await;
    let ready = program.until(routes::HEALTH_READY, |said| said.status == 200).await;
    assert!(part(&ready, "chain").0 && part(&ready, "storage").0, "{}", ready.body);
    assert_eq!(program.measured("phase8_chain_up").await, Some(1.0));

    stage.end_chain().await;
    let gone = program.until(routes::HEALTH_READY, |said| said.status == 503).await;

    assert!(part(&gone, "chain").1.contains("does not answer"), "{}", gone.body);
    assert!(part(&gone, "orchestrator").0, "missions go on without a chain: {}", gone.body);
    assert_eq!(program.get(routes::HEALTH_LIVE).await.status, 200);
    assert_eq!(program.measured("phase8_chain_up").await, Some(0.0));

    stage.begin_chain_again().await;
    program.until(routes::HEALTH_READY, |said| said.status == 200).await;
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relayer_without_gas_says_what_it_needs_until_it_has_it() {
    let stage = Stage::set().await;
    stage.write_adapters(None);
    let key = random();
    std::fs::write(stage.path("relayer.key"), &key).unwrap();
    let chain = format!(
        "rpc_url = \"http://127.0.0.1:{}\"\nrelayer_key_file = \"relayer.key\"",
        stage.port
    );
    stage.configure(&chain, "");
    let program = Program::start(stage.folder.path(), &SERVE, &[]).await;

    let empty = program.until(routes::HEALTH_READY, |said| said.json()[0]["ok"] == true).await;

    assert_eq!(empty.status, 503);
    let (ok, detail) = part(&empty, "relayer");
    assert!(!ok && detail.contains("top it up"), "{detail}");
    let wallet = Relayer::from_text(&key).unwrap().address();
    stage.set_ether(wallet, U256::from(10_u64.pow(18))).await;
    program.until(routes::HEALTH_READY, |said| said.status == 200).await;
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_orchestrator_alone_tells_its_health_and_its_measurements_and_takes_the_servers_request_ids()
 {
    let stage = Stage::set().await;
    stage.write_adapters(None);
    let node = format!("rpc_url = \"http://127.0.0.1:{}\"", stage.port);
    stage.configure(&node, "[log]\nformat = \"json\"");
    let engine = tempfile::tempdir().unwrap();
    let config = stage.path("phase8.toml").display().to_string();
    let data = engine.path().join("data").display().to_string();
    let alone = ["orchestrator", "serve", "--port", "0", "--config", &config, "--data", &data];
    let debug = [("RUST_LOG", "debug".to_owned())];
    let engine = Program::start(engine.path(), &alone, &debug).await;
    let server = [("ORCHESTRATOR_URL", engine.base.clone())];
    let server = Program::start(stage.folder.path(), &SERVE, &server).await;

    let ready = engine.get(routes::HEALTH_READY).await;
    assert_eq!(ready.status, 200, "{}", ready.whole);
    assert_eq!(part(&ready, "orchestrator").1, "0 missions; it leads");
    assert_eq!(engine.get(routes::HEALTH_LIVE).await.body, "live\n");
    let ready = server.until(routes::HEALTH_READY, |said| said.status == 200).await;
    assert!(part(&ready, "orchestrator").1.starts_with("at http://127.0.0.1:"), "{}", ready.body);

    let unknown = server.get("/api/v1/missions/00000000000000000000000000000000").await;
    let id = unknown.json()["request_id"].as_str().unwrap().to_owned();
    assert!(server.log().contains(&id) && engine.log().contains(&id), "{id}\n{}", engine.log());
    let refused = "phase8_http_requests_total{route=\"/api/v1/missions/{mission}\",method=\"GET\",status=\"404\"}";
    assert_eq!(engine.measured(refused).await, Some(1.0));
    assert_eq!(server.measured(refused).await, Some(1.0));
    assert_eq!(engine.measured("phase8_engine_leads").await, Some(1.0));
    assert_eq!(server.measured("phase8_engine_leads").await, None, "it has no engine");

    engine.stop().await;
    let gone = server.until(routes::HEALTH_READY, |said| said.status == 503).await;
    assert!(part(&gone, "orchestrator").1.contains("does not answer"), "{}", gone.body);
    server.stop().await;
}
