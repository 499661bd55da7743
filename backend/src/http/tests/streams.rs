//! Server-sent events through the relay.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::remote::listening;
use super::world::{MISSION, World, launch};

/// Nothing here waits for time; this only ends a test that would hang.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads until the text appears, and answers everything read so far.
pub(super) async fn read_until(body: &mut Body, text: &str) -> String {
    let mut read = String::new();
    while !read.contains(text) {
        let frame = timeout(PATIENCE, body.frame()).await.expect("the stream is silent");
        let frame = frame.expect("the stream ended").unwrap();
        read.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    read
}

/// With the engine inside, and with the engine in another process; what keeps the second one going.
async fn both() -> ([World; 2], impl Sized) {
    let inside = World::embedded().await;
    let (elsewhere, remote, stop) = listening().await;
    ([inside, elsewhere], (remote, stop))
}

#[tokio::test]
async fn an_event_flows_through_while_the_stream_stays_open() {
    let (worlds, _other) = both().await;
    for world in worlds {
        world.page().put(MISSION, launch()).await;

        let response =
            world.page().open("GET", &format!("{MISSION}/stream"), &[], Body::empty()).await;

        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        assert!(!response.headers().contains_key("content-encoding"));
        let mut body = response.into_body();
        let read = read_until(&mut body, "mission_created").await;
        assert!(read.contains("id: 1\n"), "{read}");
    }
}

#[tokio::test]
async fn a_stream_goes_on_after_the_last_event_that_was_seen() {
    let (worlds, _other) = both().await;
    for world in worlds {
        world.page().put(MISSION, launch()).await;

        let resumed = [("last-event-id", "1")];
        let response =
            world.page().open("GET", &format!("{MISSION}/stream"), &resumed, Body::empty()).await;

        let mut body = response.into_body();
        let read = read_until(&mut body, "the ledger follows").await;
        assert!(!read.contains("mission_created"), "{read}");
    }
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let (worlds, _other) = both().await;
    for world in worlds {
        world.page().put(MISSION, launch()).await;
        let response =
            world.page().open("GET", &format!("{MISSION}/stream"), &[], Body::empty()).await;
        let mut body = response.into_body();
        read_until(&mut body, "mission_created").await;

        world.stopping.cancel();

        let rest = timeout(PATIENCE, body.collect()).await.expect("the stream stays open");
        assert!(rest.is_ok());
    }
}
