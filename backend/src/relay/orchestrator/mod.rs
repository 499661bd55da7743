//! The one port to the orchestrator, whether it runs inside this process or at `ORCHESTRATOR_URL`.

mod embedded;
mod remote;

use std::error::Error as StdError;
use std::fmt::Debug;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, Response};
use phase8_shared::api::{
    ChainEffect, EventPage, LedgerKey, Observed, Problem, ServiceHealth, routes,
};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::MissionState;

pub use embedded::Embedded;
pub use remote::{Remote, RemoteError};

/// What the backend asks of the orchestrator. Handlers, watcher and payout worker see nothing else of it.
#[async_trait]
pub trait OrchestratorPort: Send + Sync + Debug {
    /// Passes on a request for one of the public mission routes. Bodies stream both ways, so an event stream flows
    /// through event by event. The internal routes are refused.
    async fn forward(&self, request: Request<Body>) -> Result<Response<Body>, OrchestratorError>;

    /// Tells what the chain says, in the order of the chain. The same fact may be told again.
    async fn post_facts(&self, facts: &[Observed]) -> Result<(), OrchestratorError>;

    /// What the engine wants done on the chain and has not seen settled yet.
    async fn pending_effects(&self) -> Result<Vec<ChainEffect>, OrchestratorError>;

    /// Whether it is the one of its group that may act on the chain. One that does not answer does not lead.
    async fn leads(&self) -> bool {
        true
    }

    /// Events of a mission's ledger after a position; `None` if there is no such mission.
    async fn events_after(
        &self,
        mission: MissionId,
        after: Seq,
    ) -> Result<Option<EventPage>, OrchestratorError>;

    /// The key that checkpoints are signed with.
    async fn ledger_key(&self) -> Result<LedgerKey, OrchestratorError>;

    /// Whether it answers, in words.
    async fn health(&self) -> ServiceHealth;

    /// The state of a mission as its ledger tells it; `None` if there is no such mission.
    async fn find_state(
        &self,
        mission: MissionId,
    ) -> Result<Option<MissionState>, OrchestratorError> {
        let Some(page) = self.events_after(mission, Seq::ZERO).await? else { return Ok(None) };
        let mut last = page.last;
        let mut state =
            MissionState::fold(&page.events).ok_or(OrchestratorError::NoLedger(mission))?;
        while state.seq < last {
            let next = self
                .events_after(mission, state.seq)
                .await?
                .ok_or(OrchestratorError::NoLedger(mission))?;
            if next.events.is_empty() {
                return Err(OrchestratorError::NoLedger(mission));
            }
            next.events.iter().for_each(|event| state.apply(event));
            last = next.last;
        }
        Ok(Some(state))
    }
}

/// The orchestrator did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum OrchestratorError {
    /// There was no answer.
    #[error("the orchestrator does not answer")]
    Unreachable(#[source] Box<dyn StdError + Send + Sync>),
    /// It answered with a problem.
    #[error("the orchestrator refused: {0}")]
    Refused(Box<Problem>),
    /// It answered something that is neither the expected body nor a problem.
    #[error("the orchestrator answered {status} to {path} with a body that cannot be read")]
    Garbled {
        /// Status of the answer.
        status: u16,
        /// What was asked.
        path: String,
        /// Why the body cannot be read.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Its ledger has a gap or does not begin with the mission's creation.
    #[error("the ledger of mission {0} cannot be folded")]
    NoLedger(MissionId),
    /// The path is not one of the public mission routes.
    #[error("{0} is not a route of the orchestrator that may be relayed")]
    NotPublic(String),
}

/// Whether a path may be relayed from outside: missions and logs, and nothing between backend and orchestrator.
fn is_public(path: &str) -> bool {
    let below = |prefix: &str| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    (below(routes::MISSIONS) || below(routes::registry_log()))
        && !path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Refuses what may not be relayed.
fn admit(request: &Request<Body>) -> Result<(), OrchestratorError> {
    let path = request.uri().path();
    if is_public(path) { Ok(()) } else { Err(OrchestratorError::NotPublic(path.to_owned())) }
}

/// Reads an answer that was collected whole: the expected body, or a problem.
fn read<T: serde::de::DeserializeOwned>(
    path: &str,
    status: u16,
    body: &[u8],
) -> Result<T, OrchestratorError> {
    let garbled = |source: serde_json::Error| OrchestratorError::Garbled {
        status,
        path: path.to_owned(),
        source: Box::new(source),
    };
    if (200..300).contains(&status) {
        return serde_json::from_slice(body).map_err(garbled);
    }
    let problem: Problem = serde_json::from_slice(body).map_err(garbled)?;
    Err(OrchestratorError::Refused(Box::new(problem)))
}

/// As [`read`], where a problem of status 404 says that there is no such thing.
fn read_optional<T: serde::de::DeserializeOwned>(
    path: &str,
    status: u16,
    body: &[u8],
) -> Result<Option<T>, OrchestratorError> {
    match read(path, status, body) {
        Ok(value) => Ok(Some(value)),
        Err(OrchestratorError::Refused(problem)) if problem.status == 404 => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mission_routes_may_be_relayed() {
        assert!(is_public("/api/v1/missions"));
        assert!(is_public("/api/v1/missions/00ff10a0b0c0d0e0f00112233445566f/stream"));
        assert!(is_public("/api/v1/registry/log/tile/0/000.p/5"));
        for path in [
            "/internal/v1/chain-facts",
            "/api/v1/missions/../../../internal/v1/chain-facts",
            "/api/v1/missionsfoo",
            "/api/v1/registry",
            "/api/v1/registry/log/../../../../internal/v1/chain-facts",
            "/api/v1/system",
            "//internal/v1/chain-facts",
        ] {
            assert!(!is_public(path), "{path}");
        }
    }
}
