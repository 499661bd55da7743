//! A lever as a panel: what it would do and the ways to sign it, then the flip that is under way or was the last.

mod bytes;
mod checks;
mod evidence;
mod exits;
mod proposal;
mod stages;
mod waiting;

use alloy_primitives::B256;
use leptos::prelude::*;
use phase8_shared::chain::Lever;
use phase8_shared::timeline::evidence;
use wasm_bindgen::JsCast;

use crate::lever::desk::use_desk;
use crate::lever::flip::{Engine, Flip, Progress, Standing, Surroundings, Witness};
use crate::lever::panel::proposal::Proposal;
use crate::lever::panel::stages::FlipStages;
use crate::lever::place::Place;
use crate::live::LiveMission;
use crate::ui::{Glyph, Icon};

/// A lever in its place.
#[component]
pub(crate) fn LeverPanel(
    /// Where it is; also its `data-testid`.
    place: Place,
    /// What can be signed now, if anything.
    #[prop(into)]
    lever: Signal<Option<Lever>>,
    /// The mission on this page, whose ledger tells when the engine obeys.
    #[prop(optional)]
    live: Option<LiveMission>,
    /// Its name, where the lever itself does not give one.
    #[prop(optional, into)]
    title: Option<String>,
    /// Its icon.
    #[prop(optional, into)]
    glyph: Option<Glyph>,
    /// Why there is nothing to sign.
    #[prop(optional, into)]
    idle: Signal<Option<String>>,
    /// Tells the operation of a delayed lever from another with the same effect, where that is not left to chance.
    #[prop(optional)]
    salt: Option<B256>,
    /// What the lever is set with, above the proposal.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let view = PanelView { salt, ..PanelView::new(place, live) };
    view.follow_offer(lever);
    let flip = view.flip;
    let proposed = Memo::new(move |_| {
        let standing = view.standing.get();
        match standing {
            None => lever.get(),
            Some(Standing::Proposed | Standing::Asking(_)) => {
                flip.with(|flip| flip.as_ref().map(|flip| flip.lever.clone()))
            }
            Some(_) => None,
        }
    });
    let begun = Memo::new(move |_| view.standing.with(Option::is_some));
    let quiet = Memo::new(move |_| proposed.with(Option::is_none) && !begun.get());
    let named = title.clone();
    let name = Memo::new(move |_| {
        let own = || {
            let offered = lever.with(|lever| lever.as_ref().map(Lever::title));
            offered.or_else(|| flip.with(|flip| flip.as_ref().map(|flip| flip.lever.title())))
        };
        title.clone().unwrap_or_else(|| own().unwrap_or("Lever").to_owned())
    });
    let testid = view.place.with_value(|place| place.testid().to_owned());
    view! {
        <section
            class="lever"
            class:lever--idle=move || quiet.get()
            id=testid.clone()
            data-testid=testid
            aria-label=named.unwrap_or_else(|| name.get_untracked())
        >
            <h3 class="lever__title">
                {glyph.map(|glyph| view! { <Icon glyph /> })}
                {move || name.get()}
            </h3>
            {children.map(|children| children())}
            {move || proposed.get().map(|lever| view! { <Proposal view lever /> })}
            <Show when=move || begun.get()>
                <FlipStages view />
            </Show>
            {move || {
                quiet.get().then(|| idle.get()).flatten().map(|reason| view! { <p class="lever__reason">{reason}</p> })
            }}
        </section>
    }
    .into_any()
}

/// What the parts of a panel look at.
#[derive(Clone, Copy)]
pub(super) struct PanelView {
    pub(super) place: StoredValue<Place>,
    pub(super) flip: Memo<Option<Flip>>,
    pub(super) standing: Memo<Option<Standing>>,
    pub(super) salt: Option<B256>,
}

impl PanelView {
    fn new(place: Place, live: Option<LiveMission>) -> Self {
        let desk = use_desk();
        let flip = desk.flip(&place);
        let governance = desk.governance.known();
        let standing = Memo::new(move |_| {
            let engine = engine(live);
            flip.with(|flip| {
                let flip = flip.as_ref()?;
                Some(governance.with(|governance| {
                    let governance = governance.as_ref();
                    match live {
                        Some(live) => live.with(|journal| {
                            flip.standing(Surroundings {
                                journal: Some(journal),
                                engine,
                                governance,
                            })
                        }),
                        None => flip.standing(Surroundings { journal: None, engine, governance }),
                    }
                }))
            })
        });
        let view = Self { place: StoredValue::new(place), flip, standing, salt: None };
        if let Some(live) = live {
            view.heed_ledger(live);
        }
        view
    }

    /// What the ledger tells is over, however late the receipt is read: the place is free for the next flip.
    fn heed_ledger(self, live: LiveMission) {
        let desk = use_desk();
        // Touches the desk, which outlives this panel.
        Effect::new(move |_| {
            let told = self.standing.with(|standing| {
                matches!(standing, Some(Standing::Obeyed { by: Witness::Ledger }))
            });
            let flip = self.flip.get().filter(|_| told);
            let Some(track) = flip.as_ref().and_then(Flip::track) else { return };
            if flip.as_ref().is_some_and(Flip::is_read) {
                return;
            }
            let block = live.with_untracked(|journal| {
                let event = journal.event(journal.obeyed(track.current()?)?)?;
                evidence(&event.payload).map(|evidence| evidence.block_number)
            });
            let block = block.flatten().unwrap_or_default();
            desk.set(&self.place(), Progress::Read { track: track.clone(), block });
        });
    }

    pub(super) fn place(self) -> Place {
        self.place.get_value()
    }

    /// A proposal gives way to what the controls offer next; what is over gives way when it can be flipped again.
    fn follow_offer(self, lever: Signal<Option<Lever>>) {
        let desk = use_desk();
        // Touches the desk, which outlives this panel.
        Effect::new(move |before: Option<Option<Lever>>| {
            let offered = lever.get();
            if let (Some(before), Some(offered)) = (before, &offered) {
                let flip = self.flip.get_untracked();
                let standing = self.standing.get_untracked();
                if let (Some(flip), Some(standing)) = (flip, standing)
                    && gives_way(&flip, &standing, before.as_ref(), offered)
                {
                    if matches!(standing, Standing::Obeyed { .. } | Standing::Failed { .. }) {
                        desk.make_room(&self.place());
                    } else {
                        desk.withdraw(&self.place());
                    }
                }
            }
            offered
        });
    }
}

/// Whether a flip makes room when the controls offer something else than before.
fn gives_way(flip: &Flip, standing: &Standing, before: Option<&Lever>, offered: &Lever) -> bool {
    let changed = before.is_some_and(|before| before != offered);
    match standing {
        Standing::Proposed => changed && flip.lever != *offered,
        // Its own undo is offered beside it already.
        Standing::Obeyed { .. } => {
            before != Some(offered) && flip.lever.inverse().as_ref() != Some(offered)
        }
        Standing::Failed { .. } => changed,
        Standing::Asking(_)
        | Standing::Signed
        | Standing::Sent
        | Standing::Confirmed { .. }
        | Standing::Waiting { .. }
        | Standing::CarriedOut { .. } => false,
    }
}

fn engine(live: Option<LiveMission>) -> Engine {
    let listening = live.is_some_and(|live| {
        live.state().with(|state| state.as_ref().is_some_and(|state| !state.is_closed()))
    });
    if listening { Engine::Listening } else { Engine::Absent }
}

/// Leads the eye and the focus to the button that signs.
pub(super) fn lead_to(place: &Place) {
    let id = place.testid().to_owned();
    request_animation_frame(move || {
        let button =
            document().query_selector(&format!("#{id} [data-testid=lever-sign]")).ok().flatten();
        let target = button.or_else(|| document().get_element_by_id(&id));
        if let Some(target) =
            target.and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok())
        {
            target.scroll_into_view_with_bool(false);
            let _ = target.focus();
        }
    });
}

#[cfg(test)]
mod tests {
    use phase8_shared::money::MicroUsd;

    use super::*;
    use crate::live::sample;

    fn copilot(required: bool) -> Lever {
        Lever::CoPilot { mission: sample::mission().key(), required }
    }

    #[test]
    fn an_obeyed_flip_stays_until_it_can_be_flipped_again() {
        let over = Standing::Obeyed { by: Witness::Chain(3) };
        let flip = Flip::proposed(Lever::PauseFleet);

        assert!(gives_way(&flip, &over, None, &Lever::PauseFleet));
        assert!(!gives_way(&flip, &over, Some(&Lever::PauseFleet), &Lever::PauseFleet));

        let flip = Flip::proposed(copilot(true));
        assert!(
            !gives_way(&flip, &over, Some(&copilot(true)), &copilot(false)),
            "that is its undo"
        );
    }

    #[test]
    fn an_obeyed_flip_makes_room_when_something_else_is_chosen() {
        let over = Standing::Obeyed { by: Witness::Chain(3) };
        let cap = |now, new| Lever::BudgetCap {
            mission: sample::mission().key(),
            now: MicroUsd::new(now),
            new: MicroUsd::new(new),
        };
        let flip = Flip::proposed(cap(5, 4));

        assert!(gives_way(&flip, &over, None, &cap(4, 9)));
        assert!(!gives_way(&flip, &over, None, &cap(4, 5)), "its undo is offered already");
    }

    #[test]
    fn a_proposal_follows_its_controls_and_a_sent_flip_does_not() {
        let flip = Flip::proposed(copilot(true));

        assert!(gives_way(&flip, &Standing::Proposed, Some(&copilot(true)), &copilot(false)));
        assert!(!gives_way(&flip, &Standing::Proposed, None, &copilot(false)));
        assert!(!gives_way(&flip, &Standing::Sent, Some(&copilot(true)), &copilot(false)));
    }
}
