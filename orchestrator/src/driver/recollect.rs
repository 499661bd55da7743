//! What agents remember, out of the store and into it.

use phase8_shared::id::{MissionId, Seq, StepId};
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{Event, MissionState, Payload, PlanStep};
use phase8_shared::spec;
use phase8_shared::time::Timestamp;

use super::engine::EngineParts;
use crate::agents::memory::{Bucket, Memory, sources};
use crate::store::{Blob, LogId, Note, StorageError};

/// The most notes that one call is told of. There is rarely room for more.
const MOST_NOTES: usize = 16;

/// A deliverable whose content has to be fetched.
#[derive(Debug, Clone)]
pub(super) struct Source {
    step: PlanStep,
    commitment: Commitment,
}

/// What a step builds on.
pub(super) fn sources_of(state: &MissionState, step: &PlanStep) -> Vec<Source> {
    let delivered = sources(state, step).into_iter();
    delivered
        .filter_map(|source| {
            let commitment = source.status.commitment()?;
            Some(Source { step: source.plan.clone(), commitment })
        })
        .collect()
}

/// The deliverables of this mission that a step builds on.
pub(super) async fn recall(
    parts: &EngineParts,
    mission: MissionId,
    sources: &[Source],
) -> Result<Vec<Memory>, StorageError> {
    let mut memory = Vec::new();
    for source in sources {
        // An erased content is not remembered; its commitment stays in the ledger.
        let Some(blob) = parts.store.blob(mission, source.commitment).await? else { continue };
        let (role, title) = (source.step.role.clone(), source.step.title.clone());
        memory.push(Memory { role, title, commitment: source.commitment, content: text(&blob) });
    }
    Ok(memory)
}

/// What an agent wrote in its step's earlier turns; one that was erased leaves its place empty.
pub(super) async fn said(
    parts: &EngineParts,
    mission: MissionId,
    turns: &[Commitment],
) -> Result<Vec<String>, StorageError> {
    let mut said = Vec::new();
    for turn in turns {
        let blob = parts.store.blob(mission, *turn).await?;
        said.push(blob.as_ref().map(text).unwrap_or_default());
    }
    Ok(said)
}

/// What a bucket holds of other missions, newest first, as long as so many bytes have room for it.
pub(super) async fn notes(
    parts: &EngineParts,
    mission: MissionId,
    bucket: &Bucket,
    room: u64,
) -> Result<Vec<Memory>, StorageError> {
    let now = parts.clock.now();
    let mut notes = Vec::new();
    let mut bytes = 0_u64;
    for note in parts.store.recall(&bucket.name, now, MOST_NOTES).await? {
        if bytes > room {
            break;
        }
        // What this mission delivered is among its sources already.
        if note.mission == mission {
            continue;
        }
        let Some(blob) = parts.store.blob(note.mission, note.commitment).await? else { continue };
        let Note { role, title, commitment, .. } = note;
        // A prompt gives no memory more than a third of its room.
        bytes = bytes.saturating_add((blob.content.len() as u64).min(room / 3));
        notes.push(Memory { role, title, commitment, content: text(&blob) });
    }
    Ok(notes)
}

fn text(blob: &Blob) -> String {
    String::from_utf8_lossy(&blob.content).into_owned()
}

/// Keeps notes of everything that was delivered by agents whose memory outlives the mission. A note that is kept already
/// stays, so this may be done again after a crash between the ledger and the notes. Memory is a help and no evidence: if
/// it cannot be kept, the mission goes on without.
pub(super) async fn keep(parts: &EngineParts, state: &MissionState) {
    if let Err(error) = try_to_keep(parts, state).await {
        let mission = state.created.mission;
        tracing::error!(
            mission.id = %mission,
            error = &error as &dyn std::error::Error,
            "what mission {mission} delivered is not remembered beyond it"
        );
    }
}

async fn try_to_keep(parts: &EngineParts, state: &MissionState) -> Result<(), StorageError> {
    let created = &state.created;
    if created.rehearsal || state.is_closed() {
        return Ok(());
    }
    let Some(spec) = spec::preview(&created.spec).spec else { return Ok(()) };
    let now = parts.clock.now();
    let owed = state.steps.iter().filter_map(|step| {
        let bucket = Bucket::of(created, &spec, &step.plan.role)?;
        Some((&step.plan, step.status.commitment()?, bucket))
    });
    let owed: Vec<_> = owed.collect();
    if owed.is_empty() {
        return Ok(());
    }
    let delivered = delivered_at(parts, created.mission).await?;
    for (step, commitment, bucket) in owed {
        let Some(at) = delivered.iter().find(|(id, _)| *id == step.id).map(|(_, at)| *at) else {
            continue;
        };
        let expires_at = at.plus_millis(bucket.retention_millis);
        if expires_at <= now {
            continue;
        }
        let note = Note {
            bucket: bucket.name,
            mission: created.mission,
            step: step.id,
            role: step.role.clone(),
            title: step.title.clone(),
            commitment,
            at,
            expires_at,
        };
        parts.store.remember(note).await?;
    }
    parts.store.forget(now).await.map(drop)
}

/// When each step was delivered, by the ledger.
async fn delivered_at(
    parts: &EngineParts,
    mission: MissionId,
) -> Result<Vec<(StepId, Timestamp)>, StorageError> {
    let stored = parts.store.read(LogId::Mission(mission), Seq::ZERO, usize::MAX).await?;
    let read = stored.iter().filter_map(|event| serde_json::from_slice::<Event>(&event.bytes).ok());
    let mut delivered = Vec::new();
    for event in read {
        if let Payload::DeliverableRecorded { step, .. } = event.payload {
            delivered.push((step, event.at));
        }
    }
    Ok(delivered)
}
