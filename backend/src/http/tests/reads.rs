//! Reads that gate a lever, at the HTTP edge.

use insta::assert_snapshot;
use phase8_shared::api::routes;
use serde_json::json;

use super::world::{Answer, World};

async fn asked(body: serde_json::Value) -> Answer {
    World::embedded().await.page().post(routes::READS, body.to_string()).await
}

fn call(bytes: usize) -> serde_json::Value {
    let to = "0x0000000000000000000000000000000000000001";
    json!({ "to": to, "data": format!("0x{}", "00".repeat(bytes)) })
}

#[tokio::test]
async fn dissent_is_told_with_who_said_what() {
    assert_snapshot!(asked(json!({ "calls": [call(4)] })).await.seen(), @r##"
    503 application/problem+json
    {
      "code": "endpoints_disagree",
      "detail": "2 of 2 endpoints must say the same and do not: rpc.example.org answers; 127.0.0.1:8546 answers read 1 of 1 with 0x1 (the others: 0x0)",
      "status": 503,
      "title": "The endpoints disagree about the chain"
    }
    "##);
}

#[tokio::test]
async fn a_read_of_nothing_is_refused() {
    assert_snapshot!(asked(json!({ "calls": [] })).await.seen(), @r##"
    400 application/problem+json
    {
      "code": "malformed",
      "detail": "the request names nothing to read: give at least one call",
      "status": 400,
      "title": "The request cannot be read"
    }
    "##);
}

#[tokio::test]
async fn too_many_reads_at_once_are_refused() {
    assert_snapshot!(asked(json!({ "calls": vec![call(4); 65] })).await.seen(), @r##"
    400 application/problem+json
    {
      "code": "malformed",
      "detail": "the request names 65 calls, and at most 64 are read at once",
      "status": 400,
      "title": "The request cannot be read"
    }
    "##);
}

#[tokio::test]
async fn a_call_without_end_is_refused() {
    assert_snapshot!(asked(json!({ "calls": [call(64 * 1024 + 1)] })).await.seen(), @r##"
    400 application/problem+json
    {
      "code": "malformed",
      "detail": "a call carries 65537 bytes, and at most 65536 are read",
      "status": 400,
      "title": "The request cannot be read"
    }
    "##);
}

#[tokio::test]
async fn a_field_that_nobody_knows_is_refused_by_name() {
    assert_snapshot!(asked(json!({ "calls": [call(4)], "at": "latest" })).await.seen(), @r##"
    400 application/problem+json
    {
      "code": "malformed",
      "detail": "the body cannot be read as JSON: unknown field `at`, expected `calls` or `simulate` at line 1 column 5",
      "status": 400,
      "title": "The request cannot be read"
    }
    "##);
}

#[tokio::test]
async fn the_system_says_whether_its_endpoints_agree() {
    let answer = World::embedded().await.page().get(routes::SYSTEM).await;

    assert_snapshot!(format!("{:#}", answer.json()["endpoints"]), @r##"
    {
      "endpoints": [
        {
          "name": "rpc.example.org",
          "said": {
            "state": "agreed"
          }
        },
        {
          "name": "127.0.0.1:8546",
          "said": {
            "state": "dissents",
            "what": "answers read 1 of 1 with 0x1 (the others: 0x0)"
          }
        }
      ],
      "quorum": 2
    }
    "##);
}
