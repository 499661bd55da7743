//! The check before a signature: one reading of the chain that says who must sign, what the call would do and what it
//! would change. The bytes are built here, taken apart again, and compared.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;
use phase8_shared::api::{
    EndpointSaid, ReadAnswer, ReadRequest, ReadValue, Said, SimulatedOutcome,
};
use phase8_shared::chain::abi::{IOwnerProxy, IPauseGuardian, ISystemPause, ITimelock};
use phase8_shared::chain::decode::{Decoded, NotDecoded, decode};
use phase8_shared::chain::difference::{
    Difference, Question, Signer, Stage, Subject, difference, hindrance, questions, simulated_call,
};
use phase8_shared::chain::exit::ChainCheck;
use phase8_shared::chain::field::Names;
use phase8_shared::chain::manager::Registry;
use phase8_shared::chain::{Call, Circumstances, Contracts, Deployment, Intent, Lever, LeverRole};

use crate::lever::flip::{Expected, Way};

/// Seconds for which a signed request is good.
pub(crate) const GOOD_FOR: u64 = 3_600;

/// A lever that is about to be signed. Its bytes stay the same from look to click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The lever.
    pub(crate) lever: Lever,
    /// Tells its operation from another with the same effect.
    pub(crate) salt: B256,
    /// Unix seconds after which a signature is void; `None` before the first look.
    pub(crate) deadline: Option<u64>,
}

/// Who decides, as the chain had it last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// The owner of the door.
    pub(crate) owner: Address,
    /// Who may brake at once.
    pub(crate) guardian: Address,
    /// Seconds that the owner's timelock waits at least.
    pub(crate) delay: u64,
}

/// What is asked of the endpoints, and what for.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    draft: Draft,
    deployment: Deployment,
    known: Known,
    signer: Signer,
    named: Named,
    questions: Vec<Question>,
    /// What to ask.
    pub(crate) request: ReadRequest,
}

/// What is known beside the chain: names of keys, and the manager's registry if it was read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    /// Names of keys.
    pub(crate) names: Names,
    /// The manager's registry.
    pub(crate) registry: Option<Registry>,
}

/// The account that signs.
pub(crate) const fn account_of(signer: Signer) -> Address {
    match signer {
        Signer::Owner(account) | Signer::PauseGuardian(account) => account,
    }
}

/// The role of whoever signs, in words.
pub(crate) const fn role_of(signer: Signer) -> &'static str {
    match signer {
        Signer::Owner(_) => "owner",
        Signer::PauseGuardian(_) => "pause guardian",
    }
}

/// What the endpoints said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Checked {
    /// What was checked, with its deadline.
    pub(crate) draft: Draft,
    /// The lever as bytes.
    pub(crate) intent: Intent,
    /// Who sends it, if a wallet does.
    pub(crate) signer: Signer,
    /// What that wallet is asked to send.
    pub(crate) call: Call,
    /// The call taken apart.
    pub(crate) decoded: Result<Decoded, NotDecoded>,
    /// Who decides.
    pub(crate) known: Known,
    /// Whether there is a contract where the effect is to be.
    pub(crate) target_has_code: bool,
    /// Whether the fleet is paused.
    pub(crate) paused: bool,
    /// Number and hash of the block, and the time that the contracts were told.
    pub(crate) block_at: u64,
    /// Hash of the block.
    pub(crate) block_hash: B256,
    /// The chain's time in Unix seconds.
    pub(crate) as_of: u64,
    /// What the call would do.
    pub(crate) outcome: SimulatedOutcome,
    /// What it would change.
    pub(crate) lines: Vec<Difference>,
    /// What a delayed lever would change when it is carried out, as things stand.
    pub(crate) later: Option<Later>,
    /// What the chain will answer when it is in force.
    pub(crate) expect: Vec<Expected>,
    /// Who said what.
    pub(crate) endpoints: Vec<EndpointSaid>,
    /// How many endpoints had to agree.
    pub(crate) quorum: u8,
    /// The same for the evidence file.
    pub(crate) told: ChainCheck,
}

/// What a delayed lever would come to if its time were now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Later {
    /// What the call would do.
    pub(crate) outcome: SimulatedOutcome,
    /// What it would change.
    pub(crate) lines: Vec<Difference>,
}

/// The answer does not fit the question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unfit(&'static str);

const BASICS: usize = 7;

/// Asks who decides.
pub(crate) fn ask_who(contracts: &Contracts) -> ReadRequest {
    let ask = |to, data: Vec<u8>| Call { to, data: data.into() };
    ReadRequest::of(vec![
        ask(contracts.owner_proxy, IOwnerProxy::ownerCall {}.abi_encode()),
        ask(contracts.pause_guardian, IPauseGuardian::guardianCall {}.abi_encode()),
        ask(contracts.owner_timelock, ITimelock::getMinDelayCall {}.abi_encode()),
    ])
}

/// Who decides, if the answer says so.
pub(crate) fn who(answer: &[ReadValue]) -> Option<Known> {
    let [owner, guardian, delay, ..] = answer else { return None };
    Some(Known {
        owner: owner.decode::<IOwnerProxy::ownerCall>()?,
        guardian: guardian.decode::<IPauseGuardian::guardianCall>()?,
        delay: delay.decode::<ITimelock::getMinDelayCall>()?.try_into().ok()?,
    })
}

impl Draft {
    /// A draft that nobody has looked at.
    pub(crate) const fn new(lever: Lever, salt: B256) -> Self {
        Self { lever, salt, deadline: None }
    }

    /// The lever as bytes.
    pub(crate) fn intent(
        &self,
        deployment: &Deployment,
        known: Known,
        nonce: U256,
        deadline: u64,
    ) -> Intent {
        let around = Circumstances {
            chain_id: deployment.chain_id,
            nonce,
            deadline,
            delay: known.delay,
            salt: self.salt,
        };
        Intent::new(self.lever.clone(), &deployment.contracts, around)
    }
}

impl Plan {
    /// What to ask before `account`, or whoever must, signs.
    pub(crate) fn new(
        draft: Draft,
        deployment: &Deployment,
        known: Known,
        account: Option<Address>,
        named: Named,
    ) -> Self {
        let contracts = &deployment.contracts;
        let signer = signer(draft.lever.role(), known, account);
        let intent = draft.intent(deployment, known, U256::ZERO, 0);
        let target = draft.lever.effect(contracts).to;
        let ask = |to, data: Vec<u8>| Call { to, data: data.into() };
        let mut calls = ask_who(contracts).calls;
        calls.extend([
            ask(contracts.owner_proxy, IOwnerProxy::noncesCall { owner: known.owner }.abi_encode()),
            ask(contracts.system_pause, ISystemPause::pausedCall {}.abi_encode()),
            ask(contracts.system_pause, ISystemPause::trippedCall {}.abi_encode()),
            // No contract of ours has this function, so where one is, it refuses; where none is, nothing answers.
            Call { to: target, data: Bytes::from_static(&[0; 4]) },
        ]);
        let questions = questions(&intent, subject(contracts, &named), Stage::Signed);
        calls.extend(questions.iter().map(|question| question.call.clone()));
        let simulate = simulated_call(&intent, contracts, signer, Stage::Signed);
        let request = ReadRequest { calls, simulate };
        Self { draft, deployment: deployment.clone(), known, signer, named, questions, request }
    }

    /// Reads the answer. `Err` with what was found if owner, guardian or delay are others by now, so that it must be asked
    /// again with those.
    pub(crate) fn read(&self, answer: &ReadAnswer) -> Result<Result<Checked, Known>, Unfit> {
        let known = who(&answer.before).ok_or(Unfit("the contracts do not say who owns them"))?;
        if known != self.known {
            return Ok(Err(known));
        }
        let [_, _, _, nonce, paused, _, probe, ..] = answer.before.as_slice() else {
            return Err(Unfit("the answer is too short"));
        };
        let nonce = nonce
            .decode::<IOwnerProxy::noncesCall>()
            .ok_or(Unfit("the owner's door does not say its nonce"))?;
        let paused = paused
            .decode::<ISystemPause::pausedCall>()
            .ok_or(Unfit("the contracts do not say whether the fleet is paused"))?;
        let target_has_code = matches!(probe, ReadValue::Reverted { .. });
        let deadline = self.deadline(answer.as_of);
        let intent = self.draft.intent(&self.deployment, known, nonce, deadline);
        let contracts = &self.deployment.contracts;
        let call = transaction(&intent, self.signer, contracts);
        let before = answer.before.get(BASICS..).unwrap_or_default();
        let after = answer.after.as_deref().and_then(|after| after.get(BASICS..));
        let names = &self.named.names;
        let lines =
            after.map_or_else(Vec::new, |after| difference(&self.questions, before, after, names));
        let told = lines.iter().filter(|line| line.changed).map(for_evidence).collect();
        Ok(Ok(Checked {
            draft: Draft { deadline: Some(deadline), ..self.draft.clone() },
            decoded: decode(contracts, &call),
            expect: if intent.operation.is_some() {
                Vec::new()
            } else {
                expected(&self.questions, before, after)
            },
            intent,
            signer: self.signer,
            call,
            known,
            target_has_code,
            paused,
            block_at: answer.block,
            block_hash: answer.block_hash,
            as_of: answer.as_of,
            lines,
            later: None,
            outcome: outcome(answer),
            told: ChainCheck::of(answer, told),
            endpoints: answer.endpoints.clone(),
            quorum: answer.quorum,
        }))
    }

    /// The deadline stays as it was looked at, unless too little is left of it.
    fn deadline(&self, as_of: u64) -> u64 {
        let fresh = as_of.saturating_add(GOOD_FOR);
        self.draft
            .deadline
            .filter(|deadline| *deadline >= as_of.saturating_add(GOOD_FOR / 2))
            .unwrap_or(fresh)
    }
}

/// What a delayed lever would come to if its time were now.
#[derive(Debug, Clone)]
pub(crate) struct LookAhead {
    questions: Vec<Question>,
    names: Names,
    /// What to ask.
    pub(crate) request: ReadRequest,
}

impl LookAhead {
    /// What to ask about the effect of a delayed lever; `None` if it is not delayed.
    pub(crate) fn new(checked: &Checked, contracts: &Contracts, named: Named) -> Option<Self> {
        let intent = &checked.intent;
        let simulate = simulated_call(intent, contracts, checked.signer, Stage::Waited)?;
        let questions = questions(intent, subject(contracts, &named), Stage::Waited);
        let calls = questions.iter().map(|question| question.call.clone()).collect();
        let request = ReadRequest::around(calls, simulate);
        Some(Self { questions, names: named.names, request })
    }

    /// Adds what the endpoints said of it.
    pub(crate) fn read(self, checked: &mut Checked, answer: &ReadAnswer) {
        let after = answer.after.as_deref();
        checked.expect = expected(&self.questions, &answer.before, after);
        checked.later = Some(Later {
            outcome: outcome(answer),
            lines: after.map_or_else(Vec::new, |after| {
                difference(&self.questions, &answer.before, after, &self.names)
            }),
        });
    }
}

impl Later {
    /// Why it could not be carried out as things stand, in words.
    pub(crate) fn hindrance(&self) -> Option<String> {
        match &self.outcome {
            SimulatedOutcome::Succeeds { .. } => None,
            SimulatedOutcome::Refused { data, why } => Some(hindrance(data).map_or_else(
                || format!("If its time were now, it would be refused: {why}."),
                |hindrance| format!("Before it can be carried out: {hindrance}."),
            )),
            SimulatedOutcome::Unavailable { why } => {
                Some(format!("What it will change could not be tried out: {why}."))
            }
        }
    }
}

const fn subject<'a>(contracts: &'a Contracts, named: &'a Named) -> Subject<'a> {
    Subject { contracts, names: &named.names, registry: named.registry.as_ref() }
}

fn outcome(answer: &ReadAnswer) -> SimulatedOutcome {
    answer.outcome.clone().unwrap_or_else(|| SimulatedOutcome::Unavailable {
        why: "the endpoints did not try it out".to_owned(),
    })
}

fn for_evidence(line: &Difference) -> phase8_shared::chain::exit::Difference {
    phase8_shared::chain::exit::Difference {
        what: line.label.clone(),
        now: line.now.clone(),
        new: line.new.clone(),
    }
}

/// The pause guardian brakes at the contract itself; everything else, and everybody else, passes the owner's door.
fn signer(role: LeverRole, known: Known, account: Option<Address>) -> Signer {
    let guardian = account == Some(known.guardian) && account != Some(known.owner);
    match role {
        LeverRole::PauseGuardian if guardian => Signer::PauseGuardian(known.guardian),
        LeverRole::PauseGuardian | LeverRole::Owner => Signer::Owner(known.owner),
    }
}

fn transaction(intent: &Intent, signer: Signer, contracts: &Contracts) -> Call {
    match signer {
        Signer::Owner(_) => intent.transaction(),
        Signer::PauseGuardian(_) => intent.lever.effect(contracts),
    }
}

/// What the call would change, as the chain will answer it.
fn expected(
    questions: &[Question],
    before: &[ReadValue],
    after: Option<&[ReadValue]>,
) -> Vec<Expected> {
    let answers = before.iter().zip(after.unwrap_or_default());
    let all = questions.iter().zip(answers);
    all.filter_map(|(question, (before, after))| Expected::of(question, before, after)).collect()
}

/// Why a lever cannot be signed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// The bytes are not understood.
    NotDecoded(String),
    /// There is no contract at the target.
    NoCode(Address),
    /// The contracts would refuse it.
    Refused(String),
    /// It could not be tried out.
    Unavailable(String),
}

impl Checked {
    /// Why nobody should sign it now, if so.
    pub(crate) fn block(&self) -> Option<Block> {
        if let Err(error) = &self.decoded {
            return Some(Block::NotDecoded(error.to_string()));
        }
        match &self.outcome {
            SimulatedOutcome::Unavailable { why } => Some(Block::Unavailable(why.clone())),
            _ if !self.target_has_code => Some(Block::NoCode(
                self.intent
                    .operation
                    .as_ref()
                    .map_or_else(|| self.intent.request.target, |operation| operation.effect.to),
            )),
            SimulatedOutcome::Refused { why, .. } => Some(Block::Refused(why.clone())),
            SimulatedOutcome::Succeeds { .. } => None,
        }
    }

    /// What changed between two looks, in words; `None` if the very same bytes would be signed with the same effect.
    pub(crate) fn differs_from(&self, shown: &Self, way: Way) -> Option<&'static str> {
        if self.signer != shown.signer {
            return Some("Somebody else must sign it now");
        }
        if self.call != shown.call {
            return Some("The call is another one now");
        }
        if way == Way::Relay && self.intent.request != shown.intent.request {
            return Some("Nonce or deadline of the request changed");
        }
        // What it becomes may name the clock; what it is now, and whether it is meant, may not change under the reader.
        let same = |a: &Difference, b: &Difference| {
            (&a.label, &a.now, a.changed, a.expected) == (&b.label, &b.now, b.changed, b.expected)
        };
        let alike = self.lines.len() == shown.lines.len()
            && self.lines.iter().zip(&shown.lines).all(|(a, b)| same(a, b));
        (!alike).then_some("What it would change is something else now")
    }

    /// Lines that change though the lever does not mean them to, or do not change though it does.
    pub(crate) fn surprises(&self) -> impl Iterator<Item = &Difference> {
        let later = self.later.as_ref().map(|later| later.lines.as_slice()).unwrap_or_default();
        self.lines.iter().chain(later).filter(|line| !line.expected)
    }

    /// Who said what, in a sentence.
    pub(crate) fn said(&self) -> String {
        let count = self.endpoints.len();
        let agreed = self.endpoints.iter().filter(|it| matches!(it.said, Said::Agreed {})).count();
        match count {
            1 => "1 endpoint: quorum of one".to_owned(),
            _ if agreed == count => format!("{agreed} endpoints, all agree"),
            _ => format!("{agreed} of {count} endpoints agree, {} needed", self.quorum),
        }
    }
}

#[cfg(test)]
mod tests;
