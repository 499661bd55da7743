//! A mission's log, card by card: parsed, numbered, folded, and its signatures checked.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes};

use super::cards::Cards;
use super::signature::{Signed, signed};
use super::{BadCard, Check, Report};
use crate::chain::{ApprovalRequest, MissionAnswerRequest, StepReleaseRequest};
use crate::id::{MilestoneIndex, MissionId, Seq};
use crate::ledger::leaf::sha256;
use crate::ledger::{ChainContext, Commitment, LeafHash, TreeHead};
use crate::mission::{CallOutcome, Event, MilestoneStatus, MissionState, Payload, TxEvidence};

/// Checks a mission's log as its cards come.
#[derive(Debug)]
pub struct MissionVerifier {
    mission: MissionId,
    chain: Option<ChainContext>,
    cards: Cards,
    state: Option<MissionState>,
    signatures: Signatures,
    contents: BTreeMap<Commitment, Seq>,
    texts: BTreeMap<Commitment, Seq>,
    anchors: Vec<(Seq, TreeHead, TxEvidence)>,
    foreign: Option<(Seq, u64)>,
}

#[derive(Debug, Default)]
struct Signatures {
    held: u32,
    untold: u32,
    wrong: Option<String>,
}

impl MissionVerifier {
    /// For this mission, whose approvals are signed for these contracts.
    pub fn new(mission: MissionId, chain: Option<ChainContext>) -> Self {
        Self {
            mission,
            chain,
            cards: Cards::default(),
            state: None,
            signatures: Signatures::default(),
            contents: BTreeMap::new(),
            texts: BTreeMap::new(),
            anchors: Vec::new(),
            foreign: None,
        }
    }

    /// Takes the leaf hash that was kept beside the next card.
    pub fn push_kept(&mut self, leaf: LeafHash) {
        self.cards.push_kept(leaf);
    }

    /// Takes the next card.
    pub fn push(&mut self, bytes: &[u8]) {
        let place = self.cards.push(bytes);
        let event: Event = match serde_json::from_slice(bytes) {
            Ok(event) => event,
            Err(error) => {
                let words = format!("it cannot be read as an event: {error}");
                self.cards.blame(BadCard::at(place, words));
                return;
            }
        };
        if event.version != Event::VERSION {
            let words = format!(
                "it has version {}, and this program knows version {}: use the newer program",
                event.version,
                Event::VERSION
            );
            self.cards.blame(BadCard::at(place, words));
        }
        self.cards.is_numbered(place, event.seq);
        match &mut self.state {
            None if place == Seq(1) => self.begin(&event),
            None => {}
            Some(_) => self.look_at(place, &event),
        }
        if let Some(state) = self.state.as_mut().filter(|_| place != Seq(1)) {
            state.apply(&event);
        }
    }

    /// The state after the last card; `None` if the log does not begin with a mission.
    pub const fn state(&self) -> Option<&MissionState> {
        self.state.as_ref()
    }

    /// Commitments to what was delivered, which is stored apart, each with the card that names it.
    pub const fn contents(&self) -> &BTreeMap<Commitment, Seq> {
        &self.contents
    }

    /// Commitments to what agents wrote on the way and to what tripwires held back, each with the card that names it. These
    /// texts stay with the engine.
    pub const fn texts(&self) -> &BTreeMap<Commitment, Seq> {
        &self.texts
    }

    /// Checkpoints that cards say to stand on the chain.
    pub fn anchors(&self) -> &[(Seq, TreeHead, TxEvidence)] {
        &self.anchors
    }

    /// Notes a head that somebody tells of this log.
    pub fn told(&mut self, by: impl Into<String>, head: TreeHead) {
        self.cards.told(by, head);
    }

    /// Compares everything with the head that counts, and who it is told by.
    pub fn finish(self, by: &str, head: TreeHead) -> Report {
        let Self { mission, chain, cards, state, signatures, foreign, .. } = self;
        let (mut checks, bad) = cards.check(by, head);
        checks.push(match &state {
            Some(state) => Check::same("the mission", state.created.mission, mission),
            None => Check::same("the mission", "the first card begins none", mission),
        });
        if let Some(state) = &state {
            let spec = sha256(&[state.created.spec.as_bytes()]);
            checks.push(Check::same("the job spec's hash", state.created.spec_hash, spec));
            checks.push(Check::same("the hash in the terms", state.created.terms.spec_hash, spec));
        }
        checks.push(signatures.check(chain.is_some()));
        if let Some(chain) = chain {
            let found = match foreign {
                None => format!("on chain {}", chain.chain_id),
                Some((seq, other)) => format!("card {seq} rests on chain {other}"),
            };
            let expected = format!("on chain {}", chain.chain_id);
            checks.push(Check::same("what cards rest on", found, expected));
        }
        Report { checks, bad }
    }

    fn begin(&mut self, event: &Event) {
        self.state = MissionState::begin(event);
        match &self.state {
            None => self.cards.blame(BadCard::at(Seq(1), "it does not begin a mission")),
            Some(state) if state.created.mission != self.mission => {
                let words = format!("it begins mission {}", state.created.mission);
                self.cards.blame(BadCard::at(Seq(1), words));
            }
            Some(_) => {}
        }
    }

    /// What a card claims that can be checked against the cards before it.
    fn look_at(&mut self, place: Seq, event: &Event) {
        if let Payload::DeliverableRecorded { commitment, .. } = &event.payload {
            self.contents.entry(*commitment).or_insert(place);
        }
        if let Payload::ModelCallSettled {
            outcome: CallOutcome::Answered { text: Some(text), .. },
            ..
        }
        | Payload::TripwireTripped { text: Some(text), .. } = &event.payload
        {
            self.texts.entry(*text).or_insert(place);
        }
        if let Payload::ApprovalRequested { tree, .. } = &event.payload {
            self.cards.told(format!("card {place}"), *tree);
        }
        if let Payload::CheckpointAnchored { tree, evidence } = &event.payload {
            self.cards.told(format!("the anchor of card {place}"), *tree);
            self.anchors.push((place, *tree, *evidence));
            if let Some(chain) = &self.chain
                && chain.chain_id != evidence.chain_id
                && self.foreign.is_none()
            {
                self.foreign = Some((place, evidence.chain_id));
            }
        }
        if let Payload::ApprovalGiven { milestone, validator, deadline, signature } = &event.payload
        {
            self.approval(place, *milestone, (*validator, *deadline, signature));
        }
        if let Payload::StepReleased { step, by, deadline, signature } = &event.payload
            && let Some(chain) = &self.chain
        {
            let request = StepReleaseRequest {
                chain_id: chain.chain_id,
                escrow: chain.contracts.escrow,
                mission: self.mission.key(),
                step: *step,
                deadline: *deadline,
            };
            self.signatures.take(place, *by, request.digest(), signature);
        }
        if let Payload::QuestionAnswered { question, answer, reason, by, deadline, signature } =
            &event.payload
            && let Some(chain) = &self.chain
        {
            let request = MissionAnswerRequest {
                chain_id: chain.chain_id,
                escrow: chain.contracts.escrow,
                mission: self.mission.key(),
                question: *question,
                answer: *answer,
                reason: reason.clone(),
                deadline: *deadline,
            };
            self.signatures.take(place, *by, request.digest(), signature);
        }
    }

    fn approval(
        &mut self,
        place: Seq,
        milestone: MilestoneIndex,
        (validator, deadline, signature): (Address, u64, &Bytes),
    ) {
        let (Some(chain), Some(state)) = (&self.chain, &self.state) else { return };
        if state.created.operator == validator {
            self.signatures.blame(format!("card {place}: the operator approves the own mission"));
            return;
        }
        let asked = state.milestones.iter().find(|known| known.index == milestone);
        let Some(MilestoneStatus::AwaitingApproval { deliverable, tree, .. }) =
            asked.map(|known| &known.status)
        else {
            self.signatures
                .blame(format!("card {place}: nobody asked to approve milestone {milestone}"));
            return;
        };
        let request = ApprovalRequest {
            chain_id: chain.chain_id,
            escrow: chain.contracts.escrow,
            mission: self.mission.key(),
            milestone,
            deliverable: *deliverable,
            root: tree.root,
            deadline,
        };
        self.signatures.take(place, validator, request.digest(), signature);
    }
}

impl Signatures {
    fn take(&mut self, place: Seq, by: Address, digest: B256, signature: &Bytes) {
        match signed(by, digest, signature) {
            Signed::ByThem => self.held += 1,
            Signed::ContractOnly => self.untold += 1,
            Signed::NotByThem(words) => {
                self.blame(format!("card {place}: {words}, and not by {by}"));
            }
        }
    }

    fn blame(&mut self, words: String) {
        if self.wrong.is_none() {
            self.wrong = Some(words);
        }
    }

    fn check(self, is_chain_known: bool) -> Check {
        const WHAT: &str = "wallets' signatures in the cards";
        const EXPECTED: &str = "each is its signer's over what was asked (EIP-712)";
        match (self.wrong, self.untold) {
            (Some(words), _) => Check::holds(WHAT, false, words, EXPECTED),
            (None, _) if !is_chain_known => Check::unknown(
                WHAT,
                "chain and contracts are not told",
                "nobody can tell whom they bind",
            ),
            (None, 0) => Check::holds(WHAT, true, format!("{} hold", self.held), EXPECTED),
            (None, untold) => Check::unknown(
                WHAT,
                format!("{} hold, {untold} are a contract's", self.held),
                "only the contract can tell (EIP-1271): ask the chain",
            ),
        }
    }
}
