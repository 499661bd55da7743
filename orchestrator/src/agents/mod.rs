//! Agents: what they are asked ([`prompt`]), what they work on ([`tasks`]), what they remember ([`memory`]), and who
//! answers for them ([`Adapter`]).

pub mod dossier;
pub mod memory;
pub mod openai;
pub mod prompt;
pub mod rehearsal;
pub mod tasks;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use phase8_shared::id::CallId;
use phase8_shared::mission::{MissionCreated, PlanStep, PricedAdapter};
use phase8_shared::policy::{Endpoint, ModelAdapter};
use phase8_shared::spec::JobSpec;

use crate::budget::CallLimits;
use crate::ports::{Clock, Retry};
use memory::Memory;
use openai::{Credentials, OpenAi, Patience};
use rehearsal::Rehearsal;

/// A way to reach a model. It keeps its own timeouts: a call that never returns is shown as a silent agent.
#[async_trait]
pub trait Adapter: Send + Sync + fmt::Debug {
    /// Asks once. Dropping the future cuts the call off.
    async fn call(&self, request: CallRequest) -> Result<CallAnswer, AgentError>;
}

/// One turn of an agent.
#[derive(Debug, Clone)]
pub struct CallRequest {
    /// Number of the call.
    pub call: CallId,
    /// The mission that it is for.
    pub mission: Arc<MissionCreated>,
    /// Its job spec, read.
    pub spec: Arc<JobSpec>,
    /// The step that it is for.
    pub step: PlanStep,
    /// Which turn, from 0.
    pub turn: u8,
    /// How many turns the step has.
    pub turns: u8,
    /// Mission time that the plan allots to the turn.
    pub mission_millis: u64,
    /// The model adapter.
    pub adapter: PricedAdapter,
    /// Bounds that were reserved for.
    pub limits: CallLimits,
    /// What was delivered in this mission before.
    pub memory: Vec<Memory>,
    /// The conversation so far, within the bounds; the last message says what this turn is to do.
    pub messages: Vec<Message>,
}

/// One message of a conversation with a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub voice: Voice,
    /// What is said.
    pub text: String,
}

/// Who speaks in a conversation with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// The engine, with the rules.
    System,
    /// The engine, with the work.
    User,
    /// The model, in an earlier turn.
    Assistant,
}

/// What an agent answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallAnswer {
    /// What it took.
    pub usage: Usage,
    /// One line of what was done, for people.
    pub words: String,
    /// What was written in this turn.
    pub text: String,
    /// The step's result, with the last turn.
    pub document: Option<AgentDocument>,
}

/// What a call took, in tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Usage {
    /// As the endpoint counted.
    Counted {
        /// Tokens sent.
        input_tokens: u64,
        /// Tokens received.
        output_tokens: u64,
    },
    /// The endpoint counted nothing: these are bounds from above.
    Bounded {
        /// Tokens sent, at most.
        input_tokens: u64,
        /// Tokens received, at most.
        output_tokens: u64,
    },
    /// What the endpoint claims cannot be true.
    Impossible {
        /// Why not, in words that repeat nothing the endpoint wrote.
        why: &'static str,
    },
}

/// A step's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentDocument {
    /// Words for people.
    pub title: String,
    /// MIME type.
    pub media_type: String,
    /// The text.
    pub content: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Nothing is connected under that id.
    #[error("no connector is configured for the model adapter `{0}`")]
    NotConnected(String),
    /// It is known that the model did not answer, and that nothing is billed.
    #[error("the model did not answer: {0}")]
    Refused(String),
    /// Nobody knows whether the model did anything.
    #[error("the connection broke while the model was at work")]
    Lost(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl AgentError {
    /// Whether trying again can help. A lost call is never repeated silently: the engine records it and decides.
    pub const fn retry(&self) -> Retry {
        match self {
            Self::NotConnected(_) => Retry::After(Duration::from_mins(1)),
            Self::Refused(_) => Retry::After(Duration::from_secs(1)),
            Self::Lost(_) => Retry::Never,
        }
    }
}

/// The connected adapters by their id.
#[derive(Debug, Clone, Default)]
pub struct Adapters(BTreeMap<String, Arc<dyn Adapter>>);

impl Adapters {
    /// Connects every configured adapter. One whose key is not in the environment stays unconnected: launching with it is
    /// refused in words that name the variable. `credentials` look up the keys.
    pub fn connect(
        configured: &[ModelAdapter],
        clock: &Arc<dyn Clock>,
        credentials: &dyn Credentials,
    ) -> Self {
        let mut adapters = Self::rehearsing(configured, clock);
        for adapter in configured {
            let Some(Endpoint::OpenAi { base_url, model, api_key_env }) = &adapter.endpoint else {
                continue;
            };
            let variable = api_key_env.as_deref();
            let endpoint = openai::Place { base_url, model, api_key_env: variable };
            match OpenAi::connect(endpoint, credentials, Patience::default(), Arc::clone(clock)) {
                Ok(connected) => adapters = adapters.with(adapter.id.as_str(), Arc::new(connected)),
                Err(error) => {
                    tracing::warn!(adapter = %adapter.id, "the model adapter `{}` is not connected: {error}", adapter.id);
                }
            }
        }
        adapters
    }

    /// Connects the rehearsals among the configured adapters and no other.
    pub fn rehearsing(configured: &[ModelAdapter], clock: &Arc<dyn Clock>) -> Self {
        let rehearsal: Arc<dyn Adapter> = Arc::new(Rehearsal::new(Arc::clone(clock)));
        let rehearsals = configured.iter().filter(|adapter| adapter.is_rehearsal());
        Self(rehearsals.map(|adapter| (adapter.id.to_string(), Arc::clone(&rehearsal))).collect())
    }

    /// Connects one more.
    #[must_use]
    pub fn with(mut self, id: impl Into<String>, adapter: Arc<dyn Adapter>) -> Self {
        self.0.insert(id.into(), adapter);
        self
    }

    /// The adapter with that id.
    pub fn find(&self, id: &str) -> Option<&Arc<dyn Adapter>> {
        self.0.get(id)
    }

    /// Every id.
    pub fn ids(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }
}

/// What a person can do about an adapter that is not connected.
pub(crate) fn why_unconnected(adapter: &ModelAdapter) -> String {
    match &adapter.endpoint {
        Some(Endpoint::OpenAi { api_key_env: Some(variable), .. }) => format!(
            "the environment variable {variable} holds no usable key; set it where the server starts, and start it again"
        ),
        Some(Endpoint::OpenAi { .. }) => {
            "its endpoint could not be connected when the server started; the server's log says why"
                .to_owned()
        }
        Some(Endpoint::Rehearsal) | None => "this engine rehearses nothing".to_owned(),
    }
}
