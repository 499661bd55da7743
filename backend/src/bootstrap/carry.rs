//! The steps by way of a running server: the owner's key signs each as a request (EIP-712), the server's wallet pays the gas.

use std::time::Duration;

use alloy::primitives::B256;
use phase8_shared::api::{Problem, RequestState, RequestView, SubmitRequest, routes};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep};

use super::Step;
use super::history::Entry;
use super::keys::{OwnerKey, OwnerKeyError};
use crate::relay::Now;
use crate::session::Bearer;

/// A request is carried out by then.
const PATIENCE: Duration = Duration::from_mins(10);
/// An answer is there by then.
const ANSWER: Duration = Duration::from_secs(30);
/// So often a request is asked for.
const LOOK: Duration = Duration::from_millis(100);

/// A server that carries requests.
#[derive(Debug)]
pub struct Carrier {
    client: reqwest::Client,
    base: String,
}

/// The server did not carry a step.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// Only what passes the owner's door can be signed as a request.
    #[error(
        "{0} does not pass an owner's door, so that it cannot be relayed: send it with a key, a Safe or cast"
    )]
    NoDoor(String),
    /// The server does not answer, or not as one.
    #[error(
        "Mission Control at {base} does not answer as expected: start it with `phase8 serve`, or name another with --url"
    )]
    Silent {
        /// Where.
        base: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The server refuses.
    #[error("{what} was not relayed: {problem}; what was sent before it stands")]
    Refused {
        /// Which step.
        what: String,
        /// What the server says.
        problem: Box<Problem>,
    },
    /// The request was not carried out.
    #[error("{what} was not carried out: {why}; what was sent before it stands")]
    Ended {
        /// Which step.
        what: String,
        /// How it ended.
        why: String,
    },
    /// It takes too long.
    #[error("{what} is under way and in no block after {} minutes: run the same command again to go on, nothing is sent twice", PATIENCE.as_secs() / 60)]
    Late {
        /// Which step.
        what: String,
    },
    /// The key cannot sign.
    #[error(transparent)]
    Key(#[from] OwnerKeyError),
}

impl Carrier {
    /// The server at an address.
    pub fn new(base: &str, bearer: &Bearer) -> Result<Self, CarryError> {
        crate::tls::install();
        let base = base.trim_end_matches('/').to_owned();
        let client = bearer.on(reqwest::Client::builder()).timeout(ANSWER).no_proxy().build();
        match client {
            Ok(client) => Ok(Self { client, base }),
            Err(source) => Err(CarryError::Silent { base, source }),
        }
    }

    /// Has a step carried, and waits until it is in a block. A request with the same call and nonce that the server has
    /// already is waited for instead.
    pub async fn carry(&self, step: &Step, key: &OwnerKey, now: &Now) -> Result<Entry, CarryError> {
        let what = step.order.to_string();
        let Some(intent) = &step.intent else { return Err(CarryError::NoDoor(what)) };
        let request = &intent.request;
        let listed: Vec<RequestView> =
            self.answer(&what, self.client.get(self.at(routes::REQUESTS))).await?;
        let same = listed.into_iter().find(|view| {
            view.state.is_outstanding()
                && view.nonce == request.nonce
                && view.target == request.target
                && view.data == request.data
        });
        let digest = if let Some(view) = same {
            view.digest
        } else {
            let submitted = SubmitRequest {
                target: request.target,
                data: request.data.clone(),
                nonce: request.nonce,
                deadline: request.deadline,
                chain_id: Some(request.chain_id),
                signature: key.sign_digest(request.digest())?,
            };
            let asked = self.client.post(self.at(routes::REQUESTS)).json(&submitted);
            self.answer::<RequestView>(&what, asked).await?.digest
        };
        let (hash, block_number) = self.carried(&what, digest).await?;
        Ok(Entry {
            label: step.order.function.to_owned(),
            slug: step.order.slug.clone(),
            hash,
            block_number,
            status: 1,
            timestamp: now().to_string(),
        })
    }

    async fn carried(&self, what: &str, digest: B256) -> Result<(B256, u64), CarryError> {
        let end = Instant::now() + PATIENCE;
        let ended = |why: String| Err(CarryError::Ended { what: what.to_owned(), why });
        while Instant::now() < end {
            let asked = self.client.get(self.at(&routes::request(digest)));
            match self.answer::<RequestView>(what, asked).await?.state {
                RequestState::Included { transaction, block } => return Ok((transaction, block)),
                RequestState::Outstanding { reason: Some(why) }
                | RequestState::Failed { reason: why } => {
                    return ended(why);
                }
                RequestState::Expired => return ended("its deadline passed".to_owned()),
                RequestState::Void => return ended("another request used its nonce".to_owned()),
                RequestState::Outstanding { reason: None } | RequestState::Sent { .. } => {}
            }
            sleep(LOOK).await;
        }
        Err(CarryError::Late { what: what.to_owned() })
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        what: &str,
        asked: reqwest::RequestBuilder,
    ) -> Result<T, CarryError> {
        let silent = |source| CarryError::Silent { base: self.base.clone(), source };
        let answer = asked.send().await.map_err(silent)?;
        if answer.status().is_success() {
            return answer.json().await.map_err(silent);
        }
        let problem = Box::new(answer.json().await.map_err(silent)?);
        Err(CarryError::Refused { what: what.to_owned(), problem })
    }
}
