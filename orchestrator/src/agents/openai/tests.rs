//! The adapter against a real HTTP server that speaks the protocol, well and badly.

use std::fmt::Write as _;

use phase8_shared::id::CallId;
use phase8_shared::mission::Work;
use phase8_shared::policy::Endpoint;
use phase8_shared::spec;
use serde_json::{Value, json};

use super::*;
use crate::agents::{Adapters, Message, Usage, Voice};
use crate::launch::LaunchPolicy;
use crate::ports::SystemClock;
use crate::refusal::Refusal;
use crate::testing::{
    FakeEndpoint, Part, Reply, SMALL_JOB, World, adapters, delta, launch_policy, usage,
};

const KEY: &str = "sk-a-key-that-nobody-may-see";
const LIMITS: CallLimits = CallLimits { prompt_tokens: 2_000, output_tokens: 500 };
const SHORT: Patience = Patience {
    connect: Duration::from_secs(2),
    first_byte: Duration::from_millis(400),
    between_chunks: Duration::from_millis(400),
    whole: Duration::from_secs(2),
    attempts: 3,
    first_wait: Duration::from_millis(5),
    longest_wait: Duration::from_secs(2),
};

/// Keys by the name of their variable.
struct Keys(&'static [(&'static str, &'static str)]);

impl Credentials for Keys {
    fn find(&self, variable: &str) -> Option<String> {
        let found = self.0.iter().find(|(name, _)| *name == variable);
        found.map(|(_, key)| (*key).to_owned())
    }
}

fn connect_to(base_url: &str, patience: Patience) -> OpenAi {
    let place = Place { base_url, model: "m-1", api_key_env: Some("MODEL_KEY") };
    let keys = Keys(&[("MODEL_KEY", KEY)]);
    OpenAi::connect(place, &keys, patience, Arc::new(SystemClock)).unwrap()
}

/// Turn `turn` of four of the small job's planner.
fn request(turn: u8) -> CallRequest {
    let mut world = World::new(SMALL_JOB);
    world.create().unwrap();
    let mission = Arc::clone(&world.state().created);
    let step = mission.plan[0].clone();
    let Work::Agent { turns, .. } = step.work else { panic!("not an agent's step") };
    let text = |voice, text: &str| Message { voice, text: text.to_owned() };
    CallRequest {
        call: CallId(1),
        spec: Arc::new(spec::preview(SMALL_JOB).spec.unwrap()),
        turn,
        turns,
        mission_millis: 1,
        adapter: mission.adapters[0].clone(),
        limits: LIMITS,
        memory: Vec::new(),
        messages: vec![text(Voice::System, "The rules."), text(Voice::User, "The work.")],
        step,
        mission,
    }
}

struct Outcome {
    answer: Result<CallAnswer, AgentError>,
    server: FakeEndpoint,
}

impl Outcome {
    /// How it ended, in words, with how often the endpoint was asked.
    fn shown(&self) -> String {
        let times = self.server.asked().len();
        match &self.answer {
            Ok(answer) => format!("{} · {:?} · asked {times}×", answer.words, answer.usage),
            Err(AgentError::Lost(error)) => format!("LOST: {error} · asked {times}×"),
            Err(error) => format!("{error} · asked {times}×"),
        }
    }
}

/// One call of an endpoint that answers each request with the next of these, and with the last one from then on.
async fn call(replies: &[Option<Reply>]) -> Outcome {
    let replies = replies.to_vec();
    let script = move |before: usize, _: &_| replies[before.min(replies.len() - 1)].clone();
    let server = FakeEndpoint::start(script).await;
    let answer = connect_to(&server.base_url(), SHORT).call(request(0)).await;
    Outcome { answer, server }
}

#[expect(clippy::unnecessary_wraps, reason = "a script answers with an Option")]
fn says(text: &str, usage: Option<Value>) -> Option<Reply> {
    Some(Reply::says(text, usage))
}

#[expect(clippy::unnecessary_wraps, reason = "a script answers with an Option")]
fn status(code: u16) -> Option<Reply> {
    Some(Reply::status(code, &format!("{{\"error\":{{\"message\":\"key {KEY} says hello\"}}}}")))
}

#[tokio::test]
async fn an_answer_is_streamed_counted_and_put_together() {
    let text = "# The plan ☃\n\n".to_owned() + &"Step by step. ".repeat(40);

    let outcome = call(&[says(&text, usage(33, 210))]).await;

    let answer = outcome.answer.unwrap();
    assert_eq!(answer.text, text);
    assert_eq!(answer.words, "The plan ☃");
    assert_eq!(answer.usage, Usage::Counted { input_tokens: 33, output_tokens: 210 });
    assert_eq!(answer.document, None);
    let asked = &outcome.server.asked()[0];
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(asked.headers["accept"], "text/event-stream");
    let expected = json!({
        "model": "m-1",
        "messages": [
            { "role": "system", "content": "The rules." },
            { "role": "user", "content": "The work." },
        ],
        "stream": true,
        "stream_options": { "include_usage": true },
        "max_tokens": 500,
    });
    assert_eq!(asked.body, expected);
}

#[tokio::test]
async fn the_last_turn_brings_the_document() {
    let text = "Here it is.\n\n## Result\n\nForty-two.\n";
    let script = |_: usize, _: &_| says(text, usage(30, 20));
    let server = FakeEndpoint::start(script).await;

    let answer = connect_to(&server.base_url(), SHORT).call(request(3)).await.unwrap();

    let document = answer.document.unwrap();
    assert_eq!((document.title.as_str(), document.content.as_str()), ("Result", text));
    assert_eq!(document.media_type, "text/markdown");
    assert_eq!(answer.words, "Finished “Result”: 6 words");
}

#[tokio::test]
async fn what_an_endpoint_says_it_counted_is_believed_only_where_it_can_be() {
    let claims = [
        None,
        usage(16_000, 99_999),
        Some(json!({ "prompt_tokens": -5, "completion_tokens": 10 })),
        Some(json!({ "prompt_tokens": 1e18, "completion_tokens": 10 })),
        Some(json!({ "prompt_tokens": 5, "completion_tokens": 0 })),
        Some(json!({ "prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 9 })),
        Some(json!("plenty")),
    ];
    let mut shown = Vec::new();
    for claim in claims {
        shown.push(call(&[says("Done.", claim)]).await.shown());
    }

    insta::assert_snapshot!(shown.join("\n"), @r#"
        Done. (the endpoint counted no tokens: as many are charged as there can be) · Bounded { input_tokens: 67, output_tokens: 5 } · asked 1×
        Done. · Counted { input_tokens: 16000, output_tokens: 99999 } · asked 1×
        Done. · Impossible { why: "its count of tokens sent is not a whole number" } · asked 1×
        Done. · Impossible { why: "its count of tokens sent is not a whole number" } · asked 1×
        Done. · Impossible { why: "it counts fewer tokens than the answer can have" } · asked 1×
        Done. · Impossible { why: "its count of all tokens is less than those sent and received" } · asked 1×
        Done. · Impossible { why: "it counts tokens without saying how many were sent and received" } · asked 1×
        "#);
}

#[tokio::test]
async fn what_is_no_answer_is_lost_and_never_asked_again() {
    let plain =
        |kind: &str, body: &str| Some(Reply::status(200, body).header("content-type", kind));
    let stream = |parts: Vec<Part>| Some(Reply::stream(parts));
    let bytes = |text: &str| Part::Bytes(text.to_owned());
    let cases = [
        ("slow first byte", None),
        ("headers, then nothing", stream(vec![Part::Hang])),
        ("a stall in the middle", stream(vec![delta("Hel"), Part::Hang])),
        ("cut before the first byte", stream(vec![Part::Cut])),
        ("cut in the middle", stream(vec![delta("Hel"), delta("lo"), Part::Cut])),
        ("truncated", stream(vec![delta("Hel"), delta("lo")])),
        ("truncated inside an event", stream(vec![delta("Hel"), bytes("data: {\"choi")])),
        ("broken JSON", stream(vec![delta("Hel"), bytes("data: {\"choices\":[}\n\n")])),
        ("an error inside", stream(vec![bytes("data: {\"error\":{\"message\":\"oh\"}}\n\n")])),
        ("a page", plain("text/html", "<h1>Welcome</h1>")),
        ("another JSON", plain("application/json", "{\"hello\":1}")),
        (
            "huge text",
            stream(vec![Part::Forever(format!(
                "data: {}\n\n",
                json!({ "choices": [{ "delta": { "content": "x".repeat(4_000) } }] })
            ))]),
        ),
        ("huge line", stream(vec![Part::Forever("x".repeat(4_000))])),
        (
            "empty events without an end",
            stream(vec![Part::Forever(": still here\n\n".repeat(300))]),
        ),
        ("an empty stream", stream(vec![])),
        ("500", status(500)),
        ("502", status(502)),
    ];
    let mut shown = Vec::new();
    for (name, reply) in cases {
        let outcome = call(&[reply]).await;
        assert!(matches!(outcome.answer, Err(AgentError::Lost(_))), "{name}: {}", outcome.shown());
        shown.push(format!("{name}: {}", outcome.shown()));
    }

    insta::assert_snapshot!(shown.join("\n"), @r#"
        slow first byte: LOST: the endpoint did not begin to answer within 400ms · asked 1×
        headers, then nothing: LOST: the endpoint did not begin to answer within 400ms · asked 1×
        a stall in the middle: LOST: the endpoint fell silent for 400ms in the middle of its answer · asked 1×
        cut before the first byte: LOST: the connection was cut · asked 1×
        cut in the middle: LOST: the connection was cut · asked 1×
        truncated: LOST: the answer ended before its end · asked 1×
        truncated inside an event: LOST: the answer ended before its end · asked 1×
        broken JSON: LOST: the answer is not what the protocol says · asked 1×
        an error inside: LOST: the endpoint reports an error in the middle of its answer · asked 1×
        a page: LOST: the answer is not what the protocol says · asked 1×
        another JSON: LOST: the answer is not what the protocol says · asked 1×
        huge text: LOST: the answer is longer than any answer to this question can be · asked 1×
        huge line: LOST: the endpoint sends an event of more than 262144 bytes · asked 1×
        empty events without an end: LOST: the endpoint did not finish within 2s · asked 1×
        an empty stream: LOST: the answer ended before its end · asked 1×
        500: LOST: the endpoint answered with status 500 · asked 1×
        502: LOST: the endpoint answered with status 502 · asked 1×
        "#);
}

#[tokio::test]
async fn where_nothing_was_done_it_is_asked_again_or_refused_in_words() {
    let ok = || says("Done.", usage(9, 3));
    let later = |code, after: &str| status(code).map(|reply| reply.header("retry-after", after));
    let elsewhere = || status(307).map(|reply| reply.header("location", "/elsewhere"));
    let cases = [
        ("429, then well", vec![later(429, "1"), ok()]),
        ("429 without a time, then well", vec![status(429), status(429), ok()]),
        ("503, then well", vec![status(503), ok()]),
        ("503 for ever", vec![status(503)]),
        ("429 for an hour", vec![later(429, "3600"), ok()]),
        ("400", vec![status(400)]),
        ("401", vec![status(401)]),
        ("404", vec![status(404)]),
        ("a redirect", vec![elsewhere(), ok()]),
    ];
    let mut shown = Vec::new();
    for (name, replies) in cases {
        shown.push(format!("{name}: {}", call(&replies).await.shown()));
    }

    insta::assert_snapshot!(shown.join("\n"), @r#"
        429, then well: Done. · Counted { input_tokens: 9, output_tokens: 3 } · asked 2×
        429 without a time, then well: Done. · Counted { input_tokens: 9, output_tokens: 3 } · asked 3×
        503, then well: Done. · Counted { input_tokens: 9, output_tokens: 3 } · asked 2×
        503 for ever: the model did not answer: the endpoint is overloaded · asked 3×
        429 for an hour: the model did not answer: the endpoint's rate limit or quota is used up · asked 1×
        400: the model did not answer: the endpoint refuses the request (status 400) · asked 1×
        401: the model did not answer: the endpoint does not accept the key (status 401); look at the variable that apiKeyEnv names · asked 1×
        404: the model did not answer: the endpoint knows no such model or address (status 404); look at baseUrl and model in model-adapters.json · asked 1×
        a redirect: the model did not answer: the endpoint sends the request elsewhere, where it is not followed; write the final address into baseUrl in model-adapters.json · asked 1×
        "#);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_key() {
    let thief = FakeEndpoint::start(|_: usize, _: &_| says("Got it.", usage(9, 3))).await;
    let location = format!("{}/chat/completions", thief.base_url());
    for code in [301, 302, 303, 307, 308] {
        let location = location.clone();
        let script = move |_: usize, _: &_| {
            status(code).map(|reply| reply.header("location", location.as_str()))
        };
        let server = FakeEndpoint::start(script).await;

        let answer = connect_to(&server.base_url(), SHORT).call(request(0)).await;

        assert!(matches!(answer, Err(AgentError::Refused(_))), "{code}: {answer:?}");
    }
    assert!(thief.asked().is_empty());
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_no_lost_call() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);

    let answer = connect_to(&url, SHORT).call(request(0)).await;

    let error = answer.unwrap_err();
    assert!(matches!(error, AgentError::Refused(_)), "{error:?}");
    assert_eq!(error.to_string(), "the model did not answer: the endpoint cannot be reached");
}

#[tokio::test]
async fn the_most_tokens_are_named_as_the_endpoint_wants_them() {
    let refusal = json!({ "error": { "message":
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." } });
    let script = move |_: usize, asked: &crate::testing::Asked| {
        if asked.body.get("max_tokens").is_some() {
            return Some(Reply::status(400, &refusal.to_string()));
        }
        says("Done.", usage(9, 3))
    };
    let server = FakeEndpoint::start(script).await;
    let adapter = connect_to(&server.base_url(), SHORT);

    adapter.call(request(0)).await.unwrap();
    adapter.call(request(1)).await.unwrap();

    let asked = server.asked();
    assert_eq!(asked.len(), 3, "it is learned once");
    assert!(asked[1..].iter().all(|asked| asked.body["max_completion_tokens"] == 500));
}

#[tokio::test]
async fn an_answer_that_was_not_streamed_is_taken_as_well() {
    let whole = json!({
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": "Done." }, "finish_reason": "length" }],
        "usage": { "prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12 },
    });

    let answer = call(&[Some(Reply::status(200, &whole.to_string()))]).await.answer.unwrap();

    assert_eq!(answer.text, "Done.");
    assert_eq!(answer.usage, Usage::Counted { input_tokens: 9, output_tokens: 3 });
    assert_eq!(answer.words, "Done. (cut off at the most tokens that a call may answer with)");
}

#[tokio::test]
async fn a_call_that_is_dropped_ends_its_connection() {
    let script = |_: usize, _: &_| Some(Reply::stream([delta("Hel"), Part::Hang]));
    let server = FakeEndpoint::start(script).await;
    let patience = Patience { between_chunks: Duration::from_mins(10), ..SHORT };
    let adapter = Arc::new(connect_to(&server.base_url(), patience));
    let running = tokio::spawn(async move { adapter.call(request(0)).await });
    while server.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.over(), 0);

    running.abort();

    while server.over() == 0 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_key_that_is_missing_or_none_is_said_by_the_name_of_its_variable() {
    let errors =
        [&[][..], &[("MODEL_KEY", " \n")], &[("MODEL_KEY", "sk-\u{7}secret")]].map(|keys| {
            let place = Place {
                base_url: "http://localhost/v1",
                model: "m-1",
                api_key_env: Some("MODEL_KEY"),
            };
            OpenAi::connect(place, &Keys(keys), SHORT, Arc::new(SystemClock))
                .unwrap_err()
                .to_string()
        });

    assert!(errors.iter().all(|error| error.contains("MODEL_KEY")), "{errors:?}");
    assert!(!errors.concat().contains("secret"), "{errors:?}");
}

#[tokio::test]
async fn the_key_is_in_no_words() {
    let adapter = connect_to("http://user-name.example/v1", SHORT);
    let mut said = format!("{adapter:?}");
    for reply in [status(401), status(429), status(500), Some(Reply::stream([Part::Cut])), None] {
        let outcome = call(&[reply]).await;
        let _ = write!(said, "{:?} {}", outcome.answer, outcome.shown());
        let mut cause: Option<&dyn std::error::Error> = None;
        if let Err(AgentError::Lost(error)) = &outcome.answer {
            cause = Some(error.as_ref());
        }
        while let Some(error) = cause {
            said.push_str(&error.to_string());
            cause = error.source();
        }
    }

    assert!(!said.contains(KEY) && !said.contains("nobody-may-see"), "{said}");
}

/// The usual adapters, with the small job's planner behind HTTP.
fn over_http(api_key_env: Option<&str>) -> LaunchPolicy {
    let mut adapters = adapters();
    let planner = adapters.iter_mut().find(|adapter| adapter.id.as_str() == "gpt-elite-256k");
    planner.unwrap().endpoint = Some(Endpoint::OpenAi {
        base_url: "http://localhost:1/v1".to_owned(),
        model: "m-1".to_owned(),
        api_key_env: api_key_env.map(ToOwned::to_owned),
    });
    LaunchPolicy { adapters, ..launch_policy() }
}

#[test]
fn an_adapter_without_its_key_is_refused_at_launch_by_the_name_of_the_variable() {
    let policy = over_http(Some("MODEL_KEY"));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let launch = |keys| {
        let adapters = Adapters::connect(&policy.adapters, &clock, &Keys(keys));
        let mission = phase8_shared::id::MissionId::from_bytes([1; 16]);
        policy.check(mission, &crate::testing::request(SMALL_JOB, 1), &adapters.ids())
    };

    let refused = launch(&[]).unwrap_err();
    let launched = launch(&[("MODEL_KEY", KEY)]).unwrap();

    assert!(matches!(refused, Refusal::AdapterNotRunnable { .. }), "{refused:?}");
    assert!(refused.to_string().contains("MODEL_KEY"), "{refused}");
    assert!(!launched.rehearsal);
    assert!(
        !format!("{:?}", Adapters::connect(&policy.adapters, &clock, &Keys(&[("MODEL_KEY", KEY)])))
            .contains(KEY)
    );
}
