//! What became of a transaction or a request.

use alloy_primitives::Address;
use phase8_shared::time::Timestamp;

use super::*;

fn view(status: TransactionStatus) -> TransactionView {
    TransactionView {
        hash: B256::repeat_byte(1),
        from: Address::ZERO,
        nonce: 3,
        to: Address::ZERO,
        call: String::new(),
        status,
        replaced_by: None,
        taken_back: 0,
        taken_back_from: None,
        accepted_at: Timestamp::from_millis(0),
    }
}

fn track() -> Track {
    Track::transaction(B256::repeat_byte(1))
}

#[test]
fn a_transaction_is_never_further_than_the_chain_has_it() {
    let progress = |status| of_transaction(&track(), &view(status)).progress;

    assert_eq!(progress(TransactionStatus::Stored), Progress::Signed { track: track() });
    assert_eq!(progress(TransactionStatus::Sent), Progress::Sent { track: track() });
    assert_eq!(
        progress(TransactionStatus::Final { block: 4 }),
        Progress::Confirmed { track: track(), block: 4 }
    );
    let why = |status| {
        let progress = progress(status);
        let Progress::Failed { why, .. } = progress else { panic!("{progress:?}") };
        why
    };
    let reverted = TransactionStatus::Reverted { block: 4, reason: "paused".to_owned() };
    assert_eq!(why(reverted), "the contract refused it in block 4: paused. Nothing changed");
    assert!(why(TransactionStatus::Replaced {}).starts_with("it was cancelled"));
    let refused = TransactionStatus::Refused { reason: "nonce too low".to_owned() };
    assert!(why(refused).contains("nonce too low"));
}

#[test]
fn a_reorganisation_and_a_speed_up_are_said() {
    let mut taken = view(TransactionStatus::Sent);
    taken.taken_back = 1;
    taken.taken_back_from = Some(9);
    let news = of_transaction(&track(), &taken);
    assert_eq!(news.progress, Progress::Sent { track: track() });
    assert_eq!(
        news.note.unwrap(),
        "A reorganisation of the chain took it back from block 9. It waits for a block again."
    );

    let told = |status| {
        let taken = TransactionView { status, ..taken.clone() };
        of_transaction(&track(), &taken).note.unwrap()
    };
    assert!(told(TransactionStatus::Included { block: 9 }).ends_with("it was included again."));
    let refused = TransactionStatus::Refused { reason: "dropped".to_owned() };
    assert_eq!(told(refused), "A reorganisation of the chain took it back from block 9.");

    let other = B256::repeat_byte(2);
    let mut sped = view(TransactionStatus::Included { block: 5 });
    sped.replaced_by = Some(other);
    let news = of_transaction(&track(), &sped);
    let Progress::Confirmed { track, block: 5 } = news.progress else { panic!("confirmed") };
    assert_eq!(track.current(), Some(other));
    assert!(news.note.unwrap().starts_with("It was sped up"));
}

#[test]
fn what_is_over_is_told_anew_only_when_it_ended_otherwise() {
    let (read, sent) =
        (Progress::Read { track: track(), block: 4 }, Progress::Sent { track: track() });
    let failed = Progress::Failed { track: track(), why: "dropped".to_owned() };
    let confirmed = Progress::Confirmed { track: track(), block: 4 };
    for (known, news, other) in [
        (&read, &sent, true),
        (&read, &failed, true),
        (&read, &confirmed, false),
        (&failed, &failed, false),
        (&failed, &sent, true),
        (&failed, &confirmed, true),
    ] {
        assert_eq!(is_other_end(known, news), other, "{known:?} {news:?}");
    }
}

#[test]
fn a_request_says_whether_its_signature_is_still_good() {
    let digest = B256::repeat_byte(8);
    let of = |state| of_request(&Track::request(digest), state);

    let stuck = of(RequestState::Outstanding { reason: Some("no gas".to_owned()) });
    assert!(matches!(stuck.progress, Progress::Signed { .. }));
    assert!(stuck.note.unwrap().contains("can still use it"));
    let sent = of(RequestState::Included { transaction: B256::repeat_byte(1), block: 7 });
    let Progress::Confirmed { track, block: 7 } = sent.progress else { panic!("confirmed") };
    assert_eq!(track.current(), Some(B256::repeat_byte(1)));
    assert!(matches!(of(RequestState::Expired).progress, Progress::Failed { .. }));
    assert!(matches!(of(RequestState::Void).progress, Progress::Failed { .. }));
}
