//! The entries of one kind: a table, and below it what can be done with the one that is chosen.

use alloy_primitives::B256;
use leptos::prelude::*;
use phase8_shared::chain::manager::{EntryKind, follow_ups};

use super::acts::{self, Act};
use super::form::FormView;
use super::view_model;
use crate::lever::{LeverPanel, Place};
use crate::pages::owner::center::use_center;
use crate::pages::owner::offered::PlacedLever;
use crate::pages::owner::rows::Sorting;
use crate::pages::owner::table::{DataTable, Detail, OpenButton, Plan};
use crate::ui::Card;

const fn plan(kind: EntryKind) -> Plan {
    let (caption, testid, empty) = match kind {
        EntryKind::Domain => ("Domains", "owner-domains", "No domain is registered"),
        EntryKind::Sentinel => ("Sentinels", "owner-sentinels", "No sentinel is registered"),
        EntryKind::Stream => {
            ("Capital streams", "owner-streams", "No capital stream is registered")
        }
    };
    let how = "Register the first one with the button above.";
    Plan { caption, testid, headings: view_model::headings(kind), empty: (empty, how) }
}

/// The entries of one kind.
#[component]
pub(super) fn Entries(kind: EntryKind) -> impl IntoView {
    let center = use_center();
    let registry = center.registry.value();
    let rows = Signal::derive(move || {
        registry.with(|it| it.as_ref().map(|it| view_model::rows(it, kind)).unwrap_or_default())
    });
    let registering = RwSignal::new(false);
    let tab = RwSignal::new(0_usize);
    let detail = Detail {
        words: "Edit",
        view: Callback::new(move |id: String| editor(kind, &id, tab)),
        open: RwSignal::new(None),
    };
    let register = acts::register(kind);
    let plan = plan(kind);
    let tools = move || view! { <OpenButton words=register.tab open=registering testid=register.function /> };
    let mut places = acts::about(kind).to_vec();
    places.push(register);
    view! {
        <Card title=plan.caption testid=plan.testid tools>
            <Show when=move || registering.get()>
                <div class="owner__detail" data-testid="register-form">
                    <FormView act=register about=None />
                </div>
            </Show>
            <DataTable plan rows sorting=Sorting::up(0) detail />
            // The levers stand outside the rows, so that a retired entry can be brought back.
            <div class="owner__levers">
                {places.into_iter().map(|act| view! { <PlacedLever place=Place::new(act.place) /> }).collect_view()}
                <Rebind kind />
            </div>
        </Card>
    }
    .into_any()
}

/// What can be done with an entry, tab by tab.
fn editor(kind: EntryKind, id: &str, tab: RwSignal<usize>) -> AnyView {
    let Ok(id) = id.parse::<B256>() else { return ().into_any() };
    let acts = acts::about(kind);
    view! { <Tabs acts=acts.to_vec() about=Some((kind, id)) tab /> }.into_any()
}

/// Forms of which one is shown.
#[component]
pub(super) fn Tabs(
    acts: Vec<Act>,
    about: Option<(EntryKind, B256)>,
    tab: RwSignal<usize>,
) -> impl IntoView {
    let heads = acts.iter().copied().enumerate().map(|(place, act)| {
        view! {
            <button
                type="button"
                class="tabs__tab"
                aria-pressed=move || (tab.get() == place).to_string()
                data-testid=format!("tab-{}", act.function)
                on:click=move |_| tab.set(place)
            >
                {act.tab}
            </button>
        }
    });
    let heads = heads.collect_view();
    view! {
        <div class="owner__detail">
            <div class="tabs" role="group" aria-label="What to change">{heads}</div>
            {move || acts.get(tab.get()).copied().map(|act| view! { <FormView act about /> })}
        </div>
    }
    .into_any()
}

/// Bindings that a retired entry had: once it is registered anew, they can be restored too.
#[component]
fn Rebind(kind: EntryKind) -> impl IntoView {
    let center = use_center();
    let place = acts::retire(kind).place;
    let flip = center.desk.flip(&Place::new(place));
    // Notes what a retirement takes away, as long as the registry still has it.
    Effect::new(move |_| {
        let lever = flip.with(|flip| flip.as_ref().map(|flip| flip.lever.clone()));
        let registry = center.registry.value();
        let again = registry.with(|registry| Some(follow_ups(&lever?, registry.as_ref()?)));
        if let Some(again) = again.filter(|again| !again.is_empty()) {
            center.follow_ups.update(|all| {
                all.insert(place, again);
            });
        }
    });
    let again = move || {
        let levers = center.follow_ups.with(|all| all.get(place).cloned())?;
        let panels = levers.into_iter().enumerate().map(|(number, lever)| {
            let place = Place::new(format!("{place}-rebind-{number}"));
            view! { <LeverPanel place lever=Signal::derive(move || Some(lever.clone())) /> }
        });
        Some(view! {
            <p class="note">"Retiring takes bindings away. After an undo, these bind again:"</p>
            {panels.collect_view()}
        })
    };
    view! { {again} }.into_any()
}
