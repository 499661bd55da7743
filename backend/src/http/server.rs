//! The listener: HTTP/1.1 over TCP, with bounds that the framework's own listener does not have.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tracing::{debug, warn};

use super::metrics::Peer;
use crate::at_once::AtOnce;
use crate::config::HttpConfig;

/// After this an exhausted listener is asked again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// The most memory that the head of one request may take.
const MAX_HEAD: usize = 64 * 1024;

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {hint}")]
pub struct ListenError {
    address: SocketAddr,
    hint: &'static str,
    #[source]
    source: std::io::Error,
}

/// Takes the address, before anything else is started.
pub async fn listen(config: &HttpConfig) -> Result<TcpListener, ListenError> {
    listen_at(config.address()).await
}

/// The same for an address beside it.
pub async fn listen_at(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| {
        let hint = if source.kind() == ErrorKind::AddrInUse {
            "another program listens there; stop it, or choose a port with --port (0 takes any)"
        } else if source.kind() == ErrorKind::PermissionDenied {
            "ports below 1024 need more rights; choose another with --port"
        } else {
            "the address is not one of this machine; check http.host"
        };
        ListenError { address, hint, source }
    })
}

/// Serves until told to stop; then accepts nothing more and lets what runs end within the grace.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    config: &HttpConfig,
    stop: CancellationToken,
) {
    let seats = Arc::new(Semaphore::new(
        usize::try_from(config.max_connections).unwrap_or(usize::MAX >> 3),
    ));
    let graceful = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(config.header_timeout())
        .max_buf_size(MAX_HEAD);
    loop {
        let seat = tokio::select! {
            () = stop.cancelled() => break,
            seat = Arc::clone(&seats).acquire_owned() => seat,
        };
        let Ok(seat) = seat else { break };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!("cannot accept a connection: {error}");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let connection = builder.serve_connection(io(stream), service(router.clone(), Peer(peer)));
        // Reading a body and answering wake each other within the connection's own task.
        let watched = AtOnce::new(Box::pin(graceful.watch(connection)));
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                debug!("a connection ended: {error}");
            }
            drop(seat);
        });
    }
    drop(listener);
    if timeout(config.shutdown_grace(), graceful.shutdown()).await.is_err() {
        warn!("some requests did not end in time and were cut off");
    }
}

/// Events must not wait for a segment to fill.
fn io(stream: TcpStream) -> TokioIo<TcpStream> {
    if let Err(error) = stream.set_nodelay(true) {
        debug!("cannot switch off Nagle's algorithm: {error}");
    }
    TokioIo::new(stream)
}

fn service(
    router: Router,
    peer: Peer,
) -> TowerToHyperService<
    impl tower::Service<
        Request<Incoming>,
        Response = axum::response::Response,
        Error = Infallible,
        Future: Send,
    > + Clone,
> {
    TowerToHyperService::new(router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request.map(Body::new)
    }))
}
