//! The listener itself: patience with slow clients, and how it stops.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::world::{MISSION, World, launch};
use crate::config::{Config, Environment};
use crate::http::server;

const PATIENCE: Duration = Duration::from_secs(10);

async fn listening(world: &World) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
    let mut config = Config::load(None, &Environment::default(), Vec::new()).unwrap();
    config.http.header_timeout_seconds = 1;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, stop) = (world.router.clone(), world.stopping.clone());
    let stopping = stop.clone();
    let serving =
        tokio::spawn(async move { server::serve(listener, router, &config.http, stopping).await });
    (address, stop, serving)
}

#[tokio::test]
async fn a_client_that_never_finishes_its_headers_is_cut_off() {
    let world = World::embedded().await;
    let (address, _stop, _serving) = listening(&world).await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow").await.unwrap();

    let mut rest = Vec::new();
    let closed = timeout(PATIENCE, slow.read_to_end(&mut rest)).await;

    assert!(closed.is_ok(), "the connection stays open");
}

#[tokio::test]
async fn a_client_reads_the_refusal_although_it_is_still_sending() {
    let world = World::embedded().await;
    let (address, _stop, _serving) = listening(&world).await;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let head = format!(
        "PUT {MISSION} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 209715200\r\n\r\n"
    );

    let sending = tokio::spawn(async move {
        writing.write_all(head.as_bytes()).await?;
        let chunk = vec![b' '; 1024 * 1024];
        for _ in 0..200 {
            writing.write_all(&chunk).await?;
        }
        std::io::Result::Ok(())
    });
    let mut answer = vec![0; 4096];
    let read = timeout(PATIENCE, reading.read(&mut answer)).await.unwrap().unwrap();

    assert!(
        answer[..read].starts_with(b"HTTP/1.1 413"),
        "{}",
        String::from_utf8_lossy(&answer[..read])
    );
    assert!(timeout(PATIENCE, sending).await.unwrap().unwrap().is_ok(), "the upload was cut off");
}

#[tokio::test]
async fn stopping_ends_open_streams_and_then_the_listener() {
    let world = World::embedded().await;
    world.page().put(MISSION, launch()).await;
    let (address, stop, serving) = listening(&world).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client
        .write_all(format!("GET {MISSION}/stream HTTP/1.1\r\nhost: {address}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut first = vec![0; 64];
    assert!(client.read(&mut first).await.unwrap() > 0);

    stop.cancel();

    assert!(timeout(PATIENCE, serving).await.is_ok(), "the listener stays up");
    assert!(TcpStream::connect(address).await.is_err());
}
