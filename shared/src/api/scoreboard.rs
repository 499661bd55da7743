//! The dominance scoreboard of the manifest that the server is configured with.

use serde::{Deserialize, Serialize};

use crate::score::Tenths;
use crate::scoreboard::Judged;

/// `GET /api/v1/scoreboard`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScoreboardView {
    /// The configured file.
    pub file: String,
    /// Why it was not read, if it was not: in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// The configured guardrail: the least dominance score that passes.
    pub guardrail: Tenths,
    /// The scoreboard, and what was found in the file.
    #[serde(flatten)]
    pub judged: Judged,
}
