//! The orchestrator in another process, at `ORCHESTRATOR_URL`.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderMap, Request, Response};
use phase8_shared::api::{ChainEffect, EventPage, LedgerKey, Observed, ServiceHealth, routes};
use phase8_shared::id::{MissionId, Seq};
use reqwest::{Client, Url};

use super::embedded::{accepted, told};
use super::{OrchestratorError, OrchestratorPort, admit, read, read_optional};
use crate::config::Endpoint;

/// A connection that is not made by then never will be.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// An answer whose next byte is not there by then is given up. Event streams send a comment more often than this.
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// Questions of the backend's own are answered by then.
const ASK_TIMEOUT: Duration = Duration::from_secs(10);
/// Headers that speak of one connection, not of the message.
const HOP_BY_HOP: [HeaderName; 6] =
    [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, HeaderName::from_static("keep-alive")];

/// The orchestrator at a URL.
#[derive(Clone)]
pub struct Remote {
    client: Client,
    base: Url,
}

/// The address is not one that an orchestrator can have, or no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// Not `http` or `https`, or it has a path, a query or credentials.
    #[error(
        "an orchestrator's address is a scheme, a host and a port, such as http://127.0.0.1:8090; found {0}"
    )]
    NotABase(Endpoint),
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}

impl Remote {
    /// Speaks to the orchestrator at this address.
    pub fn new(address: &str) -> Result<Self, RemoteError> {
        let not_a_base = || RemoteError::NotABase(Endpoint::new(address.to_owned()));
        let base: Url = address.parse().map_err(|_| not_a_base())?;
        let plain = matches!(base.scheme(), "http" | "https")
            && base.path() == "/"
            && base.query().is_none()
            && base.username().is_empty()
            && base.password().is_none();
        if !plain {
            return Err(not_a_base());
        }
        crate::tls::install();
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(RemoteError::Client)?;
        Ok(Self { client, base })
    }

    /// The same path at the orchestrator.
    fn at(&self, path_and_query: &str) -> Result<Url, OrchestratorError> {
        let joined = format!("{}{path_and_query}", self.base.as_str().trim_end_matches('/'));
        joined.parse().map_err(|error| OrchestratorError::Unreachable(Box::new(error)))
    }

    async fn ask(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<(u16, Vec<u8>), OrchestratorError> {
        let response = request.timeout(ASK_TIMEOUT).send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(unreachable)?;
        Ok((status, body.to_vec()))
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

#[async_trait]
impl OrchestratorPort for Remote {
    async fn forward(&self, request: Request<Body>) -> Result<Response<Body>, OrchestratorError> {
        admit(&request)?;
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut headers = parts.headers;
        // The client writes its own host; a length that is known stays, so that nothing is sent in chunks needlessly.
        headers.remove(HOST);
        drop_hop_by_hop(&mut headers);
        let mut onward = self.client.request(parts.method, self.at(path)?).headers(headers.clone());
        if headers.contains_key(CONTENT_LENGTH) || headers.contains_key("content-type") {
            onward = onward.body(reqwest::Body::wrap_stream(body.into_data_stream()));
        }
        let answer = onward.send().await.map_err(unreachable)?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        drop_hop_by_hop(response.headers_mut());
        *response.body_mut() = Body::from_stream(answer.bytes_stream());
        Ok(response)
    }

    async fn post_facts(&self, facts: &[Observed]) -> Result<(), OrchestratorError> {
        let path = routes::INTERNAL_FACTS;
        let (status, body) = self.ask(self.client.post(self.at(path)?).json(facts)).await?;
        accepted(path, status, &body)
    }

    async fn pending_effects(&self) -> Result<Vec<ChainEffect>, OrchestratorError> {
        let path = routes::INTERNAL_EFFECTS;
        let (status, body) = self.ask(self.client.get(self.at(path)?)).await?;
        read(path, status, &body)
    }

    async fn leads(&self) -> bool {
        let path = routes::INTERNAL_LEADS;
        let Ok(url) = self.at(path) else { return false };
        let asked = self.ask(self.client.get(url)).await;
        asked.and_then(|(status, body)| read(path, status, &body)).unwrap_or(false)
    }

    async fn events_after(
        &self,
        mission: MissionId,
        after: Seq,
    ) -> Result<Option<EventPage>, OrchestratorError> {
        let path = routes::events(mission, after);
        let (status, body) = self.ask(self.client.get(self.at(&path)?)).await?;
        read_optional(&path, status, &body)
    }

    async fn ledger_key(&self) -> Result<LedgerKey, OrchestratorError> {
        let path = routes::LEDGER_KEY;
        let (status, body) = self.ask(self.client.get(self.at(path)?)).await?;
        read(path, status, &body)
    }

    async fn health(&self) -> ServiceHealth {
        let path = routes::INTERNAL_HEALTH;
        let asked = async {
            let (status, body) = self.ask(self.client.get(self.at(path)?)).await?;
            read(path, status, &body)
        };
        told(&format!("at {}", self.base), asked.await)
    }
}

fn unreachable(error: reqwest::Error) -> OrchestratorError {
    OrchestratorError::Unreachable(Box::new(error))
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_more_than_host_and_port_is_refused() {
        for address in [
            "",
            "127.0.0.1:80",
            "ftp://host",
            "http://host/path",
            "http://user:word@host",
            "http://host/?q",
        ] {
            assert!(matches!(Remote::new(address), Err(RemoteError::NotABase(_))), "{address}");
        }
    }
}
