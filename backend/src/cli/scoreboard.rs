//! `phase8 scoreboard`: a manifest's dominance score against its guardrail, with everything behind it.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use phase8_shared::manifest::Resolver;
use phase8_shared::policy::read_policies;
use phase8_shared::score::Tenths;
use phase8_shared::scoreboard::{Judged, Scoreboard, judge};
use phase8_shared::table::{Cell, Table};

use super::ConfigSource;
use crate::telemetry;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 scoreboard configs/universal.value.manifest.json
  phase8 scoreboard configs/universal.value.manifest.json --guardrail 90
  phase8 scoreboard configs/universal.value.manifest.json --json";

/// Measure a manifest: its dominance score against the guardrail, domains, sentinels, streams and protocols, and the
/// programme played through. Ends with 1 if the score is below the guardrail or the manifest has errors.
#[derive(Debug, Args)]
pub(super) struct ScoreboardCommand {
    /// The manifest.
    #[arg(value_name = "FILE")]
    manifest: PathBuf,
    /// The least score that passes; the configured one if left out.
    #[arg(long, value_name = "SCORE", value_parser = guardrail)]
    guardrail: Option<Tenths>,
    /// Print the scoreboard as JSON, as the API answers it.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: ConfigSource,
}

impl ScoreboardCommand {
    pub(super) fn run(self) -> Result<()> {
        let config = self.source.load(Vec::new())?;
        let path = self.manifest.display();
        let text = std::fs::read_to_string(&self.manifest)
            .with_context(|| format!("{path} cannot be read"))?;
        let policies = std::fs::read_to_string(&config.files.policies).ok();
        let policies = policies.and_then(|source| read_policies(&source).value);
        let deployment = crate::app::deployment_of(&config).ok().flatten();
        let resolver = Resolver {
            policies: policies.as_ref(),
            contracts: deployment.as_ref().map(|it| &it.contracts),
        };
        let least = self.guardrail.unwrap_or(config.scoreboard.guardrail);
        let Judged { scoreboard, findings } = judge(&text, resolver, least);
        for finding in &findings {
            telemetry::complain(&format!("{path}: {finding}"));
        }
        let Some(scoreboard) = scoreboard.filter(|_| !findings.has_errors()) else {
            bail!("{path} cannot be measured: put the errors above right first");
        };
        if self.json {
            let text = serde_json::to_string_pretty(&scoreboard)
                .context("the scoreboard cannot be written as JSON")?;
            telemetry::say(&text);
        } else {
            telemetry::say(&in_words(&scoreboard));
        }
        if !scoreboard.passes {
            bail!("{}", scoreboard.verdict());
        }
        Ok(())
    }
}

fn guardrail(text: &str) -> Result<Tenths, String> {
    let number: f64 = text.parse().map_err(|_| "a score is a number from 0 to 100".to_owned())?;
    let least = Tenths::try_from(number).map_err(|error| error.to_string())?;
    if least > Tenths::new(1_000) {
        return Err("a score is at most 100".to_owned());
    }
    Ok(least)
}

/// The scoreboard for a terminal.
fn in_words(scoreboard: &Scoreboard) -> String {
    let mut lines = vec![scoreboard.verdict(), String::new()];
    for component in &scoreboard.components {
        let words = component.words();
        lines.push(format!("  {:<26} {words:>12}  {}", component.name, component.measures));
    }
    lines.push(String::new());
    for measure in &scoreboard.measured {
        lines.push(format!("  {:<26} {}", measure.name, measure.value));
    }
    for table in &scoreboard.tables {
        lines.push(String::new());
        lines.push(drawn(table));
    }
    let programme = &scoreboard.programme;
    lines.push(String::new());
    lines.push(format!(
        "The programme: {} minutes, {} checkpoints, {} of {} check-ins delivered.",
        programme.horizon_minutes, programme.checkpoints, programme.delivered, programme.check_ins
    ));
    lines.join("\n")
}

/// A table in columns; the last one is as long as it is.
fn drawn(table: &Table) -> String {
    let width = |column: usize| {
        let cells = table.rows.iter().filter_map(|row| row.get(column));
        let heading = table.columns.get(column).map_or(0, |heading| heading.chars().count());
        cells.map(|cell| cell.text.chars().count()).max().unwrap_or_default().max(heading)
    };
    let widths: Vec<usize> = (0..table.columns.len()).map(width).collect();
    let line = |texts: Vec<&str>| {
        let cells = texts.iter().zip(&widths).map(|(text, width)| format!("{text:<width$}"));
        format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
    };
    let mut lines = vec![format!("{}: {}", table.title, table.rows.len())];
    lines.push(line(table.columns.iter().map(String::as_str).collect()));
    for row in &table.rows {
        lines.push(line(row.iter().map(|Cell { text, .. }| text.as_str()).collect()));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guardrail_is_a_score_with_one_digit() {
        assert_eq!(guardrail("85"), Ok(Tenths::new(850)));
        assert_eq!(guardrail("90.5"), Ok(Tenths::new(905)));
        for wrong in ["", "-1", "85.55", "100.1", "NaN", "many"] {
            assert!(guardrail(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_table_stands_in_columns() {
        let rows = [("Planetary Finance", "$245.00B"), ("Ocean", "$7,500")];
        let rows = rows.map(|(name, value)| vec![Cell::words(name), Cell::words(value)]);
        let table = Table::new("domains", "Domains", &["Domain", "Value"]).with(rows.into_iter());

        insta::assert_snapshot!(drawn(&table), @r"
        Domains: 2
          Domain             Value
          Planetary Finance  $245.00B
          Ocean              $7,500
        ");
    }
}
