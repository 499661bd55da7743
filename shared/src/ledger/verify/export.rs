//! An exported mission: the file's own form, its checkpoints, its place in the registry, its contents, and its cards.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Check, MissionVerifier, Report};
use crate::id::{MissionId, Seq};
use crate::ledger::{
    Checkpoint, Commitment, EXPORT_FORMAT, EXPORT_VERSION, Export, ExportedRegistration,
    InclusionProof, LeafHash, LogVerifier, Origin, TreeHead, leaf_hash,
};
use crate::mission::MissionState;

const KEY: &str = "the log's key";
const CHECKPOINT: &str = "the checkpoint's signature";
const REGISTRY: &str = "the registry's checkpoint";
const LISTED: &str = "the registry lists the mission";
const CONTENTS: &str = "contents";
const ANCHORS: &str = "checkpoints on the chain";

/// What a reader knows of a mission before reading its export.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The log's key, got another way.
    pub trusted: Option<&'a LogVerifier>,
    /// The log's head as it was seen before.
    pub seen: Option<TreeHead>,
}

/// Checks an export. A key that the reader got another way is compared with the file's.
pub fn verify_export(text: &str, trusted: Option<&LogVerifier>) -> Report {
    match read_export(text) {
        Ok((form, export)) => {
            let mut report = verify_read_export(&export, trusted, |_| {});
            report.checks.insert(0, form);
            report
        }
        Err(report) => report,
    }
}

/// Reads an export, with the line that says so; or the report that refuses it.
pub(super) fn read_export(text: &str) -> Result<(Check, Export), Report> {
    #[derive(Deserialize)]
    struct Kind {
        format: Option<String>,
        version: Option<u16>,
    }
    let unreadable = |error: serde_json::Error| {
        let words = format!("it cannot be read: {error}");
        let check = Check::holds("the file", false, words, "the export of a mission");
        Report { checks: vec![check], bad: None }
    };
    let kind: Kind = serde_json::from_str(text).map_err(unreadable)?;
    let format = kind.format.unwrap_or_else(|| "nothing".to_owned());
    let version = kind.version.unwrap_or_default();
    let is_known = format == EXPORT_FORMAT && version == EXPORT_VERSION;
    let found = format!("{format} version {version}");
    let expected = format!("{EXPORT_FORMAT} version {EXPORT_VERSION}");
    let form = Check::holds("the file", is_known, found, expected);
    if !is_known {
        return Err(Report { checks: vec![form], bad: None });
    }
    Ok((form, serde_json::from_str(text).map_err(unreadable)?))
}

/// Checks an export that was read already; `progress` is told how many cards are done.
pub fn verify_read_export(
    export: &Export,
    trusted: Option<&LogVerifier>,
    progress: impl FnMut(u64),
) -> Report {
    verify_known(export, Known { trusted, seen: None }, progress).0
}

/// The same with everything that the reader knows; answers the state after the last card as well, if there is one.
pub(super) fn verify_known(
    export: &Export,
    known: Known<'_>,
    mut progress: impl FnMut(u64),
) -> (Report, Option<MissionState>) {
    let Known { trusted, seen } = known;
    let mut checks = Vec::new();
    let key: Option<LogVerifier> = export.vkey.parse().ok();
    checks.push(check_key(export, key.as_ref(), trusted));
    let checkpoint = key.as_ref().map(|key| key.open(&export.checkpoint));
    let signed = match &checkpoint {
        Some(Ok(checkpoint)) => Some(checkpoint.tree),
        _ => None,
    };
    checks.push(match &checkpoint {
        None => Check::holds(CHECKPOINT, false, "there is no key to check it with", &export.origin),
        Some(Err(error)) => Check::holds(CHECKPOINT, false, error, &export.origin),
        Some(Ok(checkpoint)) => Check::same(CHECKPOINT, &checkpoint.origin, &export.origin),
    });
    // A checkpoint that nobody signed still tells where the cards went wrong.
    let unsigned = || Checkpoint::unverified(&export.checkpoint).map(|checkpoint| checkpoint.tree);
    let counts = signed.or_else(|| unsigned().ok());
    let says = counts.map_or_else(|| "no checkpoint".to_owned(), head);
    checks.push(Check::same("the head beside it", head(export.tree), says));

    let mut verifier = MissionVerifier::new(export.mission, export.chain);
    let (leaves, rest) = export.leaves.as_chunks::<32>();
    checks.push(Check::same(
        "bytes of kept leaf hashes",
        rest.len() + 32 * leaves.len(),
        32 * export.events.len(),
    ));
    for leaf in leaves {
        verifier.push_kept(LeafHash::from(*leaf));
    }
    for (done, event) in (1..).zip(&export.events) {
        verifier.push(event.as_bytes());
        if done % 1_024 == 0 {
            progress(done);
        }
    }
    progress(export.events.len() as u64);

    if let Some(seen) = seen {
        verifier.told("what you saw before", seen);
    }
    let contents = check_contents(export, &verifier);
    let anchors = check_anchors(export, &verifier);
    let state = verifier.state().cloned();
    let log = verifier.finish("the checkpoint", counts.unwrap_or(export.tree));
    checks.extend(log.checks);
    checks.push(contents);
    checks.extend(anchors);
    checks.extend(check_registration(export, key.as_ref()));
    (Report { checks, bad: log.bad }, state)
}

fn check_key(export: &Export, key: Option<&LogVerifier>, trusted: Option<&LogVerifier>) -> Check {
    let Some(key) = key else {
        return Check::holds(KEY, false, &export.vkey, "a C2SP verifier key");
    };
    let is_of_mission =
        export.origin.strip_suffix(&format!("/missions/{}", export.mission)).is_some();
    if key.name().as_str() != export.origin || !is_of_mission {
        let expected = format!("the key of …/missions/{}", export.mission);
        return Check::holds(KEY, false, format!("{key}, for {}", export.origin), expected);
    }
    match trusted {
        Some(trusted) => Check::holds(KEY, key.is_same_key(trusted), key, trusted),
        None => Check::unknown(
            KEY,
            key,
            "the file says so itself: compare it with the key that the engine's operator published",
        ),
    }
}

/// Every content that cards commit to is there and opens its commitment, or is said to be erased.
fn check_contents(export: &Export, verifier: &MissionVerifier) -> Check {
    const EXPECTED: &str = "each opens a commitment in the cards, or is said to be erased";
    let mut there: BTreeSet<Commitment> = BTreeSet::new();
    for payload in &export.payloads {
        let commitment = payload.commitment;
        if !verifier.contents().contains_key(&commitment) {
            let words = format!("no card commits to {commitment}");
            return Check::holds(CONTENTS, false, words, EXPECTED);
        }
        if !commitment.opens_to(payload.salt, payload.content.as_bytes()) {
            let words = format!("the content of {commitment} is not what was committed to");
            return Check::holds(CONTENTS, false, words, EXPECTED);
        }
        there.insert(commitment);
    }
    let erased: BTreeSet<Commitment> = export.erased.iter().copied().collect();
    let absent: Vec<(&Commitment, &Seq)> =
        verifier.contents().iter().filter(|(known, _)| !there.contains(*known)).collect();
    if let Some((commitment, seq)) = absent.iter().find(|(known, _)| !erased.contains(*known)) {
        let words = format!(
            "the content {commitment} of card {seq} is neither there nor said to be erased"
        );
        return Check::holds(CONTENTS, false, words, EXPECTED);
    }
    let mut words = format!("{} open their commitments", there.len());
    if !absent.is_empty() {
        let cards: Vec<String> = absent.iter().map(|(_, seq)| seq.to_string()).collect();
        words = format!("{words}; erased: of card {}", cards.join(", of card "));
    }
    Check::holds(CONTENTS, true, words, EXPECTED)
}

/// Anchors are those that cards tell of; whether they stand on the chain, only the chain can say.
fn check_anchors(export: &Export, verifier: &MissionVerifier) -> Vec<Check> {
    let told: Vec<_> = export.anchors.iter().map(|one| (one.seq, one.tree, one.evidence)).collect();
    let listed = Check::holds(
        "the list of anchors",
        told == verifier.anchors(),
        format!("{} anchors", told.len()),
        format!("the {} that cards tell of", verifier.anchors().len()),
    );
    let last = export.anchors.last().map(|last| {
        let contract =
            last.contract.map_or_else(|| "the checkpoint ledger".to_owned(), |at| at.to_string());
        let found =
            format!("{} cards in transaction {}", last.tree.size, last.evidence.transaction);
        let ask = format!("ask chain {} whether {contract} holds it", last.evidence.chain_id);
        Check::unknown(ANCHORS, found, ask)
    });
    [Some(listed), last].into_iter().flatten().collect()
}

fn check_registration(export: &Export, key: Option<&LogVerifier>) -> Vec<Check> {
    let Some(registration) = &export.registration else {
        let expected = "an entry of the registry with its proof";
        return vec![Check::holds(LISTED, false, "nothing shows that it does", expected)];
    };
    let name = registry_of(&export.origin);
    let opened = match (key, &name) {
        (Some(key), Some(name)) => key.named(name.clone()).open(&registration.checkpoint),
        _ => {
            return vec![Check::holds(
                REGISTRY,
                false,
                "there is no key to check it with",
                &registration.origin,
            )];
        }
    };
    let checkpoint = match opened {
        Ok(checkpoint) => checkpoint,
        Err(error) => return vec![Check::holds(REGISTRY, false, error, &registration.origin)],
    };
    let signed = Check::same(REGISTRY, &checkpoint.origin, &registration.origin);
    vec![signed, check_listed(export.mission, registration, checkpoint.tree)]
}

fn check_listed(mission: MissionId, registration: &ExportedRegistration, tree: TreeHead) -> Check {
    #[derive(Deserialize)]
    struct Entry {
        seq: u64,
        kind: String,
        payload: Registered,
    }
    #[derive(Deserialize)]
    struct Registered {
        mission: MissionId,
    }
    let expected =
        format!("mission {mission}, as entry {} of {}", registration.index + 1, tree.size);
    let proof = InclusionProof {
        index: registration.index,
        size: tree.size,
        hashes: registration.proof.clone(),
    };
    if !proof.holds(leaf_hash(registration.entry.as_bytes()), tree) {
        return Check::holds(
            LISTED,
            false,
            "the proof does not lead to the registry's root",
            expected,
        );
    }
    let entry: Option<Entry> = serde_json::from_str(&registration.entry).ok();
    match entry.filter(|entry| entry.kind == "mission_registered") {
        Some(entry) if entry.seq == registration.index + 1 => {
            let found = format!(
                "mission {}, as entry {} of {}",
                entry.payload.mission, entry.seq, tree.size
            );
            Check::same(LISTED, found, expected)
        }
        _ => Check::holds(LISTED, false, "the entry registers no mission", expected),
    }
}

/// The registry's log of the engine whose mission's log has this origin.
fn registry_of(origin: &str) -> Option<Origin> {
    let (engine, _) = origin.rsplit_once("/missions/")?;
    engine.parse::<Origin>().ok().map(|engine| engine.registry())
}

fn head(tree: TreeHead) -> String {
    format!("{} cards, root {}", tree.size, tree.root)
}
