//! What is refused, and in which words.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, stream};
use insta::assert_snapshot;

use super::world::{Answer, JOB, MISSION, World, launch, launch_of};

/// 200 MiB.
const HUGE: u64 = 200 * 1024 * 1024;

#[tokio::test]
async fn broken_json_is_refused_with_line_and_column() {
    let world = World::embedded().await;

    let answer = world.page().put(MISSION, "{\n  \"spec\": \"…\",\n  oops\n}").await;

    assert_snapshot!(answer.seen(), @r##"
    400 application/problem+json
    {
      "code": "malformed",
      "detail": "the body cannot be read as JSON: key must be a string at line 3 column 3",
      "status": 400,
      "title": "The request cannot be read"
    }
    "##);
}

#[tokio::test]
async fn a_wrong_type_is_refused_with_its_place() {
    let world = World::embedded().await;

    let answer = world
        .page()
        .put(MISSION, launch_of("{}").replace("\"clock_scale\":480", "\"clock_scale\":\"fast\""))
        .await;

    assert_snapshot!(answer.seen(), @r##"
    400 application/problem+json
    {
      "code": "malformed",
      "detail": "the body cannot be read as JSON: invalid type: string \"fast\", expected u32 at line 1 column 123",
      "status": 400,
      "title": "The request cannot be read"
    }
    "##);
}

#[tokio::test]
async fn an_unknown_field_is_refused_by_name() {
    let world = World::embedded().await;

    let answer = world
        .page()
        .put(MISSION, launch_of("{}").replace("\"clock_scale\"", "\"clockScale\""))
        .await;

    assert_snapshot!(answer.seen(), @r##"
    400 application/problem+json
    {
      "code": "malformed",
      "detail": "the body cannot be read as JSON: unknown field `clockScale`, expected one of `spec`, `operator`, `reward`, `clock_scale` at line 1 column 115",
      "status": 400,
      "title": "The request cannot be read"
    }
    "##);
}

#[tokio::test]
async fn an_empty_body_is_refused() {
    let world = World::embedded().await;

    assert_snapshot!(world.page().put(MISSION, "").await.seen(), @r##"
    400 application/problem+json
    {
      "code": "malformed",
      "detail": "the body is empty; a JSON object is expected",
      "status": 400,
      "title": "The request cannot be read"
    }
    "##);
}

#[tokio::test]
async fn a_body_of_another_media_type_is_refused() {
    let world = World::embedded().await;

    let response = world
        .page()
        .open("PUT", MISSION, &[("content-type", "text/plain")], Body::from(launch()))
        .await;

    assert_snapshot!(Answer::of(response).await.seen(), @r##"
    415 application/problem+json
    {
      "code": "unsupported_media_type",
      "detail": "the body must be sent as content-type application/json; found \"text/plain\"",
      "status": 415,
      "title": "The body has another media type than the route takes"
    }
    "##);
}

#[tokio::test]
async fn an_upload_of_200_mb_is_refused_before_any_of_it_is_read() {
    let world = World::embedded().await;
    let read = Arc::new(AtomicU64::new(0));
    let length = HUGE.to_string();

    let response = world
        .page()
        .open(
            "PUT",
            MISSION,
            &[("content-type", "application/json"), ("content-length", &length)],
            zeros(HUGE, Arc::clone(&read)),
        )
        .await;
    let read_by_then = read.load(Ordering::SeqCst);

    assert_eq!(read_by_then, 0);
    assert_snapshot!(Answer::of(response).await.seen(), @r##"
    413 application/problem+json
    {
      "code": "too_large",
      "detail": "the body may have 1 MiB (1048576 bytes), and this one has 200 MiB (209715200 bytes); nothing of it was kept",
      "status": 413,
      "title": "The upload is too large"
    }
    "##);
}

#[tokio::test]
async fn an_upload_that_does_not_say_its_size_is_refused_at_the_limit() {
    let world = World::embedded().await;
    let read = Arc::new(AtomicU64::new(0));

    let response = world
        .page()
        .open(
            "PUT",
            MISSION,
            &[("content-type", "application/json")],
            zeros(HUGE, Arc::clone(&read)),
        )
        .await;
    let read_by_then = read.load(Ordering::SeqCst);

    assert!(read_by_then <= 2 * 1024 * 1024, "{read_by_then}");
    assert_snapshot!(Answer::of(response).await.seen(), @r##"
    413 application/problem+json
    {
      "code": "too_large",
      "detail": "the body may have 1 MiB (1048576 bytes), and this one has more than that; nothing of it was kept",
      "status": 413,
      "title": "The upload is too large"
    }
    "##);
}

/// So many zeros, and a count of those that were asked for.
fn zeros(bytes: u64, read: Arc<AtomicU64>) -> Body {
    const CHUNK: u64 = 64 * 1024;
    let chunks = stream::iter(0..bytes / CHUNK).map(move |_| {
        read.fetch_add(CHUNK, Ordering::SeqCst);
        Ok::<_, std::io::Error>(Bytes::from(vec![0; 64 * 1024]))
    });
    Body::from_stream(chunks)
}

#[tokio::test]
async fn an_unknown_mission_is_not_found() {
    let world = World::embedded().await;

    assert_snapshot!(world.page().get(MISSION).await.seen(), @r##"
    404 application/problem+json
    {
      "code": "not_found",
      "detail": "there is no mission 00ff10a0b0c0d0e0f00112233445566f here; look at the list of missions, or launch it first",
      "status": 404,
      "title": "There is no such thing here"
    }
    "##);
}

#[tokio::test]
async fn an_id_that_is_none_is_refused() {
    let world = World::embedded().await;

    assert_snapshot!(world.page().get("/api/v1/missions/..%2f..%2finternal").await.seen(), @r##"
    400 application/problem+json
    {
      "code": "malformed",
      "detail": "Invalid URL: a mission id is 32 lower-case hex digits",
      "status": 400,
      "title": "The request cannot be read"
    }
    "##);
}

#[tokio::test]
async fn an_approval_for_a_mission_that_is_not_there_is_not_found() {
    let world = World::embedded().await;
    let approval = r#"{"validator":"0x90f79bf6eb2c4f870365e785982e1f101e93b906","deadline":1,"signature":"0x"}"#;

    let answer = world.page().post(&format!("{MISSION}/milestones/0/approvals"), approval).await;

    assert_snapshot!(answer.seen(), @r##"
    404 application/problem+json
    {
      "code": "not_found",
      "detail": "there is no mission 00ff10a0b0c0d0e0f00112233445566f",
      "status": 404,
      "title": "There is no such thing here"
    }
    "##);
}

#[tokio::test]
async fn an_approval_that_nobody_asked_for_is_refused() {
    let world = World::embedded().await;
    let approval = r#"{"validator":"0x90f79bf6eb2c4f870365e785982e1f101e93b906","deadline":1,"signature":"0x"}"#;
    assert_eq!(world.page().put(MISSION, launch()).await.status, 200);

    let answer = world.page().post(&format!("{MISSION}/milestones/0/approvals"), approval).await;

    assert_snapshot!(answer.seen(), @r##"
    409 application/problem+json
    {
      "code": "not_awaiting_approval",
      "detail": "nothing is delivered for milestone \"Blueprint\" yet; wait until it asks for approval",
      "status": 409,
      "title": "The milestone does not wait for approval"
    }
    "##);
}

#[tokio::test]
async fn a_job_spec_with_errors_is_refused_with_findings() {
    let world = World::embedded().await;
    for (good, bad, code) in [
        ("\"payoutBps\": 2500", "\"payoutBps\": 2400", "payouts"),
        ("\"jobName\": \"", "\"jobName\": \"../../etc/", "job-name"),
        ("\"model\": \"", "\"model\": \"no-such-", "adapter"),
    ] {
        let spec = JOB.replacen(good, bad, 1);
        assert_ne!(spec, JOB, "{good}");

        let answer = world.page().put(MISSION, launch_of(&spec)).await;

        let problem = answer.json();
        assert_eq!(answer.status, 422, "{bad}: {problem:#}");
        assert_eq!(problem["code"], "spec_refused");
        let finding = &problem["findings"][0];
        assert!(finding["line"].is_u64() && finding["path"].is_string(), "{code}: {problem:#}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_may_not_change_anything() {
    let world = World::embedded().await;

    let answer = world.stranger().put(MISSION, launch()).await;

    assert_snapshot!(answer.seen(), @r##"
    403 application/problem+json
    {
      "code": "foreign_origin",
      "detail": "pages of \"https://evil.example\" may not change anything here; open the page at 127.0.0.1:8080",
      "status": 403,
      "title": "The request comes from another site"
    }
    "##);
    assert_eq!(world.page().get(MISSION).await.status, 404);
}

#[tokio::test]
async fn a_name_that_is_not_this_servers_is_refused() {
    let world = World::embedded().await;
    let request = axum::http::Request::get("/api/v1/system").header("host", "rebound.example:8080");

    let response =
        tower::ServiceExt::oneshot(world.router.clone(), request.body(Body::empty()).unwrap())
            .await
            .unwrap();

    assert_snapshot!(Answer::of(response).await.seen(), @r##"
    403 application/problem+json
    {
      "code": "foreign_origin",
      "detail": "this server does not go by the name \"rebound.example\"; if it should, add the name to http.allowed_hosts",
      "status": 403,
      "title": "The request comes from another site"
    }
    "##);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let world = World::embedded().await;

    assert_snapshot!(world.page().get("/api/v2/missions").await.seen(), @r##"
    404 application/problem+json
    {
      "code": "not_found",
      "detail": "there is nothing at /api/v2/missions; /api/openapi.json lists what there is",
      "status": 404,
      "title": "There is no such thing here"
    }
    "##);
}

#[tokio::test]
async fn a_method_that_a_route_does_not_take_is_refused_with_those_it_takes() {
    let world = World::embedded().await;

    let answer = world.page().send("DELETE", MISSION, Body::empty()).await;

    assert_eq!(answer.headers["allow"], "GET,HEAD,PUT");
    assert_snapshot!(answer.seen(), @r##"
    405 application/problem+json
    {
      "code": "method_not_allowed",
      "detail": "/api/v1/missions/00ff10a0b0c0d0e0f00112233445566f does not take DELETE",
      "status": 405,
      "title": "This address does not take that method"
    }
    "##);
}

#[tokio::test]
async fn the_internal_routes_are_never_reached_from_outside() {
    let world = World::embedded().await;
    for path in [
        "/internal/v1/chain-facts",
        "/internal/v1/chain-effects",
        "//internal/v1/chain-effects",
        "/api/v1/missions/../../../internal/v1/chain-effects",
        "/api/v1/missions/%2e%2e/%2e%2e/%2e%2e/internal/v1/chain-effects",
        "/api/v1/missions/00ff10a0b0c0d0e0f00112233445566f/deliverables/..%2f..%2f..%2f..%2f..%2finternal%2fv1%2fchain-effects",
        "/%69nternal/v1/chain-effects",
    ] {
        for method in ["GET", "POST", "PUT"] {
            let answer = world.program().send(method, path, Body::from("[]")).await;
            assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn a_cause_never_leaves_the_server() {
    let world = World::embedded().await;

    let answer = world.page().post("/api/v1/transactions", r#"{"raw":"0x"}"#).await;

    assert!(!answer.body.contains("secret"), "{}", answer.body);
    assert_snapshot!(answer.seen(), @r##"
    500 application/problem+json
    {
      "code": "internal",
      "detail": "the request was not carried out; the server's log says why under this request id",
      "status": 500,
      "title": "Something broke on the server"
    }
    "##);
}

#[tokio::test]
async fn a_flood_is_refused_in_words() {
    let world = World::with_seats(0).await;

    let answer = world.page().get("/api/v1/missions").await;

    assert_eq!(answer.headers["retry-after"], "1");
    assert_snapshot!(answer.seen(), @r##"
    503 application/problem+json
    {
      "code": "busy",
      "detail": "more requests are in work than this server takes at a time; try again in a second",
      "status": 503,
      "title": "The server is busy"
    }
    "##);
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_the_page() {
    let world = World::embedded().await;
    for path in
        ["/api/v1/system", "/api/v1/nothing", "/api/openapi.json", "/health/live", "/", MISSION]
    {
        let answer = world.page().get(path).await;

        for (name, part) in [
            ("content-security-policy", "default-src 'none'"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("x-request-id", ""),
        ] {
            let value = answer.headers.get(name).map(|value| value.to_str().unwrap());
            assert!(value.is_some_and(|value| value.contains(part)), "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn a_launch_that_is_sent_twice_is_one_launch() {
    let world = World::embedded().await;

    let first = world.page().put(MISSION, launch()).await;
    let again = world.program().put(MISSION, launch()).await;

    assert_eq!((first.status.as_u16(), again.status.as_u16()), (200, 200));
    assert_eq!(first.json()["funding"], again.json()["funding"]);
    let list = world.page().get("/api/v1/missions").await.json();
    assert_eq!(list["missions"].as_array().unwrap().len(), 1);
}
