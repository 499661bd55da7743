//! `phase8 evaluate`: how well each model adapter works, by the original's formula and by what missions measured.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use phase8_shared::api::{EvaluationView, EventPage, Problem, routes};
use phase8_shared::id::MissionId;
use phase8_shared::policy::{ModelAdapter, read_adapters};
use phase8_shared::score::adapter_composite_after;
use phase8_shared::score::evaluate::{
    Measurement, ScoredAdapter, UpgradeProposal, decimals, planned_incumbents, score_adapters,
    upgrades,
};
use phase8_shared::score::record::{MissionRecord, RecordFold};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{ConfigSource, block_on};
use crate::archive::{make_folder, read_export, write_whole};
use crate::config::Config;
use crate::session::Bearer;
use crate::{telemetry, tls};

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 evaluate
  phase8 evaluate --job 0f1e2d3c4b5a69788796a5b4c3d2e1f0
  phase8 evaluate --job storage/phase8/0f1e2d3c4b5a69788796a5b4c3d2e1f0.json --json
  phase8 evaluate --adapters configs/model-adapters.json --hours 8 --json";

/// The hours of the formula where nobody names others: the length of the usual job.
const USUAL_HOURS: f64 = 8.0;
/// A server that says nothing for so long is given up.
const PATIENCE: Duration = Duration::from_mins(2);

/// Score the model adapters, by the original's formula and by what missions measured.
#[derive(Debug, Args)]
pub(super) struct Evaluate {
    /// The mission to measure, or its archived export; without it the server measures every mission, and keeps the result.
    #[arg(long, value_name = "MISSION|FILE", conflicts_with = "hours")]
    job: Option<String>,
    /// The adapters' file; the configured one if left out. Without --job only the formula is computed, and no server is asked.
    #[arg(long, value_name = "FILE")]
    adapters: Option<PathBuf>,
    /// Hours in the formula; `JOB_DURATION_HOURS`, or else 8.
    #[arg(long, value_name = "H")]
    hours: Option<f64>,
    /// Where the scored adapters are written; `-` for nowhere.
    #[arg(long, value_name = "FILE", default_value = "output/model-adapters.scored.json")]
    output: PathBuf,
    /// Print the scored adapters as a JSON array instead of a table.
    #[arg(long)]
    json: bool,
    /// Address of Mission Control; the configured one on this machine if left out.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    source: ConfigSource,
}

/// An adapter of the file with its scores: the file's own fields, in its own order, and the scores behind them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Scored<'a> {
    #[serde(flatten)]
    adapter: &'a ModelAdapter,
    composite_score: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measured_score: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measured: Option<&'a Measurement>,
}

impl Evaluate {
    pub(super) fn run(self) -> Result<()> {
        let config = self.source.load(Vec::new())?;
        let file = self.adapters.clone().unwrap_or_else(|| config.files.adapters.clone());
        let adapters = read(&file)?;
        let hours = self.hours()?;
        let composite = |adapter: &ModelAdapter| adapter_composite_after(adapter, hours);
        let url = self.url.clone();
        let url = url.unwrap_or_else(|| format!("http://{}", config.http.address()));
        let bearer = Bearer::for_server(&url, &config.storage.data)?;
        let url = url.trim_end_matches('/');
        let (scored, proposals) = match &self.job {
            Some(job) => {
                let record = record(url, job, &bearer)?;
                let scored = score_adapters(&adapters, composite, [&record]);
                let proposals = propose(&scored, &record, &config);
                (scored, proposals)
            }
            None if self.adapters.is_some() || self.hours.is_some() => {
                (score_adapters(&adapters, composite, []), Vec::new())
            }
            None => {
                let asked = format!("{url}{}", routes::EVALUATIONS);
                let view: EvaluationView = block_on_answer(post(&asked, &bearer))?;
                telemetry::complain(&format!(
                    "the server measured {} missions and keeps the result",
                    view.missions.len()
                ));
                (view.adapters, view.proposals)
            }
        };
        let text = written(&adapters, &scored)?;
        if self.output != Path::new("-") {
            if let Some(folder) = self.output.parent().filter(|it| !it.as_os_str().is_empty()) {
                make_folder(folder)?;
            }
            write_whole(&self.output, text.as_bytes())?;
            telemetry::complain(&format!("{} is written", self.output.display()));
        }
        if self.json {
            telemetry::say(text.trim_end());
        } else {
            tell(&scored, &proposals);
        }
        Ok(())
    }

    fn hours(&self) -> Result<f64> {
        let hours = match (self.hours, std::env::var("JOB_DURATION_HOURS")) {
            (Some(hours), _) => hours,
            (None, Ok(text)) if !text.is_empty() => text.parse().with_context(|| {
                format!("JOB_DURATION_HOURS must be a number of hours, such as 8; found {text:?}")
            })?,
            (None, _) => USUAL_HOURS,
        };
        ensure!(
            hours.is_finite() && (0.0..=1_000_000.0).contains(&hours),
            "the hours must be a number from 0 to 1000000; found {hours}"
        );
        Ok(hours)
    }
}

fn read(file: &Path) -> Result<Vec<ModelAdapter>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    match read_adapters(&text).into_result() {
        Ok((adapters, _)) => Ok(adapters),
        Err(findings) => bail!("{} cannot be used:\n{findings}", file.display()),
    }
}

/// What a mission tells, from the server or from an archived export.
fn record(url: &str, job: &str, bearer: &Bearer) -> Result<MissionRecord> {
    let nothing = || format!("{job} tells nothing of a mission");
    if let Ok(mission) = job.parse::<MissionId>() {
        return block_on_answer(fold(url, mission, bearer))?.record().with_context(nothing);
    }
    let bytes = fs::read(job).with_context(|| {
        format!(
            "`{job}` is neither a mission (32 lower-case hex digits) nor a file that can be read"
        )
    })?;
    let export = read_export(&bytes).with_context(|| job.to_owned())?;
    let events = (1..=export.journal.last().0)
        .filter_map(|seq| export.journal.event(phase8_shared::id::Seq(seq)));
    MissionRecord::of(events).with_context(nothing)
}

async fn fold(url: &str, mission: MissionId, bearer: &Bearer) -> Result<RecordFold> {
    let mut fold = RecordFold::default();
    loop {
        let address = format!("{url}{}", routes::events(mission, fold.seq()));
        let page: EventPage = answer(client(bearer)?.get(&address), &address).await?;
        page.events.iter().for_each(|event| fold.push(event));
        if page.events.is_empty() || fold.seq() >= page.last {
            return Ok(fold);
        }
    }
}

async fn post(address: &str, bearer: &Bearer) -> Result<EvaluationView> {
    answer(client(bearer)?.post(address), address).await
}

fn client(bearer: &Bearer) -> Result<reqwest::Client> {
    tls::install();
    bearer
        .on(reqwest::Client::builder())
        .connect_timeout(Duration::from_secs(10))
        .timeout(PATIENCE)
        .build()
        .context("the HTTP client cannot be made")
}

async fn answer<T: DeserializeOwned>(request: reqwest::RequestBuilder, address: &str) -> Result<T> {
    let response = request.send().await.with_context(|| format!("{address} does not answer"))?;
    let status = response.status();
    if status.is_success() {
        return response.json().await.with_context(|| format!("{address} answers something else"));
    }
    match response.json::<Problem>().await {
        Ok(problem) => bail!("{problem}"),
        Err(_) => bail!("{address} answers {status}"),
    }
}

fn block_on_answer<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut answered = None;
    block_on(async {
        answered = Some(work.await?);
        Ok(())
    })?;
    answered.context("nothing was answered")
}

fn propose(
    scored: &[ScoredAdapter],
    record: &MissionRecord,
    config: &Config,
) -> Vec<UpgradeProposal> {
    upgrades(scored, &planned_incumbents([record]), config.evaluation.margin())
}

/// The scored file: the array that the original wrote, sorted by the composite, with what was measured behind it.
fn written(adapters: &[ModelAdapter], scored: &[ScoredAdapter]) -> Result<String> {
    let number = |units: i64| RawValue::from_string(trimmed(&decimals(units)));
    let mut sorted: Vec<&ScoredAdapter> = scored.iter().collect();
    sorted.sort_by_key(|it| std::cmp::Reverse(it.composite));
    let mut rows = Vec::new();
    for score in sorted {
        let Some(adapter) = adapters.iter().find(|it| it.id.as_str() == score.id) else { continue };
        let measured = score.measured.as_ref();
        rows.push(Scored {
            adapter,
            composite_score: number(score.composite)?,
            measured_score: measured.map(|it| number(it.score.into())).transpose()?,
            measured,
        });
    }
    Ok(serde_json::to_string_pretty(&rows)? + "\n")
}

/// As JavaScript writes a number: without zeros at its end.
fn trimmed(decimals: &str) -> String {
    decimals.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn tell(scored: &[ScoredAdapter], proposals: &[UpgradeProposal]) {
    let widest = scored.iter().map(|it| it.id.len()).max().unwrap_or_default().max(7);
    telemetry::say(&format!(
        "{:widest$}  {:>9}  {:>9}  {:>8}  {:>12}  {:>9}  {:>5}",
        "adapter", "composite", "measured", "accepted", "per accepted", "median", "trips"
    ));
    for it in scored {
        let composite = decimals(it.composite);
        let line = match &it.measured {
            Some(measured) => format!(
                "{:widest$}  {composite:>9}  {:>9}  {:>8}  {:>12}  {:>9}  {:>5}",
                it.id,
                decimals(measured.score.into()),
                format!("{}/{}", measured.accepted, measured.delivered),
                measured.cost_per_accepted.map_or_else(|| "–".to_owned(), |cost| cost.to_string()),
                measured.median_ms.map_or_else(|| "–".to_owned(), |time| format!("{time} ms")),
                measured.trips,
            ),
            None => format!("{:widest$}  {composite:>9}  {:>9}", it.id, "–"),
        };
        telemetry::say(line.trim_end());
    }
    for proposal in proposals {
        telemetry::say(&format!(
            "propose {} for every {}: {} (on the page, under Models)",
            proposal.challenger, proposal.role, proposal.reason
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scored_file_is_the_originals_array_with_four_decimals_best_first() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/model-adapters.json");
        let adapters = read(&file).unwrap();
        let composite = |adapter: &ModelAdapter| adapter_composite_after(adapter, 8.0);

        let text = written(&adapters, &score_adapters(&adapters, composite, [])).unwrap();

        let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let scores: Vec<f64> =
            rows.iter().map(|row| row["compositeScore"].as_f64().unwrap()).collect();
        assert_eq!(rows.len(), adapters.len());
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
        assert!(scores.iter().all(|score| ((score * 1e4).round() - score * 1e4).abs() < 1e-6));
        assert!(read_adapters(&text).into_result().is_ok(), "it reads back");
        assert!(rows[0].get("measured").is_none());
    }

    #[test]
    fn numbers_lose_the_zeros_at_their_end() {
        for (text, short) in [("20.9526", "20.9526"), ("20.9500", "20.95"), ("1.0000", "1")] {
            assert_eq!(trimmed(text), short);
        }
    }
}
