//! The scoreboard itself.

use leptos::prelude::*;
use phase8_shared::findings::{Finding, Findings, Level};
use phase8_shared::format::grouped;
use phase8_shared::score::Tenths;
use phase8_shared::scoreboard::{Judged, ProgrammeSummary, ScoreComponent, Scoreboard};
use phase8_shared::table::{Cell, Mood, Table};

use super::{levers, mesh};
use crate::ui::{Card, Disclosure, ProblemCard, Progress, StatusPill, Tone, Trouble, table_view};

/// Everything, and what was found in the file.
pub(super) fn full(from: String, judged: Judged) -> AnyView {
    let Judged { scoreboard, findings } = judged;
    let warning = (findings.has_errors() && scoreboard.is_some()).then(|| {
        let trouble = Trouble::new(
            "The manifest has errors",
            "What could not be read counts as nothing below.",
            "Mend what the findings name, then choose the file again. Nothing can be planned from it before that.",
        );
        view! { <ProblemCard trouble /> }
    });
    let found = (!findings.is_empty()).then(|| {
        let table = table_view(found(&findings), "");
        view! { <Card title="Findings" testid="scoreboard-findings">{table}</Card> }
    });
    view! {
        {warning}
        {found}
        {scoreboard.map(|scoreboard| measured(from, scoreboard))}
    }
    .into_any()
}

fn measured(from: String, scoreboard: Scoreboard) -> AnyView {
    let verdict = scoreboard.verdict();
    let Scoreboard { score, guardrail, passes, components, measured, tables, programme, mesh } =
        scoreboard;
    let (tone, word) =
        if passes { (Tone::Ok, "Passes") } else { (Tone::Bad, "Below the guardrail") };
    let tools = move || view! { <StatusPill tone label=word /> };
    let facts = measured.into_iter().map(|it| view! { <dt>{it.name}</dt> <dd>{it.value}</dd> });
    let tables = tables.into_iter().map(|table| {
        let title = format!("{} ({})", table.title, table.rows.len());
        view! { <Card title>{table_view(table, "The manifest names none")}</Card> }
    });
    view! {
        <Card title="Dominance score" testid="dominance" tools>
            <div class="score">
                <p class="score__total">
                    <span class="score__number" data-testid="dominance-score">{score.to_string()}</span>
                    <span class="score__of">" / 100"</span>
                </p>
                <div class="score__parts">{components.into_iter().map(component).collect_view()}</div>
            </div>
            <p class="board__verdict" data-testid="dominance-verdict" data-guardrail=guardrail.to_string() role="status">
                {verdict}
            </p>
            <p class="note" data-testid="dominance-source">"Of " {from} "."</p>
            <Disclosure summary="Everything that is measured">
                <dl class="facts" data-testid="dominance-measured">{facts.collect_view()}</dl>
            </Disclosure>
        </Card>
        <div class="board__two">
            {summary(score, programme)}
            {levers::card()}
        </div>
        {mesh::card(mesh)}
        {tables.collect_view()}
    }
    .into_any()
}

fn component(component: ScoreComponent) -> AnyView {
    let text = component.words();
    let said = text.clone();
    let ScoreComponent { name, measures, points, of, .. } = component;
    view! {
        <div title=measures data-testid="dominance-component" data-said=said>
            <Progress label=name value=u64::from(points) max=u64::from(of) * 100 text />
        </div>
    }
    .into_any()
}

/// The Simulation Summary of the programme.
fn summary(score: Tenths, programme: ProgrammeSummary) -> AnyView {
    let ProgrammeSummary { horizon_minutes, checkpoints, check_ins, delivered, timeline, schedule } =
        programme;
    let numbers = [
        ("Horizon", format!("{} min", grouped(horizon_minutes))),
        ("Checkpoints", checkpoints.to_string()),
        ("Check-ins delivered", format!("{delivered} of {check_ins}")),
        ("Dominance score", score.to_string()),
    ];
    let numbers = numbers.into_iter().map(|(name, value)| {
        view! { <div class="numbers__one"><dt>{name}</dt><dd>{value}</dd></div> }
    });
    view! {
        <Card title="Simulation Summary" testid="programme">
            <dl class="numbers">{numbers.collect_view()}</dl>
            <p class="note">"The programme as the manifest plans it, if all goes well. A mission's own plan is on the Launch page."</p>
            <Disclosure summary="Everything that happens">
                {table_view(timeline, "The manifest plans nothing")}
            </Disclosure>
            <Disclosure summary="Every check-in">
                {table_view(schedule, "The manifest plans no check-in")}
            </Disclosure>
        </Card>
    }
    .into_any()
}

/// The findings, the gravest first.
fn found(findings: &Findings) -> Table {
    let row = |it: &Finding| {
        let (word, mood) = match it.level {
            Level::Error => ("Error", Mood::Bad),
            Level::Warning => ("Warning", Mood::Look),
            Level::Info => ("Note", Mood::Good),
        };
        let line = it.line.unwrap_or_default();
        vec![
            Cell::words(word).felt(mood),
            Cell::number(line.into(), line.to_string()),
            Cell::words(&it.message).with(&it.help),
            Cell::words(&it.path),
        ]
    };
    let levels = [Level::Error, Level::Warning, Level::Info];
    let rows = levels.into_iter().flat_map(|level| findings.at(level)).map(row);
    Table::new("findings", "Findings", &["Level", "Line", "Finding", "Path"]).with(rows)
}
