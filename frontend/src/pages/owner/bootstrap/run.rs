//! Carrying a plan out by wallet: one call after the other, each checked before it is signed and waited for before the next.
//! Whatever stops it, what is on the chain stays, and the next plan goes on from there.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use phase8_shared::plan::survey::Outlined;

use super::PLACE;
use crate::lever::{Desk, Draft, Place, Progress};

/// Milliseconds between two looks at a call that is under way.
const GLANCE: u32 = 250;

/// How far a plan is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Run {
    /// Nobody began.
    #[default]
    Idle,
    /// It is under way.
    Going(At),
    /// It stopped before its end.
    Stopped(At, (String, String)),
    /// All of it is sent.
    Done(usize),
}

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At {
    /// Calls that are through.
    pub(super) done: usize,
    /// Calls in all.
    pub(super) of: usize,
    /// The call that is next, or under way.
    pub(super) title: String,
}

/// The place of an order's lever.
pub(super) fn place_of(key: &str) -> Place {
    Place::new(format!("{PLACE}{key}"))
}

/// A draft of an order's lever.
fn draft_of(order: &Outlined) -> Draft {
    Draft::new(order.lever.clone(), order.salt)
}

/// Sends the orders. It ends early as soon as a person wants it, something goes wrong, or the page is left.
pub(super) async fn carry_out(
    desk: Desk,
    orders: Vec<Outlined>,
    run: RwSignal<Run>,
    halt: RwSignal<bool>,
) {
    let of = orders.len();
    for (done, order) in orders.iter().enumerate() {
        let at = At { done, of, title: order.title.clone() };
        // Whether the page is still there is known by whether its signals are.
        match halt.try_get_untracked() {
            None => return,
            Some(true) => {
                let what = "You stopped it".to_owned();
                let mend = "Press the button again to go on.".to_owned();
                run.try_set(Run::Stopped(at, (what, mend)));
                return;
            }
            Some(false) => {}
        }
        run.try_set(Run::Going(at.clone()));
        let place = place_of(&order.key);
        let ended = match desk.order(&place, draft_of(order)).await {
            Ok(()) => landed(desk, &place, halt).await,
            Err(words) => Err(words),
        };
        if let Err(words) = ended {
            run.try_set(Run::Stopped(at, words));
            return;
        }
    }
    run.try_set(Run::Done(of));
}

/// Waits until a call is in force, or scheduled where it is delayed.
async fn landed(desk: Desk, place: &Place, halt: RwSignal<bool>) -> Result<(), (String, String)> {
    let flip = move || desk.flips().with_untracked(|flips| flips.get(place).cloned());
    while halt.try_get_untracked().is_some() {
        desk.look().await;
        let Some(flip) = flip() else { return Ok(()) };
        match flip.progress {
            Progress::Read { .. } => {
                // What is in force is in the registry from now on; the place is for the next plan.
                desk.withdraw(place);
                return Ok(());
            }
            Progress::Confirmed { .. } if flip.operation.is_some() => return Ok(()),
            Progress::Failed { why, .. } => {
                let what = format!("It came to nothing: {why}");
                return Err((what, "Plan again: what is on the chain is left out.".to_owned()));
            }
            Progress::Proposed { trouble } => return trouble.map_or(Ok(()), Err),
            Progress::Asking { .. }
            | Progress::Signed { .. }
            | Progress::Sent { .. }
            | Progress::Confirmed { .. } => TimeoutFuture::new(GLANCE).await,
        }
    }
    Ok(())
}

impl Run {
    /// Whether a call after another is being sent.
    pub(super) const fn is_going(&self) -> bool {
        matches!(self, Self::Going(_))
    }

    /// How many calls are through, of how many; `None` before it began.
    pub(super) const fn far(&self) -> Option<(usize, usize)> {
        match self {
            Self::Idle => None,
            Self::Going(at) | Self::Stopped(at, _) => Some((at.done, at.of)),
            Self::Done(of) => Some((*of, *of)),
        }
    }
}
