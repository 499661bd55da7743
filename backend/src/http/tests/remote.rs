//! The orchestrator in another process, over a real socket.

use std::sync::Arc;

use axum::body::Body;
use phase8_orchestrator::service;
use phase8_shared::id::{MissionId, Seq};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::streams::read_until;
use super::world::{MISSION, World, engine, launch};
use crate::config::{Config, Environment};
use crate::http::server;
use crate::relay::orchestrator::{OrchestratorPort, Remote};

/// An orchestrator that listens, and the way to it.
async fn listening() -> (World, Arc<Remote>, CancellationToken) {
    let config = Config::load(None, &Environment::default(), Vec::new()).unwrap();
    let engine = engine().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let router = service::standalone(engine.clone());
    tokio::spawn({
        let stop = stop.clone();
        async move { server::serve(listener, router, &config.http, stop).await }
    });
    let remote = Arc::new(Remote::new(&format!("http://{address}")).unwrap());
    (World::over(remote.clone(), engine, 16), remote, stop)
}

#[tokio::test]
async fn missions_are_launched_read_and_followed_through_the_relay() {
    let (world, remote, _stop) = listening().await;

    let launched = world.page().put(MISSION, launch()).await;
    let read = world.page().get(MISSION).await;
    let stream = world.page().open("GET", &format!("{MISSION}/stream"), &[], Body::empty()).await;

    assert_eq!(launched.status, 200, "{}", launched.body);
    assert_eq!(read.json()["summary"]["phase"], "awaiting_funding");
    let mut body = stream.into_body();
    assert!(read_until(&mut body, "mission_created").await.contains("id: 1\n"));
    let mission: MissionId = "00ff10a0b0c0d0e0f00112233445566f".parse().unwrap();
    let state = remote.find_state(mission).await.unwrap().unwrap();
    assert_eq!(state.seq, Seq(1));
    assert!(remote.pending_effects().await.unwrap().is_empty());
    assert!(remote.post_facts(&[]).await.is_ok());
}

#[tokio::test]
async fn a_refusal_of_the_orchestrator_keeps_its_words() {
    let (world, _remote, _stop) = listening().await;

    let answer = world.page().get(MISSION).await;

    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["code"], "not_found");
    assert!(answer.seen().contains("there is no mission 00ff10a0b0c0d0e0f00112233445566f"));
}

#[tokio::test]
async fn an_orchestrator_that_is_away_is_named_and_missions_are_said_to_be_safe() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let world = World::over(
        Arc::new(Remote::new(&format!("http://{address}")).unwrap()),
        engine().await,
        16,
    );

    insta::assert_snapshot!(world.page().get("/api/v1/missions").await.seen(), @r##"
    503 application/problem+json
    {
      "code": "orchestrator_unreachable",
      "detail": "missions go on where they are, but cannot be seen or changed from here; try again in a few seconds",
      "status": 503,
      "title": "The orchestrator does not answer"
    }
    "##);
    assert_eq!(world.page().get("/health/ready").await.status, 503);
    assert_eq!(world.page().get("/health/live").await.status, 200);
}
