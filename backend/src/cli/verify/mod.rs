//! `phase8 verify`: whether an exported mission or an evidence file tells the truth, whether a folder of missions was
//! tampered with, and whether a served page is the one it should be.

mod evidence;
mod folder;
mod mission;
mod page;
mod tags;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{ArgGroup, Args};
use phase8_shared::chain::exit::{Check, Verdict};
use phase8_shared::ledger::LogVerifier;
use serde_json::json;

use super::{ConfigSource, block_on};
use crate::config::Override;
use crate::telemetry;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 verify mission.json
  phase8 verify mission.json --json
  phase8 verify evidence.json
  phase8 verify --data /var/lib/phase8
  DATABASE_URL=postgres://phase8@127.0.0.1/ledgers phase8 verify --database
  phase8 verify --page http://127.0.0.1:8080";

/// What holds is repeated if it is no longer than this.
const SHORT: usize = 160;

/// More than the export of a million events has.
const MOST_BYTES: u64 = 1024 * 1024 * 1024;

/// Check an exported mission or an evidence file offline, the missions in a folder or a database, or a page that is served
/// somewhere. Ends with 0 if nothing speaks against it, with 1 if something does, with 2 if it was called wrongly.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("subject").required(true).multiple(true).args(["file", "data", "database", "page"]))]
pub(super) struct Verify {
    /// The exported mission or the evidence file; `-` reads it from standard input. Nothing is asked over a network.
    #[arg(value_name = "FILE", conflicts_with_all = ["data", "database", "page"])]
    file: Option<PathBuf>,
    /// The key that the mission's engine published (`phase8 ledger key`), to compare the file's with.
    #[arg(long, value_name = "VKEY", requires = "file")]
    key: Option<LogVerifier>,
    /// Folder of missions: every ledger in its database is walked. The engine may be at work meanwhile.
    /// With `--database`, the folder whose kept checkpoints the database is compared with.
    #[arg(long, value_name = "DIR", conflicts_with = "page")]
    data: Option<PathBuf>,
    /// `PostgreSQL` database of missions, the configured one (`DATABASE_URL`) if no address is given. A password in an
    /// address can be seen by whoever lists this machine's processes.
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "", conflicts_with = "page")]
    database: Option<String>,
    /// Address of the page.
    #[arg(long, value_name = "URL")]
    page: Option<String>,
    /// Folder of the built page to compare with; the configured one if left out.
    #[arg(long, value_name = "DIR", requires = "page")]
    dist: Option<PathBuf>,
    /// SHA-256 of the WASM module to compare with, in hex, where there is no built page.
    #[arg(long, value_name = "HEX", requires = "page", conflicts_with = "dist")]
    digest: Option<String>,
    /// Print the checks as JSON.
    #[arg(long, requires = "file")]
    json: bool,
    #[command(flatten)]
    source: ConfigSource,
}

impl Verify {
    pub(super) fn run(self) -> Result<()> {
        if let Some(path) = &self.file {
            let text = read(path)?;
            if mission::is_export(&text) {
                let checks = mission::checks(&text, self.key.as_ref());
                return self.tell(&checks, "do not believe this file");
            }
            if !self.json {
                telemetry::say(&evidence::in_words(&text));
            }
            return self.tell(&evidence::checks(&text), "do not sign it and do not send it");
        }
        if self.data.is_some() || self.database.is_some() {
            return sum_up(
                &self.missions()?,
                "the database was tampered with or is broken: keep it as it is, and go on from a backup",
            );
        }
        let Some(address) = &self.page else { bail!("name a file, --data, --database or --page") };
        let expected = self.expected()?;
        let mut checks = Vec::new();
        block_on(async {
            checks = page::checks(address, &expected).await?;
            Ok(())
        })?;
        conclude(&checks, "do not sign anything on that page")
    }

    /// Tells the checks of a file, and fails if anything differs.
    fn tell(&self, checks: &[Check], warning: &str) -> Result<()> {
        if !self.json {
            return conclude(checks, warning);
        }
        let lines: Vec<_> = checks
            .iter()
            .map(|check| {
                json!({
                    "what": check.what,
                    "verdict": check.verdict,
                    "found": check.found,
                    "expected": check.expected,
                })
            })
            .collect();
        telemetry::say(&serde_json::to_string_pretty(&lines).context("JSON cannot be written")?);
        let differ = checks.iter().filter(|check| !check.is_ok()).count();
        if differ > 0 {
            bail!("{differ} of {} checks do not hold: {warning}", checks.len());
        }
        Ok(())
    }

    /// Every ledger of the folder or the database.
    fn missions(&self) -> Result<Vec<Check>> {
        let mut flags: Vec<Override> = Vec::new();
        let data = self.data.as_ref().map(|data| data.to_string_lossy().into_owned());
        flags.extend(data.map(|data| ("storage.data", data.into())));
        let Some(database) = &self.database else {
            return folder::checks(&self.source.load(flags)?);
        };
        if !database.is_empty() {
            flags.push(("storage.database", database.clone().into()));
        }
        let config = self.source.load(flags)?;
        let mut checks = Vec::new();
        block_on(async {
            checks = folder::checks_of_database(&config).await?;
            Ok(())
        })?;
        Ok(checks)
    }

    /// What the page should be.
    fn expected(&self) -> Result<page::Expected> {
        if let Some(digest) = &self.digest {
            return page::Expected::of_digest(digest);
        }
        let folder = match &self.dist {
            Some(folder) => folder.clone(),
            None => self.source.load(Vec::new())?.http.dist,
        };
        page::Expected::of_folder(&folder)
    }
}

fn read(path: &Path) -> Result<String> {
    let mut text = String::new();
    let limit = MOST_BYTES + 1;
    let read = if path == Path::new("-") {
        std::io::stdin().take(limit).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_string(&mut text))
    };
    read.with_context(|| format!("{} cannot be read", path.display()))?;
    if text.len() as u64 > MOST_BYTES {
        bail!("{} has more than {MOST_BYTES} bytes, which no export has", path.display());
    }
    Ok(text)
}

/// Tells every check, and fails if anything differs.
fn conclude(checks: &[Check], warning: &str) -> Result<()> {
    for check in checks {
        telemetry::say(&line(check));
    }
    sum_up(checks, warning)
}

/// Fails if anything differs.
fn sum_up(checks: &[Check], warning: &str) -> Result<()> {
    let differ = checks.iter().filter(|check| !check.is_ok()).count();
    if differ > 0 {
        bail!("{differ} of {} checks do not hold: {warning}", checks.len());
    }
    let unknown = checks.iter().filter(|check| check.verdict == Verdict::Unknown).count();
    let held = checks.len().saturating_sub(unknown);
    let rest =
        if unknown == 0 { String::new() } else { format!(", {unknown} cannot be made here") };
    telemetry::say(&format!("\n{held} checks hold{rest}."));
    Ok(())
}

fn line(check: &Check) -> String {
    let (what, found, expected) = (check.what, one_line(&check.found), one_line(&check.expected));
    match check.verdict {
        Verdict::Holds if found.chars().count() <= SHORT => format!("  ✓ {what}: {found}"),
        Verdict::Holds => format!("  ✓ {what}"),
        Verdict::Unknown => format!("  · {what}: {found}; {expected}"),
        Verdict::Differs => {
            let (found, expected) = (around(&found, &expected), around(&expected, &found));
            format!("  ✗ {what}\n      found    {found}\n      expected {expected}")
        }
    }
}

/// A text, or of a long one what stands around the first letter that another has not.
fn around(text: &str, other: &str) -> String {
    const BEFORE: usize = 40;
    const SHOWN: usize = 200;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let same = text.chars().zip(other.chars()).take_while(|(left, right)| left == right).count();
    let from = same.saturating_sub(BEFORE);
    let part: String = text.chars().skip(from).take(SHOWN).collect();
    let start = if from > 0 { "…" } else { "" };
    format!("{start}{part}… (from letter {from} on)")
}

/// Text of a file on one line: it cannot write over what a terminal shows.
fn one_line(text: &str) -> String {
    if text.is_empty() {
        return "–".to_owned();
    }
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_the_place_is_shown_where_it_differs() {
        let (found, expected) = ("a".repeat(300) + "b", "a".repeat(300) + "c");

        let shown = line(&Check::same("a text", &found, &expected));

        let part = "a".repeat(40);
        assert_eq!(
            shown,
            format!(
                "  ✗ a text\n      found    …{part}b… (from letter 260 on)\n      expected …{part}c… (from letter 260 on)"
            )
        );
        assert_eq!(
            line(&Check::same("a text", "a\nb", "")),
            "  ✗ a text\n      found    a b\n      expected –"
        );
    }

    #[test]
    fn anything_that_differs_fails_and_what_is_unknown_does_not() {
        let (good, bad) = (Check::same("x", 1, 1), Check::same("x", 1, 2));

        assert!(conclude(&[good.clone(), Check::unknown("y", "a", "b")], "no").is_ok());
        let error = conclude(&[good, bad], "do not").unwrap_err();
        assert_eq!(error.to_string(), "1 of 2 checks do not hold: do not");
    }
}
