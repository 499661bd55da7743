//! The adapter over HTTP: any endpoint that speaks `OpenAI`'s chat completions, streamed. It repeats a request only where
//! it is known that nothing was done; once an answer began, a break leaves the outcome unknown, and the engine decides.

mod answer;
mod broke;
mod reader;
#[cfg(test)]
mod tests;
pub mod tls;
mod usage;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use tokio::time::timeout;

use self::broke::{Broke, Failure};
use self::reader::{Reader, Whole, most_bytes};
use self::wire::{Most, Question};
use super::{Adapter, AgentError, CallAnswer, CallRequest};
use crate::budget::CallLimits;
use crate::ports::Clock;

/// What is read of the body of a refusal.
const REFUSAL_BYTES: usize = 64 * 1024;

/// Looks up keys by the name of their variable.
pub trait Credentials {
    /// The key; `None` if there is none.
    fn find(&self, variable: &str) -> Option<String>;
}

/// The environment of this process, the only place where keys are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Environment;

impl Credentials for Environment {
    fn find(&self, variable: &str) -> Option<String> {
        std::env::var(variable).ok()
    }
}

/// Where an endpoint is and what it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    /// Such as `https://api.example.com/v1`.
    pub base_url: &'p str,
    /// What the endpoint calls the model.
    pub model: &'p str,
    /// Name of the variable that holds the key, if one is needed.
    pub api_key_env: Option<&'p str>,
}

/// For how long an endpoint is waited for, and how often it is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For the first byte of an answer.
    pub first_byte: Duration,
    /// For each next part of it.
    pub between_chunks: Duration,
    /// For the whole of it.
    pub whole: Duration,
    /// How often it is asked at most, while it is known that nothing was done.
    pub attempts: u32,
    /// Before it is asked a second time; doubled each time after that.
    pub first_wait: Duration,
    /// An endpoint that wants to be left alone for longer is not waited for: the mission asks again later.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(2),
            between_chunks: Duration::from_mins(1),
            whole: Duration::from_mins(10),
            attempts: 4,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// Why an adapter could not be connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The key is not in the environment.
    #[error(
        "the environment variable {variable} is not set; set it to the endpoint's key and start the server again"
    )]
    NoKey {
        /// The variable.
        variable: String,
    },
    /// What is there cannot be a key.
    #[error(
        "the environment variable {variable} holds what cannot be a key; set it to the endpoint's key alone, without spaces or quotes"
    )]
    BadKey {
        /// The variable.
        variable: String,
    },
    /// The URL is none.
    #[error(
        "its baseUrl in model-adapters.json is not the URL of an endpoint; write it as https://host/v1"
    )]
    BadUrl,
    /// The HTTP client cannot be built.
    #[error("no HTTP client can be built on this machine")]
    Client(#[source] reqwest::Error),
}

/// A connected endpoint.
pub struct OpenAi {
    client: Client,
    url: Url,
    model: String,
    key: Option<HeaderValue>,
    patience: Patience,
    clock: Arc<dyn Clock>,
    /// Whether the endpoint wants the most tokens under their newer name, as it once said.
    newer_name: AtomicBool,
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("OpenAi");
        shown
            .field("host", &self.url.host_str())
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

impl OpenAi {
    /// Prepares to speak to an endpoint; nothing is sent yet.
    pub fn connect(
        place: Place<'_>,
        credentials: &dyn Credentials,
        patience: Patience,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConnectError> {
        let url = format!("{}/chat/completions", place.base_url.trim_end_matches('/'));
        let url: Url = url.parse().map_err(|_| ConnectError::BadUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ConnectError::BadUrl);
        }
        tls::install();
        let client = Client::builder()
            .connect_timeout(patience.connect)
            // A redirect would carry prompts, and the key, to a place that nobody configured.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // On a connection of its own no request is sent twice, and cutting it off ends exactly one call.
            .pool_max_idle_per_host(0)
            .no_proxy()
            .build()
            .map_err(ConnectError::Client)?;
        Ok(Self {
            client,
            url,
            model: place.model.to_owned(),
            key: place.api_key_env.map(|variable| bearer(variable, credentials)).transpose()?,
            patience,
            clock,
            newer_name: AtomicBool::new(false),
        })
    }

    /// Asks until there is an answer, or an end that trying again does not change.
    async fn insist(&self, request: &CallRequest) -> Result<Whole, AgentError> {
        let mut wait = self.patience.first_wait;
        let mut left = self.patience.attempts.max(1);
        loop {
            left -= 1;
            let attempt = timeout(self.patience.whole, self.attempt(request)).await;
            let attempt = attempt.unwrap_or(Err(Broke::TooSlow(self.patience.whole).into()));
            let (why, pause) = match attempt {
                Ok(whole) => return Ok(whole),
                Err(Failure::Lost(broke)) => return Err(AgentError::Lost(Box::new(broke))),
                Err(Failure::Never { why }) => return Err(AgentError::Refused(why)),
                // It is learned once and costs nothing.
                Err(Failure::OtherName) => {
                    left += 1;
                    continue;
                }
                Err(Failure::NotNow { why, after }) => (why, after.unwrap_or(wait)),
            };
            if left == 0 || pause > self.patience.longest_wait {
                return Err(AgentError::Refused(why));
            }
            let pause = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            self.clock.sleep_until(self.clock.now().plus_millis(pause)).await;
            wait = wait.saturating_mul(2).min(self.patience.longest_wait);
        }
    }

    async fn attempt(&self, request: &CallRequest) -> Result<Whole, Failure> {
        let newer_name = self.newer_name.load(Ordering::Relaxed);
        let most = if newer_name { Most::CompletionTokens } else { Most::Tokens };
        let most = most(request.limits.output_tokens);
        let question = Question::new(&self.model, &request.messages, most);
        let mut sent = self.client.post(self.url.clone()).json(&question);
        sent = sent.header(ACCEPT, "text/event-stream");
        if let Some(key) = &self.key {
            sent = sent.header(AUTHORIZATION, key.clone());
        }
        let first_byte = self.patience.first_byte;
        let response = match timeout(first_byte, sent.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is_connect() => {
                let why = "the endpoint cannot be reached".to_owned();
                return Err(Failure::NotNow { why, after: None });
            }
            Ok(Err(error)) => return Err(Broke::Cut(error.without_url()).into()),
            Err(_) => return Err(Broke::NoFirstByte(first_byte).into()),
        };
        let status = response.status();
        if status.is_success() {
            return self.read(response, request.limits).await.map_err(Failure::Lost);
        }
        Err(self.refusal(response, status).await)
    }

    /// What a status that is no success says about what was done.
    async fn refusal(&self, mut response: Response, status: StatusCode) -> Failure {
        let code = status.as_u16();
        let after = response.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok());
        let after = after.and_then(|after| after.trim().parse().ok()).map(Duration::from_secs);
        match code {
            429 => Failure::NotNow { why: "the endpoint's rate limit or quota is used up".to_owned(), after },
            503 => Failure::NotNow { why: "the endpoint is overloaded".to_owned(), after },
            300..=399 => Failure::Never {
                why: "the endpoint sends the request elsewhere, where it is not followed; write the final address into \
                      baseUrl in model-adapters.json"
                    .to_owned(),
            },
            400 | 422 if !self.newer_name.load(Ordering::Relaxed) => {
                let body = self.collect(&mut response, REFUSAL_BYTES).await.unwrap_or_default();
                let words = String::from_utf8_lossy(&body);
                if words.contains("max_completion_tokens") {
                    self.newer_name.store(true, Ordering::Relaxed);
                    return Failure::OtherName;
                }
                Failure::Never { why: refused(code) }
            }
            400..=499 => Failure::Never { why: refused(code) },
            _ => Broke::Status(code).into(),
        }
    }

    async fn read(&self, mut response: Response, limits: CallLimits) -> Result<Whole, Broke> {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/json") {
            let body = self.collect(&mut response, most_bytes(limits).saturating_mul(2)).await?;
            return Reader::new(limits).read_whole(&body);
        }
        if !kind.eq_ignore_ascii_case("text/event-stream") {
            return Err(Broke::NotTheProtocol);
        }
        let mut reader = Reader::new(limits);
        let mut first = true;
        while !reader.is_done() {
            match self.next(&mut response, first).await? {
                Some(bytes) => reader.push(bytes.as_ref())?,
                None => break,
            }
            first = false;
        }
        reader.finish()
    }

    async fn next(
        &self,
        response: &mut Response,
        first: bool,
    ) -> Result<Option<impl AsRef<[u8]> + use<>>, Broke> {
        let (wait, silent): (_, fn(Duration) -> Broke) = if first {
            (self.patience.first_byte, Broke::NoFirstByte)
        } else {
            (self.patience.between_chunks, Broke::Stalled)
        };
        let chunk = timeout(wait, response.chunk()).await.map_err(|_| silent(wait))?;
        chunk.map_err(|error| Broke::Cut(error.without_url()))
    }

    /// A body that is not streamed, up to so many bytes.
    async fn collect(&self, response: &mut Response, most: usize) -> Result<Vec<u8>, Broke> {
        let mut body = Vec::new();
        while let Some(bytes) = self.next(response, body.is_empty()).await? {
            if body.len().saturating_add(bytes.as_ref().len()) > most {
                return Err(Broke::TooLong);
            }
            body.extend_from_slice(bytes.as_ref());
        }
        Ok(body)
    }
}

#[async_trait]
impl Adapter for OpenAi {
    async fn call(&self, request: CallRequest) -> Result<CallAnswer, AgentError> {
        let whole = self.insist(&request).await?;
        Ok(answer::of(&request, whole))
    }
}

fn bearer(variable: &str, credentials: &dyn Credentials) -> Result<HeaderValue, ConnectError> {
    let key = credentials.find(variable).filter(|key| !key.trim().is_empty());
    let key = key.ok_or_else(|| ConnectError::NoKey { variable: variable.to_owned() })?;
    let value = HeaderValue::try_from(format!("Bearer {}", key.trim()));
    let mut value = value.map_err(|_| ConnectError::BadKey { variable: variable.to_owned() })?;
    value.set_sensitive(true);
    Ok(value)
}

fn refused(code: u16) -> String {
    match code {
        401 | 403 => format!(
            "the endpoint does not accept the key (status {code}); look at the variable that apiKeyEnv names"
        ),
        404 => "the endpoint knows no such model or address (status 404); look at baseUrl and model in model-adapters.json"
            .to_owned(),
        _ => format!("the endpoint refuses the request (status {code})"),
    }
}
