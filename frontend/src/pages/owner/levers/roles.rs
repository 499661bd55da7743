//! The active adapter of a role, in every mission.

use alloy_primitives::B256;
use leptos::prelude::*;
use phase8_shared::chain::{AdapterScope, Lever};
use phase8_shared::id::Role;

use super::adapters::{ROLES, all};
use super::view_model::Known;
use crate::lever::{LeverPanel, Place, score_words};
use crate::pages::owner::center::use_center;
use crate::ui::{Card, Field, Glyph};

/// Whether the new adapter scores lower than the one in force, so that a reason is needed.
fn is_lower(new: B256, now: B256, all: &[Known]) -> bool {
    let score = |key: B256| {
        all.iter().find(|it| it.key == key).and_then(|it| it.registered.as_ref()).map(|it| it.score)
    };
    matches!((score(new), score(now)), (Some(new), Some(now)) if new < now)
}

/// The lever with its choices.
#[component]
pub(super) fn RoleAdapter() -> impl IntoView {
    let center = use_center();
    let all = all(center);
    let role = RwSignal::new(Role::PLANNER.to_owned());
    let chosen = RwSignal::new(None::<B256>);
    let reason = RwSignal::new(String::new());
    let scope = Memo::new(move |_| {
        role.with(|role| role.trim().parse::<Role>().ok()).map(|role| AdapterScope::Role { role })
    });
    let now = Memo::new(move |_| {
        let key = scope.with(|scope| scope.as_ref().map(AdapterScope::key))?;
        center.with_governance(|view| {
            let found = view.active.iter().find(|it| it.scope == key);
            found.and_then(|it| it.history.last().copied()).unwrap_or_default()
        })
    });
    let lower = Memo::new(move |_| match (chosen.get(), now.get()) {
        (Some(new), Some(now)) => all.with(|all| is_lower(new, now, all)),
        _ => false,
    });
    let lever = Memo::new(move |_| {
        let (scope, now, new) = (scope.get()?, now.get()?, chosen.get()?);
        let reason =
            if lower.get() { reason.with(|it| it.trim().to_owned()) } else { String::new() };
        let is_ready = new != now && (!lower.get() || !reason.is_empty());
        is_ready.then_some(Lever::ActiveAdapter { scope, now, new, reason })
    });
    let idle = Signal::derive(move || match (scope.get(), chosen.get(), now.get()) {
        (None, ..) => Some("A role is 1 to 32 letters, digits, - or _.".to_owned()),
        (_, _, None) => Some("Reading the registry of adapters…".to_owned()),
        (_, None, _) => Some("Choose an adapter to see what it would change.".to_owned()),
        (_, Some(new), Some(now)) if new == now => {
            Some("That adapter is active already.".to_owned())
        }
        _ if lower.get() => {
            Some("It scores lower: write down why, then it can be signed.".to_owned())
        }
        _ => None,
    });
    let options = move || {
        let registered = all.get().into_iter().filter(Known::is_registered);
        let option = |it: Known| {
            let scored = it.registered.as_ref().map(|it| score_words(it.score));
            let words = format!("{} · {}", it.id, scored.unwrap_or_default());
            view! { <option value=it.key.to_string()>{words}</option> }
        };
        registered.map(option).collect_view()
    };
    let hint = Signal::derive(move || {
        let Some(now) = now.get() else { return String::new() };
        let name = all.with(|all| all.iter().find(|it| it.key == now).map(|it| it.id.clone()));
        match name {
            Some(name) => format!("Now {name}."),
            None if now.is_zero() => "Now the plan of each mission decides.".to_owned(),
            None => format!("Now {now}."),
        }
    });
    view! {
        <Card title="Adapter of a role" testid="owner-role-adapter">
            <LeverPanel place=Place::new("lever-role-adapter") lever title="Active Adapter of a role" glyph=Glyph::System idle>
                <div class="owner__two">
                    <Field id="role-name" label="Role, in every mission" hint="planner, dev, analyst or another">
                        <input
                            class="input"
                            id="role-name"
                            list="role-names"
                            autocomplete="off"
                            aria-describedby="role-name-note"
                            data-testid="role-name"
                            prop:value=move || role.get()
                            on:change=move |event| role.set(event_target_value(&event))
                        />
                        <datalist id="role-names">
                            {ROLES.map(|name| view! { <option value=name></option> }).collect_view()}
                        </datalist>
                    </Field>
                    <Field id="role-adapter" label="Adapter" hint>
                        <select
                            class="input"
                            id="role-adapter"
                            data-testid="role-adapter"
                            aria-describedby="role-adapter-note"
                            on:change=move |event| chosen.set(event_target_value(&event).parse().ok())
                        >
                            <option value="">"Choose…"</option>
                            {options}
                        </select>
                    </Field>
                </div>
                <Show when=move || lower.get()>
                    <Field id="role-reason" label="Why one with a lower score" hint="It is stored on the chain.">
                        <textarea
                            class="input"
                            id="role-reason"
                            data-testid="role-reason"
                            aria-describedby="role-reason-note"
                            rows="2"
                            maxlength="500"
                            prop:value=move || reason.get()
                            on:change=move |event| reason.set(event_target_value(&event))
                        ></textarea>
                    </Field>
                </Show>
            </LeverPanel>
        </Card>
    }
    .into_any()
}
