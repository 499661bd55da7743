//! `phase8 monitor`: a mission as it goes, in a terminal. It folds the ledger by itself, as the page does; a connection that
//! breaks is taken up again after the last event that is here.

mod ending;
mod screen;
mod source;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use phase8_shared::api::routes;
use phase8_shared::id::MissionId;
use phase8_shared::mission::Payload;
use phase8_shared::spec::preview;
use phase8_shared::timeline::{Ingest, Journal};
use tokio::time::sleep;
use tracing::warn;

use self::ending::Ending;
use self::screen::Screen;
use self::source::Source;
use super::export::fetch;
use super::{ConfigSource, Stopped, block_on};
use crate::session::Bearer;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 monitor --follow configs/job.multi-agent.json
  phase8 monitor --follow 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --url http://127.0.0.1:8080
  phase8 monitor --follow configs/job.multi-agent.json --json > events.jsonl

Exit codes: 0 the mission is completed, 1 it failed or cannot be followed, 2 called wrongly, 3 budget exceeded, 4 a tripwire
halted it.";

/// Follow a mission in the terminal, and keep its ledger as a file.
#[derive(Debug, Args)]
pub(super) struct Monitor {
    /// The mission, or the job spec that it is launched from: then the newest mission of that name, and if there is none yet,
    /// the next.
    #[arg(long, value_name = "MISSION|FILE")]
    follow: String,
    /// Print each event as a line of JSON instead, and how it ended as the last.
    #[arg(long)]
    json: bool,
    /// Stay when the budget is exceeded or a tripwire halts the mission, until it is over.
    #[arg(long)]
    stay: bool,
    /// Folder that the mission's export is kept in, anew with each checkpoint on the chain, each halt and the end.
    #[arg(long, value_name = "DIR", default_value = "storage/phase8")]
    storage: PathBuf,
    /// Address of Mission Control; the configured one on this machine if left out.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    source: ConfigSource,
}

/// How often the export is asked for when the watch ends, and the pause between.
const LAST_TRIES: u32 = 20;
const KEEP_AGAIN: Duration = Duration::from_millis(500);

/// What is to be followed.
#[derive(Debug)]
enum Followed {
    Mission(MissionId),
    /// The newest mission with this name.
    Job(String),
}

impl Monitor {
    pub(super) fn run(self) -> Result<()> {
        let followed = followed(&self.follow)?;
        let config = self.source.load(Vec::new())?;
        let url = self.url.clone();
        let url = url.unwrap_or_else(|| format!("http://{}", config.http.address()));
        let bearer = Bearer::for_server(&url, &config.storage.data)?;
        block_on(self.watch(Source::new(&url, &bearer)?, followed))
    }

    async fn watch(self, source: Source, followed: Followed) -> Result<()> {
        let mut screen = Screen::new(self.json);
        let mission = match followed {
            Followed::Mission(mission) => mission,
            Followed::Job(name) => source.newest(&name, &screen).await?,
        };
        let mut journal = Journal::default();
        let mut events = source.follow(mission);
        loop {
            let next = events.next(&screen).await?;
            let seq = next.event.seq;
            let keeps = worth_keeping(&next.event.payload);
            match journal.ingest(next.event) {
                Ingest::Appended => {}
                Ingest::Known => continue,
                Ingest::Gap | Ingest::Contradicts => bail!(
                    "the server tells another history than before at event {seq}: keep {} and ask its operator",
                    self.storage.display()
                ),
            }
            screen.show(&journal, seq);
            // History is told, and judged by where it led.
            if !next.is_newest {
                continue;
            }
            let ending = Ending::of(&journal).filter(|ending| ending.is_over() || !self.stay);
            if keeps || ending.is_some() {
                // What is kept on the way is soon kept anew; what is kept at the end is what stays.
                let tries = if ending.is_some() { LAST_TRIES } else { 1 };
                keep(&source, mission, &self.storage, tries, &screen).await;
            }
            if let Some(ending) = ending {
                screen.end(&journal, &ending);
                return match ending.code() {
                    0 => Ok(()),
                    code => Err(Stopped { code, words: ending.to_string() }.into()),
                };
            }
        }
    }
}

/// A mission's id, or the name in a job spec.
fn followed(words: &str) -> Result<Followed> {
    if let Ok(mission) = words.parse() {
        return Ok(Followed::Mission(mission));
    }
    let text = std::fs::read_to_string(words).with_context(|| {
        format!(
            "`{words}` is neither a mission (32 lower-case hex digits) nor a file that can be read"
        )
    })?;
    let name = preview(&text).draft.job_name;
    let name = name.with_context(|| {
        format!("{words} has no jobName that can be read: `phase8 monitor` follows job specs by their names")
    })?;
    Ok(Followed::Job(name.as_str().to_owned()))
}

/// Whether more stands on the chain, or a person is needed: then the file is written anew.
const fn worth_keeping(payload: &Payload) -> bool {
    matches!(
        payload,
        Payload::CheckpointAnchored { .. }
            | Payload::MilestonePaid { .. }
            | Payload::MissionPaused { .. }
            | Payload::TripwireTripped { .. }
    )
}

/// Writes the export, and asks again where the connection broke. That it cannot be written ends no watch.
async fn keep(source: &Source, mission: MissionId, folder: &Path, tries: u32, screen: &Screen) {
    let file = folder.join(format!("{mission}.json"));
    let address = source.at(&routes::export(mission));
    let mut left = tries;
    loop {
        let written = async {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
            fetch(&address, &file, source.bearer()).await
        };
        let Err(error) = written.await else { return screen.kept(&file) };
        left = left.saturating_sub(1);
        let broke = error.chain().any(<dyn std::error::Error>::is::<reqwest::Error>);
        if left == 0 || !broke {
            warn!("the mission was not kept: {error:#}");
            return screen.note(&format!("{} was not written: {error:#}", file.display()));
        }
        screen.note(&format!("{} is not written yet: {error:#}; asking again", file.display()));
        sleep(KEEP_AGAIN).await;
    }
}

#[cfg(test)]
mod tests;
