//! The budget: cap, spent, held back, left, and the burn.

pub(crate) mod view_model;

use std::sync::Arc;

use leptos::prelude::*;
use phase8_shared::mission::MissionState;
use phase8_shared::money::MicroUsd;

use crate::live::LiveMission;
use crate::pages::mission::budget::view_model::{Burn, shares, standing};
use crate::ui::{Card, Disclosure, Progress};

const WIDTH: u64 = 360;
const HEIGHT: u64 = 72;

/// The budget of a mission.
#[component]
pub(crate) fn BudgetCard(
    /// The mission.
    live: LiveMission,
    /// Its state.
    state: Signal<Arc<MissionState>>,
) -> impl IntoView {
    let budget = Memo::new(move |_| state.with(|state| state.budget));
    let standing = Memo::new(move |_| standing(&budget.get()));
    let tone = Signal::derive(move || standing.get().0);
    let label = Signal::derive(move || standing.get().1);
    let text = Signal::derive(move || {
        let budget = budget.get();
        format!("{} of {}", budget.spent.saturating_add(budget.reserved), budget.cap)
    });
    let amount = move |read: fn(&phase8_shared::mission::Budget) -> MicroUsd| {
        move || read(&budget.get()).to_string()
    };
    view! {
        <Card title="Budget" id="budget">
            <Progress
                label
                value=Signal::derive(move || budget.get().spent.get())
                held=Signal::derive(move || budget.get().reserved.get())
                max=Signal::derive(move || budget.get().cap.get())
                text
                tone=tone
            />
            <dl class="budget__amounts">
                <div><dt>"Cap"</dt><dd class="number" data-testid="budget-cap">{amount(|budget| budget.cap)}</dd></div>
                <div><dt>"Spent"</dt><dd class="number" data-testid="budget-spent">{amount(|budget| budget.spent)}</dd></div>
                <div><dt>"Held back"</dt><dd class="number">{amount(|budget| budget.reserved)}</dd></div>
                <div><dt>"Left"</dt><dd class="number">{amount(phase8_shared::mission::Budget::remaining)}</dd></div>
            </dl>
            <BurnChart live state />
            <ShareTable state />
        </Card>
    }
}

/// What was spent over mission time.
#[component]
fn BurnChart(live: LiveMission, state: Signal<Arc<MissionState>>) -> impl IntoView {
    let burn =
        Memo::new(move |earlier: Option<&Burn>| live.with(|journal| Burn::of(journal, earlier)));
    let now = Memo::new(move |_| state.with(|state| state.clock.at(state.as_of)));
    // The chart's top is what was spent, not the cap: a small burn under a large cap would be a flat line.
    let top = Memo::new(move |_| {
        burn.with(|burn| burn.steps.last().map_or(MicroUsd::ZERO, |(_, spent)| *spent))
    });
    let line = move || burn.with(|burn| burn.path(now.get(), top.get(), WIDTH, HEIGHT));
    let title = move || format!("Spent over mission time: {} after {}", top.get(), now.get());
    view! {
        <Show when=move || burn.with(|burn| !burn.steps.is_empty())>
            <figure class="burn">
                <svg
                    class="burn__chart"
                    viewBox=format!("-1 -2 {} {}", WIDTH + 2, HEIGHT + 4)
                    preserveAspectRatio="none"
                    role="img"
                    aria-label=title
                >
                    <path class="burn__area" d=move || format!("{}V{HEIGHT}Z", line())></path>
                    <path class="burn__line" d=line></path>
                </svg>
                <figcaption class="burn__caption">
                    <span>"Launch"</span>
                    <span>{move || format!("{} by now", top.get())}</span>
                    <span>{move || format!("T+{}", now.get())}</span>
                </figcaption>
            </figure>
        </Show>
    }
}

/// The same by agent, as a table.
#[component]
fn ShareTable(state: Signal<Arc<MissionState>>) -> impl IntoView {
    let rows = Memo::new(move |_| state.with(|state| shares(state)));
    view! {
        <Disclosure summary="By agent">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Agent"</th>
                        <th scope="col" class="number">"Spent"</th>
                        <th scope="col" class="number">"Share"</th>
                        <th scope="col" class="number">"Missed check-ins"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=|share| (share.role.clone(), share.spent, share.missed, share.percent) let:share>
                        <tr>
                            <th scope="row">{share.role}</th>
                            <td class="number">{share.spent.to_string()}</td>
                            <td class="number">{format!("{} %", share.percent)}</td>
                            <td class="number">{share.missed}</td>
                        </tr>
                    </For>
                </tbody>
            </table>
        </Disclosure>
    }
}
