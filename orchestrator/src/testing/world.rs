//! A mission in a world made of nothing but arguments: time passes when the script says so.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a script looks at the events that it is about"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use alloy_primitives::{Address, B256, Bytes, U256};
use phase8_shared::api::{AnswerQuestion, ApproveMilestone, ReleaseStep};
use phase8_shared::chain::{AdapterScope, ChainFact, Observed, adapter_key, terms_hash};
use phase8_shared::id::{CallId, MilestoneIndex, MissionId, Seq, StepId};
use phase8_shared::ledger::{Commitment, CompactTree, leaf_hash};
use phase8_shared::mission::{
    Actor, Event, MissionCreated, MissionState, OpenCall, Payload, Trip, TxEvidence,
};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::time::Timestamp;

use super::line::{effect_in_a_line, in_a_line};
use super::mission::{OPERATOR, adapters, launch_policy, request};
use crate::command::{AdapterSwitch, CallEnd, Command, Delivered, SwitchTo};
use crate::mission::{Context, Decision, Effect, FleetPause, Outbox, decide};
use crate::refusal::Refusal;

pub(crate) const MISSION: MissionId = MissionId::from_bytes([7; 16]);

pub(crate) struct World {
    job: String,
    pub(crate) scale: u32,
    pub(crate) now: Timestamp,
    pub(crate) state: Option<MissionState>,
    pub(crate) events: Vec<Event>,
    pub(crate) outbox: Outbox,
    tree: CompactTree,
    pub(crate) fleet: Option<FleetPause>,
    logs: u64,
    last_switch: Option<AdapterSwitch>,
    said: String,
}

impl World {
    pub(crate) fn new(job: &str) -> Self {
        Self {
            job: job.to_owned(),
            scale: 60,
            now: Timestamp::from_millis(1_800_000_000_000),
            state: None,
            events: Vec::new(),
            outbox: Outbox::default(),
            tree: CompactTree::default(),
            fleet: None,
            logs: 0,
            last_switch: None,
            said: String::new(),
        }
    }

    pub(crate) fn state(&self) -> &MissionState {
        self.state.as_ref().unwrap()
    }

    /// A log of the chain that was never seen before.
    pub(crate) fn evidence(&mut self) -> TxEvidence {
        self.logs += 1;
        TxEvidence {
            chain_id: 31_337,
            block_number: self.logs,
            block_hash: B256::with_last_byte(1),
            transaction: B256::from(alloy_primitives::U256::from(self.logs)),
            log_index: 0,
        }
    }

    /// Decides, and folds what was decided. Every event crosses the wire once on its way.
    pub(crate) fn command(&mut self, command: Command) -> Result<usize, Refusal> {
        let ctx = Context { now: self.now, tree: self.tree.head(), fleet: self.fleet };
        let decision = decide(self.state.as_ref(), command, &ctx)?;
        let count = decision.len();
        self.take_in(decision);
        Ok(count)
    }

    fn take_in(&mut self, decision: Decision) {
        for (actor, payload) in decision {
            let seq = self.events.last().map_or(Seq(1), |event| event.seq.next());
            let event = Event { seq, version: Event::VERSION, actor, at: self.now, payload };
            let bytes = serde_json::to_vec(&event).unwrap();
            let event: Event = serde_json::from_slice(&bytes).unwrap();
            match &mut self.state {
                Some(state) => state.apply(&event),
                None => self.state = MissionState::begin(&event),
            }
            self.tree.push(leaf_hash(&bytes));
            self.outbox.apply(&event, || self.tree.head());
            let _ = writeln!(self.said, "{}", in_a_line(&event));
            self.events.push(event);
        }
    }

    /// Does what is due until nothing more follows.
    pub(crate) fn tick(&mut self) {
        while self.command(Command::Tick).unwrap() > 0 {}
    }

    pub(crate) fn observe(&mut self, fact: ChainFact) -> Result<usize, Refusal> {
        let evidence = self.evidence();
        match &fact {
            ChainFact::FleetPaused { by, tripwire } => {
                self.fleet = Some(FleetPause { by: *by, tripwire: *tripwire, evidence });
            }
            ChainFact::FleetResumed { .. } => self.fleet = None,
            _ => {}
        }
        self.command(Command::Observe(Observed { evidence, fact }))
    }

    pub(crate) fn create(&mut self) -> Result<usize, Refusal> {
        let runnable: BTreeSet<String> =
            adapters().iter().map(|adapter| adapter.id.to_string()).collect();
        let new = launch_policy().check(MISSION, &request(&self.job, self.scale), &runnable)?;
        self.command(Command::Create(Box::new(new)))
    }

    /// Begins with this first event instead of a launch.
    pub(crate) fn begin(&mut self, created: MissionCreated) {
        let actor = Actor::Operator(created.operator);
        self.take_in(vec![(actor, Payload::MissionCreated(Box::new(created)))]);
    }

    /// The engine dies: what it knew is gone, and a new one reads the ledger as it was stored.
    pub(crate) fn crash(&mut self) {
        let stored: Vec<Vec<u8>> =
            self.events.iter().map(|event| serde_json::to_vec(event).unwrap()).collect();
        let read: Vec<Event> =
            stored.iter().map(|bytes| serde_json::from_slice(bytes).unwrap()).collect();
        assert_eq!(read, self.events);
        let state = MissionState::fold(&read);
        assert_eq!(state, self.state);
        (self.state, self.events) = (state, read);
        self.command(Command::Recover).unwrap();
    }

    pub(crate) fn funding(&self) -> ChainFact {
        let terms = &self.state().created.terms;
        ChainFact::MissionFunded {
            mission: MISSION.key(),
            operator: OPERATOR,
            deposit: terms.deposit().unwrap(),
            terms_hash: terms_hash(terms),
        }
    }

    /// Answers an open call; the last turn of a step brings its deliverable.
    pub(crate) fn answer(&mut self, call: CallId, tokens: u64) -> Result<usize, Refusal> {
        let deliverable = self.state().open_calls.get(&call).and_then(|open| self.due(open));
        let end = CallEnd::Answered {
            input_tokens: tokens,
            output_tokens: 0,
            words: "done".into(),
            text: None,
            deliverable,
        };
        self.command(Command::Settle { call, end })
    }

    fn due(&self, open: &OpenCall) -> Option<Delivered> {
        let last = open.turn + 1 >= self.state().turns_of(open);
        last.then(|| delivered(open.step))
    }

    pub(crate) fn dossier(&mut self, step: StepId) -> Result<usize, Refusal> {
        self.command(Command::Deliver { step, deliverable: delivered(step) })
    }

    pub(crate) fn approve(&mut self, milestone: u8, validator: Address) -> Result<usize, Refusal> {
        let deadline = match &self
            .state()
            .milestone(MilestoneIndex(milestone))
            .map(|found| found.status.clone())
        {
            Some(phase8_shared::mission::MilestoneStatus::AwaitingApproval {
                expires_at, ..
            }) => expires_at.unix_seconds(),
            _ => self.now.unix_seconds() + 60,
        };
        self.approve_until(milestone, validator, deadline)
    }

    pub(crate) fn approve_until(
        &mut self,
        milestone: u8,
        validator: Address,
        deadline: u64,
    ) -> Result<usize, Refusal> {
        let signature = Bytes::copy_from_slice(validator.as_slice());
        let approval = ApproveMilestone { validator, deadline, signature };
        self.command(Command::Approve { milestone: MilestoneIndex(milestone), approval })
    }

    pub(crate) fn paid(&mut self, milestone: u8) -> Result<usize, Refusal> {
        self.observe(ChainFact::MilestoneReleased {
            mission: MISSION.key(),
            milestone: MilestoneIndex(milestone),
            amount: TokenAmount::from_tokens_decimal("400").unwrap(),
            validator_reward: TokenAmount::from_tokens_decimal("40").unwrap(),
            payments: Vec::new(),
        })
    }

    pub(crate) fn effects(&self) -> Vec<Effect> {
        self.outbox.pending(self.state(), self.now)
    }

    /// One line of a script.
    pub(crate) fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number =
            |index: usize| words.get(index).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        let call = CallId(u32::try_from(number(1)).unwrap_or(u32::MAX));
        let index = u8::try_from(number(1)).unwrap_or(u8::MAX);
        let _ = writeln!(self.said, "> {line}");
        let outcome = match words[0] {
            "create" => self.create(),
            "fund" => self.fund(words.get(1).copied()),
            "answer" => self.answer(call, number(2).max(100)),
            "fail" => {
                let end = CallEnd::Failed { reason: "no answer".into() };
                self.command(Command::Settle { call, end })
            }
            "withhold" => {
                let trips = vec![trip(words[2], words[3])];
                self.command(Command::Settle { call, end: withheld(number(4), trips) })
            }
            "withhold-twice" => {
                let trips =
                    ["toxicity-filter", "privacy-leak-detector"].map(|name| trip(name, "warning"));
                self.command(Command::Settle { call, end: withheld(0, trips.to_vec()) })
            }
            "lose" => self.command(Command::Settle { call, end: CallEnd::Lost {} }),
            "say" => self.say(Seq(number(1)), words[2], wallet(words[3]), number(4)),
            "dossier" => self.dossier(StepId(index.into())),
            "approve" => self.approve(index, wallet(words[2])),
            "approve-until" => {
                let deadline = self.now.unix_seconds() + number(3);
                self.approve_until(index, wallet(words[2]), deadline)
            }
            "paid" => self.paid(index),
            "pause" => {
                self.observe(ChainFact::FleetPaused { by: wallet("owner"), tripwire: false })
            }
            "tripwire" => {
                self.observe(ChainFact::FleetPaused { by: wallet("guardian"), tripwire: true })
            }
            "resume" => self.observe(ChainFact::FleetResumed { by: wallet("owner") }),
            "again" => {
                let evidence = *self.state().evidence.iter().next_back().unwrap();
                self.command(Command::Observe(Observed {
                    evidence,
                    fact: ChainFact::FleetPaused { by: wallet("owner"), tripwire: false },
                }))
            }
            "cap" => self.observe(ChainFact::BudgetCapUpdated {
                mission: MISSION.key(),
                previous: self.state().budget.cap,
                current: MicroUsd::from_usd_decimal(words[1]).unwrap(),
                by: wallet("owner"),
            }),
            "adapter" => self.switch(words[1], words[2], words[3..].join(" ")),
            "co-pilot" => self.observe(ChainFact::CoPilotChanged {
                mission: MISSION.key(),
                required: words[1] == "on",
                by: wallet("owner"),
            }),
            "release" => {
                let deadline = match number(3) {
                    0 => self.now.unix_seconds() + 60,
                    seconds => self.now.unix_seconds() - seconds,
                };
                let by = wallet(words[2]);
                let signature = Bytes::copy_from_slice(by.as_slice());
                let release = ReleaseStep { by, deadline, signature };
                self.command(Command::ReleaseStep { step: StepId(index.into()), release })
            }
            "summon" | "acknowledge" | "revoke" => self.observe(summons(words[0], number(1))),
            "failed" => self.observe(ChainFact::MissionFailed {
                mission: MISSION.key(),
                reason: "it went wrong".into(),
            }),
            "recover" => self.command(Command::Recover),
            "crash" => {
                self.crash();
                Ok(0)
            }
            "stop" => self.command(Command::Stop),
            "tick" => {
                self.tick();
                Ok(0)
            }
            "wait" => {
                self.now = self.now.plus_millis(number(1) * 1_000);
                self.tick();
                Ok(0)
            }
            "outbox" => {
                let effects = self.effects();
                for effect in effects {
                    let _ = writeln!(self.said, "~ {}", effect_in_a_line(&effect));
                }
                Ok(0)
            }
            other => panic!("no such command: {other}"),
        };
        if let Err(refusal) = outcome {
            let _ = writeln!(self.said, "! {}: {refusal}", refusal.code());
        }
    }

    /// A person answers a question; the signature ended so many seconds ago, if any.
    pub(crate) fn say(
        &mut self,
        question: Seq,
        answer: &str,
        by: Address,
        late: u64,
    ) -> Result<usize, Refusal> {
        let now = self.now.unix_seconds();
        let answer = AnswerQuestion {
            by,
            answer: answer.parse().unwrap(),
            reason: "as it looks to me".into(),
            deadline: if late == 0 { now + 60 } else { now - late },
            signature: Bytes::copy_from_slice(by.as_slice()),
        };
        self.command(Command::Answer { question, answer })
    }

    /// The registry names another adapter: `mission`, `role:planner` or `agent:planner`, then an id, then `back` or a
    /// reason.
    fn switch(&mut self, scope: &str, id: &str, rest: String) -> Result<usize, Refusal> {
        let mission = MISSION.key();
        let scope = match scope.split_once(':') {
            Some(("role", role)) => AdapterScope::Role { role: role.parse().unwrap() },
            Some((_, role)) => AdapterScope::Agent { mission, role: role.parse().unwrap() },
            None => AdapterScope::Mission { mission },
        };
        let evidence = self.evidence();
        self.last_switch = Some(AdapterSwitch {
            evidence,
            scope: scope.key(),
            previous: B256::ZERO,
            current: if id == "plan" { B256::ZERO } else { adapter_key(id) },
            to: SwitchTo::Plan {},
            rolled_back: rest == "back",
            reason: if rest == "back" { String::new() } else { rest },
            by: wallet("owner"),
        });
        self.switch_again()
    }

    /// The last switch, told again.
    pub(crate) fn switch_again(&mut self) -> Result<usize, Refusal> {
        let mut switch = self.last_switch.clone().unwrap();
        let runnable: BTreeSet<String> =
            adapters().iter().map(|adapter| adapter.id.to_string()).collect();
        switch.to = launch_policy().resolve(switch.current, &runnable);
        self.command(Command::SwitchAdapter(Box::new(switch)))
    }

    fn fund(&mut self, how: Option<&str>) -> Result<usize, Refusal> {
        let mut fact = self.funding();
        if let ChainFact::MissionFunded { operator, deposit, terms_hash, .. } = &mut fact {
            match how {
                Some("stranger") => *operator = wallet("stranger"),
                Some("short") => *deposit = TokenAmount::ZERO,
                Some("other-terms") => *terms_hash = B256::ZERO,
                Some(_) | None => {}
            }
        }
        self.observe(fact)
    }

    /// The ledger, replayed, is the very state.
    pub(crate) fn assert_replays(&self) {
        assert_eq!(MissionState::fold(&self.events), self.state);
    }

    pub(crate) fn transcript(&self) -> String {
        self.said.clone()
    }
}

fn summons(what: &str, token: u64) -> ChainFact {
    let (mission, token, validator) = (MISSION.key(), U256::from(token), wallet("v1"));
    match what {
        "summon" => ChainFact::ValidatorSummoned {
            mission,
            token,
            validator,
            expiry: 1_800_003_600,
            by: wallet("owner"),
        },
        "acknowledge" => ChainFact::SummonsAcknowledged { mission, token, validator },
        _ => ChainFact::SummonsRevoked { mission, token, validator, by: wallet("owner") },
    }
}

pub(crate) fn wallet(name: &str) -> Address {
    match name {
        "operator" => OPERATOR,
        "owner" => Address::repeat_byte(0x0e),
        "guardian" => Address::repeat_byte(0x6d),
        "v1" => Address::repeat_byte(0xb1),
        "v2" => Address::repeat_byte(0xb2),
        "v3" => Address::repeat_byte(0xb3),
        _ => Address::repeat_byte(0x5e),
    }
}

/// A value by its name on the wire.
fn named<T: serde::de::DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(name.into()).unwrap()
}

pub(crate) fn trip(tripwire: &str, severity: &str) -> Trip {
    Trip {
        tripwire: named(tripwire),
        rule: "rule".into(),
        severity: named(severity),
        span: None,
        words: "something was found".into(),
    }
}

pub(crate) fn withheld(input_tokens: u64, trips: Vec<Trip>) -> CallEnd {
    let text = Commitment(B256::repeat_byte(9));
    CallEnd::Withheld { input_tokens, output_tokens: 0, text, trips }
}

fn delivered(step: StepId) -> Delivered {
    Delivered {
        title: format!("Result of step {step}"),
        media_type: "text/markdown".into(),
        bytes: 5,
        commitment: Commitment(B256::left_padding_from(&(step.0 + 1).to_be_bytes())),
    }
}
