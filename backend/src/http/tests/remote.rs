//! The orchestrator in another process, over a real socket.

use std::sync::Arc;

use axum::body::Body;
use http_body_util::BodyExt;
use phase8_orchestrator::service;
use phase8_shared::id::{MissionId, Seq};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::streams::read_until;
use super::world::{MISSION, World, engine, launch, launch_of};
use crate::config::{Config, Environment};
use crate::http::server;
use crate::relay::orchestrator::{OrchestratorPort, Remote};

/// An orchestrator that listens, and the way to it.
pub(super) async fn listening() -> (World, Arc<Remote>, CancellationToken) {
    let config = Config::load(None, &Environment::default(), Vec::new()).unwrap();
    let (engine, logs) = engine().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let router = service::standalone(engine.clone(), logs);
    tokio::spawn({
        let stop = stop.clone();
        async move { server::serve(listener, router, &config.http, stop).await }
    });
    let remote = Arc::new(Remote::new(&format!("http://{address}")).unwrap());
    (World::over(remote.clone(), engine, 16).await, remote, stop)
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

/// A request of the page: method, path, content type, body.
type Asked = (&'static str, String, &'static str, String);

/// Everything that the engine answers itself, in an order in which it can be asked.
fn asked() -> Vec<Asked> {
    let json = "application/json";
    let at = |rest: &str| format!("{MISSION}{rest}");
    let approval = r#"{"validator":"0x00000000000000000000000000000000000000b1","deadline":1,"signature":"0x00"}"#;
    let of = |method, path: String, body: String| (method, path, json, body);
    vec![
        of("GET", at(""), String::new()),
        of("GET", at("/events"), String::new()),
        of("GET", at("/stream"), String::new()),
        of("GET", "/api/v1/missions".to_owned(), String::new()),
        of("GET", "/api/v1/missions/nonsense".to_owned(), String::new()),
        of("PUT", at(""), "{\n  \"spec\": \"…\",\n  oops\n}".to_owned()),
        of(
            "PUT",
            at(""),
            launch_of("{}").replace("\"clock_scale\":480", "\"clock_scale\":\"fast\""),
        ),
        of("PUT", at(""), launch_of("{}").replace("\"clock_scale\"", "\"clockScale\"")),
        of("PUT", at(""), launch_of("{}")),
        of("PUT", at(""), String::new()),
        ("PUT", at(""), "text/plain", launch()),
        of("POST", at("/milestones/0/approvals"), approval.to_owned()),
        of("POST", at("/milestones/none/approvals"), approval.to_owned()),
        of("PUT", at(""), launch()),
        of("PUT", at(""), launch()),
        of("PUT", at(""), launch().replace("\"clock_scale\":480", "\"clock_scale\":481")),
        of("GET", at(""), String::new()),
        of("GET", "/api/v1/missions".to_owned(), String::new()),
        of("GET", at("/events?after=0&limit=1"), String::new()),
        of("GET", at("/events?after=1"), String::new()),
        of("GET", at("/events?after=minus"), String::new()),
        of("POST", at("/milestones/0/approvals"), approval.to_owned()),
        of("POST", at("/steps/0/release"), "{}".to_owned()),
        of("GET", at(&format!("/deliverables/0x{}", "ab".repeat(32))), String::new()),
        of("GET", at("/deliverables/0xab"), String::new()),
        of("DELETE", at(""), String::new()),
        of("GET", at("/nothing"), String::new()),
    ]
}

/// What depends on the moment, or names one answer, is left out.
fn without_moments(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.retain(|name, _| {
                !matches!(name.as_str(), "created_at" | "at" | "root" | "request_id")
            });
            fields.values_mut().for_each(without_moments);
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(without_moments),
        serde_json::Value::String(text) if text.contains(" from ") => text.clear(),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

#[tokio::test]
async fn every_answer_is_the_same_wherever_the_engine_runs() {
    let inside = World::embedded().await;
    let (elsewhere, _remote, _stop) = listening().await;

    for (method, path, media_type, body) in asked() {
        let mut seen = Vec::new();
        for world in [&inside, &elsewhere] {
            let headers = [("content-type", media_type)];
            let body = Body::from(body.clone());
            let answer = world.page().open(method, &path, &headers, body).await;
            let status = answer.status();
            let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
            let bytes = answer.into_body().collect().await.unwrap().to_bytes();
            let mut json = serde_json::from_slice(&bytes).unwrap();
            without_moments(&mut json);
            seen.push((status, kind, json));
        }
        assert_eq!(seen[0], seen[1], "{method} {path} {body}");
    }
}

#[tokio::test]
async fn an_orchestrator_that_is_away_is_named_and_missions_are_said_to_be_safe() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let world = World::over(
        Arc::new(Remote::new(&format!("http://{address}")).unwrap()),
        engine().await.0,
        16,
    )
    .await;

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
