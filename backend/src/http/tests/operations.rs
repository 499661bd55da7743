//! What whoever looks after the server sees: health and measurements, also when little works.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use phase8_shared::api::routes;
use tokio::time::{Duration, timeout};
use tower::ServiceExt;

use super::streams::read_until;
use super::world::{Answer, HOST, MISSION, World, launch};
use crate::http::METRICS;
use crate::http::metrics::Peer;

/// Asks as a program at this address.
async fn asked(world: &World, path: &str, peer: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let host = [("host", HOST)];
    for (name, value) in host.iter().chain(headers) {
        let name: header::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request.extensions_mut().insert(Peer(peer.parse::<SocketAddr>().unwrap()));
    Answer::of(world.router.clone().oneshot(request).await.unwrap()).await
}

async fn measured(world: &World) -> String {
    let answer = asked(world, METRICS, "127.0.0.1:9", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    answer.body
}

fn line<'t>(text: &'t str, start: &str) -> &'t str {
    text.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}: {text}"))
}

#[tokio::test]
async fn measurements_are_for_this_machine_and_the_page_is_not_served_in_their_place() {
    let world = World::embedded().await;

    measured(&world).await;
    for (peer, headers) in
        [("192.0.2.7:9", &[][..]), ("127.0.0.1:9", &[("x-forwarded-for", "192.0.2.7")][..])]
    {
        let answer = asked(&world, METRICS, peer, headers).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.body.contains("set metrics.listen"), "{}", answer.body);
    }
    let rebound = asked(&world, METRICS, "127.0.0.1:9", &[("host", "evil.example")]).await;
    assert_eq!(rebound.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn requests_are_counted_by_the_pattern_of_their_route_and_never_by_their_path() {
    let world = World::embedded().await;
    let page = world.page();
    page.put(MISSION, launch()).await;
    page.get(MISSION).await;
    page.get(MISSION).await;
    page.get("/api/v1/missions/no-id").await;
    page.get("/made/up/by/a/stranger").await;
    page.send("BREW", MISSION, Body::empty()).await;

    let text = measured(&world).await;

    let requests = "phase8_http_requests_total";
    let counted = |route: &str, method: &str, status: u16| {
        line(
            &text,
            &format!("{requests}{{route=\"{route}\",method=\"{method}\",status=\"{status}\"}}"),
        )
        .rsplit(' ')
        .next()
        .unwrap()
        .to_owned()
    };
    assert_eq!(counted(routes::MISSION, "PUT", 200), "1");
    assert_eq!(counted(routes::MISSION, "GET", 200), "2");
    assert_eq!(counted(routes::MISSION, "GET", 400), "1");
    assert_eq!(counted(routes::MISSION, "other", 405), "1");
    assert_eq!(counted("unmatched", "GET", 404), "1");
    let start = "phase8_http_request_duration_seconds_count{route=\"/api/v1/missions/{mission}\",method=\"GET\"}";
    assert!(line(&text, start).ends_with(" 3"));
    // The one that reads is still in work.
    assert_eq!(line(&text, "phase8_http_requests_in_flight"), "phase8_http_requests_in_flight 1");
    for foreign in ["00ff10a0", "stranger", "BREW", "no-id"] {
        assert!(!text.contains(foreign), "{foreign} in {text}");
    }
}

#[tokio::test]
async fn a_stream_counts_as_open_until_nobody_holds_it() {
    let world = World::embedded().await;
    world.page().put(MISSION, launch()).await;
    let stream = world.page().open("GET", &format!("{MISSION}/stream"), &[], Body::empty()).await;
    let mut body = stream.into_body();
    read_until(&mut body, "mission_created").await;

    let open = measured(&world).await;
    drop(body);
    let closed = measured(&world).await;

    assert_eq!(line(&open, "phase8_http_streams"), "phase8_http_streams 1");
    assert_eq!(line(&closed, "phase8_http_streams"), "phase8_http_streams 0");
}

#[tokio::test]
async fn who_looks_after_a_server_is_answered_however_busy_it_is() {
    let world = World::with_seats(0).await;

    let page = world.page().get(routes::SYSTEM).await;
    let live = world.page().get(routes::HEALTH_LIVE).await;
    let ready = world.page().get(routes::HEALTH_READY).await;

    assert_eq!(page.json()["code"], "busy");
    assert_eq!((live.status, live.body.as_str()), (StatusCode::OK, "live\n"));
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "its chain is away");
    let text = measured(&world).await;
    assert_eq!(line(&text, "phase8_http_requests_shed"), "phase8_http_requests_shed_total 1");
}

#[tokio::test]
async fn each_part_has_its_line_and_one_that_does_not_work_is_enough() {
    let world = World::embedded().await;

    let ready = world.page().get(routes::HEALTH_READY).await;

    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    let parts = ready.json();
    let told: Vec<(&str, bool)> = parts
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["name"].as_str().unwrap(), part["ok"].as_bool().unwrap()))
        .collect();
    assert_eq!(told, [("chain", false), ("orchestrator", true), ("storage", true)]);
    assert_eq!(parts[1]["detail"], "inside this server: 0 missions; it leads");
}

#[tokio::test]
async fn a_server_that_stops_lives_and_is_not_ready() {
    let world = World::embedded().await;

    world.stopping.cancel();

    let ready = world.page().get(routes::HEALTH_READY).await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.json()[0]["detail"], "it is stopping");
    assert_eq!(world.page().get(routes::HEALTH_LIVE).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_orchestrator_that_is_gone_is_told_in_time() {
    let (world, _remote, stop) = super::remote::listening().await;
    let there = world.page().get(routes::HEALTH_READY).await;
    assert!(there.json()[1]["detail"].as_str().unwrap().ends_with("0 missions; it leads"));

    stop.cancel();
    let gone = async {
        loop {
            let ready = world.page().get(routes::HEALTH_READY).await.json();
            if ready[1]["ok"] == false {
                return ready;
            }
        }
    };
    let ready = timeout(Duration::from_secs(20), gone).await.unwrap();

    let detail = ready[1]["detail"].as_str().unwrap();
    assert!(detail.ends_with("the orchestrator does not answer"), "{detail}");
}
