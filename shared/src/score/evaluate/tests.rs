//! The measured score, by hand.

use super::*;
use crate::id::Seq;
use crate::mission::{Actor, Event, MissionState, Payload, Payment, PaymentKind};
use crate::money::TokenAmount;
use crate::score::record::{MissionRecord, VoteKind, standings};
use crate::timeline::sample;

fn adapter(id: &str) -> ModelAdapter {
    let file = include_str!("../../../../configs/model-adapters.json");
    let adapters = crate::policy::read_adapters(file).into_result().unwrap().0;
    ModelAdapter { id: id.parse().unwrap(), ..adapters[0].clone() }
}

fn mission(records: &[(&str, AdapterRecord)]) -> MissionRecord {
    let mut mission = MissionRecord::of(&sample::ledger()).unwrap();
    mission.adapters =
        records.iter().map(|(id, record)| ((*id).to_owned(), record.clone())).collect();
    mission
}

/// The sample up to its first payout, with the validator's share.
fn paid_ledger() -> Vec<Event> {
    let mut events = sample::ledger();
    let mut paid = sample::paid();
    if let Payload::MilestonePaid { payments, .. } = &mut paid {
        payments.push(Payment {
            payee: sample::VALIDATOR,
            amount: sample::tokens("10"),
            kind: PaymentKind::Validator,
        });
    }
    let last = events.last().unwrap().clone();
    events.push(Event { seq: last.seq.next(), actor: Actor::Chain, payload: paid, ..last });
    events
}

fn record(change: impl FnOnce(&mut AdapterRecord)) -> AdapterRecord {
    let mut record = AdapterRecord {
        answered: 40,
        cost: MicroUsd::new(8_000),
        latencies: vec![1_000; 40],
        delivered: 4,
        accepted: 4,
        verdicts_for: 8,
        ..AdapterRecord::default()
    };
    change(&mut record);
    record
}

#[test]
fn each_part_of_the_score_moves_it_by_its_weight_and_no_other_part() {
    let worse = |change: fn(&mut AdapterRecord)| {
        let mission = mission(&[("best", record(|_| {})), ("other", record(change))]);
        let scored = score_adapters(&[adapter("best"), adapter("other")], |_| 0, [&mission]);
        let of = |id: &str| {
            let found = scored.iter().find(|it| it.id == id).unwrap();
            found.measured.clone().unwrap()
        };
        assert_eq!(of("best").score, 10_000);
        of("other")
    };
    for (change, part, score) in [
        (|it: &mut AdapterRecord| (it.accepted, it.cost) = (2, MicroUsd::new(4_000)), 5_000, 8_750),
        (|it: &mut AdapterRecord| it.verdicts_against = 8, 5_000, 9_000),
        (|it: &mut AdapterRecord| it.verdicts_for = 0, 5_000, 9_000),
        (|it: &mut AdapterRecord| it.trips = 4, 5_000, 9_000),
        (|it: &mut AdapterRecord| it.cost = MicroUsd::new(16_000), 5_000, 9_250),
        (|it: &mut AdapterRecord| it.failed = 40, 5_000, 9_500),
        (|it: &mut AdapterRecord| it.latencies = vec![2_000; 40], 5_000, 9_500),
    ] as [(fn(&mut AdapterRecord), u32, u32); 7]
    {
        let measured = worse(change);
        let parts = measured.parts;
        let all = [
            parts.acceptance,
            parts.verdicts,
            parts.safety,
            parts.economy,
            parts.reliability,
            parts.speed,
        ];
        assert_eq!(all.iter().filter(|it| **it == part).count(), 1, "{all:?}");
        assert_eq!(all.iter().filter(|it| **it == 10_000).count(), 5, "{all:?}");
        assert_eq!(measured.score, score, "{all:?}");
    }
}

#[test]
fn an_adapter_without_a_finished_step_is_ranked_last_and_challenges_nobody() {
    let idle = AdapterRecord { answered: 9, ..AdapterRecord::default() };
    let mission = mission(&[("idle", idle), ("busy", record(|_| {}))]);
    let adapters = [adapter("idle"), adapter("busy"), adapter("unseen")];

    let scored = score_adapters(&adapters, |it| i64::from(it.id.as_str() == "unseen"), [&mission]);

    let order: Vec<&str> = scored.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(order, ["busy", "unseen", "idle"]);
    let incumbents = BTreeMap::from([(sample::role("planner"), "idle".to_owned())]);
    assert_eq!(upgrades(&scored, &incumbents, Margin { lead: 1, accepted: 1 }), []);
}

#[test]
fn an_upgrade_needs_the_margin_and_enough_deliverables() {
    let slow = record(|it| it.latencies = vec![2_000; 40]);
    let mission = mission(&[("fast", record(|_| {})), ("slow", slow)]);
    let scored = score_adapters(&[adapter("fast"), adapter("slow")], |_| 0, [&mission]);
    let incumbents = BTreeMap::from([
        (sample::role("planner"), "slow".to_owned()),
        (sample::role("dev"), "fast".to_owned()),
    ]);
    let propose = |lead, accepted| upgrades(&scored, &incumbents, Margin { lead, accepted });

    let proposals = propose(500, 4);

    assert_eq!(proposals.len(), 1);
    assert_eq!(proposals[0].role, sample::role("planner"));
    assert_eq!(
        (proposals[0].incumbent.as_str(), proposals[0].challenger.as_str()),
        ("slow", "fast")
    );
    assert_eq!(
        proposals[0].reason,
        "measured-1: fast scores 1.0000 over 4 accepted deliverables, slow 0.9500 over 4"
    );
    assert_eq!(propose(501, 4), []);
    assert_eq!(propose(500, 5), []);
}

#[test]
fn a_ledger_tells_what_each_adapter_cost_and_how_each_validator_voted() {
    let events = paid_ledger();
    let told = MissionRecord::of(&events).unwrap();

    let state = MissionState::fold(&events).unwrap();
    let spent: u64 = told.adapters.values().map(|it| it.cost.get()).sum();
    assert_eq!(spent, state.budget.spent.get(), "every micro-dollar is somebody's");
    let approvals: Vec<_> =
        told.votes.iter().filter(|vote| vote.kind == VoteKind::Approval).collect();
    let given = events.iter().filter(|it| matches!(it.payload, Payload::ApprovalGiven { .. }));
    assert_eq!(approvals.len(), given.count());
    assert!(approvals.iter().all(|vote| vote.stood && vote.asked < vote.card));
    let standing = standings([&told]);
    assert_eq!(standing[0].validator, sample::VALIDATOR);
    assert_eq!(standing[0].rewards, sample::tokens("10"));
    assert_eq!(standing[0].votes[0].transaction, Some(sample::tx(4).transaction));
    assert_eq!(standings([&told, &told])[0].rewards, sample::tokens("20"));
    let unpaid = MissionRecord::of(&sample::ledger()).unwrap();
    assert_eq!(standings([&unpaid])[0].rewards, TokenAmount::ZERO);
    let accepted: u32 = told.adapters.values().map(|it| it.accepted).sum();
    assert_eq!(accepted, 1);
}

#[test]
fn an_approval_that_was_asked_anew_for_another_deliverable_did_not_stand() {
    let mut events = sample::ledger();
    let at =
        events.iter().position(|it| matches!(it.payload, Payload::ApprovalGiven { .. })).unwrap();
    let asked = events.iter().rposition(|it| {
        it.seq.0 <= at as u64 && matches!(it.payload, Payload::ApprovalRequested { .. })
    });
    let mut again = events[asked.unwrap()].clone();
    if let Payload::ApprovalRequested { deliverable, .. } = &mut again.payload {
        *deliverable = crate::ledger::Commitment::to(sample::SALT, b"# Another");
    }
    events.truncate(at + 1);
    again.seq = Seq(events.len() as u64 + 1);
    events.push(again);

    let told = MissionRecord::of(&events).unwrap();

    assert!(!told.votes[0].stood);
    assert_eq!(standings([&told])[0].reversals, 1);
    let against: u32 = told.adapters.values().map(|it| it.verdicts_against).sum();
    assert_eq!(against, 1);
}

#[test]
fn numbers_have_four_decimals() {
    for (units, text) in [(0, "0.0000"), (8_125, "0.8125"), (209_526, "20.9526"), (-5, "-0.0005")] {
        assert_eq!(decimals(units), text);
    }
}
