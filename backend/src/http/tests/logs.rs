//! Logs and exports through the backend: the very bytes of the orchestrator, checked as a guardian checks them.

use axum::body::Body;
use axum::http::{StatusCode, header};
use http_body_util::BodyExt as _;
use phase8_shared::api::{LedgerKey, SystemView, routes};
use phase8_shared::id::MissionId;
use phase8_shared::ledger::LogVerifier;
use phase8_shared::ledger::verify::verify_export;

use super::world::{World, launch};

const MISSION: MissionId = MissionId::from_bytes([9; 16]);

#[tokio::test]
async fn an_export_checkpoint_and_tiles_flow_through_and_verify() {
    let world = World::embedded().await;
    let client = world.program();
    client.put(&routes::mission(MISSION), launch()).await;

    let system: SystemView = serde_json::from_str(&client.get(routes::SYSTEM).await.body).unwrap();
    let key: LedgerKey = serde_json::from_str(&client.get(routes::LEDGER_KEY).await.body).unwrap();
    assert_eq!(system.ledger.as_ref(), Some(&key));
    let trusted: LogVerifier = key.vkey.parse().unwrap();

    let export = client.get(&routes::export(MISSION)).await;
    let report = verify_export(&export.body, Some(&trusted));
    assert!(report.is_ok(), "{report:#?}");
    assert_eq!(export.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(
        export.headers[header::CONTENT_DISPOSITION],
        format!("attachment; filename=\"mission-{MISSION}.json\"")
    );

    for log in [routes::log(MISSION).as_str(), routes::registry_log()] {
        let checkpoint = client.get(&format!("{log}/checkpoint")).await;
        assert_eq!(checkpoint.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
        let origin = checkpoint.body.lines().next().unwrap().parse().unwrap();
        let opened = trusted.named(origin).open(&checkpoint.body).unwrap();
        let size = opened.tree.size;
        let path = format!("{log}/tile/0/000.p/{size}");
        let tile = client.open("GET", &path, &[], Body::empty()).await;
        assert_eq!(tile.status(), StatusCode::OK);
        assert_eq!(tile.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        let bytes = tile.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(bytes.len() as u64, 32 * size);
        let refused = client.get(&format!("{log}/tile/9/9")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let proof = client.get(&format!("{log}/inclusion?seq=1")).await;
        assert_eq!(proof.status, StatusCode::OK);
        let proof = client.get(&format!("{log}/consistency?old=1")).await;
        assert_eq!(proof.status, StatusCode::OK);
    }
    let unknown = MissionId::from_bytes([8; 16]);
    assert_eq!(client.get(&routes::export(unknown)).await.status, StatusCode::NOT_FOUND);
}
