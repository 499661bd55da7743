//! The evaluation of model adapters and the validators' leaderboard: both are folds of the missions' ledgers, which are read
//! only as far as they grew since the last time.

mod history;
mod propose;
mod schedule;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Request;
use phase8_shared::api::{
    EvaluatedMission, EvaluationView, EvaluationsView, MissionList, Problem, ProblemCode,
    ValidatorsView, routes,
};
use phase8_shared::chain::AdapterScope;
use phase8_shared::id::{MissionId, Role};
use phase8_shared::policy::ModelAdapter;
use phase8_shared::score::adapter_composite;
use phase8_shared::score::evaluate::{
    MEASURED_SCORE, planned_incumbents, score_adapters, upgrades,
};
use phase8_shared::score::record::{MissionRecord, RecordFold, standings};
use tokio::sync::Mutex;

use self::history::History;
pub use self::propose::Proposer;
use crate::chain::governance::Known;
use crate::config::EvaluationConfig;
use crate::http::error::ApiError;
use crate::http::ports::EvaluationPort;
use crate::relay::orchestrator::{OrchestratorError, OrchestratorPort};
use crate::relay::{Now, RelayDb};

/// The most bytes of the list of missions.
const MOST_LIST: usize = 64 * 1024 * 1024;

/// What an evaluation needs of the rest of the server.
pub struct Parts {
    /// Whose missions are measured.
    pub orchestrator: Arc<dyn OrchestratorPort>,
    /// The configured adapters.
    pub adapters: Vec<ModelAdapter>,
    /// What governance decided, for the adapters that are active.
    pub governance: Known,
    /// Proposes by itself where the server's wallet holds enough votes.
    pub proposer: Option<Proposer>,
    /// Keeps the history.
    pub db: RelayDb,
    /// Margin and schedule.
    pub config: EvaluationConfig,
    /// Time.
    pub now: Now,
}

/// The evaluations of a server. Clones share it.
#[derive(Clone)]
pub struct Evaluations {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    history: History,
    /// What each ledger told so far; also the seat of whoever reads on.
    folds: Mutex<BTreeMap<MissionId, RecordFold>>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("config", &self.config).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Evaluations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evaluations").finish_non_exhaustive()
    }
}

impl Evaluations {
    /// Over these parts; the history is opened when it is asked for.
    pub fn over(parts: Parts) -> Self {
        let history = History::of(parts.db.clone());
        Self { inner: Arc::new(Inner { parts, history, folds: Mutex::default() }) }
    }

    /// What every mission tells, the newest first. A ledger that does not answer is an error: half a leaderboard is none.
    async fn records(&self) -> Result<Vec<MissionRecord>, ApiError> {
        let parts = &self.inner.parts;
        let missions = missions(&*parts.orchestrator).await?;
        let mut folds = self.inner.folds.lock().await;
        let mut records = Vec::new();
        for summary in missions.missions {
            let fold = folds.entry(summary.id).or_default();
            loop {
                let page = parts.orchestrator.events_after(summary.id, fold.seq()).await?;
                let page = page.ok_or(OrchestratorError::NoLedger(summary.id))?;
                page.events.iter().for_each(|event| fold.push(event));
                if page.events.is_empty() || fold.seq() >= page.last {
                    break;
                }
            }
            records.extend(fold.record());
        }
        records.sort_by_key(|record| std::cmp::Reverse((record.created_at, record.mission)));
        Ok(records)
    }

    /// Who answers for each role now: what the chain says, else what the newest mission's plan says.
    fn incumbents(&self, records: &[MissionRecord]) -> BTreeMap<Role, String> {
        let mut incumbents = planned_incumbents(records);
        let known = self.inner.parts.governance.borrow().clone();
        let Some(known) = known else { return incumbents };
        for (role, incumbent) in &mut incumbents {
            let scope = AdapterScope::Role { role: role.clone() }.key();
            let active = known.active.iter().find(|active| active.scope == scope);
            let key = active.and_then(|active| active.history.last());
            let named = key.and_then(|key| known.adapters.iter().find(|it| it.key == *key));
            if let Some(adapter) = named {
                incumbent.clone_from(&adapter.id);
            }
        }
        incumbents
    }

    /// Measures everything. What changes nothing is not kept a second time.
    async fn evaluate(&self, scheduled: bool) -> Result<EvaluationView, ApiError> {
        let parts = &self.inner.parts;
        let mut records = self.records().await?;
        records.truncate(usize::from(parts.config.missions));
        let at = (parts.now)();
        let adapters =
            score_adapters(&parts.adapters, |adapter| adapter_composite(adapter, at), &records);
        let proposals = upgrades(&adapters, &self.incumbents(&records), parts.config.margin());
        let view = EvaluationView {
            at,
            version: MEASURED_SCORE.to_owned(),
            scheduled,
            margin: parts.config.margin,
            missions: records
                .into_iter()
                .map(|record| EvaluatedMission {
                    mission: record.mission,
                    name: record.name,
                    seq: record.seq,
                })
                .collect(),
            adapters,
            proposals,
        };
        self.inner.history.keep(&view).await.map_err(ApiError::internal)?;
        if let Some(proposer) = &parts.proposer {
            proposer.propose(&view.proposals, &parts.governance).await;
        }
        Ok(view)
    }
}

async fn missions(orchestrator: &dyn OrchestratorPort) -> Result<MissionList, ApiError> {
    let request = Request::get(routes::MISSIONS).body(Body::empty());
    let response = orchestrator.forward(request.map_err(ApiError::internal)?).await?;
    let is_answered = response.status().is_success();
    let body = axum::body::to_bytes(response.into_body(), MOST_LIST).await;
    let body = body.map_err(ApiError::internal)?;
    if is_answered {
        return serde_json::from_slice(&body).map_err(ApiError::internal);
    }
    let problem: Problem = serde_json::from_slice(&body)
        .unwrap_or_else(|_| Problem::new(ProblemCode::Internal, "the missions cannot be listed"));
    Err(problem.into())
}

#[async_trait]
impl EvaluationPort for Evaluations {
    async fn evaluate(&self) -> Result<EvaluationView, ApiError> {
        Self::evaluate(self, false).await
    }

    async fn history(&self) -> Result<EvaluationsView, ApiError> {
        let parts = &self.inner.parts;
        let history = self.inner.history.newest().await.map_err(ApiError::internal)?;
        let next = parts.config.schedule.map(|_| schedule::next((parts.now)(), parts.config.hour));
        Ok(EvaluationsView { next, history })
    }

    async fn validators(&self) -> Result<ValidatorsView, ApiError> {
        let records = self.records().await?;
        Ok(ValidatorsView {
            missions: u32::try_from(records.len()).unwrap_or(u32::MAX),
            validators: standings(&records),
        })
    }
}
