//! The stages of a flip, the transaction behind them, and Undo once it is in force.

use leptos::prelude::*;
use phase8_shared::chain::Lever;

use crate::lever::desk::{Desk, use_desk};
use crate::lever::flip::{Flip, Standing, Track, Way, Witness};
use crate::lever::panel::waiting::WaitingView;
use crate::lever::panel::{PanelView, lead_to};
use crate::ui::{Button, ButtonKind, CopyText, Glyph, Icon, Stages};

/// The stages, the transaction behind them, and Undo.
#[component]
pub(super) fn FlipStages(
    /// The panel that it belongs to.
    view: PanelView,
) -> impl IntoView {
    let desk = use_desk();
    let (flip, standing) = (view.flip, view.standing);
    let name = move || standing.with(|it| it.as_ref().map_or("none", Standing::name));
    let failed =
        Memo::new(move |_| standing.with(|it| matches!(it, Some(Standing::Failed { .. }))));
    let over = Memo::new(move |_| standing.with(|it| it.as_ref().is_some_and(Standing::is_over)));
    let marks = Signal::derive(move || {
        standing
            .with(|standing| {
                let standing = standing.as_ref()?;
                flip.with(|flip| flip.as_ref().map(|flip| flip.marks(standing)))
            })
            .unwrap_or_default()
    });
    let told = move || standing.with(|it| it.as_ref().map(tell));
    let note = move || flip.with(|flip| flip.as_ref().and_then(|flip| flip.note.clone()));
    let track = Memo::new(move |_| flip.with(|flip| flip.as_ref().and_then(Flip::track).cloned()));
    let waiting = Memo::new(move |_| {
        standing.with(|it| match it {
            Some(Standing::Waiting { ready_at, operation }) => Some((*ready_at, *operation)),
            _ => None,
        })
    });
    let undo = Memo::new(move |_| {
        let obeyed = standing.with(|it| matches!(it, Some(Standing::Obeyed { .. })));
        let lever = flip.with(|flip| flip.as_ref().map(|flip| flip.lever.clone()))?;
        obeyed.then(|| undo_of(desk, &lever)).flatten()
    });
    let dismiss = Callback::new(move |()| desk.withdraw(&view.place()));
    view! {
        <div
            class="flip"
            data-testid="lever-stage"
            data-stage=name
            data-failed=move || failed.get().to_string()
        >
            <Stages marks />
            <p class="flip__told">{told}</p>
            {move || note().map(|note| view! { <p class="flip__note">{note}</p> })}
            {move || track.get().map(|track| view! { <TrackView track /> })}
        </div>
        {move || {
            waiting.get().map(|(ready_at, operation)| view! { <WaitingView view ready_at operation /> })
        }}
        <div class="flip__actions">
            {move || {
                undo.get()
                    .map(|inverse| {
                        let title = inverse.title();
                        let press = Callback::new(move |()| {
                            desk.propose(&view.place(), inverse.clone());
                            lead_to(&view.place());
                        });
                        view! {
                            <Button on_press=press testid="lever-undo">
                                <Icon glyph=Glyph::Refresh />
                                {format!("Undo: {title}")}
                            </Button>
                        }
                    })
            }}
            <Show when=move || over.get()>
                <Button kind=ButtonKind::Quiet on_press=dismiss testid="lever-dismiss">"Dismiss"</Button>
            </Show>
        </div>
    }
    .into_any()
}

/// What a flip is followed by, to copy.
#[component]
fn TrackView(track: Track) -> impl IntoView {
    let hash = track.current();
    view! {
        {track
            .digest
            .map(|digest| {
                view! {
                    <p class="flip__hash">
                        <Icon glyph=Glyph::Sign />
                        "Request "
                        <CopyText text=digest.to_string() label="digest of the request" />
                    </p>
                }
            })}
        {hash
            .map(|hash| {
                view! {
                    <p class="flip__hash">
                        <Icon glyph=Glyph::Link />
                        <CopyText text=hash.to_string() label="transaction hash" />
                    </p>
                }
            })}
    }
}

/// The flip that undoes this one. A summons got its token when it was included, so it is looked up.
fn undo_of(desk: Desk, lever: &Lever) -> Option<Lever> {
    let Lever::Summon { mission, validator, expiry } = lever else { return lever.inverse() };
    desk.governance.known().with(|view| {
        let standing = view.as_ref()?.summonses.iter().find(|it| {
            it.mission == *mission && it.validator == *validator && it.revoked.is_none()
        })?;
        Some(Lever::RevokeSummons {
            token: standing.token,
            mission: *mission,
            validator: *validator,
            expiry: *expiry,
        })
    })
}

/// What stands at hand, in a sentence.
fn tell(standing: &Standing) -> String {
    match standing {
        Standing::Proposed => "Proposed. Nothing was signed, nothing was sent.".to_owned(),
        Standing::Asking(Way::Wallet) => {
            "Checking once more, then your wallet asks you.".to_owned()
        }
        Standing::Asking(Way::Relay) => {
            "Checking once more, then your wallet asks you to sign; the relay sends.".to_owned()
        }
        Standing::Signed => "Signed. Waiting for the chain to know the transaction.".to_owned(),
        Standing::Sent => "Sent. Waiting for a block.".to_owned(),
        Standing::Confirmed { block } => {
            format!("Confirmed in block {block}. Waiting for its effect to show.")
        }
        Standing::Waiting { .. } => {
            "Scheduled. It waits for its time; until then it can be cancelled.".to_owned()
        }
        Standing::CarriedOut { block } => {
            format!("Carried out in block {block}. Waiting for its effect to show.")
        }
        Standing::Obeyed { by: Witness::Ledger } => {
            "Obeyed: the engine recorded it in the mission's ledger.".to_owned()
        }
        Standing::Obeyed { by: Witness::Chain(block) } => {
            format!("In force: the endpoints agree on the new value at block {block}.")
        }
        Standing::Failed { why } => format!("It has no effect: {why}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_says_what_is_waited_for() {
        for (standing, words) in [
            (Standing::Proposed, "Proposed. Nothing was signed, nothing was sent."),
            (Standing::Sent, "Sent. Waiting for a block."),
            (
                Standing::Obeyed { by: Witness::Ledger },
                "Obeyed: the engine recorded it in the mission's ledger.",
            ),
            (
                Standing::Failed { why: "the owner cancelled it before its time".to_owned() },
                "It has no effect: the owner cancelled it before its time.",
            ),
        ] {
            assert_eq!(tell(&standing), words);
        }
    }
}
