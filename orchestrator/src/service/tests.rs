//! The service as a client sees it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use futures_util::{FutureExt, StreamExt};
use insta::assert_snapshot;
use phase8_shared::api::{CreateMission, EventPage, MissionView, routes};
use phase8_shared::id::{MilestoneIndex, MissionId, Seq};
use phase8_shared::ledger::Commitment;
use tower::ServiceExt;

use crate::agents::Adapters;
use crate::driver::{Engine, EngineParts};
use crate::ports::{Clock, SystemClock, SystemIds};
use crate::service::standalone;
use crate::store::{EventStore, MemoryStore};
use crate::testing::{CONFIG_JOB, SMALL_JOB, adapters, launch_policy, logs, request};

const MISSION: MissionId = MissionId::from_bytes([5; 16]);

struct Client {
    app: Router,
}

struct Answer {
    status: StatusCode,
    media_type: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        format!(
            "{} {}\n{}",
            self.status.as_u16(),
            self.media_type,
            String::from_utf8_lossy(&self.body)
        )
    }
}

impl Client {
    async fn new() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
        let logs = logs(Arc::clone(&store));
        let parts = EngineParts {
            store,
            adapters: Adapters::rehearsing(&adapters(), &clock),
            clock,
            ids: Arc::new(SystemIds),
        };
        Self { app: standalone(Engine::start(parts, launch_policy()).await.unwrap(), logs) }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let media_type = response.headers().get(header::CONTENT_TYPE);
        let media_type =
            media_type.map_or_else(String::new, |value| value.to_str().unwrap().to_owned());
        let status = response.status();
        Answer {
            status,
            media_type,
            body: to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn put(&self, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::put(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.into()).unwrap()).await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.to_owned().into()).unwrap()).await
    }

    async fn launch(&self, body: &CreateMission) -> Answer {
        self.put(&routes::mission(MISSION), serde_json::to_vec(body).unwrap()).await
    }
}

#[tokio::test]
async fn a_launch_is_idempotent_and_its_ledger_is_served_byte_for_byte() {
    let client = Client::new().await;

    let first = client.launch(&request(CONFIG_JOB, 480)).await;
    let again = client.launch(&request(CONFIG_JOB, 480)).await;
    let other = client.launch(&request(CONFIG_JOB, 481)).await;

    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(again.status, StatusCode::OK);
    let (first, again): (MissionView, MissionView) = (
        serde_json::from_slice(&first.body).unwrap(),
        serde_json::from_slice(&again.body).unwrap(),
    );
    assert_eq!(first.funding, again.funding);
    assert_snapshot!(other.text(), @r#"
        409 application/problem+json
        {"status":409,"code":"mission_exists","title":"This mission id is taken by another launch","detail":"mission 05050505050505050505050505050505 was launched with another job spec, operator, reward or clock; draw a new id for a new launch"}
        "#);

    let page = client.get(&routes::events(MISSION, Seq::ZERO)).await;
    let parsed: EventPage = serde_json::from_slice(&page.body).unwrap();
    assert_eq!(parsed.last, Seq(1));
    let stored = serde_json::to_string(&parsed.events[0]).unwrap();
    assert!(String::from_utf8(page.body).unwrap().contains(&stored));
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_in_words() {
    let client = Client::new().await;
    let unknown = MissionId::from_bytes([6; 16]);

    assert_snapshot!(client.get("/api/v1/missions/nonsense").await.text(), @r#"
        400 application/problem+json
        {"status":400,"code":"malformed","title":"The request cannot be read","detail":"the address cannot be read: a mission id is 32 lower-case hex digits"}
        "#);
    assert_snapshot!(client.get(&routes::mission(unknown)).await.text(), @r#"
        404 application/problem+json
        {"status":404,"code":"not_found","title":"There is no such thing here","detail":"there is no mission 06060606060606060606060606060606 here; look at the list of missions, or launch it first"}
        "#);
    assert_snapshot!(client.get(&format!("{}?limit=many", routes::mission(unknown) + "/events")).await.text(), @r#"
        400 application/problem+json
        {"status":400,"code":"malformed","title":"The request cannot be read","detail":"the query cannot be read: limit: invalid digit found in string"}
        "#);
    assert_snapshot!(client.put(&routes::mission(MISSION), "{\"spec\": 1").await.text(), @r#"
        400 application/problem+json
        {"status":400,"code":"malformed","title":"The request cannot be read","detail":"the body cannot be read: spec: invalid type: integer `1`, expected a string at line 1 column 10"}
        "#);
    assert_snapshot!(client.post(&routes::approvals(unknown, MilestoneIndex(0)), "{}").await.text(), @r#"
        400 application/problem+json
        {"status":400,"code":"malformed","title":"The request cannot be read","detail":"the body cannot be read: missing field `validator` at line 1 column 2"}
        "#);
    assert_snapshot!(client.get("/nowhere").await.text(), @r#"
        404 application/problem+json
        {"status":404,"code":"not_found","title":"There is no such thing here","detail":"there is nothing at this address"}
        "#);
    assert_snapshot!(client.post(routes::MISSIONS, "{}").await.text(), @r#"
        405 application/problem+json
        {"status":405,"code":"method_not_allowed","title":"This address does not take that method","detail":"this address exists, but does not take that method"}
        "#);
    let missing =
        client.get(&routes::deliverable(MISSION, Commitment(alloy_primitives::B256::ZERO))).await;
    assert_snapshot!(missing.text(), @r#"
        404 application/problem+json
        {"status":404,"code":"not_found","title":"There is no such thing here","detail":"this mission has no content under that commitment; take the commitment from its ledger"}
        "#);
    assert_snapshot!(client.get(&format!("{}/deliverables/0x12", routes::mission(MISSION))).await.text(), @r#"
        400 application/problem+json
        {"status":400,"code":"malformed","title":"The request cannot be read","detail":"the address cannot be read: Cannot parse `commitment` with value `0x12`: invalid string length"}
        "#);
}

#[tokio::test]
async fn a_job_spec_with_errors_is_refused_with_findings() {
    let client = Client::new().await;
    let broken = SMALL_JOB
        .replace("\"payoutBps\": 6000", "\"payoutBps\": 5000")
        .replace("small-job", "../../etc/passwd");

    let refused = client.launch(&request(&broken, 1)).await;

    let problem: phase8_shared::api::Problem = serde_json::from_slice(&refused.body).unwrap();
    let findings: Vec<String> = problem.findings.iter().map(ToString::to_string).collect();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_snapshot!(problem.to_string(), @"The job spec has errors: the job spec has 2 errors that must be put right before a launch");
    assert_snapshot!(findings.join("\n"), @r#"
        error unsafe-name, line 2, $.jobName: the job's name becomes the name of a file, and "../../etc/passwd" holds `/`, which leads into another folder (use letters, digits, `-` and `_`, such as "etc-passwd")
        error payouts-do-not-sum, line 9, $.economics.milestones: the milestones pay 9000 basis points in all, and must pay exactly 10000 (give the 1000 bps that are left over to a milestone)
        info guild-sign-off, line 11, $.economics.milestones[1].checkpoint: milestone 2 waits for `validator:signoff`, which is no agent's checkpoint: it is read as the guild's own sign-off of everything delivered (nothing to do; it need not be in validators.checkpoints)
        warning agent-without-checkpoint, line 19, $.agents[1]: the analyst has no checkpoint, so nothing says when its work is done (add a checkpoint such as "analyst:report" to validators.checkpoints)
        warning placeholder-resolved, line 22, $.validators.guild: `0xValidatorGuild` stands in place of an address; the policies' validatorGuild is meant: 0x90F79bf6EB2c4f870365E785982E1f101E93b906 (check the address before you sign, or write it into the file)
        warning placeholder-resolved, line 23, $.safety.pauseGuardian: `0xPauseGuardian` stands in place of an address; the policies' pauseGuardian is meant: 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC (check the address before you sign, or write it into the file)
        warning placeholder-resolved, line 24, $.governance.ownerProxy: `0xOwnerProxy` stands in place of an address; the policies' ownerProxy is meant: 0x0C0c0C0c0c0c0c0c0c0c0C0C0C0c0c0C0c0c0c0c (check the address before you sign, or write it into the file)
        "#);
}

#[tokio::test]
async fn a_launch_that_is_too_large_is_refused_before_it_is_read() {
    let client = Client::new().await;

    let refused = client.put(&routes::mission(MISSION), vec![b' '; 10 * 1024 * 1024]).await;

    assert_snapshot!(refused.text(), @r#"
        413 application/problem+json
        {"status":413,"code":"too_large","title":"The upload is too large","detail":"the body is larger than this address takes; a job spec has at most 4 MiB"}
        "#);
}

#[tokio::test]
async fn the_stream_resumes_after_the_last_event_that_was_received() {
    let client = Client::new().await;
    client.launch(&request(SMALL_JOB, 1)).await;
    let path = routes::stream(MISSION, Seq(0));

    let response =
        client.app.clone().oneshot(Request::get(&path).body(Body::empty()).unwrap()).await.unwrap();
    let mut frames = response.into_body().into_data_stream();
    let hint = frames.next().await.unwrap().unwrap();
    let first = String::from_utf8(frames.next().await.unwrap().unwrap().to_vec()).unwrap();

    assert_snapshot!(String::from_utf8_lossy(&hint), @r#"
        retry: 1000
        : the ledger follows
        "#);
    assert!(
        first.starts_with("id: 1\ndata: {\"seq\":1,\"version\":1,\"actor\":\"operator:"),
        "{first}"
    );
    assert!(first.ends_with("}\n\n"), "{first}");

    // The header wins over the query, and there is nothing after the last event: only the hint comes.
    let resumed = Request::get(&path).header("last-event-id", "1").body(Body::empty()).unwrap();
    let response = client.app.clone().oneshot(resumed).await.unwrap();
    let mut frames = response.into_body().into_data_stream();
    frames.next().await.unwrap().unwrap();
    assert!(frames.next().now_or_never().is_none());

    let garbled = Request::get(&path).header("last-event-id", "x").body(Body::empty()).unwrap();
    assert_eq!(client.send(garbled).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn facts_are_taken_and_effects_are_offered_on_the_internal_routes() {
    let client = Client::new().await;

    assert_snapshot!(client.get(routes::INTERNAL_EFFECTS).await.text(), @r#"
        200 application/json
        []
        "#);
    assert_eq!(client.post(routes::INTERNAL_FACTS, "[]").await.status, StatusCode::NO_CONTENT);
    assert_eq!(client.post(routes::INTERNAL_FACTS, "[{}]").await.status, StatusCode::BAD_REQUEST);
}

#[test]
fn every_public_route_is_described() {
    let described = crate::openapi();
    let paths: Vec<&String> = described.paths.paths.keys().collect();

    for route in [
        routes::MISSIONS,
        routes::MISSION,
        routes::EVENTS,
        routes::STREAM,
        routes::APPROVALS,
        routes::DELIVERABLE,
    ] {
        assert!(paths.iter().any(|path| *path == route), "{route} is not among {paths:?}");
    }
}
