//! Everything found in an uploaded file: level, line, path, words, and what to do.

use leptos::prelude::*;
use phase8_shared::findings::{Finding, Findings, Level};

use crate::format;
use crate::pages::owner::rows::{Cell, Row, Sorting};
use crate::pages::owner::table::{DataTable, Plan};
use crate::pages::owner::words::sentence;
use crate::ui::{Card, StatusPill, Tone};

const PLAN: Plan = Plan {
    caption: "Findings",
    testid: "owner-findings",
    headings: &["Level", "Line", "Finding", "Path"],
    empty: ("Nothing stands against this file", "It was read whole."),
};

/// The findings as rows.
fn rows(findings: &Findings) -> Vec<Row> {
    findings.iter().enumerate().map(|(place, finding)| row(place, finding)).collect()
}

fn row(place: usize, finding: &Finding) -> Row {
    let (tone, words, rank): (_, _, u64) = match finding.level {
        Level::Error => (Tone::Bad, "Error", 0),
        Level::Warning => (Tone::Warn, "Warning", 1),
        Level::Info => (Tone::Off, "Note", 2),
    };
    let help = if finding.help.is_empty() { String::new() } else { sentence(&finding.help) };
    let line = finding.line.map_or_else(|| "–".to_owned(), |line| line.to_string());
    Row {
        id: format!("{}-{place}", finding.code),
        cells: vec![
            Cell::state(tone, words).by(rank),
            Cell::number(finding.line.unwrap_or_default(), line),
            Cell::lines(sentence(&finding.message), help),
            Cell::words(finding.path.clone()),
        ],
    }
}

/// The whole list in a word.
fn verdict(findings: &Findings) -> (Tone, String) {
    let (errors, warnings) = (findings.count(Level::Error), findings.count(Level::Warning));
    match (errors, warnings) {
        (0, 0) => (Tone::Ok, "Nothing to mend".to_owned()),
        (0, warnings) => (Tone::Warn, format::count(warnings, "warning", "warnings")),
        (errors, _) => (Tone::Bad, format::count(errors, "error", "errors")),
    }
}

/// The findings in a table.
#[component]
pub(super) fn FindingsCard(
    /// What was found.
    #[prop(into)]
    findings: Signal<Findings>,
) -> impl IntoView {
    let rows = Signal::derive(move || findings.with(rows));
    let told = Memo::new(move |_| findings.with(verdict));
    let tools = move || {
        view! { <StatusPill tone=Signal::derive(move || told.get().0) label=Signal::derive(move || told.get().1) /> }
    };
    view! {
        <Card title="Findings" testid="owner-findings-card" tools>
            <DataTable plan=PLAN rows sorting=Sorting::up(0) />
        </Card>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_outweigh_warnings() {
        let finding = |level| Finding {
            level,
            code: "c".into(),
            path: "$.a".to_owned(),
            line: Some(3),
            column: None,
            message: "the window is too long".to_owned(),
            help: "shorten it".to_owned(),
        };
        let mut findings = Findings::one(finding(Level::Warning));
        assert_eq!(verdict(&findings), (Tone::Warn, "1 warning".to_owned()));

        findings.push(finding(Level::Error));
        assert_eq!(verdict(&findings), (Tone::Bad, "1 error".to_owned()));
        let row = rows(&findings).remove(0);
        assert_eq!(row.cells.get(2), Some(&Cell::lines("The window is too long.", "Shorten it.")));
    }
}
