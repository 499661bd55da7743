//! `phase8 doctor`: what is there, what is missing, and what to do about it.

use alloy::primitives::Address;
use anyhow::{Context, Result, bail};
use clap::Args;
use figment::value::Value;
use phase8_shared::api::{Check, CheckState};

use super::{ConfigSource, block_on};
use crate::chain::preflight::Asked;
use crate::config::Override;
use crate::doctor;
use crate::telemetry;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 doctor
  phase8 doctor --operator 0x70997970C51812dc3A010C7d01b50e0d17dc79C8
  phase8 doctor --json";

/// Look at everything that a mission needs: files, storage, chain, contracts, models, services.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    source: ConfigSource,
    /// The wallet that would launch: its gas and tokens are looked at too.
    #[arg(long, value_name = "ADDRESS")]
    operator: Option<Address>,
    /// Port of the server to ask, if it is not the configured one.
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Print the lines as JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn run(self) -> Result<()> {
        let flags: Vec<Override> =
            self.port.map(|port| ("http.port", Value::from(port))).into_iter().collect();
        let config = self.source.load(flags)?;
        let asked = Asked { operator: self.operator, ..Asked::default() };
        let json = self.json;
        block_on(async move {
            let checks = doctor::examine(&config, asked).await;
            if json {
                let text = serde_json::to_string_pretty(&checks)
                    .context("the lines cannot be written as JSON")?;
                telemetry::say(&text);
            } else {
                for check in &checks {
                    telemetry::say(&line(check));
                }
            }
            let bad = checks.iter().filter(|check| stops(check.state)).count();
            if bad > 0 {
                bail!("{bad} of {} lines must be put right before a launch", checks.len());
            }
            Ok(())
        })
    }
}

const fn stops(state: CheckState) -> bool {
    match state {
        CheckState::Fail | CheckState::Unknown => true,
        CheckState::Pass | CheckState::Warn => false,
    }
}

/// A line for people: the state in a word, never by colour alone.
fn line(check: &Check) -> String {
    let word = match check.state {
        CheckState::Pass => "ok",
        CheckState::Warn => "look",
        CheckState::Fail => "FAIL",
        CheckState::Unknown => "????",
    };
    let said = format!("{word:<5} {}: {}", check.label, check.found);
    if check.state == CheckState::Pass {
        return said;
    }
    format!("{said}\n      expected: {}\n      to mend:  {}", check.expected, check.mend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_fails_says_what_was_expected_and_what_to_do() {
        let check = |state| Check {
            id: "anvil".to_owned(),
            label: "The development chain's program".to_owned(),
            state,
            found: "No such file".to_owned(),
            expected: "anvil".to_owned(),
            mend: "run `cargo xtask setup`".to_owned(),
        };

        insta::assert_snapshot!(line(&check(CheckState::Fail)), @r"
        FAIL  The development chain's program: No such file
              expected: anvil
              to mend:  run `cargo xtask setup`
        ");
        assert_eq!(
            line(&check(CheckState::Pass)),
            "ok    The development chain's program: No such file"
        );
    }
}
