//! Archives over HTTP.

use axum::http::StatusCode;
use phase8_shared::api::ArchiveView;

use axum::body::Body;
use http_body_util::BodyExt as _;

use super::world::{MISSION, World, launch};

#[tokio::test]
async fn an_archive_is_made_once_and_its_files_are_those_that_it_names() {
    let world = World::embedded().await;
    let page = world.page();
    let archive = format!("{MISSION}/archive");
    assert_eq!(page.get(&archive).await.status, StatusCode::NOT_FOUND);
    assert_eq!(page.post(&archive, "").await.status, StatusCode::NOT_FOUND);
    page.put(MISSION, launch()).await;

    let made = page.post(&archive, "").await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let view: ArchiveView = serde_json::from_str(&made.body).unwrap();

    assert_eq!((view.events, view.upload.clone()), (1, None));
    assert!(view.cid.starts_with("baf"), "{}", view.cid);
    let names: Vec<&str> = view.files.iter().map(|file| file.name.as_str()).collect();
    let id = view.mission;
    assert_eq!(
        names,
        [
            format!("{id}.json").as_str(),
            &format!("{id}.car"),
            "phase8-autonomy-simulation.json",
            "phase8-mission-timeline.md",
            "phase8-owner-command-center.md"
        ]
    );
    for file in &view.files {
        let path = format!("{archive}/{}", file.name);
        let answer = page.open("GET", &path, &[], Body::empty()).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", file.name);
        assert_eq!(answer.headers()["content-type"].to_str().unwrap(), file.media_type);
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(bytes.len() as u64, file.bytes, "{}", file.name);
    }
    let again: ArchiveView = serde_json::from_str(&page.post(&archive, "").await.body).unwrap();
    assert_eq!(again, view, "nothing happened since");
    assert_eq!(page.get(&archive).await.body, serde_json::to_string(&view).unwrap());
    for other in ["archive.json", "..%2Farchive.json", "x"] {
        let answer = page.get(&format!("{archive}/{other}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{other}");
    }
}
