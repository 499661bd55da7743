//! Active Adapter: which model answers for an agent, or for all of the mission. A lower score needs a written reason.

use alloy_primitives::B256;
use leptos::prelude::*;
use phase8_shared::api::RegisteredAdapter;
use phase8_shared::chain::words::scope_words;
use phase8_shared::chain::{AdapterScope, Lever, adapter_key};

use crate::lever::panel::LeverPanel;
use crate::lever::place::Place;
use crate::lever::rail::MissionLevers;
use crate::lever::rail::view_model::{needs_reason, score_words};
use crate::ui::{Field, Glyph};

/// The lever with its choices.
#[component]
pub(super) fn AdapterLever(levers: MissionLevers) -> impl IntoView {
    let desk = levers.desk;
    let scope_at = RwSignal::new(0_usize);
    let chosen = RwSignal::new(None::<B256>);
    let reason = RwSignal::new(String::new());
    let known = Memo::new(move |_| {
        desk.governance.known().with(|view| {
            let all = view.iter().flat_map(|view| &view.adapters);
            all.filter(|one| one.registered).cloned().collect::<Vec<_>>()
        })
    });
    let scope =
        Memo::new(move |_| levers.scopes.with(|scopes| scopes.get(scope_at.get()).cloned()));
    let now =
        Memo::new(move |_| levers.known().and_then(|it| it.active.get(scope_at.get()).copied()));
    let planned = Memo::new(move |_| {
        levers.live.state().with(|state| {
            let adapters = state.iter().flat_map(|state| &state.created.adapters);
            adapters.map(|adapter| adapter_key(&adapter.id)).collect::<Vec<_>>()
        })
    });
    let lower = Memo::new(move |_| {
        let (Some(new), Some(now)) = (chosen.get(), now.get()) else { return false };
        let in_use = if now.is_zero() { planned.get() } else { vec![now] };
        known.with(|known| needs_reason(new, &in_use, known))
    });
    let committed_reason = RwSignal::new(String::new());
    let lever = Memo::new(move |_| {
        let (scope, now, new) = (scope.get()?, now.get()?, chosen.get()?);
        let reason = committed_reason.with(|reason| reason.trim().to_owned());
        let ready = new != now && (!lower.get() || !reason.is_empty());
        let reason = if lower.get() { reason } else { String::new() };
        ready.then_some(Lever::ActiveAdapter { scope, now, new, reason })
    });
    let idle = Signal::derive(move || {
        if known.with(Vec::is_empty) {
            return Some("No adapter stands in the registry yet.".to_owned());
        }
        match (chosen.get(), now.get()) {
            (_, None) => Some("Reading the chain…".to_owned()),
            (None, _) => Some("Choose an adapter to see what it would change.".to_owned()),
            (Some(new), Some(now)) if new == now => {
                Some("That adapter is active already.".to_owned())
            }
            _ if lower.get() => {
                Some("It scores lower: write down why, then it can be signed.".to_owned())
            }
            _ => None,
        }
    });
    let place = Place::of("lever-adapter", levers.live.id());
    let options = move || {
        let mut all = known.get();
        all.sort_by_key(|one| std::cmp::Reverse(one.score));
        all.into_iter().map(option).collect_view()
    };
    let scopes = move || {
        let names = desk.names();
        let scopes = levers.scopes.get().into_iter().enumerate();
        scopes
            .map(|(at, scope)| {
                let words = match &scope {
                    AdapterScope::Mission { .. } => "Every agent of this mission".to_owned(),
                    AdapterScope::Agent { role, .. } => format!("The {role} of this mission"),
                    AdapterScope::Role { .. } => scope_words(&scope, &names),
                };
                view! { <option value=at.to_string()>{words}</option> }
            })
            .collect_view()
    };
    let active = move || {
        let names = desk.names();
        now.get()
            .map(|now| {
                if now.is_zero() {
                    "Now the mission's plan decides.".to_owned()
                } else {
                    format!("Now {}.", names.of(now))
                }
            })
            .unwrap_or_default()
    };
    view! {
        <LeverPanel place lever live=levers.live title="Active Adapter" glyph=Glyph::System idle>
            <Field id="adapter-scope" label="For whom">
                <select
                    class="input"
                    id="adapter-scope"
                    data-testid="adapter-scope"
                    aria-describedby="adapter-scope-note"
                    on:change=move |event| scope_at.set(event_target_value(&event).parse().unwrap_or_default())
                >
                    {scopes}
                </select>
            </Field>
            <Field id="adapter-select" label="Adapter, by score" hint=Signal::derive(active)>
                <select
                    class="input"
                    id="adapter-select"
                    data-testid="adapter-select"
                    aria-describedby="adapter-select-note"
                    on:change=move |event| chosen.set(event_target_value(&event).parse().ok())
                >
                    <option value="">"Choose…"</option>
                    {options}
                </select>
            </Field>
            <Show when=move || lower.get()>
                <Field
                    id="adapter-reason"
                    label="Why one with a lower score"
                    hint=Signal::derive(|| "It is stored on the chain.".to_owned())
                >
                    <textarea
                        class="input"
                        id="adapter-reason"
                        data-testid="adapter-reason"
                        aria-describedby="adapter-reason-note"
                        rows="2"
                        maxlength="500"
                        prop:value=move || reason.get()
                        on:input=move |event| reason.set(event_target_value(&event))
                        on:change=move |_| committed_reason.set(reason.get_untracked())
                    ></textarea>
                </Field>
            </Show>
        </LeverPanel>
    }
}

fn option(adapter: RegisteredAdapter) -> impl IntoView {
    let words = format!("{} · {}", adapter.id, score_words(adapter.score));
    view! { <option value=adapter.key.to_string()>{words}</option> }
}
