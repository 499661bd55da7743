//! The Simulation Summary: what happens if all goes as planned, what it costs, and how it stands against the rules.

use leptos::prelude::*;
use phase8_shared::simulate::{CostRange, RuleVerdict, Simulation, Verdict};

use super::desk::use_desk;
use super::plan_chart::{self, LANE, Lane, WIDTH};
use crate::format;
use crate::ui::{Card, Disclosure, EmptyState, Glyph, Icon, Tone};

/// The simulation of the uploaded job.
#[component]
pub(super) fn SimulationCard() -> impl IntoView {
    let desk = use_desk();
    let simulation =
        Memo::new(move |_| desk.review.with(|review| review.as_ref()?.simulation.clone()));
    view! {
        <Card title="Simulation Summary" testid="simulation">
            {move || match simulation.get() {
                None => {
                    view! {
                        <EmptyState
                            title="Nothing to simulate yet"
                            text="The plan is played through as soon as the whole job spec can be read."
                            glyph=Glyph::Clock
                        />
                    }
                        .into_any()
                }
                Some(simulation) => view! { <Outcome simulation /> }.into_any(),
            }}
        </Card>
    }
}

#[component]
fn Outcome(simulation: Simulation) -> impl IntoView {
    let checkpoints = simulation.steps.len();
    let check_ins = simulation.check_ins.len();
    let cost = simulation.cost.range.map_or_else(|| "not known".to_owned(), range_words);
    let lanes = plan_chart::lanes(&simulation);
    let horizon = simulation.horizon;
    let table = simulation.clone();
    let verdicts = simulation
        .verdicts
        .iter()
        .cloned()
        .map(|verdict| view! { <VerdictRow verdict /> })
        .collect_view();
    view! {
        <dl class="numbers">
            <div class="numbers__one"><dt>"Horizon"</dt><dd>{plan_chart::short_minutes(horizon.get())}</dd></div>
            <div class="numbers__one"><dt>"Checkpoints"</dt><dd>{checkpoints}</dd></div>
            <div class="numbers__one"><dt>"Check-ins"</dt><dd>{check_ins}</dd></div>
            <div class="numbers__one"><dt>"Model cost"</dt><dd>{cost}</dd></div>
        </dl>
        <Plan lanes horizon=horizon.get() />
        <ul class="verdicts" aria-label="Rules">
            {verdicts}
        </ul>
        <Disclosure summary="The plan as a table">
            <PlanTable simulation=table />
        </Disclosure>
        <Disclosure summary="How the cost was forecast">
            <CostTable simulation />
        </Disclosure>
    }
}

/// The lanes; the table below says the same.
#[component]
fn Plan(lanes: Vec<Lane>, horizon: u32) -> impl IntoView {
    let height = u32::try_from(lanes.len()).unwrap_or_default().saturating_mul(LANE);
    let names = lanes.iter().map(|lane| view! { <li>{lane.role.clone()}</li> }).collect_view();
    let view_box = format!("0 0 {WIDTH} {height}");
    let drawn = lanes.into_iter().map(|lane| view! { <LaneDrawing lane /> }).collect_view();
    let marks = plan_chart::marks(horizon);
    let grid = marks.iter().map(|mark| view! { <line class="plan__grid" x1=mark.left x2=mark.left y1="0" y2=height></line> });
    let grid = grid.collect_view();
    view! {
        <div class="plan" aria-hidden="true">
            <ol class="plan__names">{names}</ol>
            <svg class="plan__chart" viewBox=view_box preserveAspectRatio="none">{grid}{drawn}</svg>
            <ol class="plan__axis">{marks.into_iter().map(|mark| view! { <li>{mark.label}</li> }).collect_view()}</ol>
        </div>
        <p class="plan__legend" aria-hidden="true">
            <span class="plan__key plan__key--paid">"pays a milestone"</span>
            <span class="plan__key plan__key--unpaid">"pays nothing"</span>
            <span class="plan__key plan__key--tick">"check-in"</span>
        </p>
    }
}

#[component]
fn LaneDrawing(lane: Lane) -> impl IntoView {
    let Lane { top, bars, ticks, .. } = lane;
    let bars = bars.into_iter().map(|bar| {
        let class = if bar.is_paid { "plan__bar plan__bar--paid" } else { "plan__bar" };
        view! {
            <rect class=class x=bar.left y=top + 7 width=bar.width height=LANE - 14>
                <title>{bar.label}</title>
            </rect>
        }
    });
    let ticks = ticks.into_iter().map(|left| view! { <line class="plan__tick" x1=left x2=left y1=top + 11 y2=top + LANE - 11></line> });
    view! {
        <g>{bars.collect_view()}{ticks.collect_view()}</g>
    }
}

#[component]
fn VerdictRow(verdict: RuleVerdict) -> impl IntoView {
    let RuleVerdict { rule, verdict, words } = verdict;
    let (tone, word) = match verdict {
        Verdict::Pass => (Tone::Ok, "holds"),
        Verdict::Warn => (Tone::Warn, "look at it"),
        Verdict::Fail => (Tone::Bad, "broken"),
    };
    view! {
        <li class=format!("verdicts__row tone--{}", tone.as_str()) data-rule=rule>
            <Icon glyph=Glyph::from(tone) />
            <span class="verdicts__rule">{rule} <span class="visually-hidden">{word}</span></span>
            <span class="verdicts__words">{words}</span>
        </li>
    }
}

#[component]
fn PlanTable(simulation: Simulation) -> impl IntoView {
    let rows = simulation.steps.into_iter().map(|step| {
        let milestone = step
            .milestone
            .and_then(|index| simulation.milestones.iter().find(|one| one.index == index));
        let pays = milestone.map_or_else(
            || "nothing".to_owned(),
            |one| format!("{} ({})", one.payout_bps, one.name),
        );
        view! {
            <tr>
                <th scope="row">{step.checkpoint.to_string()}</th>
                <td class="mono">{plan_chart::short_minutes(step.start.get())}</td>
                <td class="mono">{plan_chart::short_minutes(step.end.get())}</td>
                <td class="mono">{step.calls}</td>
                <td>{pays}</td>
            </tr>
        }
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="The plan">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Checkpoint"</th>
                        <th scope="col">"Starts"</th>
                        <th scope="col">"Due"</th>
                        <th scope="col">"Calls"</th>
                        <th scope="col">"Pays"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn CostTable(simulation: Simulation) -> impl IntoView {
    let rows = simulation.cost.lines.into_iter().map(|line| {
        view! {
            <tr>
                <th scope="row">{line.role.to_string()}</th>
                <td class="mono">{line.model.to_string()}</td>
                <td class="mono">{line.calls}</td>
                <td class="mono">{line.range.map_or_else(|| "price not known".to_owned(), range_words)}</td>
            </tr>
        }
    });
    view! {
        <p class="note">{simulation.cost.basis}</p>
        <div class="table-scroll" tabindex="0" role="region" aria-label="The cost forecast">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Agent"</th>
                        <th scope="col">"Adapter"</th>
                        <th scope="col">"Calls"</th>
                        <th scope="col">"Cost"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn range_words(range: CostRange) -> String {
    format!("{} – {}", format::cents_down(range.low), format::cents_up(range.high))
}
