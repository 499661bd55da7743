//! What the stores keep: the fence, the lease, the commit, and room on the disk.

use super::engine;
use crate::mutants::{Mutant, Promise};

pub(super) const GUARDS: &[Mutant] = &[
    Mutant {
        name: "fence-postgres",
        promise: Promise::LateWorker,
        file: "orchestrator/src/store/postgres/append.rs",
        find: "append.fence.filter(|fence| *fence != epoch)",
        replace: "append.fence.filter(|_| false)",
        test: engine("store::conformance::postgres::a_worker_that_lost_its_lease_writes_nothing"),
        why: "a worker that was frozen past its lease writes when it wakes",
    },
    Mutant {
        name: "fence-sqlite",
        promise: Promise::LateWorker,
        file: "orchestrator/src/store/sqlite/write.rs",
        find: "append.fence.filter(|fence| *fence != row.epoch)",
        replace: "append.fence.filter(|_| false)",
        test: engine("store::conformance::sqlite::a_worker_that_lost_its_lease_writes_nothing"),
        why: "a worker that lost its lease writes",
    },
    Mutant {
        name: "ends-known-after-a-claim",
        promise: Promise::LateWorker,
        file: "orchestrator/src/store/sqlite/write.rs",
        find: "            change(&connection);
            rows.forget();",
        replace: "            change(&connection);",
        test: engine("store::conformance::sqlite::a_worker_that_lost_its_lease_writes_nothing"),
        why: "the writer goes by an epoch that is over",
    },
    Mutant {
        name: "fence-in-every-append",
        promise: Promise::LateWorker,
        file: "orchestrator/src/driver/desk.rs",
        find: "let fence = right.and_then(super::tenure::Tenure::fence);",
        replace: "let fence = None;",
        test: engine(
            "driver::tests::takeover::what_a_late_engine_still_sends_is_refused_by_the_store",
        ),
        why: "the store cannot tell a late engine from the one that works",
    },
    Mutant {
        name: "epoch-rises",
        promise: Promise::LateWorker,
        file: "orchestrator/src/store/postgres/lease.rs",
        find: "THEN epoch ELSE epoch + 1 END",
        replace: "THEN epoch ELSE epoch END",
        test: engine(
            "store::conformance::postgres::a_ledger_is_one_workers_until_its_lease_runs_out",
        ),
        why: "the fence of the former holder still fits",
    },
    Mutant {
        name: "lease-by-the-databases-clock",
        promise: Promise::LateWorker,
        file: "orchestrator/src/store/postgres/lease.rs",
        find: "OR lease_until <= clock_timestamp())",
        // As seen by a worker whose own clock is a day ahead.
        replace: "OR lease_until <= clock_timestamp() + interval '1 day')",
        test: engine("store::conformance::postgres::many_workers_at_once_get_one_lease"),
        why: "a worker whose clock is set takes what is another's",
    },
    Mutant {
        name: "margin-before-the-lease-ends",
        promise: Promise::LateWorker,
        file: "orchestrator/src/driver/tenure.rs",
        find: "self.options.lease.saturating_mul(7) / 10",
        replace: "self.options.lease.saturating_mul(70) / 10",
        test: engine(
            "driver::tests::takeover::an_engine_that_cannot_renew_stops_its_calls_before_another_begins",
        ),
        why: "two engines have the same call under way",
    },
    Mutant {
        name: "sleep-by-a-set-clock",
        promise: Promise::LateWorker,
        file: "orchestrator/src/ports.rs",
        find: "let left = left.min(end.saturating_duration_since(tokio::time::Instant::now()));",
        replace: "",
        test: engine(
            "driver::tests::clock::a_clock_that_is_set_by_a_day_loses_nothing_repeats_nothing_and_keeps_nobody_waiting",
        ),
        why: "a clock that is set back by a day keeps everybody waiting for a day",
    },
    Mutant {
        name: "lost-answer-to-a-commit",
        promise: Promise::CutCommit,
        file: "orchestrator/src/store/postgres/append.rs",
        find: "Err(Commit::Unknown(error)) => Err(AppendError::OutcomeUnknown(error)),",
        replace: "Err(Commit::Unknown(error)) => Err(AppendError::Storage(error)),",
        test: engine(
            "store::conformance::faults::a_line_that_is_cut_in_mid_commit_leaves_all_or_nothing",
        ),
        why: "\"not appended\" is said of what is in the ledger",
    },
    Mutant {
        name: "commit-on-its-way",
        promise: Promise::CutCommit,
        file: "orchestrator/src/store/postgres/append.rs",
        find: "WHERE log = $1 FOR NO KEY UPDATE",
        replace: "WHERE log = $1",
        test: engine("store::conformance::faults::a_commit_that_is_still_on_its_way_is_waited_for"),
        why: "\"not appended\" is said of what comes true a moment later",
    },
    Mutant {
        name: "own-events-at-the-place",
        promise: Promise::CutCommit,
        file: "orchestrator/src/store/mod.rs",
        find: "if !append.is_in(&stored) {",
        replace: "if stored.is_empty() {",
        test: engine(
            "store::conformance::sqlite::an_append_whose_answer_was_lost_can_be_looked_up",
        ),
        why: "somebody else's events pass for the ones whose answer was lost",
    },
    Mutant {
        name: "commit-without-room",
        promise: Promise::FullDisk,
        file: "orchestrator/src/store/sqlite/write.rs",
        find: "drop(answer.send(Err(error.into())));",
        replace: "drop((error, answer.send(Ok(Vec::new()))));",
        test: engine(
            "store::sqlite::full::whoever_is_told_that_it_was_appended_finds_it_though_others_found_no_room",
        ),
        why: "what found no room is acknowledged",
    },
    Mutant {
        name: "ends-known-after-a-failure",
        promise: Promise::FullDisk,
        file: "orchestrator/src/store/sqlite/write.rs",
        find: "        Err(error) => {
            rows.forget();",
        replace: "        Err(error) => {",
        test: engine(
            "store::sqlite::full::what_was_rolled_back_with_others_goes_on_from_where_it_is",
        ),
        why: "the writer takes for written what was rolled back",
    },
    Mutant {
        name: "full-disk-in-words",
        promise: Promise::FullDisk,
        file: "orchestrator/src/store/sqlite/mod.rs",
        find: "        ErrorCode::DiskFull,\n",
        replace: "",
        test: engine(
            "store::sqlite::full::an_append_that_finds_no_room_is_refused_as_a_whole_and_works_when_there_is_room",
        ),
        why: "nobody is told that the disk is full",
    },
];
