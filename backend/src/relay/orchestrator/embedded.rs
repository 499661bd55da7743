//! The orchestrator inside this process: its router, called without a socket.

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request, Response};
use http_body_util::BodyExt;
use phase8_shared::api::{ChainEffect, EventPage, LedgerKey, Observed, ServiceHealth, routes};
use phase8_shared::id::{MissionId, Seq};
use serde::Serialize;
use tower::ServiceExt;

use super::{OrchestratorError, OrchestratorPort, admit, read, read_optional};

/// The orchestrator inside this process.
#[derive(Debug, Clone)]
pub struct Embedded {
    router: Router,
}

impl Embedded {
    /// Speaks to this router, which answers the public and the internal routes.
    pub const fn new(router: Router) -> Self {
        Self { router }
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Body,
    ) -> Result<(u16, Vec<u8>), OrchestratorError> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|error| OrchestratorError::Unreachable(error.into()))?;
        let response = self.answer(request).await;
        let status = response.status().as_u16();
        let collected = response.into_body().collect().await;
        let body =
            collected.map_err(|error| OrchestratorError::Unreachable(error.into()))?.to_bytes();
        Ok((status, body.to_vec()))
    }
}

/// A value as a JSON body.
fn json_body<T: Serialize + ?Sized>(value: &T) -> Result<Body, OrchestratorError> {
    serde_json::to_vec(value)
        .map(Body::from)
        .map_err(|error| OrchestratorError::Unreachable(error.into()))
}

#[async_trait]
impl OrchestratorPort for Embedded {
    async fn forward(
        &self,
        mut request: Request<Body>,
    ) -> Result<Response<Body>, OrchestratorError> {
        admit(&request)?;
        // The outer router leaves its path parameters there, and the inner one would add the same again.
        request.extensions_mut().clear();
        Ok(self.answer(request).await)
    }

    async fn post_facts(&self, facts: &[Observed]) -> Result<(), OrchestratorError> {
        let path = routes::INTERNAL_FACTS;
        let (status, body) = self.ask(Method::POST, path, json_body(facts)?).await?;
        accepted(path, status, &body)
    }

    async fn pending_effects(&self) -> Result<Vec<ChainEffect>, OrchestratorError> {
        let path = routes::INTERNAL_EFFECTS;
        let (status, body) = self.ask(Method::GET, path, Body::empty()).await?;
        read(path, status, &body)
    }

    async fn leads(&self) -> bool {
        let path = routes::INTERNAL_LEADS;
        let asked = self.ask(Method::GET, path, Body::empty()).await;
        asked.and_then(|(status, body)| read(path, status, &body)).unwrap_or(false)
    }

    async fn events_after(
        &self,
        mission: MissionId,
        after: Seq,
    ) -> Result<Option<EventPage>, OrchestratorError> {
        let path = routes::events(mission, after);
        let (status, body) = self.ask(Method::GET, &path, Body::empty()).await?;
        read_optional(&path, status, &body)
    }

    async fn ledger_key(&self) -> Result<LedgerKey, OrchestratorError> {
        let path = routes::LEDGER_KEY;
        let (status, body) = self.ask(Method::GET, path, Body::empty()).await?;
        read(path, status, &body)
    }

    async fn health(&self) -> ServiceHealth {
        let path = routes::INTERNAL_HEALTH;
        let asked = self.ask(Method::GET, path, Body::empty()).await;
        told("inside this server", asked.and_then(|(status, body)| read(path, status, &body)))
    }
}

/// What an orchestrator says of itself, with where it is; or that it says nothing.
pub(super) fn told(place: &str, said: Result<ServiceHealth, OrchestratorError>) -> ServiceHealth {
    match said {
        Ok(health) => ServiceHealth { detail: format!("{place}: {}", health.detail), ..health },
        Err(error) => ServiceHealth {
            name: "orchestrator".to_owned(),
            ok: false,
            detail: format!("{place}: {error}"),
            block: None,
        },
    }
}

/// Reads an answer of which only success matters.
pub(super) fn accepted(path: &str, status: u16, body: &[u8]) -> Result<(), OrchestratorError> {
    if (200..300).contains(&status) { Ok(()) } else { read::<()>(path, status, body) }
}
