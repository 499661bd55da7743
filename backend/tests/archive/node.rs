//! An upload, received by a stand-in for an IPFS node: it reads the request as Kubo's RPC would, lets the peer check every
//! block of what arrived, and answers with the root that the peer found.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::routing::post;
use phase8_backend::archive::{kubo, pack};
use phase8_backend::config::Endpoint;

use crate::peer;

#[derive(Clone)]
struct Stand {
    folder: PathBuf,
    asked: Arc<Mutex<Vec<String>>>,
}

async fn import(State(stand): State<Stand>, uri: Uri, headers: HeaderMap, body: Bytes) -> String {
    let header = |name: &str| headers.get(name).map(|it| it.to_str().unwrap().to_owned());
    let boundary = header("content-type").unwrap();
    let boundary = boundary.strip_prefix("multipart/form-data; boundary=").unwrap().to_owned();
    stand.asked.lock().unwrap().push(format!("{uri} {:?}", header("authorization")));
    let start = body.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let end = body.len() - format!("\r\n--{boundary}--\r\n").len();
    let car = stand.folder.join("received.car");
    std::fs::write(&car, body.get(start..end).unwrap()).unwrap();
    let (root, _) = tokio::task::spawn_blocking(move || peer::unpack(&car)).await.unwrap();
    format!("{{\"Root\":{{\"Cid\":{{\"/\":\"{root}\"}},\"PinErrorMsg\":\"\"}}}}\n")
}

#[tokio::test]
async fn an_upload_arrives_block_by_block_under_its_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let car = folder.path().join("file.car");
    let packed = pack(vec![7; 700_000].as_slice(), &car).unwrap();
    let stand = Stand { folder: folder.path().to_owned(), asked: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .route("/api/v0/dag/import", post(import))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(stand.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });

    let node = Endpoint::new(format!("http://user:word@127.0.0.1:{port}/"));
    let uploaded = kubo::upload(&node, &car, &packed.cid.to_string()).await;

    serving.abort();
    uploaded.unwrap();
    let asked = stand.asked.lock().unwrap().clone();
    assert_eq!(
        asked,
        ["/api/v0/dag/import?pin-roots=true&stats=false Some(\"Basic dXNlcjp3b3Jk\")"]
    );

    let other = kubo::upload(&node, &car, "bafkother").await.unwrap_err();
    assert!(matches!(other, kubo::KuboError::Unreachable { .. }), "{other}");
}
