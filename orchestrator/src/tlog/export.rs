//! The export of a mission, written as it is read: an export of any size takes the memory of a page of events.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{
    Commitment, EXPORT_FORMAT, EXPORT_VERSION, ExportedAnchor, ExportedPayload,
    ExportedRegistration, InclusionProof, TreeHead,
};
use phase8_shared::mission::TxEvidence;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::checkpoint::Signed;
use super::{LogError, Logs, nodes};
use crate::registry::{RegistryEntry, RegistryEvent};
use crate::store::{LogId, StorageError};

/// Events read at a time.
const PAGE: u64 = 512;

/// The text of an export, piece by piece.
#[derive(Debug)]
pub struct ExportStream {
    logs: Logs,
    mission: MissionId,
    size: u64,
    next: Piece,
    /// Contents that events commit to, in their order.
    contents: VecDeque<Commitment>,
    erased: Vec<Commitment>,
    anchors: Vec<ExportedAnchor>,
}

#[derive(Debug)]
enum Piece {
    Head(String),
    Events { read: u64 },
    Leaves { read: u64 },
    Payloads { is_first: bool },
    End,
    Done,
}

/// The part of an export that stands before the events, in the order in which it is written.
#[derive(Serialize)]
struct Head<'a> {
    format: &'static str,
    version: u16,
    mission: MissionId,
    exported_at: phase8_shared::time::Timestamp,
    origin: &'a str,
    vkey: String,
    checkpoint: &'a str,
    tree: TreeHead,
    registration: Option<ExportedRegistration>,
    chain: Option<phase8_shared::ledger::ChainContext>,
}

/// What an export must know of an event.
#[derive(Deserialize)]
struct Peek<'a> {
    kind: String,
    #[serde(borrow)]
    payload: &'a RawValue,
}

#[derive(Deserialize)]
struct Committed {
    commitment: Commitment,
}

#[derive(Deserialize)]
struct Anchored {
    tree: TreeHead,
    evidence: TxEvidence,
}

impl Logs {
    /// The export of a mission as it is now.
    pub async fn export(&self, mission: MissionId) -> Result<ExportStream, LogError> {
        let log = LogId::Mission(mission);
        let Signed { tree, note } = self.signed(log).await?;
        let parts = &self.inner.parts;
        let origin = self.origin(log);
        let head = Head {
            format: EXPORT_FORMAT,
            version: EXPORT_VERSION,
            mission,
            exported_at: parts.clock.now(),
            origin: origin.as_str(),
            vkey: parts.key.verifier(origin.clone()).to_string(),
            checkpoint: &note,
            tree,
            registration: self.registration(mission).await?,
            chain: parts.chain,
        };
        let mut text = json(&head)?;
        // The object goes on with the events.
        text.pop();
        Ok(ExportStream {
            logs: self.clone(),
            mission,
            size: tree.size,
            next: Piece::Head(text),
            contents: VecDeque::new(),
            erased: Vec::new(),
            anchors: Vec::new(),
        })
    }

    /// The registry's entry of a mission with its proof; `None` if there is none.
    async fn registration(
        &self,
        mission: MissionId,
    ) -> Result<Option<ExportedRegistration>, LogError> {
        let log = LogId::Registry;
        let Some(index) = self.registered_at(mission).await? else { return Ok(None) };
        let Signed { tree, note } = self.signed(log).await?;
        let entries = self.inner.parts.store.read(log, Seq(index), 1).await?;
        let entry = entries.first().ok_or_else(|| nodes::missing(log))?;
        let view = self.inclusion(log, Seq(index + 1), Some(tree.size)).await?;
        let InclusionProof { hashes, .. } = view.proof;
        Ok(Some(ExportedRegistration {
            origin: self.origin(log).to_string(),
            checkpoint: note,
            index,
            entry: String::from_utf8_lossy(&entry.bytes).into_owned(),
            proof: hashes,
        }))
    }

    async fn registered_at(&self, mission: MissionId) -> Result<Option<u64>, LogError> {
        let mut registered = self.inner.registered.lock().await;
        loop {
            let read = Seq(registered.read);
            let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
            let page = self.inner.parts.store.read(LogId::Registry, read, limit).await?;
            let Some(last) = page.last() else { break };
            registered.read = last.seq.0;
            let missions: BTreeMap<MissionId, u64> = page
                .iter()
                .filter_map(|stored| {
                    let event: RegistryEvent = serde_json::from_slice(&stored.bytes).ok()?;
                    let RegistryEntry::MissionRegistered { mission } = event.entry else {
                        return None;
                    };
                    Some((mission, stored.seq.0.checked_sub(1)?))
                })
                .collect();
            registered.missions.extend(missions);
        }
        Ok(registered.missions.get(&mission).copied())
    }
}

impl ExportStream {
    /// The next piece of the text; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<String>, LogError> {
        match std::mem::replace(&mut self.next, Piece::Done) {
            Piece::Head(text) => {
                self.next = Piece::Events { read: 0 };
                Ok(Some(text + ",\"events\":["))
            }
            Piece::Events { read } => self.events(read).await.map(Some),
            Piece::Leaves { read } => self.leaves(read).await.map(Some),
            Piece::Payloads { is_first } => self.payload(is_first).await.map(Some),
            Piece::End => {
                let (erased, anchors) = (json(&self.erased)?, json(&self.anchors)?);
                Ok(Some(format!("],\"erased\":{erased},\"anchors\":{anchors}}}\n")))
            }
            Piece::Done => Ok(None),
        }
    }

    /// Everything at once, for small missions and tests.
    pub async fn text(mut self) -> Result<String, LogError> {
        let mut text = String::new();
        while let Some(piece) = self.next().await? {
            text.push_str(&piece);
        }
        Ok(text)
    }

    async fn events(&mut self, read: u64) -> Result<String, LogError> {
        if read == self.size {
            self.next = Piece::Leaves { read: 0 };
            return Ok("],\"leaves\":\"0x".to_owned());
        }
        let limit = usize::try_from(PAGE.min(self.size - read)).unwrap_or(usize::MAX);
        let store = Arc::clone(&self.logs.inner.parts.store);
        let page = store.read(LogId::Mission(self.mission), Seq(read), limit).await?;
        if page.len() < limit {
            return Err(nodes::missing(LogId::Mission(self.mission)));
        }
        let mut text = String::new();
        for stored in page {
            if stored.seq > Seq(1) {
                text.push(',');
            }
            // What is no text any more was changed: a verifier will name the card.
            let event = String::from_utf8_lossy(&stored.bytes);
            self.look_at(stored.seq, &event);
            text.push_str(&json(&event)?);
        }
        self.next = Piece::Events { read: read + limit as u64 };
        Ok(text)
    }

    /// Notes contents and anchors.
    fn look_at(&mut self, seq: Seq, event: &str) {
        let Ok(Peek { kind, payload }) = serde_json::from_str(event) else { return };
        if kind == "deliverable_recorded"
            && let Ok(Committed { commitment }) = serde_json::from_str(payload.get())
            && !self.contents.contains(&commitment)
        {
            self.contents.push_back(commitment);
        }
        if kind == "checkpoint_anchored"
            && let Ok(Anchored { tree, evidence }) = serde_json::from_str(payload.get())
        {
            let chain = self.logs.inner.parts.chain;
            let contract = chain.map(|chain| chain.contracts.checkpoint_ledger);
            self.anchors.push(ExportedAnchor { seq, tree, contract, evidence });
        }
    }

    async fn leaves(&mut self, read: u64) -> Result<String, LogError> {
        if read == self.size {
            self.next = Piece::Payloads { is_first: true };
            return Ok("\",\"payloads\":[".to_owned());
        }
        let count = (PAGE * 8).min(self.size - read);
        let log = LogId::Mission(self.mission);
        let leaves = self.logs.inner.nodes.leaves(log, read, count).await?;
        self.next = Piece::Leaves { read: read + count };
        Ok(alloy_primitives::hex::encode(leaves.concat()))
    }

    /// The next content that is there; those that are not were erased.
    async fn payload(&mut self, is_first: bool) -> Result<String, LogError> {
        let store = Arc::clone(&self.logs.inner.parts.store);
        while let Some(commitment) = self.contents.pop_front() {
            let found = match store.blob(self.mission, commitment).await {
                Ok(found) => found,
                // It was changed: it is not there any more, and a verifier must see that nobody erased it.
                Err(StorageError::Inconsistent { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            let Some(blob) = found else {
                self.erased.push(commitment);
                continue;
            };
            self.next = Piece::Payloads { is_first: false };
            let payload = json(&ExportedPayload {
                commitment,
                salt: blob.salt,
                media_type: blob.media_type,
                content: String::from_utf8_lossy(&blob.content).into_owned(),
            })?;
            return Ok(if is_first { payload } else { format!(",{payload}") });
        }
        self.next = Piece::End;
        Ok(String::new())
    }
}

fn json(value: &(impl Serialize + ?Sized)) -> Result<String, LogError> {
    serde_json::to_string(value).map_err(|error| StorageError::Driver(Box::new(error)).into())
}
