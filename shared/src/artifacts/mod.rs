//! The documents that a bootstrap leaves behind, one file a document: pure functions of a manifest, a plan and a few facts.
//! The same input gives the same bytes; with another time only the times differ.

mod calldata;
mod checklist;
mod command_center;
mod cycle;
mod directives;
mod emergency;
mod extension_plan;
mod improvement;
mod markdown;
mod mermaid;
mod mesh;
mod number;
mod owner_plan;
mod report;
mod response;
pub mod run;
mod safe;
mod scorecard;
mod simulation;
mod teams;
mod telemetry;
mod timeline;

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

pub use self::emergency::Readiness;
pub use self::mesh::{MeshBox, MeshLink, MeshPicture};
use crate::chain::Call;
use crate::manifest::{Manifest, Mesh};
use crate::plan::{Plan, Route};
use crate::score::Tenths;
use crate::score::dominance::{GuardrailVerdict, ManifestMetrics, measure};
use crate::simulate::{Programme, programme};
use crate::time::Timestamp;

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its name, without a folder.
    pub name: &'static str,
    /// Its content, UTF-8.
    pub text: String,
}

/// A file on its way from where it was made to where it is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its name, without a folder.
    pub name: String,
    /// Its content.
    pub text: String,
}

impl From<Artifact> for Document {
    fn from(artifact: Artifact) -> Self {
        Self { name: artifact.name.to_owned(), text: artifact.text }
    }
}

/// What documents need to know beside the manifest and the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// When they are made.
    pub generated_at: Timestamp,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// How calls reach the manager; `None` if nobody named a manager.
    pub route: Option<Route>,
    /// The Safe, or wallet, that is to send the calls.
    pub sender: Address,
    /// The least dominance score that passes.
    pub guardrail: Tenths,
}

/// A manifest with everything that is derived from it, from which every document is written.
#[derive(Debug)]
pub struct Dossier<'a> {
    /// The manifest.
    pub manifest: &'a Manifest,
    /// Who stands behind which domain.
    pub mesh: Mesh,
    /// What is measured.
    pub metrics: ManifestMetrics,
    /// The manifest played through.
    pub programme: Programme,
    /// The calls.
    pub plan: &'a Plan,
    /// Further calls of the owner, of other contracts, that a Safe sends with them.
    pub beside: &'a [Call],
    /// What else is known.
    pub facts: Facts,
}

impl<'a> Dossier<'a> {
    /// Derives everything once.
    pub fn new(manifest: &'a Manifest, plan: &'a Plan, facts: Facts) -> Self {
        let mesh = Mesh::new(manifest);
        let metrics = measure(manifest, &mesh);
        let programme = programme(manifest, &mesh, &metrics, facts.generated_at);
        Self { manifest, mesh, metrics, programme, plan, beside: &[], facts }
    }

    /// With further calls for the Safe's batch.
    #[must_use]
    pub const fn with_calls(mut self, beside: &'a [Call]) -> Self {
        self.beside = beside;
        self
    }

    /// Every document, in the order of the format's table.
    pub fn artifacts(&self) -> Vec<Artifact> {
        vec![
            self.governance_calldata(),
            self.safe_batch(),
            self.emergency_overrides(),
            self.dominance_scorecard(),
            self.self_improvement_plan(),
            self.ai_team_matrix(),
            self.cycle_report(),
            self.autonomy_simulation(),
            self.mission_timeline(),
            self.owner_command_center(),
            self.governance_checklist(),
            self.governance_directives(),
            self.guardian_response_playbook(),
            self.telemetry_report(),
            self.orchestration_report(),
            self.mermaid_diagram(),
        ]
    }

    /// The guardrail's verdict on the dominance score.
    pub const fn verdict(&self) -> GuardrailVerdict {
        self.metrics.dominance.against(self.facts.guardrail)
    }

    /// The manager, if one is named.
    pub fn manager(&self) -> Option<Address> {
        self.facts.route.map(Route::manager).filter(|manager| !manager.is_zero())
    }

    /// Names of the sentinels that watch a domain.
    fn sentinels_of(&self, domain: usize) -> Vec<&'a str> {
        let links = self.mesh.domains.get(domain).map(|it| it.sentinels.as_slice());
        let entries = links.unwrap_or_default().iter();
        entries.filter_map(|at| Some(self.manifest.sentinels.get(*at)?.name.as_str())).collect()
    }

    /// Names of the streams that fund a domain.
    fn streams_of(&self, domain: usize) -> Vec<&'a str> {
        let links = self.mesh.domains.get(domain).map(|it| it.streams.as_slice());
        let entries = links.unwrap_or_default().iter();
        entries
            .filter_map(|at| Some(self.manifest.capital_streams.get(*at)?.name.as_str()))
            .collect()
    }
}

/// A file of JSON, for people too.
fn json(name: &'static str, value: &impl Serialize) -> Artifact {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    Artifact { name, text }
}
