//! A lever as a card: what it would do and the button to sign it, then the flip that is under way or was the last.

use leptos::prelude::*;
use phase8_shared::chain::Lever;
use wasm_bindgen::JsCast;

use crate::lever::Levers;
use crate::lever::flip::{Engine, Flip, Progress, Slot, Stage};
use crate::lever::proposal::Proposal;
use crate::lever::words::{idle_reason, in_force};
use crate::ui::{Button, ButtonKind, CopyText, Glyph, Icon, Stages};

/// A lever without a number: Pause Fleet, Resume Fleet, Tripwire Pause.
#[component]
pub(crate) fn LeverCard(
    /// The levers it belongs to.
    levers: Levers,
    /// What it flips.
    lever: Lever,
    /// Its icon.
    glyph: Glyph,
) -> impl IntoView {
    let slot = Slot::of(&lever);
    let reason = Memo::new(move |_| match levers.readings() {
        Some(Ok(readings)) => idle_reason(&lever, &readings),
        Some(Err(_)) => {
            Some("The chain cannot be read, so nothing can be checked or signed.".to_owned())
        }
        None => Some("Reading the chain…".to_owned()),
    });
    view! {
        <section class="lever" class:lever--idle=move || reason.with(Option::is_some) id=slot.id() data-testid=slot.id() aria-label=lever.title()>
            <h3 class="lever__title">
                <Icon glyph />
                {lever.title()}
            </h3>
            <FlipView levers place=slot lever=Signal::derive(move || reason.with(Option::is_none).then_some(lever)) />
            {move || reason.get().map(|reason| view! { <p class="lever__reason">{reason}</p> })}
        </section>
    }
}

/// What can be signed in a place, and the flip there with its stages.
#[component]
pub(crate) fn FlipView(
    /// The levers it belongs to.
    levers: Levers,
    /// Where it is.
    place: Slot,
    /// What can be signed now, if anything.
    #[prop(into)]
    lever: Signal<Option<Lever>>,
) -> impl IntoView {
    let flip = levers.flip(place);
    let offered = Memo::new(move |_| {
        let words = flip.with(|flip| {
            flip.as_ref()
                .is_none_or(|flip| flip.is_proposal() || flip.is_asking() || flip.has_failed())
        });
        lever.get().filter(|_| words)
    });
    let begun = Memo::new(move |_| flip.with(Option::is_some));
    view! {
        {move || offered.get().map(|lever| view! { <Proposal levers lever /> })}
        <Show when=move || begun.get()>
            <FlipStages levers place />
        </Show>
    }
}

/// The stages, the transaction behind them, and Undo once the engine obeyed.
#[component]
fn FlipStages(levers: Levers, place: Slot) -> impl IntoView {
    let flip = levers.flip(place);
    let stage = Memo::new(move |_| {
        flip.with(|flip| {
            flip.as_ref().map(|flip| levers.around().live.with(|journal| flip.stage(journal)))
        })
    });
    let marks = Signal::derive(move || {
        let engine = levers.engine();
        flip.with(|flip| {
            flip.as_ref()
                .map(|flip| levers.around().live.with(|journal| flip.marks(journal, engine)))
                .unwrap_or_default()
        })
    });
    let told = move || {
        let engine = levers.engine();
        flip.with(|flip| {
            flip.as_ref().map(|flip| {
                levers.around().live.with(|journal| tell(flip, flip.stage(journal), engine))
            })
        })
    };
    let hash = Memo::new(move |_| flip.with(|flip| flip.as_ref().and_then(Flip::hash)));
    let undo = Memo::new(move |_| {
        let lever = flip.with(|flip| flip.as_ref().map(|flip| flip.lever))?;
        let done = match levers.engine() {
            Engine::Listening => stage.get() == Some(Stage::Obeyed),
            Engine::Stopped => stage.get() >= Some(Stage::Confirmed),
        };
        let readings = levers.readings()?.ok()?;
        (done && in_force(&lever, &readings)).then(|| lever.inverse())
    });
    let over = Memo::new(move |_| flip.with(|flip| flip.as_ref().is_some_and(Flip::has_failed)));
    view! {
        <div
            class="flip"
            data-testid="lever-stage"
            data-stage=move || stage.get().map_or("none", Stage::name)
            data-failed=move || over.get().to_string()
        >
            <Stages marks />
            <p class="flip__told">{told}</p>
            {move || {
                hash.get()
                    .map(|hash| {
                        view! {
                            <p class="flip__hash">
                                <Icon glyph=Glyph::Link />
                                <CopyText text=hash.to_string() label="transaction hash" />
                            </p>
                        }
                    })
            }}
        </div>
        <div class="flip__actions">
            {move || {
                undo.get()
                    .map(|inverse| {
                        view! {
                            <Button on_press=Callback::new(move |()| bring_up(levers, inverse)) testid="lever-undo">
                                <Icon glyph=Glyph::Refresh />
                                {format!("Undo: {}", inverse.title())}
                            </Button>
                        }
                    })
            }}
            <Show when=move || over.get()>
                <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| levers.withdraw(place))>"Dismiss"</Button>
            </Show>
        </div>
    }
}

/// Proposes an inverse flip and leads the eye and the focus to it; it is signed like any other.
fn bring_up(levers: Levers, inverse: Lever) {
    levers.propose(inverse);
    let slot = Slot::of(&inverse);
    request_animation_frame(move || {
        let button = document()
            .query_selector(&format!("#{} [data-testid=lever-sign]", slot.id()))
            .ok()
            .flatten();
        let target = button.or_else(|| document().get_element_by_id(slot.id()));
        if let Some(target) =
            target.and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok())
        {
            target.scroll_into_view_with_bool(false);
            let _ = target.focus();
        }
    });
}

/// What stands at hand, in a sentence.
fn tell(flip: &Flip, stage: Stage, engine: Engine) -> String {
    if stage == Stage::Obeyed {
        return "Obeyed: the engine recorded it in the mission's ledger.".to_owned();
    }
    match &flip.progress {
        Progress::Proposed { .. } => "Proposed. Nothing was signed, nothing was sent.".to_owned(),
        Progress::Asking { .. } => "Checked, and waiting for your answer in the wallet.".to_owned(),
        Progress::Signed { .. } => {
            "Signed. Waiting for the chain to know the transaction.".to_owned()
        }
        Progress::Sent { .. } => "Sent. Waiting for a block.".to_owned(),
        Progress::Confirmed { block, .. } => match engine {
            Engine::Listening => {
                format!("Confirmed in block {block}. Waiting for the engine to obey.")
            }
            Engine::Stopped => format!(
                "Confirmed in block {block}. This mission is over, so only other missions obey."
            ),
        },
        Progress::Reverted { block, .. } => {
            format!("The contract refused it in block {block}; nothing changed.")
        }
        Progress::Dropped { reason, .. } => format!("It will not be in a block: {reason}."),
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;

    use super::*;

    #[test]
    fn each_stage_says_what_is_waited_for() {
        let hash = B256::ZERO;
        let at = |progress| Flip { lever: Lever::PauseFleet, progress };
        for (flip, stage, words) in [
            (
                at(Progress::Proposed { trouble: None }),
                Stage::Proposed,
                "Proposed. Nothing was signed, nothing was sent.",
            ),
            (at(Progress::Sent { hash }), Stage::Sent, "Sent. Waiting for a block."),
            (
                at(Progress::Sent { hash }),
                Stage::Obeyed,
                "Obeyed: the engine recorded it in the mission's ledger.",
            ),
        ] {
            assert_eq!(tell(&flip, stage, Engine::Listening), words);
        }
    }
}
