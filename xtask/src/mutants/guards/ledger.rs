//! What verifiers find, and what live streams carry.

use super::engine;
use crate::mutants::{Mutant, Promise};

pub(super) const GUARDS: &[Mutant] = &[
    Mutant {
        name: "flipped-bit",
        promise: Promise::Tampering,
        file: "shared/src/ledger/verify/cards.rs",
        find: "if !is_whole {",
        replace: "if false {",
        test: engine("store::sqlite::tampered::cards_that_were_changed_removed_or_moved_are_named"),
        why: "a changed card is not named",
    },
    Mutant {
        name: "removed-tail",
        promise: Promise::Tampering,
        file: "orchestrator/src/store/audit.rs",
        find: "verifier.told(SIGNED, *head);",
        replace: "let _ = (SIGNED, head);",
        test: engine("store::sqlite::tampered::cards_that_were_changed_removed_or_moved_are_named"),
        why: "cards removed from the end together with the head are not missed",
    },
    Mutant {
        name: "numbers-of-cards",
        promise: Promise::Tampering,
        file: "shared/src/ledger/verify/cards.rs",
        find: "if place != number {",
        replace: "if false {",
        test: engine("store::sqlite::tampered::cards_that_were_changed_removed_or_moved_are_named"),
        why: "a card that was taken out or moved is not named",
    },
    Mutant {
        name: "deleted-mission",
        promise: Promise::Tampering,
        file: "orchestrator/src/store/audit.rs",
        find: "if !logs.contains_key(&LogId::Mission(*mission)) {",
        replace: "if false {",
        test: engine(
            "store::sqlite::tampered::missions_that_were_swapped_deleted_or_slipped_in_are_named",
        ),
        why: "a mission that was deleted is not missed",
    },
    Mutant {
        name: "swapped-missions",
        promise: Promise::Tampering,
        file: "shared/src/ledger/verify/mission.rs",
        find: "Some(state) if state.created.mission != self.mission => {",
        replace: "Some(state) if false && state.created.mission != self.mission => {",
        test: engine(
            "store::sqlite::tampered::missions_that_were_swapped_deleted_or_slipped_in_are_named",
        ),
        why: "one mission's ledger passes for another's",
    },
    Mutant {
        name: "content-of-a-commitment",
        promise: Promise::Tampering,
        file: "orchestrator/src/store/audit.rs",
        find: "Some(card) if !commitment.opens_to(salt, content) => {",
        replace: "Some(card) if false && !commitment.opens_to(salt, content) => {",
        test: engine("store::sqlite::tampered::contents_and_kept_checkpoints_are_checked_too"),
        why: "a deliverable that was changed passes",
    },
    Mutant {
        name: "log-that-went-back",
        promise: Promise::Tampering,
        file: "orchestrator/src/tlog/checkpoint.rs",
        find: "if root(old.size) == Some(old.root) { Ok(()) } else { Err(contradiction(old)) }",
        replace: "Ok(())",
        test: engine(
            "tlog::tests::a_checkpoint_is_signed_once_for_a_size_and_never_for_a_ledger_that_went_back",
        ),
        why: "the engine signs two histories",
    },
    Mutant {
        name: "signatures-in-cards",
        promise: Promise::Tampering,
        file: "shared/src/ledger/verify/signature.rs",
        find: "Ok(signer) if signer == by => Signed::ByThem,",
        replace: "Ok(_) if !by.is_zero() => Signed::ByThem,",
        test: engine("tlog::tampered::an_engine_that_signs_untruths_is_found_out"),
        why: "an engine invents what people signed",
    },
    Mutant {
        name: "place-in-the-registry",
        promise: Promise::Tampering,
        file: "shared/src/ledger/verify/export.rs",
        find: "if !proof.holds(leaf_hash(registration.entry.as_bytes()), tree) {",
        replace: "if false && !proof.holds(leaf_hash(registration.entry.as_bytes()), tree) {",
        test: engine("tlog::tampered::everything_beside_the_cards_is_checked_too"),
        why: "a mission that the registry never listed passes for listed",
    },
    Mutant {
        name: "checkpoint-of-another-log",
        promise: Promise::Tampering,
        file: "orchestrator/src/store/audit.rs",
        find: "Ok(checkpoint) if is_of(&checkpoint, log) => Ok(checkpoint.tree),",
        replace: "Ok(checkpoint) if !checkpoint.origin.as_str().is_empty() => Ok(checkpoint.tree),",
        test: engine("store::sqlite::tampered::contents_and_kept_checkpoints_are_checked_too"),
        why: "a checkpoint of another ledger passes for this one's",
    },
    Mutant {
        name: "resume-after-the-last-card",
        promise: Promise::Streams,
        file: "orchestrator/src/service/events.rs",
        find: "let after = last_event_id(&headers)?.unwrap_or(Seq(range.after));",
        replace: "let after = last_event_id(&headers)?.unwrap_or(Seq(range.after));
    let after = Seq(after.0.saturating_sub(1));",
        test: engine("service::tests::the_stream_resumes_after_the_last_event_that_was_received"),
        why: "the last card comes twice over a new connection",
    },
];
