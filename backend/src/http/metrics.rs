//! `GET /metrics`, and the counting of every request.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, FORWARDED, VIA};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::Instant;

use super::error::ApiError;
use super::guard::{self, Names};
use crate::config::HttpConfig;
use crate::telemetry::metrics::{MEDIA_TYPE, Metrics, Told};

/// `GET`: measurements, as `OpenMetrics` text. It is no part of the API.
pub const METRICS: &str = "/metrics";

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// The route at the server's own address.
pub(super) fn route<S: Clone + Send + Sync + 'static>(
    metrics: &Metrics,
    config: &HttpConfig,
) -> Router<S> {
    guarded(Router::new().route(METRICS, get(tell_neighbours).with_state(metrics.clone())), config)
}

/// The route at an address of its own.
pub fn apart(metrics: &Metrics, config: &HttpConfig) -> Router {
    guarded(Router::new().route(METRICS, get(tell).with_state(metrics.clone())), config)
}

/// A name elsewhere can be made to point here.
fn guarded<S: Clone + Send + Sync + 'static>(router: Router<S>, config: &HttpConfig) -> Router<S> {
    router.layer(from_fn_with_state(Names::new(&config.allowed_hosts), guard::admit))
}

/// Counts a request and how long it took.
pub(super) async fn count(
    State(metrics): State<Metrics>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let in_work = metrics.http().begins();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();

    let response = next.run(request).await;

    drop(in_work);
    let route = route.as_ref().map(MatchedPath::as_str);
    metrics.http().answered(route, &method, response.status(), started.elapsed());
    response
}

async fn tell(State(metrics): State<Metrics>) -> Response {
    match metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
        Err(error) => ApiError::internal(error).into_response(),
    }
}

async fn tell_neighbours(State(metrics): State<Metrics>, request: Request) -> Response {
    let refused = match metrics.told() {
        Told::Here if is_neighbour(&request) => return tell(State(metrics)).await,
        Told::Here => {
            "metrics are told to programs of the server's own machine; for others, set metrics.listen"
        }
        Told::Apart => "metrics are told at the address in metrics.listen",
        Told::Nowhere => "metrics are off: metrics.enabled is false",
    };
    ApiError::not_found(refused).into_response()
}

/// Whether a program of this machine asks for itself. A proxy on this machine asks for others, and most say so.
fn is_neighbour(request: &Request) -> bool {
    let peer = request.extensions().get::<Peer>();
    peer.is_some_and(|Peer(peer)| peer.ip().to_canonical().is_loopback())
        && !is_for_others(request.headers())
}

fn is_for_others(headers: &HeaderMap) -> bool {
    headers.contains_key(FORWARDED)
        || headers.contains_key(VIA)
        || ["x-forwarded-for", "x-forwarded-host", "x-real-ip"]
            .iter()
            .any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn asks(peer: Option<&str>, header: Option<&str>) -> bool {
        let mut request = Request::builder().uri(METRICS);
        if let Some(header) = header {
            request = request.header(header, "203.0.113.7");
        }
        let mut request = request.body(Body::empty()).unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        }
        is_neighbour(&request)
    }

    #[test]
    fn a_program_of_this_machine_is_told_and_nobody_else() {
        for (peer, header, expected) in [
            (Some("127.0.0.1:9"), None, true),
            (Some("127.8.8.8:9"), None, true),
            (Some("[::1]:9"), None, true),
            (Some("[::ffff:127.0.0.1]:9"), None, true),
            (Some("192.0.2.1:9"), None, false),
            (Some("[2001:db8::1]:9"), None, false),
            (Some("127.0.0.1:9"), Some("forwarded"), false),
            (Some("127.0.0.1:9"), Some("x-forwarded-for"), false),
            (Some("127.0.0.1:9"), Some("x-real-ip"), false),
            (Some("127.0.0.1:9"), Some("via"), false),
            (None, None, false),
        ] {
            assert_eq!(asks(peer, header), expected, "{peer:?} {header:?}");
        }
    }
}
