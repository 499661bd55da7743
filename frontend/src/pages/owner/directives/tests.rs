//! Directives beside the chain.

use super::view_model::*;
use crate::pages::owner::rows::CellFace;
use crate::ui::Tone;

fn file(parameters: &str) -> String {
    format!(
        r#"{{"owner": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "pauseGuardian": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
        "controlSurfaces": [{{"key": "manager", "name": "Manager", "address": "0xPhase8Manager",
            "description": "The registry.", "capabilities": [], "guardrails": [], "methods": []}}],
        "parameters": [{parameters}],
        "tripwires": [],
        "ci": {{"workflow": "ci.yml", "requireStatusChecks": ["test"]}}}}"#
    )
}

fn heartbeat(desired: u64, max: u64) -> String {
    format!(
        r#"{{"name": "Heartbeat", "path": "global.heartbeatSeconds", "description": "How often.",
        "unit": "s", "desired": {desired}, "min": 60, "max": {max},
        "call": "updateRiskParameters(uint64,uint64,uint256)"}}"#
    )
}

fn states(stand: &Stand) -> Vec<(Tone, String)> {
    let states = stand.rows.iter().filter_map(|row| row.cells.last()).map(|cell| {
        let (CellFace::State(tone, words) | CellFace::StateWhy(tone, words, _)) = &cell.face else {
            panic!("{cell:?}")
        };
        (*tone, words.clone())
    });
    states.collect()
}

#[test]
fn a_desired_value_beyond_its_bounds_is_shown_and_refused() {
    let read = read(&file(&heartbeat(900, 600)));

    assert!(read.directives.is_some(), "{:?}", read.findings);
    let stand = stand(&read, None, None);
    assert_eq!(states(&stand), [(Tone::Bad, "Refused".to_owned())]);
    assert!(stand.changes.is_empty());
    assert!(!is_blocked(&read.findings), "other parameters can still be changed");
}

#[test]
fn without_the_registry_nothing_is_offered() {
    let read = read(&file(&heartbeat(300, 600)));

    let stand = stand(&read, None, None);

    assert_eq!(states(&stand), [(Tone::Unknown, "Not read".to_owned())]);
    assert!(stand.changes.is_empty());
}

#[test]
fn what_is_no_directives_file_is_said_and_not_shown() {
    let read = read("{}");

    assert!(read.directives.is_none());
    assert!(is_blocked(&read.findings));
}

#[test]
fn the_usual_directives_are_shown_whole() {
    let read = read(include_str!("../../../../../configs/owner-directives.json"));
    let directives = read.directives.clone().unwrap();

    let stand = stand(&read, None, None);

    assert!(!is_blocked(&read.findings), "{:?}", read.findings);
    assert_eq!(stand.rows.len(), directives.parameters.len());
    assert!(states(&stand).iter().all(|(tone, _)| *tone != Tone::Bad), "{stand:?}");
}
