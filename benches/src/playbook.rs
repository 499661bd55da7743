//! The operator's playbook: a dry run of a manifest, from start to last file, and the archive of a long mission. Nothing is
//! compared, so that it needs no peer.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use phase8_backend::archive::make;
use phase8_shared::id::MissionId;
use phase8_shared::ledger::{CompactTree, EXPORT_FORMAT, leaf_hash};
use phase8_tests::Parts;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::Instant;

/// Goals: milliseconds of a dry run, of one of many domains, and of an archive, and the archive's MiB.
const USUAL: f64 = 300.0;
const LARGE: f64 = 2_000.0;
const ARCHIVE: f64 = 3_000.0;
const MEBIBYTES: f64 = 300.0;
/// Domains of the large manifest.
const DOMAINS: usize = 2_000;
/// Events of the archived mission.
const EVENTS: u64 = 100_000;
/// Runs of each; the median counts.
const RUNS: usize = 7;
/// Has this program make one archive, and tell of it, in a process that holds nothing else.
pub(crate) const WORD: &str = "archive-alone";

/// Measures everything; the table as Markdown.
pub(crate) async fn table(parts: &Parts) -> Result<String> {
    let mut text = "| # | work | figure | goal | met |\n|---|---|---|---|---|\n".to_owned();
    let mut line = |id: &str, what: &str, figure: f64, unit: &str, goal: f64| {
        let met = if figure < goal { "yes" } else { "no" };
        writeln!(text, "| {id} | {what} | {figure:.1} {unit} | < {goal} {unit} | {met} |")
    };
    let usual = parts.root.join("configs/universal.value.manifest.json");
    let folder = tempfile::tempdir()?;
    let large = folder.path().join("large.json");
    std::fs::write(&large, many_domains(&std::fs::read_to_string(&usual)?)?)?;
    let what = "dry run of the usual manifest, from start to last file";
    line("P1", what, dry_run(parts, &usual).await?, "ms", USUAL)?;
    let what = "dry run of a manifest of 2 000 domains, from start to last file";
    line("P2", what, dry_run(parts, &large).await?, "ms", LARGE)?;
    let (took, most) = archives(folder.path()).await?;
    line("P3", "archive of a mission of 100 000 events", took, "ms", ARCHIVE)?;
    line("P3", "the same, resident at most", most, "MiB", MEBIBYTES)?;
    Ok(text)
}

/// Milliseconds of `phase8 bootstrap --offline` on a manifest.
async fn dry_run(parts: &Parts, manifest: &Path) -> Result<f64> {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let output = tempfile::tempdir()?;
        let mut command = Command::new(&parts.phase8);
        command.current_dir(&parts.root).args(["bootstrap", "--offline", "--chain-id", "31337"]);
        command.arg("--manifest").arg(manifest).arg("--output").arg(output.path());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let begun = Instant::now();
        let status = command.status().await?;
        runs.push(begun.elapsed().as_secs_f64() * 1e3);
        ensure!(status.success(), "`phase8 bootstrap` ended with {status}");
        let written = std::fs::read_dir(output.path())?.count();
        ensure!(written >= 16, "{written} documents are not all");
    }
    median(runs)
}

/// The manifest with more domains like its first.
fn many_domains(usual: &str) -> Result<String> {
    let mut manifest: Value = serde_json::from_str(usual)?;
    let domains = manifest.get_mut("domains").and_then(Value::as_array_mut);
    let domains = domains.context("the manifest has domains")?;
    let first = domains.first().cloned().context("the manifest has a domain")?;
    for number in domains.len()..DOMAINS {
        let mut domain = first.clone();
        let fields = domain.as_object_mut().context("a domain is an object")?;
        fields.insert("slug".to_owned(), json!(format!("domain-{number}")));
        fields.insert("name".to_owned(), json!(format!("Domain {number}")));
        domains.push(domain);
    }
    Ok(serde_json::to_string_pretty(&manifest)?)
}

/// Milliseconds and MiB of an archive, each made by a process of its own.
async fn archives(folder: &Path) -> Result<(f64, f64)> {
    let export = folder.join("long.json");
    write_export(&export)?;
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let output = Command::new(std::env::current_exe()?).arg(WORD).arg(&export).output().await?;
        let said = String::from_utf8(output.stdout)?;
        let mut figures = said.split_whitespace().map(str::parse::<f64>);
        let mut figure = || anyhow::Ok(figures.next().context("a figure")??);
        times.push(figure().with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?);
        sizes.push(figure()?);
    }
    Ok((median(times)?, median(sizes)?))
}

/// Makes the archive of an export, and says how long that took in milliseconds, and the MiB that this process held at most.
pub(crate) fn alone(export: &str) -> Result<()> {
    let export = Path::new(export);
    let begun = Instant::now();
    let made = make(export, &export.with_extension("car"))?;
    let took = begun.elapsed().as_secs_f64() * 1e3;
    ensure!(made.documents.len() == 3, "an archive comes with three documents");
    let status = std::fs::read_to_string("/proc/self/status")?;
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let most = most.context("the kernel tells")?.trim().trim_end_matches(" kB").trim();
    let most = most.parse::<f64>()? / 1_024.0;
    Ok(writeln!(std::io::stdout(), "{took} {most}")?)
}

/// The export of a long mission, as far as an archive reads it.
fn write_export(path: &Path) -> Result<()> {
    let (mut texts, mut leaves) = (Vec::new(), Vec::new());
    for seq in 1..=EVENTS {
        let text = String::from_utf8(crate::ledger::event(seq)?)?;
        leaves.push(leaf_hash(text.as_bytes()));
        texts.push(text);
    }
    let export = json!({
        "format": EXPORT_FORMAT,
        "mission": MissionId::from_bytes([1; 16]),
        "events": texts,
        "tree": CompactTree::of(&leaves).head(),
    });
    Ok(std::fs::write(path, serde_json::to_vec(&export)?)?)
}

fn median(mut figures: Vec<f64>) -> Result<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().context("nothing was measured")
}
