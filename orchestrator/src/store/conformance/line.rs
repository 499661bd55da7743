//! A line to `PostgreSQL` that can be cut in mid-commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{Notify, watch};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// A commit as it goes over the line: a simple query, its length, its text.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// What happens to commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// They pass.
    Never,
    /// The line breaks before the server gets them.
    Before,
    /// The line breaks after the server did them, before the answer is back.
    After,
    /// The line breaks for the client; the server gets them when it is told to go on.
    Between,
}

/// Passes everything on, between a port of its own and the server.
#[derive(Debug)]
pub(super) struct Line {
    url: String,
    cut: watch::Sender<Cut>,
    cuts: Arc<AtomicU32>,
    go_on: Arc<Notify>,
}

impl Line {
    pub(super) async fn to(url: &str) -> Self {
        let config: Config = url.parse().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (user, name) = (config.get_user().unwrap(), config.get_dbname().unwrap());
        let (cut, cuts, go_on) = (watch::Sender::new(Cut::Never), Arc::default(), Arc::default());
        let line = Self {
            url: format!("postgres://{user}@127.0.0.1:{port}/{name}"),
            cut: cut.clone(),
            cuts: Arc::clone(&cuts),
            go_on: Arc::clone(&go_on),
        };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (cut, cuts, go_on) = (cut.clone(), Arc::clone(&cuts), Arc::clone(&go_on));
                let host = config.get_hosts()[0].clone();
                let port = config.get_ports().first().copied().unwrap_or(5432);
                tokio::spawn(async move {
                    match host {
                        Host::Tcp(name) => {
                            let server = TcpStream::connect((name, port)).await.unwrap();
                            pass(client, server, cut, &cuts, &go_on).await;
                        }
                        Host::Unix(folder) => {
                            let socket = folder.join(format!(".s.PGSQL.{port}"));
                            let server = UnixStream::connect(socket).await.unwrap();
                            pass(client, server, cut, &cuts, &go_on).await;
                        }
                    }
                });
            }
        });
        line
    }

    /// The address of the database at the near end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn set(&self, cut: Cut) {
        self.cut.send_replace(cut);
    }

    /// How often it was cut.
    pub(super) fn cuts(&self) -> u32 {
        self.cuts.load(Ordering::SeqCst)
    }

    /// Lets a commit that was held up pass.
    pub(super) fn go_on(&self) {
        self.go_on.notify_one();
    }
}

async fn pass(
    mut client: TcpStream,
    mut server: impl AsyncRead + AsyncWrite + Unpin,
    cut: watch::Sender<Cut>,
    cuts: &AtomicU32,
    go_on: &Notify,
) {
    let (mut up, mut down) = (vec![0; 65536], vec![0; 65536]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(length @ 1..) = read else { return };
                let sent = &up[..length];
                let mode = *cut.borrow();
                if mode == Cut::Never || !sent.ends_with(COMMIT) {
                    server.write_all(sent).await.unwrap();
                    continue;
                }
                // One commit is enough; the next line is whole again.
                cut.send_replace(Cut::Never);
                cuts.fetch_add(1, Ordering::SeqCst);
                match mode {
                    Cut::Never | Cut::Before => {}
                    Cut::After => {
                        server.write_all(sent).await.unwrap();
                        // The answer comes, and goes no further.
                        assert!(server.read(&mut down).await.unwrap() > 0);
                    }
                    Cut::Between => {
                        drop(client);
                        go_on.notified().await;
                        server.write_all(sent).await.unwrap();
                        while server.read(&mut down).await.is_ok_and(|length| length > 0) {}
                    }
                }
                return;
            }
            read = server.read(&mut down) => {
                let Ok(length @ 1..) = read else { return };
                if client.write_all(&down[..length]).await.is_err() {
                    return;
                }
            }
        }
    }
}
