//! What missions ask people, and what follows from the answers: on the real program, a real chain and a real browser, with
//! a fake in place of a hosted model. What the page says is checked against the ledger and against the chain.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON that lacks a key is null, and then the test stops"
)]

mod approvals;
mod budget;
mod check_ins;
mod job;
mod lost_calls;
mod model;
mod stage;
mod tripwires;

use anyhow::{Context, Result};

use crate::stage::Stage;

#[tokio::test]
async fn a_short_budget_is_answered_in_each_of_three_ways_and_never_passed() -> Result<()> {
    let stage = Stage::set().await?;
    stage.short_budget().await?;
    assert_eq!(stage.page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_call_cut_off_by_a_power_cut_is_charged_in_full_until_the_owner_reconciles_it()
-> Result<()> {
    let mut stage = Stage::set().await?;
    stage.lost_call().await?;
    assert_eq!(stage.page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn halts_end_by_the_right_person_alone_and_missed_check_ins_are_named() -> Result<()> {
    let stage = Stage::set().await?;
    // Nobody looks at this one for a minute of the wall's clock, while the others are played.
    let neglected = stage.neglected().await?;
    stage.held_text().await.context("a text is held back")?;
    stage.overcharged().await.context("a call is overcharged")?;
    let delivered = stage.looked_at().await.context("a check-in is kept")?;
    stage.approvals(delivered).await.context("approvals")?;
    stage.missed(neglected).await.context("a check-in is missed")?;
    stage.late(neglected).await.context("late signatures")?;
    assert_eq!(stage.page.complaints(), Vec::<String>::new());
    Ok(())
}
