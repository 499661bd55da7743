//! The configuration: `configs/default.toml`, then `--config`, then `.env` and the environment, then flags. Unknown
//! keys and wrong values are refused by name before anything starts.

mod access;
mod archive;
mod chain;
mod dotenv;
mod evaluation;
mod files;
mod http;
mod launch;
mod ledger;
mod log;
mod metrics;
mod orchestrator;
mod relay;
mod scoreboard;
mod secret;
mod storage;

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::{Deserialize, Serialize};

pub use access::{AccessConfig, ValidatorsRead};
pub use archive::ArchiveConfig;
pub use chain::{ChainConfig, ChainMode};
pub use dotenv::Environment;
pub use evaluation::{EvaluationConfig, Schedule};
pub use files::FilesConfig;
pub use http::HttpConfig;
pub use launch::LaunchConfig;
pub use ledger::LedgerConfig;
pub use log::{LogConfig, LogFormat};
pub use metrics::MetricsConfig;
pub use orchestrator::OrchestratorConfig;
pub use relay::FollowingConfig;
pub use scoreboard::ScoreboardConfig;
pub use secret::{Endpoint, Secret};
pub use storage::{DatabaseUrl, StorageConfig};

/// The committed defaults: complete, and the documentation of every key.
pub const DEFAULTS: &str = include_str!("../../../configs/default.toml");

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the page and the API are served.
    pub http: HttpConfig,
    /// Who may see and do what.
    pub access: AccessConfig,
    /// The chain.
    pub chain: ChainConfig,
    /// How transactions are followed.
    pub relay: FollowingConfig,
    /// What the launch form starts with.
    pub launch: LaunchConfig,
    /// Files that the server reads at its start.
    pub files: FilesConfig,
    /// The manifest that is shown to whoever uploads none.
    pub scoreboard: ScoreboardConfig,
    /// Where missions and relayed transactions are kept.
    pub storage: StorageConfig,
    /// Ledgers as logs that anybody can check.
    pub ledger: LedgerConfig,
    /// Archives of missions.
    pub archive: ArchiveConfig,
    /// Evaluations of the model adapters.
    pub evaluation: EvaluationConfig,
    /// The orchestrator.
    pub orchestrator: OrchestratorConfig,
    /// The log.
    pub log: LogConfig,
    /// Measurements.
    pub metrics: MetricsConfig,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file named on the command line is not there.
    #[error("there is no configuration file {}", .0.display())]
    NoFile(PathBuf),
    /// Something cannot be read as what it should be.
    #[error("the configuration cannot be read:{}", lines(.0))]
    Unreadable(Vec<String>),
    /// Something can be read, but does not hold.
    #[error("the configuration does not hold:{}", lines(.0))]
    Invalid(Vec<Complaint>),
}

/// A value that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The key, such as `http.port`, or the name of a variable of the environment.
    pub key: &'static str,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

impl Complaint {
    /// A complaint about a key.
    pub fn new(key: &'static str, message: impl Into<String>) -> Self {
        Self { key, message: message.into() }
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.key, self.message)
    }
}

fn lines<T: std::fmt::Display>(items: &[T]) -> String {
    items.iter().fold(String::new(), |text, item| text + "\n  " + &item.to_string())
}

/// What a configuration is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Serving,
    Command,
}

/// A value given on the command line, by its key.
pub type Override = (&'static str, figment::value::Value);

impl Config {
    /// Reads all layers and checks every section, for a server.
    pub fn load(
        file: Option<&Path>,
        environment: &Environment,
        flags: Vec<Override>,
    ) -> Result<Self, ConfigError> {
        Self::read(file, environment, flags, Purpose::Serving)
    }

    /// The same for a command that serves nothing: it may know an endpoint without a deployment file.
    pub fn load_for_command(
        file: Option<&Path>,
        environment: &Environment,
        flags: Vec<Override>,
    ) -> Result<Self, ConfigError> {
        Self::read(file, environment, flags, Purpose::Command)
    }

    fn read(
        file: Option<&Path>,
        environment: &Environment,
        flags: Vec<Override>,
        purpose: Purpose,
    ) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(ConfigError::NoFile(file.to_owned()));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        let is_devnet = flags
            .iter()
            .any(|(key, value)| *key == "chain.mode" && value.as_str() == Some("devnet"));
        for (key, value) in environment.settings().map_err(ConfigError::Invalid)? {
            // Whoever asks for a development chain does not mean the endpoints of another.
            if is_devnet && key == "chain.rpc_urls" {
                continue;
            }
            figment = figment.merge((key, value));
        }
        figment = figment.merge(Env::prefixed("PHASE8__").split("__"));
        for (key, value) in flags {
            figment = figment.merge((key, value));
        }
        let config: Self = figment.extract().map_err(|errors| {
            ConfigError::Unreadable(
                errors.into_iter().map(|error| error.to_string().replace("default.", "")).collect(),
            )
        })?;
        let complaints = config.complaints(purpose);
        if complaints.is_empty() { Ok(config) } else { Err(ConfigError::Invalid(complaints)) }
    }

    fn complaints(&self, purpose: Purpose) -> Vec<Complaint> {
        let mut complaints = self.http.validate();
        complaints.extend(self.access.validate(self.http.host));
        complaints.extend(self.chain.validate());
        if purpose == Purpose::Serving {
            complaints.extend(self.chain.validate_serving());
        }
        complaints.extend(self.relay.validate());
        complaints.extend(self.launch.validate());
        complaints.extend(self.files.validate());
        complaints.extend(self.scoreboard.validate());
        complaints.extend(self.storage.validate());
        complaints.extend(self.ledger.validate());
        complaints.extend(self.archive.validate());
        complaints.extend(self.evaluation.validate());
        complaints.extend(self.orchestrator.validate());
        complaints.extend(self.metrics.validate());
        complaints
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(extra: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.toml");
        std::fs::write(&file, extra).unwrap();
        Config::load(Some(&file), &Environment::default(), Vec::new()).map_err(|error| {
            error.to_string().replace(&folder.path().display().to_string(), "[folder]")
        })
    }

    #[test]
    fn the_committed_defaults_are_complete_and_hold() {
        let config = Config::load(None, &Environment::default(), Vec::new()).unwrap();

        assert_eq!(config.chain.mode, ChainMode::Devnet);
        assert_eq!(config.http.port, 8080);
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = loaded("[http]\nprot = 1\n").unwrap_err();

        assert!(error.contains("unknown field: found `prot`"), "{error}");
        assert!(error.contains("http.prot"), "{error}");
        assert!(error.contains("test.toml"), "{error}");
    }

    #[test]
    fn a_wrong_type_is_refused_with_its_key() {
        let error = loaded("[http]\nport = \"many\"\n").unwrap_err();

        assert!(error.contains("http.port"), "{error}");
    }

    #[test]
    fn every_value_that_does_not_hold_is_named_at_once() {
        let error =
            loaded("[launch]\nclock_scale = 0\nreward = \"-1\"\n[chain]\nmode = \"endpoint\"\n")
                .unwrap_err();

        insta::assert_snapshot!(error, @r##"
        the configuration does not hold:
          chain.rpc_url: is needed when chain.mode is "endpoint" (or set RPC_URL)
          chain.deployment: is needed when chain.mode is "endpoint": the file with the contracts' addresses
          launch.reward: an amount is written in decimal digits, such as 1200 or 12.50; found "-1"
          launch.clock_scale: a clock scale is a whole number from 1 to 100000; found 0
        "##);
    }

    #[test]
    fn a_block_cannot_be_final_before_it_is_safe() {
        let error = loaded("[relay]\nsafe_depth = 65\nstuck_seconds = 1\n").unwrap_err();

        assert!(error.contains("relay.safe_depth: must be at most relay.final_depth"), "{error}");
        assert!(error.contains("relay.stuck_seconds: must be from 5 to 86400"), "{error}");
    }

    #[test]
    fn a_quorum_that_two_answers_could_reach_is_refused() {
        let chain = |more: &str| {
            loaded(&format!(
                "[chain]\nrpc_urls = [\"http://a:1/key\", \"http://b:1\", \"http://c:1\"]\n{more}"
            ))
        };

        assert_eq!(chain("").unwrap().chain.quorum(), 3);
        assert_eq!(chain("quorum = 4").unwrap().chain.quorum(), 4);
        for quorum in ["quorum = 0", "quorum = 2", "quorum = 5"] {
            assert!(
                chain(quorum).unwrap_err().contains("chain.quorum: must be from 3 to 4"),
                "{quorum}"
            );
        }
    }

    #[test]
    fn an_endpoint_has_one_voice_and_keeps_its_key() {
        let error =
            loaded("[chain]\nrpc_urls = [\"http://a:1/key\", \"http://a:1/key\", \"ws://b\"]\n")
                .unwrap_err();

        assert!(error.contains("chain.rpc_urls: names http://a:1/… twice"), "{error}");
        assert!(
            error.contains("chain.rpc_urls: must hold addresses that begin with http"),
            "{error}"
        );
    }

    #[test]
    fn a_development_chain_stands_alone_whatever_the_environment_says() {
        let environment = Environment::parse("RPC_URLS=http://a:1");
        let flags = vec![("chain.mode", "devnet".into())];

        let named = Config::load(None, &environment, Vec::new()).unwrap();
        let alone = Config::load(None, &environment, flags).unwrap();

        assert_eq!((named.chain.endpoints(), alone.chain.endpoints()), (2, 1));
    }

    #[test]
    fn an_endpoint_that_no_wallet_could_use_is_refused() {
        let error = loaded("[chain]\nwallet_rpc_url = \"ws://rpc.example.org\"\n").unwrap_err();

        assert!(error.contains("chain.wallet_rpc_url: must be an http://"), "{error}");
    }

    #[test]
    fn metrics_that_are_off_listen_nowhere() {
        let both = "[metrics]\nenabled = false\nlisten = \"127.0.0.1:9464\"\n";
        let error = loaded(both).unwrap_err();

        assert!(error.contains("metrics.listen: names an address, and metrics.enabled"), "{error}");
        assert!(loaded("[metrics]\nlisten = \"[::1]:0\"\n").unwrap().metrics.listen.is_some());
        let error = loaded("[metrics]\nlisten = \"9464\"\n").unwrap_err();
        assert!(error.contains("metrics.listen"), "{error}");
    }

    #[test]
    fn a_format_of_the_log_that_there_is_not_is_refused_with_those_that_there_are() {
        let error = loaded("[log]\nformat = \"xml\"\n").unwrap_err();

        assert!(error.contains("log.format"), "{error}");
        assert!(error.contains("`text`") && error.contains("`json`"), "{error}");
        assert_eq!(loaded("[log]\nformat = \"json\"\n").unwrap().log.format, LogFormat::Json);
    }

    #[test]
    fn a_name_that_no_checkpoint_could_carry_is_refused() {
        for (origin, why) in [
            ("https://control.example.org", "is a name without a scheme"),
            ("two words", "an origin is 1 to 200 visible characters"),
            ("", "an origin is 1 to 200 visible characters"),
        ] {
            let error =
                loaded(&format!("[ledger]\norigin = \"{origin}\"\nkey_file = \"\"\n")).unwrap_err();

            assert!(error.contains(&format!("ledger.origin: {why}")), "{error}");
            assert!(error.contains("ledger.key_file: must name a file"), "{error}");
        }
    }

    #[test]
    fn a_flag_wins_over_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.toml");
        std::fs::write(&file, "[http]\nport = 1\n").unwrap();

        let config =
            Config::load(Some(&file), &Environment::default(), vec![("http.port", 2_u16.into())])
                .unwrap();

        assert_eq!(config.http.port, 2);
    }
}
