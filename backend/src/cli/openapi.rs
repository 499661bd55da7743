//! `phase8 openapi`: the description of the API as a file.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use super::generated::write_or_check;
use crate::http::openapi;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 openapi --out docs/openapi.json
  phase8 openapi --out docs/openapi.json --check";

/// Write the description of the API.
#[derive(Debug, Args)]
pub(super) struct Openapi {
    /// The file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Compare instead of writing.
    #[arg(long)]
    check: bool,
}

impl Openapi {
    pub(super) fn run(self) -> Result<()> {
        let text = openapi::text().context("the description cannot be written as JSON")?;
        write_or_check(&self.out, &text, self.check)
    }
}
