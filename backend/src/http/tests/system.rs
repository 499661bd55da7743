//! What the server says of itself.

use phase8_shared::api::{BootstrapFiles, ScoreboardView, routes};
use phase8_shared::manifest::Resolver;
use phase8_shared::score::Tenths;
use phase8_shared::scoreboard::judge;

use super::world::{MANIFEST, World};

#[tokio::test]
async fn a_wallet_learns_which_endpoint_it_may_use() {
    let world = World::embedded().await;

    let answer = world.page().get(routes::SYSTEM).await;

    assert_eq!(answer.json()["wallet_rpc_url"], "https://rpc.example.org");
}

#[tokio::test]
async fn the_scoreboard_that_is_answered_is_the_one_that_anybody_computes() {
    let world = World::embedded().await;

    let answer = world.page().get(routes::SCOREBOARD).await;

    let view: ScoreboardView = serde_json::from_value(answer.json()).unwrap();
    assert_eq!(view.judged, judge(MANIFEST, Resolver::default(), Tenths::new(850)));
    assert!(view.judged.scoreboard.unwrap().passes);
}

#[tokio::test]
async fn a_bootstrap_is_planned_from_the_files_word_for_word() {
    let world = World::embedded().await;

    let answer = world.page().get(routes::BOOTSTRAP).await;

    let files: BootstrapFiles = serde_json::from_value(answer.json()).unwrap();
    assert_eq!(files.manifest.text.as_deref(), Some(MANIFEST));
    assert_eq!(files.adapters.text, None, "this server has none");
}
