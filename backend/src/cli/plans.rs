//! `phase8 directives` and `phase8 extensions`: the owner's files as plans, in JSON, Markdown and Mermaid.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use phase8_orchestrator::ports::{Clock, SystemClock};
use phase8_shared::artifacts::Artifact;
use phase8_shared::findings::{Findings, Loaded};
use phase8_shared::policy::{ManifestIndex, read_directives, read_extensions};

use super::{ConfigSource, Stopped};
use crate::bootstrap::folder;
use crate::bootstrap::scene::contracts_on_file;
use crate::telemetry;

pub(super) const DIRECTIVES: &str = "\
Examples:
  phase8 directives configs/owner-directives.json
  phase8 directives configs/owner-directives.json --manifest configs/universal.value.manifest.json --output output
  phase8 directives configs/owner-directives.json --json

Exit codes: 0 done, 1 failed, 2 called wrongly, 3 a file is refused, with every field and rule.";

pub(super) const EXTENSIONS: &str = "\
Examples:
  phase8 extensions configs/contract-extensions.json
  phase8 extensions configs/contract-extensions.json --output output --json

Exit codes: 0 done, 1 failed, 2 called wrongly, 3 a file is refused, with every field and rule.";

/// A file is refused.
const REFUSED: u8 = 3;

/// Write the owner's directives as a plan: what each parameter is, what it shall be, by which call.
#[derive(Debug, Args)]
pub(super) struct Directives {
    #[command(flatten)]
    about: About,
}

/// Write the contract extensions as a plan: what is staged, what it needs, and the way back.
#[derive(Debug, Args)]
pub(super) struct Extensions {
    #[command(flatten)]
    about: About,
}

#[derive(Debug, Args)]
struct About {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The manifest that the file is about.
    #[arg(long, value_name = "FILE", default_value = "configs/universal.value.manifest.json")]
    manifest: PathBuf,
    /// Folder of the three documents; all of them are written, or none.
    #[arg(long, value_name = "DIR", default_value = "output")]
    output: PathBuf,
    /// Print the plan as JSON, instead of as Markdown.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: ConfigSource,
}

impl Directives {
    pub(super) fn run(self) -> Result<()> {
        let manifest = self.about.manifest()?;
        let manifest = self.about.index(manifest.as_deref())?;
        let text = text_of(&self.about.file)?;
        let directives = accepted(&self.about.file, read_directives(&text))?;
        self.about.write(&directives.plan(manifest.as_ref(), SystemClock.now()))
    }
}

impl Extensions {
    pub(super) fn run(self) -> Result<()> {
        let config = self.about.source.load_for_command(Vec::new())?;
        let contracts = contracts_on_file(&config).map(|(_, contracts)| contracts);
        let manifest = self.about.manifest()?;
        let manifest = self.about.index(manifest.as_deref())?;
        let text = text_of(&self.about.file)?;
        let extensions = accepted(&self.about.file, read_extensions(&text, manifest.as_ref()))?;
        self.about.write(&extensions.plan(contracts.as_ref(), SystemClock.now()))
    }
}

impl About {
    /// The manifest's text, if the file is there.
    fn manifest(&self) -> Result<Option<String>> {
        if self.manifest.is_file() {
            return text_of(&self.manifest).map(Some);
        }
        telemetry::complain(&format!(
            "there is no manifest at {}: what it says is unknown; --manifest names another",
            self.manifest.display()
        ));
        Ok(None)
    }

    fn index<'t>(&self, text: Option<&'t str>) -> Result<Option<ManifestIndex<'t>>> {
        let index = text.map(|text| {
            ManifestIndex::read(text).with_context(|| {
                format!("{} holds no JSON that can be read", self.manifest.display())
            })
        });
        index.transpose()
    }

    fn write(&self, documents: &[Artifact; 3]) -> Result<()> {
        let written = folder::write(&self.output, documents)?;
        let [json, markdown, _] = documents;
        let shown = if self.json { json } else { markdown };
        telemetry::say(shown.text.trim_end());
        for path in written {
            telemetry::complain(&format!("{} is written", path.display()));
        }
        Ok(())
    }
}

fn text_of(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// What was read, with its remarks on stderr; or everything that is wrong.
fn accepted<T>(file: &Path, loaded: Loaded<T>) -> Result<T> {
    let told = |findings: &Findings| format!("{}:\n{findings}", file.display());
    match loaded.into_result() {
        Ok((value, remarks)) => {
            if !remarks.is_empty() {
                telemetry::complain(&told(&remarks));
            }
            Ok(value)
        }
        Err(findings) => {
            let words = format!("nothing was written; {}", told(&findings));
            Err(Stopped { code: REFUSED, words }.into())
        }
    }
}
