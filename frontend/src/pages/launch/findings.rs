//! Everything found in the file: level, line, path, words, and what to do.

use leptos::prelude::*;
use phase8_shared::findings::{Finding, Level};

use super::desk::use_desk;
use crate::ui::{Card, Glyph, Icon, StatusPill, Tone};

/// In which order findings are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Line,
    Level,
}

impl Order {
    /// The findings in this order; equal ones keep the order of the file.
    fn apply(self, mut findings: Vec<Finding>) -> Vec<Finding> {
        match self {
            Self::Line => findings.sort_by_key(|finding| finding.line),
            Self::Level => findings.sort_by_key(|finding| finding.level),
        }
        findings
    }
}

/// The findings in a table that can be sorted.
#[component]
pub(super) fn FindingsCard() -> impl IntoView {
    let desk = use_desk();
    let order = RwSignal::new(Order::Level);
    let verdict = Memo::new(move |_| {
        desk.review.with(|review| {
            review
                .as_ref()
                .map_or((Tone::Off, "Not read".to_owned()), super::review::Review::verdict)
        })
    });
    let findings = Memo::new(move |_| {
        let findings = desk.review.with(|review| {
            review.as_ref().map(|review| review.findings.iter().cloned().collect::<Vec<_>>())
        });
        order.get().apply(findings.unwrap_or_default())
    });
    let lenient =
        move || desk.review.with(|review| review.as_ref().is_some_and(|review| !review.is_strict));
    let pill = move || {
        view! { <StatusPill tone=Signal::derive(move || verdict.get().0) label=Signal::derive(move || verdict.get().1) /> }
    };
    view! {
        <Card title="Findings" testid="findings" tools=pill>
            <Show when=lenient>
                <p class="note">
                    "The server's policies and adapters are not known yet, so the file is checked by itself alone."
                </p>
            </Show>
            <Show
                when=move || !findings.with(Vec::is_empty)
                fallback=|| view! { <p class="note">"Nothing stands against this job spec."</p> }
            >
                <table class="table findings">
                    <thead>
                        <tr>
                            <SortHead order mine=Order::Level words="Level" />
                            <SortHead order mine=Order::Line words="Line" />
                            <th scope="col">"Finding"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For
                            each=move || findings.get().into_iter().enumerate()
                            key=|(_, finding)| format!("{:?}{}{}{}", finding.line, finding.path, finding.code, finding.message)
                            let((_, finding))
                        >
                            <FindingRow finding />
                        </For>
                    </tbody>
                </table>
            </Show>
        </Card>
    }
}

#[component]
fn SortHead(order: RwSignal<Order>, mine: Order, words: &'static str) -> impl IntoView {
    view! {
        <th scope="col" aria-sort=move || (order.get() == mine).then_some("ascending")>
            <button type="button" class="table__sort" on:click=move |_| order.set(mine)>
                {words}
            </button>
        </th>
    }
}

#[component]
fn FindingRow(finding: Finding) -> impl IntoView {
    let Finding { level, path, line, message, help, code, .. } = finding;
    let tone = tone_of(level);
    view! {
        <tr class=format!("findings__row tone--{}", tone.as_str()) data-testid="finding" data-level=level.to_string() data-code=code.to_string()>
            <td class="findings__level">
                <Icon glyph=Glyph::from(tone) />
                {word_of(level)}
            </td>
            <td class="findings__line mono">{line.map_or_else(|| "–".to_owned(), |line| line.to_string())}</td>
            <td class="findings__words">
                <p class="findings__message">{sentence(&message)}</p>
                {(!help.is_empty()).then(|| view! { <p class="findings__help">{sentence(&help)}</p> })}
                <p class="findings__path mono">{path}</p>
            </td>
        </tr>
    }
}

const fn tone_of(level: Level) -> Tone {
    match level {
        Level::Error => Tone::Bad,
        Level::Warning => Tone::Warn,
        Level::Info => Tone::Off,
    }
}

const fn word_of(level: Level) -> &'static str {
    match level {
        Level::Error => "Error",
        Level::Warning => "Warning",
        Level::Info => "Note",
    }
}

/// Findings are written as fragments; here they stand alone.
fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if fragment.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_becomes_a_sentence() {
        assert_eq!(sentence("the payouts sum to 9000"), "The payouts sum to 9000.");
        assert_eq!(sentence("did you mean `dev`?"), "Did you mean `dev`?");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn errors_come_first_when_sorted_by_level() {
        let finding = |level, line| Finding {
            level,
            code: "c".into(),
            path: "$".to_owned(),
            line: Some(line),
            column: None,
            message: String::new(),
            help: String::new(),
        };

        let sorted = Order::Level.apply(vec![
            finding(Level::Warning, 1),
            finding(Level::Error, 9),
            finding(Level::Error, 3),
        ]);

        let lines: Vec<_> = sorted.iter().filter_map(|finding| finding.line).collect();
        assert_eq!(lines, [9, 3, 1]);
    }
}
