//! The fold, event by event.

use alloy::primitives::{Address, B256, Bytes, I256, U256};
use phase8_shared::api::{ExtensionState, OperationState};
use phase8_shared::chain::abi::IAttestationModule::{self as attestation};
use phase8_shared::chain::abi::IGuardianCouncil::{self as council};
use phase8_shared::chain::abi::IModelRegistry::{self as models};
use phase8_shared::chain::abi::IPauseGuardian::{self as brake};
use phase8_shared::chain::abi::ITimelock::{self as timelock};
use phase8_shared::chain::abi::IUpgradeCoordinator::{self as coordinator};
use phase8_shared::mission::TxEvidence;

use super::fold::{Fold, ReadUpTo};
use super::log::{Entry, Said};

const OWNERS: Address = Address::repeat_byte(1);
const GOVERNORS: Address = Address::repeat_byte(2);
const GUARDIAN: Address = Address::repeat_byte(3);

/// A chain that says what it is told, one transaction at a time.
#[derive(Default)]
struct Chain {
    fold: Fold,
    log: u64,
    transaction: u8,
}

impl Chain {
    /// The same transaction goes on.
    fn and(&mut self, said: Said) -> TxEvidence {
        self.log += 1;
        let evidence = TxEvidence {
            chain_id: 1,
            block_number: u64::from(self.transaction),
            block_hash: B256::ZERO,
            transaction: B256::repeat_byte(self.transaction),
            log_index: self.log,
        };
        self.fold.apply(&Entry { evidence, block_time: 1_000, said });
        evidence
    }

    fn says(&mut self, said: Said) -> TxEvidence {
        self.transaction += 1;
        self.and(said)
    }

    fn view(&self) -> phase8_shared::api::GovernanceView {
        self.fold.view(ReadUpTo { number: 9, hash: B256::ZERO, time: 2_000 }, OWNERS, 1)
    }
}

fn scheduled(at: Address, id: u8, index: u64) -> Said {
    let event = timelock::CallScheduled {
        id: B256::repeat_byte(id),
        index: U256::from(index),
        target: Address::repeat_byte(0x70 + u8::try_from(index).unwrap()),
        value: U256::ZERO,
        data: Bytes::from_static(&[1, 2, 3, 4]),
        predecessor: B256::ZERO,
        delay: U256::from(30),
    };
    Said::Timelock(at, timelock::ITimelockEvents::CallScheduled(event))
}

fn cancelled(at: Address, id: u8) -> Said {
    let event = timelock::Cancelled { id: B256::repeat_byte(id) };
    Said::Timelock(at, timelock::ITimelockEvents::Cancelled(event))
}

fn executed(at: Address, id: u8, index: u64) -> Said {
    let event = timelock::CallExecuted {
        id: B256::repeat_byte(id),
        index: U256::from(index),
        target: Address::ZERO,
        value: U256::ZERO,
        data: Bytes::new(),
    };
    Said::Timelock(at, timelock::ITimelockEvents::CallExecuted(event))
}

#[test]
fn a_batch_is_one_operation_with_its_calls_and_its_salt() {
    let mut chain = Chain::default();
    let first = chain.says(scheduled(OWNERS, 7, 0));
    chain.and(scheduled(OWNERS, 7, 1));
    let salt = timelock::CallSalt { id: B256::repeat_byte(7), salt: B256::repeat_byte(9) };
    chain.and(Said::Timelock(OWNERS, timelock::ITimelockEvents::CallSalt(salt)));

    let view = chain.view();

    assert_eq!(view.operations.len(), 1);
    let operation = &view.operations[0];
    assert_eq!((operation.calls.len(), operation.salt), (2, B256::repeat_byte(9)));
    assert_eq!((operation.ready_at, operation.scheduled), (1_030, first));
    assert_eq!(chain.fold.waiting().count(), 1);

    chain.says(executed(OWNERS, 7, 0));
    let last = chain.and(executed(OWNERS, 7, 1));
    assert_eq!(chain.view().operations[0].state, OperationState::Done { evidence: last });
    assert_eq!(chain.fold.waiting().count(), 0);
}

#[test]
fn a_cancellation_names_the_guardian_of_the_same_transaction_alone() {
    let mut chain = Chain::default();
    for (timelock, id) in [(OWNERS, 7), (OWNERS, 8), (GOVERNORS, 7)] {
        chain.says(scheduled(timelock, id, 0));
    }
    let told =
        council::OperationCancelled { timelock: OWNERS, id: B256::repeat_byte(7), by: GUARDIAN };
    chain.says(Said::Council(council::IGuardianCouncilEvents::OperationCancelled(told)));
    let by_guardian = chain.and(cancelled(OWNERS, 7));
    let by_owner = chain.says(cancelled(OWNERS, 8));

    let view = chain.view();

    let state = |timelock, id| {
        let found = view
            .operations
            .iter()
            .find(|found| found.timelock == timelock && found.id == B256::repeat_byte(id));
        found.unwrap().state.clone()
    };
    let cancelled = |by, evidence| OperationState::Cancelled { by, evidence };
    assert_eq!(state(OWNERS, 7), cancelled(Some(GUARDIAN), by_guardian));
    assert_eq!(state(OWNERS, 8), cancelled(None, by_owner));
    assert_eq!(state(GOVERNORS, 7), OperationState::Waiting {});
}

#[test]
fn an_operation_that_was_cancelled_may_be_scheduled_again() {
    let mut chain = Chain::default();
    chain.says(scheduled(OWNERS, 7, 0));
    chain.says(cancelled(OWNERS, 7));
    chain.says(scheduled(OWNERS, 7, 0));

    let states: Vec<bool> = chain
        .view()
        .operations
        .iter()
        .map(|operation| operation.state == OperationState::Waiting {})
        .collect();

    assert_eq!(states, [true, false]);
}

fn extension(what: &str, implementation: u8) -> Said {
    use coordinator::IUpgradeCoordinatorEvents as E;
    let (module, implementation) = (B256::repeat_byte(5), Address::repeat_byte(implementation));
    Said::Coordinator(match what {
        "stage" => E::ExtensionStaged(coordinator::ExtensionStaged {
            module,
            implementation,
            pauseBeforeUpgrade: false,
            expiresAt: 5_000,
            initializer: Bytes::new(),
        }),
        "veto" => E::ExtensionVetoed(coordinator::ExtensionVetoed { module, by: GUARDIAN }),
        "withdraw" => {
            E::ExtensionWithdrawn(coordinator::ExtensionWithdrawn { module, implementation })
        }
        "activate" => E::ExtensionActivated(coordinator::ExtensionActivated {
            module,
            implementation,
            previous: Address::ZERO,
        }),
        _ => E::ExtensionRetired(coordinator::ExtensionRetired {
            module,
            implementation,
            restored: Address::ZERO,
        }),
    })
}

#[test]
fn an_extension_is_staged_vetoed_replaced_activated_and_retired() {
    use ExtensionState::{Active, Retired, Staged, Vetoed, Withdrawn};
    let mut chain = Chain::default();
    let mut after = |what, implementation| {
        chain.says(extension(what, implementation));
        chain.view().extensions.iter().map(|found| found.state).collect::<Vec<_>>()
    };

    assert_eq!(after("stage", 1), [Staged]);
    assert_eq!(after("veto", 1), [Vetoed]);
    assert_eq!(after("stage", 2), [Staged, Vetoed]);
    assert_eq!(after("stage", 3), [Staged, Withdrawn, Vetoed]);
    assert_eq!(after("activate", 3), [Active, Withdrawn, Vetoed]);
    assert_eq!(after("stage", 4), [Staged, Active, Withdrawn, Vetoed]);
    assert_eq!(after("activate", 4), [Active, Retired, Withdrawn, Vetoed]);
    assert_eq!(after("retire", 4), [Retired, Active, Withdrawn, Vetoed]);
    assert_eq!(after("retire", 3), [Retired, Retired, Withdrawn, Vetoed]);
}

#[test]
fn a_roll_back_passes_over_what_was_retired() {
    use models::IModelRegistryEvents as E;
    let (scope, key) = (B256::repeat_byte(6), B256::repeat_byte);
    let mut chain = Chain::default();
    let registered = models::AdapterRegistered {
        adapter: key(1),
        id: "a".into(),
        recordHash: B256::ZERO,
        score: I256::MINUS_ONE,
    };
    chain.says(Said::Models(E::AdapterRegistered(registered)));
    let retired = models::AdapterRetired { adapter: key(1), by: OWNERS };
    chain.says(Said::Models(E::AdapterRetired(retired)));
    for current in [1, 2, 1].map(key) {
        let changed = models::ActiveAdapterChanged {
            scope,
            previous: B256::ZERO,
            current,
            reason: String::new(),
            by: OWNERS,
        };
        chain.says(Said::Models(E::ActiveAdapterChanged(changed)));
    }
    assert_eq!(chain.view().active[0].history, [1, 2, 1].map(key));

    let back = models::ActiveAdapterRolledBack { scope, from: key(1), to: key(1), by: OWNERS };
    chain.says(Said::Models(E::ActiveAdapterRolledBack(back)));

    let view = chain.view();
    assert_eq!(view.active[0].history, [key(1)]);
    assert_eq!((view.adapters[0].score, view.adapters[0].registered), (-1, false));
}

#[test]
fn co_signatures_count_for_the_trip_that_holds_and_for_members_alone() {
    use brake::IPauseGuardianEvents as B;
    use council::IGuardianCouncilEvents as C;
    let other = Address::repeat_byte(4);
    let mut chain = Chain::default();
    let member = |account, member| {
        Said::Council(C::MemberChanged(council::MemberChanged { account, member }))
    };
    let trip = || {
        Said::Brake(B::TripwirePaused(brake::TripwirePaused {
            by: GUARDIAN,
            rule: B256::ZERO,
            reason: String::new(),
        }))
    };
    let cosign = |trip, by| {
        Said::Council(C::ResumeCosigned(council::ResumeCosigned { trip: U256::from(trip), by }))
    };
    chain.says(member(GUARDIAN, true));
    chain.says(member(other, true));
    assert_eq!(chain.view().trip, None);

    chain.says(trip());
    chain.says(cosign(1, GUARDIAN));
    chain.says(cosign(1, other));
    assert_eq!(chain.view().trip.unwrap().cosigners, [GUARDIAN, other]);

    chain.says(member(other, false));
    assert_eq!(chain.view().trip.unwrap().cosigners, [GUARDIAN]);

    chain.says(trip());
    let held = chain.view().trip.unwrap();
    assert_eq!((held.trip, held.cosigners.len()), (2, 0));

    let resumed = brake::TripwireResumed { by: OWNERS };
    chain.says(Said::Brake(B::TripwireResumed(resumed)));
    assert_eq!(chain.view().trip, None);
}

#[test]
fn a_summons_keeps_its_story() {
    use attestation::IAttestationModuleEvents as E;
    let (token, mission) = (U256::from(1), B256::repeat_byte(8));
    let mut chain = Chain::default();
    let summoned = chain.says(Said::Attestation(E::Summoned(attestation::Summoned {
        token,
        mission,
        validator: GUARDIAN,
        expiry: 5_000,
        by: OWNERS,
    })));
    let acknowledged =
        chain.says(Said::Attestation(E::SummonsAcknowledged(attestation::SummonsAcknowledged {
            token,
            mission,
            validator: GUARDIAN,
        })));
    let revoked = chain.says(Said::Attestation(E::SummonsRevoked(attestation::SummonsRevoked {
        token,
        mission,
        validator: GUARDIAN,
    })));

    let view = chain.view();

    let summons = &view.summonses[0];
    assert_eq!(summons.summoned, summoned);
    assert_eq!(summons.acknowledged, Some(acknowledged));
    assert_eq!(summons.revoked, Some(revoked));
}
