//! The manager's registry: domains, sentinels and capital streams, its parameters, and the self-improvement plan.

mod acts;
mod entries;
mod field;
mod form;
#[cfg(test)]
mod tests;
mod view_model;

use leptos::prelude::*;
use phase8_shared::api::{ReadRequest, ReadValue};
use phase8_shared::chain::field::{Field, Names};
use phase8_shared::chain::manager::{EntryKind, Registry};
use phase8_shared::chain::{Call, Contracts};

use self::entries::{Entries, Tabs};
use crate::api::{self, ClientError};
use crate::lever::Place;
use crate::pages::owner::center::use_center;
use crate::pages::owner::offered::PlacedLever;
use crate::pages::owner::polled::Faces;
use crate::ui::{Card, CopyText};

/// Reads the whole registry; the bindings after the entries that they belong to.
pub(super) async fn read(contracts: &Contracts) -> Result<Registry, ClientError> {
    let garbled = |error: phase8_shared::chain::manager::RegistryError| {
        ClientError::Garbled(error.to_string())
    };
    let answers = api::reads(&ReadRequest::of(Registry::calls(contracts))).await?.before;
    let registry = Registry::read(&answers).map_err(garbled)?;
    let bindings = ask_all(&registry.binding_calls(contracts)).await?;
    registry.bind(&bindings).map_err(garbled)
}

/// Asks as many calls as one likes, as many at once as the server takes.
async fn ask_all(calls: &[Call]) -> Result<Vec<ReadValue>, ClientError> {
    let mut answers = Vec::with_capacity(calls.len());
    for calls in calls.chunks(ReadRequest::MAX_CALLS) {
        answers.extend(api::reads(&ReadRequest::of(calls.to_vec())).await?.before);
    }
    Ok(answers)
}

/// The part.
#[component]
pub(super) fn RegistrySection() -> impl IntoView {
    let center = use_center();
    view! {
        <Faces face=center.registry.face() loading="Reading the registry" on_retry=center.retry()>
            <div class="owner__stack">
                {EntryKind::ALL.map(|kind| view! { <Entries kind /> }).collect_view()}
                <Parameters />
                <Improvement />
            </div>
        </Faces>
    }
    .into_any()
}

/// The parameters of the whole fleet.
#[component]
fn Parameters() -> impl IntoView {
    let registry = use_center().registry.value();
    let tab = RwSignal::new(0_usize);
    let unset = move || registry.with(|it| it.as_ref().is_some_and(|it| !it.has_parameters()));
    let told = move || {
        registry.with(|registry| {
            let registry = registry.as_ref()?;
            // What was never set is not worth a line each.
            let is_set = registry.has_parameters();
            let parameters = if is_set { registry.parameters.as_slice() } else { &[] };
            let mut facts = lines(parameters, registry);
            facts.push(("Guardian council".to_owned(), registry.council.to_string()));
            facts.push(("System pause".to_owned(), registry.system_pause.to_string()));
            Some(facts_view(facts))
        })
    };
    view! {
        <Card title="Parameters" testid="owner-parameters">
            <Show when=unset>
                <p class="note">"The global parameters were never set: set all of them first."</p>
            </Show>
            {told}
            <Tabs acts=acts::PARAMETERS.to_vec() about=None tab />
            <div class="owner__levers">
                {acts::PARAMETERS.map(|act| view! { <PlacedLever place=Place::new(act.place) /> }).collect_view()}
            </div>
        </Card>
    }
    .into_any()
}

/// The self-improvement plan, and its runs.
#[component]
fn Improvement() -> impl IntoView {
    let registry = use_center().registry.value();
    let tab = RwSignal::new(0_usize);
    let told = move || {
        registry.with(|registry| {
            let registry = registry.as_ref()?;
            Some(if registry.has_plan() {
                facts_view(lines(&registry.plan, registry))
            } else {
                view! { <p class="note">"There is no plan yet. Once one is set, each run of it can be recorded."</p> }
                    .into_any()
            })
        })
    };
    view! {
        <Card title="Self-improvement plan" testid="owner-plan">
            {told}
            <Tabs acts=acts::PLAN.to_vec() about=None tab />
            <div class="owner__levers">{acts::PLAN.map(|act| view! { <PlacedLever place=Place::new(act.place) /> }).collect_view()}</div>
        </Card>
    }
    .into_any()
}

fn lines(fields: &[Field], registry: &Registry) -> Vec<(String, String)> {
    view_model::facts(fields, &registry.names(Names::default()))
}

fn facts_view(facts: Vec<(String, String)>) -> AnyView {
    let line = |(label, words): (String, String)| {
        let value = if words.starts_with("0x") {
            let label = label.to_lowercase();
            view! { <CopyText text=words label /> }.into_any()
        } else {
            view! { {words} }.into_any()
        };
        view! {
            <dt>{label}</dt>
            <dd>{value}</dd>
        }
    };
    view! { <dl class="facts">{facts.into_iter().map(line).collect_view()}</dl> }.into_any()
}
