//! The contracts that the directives name, with what each can do and what holds it back.

use leptos::prelude::*;
use phase8_shared::chain::Contracts;
use phase8_shared::policy::{ControlSurface, OwnerDirectives};

use crate::pages::owner::center::use_center;
use crate::pages::owner::rows::{Cell, Row, Sorting};
use crate::pages::owner::table::{DataTable, Detail, Plan};
use crate::ui::{Card, Tone};

const PLAN: Plan = Plan {
    caption: "Control surfaces",
    testid: "owner-surfaces",
    headings: &["Surface", "Address", "On this deployment", "Functions"],
    empty: ("No control surface is named", "The directives name no contract."),
};

fn rows(directives: &OwnerDirectives, contracts: &Contracts) -> Vec<Row> {
    let row = |surface: &ControlSurface| {
        let found = surface.locate(contracts);
        let known = found.and_then(|address| contracts.name_of(address));
        let state = match (known, found) {
            (Some(name), _) => Cell::state(Tone::Ok, name.to_string()),
            (None, Some(_)) => {
                Cell::state_why(Tone::Warn, "Another contract", "not of this deployment")
            }
            (None, None) => Cell::state_why(Tone::Bad, "Not found", "no contract has this name"),
        };
        let address =
            found.map_or_else(|| surface.address.to_string(), |address| address.to_string());
        let methods = surface.methods.len();
        Row {
            id: surface.key.clone(),
            cells: vec![
                Cell::lines(surface.name.clone(), surface.description.clone()),
                Cell::copy(address, "address"),
                state,
                Cell::number(u64::try_from(methods).unwrap_or(u64::MAX), methods.to_string()),
            ],
        }
    };
    directives.control_surfaces.iter().map(row).collect()
}

/// The surfaces.
#[component]
pub(super) fn Surfaces(directives: Memo<Option<OwnerDirectives>>) -> impl IntoView {
    let center = use_center();
    let rows = Signal::derive(move || {
        let Some(contracts) = center.contracts() else { return Vec::new() };
        directives.with(|it| it.as_ref().map(|it| rows(it, &contracts)).unwrap_or_default())
    });
    let detail = Detail {
        words: "Open",
        view: Callback::new(move |key: String| {
            directives
                .with_untracked(|it| it.as_ref()?.surface(&key).map(surface_view))
                .unwrap_or_else(|| ().into_any())
        }),
        open: RwSignal::new(None),
    };
    view! {
        <Card title="Control surfaces" testid="owner-surface-list">
            <DataTable plan=PLAN rows sorting=Sorting::up(0) detail />
        </Card>
    }
    .into_any()
}

fn surface_view(surface: &ControlSurface) -> AnyView {
    let list = |title: &'static str, items: &[String]| {
        (!items.is_empty()).then(|| {
            let lines = items.iter().cloned().map(|item| view! { <li>{item}</li> }).collect_view();
            view! {
                <div>
                    <h4 class="owner__subtitle">{title}</h4>
                    <ul class="plan-list plan-list--dots">{lines}</ul>
                </div>
            }
        })
    };
    let methods = surface.methods.iter().map(|method| {
        let known = method.title().map_or_else(
            || "No function of these contracts that the owner can call.".to_owned(),
            |title| format!("Here: {title}."),
        );
        view! {
            <li>
                <p class="mono">{method.signature.clone()}</p>
                <p>{method.description.clone()} " " <span class="note">{known}</span></p>
                {method.safety_notes.clone().map(|notes| view! { <p class="note">{notes}</p> })}
            </li>
        }
    });
    view! {
        <div class="owner__detail">
            <div class="plan-grid">
                {list("It can", &surface.capabilities)}
                {list("Held back by", &surface.guardrails)}
            </div>
            <h4 class="owner__subtitle">"Functions"</h4>
            <ul class="plan-list">{methods.collect_view()}</ul>
        </div>
    }
    .into_any()
}
