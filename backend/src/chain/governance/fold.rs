//! The fold: what governance decided and waits for is nothing but the sum of what its contracts said. It reads no clock
//! and asks nobody, so that a restart, or a chain that went back, gives the same.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use alloy::primitives::{Address, B256, U256};
use phase8_shared::api::{
    ActiveAdapterView, CouncilView, ExecutedView, ExtensionState, ExtensionView, GovernanceView,
    OperationState, OperationView, RegisteredAdapter, SummonsView, TripView,
};
use phase8_shared::chain::Call;
use phase8_shared::chain::abi::IAttestationModule::IAttestationModuleEvents as Attestation;
use phase8_shared::chain::abi::IGuardianCouncil::IGuardianCouncilEvents as Council;
use phase8_shared::chain::abi::IModelRegistry::IModelRegistryEvents as Models;
use phase8_shared::chain::abi::IOwnerProxy::IOwnerProxyEvents as Door;
use phase8_shared::chain::abi::IPauseGuardian::IPauseGuardianEvents as Brake;
use phase8_shared::chain::abi::ITimelock::ITimelockEvents as Timelock;
use phase8_shared::chain::abi::IUpgradeCoordinator::IUpgradeCoordinatorEvents as Coordinator;
use phase8_shared::id::MissionKey;
use phase8_shared::mission::TxEvidence;

use super::log::{Entry, Said};
use super::votes::Votes;

/// Calls through the owner's door that are shown.
const EXECUTED: usize = 200;

/// An operation with what the view leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operation {
    /// As it is shown.
    pub(super) view: OperationView,
    /// Wei that go with each call.
    pub(super) values: Vec<U256>,
}

/// Where the chain stood when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReadUpTo {
    /// Number of the block.
    pub(super) number: u64,
    /// Its hash.
    pub(super) hash: B256,
    /// Unix seconds.
    pub(super) time: u64,
}

/// Governance after the events that were folded in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fold {
    delays: BTreeMap<Address, u64>,
    operations: Vec<Operation>,
    /// The guardian who had an operation cancelled, told just before the timelock says so.
    cancelling: Option<(TxEvidence, Address, B256, Address)>,
    extensions: Vec<ExtensionView>,
    /// Places of extensions that were in force, per module; the last is in force.
    in_force: BTreeMap<B256, Vec<usize>>,
    summonses: BTreeMap<U256, SummonsView>,
    adapters: BTreeMap<B256, RegisteredAdapter>,
    active: BTreeMap<B256, Vec<B256>>,
    members: BTreeSet<Address>,
    /// Times that a tripwire was pulled.
    trips: u64,
    tripped: bool,
    cosigners: BTreeMap<u64, Vec<Address>>,
    executed: VecDeque<ExecutedView>,
    votes: Votes,
}

impl Fold {
    /// Folds in one event.
    pub(super) fn apply(&mut self, entry: &Entry) {
        let evidence = entry.evidence;
        match &entry.said {
            Said::Timelock(timelock, event) => self.timelock(*timelock, event, entry),
            Said::Council(event) => self.council(event, evidence),
            Said::Coordinator(event) => self.coordinator(event, evidence),
            Said::Models(event) => self.models(event),
            Said::Attestation(event) => self.attestation(event, evidence),
            Said::Door(event) => self.door(event, evidence),
            Said::Governor(event) => self.votes.apply(event, evidence),
            Said::Brake(event) => match event {
                Brake::TripwirePaused(_) => {
                    self.trips = self.trips.saturating_add(1);
                    self.tripped = true;
                }
                Brake::TripwireResumed(_) => self.tripped = false,
            },
        }
    }

    /// Operations that wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Operation> {
        self.operations
            .iter()
            .filter(|operation| matches!(operation.view.state, OperationState::Waiting {}))
    }

    /// As it is shown.
    pub(super) fn view(
        &self,
        read: ReadUpTo,
        owner_timelock: Address,
        cosignatures_needed: u64,
    ) -> GovernanceView {
        let cosigners = self.cosigners.get(&self.trips);
        let cosigners = cosigners.into_iter().flatten().copied();
        GovernanceView {
            block: read.number,
            block_hash: read.hash,
            block_time: read.time,
            delay: self.delays.get(&owner_timelock).copied().unwrap_or_default(),
            operations: self.operations.iter().rev().map(|found| found.view.clone()).collect(),
            extensions: self.extensions.iter().rev().cloned().collect(),
            summonses: self.summonses.values().rev().cloned().collect(),
            adapters: self.adapters.values().cloned().collect(),
            active: self
                .active
                .iter()
                .map(|(scope, history)| ActiveAdapterView {
                    scope: *scope,
                    history: history.clone(),
                })
                .collect(),
            council: CouncilView {
                members: self.members.iter().copied().collect(),
                cosignatures_needed,
            },
            trip: self.tripped.then(|| TripView {
                trip: self.trips,
                // Who left the council counts no more.
                cosigners: cosigners.filter(|guardian| self.members.contains(guardian)).collect(),
            }),
            executed: self.executed.iter().rev().cloned().collect(),
            proposals: self.votes.view(&self.operations),
        }
    }

    fn timelock(&mut self, timelock: Address, event: &Timelock, entry: &Entry) {
        match event {
            Timelock::CallScheduled(call) => {
                let evidence = entry.evidence;
                let scheduled = Call { to: call.target, data: call.data.clone() };
                if !call.index.is_zero() {
                    // The next call of a batch.
                    if let Some(batch) = self.operation(timelock, call.id) {
                        batch.view.calls.push(scheduled);
                        batch.values.push(call.value);
                    }
                    return;
                }
                let view = OperationView {
                    timelock,
                    id: call.id,
                    calls: vec![scheduled],
                    predecessor: call.predecessor,
                    salt: B256::ZERO,
                    ready_at: entry.block_time.saturating_add(call.delay.saturating_to()),
                    state: OperationState::Waiting {},
                    blocked: None,
                    scheduled: evidence,
                };
                self.operations.push(Operation { view, values: vec![call.value] });
            }
            Timelock::CallSalt(salt) => {
                if let Some(operation) = self.operation(timelock, salt.id) {
                    operation.view.salt = salt.salt;
                }
            }
            Timelock::CallExecuted(call) => {
                if let Some(operation) = self.operation(timelock, call.id) {
                    operation.view.state = OperationState::Done { evidence: entry.evidence };
                }
            }
            Timelock::Cancelled(cancelled) => {
                let by = self.cancelling.take().filter(|(told, found, id, _)| {
                    told.transaction == entry.evidence.transaction
                        && (*found, *id) == (timelock, cancelled.id)
                });
                if let Some(operation) = self.operation(timelock, cancelled.id) {
                    operation.view.state = OperationState::Cancelled {
                        by: by.map(|(_, _, _, by)| by),
                        evidence: entry.evidence,
                    };
                }
            }
            Timelock::MinDelayChange(change) => {
                self.delays.insert(timelock, change.newDuration.saturating_to());
            }
        }
    }

    /// The operation with this id; after a cancellation it may have been scheduled again, and then the later one.
    fn operation(&mut self, timelock: Address, id: B256) -> Option<&mut Operation> {
        self.operations
            .iter_mut()
            .rev()
            .find(|found| found.view.timelock == timelock && found.view.id == id)
    }

    fn council(&mut self, event: &Council, evidence: TxEvidence) {
        match event {
            Council::MemberChanged(change) if change.member => {
                self.members.insert(change.account);
            }
            Council::MemberChanged(change) => {
                self.members.remove(&change.account);
            }
            Council::OperationCancelled(told) => {
                self.cancelling = Some((evidence, told.timelock, told.id, told.by));
            }
            // The coordinator says so itself.
            Council::ExtensionVetoed(_) => {}
            Council::ResumeCosigned(cosigned) => {
                let trip = cosigned.trip.saturating_to();
                self.cosigners.entry(trip).or_default().push(cosigned.by);
            }
        }
    }

    fn coordinator(&mut self, event: &Coordinator, evidence: TxEvidence) {
        match event {
            Coordinator::ExtensionStaged(staged) => {
                self.set_staged(staged.module, ExtensionState::Withdrawn);
                self.extensions.push(ExtensionView {
                    module: staged.module,
                    implementation: staged.implementation,
                    pause_before_upgrade: staged.pauseBeforeUpgrade,
                    expires_at: staged.expiresAt,
                    initializer: staged.initializer.clone(),
                    state: ExtensionState::Staged,
                    staged: evidence,
                });
            }
            Coordinator::ExtensionVetoed(vetoed) => {
                self.set_staged(vetoed.module, ExtensionState::Vetoed);
            }
            Coordinator::ExtensionWithdrawn(withdrawn) => {
                self.set_staged(withdrawn.module, ExtensionState::Withdrawn);
            }
            Coordinator::ExtensionActivated(activated) => {
                let Some(place) = self.set_staged(activated.module, ExtensionState::Active) else {
                    return;
                };
                let before = self.in_force.entry(activated.module).or_default();
                let replaced = before.last().copied();
                before.push(place);
                self.set(replaced, ExtensionState::Retired);
            }
            Coordinator::ExtensionRetired(retired) => {
                let stack = self.in_force.entry(retired.module).or_default();
                let (gone, restored) = (stack.pop(), stack.last().copied());
                self.set(gone, ExtensionState::Retired);
                self.set(restored, ExtensionState::Active);
            }
        }
    }

    /// Changes the extension that waits in a module and answers its place.
    fn set_staged(&mut self, module: B256, state: ExtensionState) -> Option<usize> {
        let waits =
            |found: &ExtensionView| found.module == module && found.state == ExtensionState::Staged;
        let place = self.extensions.iter().rposition(waits)?;
        self.set(Some(place), state);
        Some(place)
    }

    fn set(&mut self, place: Option<usize>, state: ExtensionState) {
        if let Some(extension) = place.and_then(|place| self.extensions.get_mut(place)) {
            extension.state = state;
        }
    }

    fn models(&mut self, event: &Models) {
        match event {
            Models::AdapterRegistered(registered) => {
                let adapter = RegisteredAdapter {
                    key: registered.adapter,
                    id: registered.id.clone(),
                    record_hash: registered.recordHash,
                    score: as_i64(registered.score),
                    registered: true,
                };
                self.adapters.insert(registered.adapter, adapter);
            }
            Models::AdapterRetired(retired) => {
                if let Some(adapter) = self.adapters.get_mut(&retired.adapter) {
                    adapter.registered = false;
                }
            }
            Models::ScoreRecorded(recorded) => {
                if let Some(adapter) = self.adapters.get_mut(&recorded.adapter) {
                    adapter.score = as_i64(recorded.current);
                }
            }
            Models::ActiveAdapterChanged(changed) => {
                self.active.entry(changed.scope).or_default().push(changed.current);
            }
            Models::ActiveAdapterRolledBack(back) => {
                let history = self.active.entry(back.scope).or_default();
                history.pop();
                while history.last().is_some_and(|adapter| *adapter != back.to) {
                    history.pop();
                }
            }
            // The mission's ledger tells it.
            Models::CoPilotChanged(_) => {}
        }
    }

    fn attestation(&mut self, event: &Attestation, evidence: TxEvidence) {
        match event {
            Attestation::Summoned(summoned) => {
                let view = SummonsView {
                    token: summoned.token,
                    mission: MissionKey(summoned.mission),
                    validator: summoned.validator,
                    expiry: summoned.expiry,
                    delivered_at: None,
                    acknowledged: None,
                    revoked: None,
                    summoned: evidence,
                };
                self.summonses.insert(summoned.token, view);
            }
            Attestation::SummonsAcknowledged(told) => {
                if let Some(summons) = self.summonses.get_mut(&told.token) {
                    summons.acknowledged = Some(evidence);
                }
            }
            Attestation::SummonsRevoked(told) => {
                if let Some(summons) = self.summonses.get_mut(&told.token) {
                    summons.revoked = Some(evidence);
                }
            }
            // What guardians judge is theirs to show.
            Attestation::Attested(_) | Attestation::AttestationRevoked(_) => {}
        }
    }

    fn door(&mut self, event: &Door, evidence: TxEvidence) {
        if let Door::Executed(executed) = event {
            let call = Call { to: executed.target, data: executed.data.clone() };
            self.executed.push_back(ExecutedView { call, by: executed.by, evidence });
            if self.executed.len() > EXECUTED {
                self.executed.pop_front();
            }
        }
    }
}

fn as_i64(score: alloy::primitives::I256) -> i64 {
    let bound = if score.is_negative() { i64::MIN } else { i64::MAX };
    i64::try_from(score).unwrap_or(bound)
}
