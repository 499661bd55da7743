//! What the engine keeps by itself: no crash repeats anything, and no call passes the cap.

use super::engine;
use crate::mutants::{Mutant, Promise};

pub(super) const GUARDS: &[Mutant] = &[
    Mutant {
        name: "fact-seen-before",
        promise: Promise::Killed,
        file: "orchestrator/src/mission/decide/facts.rs",
        find: "if draft.state.evidence.contains(&evidence) {",
        replace: "if false {",
        test: engine("mission::tests::launch::a_fact_that_was_seen_before_changes_nothing"),
        why: "what the watcher tells twice stands in the ledger twice",
    },
    Mutant {
        name: "milestone-paid-before",
        promise: Promise::Killed,
        file: "orchestrator/src/mission/decide/facts.rs",
        find: "if matches!(found.status, MilestoneStatus::Paid { .. }) {",
        replace: "if false {",
        test: engine("mission::tests::approvals::approvals_that_do_not_hold_are_refused_in_words"),
        why: "a milestone is recorded as paid a second time",
    },
    Mutant {
        name: "open-call-after-a-crash",
        promise: Promise::Killed,
        file: "orchestrator/src/driver/desk.rs",
        find: "if held == Held::Anew && seat.snapshot()",
        replace: "if held == Held::Elsewhere && seat.snapshot()",
        test: engine(
            "driver::tests::a_mission_whose_engine_is_dropped_again_and_again_finishes_whole",
        ),
        why: "a call that was under way at a crash is silently made again",
    },
    Mutant {
        name: "lost-call-at-its-worst-case",
        promise: Promise::Killed,
        file: "orchestrator/src/mission/decide/calls.rs",
        find: "pub(super) fn lose_all(draft: &mut Draft<'_>) {
    for (call, open) in draft.state.open_calls.clone() {
        end_as(draft, call, open.step, CallOutcome::Unknown {}, open.reserved);",
        replace: "pub(super) fn lose_all(draft: &mut Draft<'_>) {
    for (call, open) in draft.state.open_calls.clone() {
        end_as(draft, call, open.step, CallOutcome::Unknown {}, MicroUsd::ZERO);",
        test: engine(
            "mission::tests::calls::after_a_crash_open_calls_are_unknown_at_their_worst_case_and_the_turn_is_asked_again",
        ),
        why: "a call that was paid for and lost costs nothing",
    },
    Mutant {
        name: "launch-of-the-same-id",
        promise: Promise::Killed,
        file: "orchestrator/src/driver/engine.rs",
        find: "launch::same(&snapshot.state, request)?;",
        replace: "",
        test: engine(
            "driver::tests::the_same_launch_again_is_the_same_mission_and_another_is_refused",
        ),
        why: "another mission under a known id passes for the known one",
    },
    Mutant {
        name: "one-engine-on-a-file",
        promise: Promise::Killed,
        file: "orchestrator/src/store/sqlite/mod.rs",
        find: "Err(TryLockError::WouldBlock) => Err(StorageError::InUse(path.display().to_string())),",
        replace: "Err(TryLockError::WouldBlock) => Ok(file),",
        test: engine("store::conformance::sqlite_file::a_sqlite_file_has_one_engine_at_a_time"),
        why: "two engines on one file do everything twice",
    },
    Mutant {
        name: "end-of-the-ledger",
        promise: Promise::Killed,
        file: "orchestrator/src/store/sqlite/write.rs",
        find: "if found != append.expected {",
        replace: "if false {",
        test: engine("store::conformance::sqlite::every_place_in_a_ledger_has_one_winner"),
        why: "two writers who know the same end both append to it",
    },
    Mutant {
        name: "cap",
        promise: Promise::Budget,
        file: "orchestrator/src/budget.rs",
        find: ".is_some_and(|sum| sum <= budget.cap)",
        replace: ".is_some()",
        test: engine("mission::tests::spend::two_hundred_agents_never_spend_more_than_the_cap"),
        why: "agents spend beyond the cap",
    },
    Mutant {
        name: "reserve-before-spend",
        promise: Promise::Budget,
        file: "shared/src/mission/evolve/mod.rs",
        find: "self.budget.reserved = self.budget.reserved.saturating_add(*reserved);",
        replace: "",
        test: engine("mission::tests::spend::two_hundred_agents_never_spend_more_than_the_cap"),
        why: "calls at the same time spend the same remainder",
    },
    Mutant {
        name: "unknown-price",
        promise: Promise::Budget,
        file: "orchestrator/src/mission/decide/advance.rs",
        find: "worst_case: worst_case.unwrap_or(MicroUsd::new(u64::MAX)),",
        replace: "worst_case: worst_case.unwrap_or(MicroUsd::ZERO),",
        test: engine("mission::tests::budget::a_step_whose_price_nobody_knows_spends_nothing"),
        why: "what costs nobody knows what is called for nothing",
    },
    Mutant {
        name: "claimed-tokens",
        promise: Promise::Budget,
        file: "orchestrator/src/budget.rs",
        find: "cost.filter(|_| possible)",
        replace: "cost",
        test: engine("budget::tests::a_free_call_cannot_claim_more_than_its_bounds_either"),
        why: "an endpoint's impossible count is believed",
    },
    Mutant {
        name: "surge-before-milestone-two",
        promise: Promise::Budget,
        file: "orchestrator/src/mission/decide/watch.rs",
        find: "(surged && waits && !state.watch.has_tripped(Tripwire::BudgetSurge)).then(|| Trip {",
        replace: "(false && surged && waits).then(|| Trip {",
        test: engine(
            "mission::tests::budget::a_surge_before_milestone_two_trips_once_until_the_cap_is_raised",
        ),
        why: "85 % are gone before milestone two and nobody is asked",
    },
];
