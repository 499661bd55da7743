//! `phase8 orchestrator serve`: the orchestrator in a process of its own, for `ORCHESTRATOR_URL`.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use figment::value::Value;

use super::{ConfigSource, block_on};
use crate::app;
use crate::config::Override;
use crate::telemetry;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 orchestrator serve
  phase8 orchestrator serve --port 8090 --data /var/lib/phase8 --deployment deployment.json";

/// The orchestrator on its own.
#[derive(Debug, Args)]
pub(super) struct Orchestrator {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Serve its API, the routes between backend and orchestrator included: keep it off the open network.
    Serve(Serve),
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    source: ConfigSource,
    /// Folder of missions.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// File with the contracts' addresses; it names who is paid.
    #[arg(long, value_name = "FILE")]
    deployment: Option<PathBuf>,
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
    /// Port to listen on; 0 takes any free one.
    #[arg(long, value_name = "N", default_value_t = 8090)]
    port: u16,
}

impl Orchestrator {
    pub(super) fn run(self) -> Result<()> {
        let Action::Serve(serve) = self.action;
        let path = |path: &PathBuf| Value::from(path.to_string_lossy().into_owned());
        let mut flags: Vec<Override> = vec![
            ("http.host", Value::from(serve.host.to_string())),
            ("http.port", Value::from(serve.port)),
        ];
        flags.extend(serve.data.as_ref().map(|data| ("storage.data", path(data))));
        flags.extend(serve.deployment.as_ref().map(|file| ("chain.deployment", path(file))));
        let config = serve.source.load(flags)?;
        telemetry::log::start(config.log)?;
        block_on(app::serve_orchestrator(config))
    }
}
