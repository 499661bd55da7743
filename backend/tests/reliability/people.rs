//! Operator, validators and chain, as the worker sees them: they do whatever is asked for, and do it again until it is
//! acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, Bytes, U256, keccak256};
use phase8_shared::api::{
    AnswerQuestion, ApproveMilestone, ChainEffect, CreateMission, EventPage, MissionView, Observed,
    routes,
};
use phase8_shared::chain::{ChainFact, terms_hash};
use phase8_shared::id::{MilestoneIndex, MissionId, Seq};
use phase8_shared::mission::{
    Answer, Event, Lifecycle, MilestoneStatus, MissionState, PauseCause, QuestionAbout, TxEvidence,
};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::time::ClockScale;

use super::dice::Dice;
use super::oracle::Oracle;
use super::worker::{Trouble, Worker};

const JOB: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/job.multi-agent.json"));
const OPERATOR: Address = Address::repeat_byte(0x11);
/// Unix seconds that no clock of these tests reaches.
const FAR: u64 = 10_000_000_000;
/// Missions under way at a time.
const AT_A_TIME: usize = 3;

/// Everybody outside the engine.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) oracle: Oracle,
    pub(crate) dice: Dice,
    pub(crate) scale: u32,
    open: Vec<MissionId>,
    pub(crate) completed: u64,
    /// Milestones whose payment the engine was told of and said that it knows.
    paid: BTreeSet<(MissionId, MilestoneIndex)>,
    states: BTreeMap<MissionId, MissionState>,
}

/// A log of the chain that depends on nothing but what it says: told twice, it is the same log.
fn observed(fact: ChainFact) -> Observed {
    let transaction = keccak256(serde_json::to_vec(&fact).unwrap());
    let evidence = TxEvidence {
        chain_id: 31_337,
        block_number: 1,
        block_hash: transaction,
        transaction,
        log_index: 0,
    };
    Observed { evidence, fact }
}

impl People {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            oracle: Oracle::default(),
            dice: Dice::new(seed),
            scale: 50_000,
            open: Vec::new(),
            completed: 0,
            paid: BTreeSet::new(),
            states: BTreeMap::new(),
        }
    }

    pub(crate) fn missions(&self) -> &[MissionId] {
        &self.open
    }

    /// Reads a ledger from its beginning.
    pub(crate) async fn read(
        worker: &Worker,
        mission: MissionId,
    ) -> Result<Option<Vec<Event>>, Trouble> {
        let mut events: Vec<Event> = Vec::new();
        loop {
            let after = events.last().map_or(Seq::ZERO, |event| event.seq);
            let page: EventPage = match worker.get(&routes::events(mission, after)).await {
                Ok(page) => page,
                // A launch that was never acknowledged may never have happened.
                Err(Trouble::Refused(404, _)) if events.is_empty() => return Ok(None),
                Err(trouble) => return Err(trouble),
            };
            let empty = page.events.is_empty();
            events.extend(page.events);
            if empty || events.last().is_some_and(|event| event.seq >= page.last) {
                return Ok(Some(events));
            }
        }
    }

    /// Lets the oracle look at everything that is open, and at some of what is over.
    pub(crate) async fn check(&mut self, worker: &Worker, all: bool) -> Result<(), Trouble> {
        let mut missions = self.open.clone();
        let known = self.oracle.missions();
        let some = known.len().saturating_sub(1) as u64;
        if all {
            missions = known;
        } else if !known.is_empty() {
            missions.push(known[usize::try_from(self.dice.between(0, some)).unwrap()]);
        }
        for mission in missions {
            let events = Self::read(worker, mission).await?.unwrap_or_default();
            self.oracle.sees(mission, &events);
        }
        Ok(())
    }

    /// Does once whatever everybody has to do.
    pub(crate) async fn act(&mut self, worker: &Worker) -> Result<(), Trouble> {
        while self.open.len() < AT_A_TIME {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&self.dice.throw().to_be_bytes());
            id[8..].copy_from_slice(&self.dice.throw().to_be_bytes());
            self.open.push(MissionId::from_bytes(id));
        }
        for mission in self.open.clone() {
            self.attend(worker, mission).await?;
        }
        let effects: Vec<ChainEffect> = worker.get(routes::INTERNAL_EFFECTS).await?;
        for effect in effects {
            self.carry_out(worker, effect).await?;
        }
        Ok(())
    }

    async fn attend(&mut self, worker: &Worker, mission: MissionId) -> Result<(), Trouble> {
        let path = routes::mission(mission);
        let Some(events) = Self::read(worker, mission).await? else {
            let launch = CreateMission {
                spec: JOB.to_owned(),
                operator: OPERATOR,
                reward: TokenAmount::new(
                    U256::from(1_000_u64) * U256::from(10_u64).pow(U256::from(18_u64)),
                ),
                clock_scale: ClockScale::try_from(self.scale).unwrap(),
            };
            let view: MissionView = worker.put(&path, &launch).await?;
            self.oracle.acknowledged(mission, view.head);
            return Ok(());
        };
        self.oracle.sees(mission, &events);
        let state = MissionState::fold(&events).unwrap();
        match &state.lifecycle {
            Lifecycle::AwaitingFunding => {
                let terms = &state.created.terms;
                let funded = ChainFact::MissionFunded {
                    mission: mission.key(),
                    operator: OPERATOR,
                    deposit: terms.deposit().unwrap(),
                    terms_hash: terms_hash(terms),
                };
                tell(worker, funded).await?;
            }
            Lifecycle::Running { .. } => self.help(worker, &state).await?,
            Lifecycle::Closed { .. } => {
                self.open.retain(|open| *open != mission);
                self.completed += 1;
            }
        }
        self.states.insert(mission, state);
        Ok(())
    }

    async fn help(&mut self, worker: &Worker, state: &MissionState) -> Result<(), Trouble> {
        let mission = state.created.mission;
        if state.pauses.contains(&PauseCause::Budget) {
            // Calls that were lost are charged at their worst case: the owner has to give more.
            let previous = state.budget.cap;
            let current = MicroUsd::new(previous.get().saturating_mul(2));
            let raised = ChainFact::BudgetCapUpdated {
                mission: mission.key(),
                previous,
                current,
                by: Address::repeat_byte(0x0e),
            };
            tell(worker, raised).await?;
        }
        let awaiting: Vec<_> = state.awaiting_approval().cloned().collect();
        for milestone in awaiting {
            let MilestoneStatus::AwaitingApproval { expires_at, approvals, .. } = milestone.status
            else {
                continue;
            };
            for byte in [0xb2, 0xb1] {
                let validator = Address::repeat_byte(byte);
                if approvals.contains_key(&validator) {
                    continue;
                }
                let approval = ApproveMilestone {
                    validator,
                    deadline: expires_at.unix_seconds(),
                    signature: Bytes::from(vec![byte; 65]),
                };
                let path = routes::approvals(mission, milestone.index);
                match worker.post(&path, &approval).await {
                    Ok(text) => {
                        let view: MissionView = serde_json::from_str(&text).unwrap();
                        self.oracle.acknowledged(mission, view.head);
                    }
                    // It ran out meanwhile; the guild is asked again.
                    Err(Trouble::Refused(409, _)) => {}
                    Err(trouble) => return Err(trouble),
                }
            }
        }
        self.look(worker, mission, state).await
    }

    /// The guild looks at what it did not look at in time: by a clock that was set forward, or on a busy machine.
    async fn look(
        &mut self,
        worker: &Worker,
        mission: MissionId,
        state: &MissionState,
    ) -> Result<(), Trouble> {
        for (question, asked) in &state.questions {
            if !matches!(asked.about, QuestionAbout::CheckIn { missed: true, .. }) {
                continue;
            }
            let looked = AnswerQuestion {
                by: Address::repeat_byte(0xb1),
                answer: Answer::CheckIn {},
                reason: String::new(),
                deadline: FAR,
                signature: Bytes::from(vec![0xb1; 65]),
            };
            match worker.post(&routes::answers(mission, *question), &looked).await {
                Ok(text) => {
                    let view: MissionView = serde_json::from_str(&text).unwrap();
                    self.oracle.acknowledged(mission, view.head);
                }
                // It was answered before, and that answer was lost.
                Err(Trouble::Refused(409, _)) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    async fn carry_out(&mut self, worker: &Worker, effect: ChainEffect) -> Result<(), Trouble> {
        match effect {
            ChainEffect::ReleaseMilestone { mission, milestone, .. } => {
                self.oracle.count.checks += 1;
                if self.paid.contains(&(mission, milestone)) {
                    self.oracle.count.paid_twice += 1;
                }
                let Some(state) = self.states.get(&mission) else { return Ok(()) };
                let released = ChainFact::MilestoneReleased {
                    mission: mission.key(),
                    milestone,
                    amount: state.milestone(milestone).unwrap().payout,
                    validator_reward: TokenAmount::ZERO,
                    payments: Vec::new(),
                };
                tell(worker, released).await?;
                self.paid.insert((mission, milestone));
            }
            ChainEffect::AnchorCheckpoint { mission, tree } => {
                tell(worker, ChainFact::CheckpointAnchored { mission: mission.key(), tree })
                    .await?;
            }
        }
        Ok(())
    }
}

async fn tell(worker: &Worker, fact: ChainFact) -> Result<(), Trouble> {
    // The watcher tells twice what it is not sure to have told.
    let observed = observed(fact);
    worker.post(routes::INTERNAL_FACTS, &vec![observed.clone(), observed]).await.map(drop)
}
