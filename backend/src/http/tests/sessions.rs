//! Signing in, at the HTTP edge: cookies, keys, links, and what each denial says.

use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use axum::body::Body;
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use insta::assert_snapshot;
use phase8_shared::api::{MakeLink, MissionList, SignIn, SignInNonce, routes};
use phase8_shared::siwe::Message;
use serde_json::json;

use super::world::{Answer, HOST, MISSION, World, launch, wallet};

const ELSEWHERE: &str = "/api/v1/missions/11ff10a0b0c0d0e0f00112233445566f";

/// A browser with what its cookie jar holds.
struct Browser<'w> {
    world: &'w World,
    cookie: Option<String>,
}

impl<'w> Browser<'w> {
    const fn of(world: &'w World) -> Self {
        Self { world, cookie: None }
    }

    async fn send(&mut self, method: &str, path: &str, body: &serde_json::Value) -> Answer {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(self.cookie.as_deref().map(|cookie| ("cookie", cookie)));
        let body = Body::from(body.to_string());
        let response = self.world.page().open(method, path, &headers, body).await;
        let set = response.headers().get("set-cookie");
        if let Some(set) = set.map(|set| set.to_str().unwrap().to_owned()) {
            assert!(set.contains("HttpOnly; SameSite=Strict"), "{set}");
            let pair = set.split(';').next().unwrap().to_owned();
            self.cookie = Some(pair).filter(|pair| !pair.ends_with('='));
        }
        Answer::of(response).await
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &json!(null)).await
    }

    async fn message(&mut self, account: &PrivateKeySigner) -> Message {
        let answer = self.send("POST", routes::SESSION_NONCE, &json!(null)).await;
        let SignInNonce { nonce, issued_at, expires_at } =
            serde_json::from_str(&answer.body).unwrap();
        Message {
            scheme: None,
            domain: HOST.to_owned(),
            address: account.address(),
            statement: None,
            uri: format!("http://{HOST}"),
            chain_id: 31_337,
            nonce,
            issued_at,
            expiration_time: Some(expires_at),
            not_before: None,
            request_id: None,
            resources: Vec::new(),
        }
    }

    async fn give(&mut self, message: &str, signer: &PrivateKeySigner) -> Answer {
        let signature = signer.sign_message_sync(message.as_bytes()).unwrap();
        let body = SignIn { message: message.to_owned(), signature: signature.as_bytes().into() };
        self.send("POST", routes::SESSION_WALLET, &json!(body)).await
    }

    async fn sign_in(&mut self, account: &PrivateKeySigner) -> Answer {
        let message = self.message(account).await.to_string();
        self.give(&message, account).await
    }
}

async fn with_missions() -> World {
    let world = World::guarded().await;
    let key = format!("Bearer {}", world.key.expose());
    for path in [MISSION, ELSEWHERE] {
        let headers = [("content-type", "application/json"), ("authorization", key.as_str())];
        let made = world.program().open("PUT", path, &headers, Body::from(launch())).await;
        assert_eq!(made.status(), StatusCode::OK);
    }
    world
}

async fn link(world: &World) -> (String, String) {
    let asked = MakeLink { label: "Ada".to_owned(), hours: 1 };
    let id = MISSION.rsplit('/').next().unwrap().parse().unwrap();
    let made = world.sessions.make_link(id, &asked, None).await.unwrap();
    (made.link.id, made.token)
}

#[tokio::test]
async fn a_stranger_is_told_to_sign_in_and_what_everybody_may_know() {
    let world = with_missions().await;
    let mut stranger = Browser::of(&world);

    assert_snapshot!(stranger.get(MISSION).await.seen(), @r##"
    401 application/problem+json
    {
      "code": "sign_in_needed",
      "detail": "reading this mission takes somebody who has signed in: with the wallet of the owner, an operator, a guardian, or a validator who is summoned to it, or with a link",
      "status": 401,
      "title": "Sign in first"
    }
    "##);
    let denied = stranger.get(routes::MISSIONS).await;
    assert_eq!(denied.status, StatusCode::UNAUTHORIZED);
    assert!(denied.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    let system = stranger.get(routes::SYSTEM).await.json();
    assert_eq!(system["policies"]["source"], "");
    assert_eq!(system["endpoints"]["endpoints"], json!([]));
    assert_eq!(system["chain"]["detail"], "");
    assert_eq!(system["deployment"]["chain_id"], 31_337);
    assert_snapshot!(stranger.get(routes::SESSION).await.body, @r##"
    {"signed_in":null,"expires_at":null,"roles":[],"reads":{"missions":"none"},"operates":false,"makes_links":false,"anonymous":"nothing"}
    "##);
}

#[tokio::test]
async fn a_stranger_has_nothing_signed_but_the_message_to_sign_in() {
    let world = World::guarded().await;
    let mut stranger = Browser::of(&world);
    let account = wallet(1);
    let message = stranger.message(&account).await.to_string();
    let ask = |method: &str, text: &str| {
        let bytes = alloy::primitives::hex::encode_prefixed(text);
        json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": [bytes, account.address()] })
    };

    let signed = stranger.send("POST", routes::RPC, &ask("personal_sign", &message)).await;
    assert_eq!(signed.status, StatusCode::OK);
    for request in [
        ask("personal_sign", "I owe you everything"),
        ask("eth_signTransaction", &message),
        json!([ask("personal_sign", &message)]),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": [] }),
    ] {
        let refused = stranger.send("POST", routes::RPC, &request).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{request}");
    }
}

#[tokio::test]
async fn a_wallet_signs_in_reads_and_signs_out() {
    let world = with_missions().await;
    let mut guardian = Browser::of(&world);

    assert_snapshot!(guardian.sign_in(&wallet(2)).await.body, @r##"
    {"signed_in":{"by":"wallet","account":"0x5050a4f4b3f9338c3472dcc01a87c76a144b3c9c"},"expires_at":3601000,"roles":["guardian"],"reads":{"missions":"all"},"operates":false,"makes_links":true,"anonymous":"nothing"}
    "##);
    assert_eq!(guardian.get(MISSION).await.status, StatusCode::OK);
    let list: MissionList =
        serde_json::from_str(&guardian.get(routes::MISSIONS).await.body).unwrap();
    assert_eq!(list.missions.len(), 2);
    assert_snapshot!(guardian.send("PUT", MISSION, &json!({})).await.seen(), @r##"
    403 application/problem+json
    {
      "code": "role_needed",
      "detail": "having this server work takes an operator or the owner; you are 0x5050A4F4b3f9338C3472dcC01A87C76A144b3c9c, a member of the guardian council. Have your account added to access.operators in the server's configuration, or open the address that `phase8 serve` printed on its own machine",
      "status": 403,
      "title": "This takes a role that you do not have"
    }
    "##);

    let before = guardian.cookie.clone();
    assert_eq!(
        guardian.send("DELETE", routes::SESSION, &json!(null)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(guardian.cookie, None);
    guardian.cookie = before;
    assert_snapshot!(guardian.get(MISSION).await.seen(), @r##"
    401 application/problem+json
    {
      "code": "session_ended",
      "detail": "the session ended: it was signed out, its time was over, or its link was revoked; sign in again",
      "status": 401,
      "title": "The session has ended"
    }
    "##);
}

#[tokio::test]
async fn signing_in_anew_ends_the_session_before() {
    let world = with_missions().await;
    let mut person = Browser::of(&world);
    person.sign_in(&wallet(2)).await;
    let mut before = Browser { world: &world, cookie: person.cookie.clone() };

    person.sign_in(&wallet(1)).await;

    assert_eq!(before.get(MISSION).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(person.get(MISSION).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_validator_whom_nobody_summoned_sees_no_mission() {
    let world = with_missions().await;
    let mut validator = Browser::of(&world);
    validator.sign_in(&wallet(3)).await;

    let list = validator.get(routes::MISSIONS).await;
    assert_eq!(list.json()["missions"], json!([]));
    assert_snapshot!(validator.get(MISSION).await.seen(), @r##"
    403 application/problem+json
    {
      "code": "role_needed",
      "detail": "reading this mission takes the owner, an operator, a guardian, or a validator who is summoned to it; you are 0x3325a78425F17a7E487Eb5666b2bFd93aBb06c70, a member of the validators' guild. Ask the owner to summon you (the read token may have expired or been revoked), or ask one of them for a link to it",
      "status": 403,
      "title": "This takes a role that you do not have"
    }
    "##);
}

#[tokio::test]
async fn a_message_that_does_not_hold_is_a_problem_with_its_code() {
    type Change = fn(&str) -> String;
    let cases: [(Change, u16, &str); 6] = [
        (|text| text.replace("127.0.0.1:8080", "evil.example"), 403, "foreign_domain"),
        (|text| text.replace("Chain ID: 31337", "Chain ID: 1"), 422, "foreign_chain"),
        (|text| text.replace("Issued At: 1970", "Issued At: 2070"), 422, "sign_in_refused"),
        (|text| text.replace("Nonce: ", "Nonce: 0"), 409, "sign_in_nonce_used"),
        (|text| text.replace("Version: 1", "Version: 2"), 422, "sign_in_refused"),
        (|_| "word".to_owned(), 422, "sign_in_refused"),
    ];
    for (change, status, code) in cases {
        let world = World::guarded().await;
        let mut person = Browser::of(&world);
        let message = change(&person.message(&wallet(1)).await.to_string());

        let answer = person.give(&message, &wallet(1)).await;

        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (status, &json!(code)),
            "{}",
            answer.body
        );
        assert_eq!(person.cookie, None);
    }
}

#[tokio::test]
async fn a_message_is_good_once_and_for_its_signer() {
    let world = World::guarded().await;
    let mut person = Browser::of(&world);
    let message = person.message(&wallet(1)).await.to_string();

    let another = person.give(&message, &wallet(2)).await;
    assert_eq!(another.json()["code"], "bad_signature");
    assert_eq!(person.give(&message, &wallet(1)).await.status, StatusCode::OK);
    assert_snapshot!(Browser::of(&world).give(&message, &wallet(1)).await.seen(), @r##"
    409 application/problem+json
    {
      "code": "sign_in_nonce_used",
      "detail": "the nonce of the message was used already: each signing in takes a message of its own; sign a new one",
      "status": 409,
      "title": "The message's nonce is not good any more"
    }
    "##);
}

#[tokio::test]
async fn the_access_key_opens_the_server_to_its_own_machine() {
    let world = with_missions().await;
    let mut page = Browser::of(&world);

    let opened =
        page.send("POST", routes::SESSION_KEY, &json!({ "token": world.key.expose() })).await;
    assert_eq!(opened.json()["signed_in"], json!({ "by": "key" }));
    assert_eq!(page.get(MISSION).await.status, StatusCode::OK);

    let wrong = page.send("POST", routes::SESSION_KEY, &json!({ "token": "word" })).await;
    assert_eq!(wrong.json()["code"], "key_refused");
    let headers = [("authorization", "Bearer word")];
    let bearer = world.program().open("GET", MISSION, &headers, Body::empty()).await;
    assert_snapshot!(Answer::of(bearer).await.seen(), @r##"
    401 application/problem+json
    {
      "code": "key_refused",
      "detail": "that is not the access key of this server; it is in the file access.key of its data folder",
      "status": 401,
      "title": "The access key is not this server's"
    }
    "##);
}

#[tokio::test]
async fn a_link_shows_its_mission_and_no_other() {
    let world = with_missions().await;
    let (id, token) = link(&world).await;
    let mut reader = Browser::of(&world);

    let opened = reader.send("POST", routes::SESSION_LINK, &json!({ "token": token })).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    assert_eq!(reader.get(MISSION).await.status, StatusCode::OK);
    let list: MissionList = serde_json::from_str(&reader.get(routes::MISSIONS).await.body).unwrap();
    assert_eq!(list.missions.len(), 1);
    assert_snapshot!(reader.get(ELSEWHERE).await.seen(), @r##"
    403 application/problem+json
    {
      "code": "role_needed",
      "detail": "reading this mission takes the owner, an operator, a guardian, or a validator who is summoned to it; you are somebody with a link to mission 00ff…566f. Ask the owner to summon you (the read token may have expired or been revoked), or ask one of them for a link to it",
      "status": 403,
      "title": "This takes a role that you do not have"
    }
    "##);
    assert_eq!(reader.get(routes::TRANSACTIONS).await.status, StatusCode::FORBIDDEN);
    assert_eq!(reader.get(&format!("{MISSION}/links")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(reader.get(routes::SYSTEM).await.json()["chain"]["detail"], "away");

    let mut owner = Browser::of(&world);
    owner.sign_in(&wallet(1)).await;
    let links = owner.get(&format!("{MISSION}/links")).await.json();
    assert_eq!(links["links"][0]["used_at"], 1_000);
    assert!(!links.to_string().contains(&token));
    let revoked = owner.send("DELETE", &format!("{MISSION}/links/{id}"), &json!(null)).await;
    assert_eq!(revoked.json()["revoked_at"], 1_000);
    assert_eq!(reader.get(MISSION).await.json()["code"], "session_ended");
    let again = reader.send("POST", routes::SESSION_LINK, &json!({ "token": token })).await;
    assert_snapshot!(again.seen(), @r##"
    401 application/problem+json
    {
      "code": "link_refused",
      "detail": "the link was revoked at 1970-01-01T00:00:01Z: ask whoever gave it to you why, or for a new one",
      "status": 401,
      "title": "The link is not good any more"
    }
    "##);
}

#[tokio::test]
async fn those_who_answer_for_a_mission_make_links_and_nobody_else() {
    let world = with_missions().await;
    let path = format!("{MISSION}/links");
    let asked = json!({ "label": "Ada", "hours": 24 });
    for (number, status) in [(1, 200), (2, 200), (3, 403)] {
        let mut person = Browser::of(&world);
        person.sign_in(&wallet(number)).await;
        assert_eq!(person.send("POST", &path, &asked).await.status.as_u16(), status, "{number}");
    }
    let mut owner = Browser::of(&world);
    owner.sign_in(&wallet(1)).await;
    let nowhere = format!("{}/links", MISSION.replace("00ff", "99ff"));
    assert_eq!(owner.send("POST", &nowhere, &asked).await.status, StatusCode::NOT_FOUND);
    let endless = owner.send("POST", &path, &json!({ "label": "Ada", "hours": 9_000 })).await;
    assert_eq!(endless.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_stream_ends_when_its_link_is_revoked() {
    let world = with_missions().await;
    let (id, token) = link(&world).await;
    let mut reader = Browser::of(&world);
    reader.send("POST", routes::SESSION_LINK, &json!({ "token": token })).await;
    let cookie = reader.cookie.clone().unwrap();
    let headers = [("cookie", cookie.as_str())];
    let stream = format!("{MISSION}/stream?after=0");
    let response = world.page().open("GET", &stream, &headers, Body::empty()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut events = response.into_body().into_data_stream();
    assert!(events.next().await.is_some());

    let mission = MISSION.rsplit('/').next().unwrap().parse().unwrap();
    world.sessions.revoke_link(mission, &id).await.unwrap();

    // It would go on for as long as the mission runs.
    while let Some(event) = events.next().await {
        drop(event.unwrap());
    }
}
