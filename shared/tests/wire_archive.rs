//! The wire format of what is made after missions, locked: archives, evaluations, the validators' board. A change of these snapshots is a change of a promise.

#![expect(clippy::unwrap_used, reason = "the samples are written here by hand")]

use alloy_primitives::{Address, B256};
use phase8_shared::api::{
    ArchiveFile, ArchiveView, EvaluatedMission, EvaluationView, EvaluationsView, UploadOutcome,
    UploadView, ValidatorsView,
};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::score::evaluate::{Measurement, Parts, ScoredAdapter, UpgradeProposal};
use phase8_shared::score::record::{ValidatorStanding, Vote, VoteKind};
use phase8_shared::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[test]
fn an_archive_keeps_its_form() {
    let archive = |outcome| ArchiveView {
        mission: mission(),
        name: "alpha".into(),
        events: 9,
        root: B256::repeat_byte(3),
        made_at: at(0),
        cid: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku".into(),
        sha256: B256::repeat_byte(4),
        files: vec![ArchiveFile {
            name: "abababababababababababababababab.json".into(),
            media_type: "application/json".into(),
            bytes: 12_345,
        }],
        upload: Some(UploadView { node: "http://127.0.0.1:5001".into(), at: at(10), outcome }),
    };
    for (name, sample) in [
        ("archive_pinned", archive(UploadOutcome::Pinned {})),
        ("archive_not_uploaded", archive(UploadOutcome::Failed { why: "start it".into() })),
    ] {
        locked(name, &sample);
    }
}

#[test]
fn an_evaluation_keeps_its_form() {
    let measured = Measurement {
        score: 8_123,
        parts: Parts {
            acceptance: 10_000,
            verdicts: 9_000,
            safety: 8_000,
            economy: 7_000,
            reliability: 6_000,
            speed: 5_000,
        },
        missions: 2,
        calls: 41,
        answered: 40,
        tokens: 123_456,
        cost: MicroUsd::new(4_200_000),
        delivered: 5,
        accepted: 4,
        cost_per_accepted: Some(MicroUsd::new(1_050_000)),
        median_ms: Some(1_800),
        trips: 1,
        verdicts_for: 8,
        verdicts_against: 1,
    };
    let adapter = |id: &str, measured| ScoredAdapter {
        id: id.to_owned(),
        provider: "example".to_owned(),
        composite: -12,
        measured,
    };
    let evaluation = EvaluationView {
        at: at(0),
        version: "phase8-measured-1".to_owned(),
        scheduled: true,
        margin: 500,
        missions: vec![EvaluatedMission { mission: mission(), name: "alpha".into(), seq: Seq(9) }],
        adapters: vec![adapter("code-savant-x", Some(measured)), adapter("idle", None)],
        proposals: vec![UpgradeProposal {
            role: "builder".parse().unwrap(),
            incumbent: "idle".to_owned(),
            challenger: "code-savant-x".to_owned(),
            lead: 501,
            reason: "it delivers".to_owned(),
        }],
    };
    locked("evaluation", &evaluation);
    locked("evaluations", &EvaluationsView { next: Some(at(60)), history: vec![evaluation] });
}

#[test]
fn the_validators_board_keeps_its_form() {
    let vote = |kind, stood, transaction| Vote {
        mission: mission(),
        validator: Address::repeat_byte(3),
        kind,
        card: Seq(12),
        asked: Seq(9),
        at: at(30),
        took_ms: 30_000,
        stood,
        reward: TokenAmount::from_tokens_decimal("1.5").unwrap(),
        transaction,
    };
    let kinds = [VoteKind::Approval, VoteKind::CheckIn, VoteKind::Answer, VoteKind::Summons];
    let mut votes: Vec<Vote> = kinds.map(|kind| vote(kind, true, None)).into();
    votes.push(vote(VoteKind::Approval, false, Some(B256::repeat_byte(4))));
    let standing = ValidatorStanding {
        validator: Address::repeat_byte(3),
        approvals: 2,
        other_votes: 3,
        reversals: 1,
        median_ms: 30_000,
        rewards: TokenAmount::from_tokens_decimal("7.5").unwrap(),
        votes,
    };
    locked("validators", &ValidatorsView { missions: 1, validators: vec![standing] });
}

fn mission() -> MissionId {
    MissionId::from_bytes([0xab; 16])
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis((1_795_415_820 + seconds) * 1_000)
}

/// The sample reads back as itself, and its text is as it was.
fn locked<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, sample: &T) {
    let text = serde_json::to_string_pretty(sample).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *sample);
    insta::assert_snapshot!(name, text);
}
