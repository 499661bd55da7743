//! A line between a server and its database that can hold up an append on its way.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;

/// How an append takes the ledgers that it is for.
const APPEND: &[u8] = b"FOR NO KEY UPDATE";

/// Passes everything on, between a port of its own and the server's socket.
#[derive(Debug)]
pub(crate) struct Line {
    url: String,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct Gate {
    /// Whether appends are held up.
    holds: watch::Sender<bool>,
    /// How many were caught.
    caught: watch::Sender<usize>,
}

impl Line {
    /// A line to the private server at this address.
    pub(crate) async fn to(url: &str) -> Self {
        let (_, folder) = url.split_once("host=").unwrap();
        let socket = PathBuf::from(folder).join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let gate = Arc::new(Gate { holds: watch::channel(false).0, caught: watch::channel(0).0 });
        let kept = Arc::clone(&gate);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&socket).await.unwrap();
                let (from, mut back) = client.into_split();
                let (mut answers, to) = server.into_split();
                tokio::spawn(pass(from, to, Arc::clone(&gate)));
                tokio::spawn(async move {
                    // Whichever end closes first ends both ways.
                    tokio::io::copy(&mut answers, &mut back).await.ok();
                });
            }
        });
        Self { url: format!("postgres://phase8@127.0.0.1:{port}/postgres"), gate: kept }
    }

    /// The address of the database at the near end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Lets no append through from now on.
    pub(crate) fn hold(&self) {
        self.gate.holds.send_replace(true);
    }

    /// Waits until an append was caught.
    pub(crate) async fn caught(&self) {
        self.gate.caught.subscribe().wait_for(|caught| *caught > 0).await.unwrap();
    }

    /// Lets everything through.
    pub(crate) fn let_go(&self) {
        self.gate.holds.send_replace(false);
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, gate: Arc<Gate>) {
    let (mut buffer, mut open) = (vec![0; 65_536], gate.holds.subscribe());
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let sent = &buffer[..length];
        if *gate.holds.borrow() && sent.windows(APPEND.len()).any(|part| part == APPEND) {
            gate.caught.send_modify(|caught| *caught += 1);
            open.wait_for(|holds| !holds).await.unwrap();
        }
        if to.write_all(sent).await.is_err() {
            return;
        }
    }
}
