//! What the server says of itself.

use phase8_shared::api::routes;

use super::world::World;

#[tokio::test]
async fn a_wallet_learns_which_endpoint_it_may_use() {
    let world = World::embedded().await;

    let answer = world.page().get(routes::SYSTEM).await;

    assert_eq!(answer.json()["wallet_rpc_url"], "https://rpc.example.org");
}
