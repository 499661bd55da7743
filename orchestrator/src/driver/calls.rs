//! What runs beside a mission: model calls and the compiling of dossiers. Each ends in a command. What an agent wrote is
//! held here until the mission's tripwires have looked at all of it.

use std::sync::Arc;

use phase8_shared::id::{CallId, MissionId, StepId};
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{
    MissionCreated, MissionState, PlanStep, Severity, Trip, Tripwire, Work,
};
use phase8_shared::spec::JobSpec;
use phase8_shared::time::MissionTime;

use super::engine::EngineParts;
use super::recollect::{self, Source};
use crate::agents::memory::Bucket;
use crate::agents::{AgentDocument, AgentError, CallAnswer, CallRequest, Usage, dossier, prompt};
use crate::budget::CallLimits;
use crate::command::{CallEnd, Command, Delivered};
use crate::ports::NoChance;
use crate::store::{Blob, StorageError};
use crate::tripwire::{Guard, HeldText, Verdict};

/// What a task ends in.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) command: Command,
    pub(super) blobs: Vec<Blob>,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Job {
    Call { call: CallId, step: StepId, turn: u8 },
    Dossier { step: StepId },
}

/// A call with what has to be fetched for it.
struct Ask {
    request: CallRequest,
    sources: Vec<Source>,
    turns_before: Vec<Commitment>,
    bucket: Option<Bucket>,
}

/// The work of a job, on its own; `None` if the plan knows no such step.
pub(super) fn prepare(
    parts: &EngineParts,
    state: &MissionState,
    mission: &Arc<MissionCreated>,
    spec: Option<&Arc<JobSpec>>,
    job: Job,
) -> Option<std::pin::Pin<Box<dyn Future<Output = Done> + Send>>> {
    let parts = parts.clone();
    match job {
        Job::Call { call, step, turn } => {
            let working = state.step(step)?;
            let step = working.plan.clone();
            let Work::Agent { turns, minutes, .. } = step.work else { return None };
            let open = state.open_calls.get(&call)?;
            let priced = open.priced.clone()?;
            let limits = CallLimits::within(&priced, open.reserved);
            let spec = Arc::clone(spec?);
            let ask = Ask {
                sources: recollect::sources_of(state, &step),
                turns_before: working.texts.clone(),
                bucket: Bucket::of(mission, &spec, &step.role),
                request: CallRequest {
                    call,
                    mission: Arc::clone(mission),
                    spec,
                    mission_millis: MissionTime::from_minutes(minutes).millis()
                        / u64::from(turns.max(1)),
                    step,
                    turn,
                    turns: state.turns_of(open),
                    adapter: priced,
                    limits,
                    memory: Vec::new(),
                    messages: Vec::new(),
                },
            };
            Some(Box::pin(async move { run_call(&parts, ask).await }))
        }
        Job::Dossier { step } => {
            let plan = state.step(step)?.plan.clone();
            let (state, sources) = (state.clone(), recollect::sources_of(state, &plan));
            Some(Box::pin(async move { run_dossier(&parts, &state, &plan, sources).await }))
        }
    }
}

async fn run_call(parts: &EngineParts, mut ask: Ask) -> Done {
    let (call, mission) = (ask.request.call, ask.request.mission.mission);
    let settled = |end| Done { command: Command::Settle { call, end }, blobs: Vec::new() };
    let Some(adapter) = parts.adapters.find(&ask.request.adapter.id) else {
        let reason = AgentError::NotConnected(ask.request.adapter.id).to_string();
        return settled(CallEnd::Failed { reason });
    };
    let said = match brief(parts, &mut ask).await {
        Ok(said) => said,
        Err(error) => {
            let reason = format!("the earlier deliverables could not be read: {error}");
            return settled(CallEnd::Failed { reason });
        }
    };
    let guard = Guard::new(ask.request.mission.safety.as_ref());
    let limits = ask.request.limits;
    match adapter.call(ask.request).await {
        Ok(answer) => {
            let before = said.last().map_or("", String::as_str);
            let trips = trips(&guard, before, &answer).await;
            let done = settle(parts, mission, (call, limits), answer, trips);
            done.unwrap_or_else(|error| {
                tracing::error!(mission.id = %mission, "the answer to call {call} of mission {mission} is lost: {error}");
                settled(CallEnd::Lost {})
            })
        }
        Err(AgentError::Lost(error)) => {
            tracing::warn!(mission.id = %mission, "call {call} of mission {mission} was lost: {error}");
            settled(CallEnd::Lost {})
        }
        Err(error @ (AgentError::NotConnected(_) | AgentError::Refused(_))) => {
            settled(CallEnd::Failed { reason: error.to_string() })
        }
    }
}

/// Fetches what the agent is told, and answers with what it wrote before.
async fn brief(parts: &EngineParts, ask: &mut Ask) -> Result<Vec<String>, StorageError> {
    let mission = ask.request.mission.mission;
    let memory = recollect::recall(parts, mission, &ask.sources).await?;
    // A rehearsal writes from the job spec alone: what it wrote before is of no use to it.
    let turns_before = if ask.request.mission.rehearsal { &[][..] } else { &ask.turns_before };
    let said = recollect::said(parts, mission, turns_before).await?;
    let room = ask.request.limits.prompt_tokens;
    let notes = match &ask.bucket {
        Some(bucket) => {
            parts.store.forget(parts.clock.now()).await?;
            recollect::notes(parts, mission, bucket, room).await?
        }
        None => Vec::new(),
    };
    let request = &mut ask.request;
    request.messages = prompt::build(
        &prompt::Brief {
            mission: &request.mission,
            spec: &request.spec,
            step: &request.step,
            turn: request.turn,
            turns: request.turns,
            memory: &memory,
            notes: &notes,
            said: &said,
        },
        request.limits,
    );
    request.memory = memory;
    Ok(said)
}

/// What the tripwires find in anything that the agent wrote. What it wrote before is looked at again, because a secret may
/// be split over two turns.
async fn trips(guard: &Guard, before: &str, answer: &CallAnswer) -> Vec<Trip> {
    let mut trips = Vec::new();
    if let Verdict::Tripped(found) =
        guard.check(HeldText::after(before, answer.text.as_str())).await
    {
        trips.extend(found);
    }
    let mut beside = answer.words.clone();
    if let Some(AgentDocument { title, media_type, content }) = &answer.document {
        beside = [&beside, title.as_str(), media_type.as_str()].join("\n");
        if *content != answer.text {
            beside = format!("{beside}\n{content}");
        }
    }
    if let Verdict::Tripped(found) = guard.check(HeldText::new(beside)).await {
        // A place in what stands beside the text is no place in the text that is kept.
        trips.extend(found.into_iter().map(|trip| Trip { span: None, ..trip }));
    }
    trips
}

fn settle(
    parts: &EngineParts,
    mission: MissionId,
    (call, limits): (CallId, CallLimits),
    answer: CallAnswer,
    mut trips: Vec<Trip>,
) -> Result<Done, NoChance> {
    let CallAnswer { usage, words, text, document } = answer;
    let (input_tokens, output_tokens) = match usage {
        Usage::Counted { input_tokens, output_tokens }
        | Usage::Bounded { input_tokens, output_tokens } => (input_tokens, output_tokens),
        // Charged at its worst case, and nobody builds on it before a person looked.
        Usage::Impossible { why } => {
            trips.insert(0, unbelievable(why));
            (limits.prompt_tokens, limits.output_tokens)
        }
    };
    let mut blobs = Vec::new();
    let end = if trips.is_empty() {
        let deliverable = match document {
            Some(document) => {
                let (delivered, blob) = seal(parts, mission, document)?;
                blobs.push(blob);
                Some(delivered)
            }
            None => None,
        };
        let as_delivered = blobs.first().filter(|blob| blob.content == text.as_bytes());
        let text = match (as_delivered, text.is_empty()) {
            (Some(blob), _) => Some(blob.commitment),
            (None, true) => None,
            (None, false) => {
                let blob = apart(parts, mission, "text/markdown".to_owned(), text)?;
                let commitment = blob.commitment;
                blobs.push(blob);
                Some(commitment)
            }
        };
        CallEnd::Answered { input_tokens, output_tokens, words, text, deliverable }
    } else {
        let blob = apart(parts, mission, "text/plain".to_owned(), text)?;
        let text = blob.commitment;
        blobs.push(blob);
        CallEnd::Withheld { input_tokens, output_tokens, text, trips }
    };
    Ok(Done { command: Command::Settle { call, end }, blobs })
}

fn unbelievable(why: &str) -> Trip {
    Trip {
        tripwire: Tripwire::BudgetGuard,
        rule: "impossible-usage".to_owned(),
        severity: Severity::Critical,
        span: None,
        words: format!(
            "The endpoint's account of what the call took cannot be true: {why}. The worst case is charged; compare with \
             the provider's bill."
        ),
    }
}

async fn run_dossier(
    parts: &EngineParts,
    state: &MissionState,
    step: &PlanStep,
    sources: Vec<Source>,
) -> Done {
    let mission = state.created.mission;
    loop {
        let outcome = match recollect::recall(parts, mission, &sources).await {
            Ok(memory) => seal(parts, mission, dossier::compile(state, &step.title, &memory))
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match outcome {
            Ok((deliverable, blob)) => {
                return Done {
                    command: Command::Deliver { step: step.id, deliverable },
                    blobs: vec![blob],
                };
            }
            Err(error) => {
                tracing::error!(mission.id = %mission, "the dossier of mission {mission} waits: {error}");
                parts.clock.sleep_until(parts.clock.now().plus_millis(1_000)).await;
            }
        }
    }
}

/// Commits to a document and lays its content apart.
fn seal(
    parts: &EngineParts,
    mission: MissionId,
    document: AgentDocument,
) -> Result<(Delivered, Blob), NoChance> {
    let AgentDocument { title, media_type, content } = document;
    let blob = apart(parts, mission, media_type, content)?;
    let delivered = Delivered {
        title,
        media_type: blob.media_type.clone(),
        bytes: blob.content.len() as u64,
        commitment: blob.commitment,
    };
    Ok((delivered, blob))
}

/// Commits to a text.
fn apart(
    parts: &EngineParts,
    mission: MissionId,
    media_type: String,
    text: String,
) -> Result<Blob, NoChance> {
    let salt = parts.ids.salt()?;
    let content = text.into_bytes();
    let commitment = Commitment::to(salt, &content);
    Ok(Blob { mission, commitment, salt, media_type, content })
}
