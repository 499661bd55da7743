//! `phase8-ai-team-matrix.json`: the teams, and how much of the programme they cover.

use serde::Serialize;

use super::number::Fixed;
use super::{Artifact, Dossier, json};
use crate::manifest::AiTeam;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Matrix<'a> {
    generated_at: String,
    summary: Summary,
    teams: &'a [AiTeam],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    teams: usize,
    domain_coverage_percent: Fixed,
    session_max_hours: Option<crate::spec::Millionths>,
    checkpoint_cadence_minutes: Option<u32>,
}

impl Dossier<'_> {
    /// The teams, and how much of the programme they cover.
    pub fn ai_team_matrix(&self) -> Artifact {
        let session = self.manifest.autonomy.as_ref().map(|it| &it.session);
        json(
            "phase8-ai-team-matrix.json",
            &Matrix {
                generated_at: self.facts.generated_at.to_string(),
                summary: Summary {
                    teams: self.manifest.ai_teams.len(),
                    domain_coverage_percent: Fixed(self.metrics.staffed_percent(), 1),
                    session_max_hours: session.map(|it| it.max_hours),
                    checkpoint_cadence_minutes: session.map(|it| it.checkpoint_cadence_minutes),
                },
                teams: &self.manifest.ai_teams,
            },
        )
    }
}
