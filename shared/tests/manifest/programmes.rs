//! Manifests played through.

use phase8_shared::manifest::{Manifest, Mesh};
use phase8_shared::score::dominance::measure;
use phase8_shared::simulate::{Programme, next_run, programme};
use phase8_shared::time::Timestamp;

use crate::support::usual;

/// 2026-11-23T06:37:42.500Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_415_862_500);

fn played(manifest: &Manifest) -> Programme {
    let mesh = Mesh::new(manifest);
    programme(manifest, &mesh, &measure(manifest, &mesh), NOW)
}

#[test]
fn the_usual_manifest_plays_out_as_a_person_computes() {
    let programme = played(&usual());

    // Checkpoints at 20, 60, 120 and 420 leave off at 504; teams at 7, 37, 82 and 102. Tripwires start at 504 + 3, protocols
    // at 531 + 4, milestones at 575 + 6, and the last one leaves off at 608.
    let offsets: Vec<u64> = programme.timeline.iter().map(|it| it.offset_minutes).collect();
    assert_eq!(
        offsets,
        [
            0, 7, 20, 37, 60, 82, 102, 120, 420, 507, 513, 519, 525, 535, 543, 551, 559, 567, 581,
            590, 599
        ]
    );
    assert_eq!(programme.total_minutes, 608 + 15);
    assert_eq!(programme.started_at.to_string(), "2026-11-23T06:37:00Z", "on the minute");
    assert_eq!(programme.completed_at.to_string(), "2026-11-23T17:00:00Z");
}

#[test]
fn a_check_in_after_the_end_is_not_delivered() {
    let programme = played(&usual());

    let due: Vec<(u64, bool)> =
        programme.check_ins.iter().map(|it| (it.due_at_minutes, it.delivered)).collect();
    assert_eq!(due, [(20, true), (120, true), (360, true), (1_680, false)]);
    assert_eq!(programme.delivered(), 3);

    // With an interval of 623 minutes the first would fall on the end itself.
    let mut manifest = usual();
    let checkpoints = &mut manifest.autonomy.as_mut().unwrap().progress_checkpoints;
    checkpoints.truncate(1);
    let end = played(&{
        let mut without = manifest.clone();
        without.autonomy = None;
        without
    })
    .total_minutes;
    // Without checkpoints: teams leave off at 162, so tripwires start at 165 and all ends at 281.
    assert_eq!(end, 165 + 24 + 4 + 40 + 6 + 27 + 15);
}

#[test]
fn an_empty_manifest_ends_after_the_least_time() {
    let programme = played(&Manifest::default());

    // max(5, 7) + 3 = 10, + 4 = 14, + 6 = 20, + 15.
    assert_eq!(programme.total_minutes, 35);
    assert_eq!(programme.timeline.len(), 1);
    assert!(programme.check_ins.is_empty());
}

#[test]
fn events_at_the_same_minute_keep_their_order() {
    let mut manifest = usual();
    let checkpoints = &mut manifest.autonomy.as_mut().unwrap().progress_checkpoints;
    checkpoints[0].interval_minutes = 7;

    let programme = played(&manifest);

    let at_seven: Vec<&str> = programme
        .timeline
        .iter()
        .filter(|it| it.offset_minutes == 7)
        .map(|it| it.headline.as_str())
        .collect();
    assert_eq!(at_seven, ["Context sync", "Report of Capital Desk"]);
}

#[test]
fn a_playbook_runs_an_interval_after_the_last_run() {
    let improvement = usual().self_improvement.unwrap();
    let next = |index: usize, last| {
        let playbook = improvement.playbooks.get(index).unwrap();
        next_run(playbook, last, NOW).map(Timestamp::unix_seconds)
    };

    assert_eq!(next(0, Some(1_790_000_400)), Some(1_790_000_400 + 604_800));
    assert_eq!(next(1, Some(1_790_000_400)), Some(1_790_000_400 + 3_600));
    assert_eq!(next(1, None), Some(1_795_415_862 + 3_600), "one that never ran starts from now");
    assert_eq!(next(1, Some(0)), Some(1_795_415_862 + 3_600));
    assert_eq!(next(2, Some(1_790_000_400)), None, "a person starts it");
}
