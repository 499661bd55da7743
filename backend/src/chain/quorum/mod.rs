//! Reads that gate a lever. Every endpoint is asked about one block at one hash; only what a quorum of them says word
//! for word counts, and who says something else is named. Without a quorum there is no answer: reads fail closed.

mod ask;
mod block;
mod error;
mod gather;
mod verdict;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use phase8_shared::api::{
    Agreement, EndpointSaid, ReadAnswer, ReadRequest, Said, SimulatedOutcome,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use self::ask::{Content, Question, Tried, Trouble};
use self::block::{Chosen, Header};
pub use self::error::QuorumError;
pub use self::gather::Patience;
use self::gather::gather;
use self::verdict::{Standing, Verdict, judge};
use super::rpc::Rpc;
use crate::relay::Now;

/// The endpoints of one chain, and how many must agree.
#[derive(Clone)]
pub struct Quorum {
    inner: Arc<Inner>,
}

/// What is asked of the endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuorumConfig {
    /// The chain that they must serve.
    pub chain_id: u64,
    /// How many must agree. It is raised to more than half of them, so that only one answer can reach it, and lowered to
    /// all of them.
    pub needed: u8,
    /// How long answers are waited for.
    pub patience: Patience,
}

struct Inner {
    endpoints: Vec<Endpoint>,
    chain_id: u64,
    needed: u8,
    patience: Patience,
    now: Now,
    agreement: watch::Sender<Agreement>,
}

#[derive(Debug)]
struct Endpoint {
    name: String,
    rpc: Rpc,
}

/// An endpoint after the first round.
enum Found {
    /// It has the block, as far as it says.
    Head(Header),
    /// It is not asked any further.
    Out(Said),
}

impl Quorum {
    /// These endpoints, by this clock.
    pub fn new(endpoints: Vec<Rpc>, config: QuorumConfig, now: Now) -> Self {
        let QuorumConfig { chain_id, needed, patience } = config;
        let endpoints = named(endpoints);
        let count = u8::try_from(endpoints.len()).unwrap_or(u8::MAX);
        let needed = needed.max(majority(count)).min(count.max(1));
        let said = Said::Silent { why: "was not asked yet".to_owned() };
        let asked = endpoints.iter().map(|endpoint| endpoint.said(said.clone())).collect();
        let agreement = watch::Sender::new(Agreement { endpoints: asked, quorum: needed });
        Self { inner: Arc::new(Inner { endpoints, chain_id, needed, patience, now, agreement }) }
    }

    /// How many endpoints must agree.
    pub fn needed(&self) -> u8 {
        self.inner.needed
    }

    /// How the endpoints stood to each other when they were last asked in the background.
    pub fn agreement(&self) -> Agreement {
        self.inner.agreement.borrow().clone()
    }

    /// Asks for the newest block again and again, for [`Self::agreement`].
    pub async fn keep_asking(self, interval: Duration, stopping: CancellationToken) {
        loop {
            tokio::select! {
                agreement = self.survey() => drop(self.inner.agreement.send_replace(agreement)),
                () = stopping.cancelled() => return,
            }
            tokio::select! {
                () = tokio::time::sleep(interval) => {}
                () = stopping.cancelled() => return,
            }
        }
    }

    /// How the endpoints stand to each other now.
    pub async fn survey(&self) -> Agreement {
        let (_, found) = self.inner.find_block().await;
        let said = found.into_iter().map(|found| match found {
            Found::Head(_) => Said::Agreed {},
            Found::Out(said) => said,
        });
        Agreement { endpoints: self.inner.name(said), quorum: self.inner.needed }
    }

    /// What a quorum of the endpoints says. If one of them has lost the block between two questions, as happens when the
    /// chain is reorganised or another machine answers for it, everything is asked once more.
    pub async fn read(&self, request: &ReadRequest) -> Result<ReadAnswer, QuorumError> {
        request.check()?;
        let answer = match self.inner.attempt(request).await {
            Ok(answer) => Ok(answer),
            Err(failed) if failed.is_lost => {
                self.inner.attempt(request).await.map_err(|failed| failed.error)
            }
            Err(failed) => Err(failed.error),
        };
        match &answer {
            Ok(ReadAnswer { endpoints, .. }) | Err(QuorumError::Disagree { endpoints, .. }) => {
                warn_of_dissent(endpoints);
            }
            Err(QuorumError::Request(_) | QuorumError::TooFew { .. }) => {}
        }
        answer
    }
}

/// No answer, this time.
struct Failed {
    error: QuorumError,
    /// Whether an endpoint that had the block could then say nothing about it.
    is_lost: bool,
}

impl Inner {
    async fn attempt(&self, request: &ReadRequest) -> Result<ReadAnswer, Failed> {
        let (block, found) = self.find_block().await;
        let Some(block) = block else {
            return Err(Failed { error: self.without_block(found), is_lost: false });
        };
        let as_of = (self.now)().unix_seconds().max(block.timestamp.saturating_add(1));
        let question = Question::new(request, &block, as_of);
        let (standings, is_lost) = self.put(&question, &block, found).await;
        let needed = self.needed;
        let error = match judge(&standings, needed) {
            Verdict::Agreed(content, said) => {
                return Ok(answer(block, as_of, content, self.name(said), needed));
            }
            Verdict::Split(said) => QuorumError::Disagree { needed, endpoints: self.name(said) },
            Verdict::TooFew(said) => QuorumError::TooFew { needed, endpoints: self.name(said) },
        };
        Err(Failed { error, is_lost })
    }

    /// The block to read, and who has it.
    async fn find_block(&self) -> (Option<Chosen>, Vec<Found>) {
        let questions = self.endpoints.iter().map(|endpoint| Some(ask::head(&endpoint.rpc)));
        let enough = |answers: &[Option<Result<(u64, Header), Trouble>>]| {
            let heads = answers.iter().flatten().flatten();
            let heads = heads.filter(|(chain_id, _)| *chain_id == self.chain_id);
            block::choose(heads.map(|(_, head)| head), self.needed).is_some()
        };
        let heads = gather(questions, self.patience, enough).await.into_results();
        let found: Vec<Found> = heads.map(|head| self.found(head)).collect();
        let heads = found.iter().filter_map(Found::head);
        let chosen = match block::choose(heads, self.needed) {
            Some(chosen) => Some(chosen),
            None => self.find_ancestor(&found).await,
        };
        let found = found.into_iter().map(|found| match (found, &chosen) {
            (Found::Head(head), Some(chosen)) => match block::objection(&head, chosen) {
                Some(said) => Found::Out(said),
                None => Found::Head(head),
            },
            (Found::Head(head), None) => Found::Out(block::position(&head)),
            (Found::Out(said), _) => Found::Out(said),
        });
        (chosen, found.collect())
    }

    fn found(&self, head: Result<Result<(u64, Header), Trouble>, String>) -> Found {
        match head {
            Ok(Ok((chain_id, head))) if chain_id == self.chain_id => Found::Head(head),
            Ok(Ok((chain_id, _))) => Found::Out(Said::Dissents {
                what: format!("serves chain {chain_id}, expected chain {}", self.chain_id),
            }),
            Ok(Err(trouble)) => Found::Out(Said::Silent { why: trouble.words() }),
            Err(missing) => Found::Out(Said::Silent { why: missing }),
        }
    }

    /// Where chains whose newest blocks differ were still one.
    async fn find_ancestor(&self, found: &[Found]) -> Option<Chosen> {
        let numbers = found.iter().filter_map(Found::head).map(Header::number);
        let to = block::reached(numbers, self.needed)?;
        let questions = self.endpoints.iter().zip(found).map(|(endpoint, found)| {
            found.head().is_some().then(|| ask::stretch(&endpoint.rpc, to))
        });
        let stretches = |answers: &[Option<Result<Vec<Header>, Trouble>>]| -> Vec<Vec<Header>> {
            answers.iter().flatten().flatten().cloned().collect()
        };
        let enough = |answers: &[Option<Result<Vec<Header>, Trouble>>]| {
            block::choose_ancestor(&stretches(answers), self.needed).is_some()
        };
        let answers = gather(questions, self.patience, enough).await.into_results();
        let answers: Vec<Vec<Header>> = answers.flatten().flatten().collect();
        block::choose_ancestor(&answers, self.needed)
    }

    /// Asks those who have the block; also whether one of them answers that it cannot say anything about it.
    async fn put(
        &self,
        question: &Question,
        block: &Chosen,
        found: Vec<Found>,
    ) -> (Vec<Standing>, bool) {
        let questions = self.endpoints.iter().zip(&found).map(|(endpoint, found)| {
            found.head().is_some().then(|| question.put_to(&endpoint.rpc))
        });
        let standing = |answer: Result<Result<Content, Trouble>, String>| match answer {
            Ok(Ok(content)) => Standing::Says(content),
            Ok(Err(Trouble::NoSuchBlock)) => Standing::Out(Said::Dissents {
                what: format!("does not have block {} {}", block.number, block.hash),
            }),
            Ok(Err(trouble)) => Standing::Out(Said::Silent { why: trouble.words() }),
            Err(missing) => Standing::Out(Said::Silent { why: missing }),
        };
        let enough = |answers: &[Option<Result<Content, Trouble>>]| {
            let there: Vec<Standing> = answers
                .iter()
                .flatten()
                .flatten()
                .map(|content| Standing::Says(content.clone()))
                .collect();
            matches!(judge(&there, self.needed), Verdict::Agreed(..))
        };
        let answers = gather(questions, self.patience, enough).await.into_results();
        let answers: Vec<Result<Result<Content, Trouble>, String>> = answers.collect();
        let is_lost = answers.iter().any(|answer| matches!(answer, Ok(Err(_))));
        let standings = answers.into_iter().zip(found).map(|(answer, found)| match found {
            Found::Head(_) => standing(answer),
            Found::Out(said) => Standing::Out(said),
        });
        (standings.collect(), is_lost)
    }

    fn without_block(&self, found: Vec<Found>) -> QuorumError {
        let said: Vec<Said> = found
            .into_iter()
            .map(|found| match found {
                Found::Head(head) => block::position(&head),
                Found::Out(said) => said,
            })
            .collect();
        let speaking = said.iter().filter(|said| !matches!(said, Said::Silent { .. })).count();
        let (needed, endpoints) = (self.needed, self.name(said));
        if speaking < usize::from(needed) {
            QuorumError::TooFew { needed, endpoints }
        } else {
            QuorumError::Disagree { needed, endpoints }
        }
    }

    fn name(&self, said: impl IntoIterator<Item = Said>) -> Vec<EndpointSaid> {
        self.endpoints.iter().zip(said).map(|(endpoint, said)| endpoint.said(said)).collect()
    }
}

impl Found {
    const fn head(&self) -> Option<&Header> {
        match self {
            Self::Head(head) => Some(head),
            Self::Out(_) => None,
        }
    }
}

impl Trouble {
    fn words(self) -> String {
        match self {
            Self::NoSuchBlock => "does not have the block".to_owned(),
            Self::Other(words) => words,
        }
    }
}

impl Endpoint {
    fn said(&self, said: Said) -> EndpointSaid {
        EndpointSaid { name: self.name.clone(), said }
    }
}

/// Host and port; those that share both are numbered.
fn named(endpoints: Vec<Rpc>) -> Vec<Endpoint> {
    let mut named: Vec<Endpoint> = Vec::new();
    for rpc in endpoints {
        let host = rpc.endpoint().split_once("://").map_or("", |(_, host)| host).to_owned();
        let alike = named.iter().filter(|other| same_host(&other.rpc, &rpc)).count();
        let name = if alike == 0 { host } else { format!("{host} ({})", alike + 1) };
        named.push(Endpoint { name, rpc });
    }
    named
}

fn same_host(one: &Rpc, other: &Rpc) -> bool {
    one.endpoint() == other.endpoint()
}

/// More than half.
pub const fn majority(endpoints: u8) -> u8 {
    endpoints / 2 + 1
}

fn answer(
    block: Chosen,
    as_of: u64,
    content: Content,
    endpoints: Vec<EndpointSaid>,
    quorum: u8,
) -> ReadAnswer {
    let (outcome, after) = match content.tried {
        None => (None, None),
        Some(Tried::Succeeds { return_data, gas_used, logs, after }) => {
            (Some(SimulatedOutcome::Succeeds { return_data, gas_used, logs }), Some(after))
        }
        Some(Tried::Refused { data, why }) => (Some(SimulatedOutcome::Refused { data, why }), None),
        Some(Tried::Unavailable { why }) => (Some(SimulatedOutcome::Unavailable { why }), None),
    };
    ReadAnswer {
        block: block.number,
        block_hash: block.hash,
        timestamp: block.timestamp,
        as_of,
        before: content.before,
        outcome,
        after,
        endpoints,
        quorum,
    }
}

fn warn_of_dissent(endpoints: &[EndpointSaid]) {
    for EndpointSaid { name, said } in endpoints {
        if let Said::Dissents { what } = said {
            warn!(endpoint = %name, "endpoint {name} dissents: {what}");
        }
    }
}

impl fmt::Debug for Quorum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quorum")
            .field("endpoints", &self.inner.endpoints)
            .field("needed", &self.inner.needed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rpc(address: &str) -> Rpc {
        Rpc::connect(address, Duration::from_secs(1)).unwrap()
    }

    #[test]
    fn endpoints_are_named_without_their_keys_and_told_apart() {
        let names: Vec<String> = named(vec![
            rpc("https://node.example/v3/secret"),
            rpc("https://node.example/v3/other"),
            rpc("http://127.0.0.1:8545"),
        ])
        .into_iter()
        .map(|endpoint| endpoint.name)
        .collect();

        assert_eq!(names, ["node.example", "node.example (2)", "127.0.0.1:8545"]);
    }

    #[test]
    fn only_one_answer_can_reach_a_quorum() {
        let now: Now = Arc::new(|| phase8_shared::time::Timestamp::from_millis(0));
        let needed = |count: u16, wanted| {
            let endpoints =
                (0..count).map(|n| rpc(&format!("http://127.0.0.1:{}", 9_000 + n))).collect();
            let config =
                QuorumConfig { chain_id: 1, needed: wanted, patience: Patience::default() };
            Quorum::new(endpoints, config, Arc::clone(&now)).needed()
        };

        assert_eq!(needed(1, 1), 1);
        assert_eq!(needed(1, 3), 1);
        assert_eq!(needed(2, 1), 2);
        assert_eq!(needed(3, 1), 2);
        assert_eq!(needed(3, 3), 3);
        assert_eq!(needed(4, 0), 3);
    }
}
