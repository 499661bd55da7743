//! The files that a bootstrap is planned from on the page.

use serde::{Deserialize, Serialize};

/// `GET /api/v1/bootstrap`: the configured files that a bootstrap is planned from, as the server read them at its start. The
/// governance policies are in [`super::SystemView`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BootstrapFiles {
    /// The manifest.
    pub manifest: ConfiguredFile,
    /// The model adapters.
    pub adapters: ConfiguredFile,
}

/// A file that the server is configured with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfiguredFile {
    /// Where it is.
    pub file: String,
    /// Its text; none if it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why it could not be read, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}
