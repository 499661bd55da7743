//! A whole mission as it would lie in a store: every root is its own, every content opens its commitment, and every
//! approval is really signed.

use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes, keccak256};
use k256::ecdsa::SigningKey;
use phase8_shared::chain::{ApprovalRequest, Contracts};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{ChainContext, Commitment, HashTree, Salt, leaf_hash};
use phase8_shared::mission::{Event, Payload};
use phase8_shared::time::Timestamp;

use super::{SMALL_JOB, rehearse};
use crate::registry::{RegistryEntry, RegistryEvent};
use crate::store::{Batch, Blob, EventStore, LogAppend, LogId};

/// Events and contents of one mission.
pub(crate) struct RealMission {
    pub(crate) mission: MissionId,
    pub(crate) events: Vec<Arc<[u8]>>,
    pub(crate) blobs: Vec<Blob>,
}

/// Where its approvals count.
pub(crate) fn chain() -> ChainContext {
    let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
    ChainContext { chain_id: 31_337, contracts }
}

impl RealMission {
    /// The small job from launch to the last payout.
    pub(crate) fn new(mission: MissionId) -> Self {
        let mut tree = HashTree::default();
        let mut blobs: Vec<Blob> = Vec::new();
        let mut events = Vec::new();
        let mut asked: Option<ApprovalRequest> = None;
        for mut event in rehearse(SMALL_JOB, 60).events {
            real(&mut event, mission, &tree, &mut blobs, &mut asked);
            let bytes: Arc<[u8]> = serde_json::to_vec(&event).unwrap().into();
            tree.push(leaf_hash(&bytes));
            events.push(bytes);
        }
        assert!(blobs.len() > 2 && events.len() > 40);
        Self { mission, events, blobs }
    }

    /// Writes it as the engine does: registered with its first event, contents beside the events that name them.
    pub(crate) async fn store(&self, store: &dyn EventStore) {
        let log = LogId::Mission(self.mission);
        let registry = store.head(LogId::Registry).await.unwrap().map_or(0, |head| head.size);
        let entry = RegistryEvent {
            seq: Seq(registry + 1),
            version: RegistryEvent::VERSION,
            at: Timestamp::from_millis(1_800_000_000_000),
            entry: RegistryEntry::MissionRegistered { mission: self.mission },
        };
        let entry = serde_json::to_vec(&entry).unwrap().into();
        let (first, rest) = self.events.split_at(1);
        let append = |expected: u64, events: &[Arc<[u8]>]| LogAppend {
            log,
            expected: Seq(expected),
            fence: None,
            events: events.to_vec(),
        };
        let registered = LogAppend {
            log: LogId::Registry,
            expected: Seq(registry),
            fence: None,
            events: vec![entry],
        };
        let begin = Batch { appends: vec![append(0, first), registered], blobs: Vec::new() };
        store.append(begin).await.unwrap();
        let rest = Batch { appends: vec![append(1, rest)], blobs: self.blobs.clone() };
        store.append(rest).await.unwrap();
    }

    /// The first event of a kind, from 1.
    pub(crate) fn seq_of(&self, kind: &str) -> u64 {
        let needle = format!("\"kind\":\"{kind}\"");
        let holds = |bytes: &Arc<[u8]>| String::from_utf8_lossy(bytes).contains(&needle);
        self.events.iter().position(holds).unwrap() as u64 + 1
    }
}

fn real(
    event: &mut Event,
    mission: MissionId,
    tree: &HashTree,
    blobs: &mut Vec<Blob>,
    asked: &mut Option<ApprovalRequest>,
) {
    if let Payload::MissionCreated(created) = &mut event.payload {
        created.mission = mission;
    }
    if let Payload::DeliverableRecorded { step, commitment, media_type, .. } = &mut event.payload {
        let content = format!("the result of step {step}, in private words").into_bytes();
        let salt = salt(*commitment, mission);
        *commitment = Commitment::to(salt, &content);
        let media_type = media_type.clone();
        blobs.push(Blob { mission, commitment: *commitment, salt, media_type, content });
    }
    if let Payload::ApprovalRequested { milestone, deliverable, tree: head, .. } =
        &mut event.payload
    {
        let salt = salt(*deliverable, mission);
        *deliverable = blobs.iter().find(|blob| blob.salt == salt).unwrap().commitment;
        *head = tree.head_at(head.size).unwrap();
        *asked = Some(ApprovalRequest {
            chain_id: chain().chain_id,
            escrow: chain().contracts.escrow,
            mission: mission.key(),
            milestone: *milestone,
            deliverable: *deliverable,
            root: head.root,
            deadline: 0,
        });
    }
    if let Payload::ApprovalGiven { validator, deadline, signature, .. } = &mut event.payload {
        let key = SigningKey::from_slice(keccak256(validator.as_slice()).as_slice()).unwrap();
        let request = ApprovalRequest { deadline: *deadline, ..asked.unwrap() };
        *validator = address(&key);
        *signature = sign(&key, request.digest());
    }
    if let Payload::CheckpointAnchored { tree: head, .. } = &mut event.payload {
        *head = tree.head_at(head.size).unwrap();
    }
}

/// A salt for the content that the script calls so.
fn salt(name: Commitment, mission: MissionId) -> Salt {
    Salt(keccak256(format!("{name} of {mission}")))
}

fn address(key: &SigningKey) -> Address {
    let point = key.verifying_key().to_encoded_point(false);
    Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..])
}

fn sign(key: &SigningKey, digest: B256) -> Bytes {
    let (signature, recovery) = key.sign_prehash_recoverable(digest.as_slice()).unwrap();
    let mut bytes = signature.to_bytes().to_vec();
    bytes.push(27 + recovery.to_byte());
    bytes.into()
}
