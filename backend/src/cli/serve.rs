//! `phase8 serve`: the page and the API.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use figment::value::Value;

use super::{ConfigSource, block_on};
use crate::app;
use crate::config::Override;
use crate::telemetry;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 serve
  phase8 serve --devnet --port 0 --data /var/lib/phase8
  phase8 serve --schedule nightly
  phase8 serve --config mission-control.toml";

/// Serve the page and the API.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    source: ConfigSource,
    /// Folder of missions and relayed transactions.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder of the built page.
    #[arg(long, value_name = "DIR")]
    dist: Option<PathBuf>,
    /// Start a development chain, whatever `RPC_URL` and `RPC_URLS` say.
    #[arg(long)]
    devnet: bool,
    /// The program anvil, for the development chain.
    #[arg(long, value_name = "PATH")]
    anvil: Option<PathBuf>,
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS")]
    host: Option<IpAddr>,
    /// Evaluate the model adapters by itself, once a night (`evaluation.hour`).
    #[arg(long, value_name = "WHEN", value_parser = ["nightly"])]
    schedule: Option<String>,
    /// Port to listen on; 0 takes any free one.
    #[arg(long, value_name = "N")]
    port: Option<u16>,
}

impl Serve {
    pub(super) fn run(self) -> Result<()> {
        let config = self.source.load(self.flags())?;
        telemetry::log::start(config.log)?;
        block_on(app::serve(config))
    }

    fn flags(&self) -> Vec<Override> {
        let path = |path: &PathBuf| Value::from(path.to_string_lossy().into_owned());
        let mut flags: Vec<Override> = Vec::new();
        flags.extend(self.data.as_ref().map(|data| ("storage.data", path(data))));
        flags.extend(self.dist.as_ref().map(|dist| ("http.dist", path(dist))));
        flags.extend(self.devnet.then(|| ("chain.mode", Value::from("devnet"))));
        flags.extend(self.anvil.as_ref().map(|anvil| ("chain.anvil", path(anvil))));
        flags.extend(self.host.map(|host| ("http.host", Value::from(host.to_string()))));
        let schedule = self.schedule.as_ref();
        flags.extend(schedule.map(|when| ("evaluation.schedule", Value::from(when.as_str()))));
        flags.extend(self.port.map(|port| ("http.port", Value::from(port))));
        flags
    }
}
