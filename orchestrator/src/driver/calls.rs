//! What runs beside a mission: model calls and the compiling of dossiers. Each ends in a command.

use std::sync::Arc;

use phase8_shared::id::{CallId, MissionId, StepId};
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{MissionCreated, MissionState, PlanStep, Work};
use phase8_shared::spec::JobSpec;
use phase8_shared::time::MissionTime;

use super::engine::EngineParts;
use crate::agents::memory::{Memory, sources};
use crate::agents::{AgentDocument, AgentError, CallAnswer, CallRequest, dossier, prompt};
use crate::budget::CallLimits;
use crate::command::{CallEnd, Command, Delivered};
use crate::ports::NoChance;
use crate::store::{Blob, StorageError};

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
            let step = state.step(step)?.plan.clone();
            let Work::Agent { turns, minutes, .. } = step.work else { return None };
            let open = state.open_calls.get(&call)?;
            let priced = open.priced.clone()?;
            let limits = CallLimits::within(&priced, open.reserved);
            let sources = remembered(state, &step);
            let request = CallRequest {
                call,
                mission: Arc::clone(mission),
                spec: Arc::clone(spec?),
                mission_millis: MissionTime::from_minutes(minutes).millis()
                    / u64::from(turns.max(1)),
                step,
                turn,
                turns: state.turns_of(open),
                adapter: priced,
                limits,
                memory: Vec::new(),
                prompt: String::new(),
            };
            Some(Box::pin(async move { run_call(&parts, request, sources).await }))
        }
        Job::Dossier { step } => {
            let plan = state.step(step)?.plan.clone();
            let (state, sources) = (state.clone(), remembered(state, &plan));
            Some(Box::pin(async move { run_dossier(&parts, &state, &plan, sources).await }))
        }
    }
}

/// A deliverable whose content has to be fetched.
struct Source {
    step: PlanStep,
    title: String,
    commitment: Commitment,
}

fn remembered(state: &MissionState, step: &PlanStep) -> Vec<Source> {
    let delivered = sources(state, step).into_iter();
    delivered
        .filter_map(|source| {
            let commitment = source.status.commitment()?;
            Some(Source { step: source.plan.clone(), title: source.plan.title.clone(), commitment })
        })
        .collect()
}

async fn recall(
    parts: &EngineParts,
    mission: MissionId,
    sources: &[Source],
) -> Result<Vec<Memory>, StorageError> {
    let mut memory = Vec::new();
    for source in sources {
        // An erased content is not remembered; its commitment stays in the ledger.
        let Some(blob) = parts.store.blob(mission, source.commitment).await? else { continue };
        memory.push(Memory {
            role: source.step.role.clone(),
            title: source.title.clone(),
            commitment: source.commitment,
            content: String::from_utf8_lossy(&blob.content).into_owned(),
        });
    }
    Ok(memory)
}

async fn run_call(parts: &EngineParts, mut request: CallRequest, sources: Vec<Source>) -> Done {
    let (call, mission) = (request.call, request.mission.mission);
    let settled = |end| Done { command: Command::Settle { call, end }, blobs: Vec::new() };
    let Some(adapter) = parts.adapters.find(&request.adapter.id) else {
        let reason = AgentError::NotConnected(request.adapter.id).to_string();
        return settled(CallEnd::Failed { reason });
    };
    match recall(parts, mission, &sources).await {
        Ok(memory) => request.memory = memory,
        Err(error) => {
            let reason = format!("the earlier deliverables could not be read: {error}");
            return settled(CallEnd::Failed { reason });
        }
    }
    request.prompt = prompt::build(
        &prompt::Brief {
            mission: &request.mission,
            spec: &request.spec,
            step: &request.step,
            turn: request.turn,
            turns: request.turns,
            memory: &request.memory,
        },
        request.limits,
    );
    match adapter.call(request).await {
        Ok(answer) => answered(parts, mission, call, answer)
            .unwrap_or_else(|error| settled(CallEnd::Failed { reason: error.to_string() })),
        Err(AgentError::Lost(error)) => {
            tracing::warn!(mission.id = %mission, "call {call} of mission {mission} was lost: {error}");
            settled(CallEnd::Lost {})
        }
        Err(error @ (AgentError::NotConnected(_) | AgentError::Refused(_))) => {
            settled(CallEnd::Failed { reason: error.to_string() })
        }
    }
}

fn answered(
    parts: &EngineParts,
    mission: MissionId,
    call: CallId,
    answer: CallAnswer,
) -> Result<Done, NoChance> {
    let CallAnswer { input_tokens, output_tokens, words, document } = answer;
    let mut blobs = Vec::new();
    let deliverable = match document {
        Some(document) => {
            let (delivered, blob) = seal(parts, mission, document)?;
            blobs.push(blob);
            Some(delivered)
        }
        None => None,
    };
    let end = CallEnd::Answered { input_tokens, output_tokens, words, text: None, deliverable };
    Ok(Done { command: Command::Settle { call, end }, blobs })
}

async fn run_dossier(
    parts: &EngineParts,
    state: &MissionState,
    step: &PlanStep,
    sources: Vec<Source>,
) -> Done {
    let mission = state.created.mission;
    loop {
        let outcome = match recall(parts, mission, &sources).await {
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
    let salt = parts.ids.salt()?;
    let content = content.into_bytes();
    let commitment = Commitment::to(salt, &content);
    let bytes = content.len() as u64;
    let delivered = Delivered { title, media_type: media_type.clone(), bytes, commitment };
    Ok((delivered, Blob { mission, commitment, salt, media_type, content }))
}
