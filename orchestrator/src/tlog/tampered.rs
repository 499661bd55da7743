//! Exports that were tampered with. Each way is caught by exactly the checks that are named: take a check out of the
//! verifier, and its line here fails.

use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes};
use phase8_shared::id::MissionId;
use phase8_shared::ledger::verify::{Report, verify_export};
use phase8_shared::ledger::{
    Checkpoint, Commitment, Export, HashTree, LogKey, LogVerifier, Origin, leaf_hash,
};
use phase8_shared::mission::{Event, Payload};

use crate::store::{EventStore, LogId, MemoryStore};
use crate::testing::{RealMission, chain, log_parts};
use crate::tlog::{LogParts, Logs};

const MISSION: MissionId = MissionId::from_bytes([5; 16]);
const OTHER: MissionId = MissionId::from_bytes([6; 16]);

struct Sample {
    export: Export,
    other: Export,
    trusted: LogVerifier,
    real: RealMission,
}

async fn sample() -> Sample {
    let store = Arc::new(MemoryStore::new());
    let real = RealMission::new(MISSION);
    real.store(store.as_ref()).await;
    RealMission::new(OTHER).store(store.as_ref()).await;
    let parts = log_parts(Arc::clone(&store) as Arc<dyn EventStore>);
    let logs = Logs::new(LogParts { chain: Some(chain()), ..parts });
    let exported = async |mission| {
        let text = logs.export(mission).await.unwrap().text().await.unwrap();
        serde_json::from_str::<Export>(&text).unwrap()
    };
    Sample {
        export: exported(MISSION).await,
        other: exported(OTHER).await,
        trusted: logs.key().vkey.parse().unwrap(),
        real,
    }
}

impl Sample {
    fn verify(&self, change: impl FnOnce(&mut Export)) -> Report {
        let mut export = self.export.clone();
        change(&mut export);
        verify_export(&serde_json::to_string(&export).unwrap(), Some(&self.trusted))
    }

    /// What speaks against the changed export, and its first bad card.
    fn against(&self, change: impl FnOnce(&mut Export)) -> String {
        let report = self.verify(change);
        let failing: Vec<&str> =
            report.checks.iter().filter(|check| !check.is_ok()).map(|check| check.what).collect();
        let bad = report.bad.map_or_else(|| "no card".to_owned(), |bad| bad.to_string());
        format!("{} | {bad}", failing.join(", "))
    }
}

/// Flips one bit of an event without harming its JSON.
fn flip(event: &mut String) {
    let at = event.find("\"at\":").unwrap() + 6;
    let digit = event.as_bytes()[at];
    event.replace_range(at..=at, &char::from(digit ^ 1).to_string());
}

/// Signs the export's cards as they now are, as somebody does who has the engine's key.
fn sign_anew(export: &mut Export) {
    let tree: HashTree = export.events.iter().map(|event| leaf_hash(event.as_bytes())).collect();
    export.leaves = Bytes::from(tree.leaves().concat());
    export.tree = tree.head();
    let origin: Origin = export.origin.parse().unwrap();
    let checkpoint = Checkpoint { origin, tree: tree.head() };
    export.checkpoint = LogKey::from_seed(&[42; 32]).sign(&checkpoint).unwrap();
}

fn edit(event: &mut String, change: impl FnOnce(&mut Event)) {
    let mut read: Event = serde_json::from_str(event).unwrap();
    change(&mut read);
    *event = serde_json::to_string(&read).unwrap();
}

#[tokio::test]
async fn what_nobody_touched_holds() {
    let sample = sample().await;

    let report = sample.verify(|_| {});

    assert!(report.is_ok(), "{report:#?}");
    assert_eq!(report.checks.len(), 19);
}

#[tokio::test]
async fn cards_that_were_changed_removed_added_or_moved_are_named() {
    let sample = sample().await;
    let last = sample.export.events.len();
    let cards = "the cards, the root over every card, the leaf hashes kept beside the cards";
    let check = |what: &str, found: String, expected: String| {
        assert_eq!(found, expected, "{what}");
    };

    let heads = ", earlier heads of this log";
    for (card, and_more) in [(1, heads), (17, heads), (last, "")] {
        check(
            "a flipped bit",
            sample.against(|export| flip(&mut export.events[card - 1])),
            format!(
                "{cards}{and_more} | card {card}: its bytes are not those that were hashed when it was written"
            ),
        );
    }
    check(
        "a removed tail",
        sample.against(|export| export.events.truncate(last - 3)),
        format!(
            "bytes of kept leaf hashes, {cards}, the list of anchors | card {}: it is missing; the checkpoint knows {last} cards",
            last - 2
        ),
    );
    check(
        "a removed tail, with its leaf hashes",
        sample.against(|export| {
            export.events.truncate(last - 1);
            export.leaves = export.leaves.slice(..32 * (last - 1));
        }),
        format!(
            "the cards, the root over every card, the list of anchors | card {last}: it is missing; the checkpoint knows {last} cards"
        ),
    );
    check(
        "a deleted row",
        sample.against(|export| drop(export.events.remove(9))),
        format!(
            "bytes of kept leaf hashes, {cards}, earlier heads of this log, the list of anchors | card 10: card 11 stands in its place: one was removed, doubled or moved"
        ),
    );
    check(
        "two cards that changed places",
        sample.against(|export| export.events.swap(19, 20)),
        format!(
            "{cards}, earlier heads of this log, the list of anchors | card 20: card 21 stands in its place: one was removed, doubled or moved"
        ),
    );
    check(
        "a card that nobody knows of",
        sample.against(|export| {
            let mut more = export.events[last - 1].clone();
            edit(&mut more, |event| event.seq = event.seq.next());
            export.leaves =
                [&export.leaves[..], leaf_hash(more.as_bytes()).as_slice()].concat().into();
            export.events.push(more);
        }),
        format!(
            "the cards, the root over every card, the list of anchors | card {}: nobody knows of it; the checkpoint knows {last} cards",
            last + 1
        ),
    );
    check(
        "another card with a leaf hash of its own, and no honest list left",
        sample.against(|export| {
            flip(&mut export.events[2]);
            let leaf = leaf_hash(export.events[2].as_bytes());
            export.leaves =
                [&export.leaves[..64], leaf.as_slice(), &export.leaves[96..]].concat().into();
        }),
        {
            let first = first_head(&sample.export);
            format!(
                "the cards, the root over every card, earlier heads of this log | one of the cards 1 to {first}: the cards do not have the root that the checkpoint tells"
            )
        },
    );
    check(
        "an innocent card whose leaf hash was changed to blame it",
        sample.against(|export| {
            let mut leaves = export.leaves.to_vec();
            leaves[100] ^= 1;
            export.leaves = leaves.into();
        }),
        "the leaf hashes kept beside the cards | card 4: the hash that is kept beside it is another".to_owned(),
    );
    check(
        "no event at all",
        sample.against(|export| "{}".clone_into(&mut export.events[4])),
        format!(
            "{cards}, earlier heads of this log | card 5: it cannot be read as an event: missing field `seq` at line 1 column 2"
        ),
    );
}

/// The size of the first head that a card tells of the log.
fn first_head(export: &Export) -> u64 {
    let told = export.events.iter().find_map(|event| {
        let event: Event = serde_json::from_str(event).unwrap();
        if let Payload::ApprovalRequested { tree, .. } | Payload::CheckpointAnchored { tree, .. } =
            event.payload
        {
            Some(tree.size)
        } else {
            None
        }
    });
    told.unwrap()
}

#[tokio::test]
async fn everything_beside_the_cards_is_checked_too() {
    let sample = sample().await;
    let other_key = LogKey::from_seed(&[43; 32]);
    let check = |what: &str, found: String, expected: &str| assert_eq!(found, expected, "{what}");

    check(
        "another engine's key",
        sample.against(|export| {
            let origin: Origin = export.origin.parse().unwrap();
            let checkpoint = Checkpoint { origin: origin.clone(), tree: export.tree };
            export.vkey = other_key.verifier(origin).to_string();
            export.checkpoint = other_key.sign(&checkpoint).unwrap();
        }),
        "the log's key, the registry's checkpoint | no card",
    );
    check(
        "a forged signature",
        sample.against(|export| {
            let origin: Origin = export.origin.parse().unwrap();
            let checkpoint = Checkpoint { origin, tree: export.tree };
            export.checkpoint = other_key.sign(&checkpoint).unwrap();
        }),
        "the checkpoint's signature | no card",
    );
    check(
        "a wrong origin",
        sample.against(|export| export.origin = "elsewhere.example.org".to_owned()),
        "the log's key, the checkpoint's signature, the registry's checkpoint | no card",
    );
    check(
        "another head beside the checkpoint",
        sample.against(|export| export.tree.size += 1),
        "the head beside it | no card",
    );
    check(
        "two swapped missions",
        sample.against(|export| export.events.clone_from(&sample.other.events)),
        "the cards, the root over every card, the leaf hashes kept beside the cards, the mission, wallets' \
         signatures in the cards, contents, the list of anchors | card 1: it begins mission \
         06060606060606060606060606060606",
    );
    check(
        "another mission's export under this id",
        sample.against(|export| {
            let mission = export.mission;
            *export = Export { mission, ..sample.other.clone() };
        }),
        "the log's key, the cards, the mission, wallets' signatures in the cards, the registry lists the mission | \
         card 1: it begins mission 06060606060606060606060606060606",
    );
    check(
        "another mission's place in the registry",
        sample.against(|export| export.registration.clone_from(&sample.other.registration)),
        "the registry lists the mission | no card",
    );
    check(
        "a proof that leads elsewhere",
        sample.against(|export| {
            export.registration.as_mut().unwrap().proof[0] = B256::repeat_byte(1);
        }),
        "the registry lists the mission | no card",
    );
    check(
        "no place in the registry",
        sample.against(|export| export.registration = None),
        "the registry lists the mission | no card",
    );
    check(
        "the registry's checkpoint of another key",
        sample.against(|export| {
            let registration = export.registration.as_mut().unwrap();
            let checkpoint = Checkpoint::unverified(&registration.checkpoint).unwrap();
            registration.checkpoint = other_key.sign(&checkpoint).unwrap();
        }),
        "the registry's checkpoint | no card",
    );
    check(
        "another content",
        sample.against(|export| export.payloads[0].content.push('!')),
        "contents | no card",
    );
    check(
        "another salt",
        sample.against(|export| export.payloads[0].salt.0.0[0] ^= 1),
        "contents | no card",
    );
    check(
        "a content that is left out without a word",
        sample.against(|export| drop(export.payloads.pop())),
        "contents | no card",
    );
    check(
        "a content that no card commits to",
        sample.against(|export| {
            let payload = &mut export.payloads[0];
            payload.content.push('!');
            payload.commitment = Commitment::to(payload.salt, payload.content.as_bytes());
        }),
        "contents | no card",
    );
    check(
        "an anchor that no card tells of",
        sample.against(|export| export.anchors[0].evidence.block_number += 1),
        "the list of anchors | no card",
    );
    check(
        "another escrow",
        sample.against(|export| export.chain.as_mut().unwrap().contracts.escrow = Address::ZERO),
        "wallets' signatures in the cards | no card",
    );
    check(
        "another chain",
        sample.against(|export| export.chain.as_mut().unwrap().chain_id = 1),
        "wallets' signatures in the cards, what cards rest on | no card",
    );
}

#[tokio::test]
async fn an_engine_that_signs_untruths_is_found_out() {
    let sample = sample().await;
    let at = |kind| usize::try_from(sample.real.seq_of(kind)).unwrap() - 1;
    let given = at("approval_given");
    let check = |what: &str, found: String, expected: &str| assert_eq!(found, expected, "{what}");

    check(
        "an approval that its validator did not give",
        sample.against(|export| {
            edit(&mut export.events[given], |event| {
                if let Payload::ApprovalGiven { deadline, .. } = &mut event.payload {
                    *deadline += 1;
                }
            });
            resign_with_true_heads(export);
        }),
        "wallets' signatures in the cards | no card",
    );
    check(
        "another job spec than its hash",
        sample.against(|export| {
            edit(&mut export.events[0], |event| {
                if let Payload::MissionCreated(created) = &mut event.payload {
                    created.spec_hash = B256::repeat_byte(1);
                }
            });
            resign_with_true_heads(export);
        }),
        "the job spec's hash, wallets' signatures in the cards | no card",
    );
    check(
        "another spec than the terms were made for",
        sample.against(|export| {
            edit(&mut export.events[0], |event| {
                if let Payload::MissionCreated(created) = &mut event.payload {
                    created.terms.spec_hash = B256::repeat_byte(1);
                }
            });
            resign_with_true_heads(export);
        }),
        "the hash in the terms, wallets' signatures in the cards | no card",
    );
    let found = sample.against(|export| {
        flip(&mut export.events[1]);
        sign_anew(export);
    });
    let first = first_head(&sample.export);
    let expected = format!(
        "the cards, earlier heads of this log | one of the cards 1 to {first}: the cards do not have the root that card"
    );
    assert!(
        found.starts_with(&expected) || found.contains(&format!("one of the cards 1 to {first}")),
        "a rewritten past: {found}"
    );
    let found = sample.against(|export| {
        edit(&mut export.events[5], |event| event.version += 1);
        resign_with_true_heads(export);
    });
    assert!(
        found.contains("card 6: it has version 2, and this program knows version 1"),
        "{found}"
    );
}

/// Signs anew, with every head that a card tells rewritten to fit: only what people signed is still against it.
fn resign_with_true_heads(export: &mut Export) {
    let mut tree = HashTree::default();
    for event in &mut export.events {
        edit(event, |event| {
            if let Payload::ApprovalRequested { tree: head, .. }
            | Payload::CheckpointAnchored { tree: head, .. } = &mut event.payload
            {
                *head = tree.head_at(head.size).unwrap();
            }
        });
        tree.push(leaf_hash(event.as_bytes()));
    }
    for anchor in &mut export.anchors {
        anchor.tree = tree.head_at(anchor.tree.size).unwrap();
    }
    sign_anew(export);
}

#[tokio::test]
async fn what_is_no_export_is_refused_in_words() {
    let sample = sample().await;
    let text = serde_json::to_string(&sample.export).unwrap();
    let found = |text: &str| {
        let report = verify_export(text, None);
        assert!(!report.is_ok());
        report
            .checks
            .iter()
            .map(|check| format!("{}: {}", check.what, check.found))
            .collect::<Vec<_>>()
            .join("\n")
    };

    let later = text.replacen("\"version\":1", "\"version\":2", 1);
    assert_eq!(found(&later), "the file: phase8-mission-export version 2");
    assert_eq!(found("{}"), "the file: nothing version 0");
    assert!(found("").starts_with("the file: it cannot be read: EOF"));
    assert!(found(&text[..text.len() / 2]).starts_with("the file: it cannot be read: EOF"));
    assert!(found(&"[".repeat(1_000_000)).starts_with("the file: it cannot be read"));
    let unknown = text.replacen("\"version\":1", "\"version\":1,\"surprise\":1", 1);
    assert!(found(&unknown).contains("unknown field `surprise`"));
    assert_eq!(LogId::Mission(MISSION).to_string().len(), 32);
}
