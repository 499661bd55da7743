//! How a relayed request or a watched transaction is refused, on the wire.

use insta::assert_snapshot;
use serde_json::json;

use super::world::{Answer, World};

/// The relay of this world refuses by the nonce.
async fn refused(nonce: &str) -> Answer {
    let world = World::embedded().await;
    let request = json!({
        "target": "0x0606060606060606060606060606060606060606", "data": "0x01020304", "nonce": nonce,
        "deadline": 1_000, "signature": "0x00",
    });
    world.page().post("/api/v1/requests", request.to_string()).await
}

#[tokio::test]
async fn an_expired_request_is_told_what_was_signed_and_what_the_chain_says() {
    assert_snapshot!(refused("0x0").await.seen(), @r##"
    409 application/problem+json
    {
      "code": "request_expired",
      "detail": "the request was valid until 1970-01-01T00:16:40Z, and the chain's clock stands at 1970-01-01T00:33:20Z: sign it again",
      "status": 409,
      "title": "The signed request has expired"
    }
    "##);
}

#[tokio::test]
async fn a_deadline_too_far_ahead_is_told_the_latest() {
    assert_snapshot!(refused("0x1").await.seen(), @r##"
    422 application/problem+json
    {
      "code": "deadline_too_far",
      "detail": "the request is valid until 1970-01-01T00:50:00Z, and at most until 1970-01-01T00:33:20Z is relayed: a signature that lives long is found by others; sign it again with a nearer deadline",
      "status": 422,
      "title": "The request's deadline is too far ahead"
    }
    "##);
}

#[tokio::test]
async fn another_nonce_is_told_with_the_expected_one() {
    assert_snapshot!(refused("0x2").await.seen(), @r##"
    409 application/problem+json
    {
      "code": "nonce_used",
      "detail": "the request carries nonce 2, expected 5, which is the owner's next at the owner proxy: it was carried out already, or voided; sign again",
      "status": 409,
      "title": "The request carries another nonce than the next"
    }
    "##);
}

#[tokio::test]
async fn another_signer_is_told_with_the_owner() {
    assert_snapshot!(refused("0x3").await.seen(), @r##"
    403 application/problem+json
    {
      "code": "not_the_owner",
      "detail": "the request is signed by 0x0303030303030303030303030303030303030303, expected 0x0404040404040404040404040404040404040404, who owns the owner proxy; if 0x0404040404040404040404040404040404040404 did sign, other content was signed: reload and sign again",
      "status": 403,
      "title": "The signer does not own the owner proxy"
    }
    "##);
}

#[tokio::test]
async fn a_server_that_cannot_pay_says_what_becomes_of_the_request() {
    assert_snapshot!(refused("0x4").await.seen(), @r##"
    503 application/problem+json
    {
      "code": "no_relayer",
      "detail": "this server cannot pay the gas: it has no wallet. The request is kept as outstanding, and its signature can be used by whoever has it: send it from a wallet, or void it",
      "status": 503,
      "title": "This server has no wallet that could pay the gas"
    }
    "##);
}

#[tokio::test]
async fn a_pause_guardian_of_another_owner_is_told_with_the_remedy() {
    assert_snapshot!(refused("0x5").await.seen(), @r##"
    422 application/problem+json
    {
      "code": "pause_guardian_not_owner",
      "detail": "PAUSE_GUARDIAN_NOT_OWNER: …. Ensure OWNER_ADDRESS matches the owner of the existing pause guardian contract",
      "status": 422,
      "title": "The pause guardian has another owner"
    }
    "##);
}

#[tokio::test]
async fn a_request_with_a_field_too_many_or_of_another_site_is_refused() {
    let world = World::embedded().await;

    let odd = world.page().post("/api/v1/requests", r#"{"gas":1}"#).await;
    let stranger = world.stranger().post("/api/v1/requests", "{}").await;

    assert_eq!((odd.json()["code"].as_str(), odd.status.as_u16()), (Some("malformed"), 400));
    assert_eq!(stranger.json()["code"], "foreign_origin");
}

#[tokio::test]
async fn a_request_that_was_never_sent_here_is_not_found() {
    let world = World::embedded().await;
    let digest = format!("0x{}", "ab".repeat(32));

    assert_snapshot!(world.page().get(&format!("/api/v1/requests/{digest}")).await.seen(), @r##"
    404 application/problem+json
    {
      "code": "not_found",
      "detail": "no request with the digest 0xabababababababababababababababababababababababababababababababab was sent here",
      "status": 404,
      "title": "There is no such thing here"
    }
    "##);
    assert_eq!(world.page().get("/api/v1/requests").await.body, "[]");
    assert_eq!(world.page().get("/api/v1/requests/0x12").await.status, 400);
}

#[tokio::test]
async fn a_transaction_that_the_node_does_not_know_is_not_watched() {
    let world = World::embedded().await;
    let body = json!({ "hash": format!("0x{}", "ab".repeat(32)) }).to_string();

    assert_snapshot!(world.page().post("/api/v1/transactions/watch", body).await.seen(), @r##"
    404 application/problem+json
    {
      "code": "not_found",
      "detail": "the node knows no transaction 0xabababababababababababababababababababababababababababababababab: if a wallet sent it a moment ago, try again in a few seconds; if not, the wallet's network is another chain",
      "status": 404,
      "title": "There is no such thing here"
    }
    "##);
}
