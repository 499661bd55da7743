//! Forms and rows of the registry.

use alloy_primitives::{Address, B256};
use phase8_shared::chain::decode::parse_value;
use phase8_shared::chain::decode::signature::Leaf;
use phase8_shared::chain::field::Field;
use phase8_shared::chain::manager::{Complaint, Entry, EntryKind, FieldError, Registry};
use phase8_shared::chain::{Change, Lever, slug_key};

use super::acts;
use super::view_model::*;
use crate::pages::owner::rows::Cell;
use crate::ui::Tone;

const SOMEBODY: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

fn field(name: &'static str, kind: Leaf, text: &str) -> Field {
    Field { name, kind, value: parse_value(kind, text).unwrap() }
}

fn domain(slug: &str, name: &str) -> Entry {
    let fields = vec![
        field("slug", Leaf::String, slug),
        field("name", Leaf::String, name),
        field("metadataURI", Leaf::String, "ipfs://d"),
        field("orchestrator", Leaf::Address, SOMEBODY),
        field("capitalVault", Leaf::Address, SOMEBODY),
        field("validatorModule", Leaf::Address, SOMEBODY),
        field("policyKernel", Leaf::Address, SOMEBODY),
        field("heartbeatSeconds", Leaf::Uint(64), "600"),
        field("tvlLimit", Leaf::Uint(256), "1000"),
        field("autonomyLevelBps", Leaf::Uint(256), "7000"),
        field("active", Leaf::Bool, "true"),
    ];
    Entry { id: slug_key(slug), kind: EntryKind::Domain, fields, domains: Vec::new() }
}

fn sentinel(domains: Vec<B256>) -> Entry {
    let fields = vec![
        field("slug", Leaf::String, "guard"),
        field("name", Leaf::String, "Guard"),
        field("uri", Leaf::String, "ipfs://s"),
        field("agent", Leaf::Address, SOMEBODY),
        field("coverageSeconds", Leaf::Uint(64), "3600"),
        field("sensitivityBps", Leaf::Uint(256), "500"),
        field("active", Leaf::Bool, "false"),
    ];
    Entry { id: slug_key("guard"), kind: EntryKind::Sentinel, fields, domains }
}

fn registry() -> Registry {
    Registry {
        domains: vec![domain("earth", "Earth"), domain("sky", "Sky")],
        sentinels: vec![sentinel(vec![slug_key("earth")])],
        streams: Vec::new(),
        parameters: Vec::new(),
        plan: Vec::new(),
        council: Address::repeat_byte(1),
        system_pause: Address::repeat_byte(2),
        governance: Address::repeat_byte(3),
    }
}

fn earth() -> (EntryKind, B256) {
    (EntryKind::Domain, slug_key("earth"))
}

#[test]
fn entries_are_rows_with_their_units() {
    let rows = rows(&registry(), EntryKind::Domain);
    let first = rows.first().unwrap();

    assert_eq!(first.cells.first(), Some(&Cell::lines("Earth", "earth")));
    assert_eq!(first.cells.get(1), Some(&Cell::state(Tone::Ok, "Active")));
    assert_eq!(first.cells.get(3), Some(&Cell::number(7_000_u64, "7000 bps (70 %)")));
    assert_eq!(first.cells.get(4), Some(&Cell::number(600_u64, "10 minutes")));
    assert_eq!(first.cells.len(), headings(EntryKind::Domain).len());

    let guard = super::view_model::rows(&registry(), EntryKind::Sentinel).remove(0);
    assert_eq!(guard.cells.get(4), Some(&Cell::words("earth")));
}

#[test]
fn what_is_typed_stands_beside_what_is_now() {
    let mut edits = Edits::new();
    let kept = |edits: &Edits, name: &str| {
        let form = form("updateDomain", &registry(), Some(earth()), edits).unwrap();
        let input = form.inputs.iter().find(|input| input.name == name).unwrap().clone();
        let now = now("updateDomain", name, &registry(), Some(earth())).unwrap();
        (now.words.clone(), now.is_kept_by(&input))
    };
    assert_eq!(kept(&edits, "heartbeatSeconds"), ("10 minutes".to_owned(), true));

    edits.insert("heartbeatSeconds", "900".to_owned());
    edits.insert("orchestrator", SOMEBODY.to_lowercase());
    assert_eq!(kept(&edits, "heartbeatSeconds"), ("10 minutes".to_owned(), false));
    assert!(kept(&edits, "orchestrator").1, "case alone is no other address");
}

#[test]
fn a_status_form_opens_the_other_way_round() {
    let form = form("setDomainStatus", &registry(), Some(earth()), &Edits::new()).unwrap();
    let input = form.inputs.iter().find(|input| input.name == "active").unwrap();
    let now = now("setDomainStatus", "active", &registry(), Some(earth())).unwrap();

    assert_eq!((now.words.as_str(), now.is_kept_by(input)), ("active", false));
    assert_eq!(truth(input, "false"), "switched off");
}

#[test]
fn every_act_about_an_entry_has_a_lever_that_can_be_undone() {
    for act in acts::about(EntryKind::Domain) {
        let mut edits = Edits::new();
        edits.insert("tvlLimit", "2000".to_owned());
        let form = form(act.function, &registry(), Some(earth()), &edits).unwrap();
        let Ok(Lever::Change(Change { undo, .. })) = form.lever(&registry(), 1_800_000_000) else {
            panic!("{}", act.function)
        };
        assert!(undo.is_some(), "{}", act.function);
    }
}

#[test]
fn errors_stand_beside_their_field() {
    let mut edits = Edits::new();
    edits.insert("autonomyLevelBps", "10001".to_owned());
    let form = form("updateDomain", &registry(), Some(earth()), &edits).unwrap();
    let errors: Vec<FieldError> = form.check(&registry(), 1_800_000_000);

    assert!(matches!(errors.as_slice(), [FieldError { what: Complaint::TooManyBps { .. }, .. }]));
    assert_eq!(
        error_of(&errors, "autonomyLevelBps").unwrap(),
        "10001 bps are more than the whole: write at most 10000."
    );
    assert_eq!(error_of(&errors, "slug"), None);
}

#[test]
fn domains_are_ticked_and_unticked() {
    let [a, b] = ["0xaa", "0xbb"];

    assert_eq!(toggled("", a, true), a);
    assert_eq!(toggled("0xbb", a, true), "0xaa, 0xbb");
    assert_eq!(toggled("0xaa, 0xbb", b, false), a);
    assert!(holds("0xaa,\n0xbb", b) && !holds("0xaa", b));
}
