//! Where the events come from: pages of history first, then the stream; what breaks is taken up again.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use phase8_orchestrator::sse::Events;
use phase8_shared::api::{EventPage, MissionList, MissionPhase, Problem, routes};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::Event;
use reqwest::{Client, Response};
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use super::screen::Screen;
use crate::session::Bearer;
use crate::tls;

/// A server that says nothing for so long is asked anew; a stream sends a comment more often than this.
const SILENCE: Duration = Duration::from_mins(1);
/// The first pause before another try, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// How often the list is looked at while there is no mission of that name.
const LOOK: Duration = Duration::from_secs(1);
/// The most that an event has: the first one holds the job spec.
const LARGEST_EVENT: usize = 8 * 1024 * 1024;

/// Mission Control, as a client sees it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    client: Client,
    base: String,
    bearer: Bearer,
}

/// An event, and whether the server had none after it when it was asked.
#[derive(Debug)]
pub(super) struct Next {
    pub(super) event: Event,
    pub(super) is_newest: bool,
}

/// A mission's events, one after the other.
pub(super) struct Following {
    source: Source,
    mission: MissionId,
    last: Seq,
    ready: VecDeque<Next>,
    stream: Option<Stream>,
}

struct Stream {
    bytes: BoxStream<'static, reqwest::Result<axum::body::Bytes>>,
    events: Events,
}

/// Why a question has no answer.
enum Unanswered {
    /// Asking again may help.
    ForNow(anyhow::Error),
    /// It will not.
    ForGood(anyhow::Error),
}

impl Source {
    /// At this address.
    pub(super) fn new(url: &str, bearer: &Bearer) -> Result<Self> {
        tls::install();
        let client = bearer
            .on(Client::builder())
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(SILENCE)
            .build()
            .context("the HTTP client cannot be made")?;
        let base = url.trim_end_matches('/').to_owned();
        Ok(Self { client, base, bearer: bearer.clone() })
    }

    /// What it is shown.
    pub(super) const fn bearer(&self) -> &Bearer {
        &self.bearer
    }

    /// An address there.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The newest mission of a name that is not over, else the newest of all; waits until there is one.
    pub(super) async fn newest(&self, name: &str, screen: &Screen) -> Result<MissionId> {
        let mut waits = false;
        loop {
            let list: MissionList = self.patiently(routes::MISSIONS, screen).await?;
            let named = || list.missions.iter().filter(|mission| mission.name == name);
            if let Some(mission) =
                named().find(|mission| !is_over(mission.phase)).or_else(|| named().next())
            {
                return Ok(mission.id);
            }
            if !waits {
                screen
                    .note(&format!("no mission is named {name} yet: waiting until it is launched"));
                waits = true;
            }
            sleep(LOOK).await;
        }
    }

    /// Every event of a mission.
    pub(super) fn follow(&self, mission: MissionId) -> Following {
        let source = self.clone();
        Following { source, mission, last: Seq::ZERO, ready: VecDeque::new(), stream: None }
    }

    /// Asks until there is an answer, and says that it waits.
    async fn patiently<T: DeserializeOwned>(&self, path: &str, screen: &Screen) -> Result<T> {
        let mut pause = PAUSES.0;
        loop {
            match self.ask(path).await {
                Ok(answer) => return Ok(answer),
                Err(Unanswered::ForGood(error)) => return Err(error),
                Err(Unanswered::ForNow(error)) => {
                    screen.note(&format!("{error:#}; asking again"));
                    sleep(pause).await;
                    pause = pause.saturating_mul(2).min(PAUSES.1);
                }
            }
        }
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, Unanswered> {
        let answer = self.get(path).await?;
        let text = answer.bytes().await;
        let text = text.context("the answer broke off").map_err(Unanswered::ForNow)?;
        let address = self.at(path);
        serde_json::from_slice(&text)
            .with_context(|| {
                format!("{address} answers what this program cannot read: are both of one version?")
            })
            .map_err(Unanswered::ForGood)
    }

    async fn get(&self, path: &str) -> Result<Response, Unanswered> {
        let address = self.at(path);
        let sent = self.client.get(&address).send().await;
        let answer = sent
            .with_context(|| format!("{} does not answer", self.base))
            .map_err(Unanswered::ForNow)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let error = match answer.json::<Problem>().await {
            Ok(problem) => anyhow::anyhow!("{problem}"),
            Err(_) => anyhow::anyhow!("{address} answers {status}"),
        };
        // A busy or restarting server is not the end.
        Err(if status.is_server_error() || status.as_u16() == 429 {
            Unanswered::ForNow(error)
        } else {
            Unanswered::ForGood(error)
        })
    }
}

impl Following {
    /// The next event, however long it takes.
    pub(super) async fn next(&mut self, screen: &Screen) -> Result<Next> {
        loop {
            if let Some(next) = self.ready.pop_front() {
                self.last = next.event.seq;
                return Ok(next);
            }
            let path = routes::events(self.mission, self.last);
            if self.stream.is_none() {
                // What was missed comes in pages, and says where the ledger ends.
                let page: EventPage = self.source.patiently(&path, screen).await?;
                if page.events.is_empty() {
                    self.open(screen).await?;
                } else {
                    self.take(page);
                }
                continue;
            }
            if let Err(error) = self.read().await {
                screen.note(&format!("{error:#}; taking it up again"));
                self.stream = None;
            }
        }
    }

    fn take(&mut self, page: EventPage) {
        let last = page.last;
        self.ready.extend(page.events.into_iter().map(|event| {
            let is_newest = event.seq >= last;
            Next { event, is_newest }
        }));
    }

    async fn open(&mut self, screen: &Screen) -> Result<()> {
        match self.source.get(&routes::stream(self.mission, self.last)).await {
            Ok(answer) => {
                let bytes = answer.bytes_stream().boxed();
                self.stream = Some(Stream { bytes, events: Events::up_to(LARGEST_EVENT) });
            }
            Err(Unanswered::ForGood(error)) => return Err(error),
            Err(Unanswered::ForNow(error)) => {
                screen.note(&format!("{error:#}; asking again"));
                sleep(PAUSES.0).await;
            }
        }
        Ok(())
    }

    /// Takes in what the stream sends next.
    async fn read(&mut self) -> Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let Some(bytes) = stream.bytes.next().await else { bail!("the server ended the stream") };
        stream.events.push(&bytes.context("the stream broke off")?)?;
        while let Some(text) = stream.events.take() {
            let event = serde_json::from_str(&text).context("the stream sends what is no event")?;
            self.ready.push_back(Next { event, is_newest: true });
        }
        Ok(())
    }
}

const fn is_over(phase: MissionPhase) -> bool {
    match phase {
        MissionPhase::Completed | MissionPhase::Failed | MissionPhase::Refunded => true,
        MissionPhase::AwaitingFunding
        | MissionPhase::Running
        | MissionPhase::Paused
        | MissionPhase::AwaitingValidators => false,
    }
}
