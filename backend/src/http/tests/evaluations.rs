//! Evaluations and the leaderboard over HTTP.

use axum::http::StatusCode;
use phase8_shared::api::{EvaluationView, EvaluationsView, ValidatorsView, routes};

use super::world::{MISSION, World, launch};

#[tokio::test]
async fn an_evaluation_measures_every_mission_and_is_kept_once() {
    let world = World::embedded().await;
    let page = world.page();
    let history = || async {
        let answer = page.get(routes::EVALUATIONS).await;
        serde_json::from_str::<EvaluationsView>(&answer.body).unwrap()
    };
    assert_eq!(history().await, EvaluationsView { next: None, history: Vec::new() });
    page.put(MISSION, launch()).await;

    let answer = page.post(routes::EVALUATIONS, "").await;

    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let view: EvaluationView = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((view.missions.len(), view.missions[0].seq.0), (1, 1));
    assert_eq!(view.adapters.len(), 4);
    assert!(view.adapters.iter().all(|it| it.measured.is_none()), "nothing was done yet");
    assert!(view.adapters.is_sorted_by(|one, other| one.composite >= other.composite));
    assert_eq!(history().await.history, std::slice::from_ref(&view));
    page.post(routes::EVALUATIONS, "").await;
    assert_eq!(history().await.history, [view], "the same again is not kept again");
}

#[tokio::test]
async fn a_leaderboard_without_votes_is_empty_and_says_what_was_read() {
    let world = World::embedded().await;
    let page = world.page();
    page.put(MISSION, launch()).await;

    let answer = page.get(routes::VALIDATORS).await;

    let view: ValidatorsView = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(view, ValidatorsView { missions: 1, validators: Vec::new() });
}
