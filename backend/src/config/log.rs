//! `[log]`: how the log on stderr is written. What is in it is chosen by `RUST_LOG`.

use serde::{Deserialize, Serialize};

/// How the log on stderr is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// `text` for people, `json` for programs: one object a line.
    #[serde(default)]
    pub format: LogFormat,
}

/// For whom the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object a line.
    Json,
}
