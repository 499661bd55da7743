//! Missions from launch to payout without a browser: the usual job, a kill in the middle, and a pause that is obeyed.

use std::collections::BTreeSet;
use std::time::Duration;

use alloy::primitives::{B256, U256};
use anyhow::Result;
use phase8_shared::api::{MissionHead, routes};
use phase8_shared::chain::{Circumstances, DevRole, Intent, Lever};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{CompactTree, leaf_hash};
use phase8_shared::mission::{
    CallOutcome, Event, Lifecycle, MissionState, Outcome, PauseCause, Payload,
};
use phase8_shared::money::TokenAmount;
use phase8_tests::{Chain, MissionControl, Parts, now};

#[tokio::test]
async fn the_usual_eight_hour_job_rehearses_in_under_two_minutes_with_every_event_in_the_ledger()
-> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start(&parts).await?;
    let chain = control.chain().await?;
    let mission = MissionId::from_bytes([1; 16]);
    let start = now();

    control.launch_usual(&parts, &chain, mission, 480).await?;
    control.fund(&chain, mission).await?;
    let state = control.see_through(&chain, mission, Duration::from_mins(2)).await?;

    assert!(start.elapsed() < Duration::from_mins(2), "{:?}", start.elapsed());
    assert!(matches!(&state.lifecycle, Lifecycle::Closed { outcome: Outcome::Completed, .. }));
    assert!(
        state.agents.values().all(|agent| agent.check_ins > 0 && agent.missed == 0),
        "{:?}",
        state.agents
    );
    assert!(state.steps.iter().all(|step| step.status.is_done()));
    assert_complete(&control, mission).await?;
    assert_eq!(chain.balance_of(chain.deployment.contracts.escrow).await?, TokenAmount::ZERO);
    Ok(())
}

#[tokio::test]
async fn a_mission_killed_in_the_middle_finishes_with_nothing_lost_repeated_or_paid_twice()
-> Result<()> {
    let parts = Parts::find()?;
    let mut control = MissionControl::start(&parts).await?;
    let chain = control.chain().await?;
    let mission = MissionId::from_bytes([2; 16]);
    control.launch_usual(&parts, &chain, mission, 2_000).await?;
    control.fund(&chain, mission).await?;

    let mut before: Vec<Event> = Vec::new();
    for moment in ["a call is under way", "a milestone is asked for", "a milestone is paid"] {
        control
            .until(mission, moment, |state| match moment {
                "a call is under way" => !state.open_calls.is_empty(),
                "a milestone is asked for" => state.awaiting_approval().next().is_some(),
                _ => state.paid() > TokenAmount::ZERO,
            })
            .await?;
        let known = control.ledger(mission).await?;
        assert_eq!(known.get(..before.len()), Some(&before[..]), "history is what it was");
        before = known;
        control.kill_and_restart().await?;
        assert_eq!(
            control.ledger(mission).await?.get(..before.len()),
            Some(&before[..]),
            "nothing confirmed is lost"
        );
        control.approve_waiting(&control.chain().await?, mission).await?;
    }
    let chain = control.chain().await?;
    let state = control.see_through(&chain, mission, Duration::from_mins(2)).await?;

    assert!(matches!(&state.lifecycle, Lifecycle::Closed { outcome: Outcome::Completed, .. }));
    let events = assert_complete(&control, mission).await?;
    let unknown = |event: &&Event| {
        matches!(event.payload, Payload::ModelCallSettled { outcome: CallOutcome::Unknown {}, .. })
    };
    assert!(
        events.iter().filter(unknown).count() >= 1,
        "the call under way at the kill is shown as unknown"
    );
    assert!(state.budget.spent <= state.budget.cap);
    let reward = state.created.terms.reward;
    assert_eq!(state.paid(), reward, "every milestone is paid once");
    assert_eq!(chain.balance_of(chain.deployment.contracts.escrow).await?, TokenAmount::ZERO);
    Ok(())
}

#[tokio::test]
async fn a_fleet_paused_on_chain_spends_nothing_until_it_is_resumed() -> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start(&parts).await?;
    let chain = control.chain().await?;
    let mission = MissionId::from_bytes([3; 16]);
    control.launch_usual(&parts, &chain, mission, 480).await?;
    control.fund(&chain, mission).await?;
    control.until(mission, "a call is under way", |state| !state.open_calls.is_empty()).await?;

    flip(&chain, Lever::PauseFleet).await?;
    let paused = control
        .until(mission, "it is paused", |state| state.pauses.contains(&PauseCause::Fleet))
        .await?;
    let settled =
        control.until(mission, "calls are cut off", |state| state.open_calls.is_empty()).await?;
    flip(&chain, Lever::ResumeFleet).await?;
    control
        .until(mission, "it goes on", |state| {
            state.pauses.is_empty() && !state.open_calls.is_empty()
        })
        .await?;

    let events = control.ledger(mission).await?;
    let position =
        |wanted: fn(&Payload) -> bool| events.iter().position(|event| wanted(&event.payload));
    let from =
        position(|payload| matches!(payload, Payload::MissionPaused { .. })).unwrap_or_default();
    let upto =
        position(|payload| matches!(payload, Payload::MissionResumed { .. })).unwrap_or_default();
    let meanwhile = events.get(from..upto).unwrap_or_default();
    assert!(from < upto);
    assert!(
        !meanwhile.iter().any(|event| matches!(event.payload, Payload::ModelCallRequested { .. })),
        "{meanwhile:#?}"
    );
    assert_eq!(settled.budget.reserved.get(), 0);
    assert_eq!(
        settled.clock.at(settled.as_of),
        paused.clock.at(paused.as_of),
        "mission time stood still"
    );
    Ok(())
}

#[tokio::test]
async fn the_stream_resumes_after_the_last_event_without_a_gap_or_a_double() -> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start(&parts).await?;
    let chain = control.chain().await?;
    let mission = MissionId::from_bytes([4; 16]);
    control.launch_usual(&parts, &chain, mission, 4_000).await?;
    control.fund(&chain, mission).await?;

    let first = stream(&control, mission, Seq::ZERO, 5).await?;
    let rest = stream(&control, mission, Seq(5), 10).await?;

    let seqs: Vec<u64> = first.iter().chain(&rest).map(|(id, _)| *id).collect();
    assert_eq!(seqs, (1..=15).collect::<Vec<_>>());
    let ledger = control.ledger(mission).await?;
    for ((_, body), event) in first.iter().chain(&rest).zip(&ledger) {
        assert_eq!(&serde_json::from_str::<Event>(body)?, event);
    }
    Ok(())
}

/// Reads so many events of the stream, resuming after `after` as a browser does.
async fn stream(
    control: &MissionControl,
    mission: MissionId,
    after: Seq,
    count: usize,
) -> Result<Vec<(u64, String)>> {
    use futures_util::StreamExt;

    let request = reqwest::Client::default().get(control.at(&routes::stream(mission, Seq::ZERO)));
    let answer = request.header("Last-Event-ID", after.to_string()).send().await?;
    let (mut bytes, mut text, mut events) = (answer.bytes_stream(), String::new(), Vec::new());
    while events.len() < count {
        let Some(chunk) = bytes.next().await else {
            anyhow::bail!("the stream ended after {} events", events.len())
        };
        text.push_str(std::str::from_utf8(&chunk?)?);
        while let Some((block, left)) = text.split_once("\n\n") {
            let field =
                |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            if let (Some(id), Some(data)) = (field("id:"), field("data:")) {
                events.push((id.parse()?, data.to_owned()));
            }
            text = left.to_owned();
        }
    }
    events.truncate(count);
    Ok(events)
}

/// The ledger is gapless, its root is the root of its bytes, replaying it gives one state, and no call has two outcomes.
async fn assert_complete(control: &MissionControl, mission: MissionId) -> Result<Vec<Event>> {
    let events = control.ledger(mission).await?;
    let head: MissionHead = control.mission(mission).await?.head;
    assert_eq!(
        events.iter().map(|event| event.seq.0).collect::<Vec<_>>(),
        (1..=head.seq.0).collect::<Vec<_>>()
    );
    let bodies = stream(control, mission, Seq::ZERO, events.len()).await?;
    let tree = CompactTree::of(
        &bodies.iter().map(|(_, body)| leaf_hash(body.as_bytes())).collect::<Vec<_>>(),
    );
    assert_eq!(tree.head(), head.tree, "the root is the root of the bytes that were sent");
    let settled: Vec<_> = events
        .iter()
        .filter_map(|event| {
            let Payload::ModelCallSettled { call, .. } = &event.payload else { return None };
            Some(*call)
        })
        .collect();
    assert_eq!(settled.iter().collect::<BTreeSet<_>>().len(), settled.len(), "one outcome a call");
    assert!(MissionState::fold(&events).is_some());
    Ok(events)
}

async fn flip(chain: &Chain, lever: Lever) -> Result<()> {
    let around = Circumstances {
        chain_id: chain.deployment.chain_id,
        nonce: U256::ZERO,
        deadline: 0,
        delay: 0,
        salt: B256::ZERO,
    };
    let call = Intent::new(lever, &chain.deployment.contracts, around).transaction();
    chain.send(chain.account(DevRole::Owner, 0)?, call.to, call.data).await?;
    Ok(())
}
