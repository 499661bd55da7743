//! `phase8 orchestrator`: the orchestrator in a process of its own, for `ORCHESTRATOR_URL`. `serve` may be left out.

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
  phase8 orchestrator
  phase8 orchestrator serve --port 8090 --data /var/lib/phase8 --deployment deployment.json";

/// The orchestrator on its own.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Orchestrator {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Serve its API, the routes between backend and orchestrator included: keep it off the open network. It is what
    /// happens where nothing else is said.
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
        let serve = match self.action {
            Some(Action::Serve(serve)) => serve,
            None => self.serve,
        };
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

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        orchestrator: Orchestrator,
    }

    fn port(line: &str) -> Result<u16, clap::Error> {
        let line = Line::try_parse_from(line.split(' '))?.orchestrator;
        Ok(match line.action {
            Some(Action::Serve(serve)) => serve.port,
            None => line.serve.port,
        })
    }

    #[test]
    fn it_serves_whether_or_not_that_is_said() {
        assert_eq!(port("orchestrator").unwrap(), 8090);
        assert_eq!(port("orchestrator --port 1").unwrap(), 1);
        assert_eq!(port("orchestrator serve --port 2").unwrap(), 2);
        assert!(port("orchestrator --port 1 serve").is_err());
        assert!(port("orchestrator dance").is_err());
    }
}
