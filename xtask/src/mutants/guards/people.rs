//! What people rely on: a pause is a pause, nothing passes unchecked, and an approval is for what was approved.

use super::{engine, on_chain};
use crate::mutants::{Mutant, Promise};

pub(super) const GUARDS: &[Mutant] = &[
    Mutant {
        name: "no-spend-while-paused",
        promise: Promise::Pause,
        file: "shared/src/mission/state.rs",
        find: "matches!(self.lifecycle, Lifecycle::Running { .. }) && self.pauses.is_empty()",
        replace: "matches!(self.lifecycle, Lifecycle::Running { .. })",
        test: engine(
            "mission::tests::calls::a_pause_cuts_off_calls_in_the_same_append_and_a_resume_asks_again",
        ),
        why: "agents are called while the fleet is paused",
    },
    Mutant {
        name: "calls-end-with-a-pause",
        promise: Promise::Pause,
        file: "orchestrator/src/mission/decide/facts.rs",
        find: "calls::cut_off_all(draft, \"the fleet was paused\");",
        replace: "",
        test: engine(
            "mission::tests::calls::a_pause_cuts_off_calls_in_the_same_append_and_a_resume_asks_again",
        ),
        why: "a call that is under way outlives the pause",
    },
    Mutant {
        name: "sessions-really-end",
        promise: Promise::Pause,
        file: "orchestrator/src/driver/seat.rs",
        find: "                task.abort();\n",
        replace: "",
        test: engine(
            "driver::tests::takeover::an_engine_that_cannot_renew_stops_its_calls_before_another_begins",
        ),
        why: "the ledger says cut off, and the call goes on",
    },
    Mutant {
        name: "no-launch-while-paused",
        promise: Promise::Pause,
        file: "orchestrator/src/mission/decide/create.rs",
        find: "if ctx.fleet.is_some() {",
        replace: "if false {",
        test: engine("mission::tests::launch::nothing_is_launched_while_the_fleet_is_paused"),
        why: "a mission is launched into a paused fleet",
    },
    Mutant {
        name: "old-pause-told-again",
        promise: Promise::Pause,
        file: "orchestrator/src/driver/engine.rs",
        find: "if known && !registry.is_latest(&entry) {",
        replace: "if false {",
        test: engine("driver::tests::an_old_pause_told_again_pauses_nothing"),
        why: "a pause that is over pauses the next mission",
    },
    Mutant {
        name: "held-until-checked",
        promise: Promise::Tripwires,
        file: "orchestrator/src/driver/calls.rs",
        find: "let trips = trips(&guard, before, &answer).await;",
        replace: "let trips = Vec::new();",
        test: engine(
            "driver::http_tests::a_secret_that_is_split_over_two_turns_is_held_back_from_every_later_prompt",
        ),
        why: "text is let through before anything looked at it",
    },
    Mutant {
        name: "split-over-two-turns",
        promise: Promise::Tripwires,
        file: "orchestrator/src/driver/calls.rs",
        find: "guard.check(HeldText::after(before, answer.text.as_str())).await",
        replace: "guard.check(HeldText::new(answer.text.as_str())).await",
        test: engine(
            "driver::http_tests::a_secret_that_is_split_over_two_turns_is_held_back_from_every_later_prompt",
        ),
        why: "a secret passes in two halves",
    },
    Mutant {
        name: "detector-panic",
        promise: Promise::Tripwires,
        file: "orchestrator/src/tripwire/mod.rs",
        find: "found.send(catch_unwind(AssertUnwindSafe(looked)).ok())",
        replace: "found.send(Some(catch_unwind(AssertUnwindSafe(looked)).unwrap_or_default()))",
        test: engine(
            "tripwire::tests::a_detector_that_panics_stops_the_line_and_the_next_one_still_looks",
        ),
        why: "a detector that breaks down counts as one that found nothing",
    },
    Mutant {
        name: "detector-hangs",
        promise: Promise::Tripwires,
        file: "orchestrator/src/tripwire/mod.rs",
        find: "                Err(_) => {
                    trips.push(broken(",
        replace: "                Err(_) => {
                    drop(broken(",
        test: engine("tripwire::tests::a_detector_that_hangs_stops_the_line_and_blocks_nobody"),
        why: "a detector that never answers counts as one that found nothing",
    },
    Mutant {
        name: "failed-detector-halts",
        promise: Promise::Tripwires,
        file: "orchestrator/src/mission/decide/questions.rs",
        find: "trip.tripwire == Tripwire::DetectorFailed || (halt && trip.severity > Severity::Info)",
        replace: "halt && trip.severity > Severity::Info",
        test: engine(
            "mission::tests::questions::info_never_halts_and_a_detector_that_failed_always_does",
        ),
        why: "a mission goes on although nothing checks it",
    },
    Mutant {
        name: "every-halt-is-answered",
        promise: Promise::Tripwires,
        file: "orchestrator/src/mission/decide/questions.rs",
        find: "if !open.any(|question| question.about.pauses_for() == Some(cause)) {",
        replace: "if open.all(|_| true) {",
        test: engine("mission::tests::questions::every_trip_that_halts_wants_an_answer_of_its_own"),
        why: "one answer waves every trip away",
    },
    Mutant {
        name: "own-halt",
        promise: Promise::Tripwires,
        file: "orchestrator/src/mission/decide/questions.rs",
        find: "if ends_a_halt && *by == draft.state.created.operator {",
        replace: "if false {",
        test: engine(
            "mission::tests::questions::a_halt_is_ended_by_the_owner_or_the_guild_and_never_by_who_launched_the_mission",
        ),
        why: "who launched a mission waves its tripwires away",
    },
    Mutant {
        name: "own-mission",
        promise: Promise::Approvals,
        file: "orchestrator/src/mission/decide/approvals.rs",
        find: "if *validator == state.created.operator {",
        replace: "if false {",
        test: engine("mission::tests::approvals::approvals_that_do_not_hold_are_refused_in_words"),
        why: "who launched a mission approves its payment",
    },
    Mutant {
        name: "late-approval",
        promise: Promise::Approvals,
        file: "orchestrator/src/mission/decide/approvals.rs",
        find: "if *deadline <= draft.ctx.now.unix_seconds() {",
        replace: "if false {",
        test: engine(
            "mission::tests::approvals::an_approval_that_comes_when_the_request_has_run_out_is_too_late",
        ),
        why: "an approval counts after its deadline",
    },
    Mutant {
        name: "request-that-ran-out",
        promise: Promise::Approvals,
        file: "orchestrator/src/mission/decide/approvals.rs",
        find: "MilestoneStatus::AwaitingApproval { expires_at, .. } => *expires_at <= now,",
        replace: "MilestoneStatus::AwaitingApproval { .. } => false,",
        test: engine(
            "mission::tests::approvals::a_request_that_ran_out_is_made_again_and_its_signatures_are_void",
        ),
        why: "signatures of a request that ran out still count",
    },
    Mutant {
        name: "quorum-of-approvals",
        promise: Promise::Approvals,
        file: "orchestrator/src/mission/react.rs",
        find: "(approvals.len() >= usize::from(state.created.terms.quorum)).then(|| {",
        replace: "(!approvals.is_empty()).then(|| {",
        test: engine(
            "mission::tests::approvals::a_request_that_ran_out_is_made_again_and_its_signatures_are_void",
        ),
        why: "one validator releases a payment that takes two",
    },
    Mutant {
        name: "content-of-an-approval",
        promise: Promise::Approvals,
        file: "backend/src/relay/statement.rs",
        find: "Ok((signer, written)) if signer == by => Ok(written),",
        replace: "Ok((signer, written)) if signer == by || !by.is_zero() => Ok(written),",
        test: on_chain(
            "approvals::an_approval_holds_for_exactly_what_was_signed_and_for_its_signer",
        ),
        why: "a signature over one content approves another",
    },
    Mutant {
        name: "member-of-the-guild",
        promise: Promise::Approvals,
        file: "backend/src/relay/approval.rs",
        find: "if !reader.is_validator(validator).await? {",
        replace: "if false {",
        test: on_chain("approvals::an_approval_that_would_not_count_is_refused_in_words"),
        why: "a stranger's approval stands in the ledger",
    },
    Mutant {
        name: "role-of-who-answers",
        promise: Promise::Approvals,
        file: "backend/src/relay/answer.rs",
        find: "if !has_one_of(reader, roles, by, operator).await? {",
        replace: "if false && !has_one_of(reader, roles, by, operator).await? {",
        test: on_chain("answers::each_answer_is_taken_from_exactly_the_roles_that_may_give_it"),
        why: "anybody answers what only an owner or the guild may",
    },
];
