//! Governance, summonses and the co-pilot at the HTTP edge.

use insta::assert_snapshot;
use phase8_shared::api::routes;
use serde_json::json;

use super::world::{MISSION, World, launch};

#[tokio::test]
async fn before_the_chain_was_read_nothing_is_made_up() {
    let world = World::embedded().await;
    assert_snapshot!(world.page().get(routes::GOVERNANCE).await.seen(), @r#"
    503 application/problem+json
    {
      "code": "chain_unreachable",
      "detail": "the chain was not read yet",
      "status": 503,
      "title": "The chain does not answer"
    }
    "#);
}

#[tokio::test]
async fn a_read_token_is_a_number_of_a_summons() {
    let world = World::embedded().await;
    let delivered = |token: &str| format!("/api/v1/summonses/{token}/delivered");
    assert_snapshot!(world.page().post(&delivered("0x1"), "").await.seen(), @r#"
    400 application/problem+json
    {
      "code": "malformed",
      "detail": "\"0x1\" is no number of a read token: decimal digits are expected",
      "status": 400,
      "title": "The request cannot be read"
    }
    "#);
    assert_snapshot!(world.page().post(&delivered("7"), "").await.seen(), @r#"
    404 application/problem+json
    {
      "code": "not_found",
      "detail": "there is no summons with the read token 7",
      "status": 404,
      "title": "There is no such thing here"
    }
    "#);
}

#[tokio::test]
async fn an_acknowledgement_that_the_contract_refuses_is_not_sent() {
    let world = World::embedded().await;
    let body = json!({ "deadline": 1, "signature": "0x00" }).to_string();
    let answer = world.page().post("/api/v1/summonses/7/acknowledge", body).await;
    assert_snapshot!(answer.seen(), @r#"
    422 application/problem+json
    {
      "code": "transaction_refused",
      "detail": "the summons ended (AttestationModuleSummonsExpired)",
      "status": 422,
      "title": "The chain refused the transaction"
    }
    "#);
}

#[tokio::test]
async fn a_step_that_waits_for_nobody_is_not_released() {
    let world = World::embedded().await;
    let page = world.page();
    assert_eq!(page.put(MISSION, launch()).await.status, 200);
    let body = json!({
        "by": "0x0000000000000000000000000000000000000001",
        "deadline": 4_000_000_000_u64,
        "signature": "0x00",
    });
    let release = format!("{MISSION}/steps/0/release");
    assert_snapshot!(page.post(&release, body.to_string()).await.seen(), @r#"
    409 application/problem+json
    {
      "code": "step_not_held",
      "detail": "step 0 does not wait for a person: the co-pilot is not required, or its turn has not come or is over; look at the mission again",
      "status": 409,
      "title": "The step does not wait for a person"
    }
    "#);
    let release = format!("{MISSION}/steps/99/release");
    assert_snapshot!(page.post(&release, body.to_string()).await.seen(), @r#"
    404 application/problem+json
    {
      "code": "not_found",
      "detail": "there is no step 99; this mission has 4, counted from 0",
      "status": 404,
      "title": "There is no such thing here"
    }
    "#);
}

#[tokio::test]
async fn an_answer_to_what_was_never_asked_is_refused() {
    let world = World::embedded().await;
    let page = world.page();
    assert_eq!(page.put(MISSION, launch()).await.status, 200);
    let body = json!({
        "by": "0x0000000000000000000000000000000000000001",
        "answer": "false-alarm",
        "reason": "",
        "deadline": 4_000_000_000_u64,
        "signature": "0x00",
    });
    let answer = format!("{MISSION}/questions/1/answer");
    assert_snapshot!(page.post(&answer, body.to_string()).await.seen(), @r#"
    409 application/problem+json
    {
      "code": "not_asked",
      "detail": "entry 1 of the ledger asks nothing, or was answered before; open the mission again and look at what it asks now",
      "status": 409,
      "title": "The mission does not ask that"
    }
    "#);
}
