//! Pre-flight: what must be so for a launch to succeed, as the server finds it.

use leptos::prelude::*;
use phase8_shared::api::{Check, CheckState, Preflight};

use super::desk::use_desk;
use crate::format;
use crate::ui::{Button, ButtonKind, Card, Glyph, Icon, ProblemCard, Skeleton, Tone};

/// The checklist with a way to ask again.
#[component]
pub(super) fn ChecklistCard() -> impl IntoView {
    let desk = use_desk();
    let again = Callback::new(move |()| desk.preflight.refetch());
    let tools = move || {
        view! {
            <Button kind=ButtonKind::Quiet on_press=again testid="preflight-refresh">
                <Icon glyph=Glyph::Refresh />
                "Check again"
            </Button>
        }
    };
    view! {
        <Card title="Pre-flight" testid="preflight" tools>
            <Transition fallback=|| view! { <Skeleton lines=5 label="Checking" /> }>
                {move || Suspend::new(async move {
                    match desk.preflight.await {
                        Ok(preflight) => view! { <Checks preflight /> }.into_any(),
                        Err(error) => view! { <ProblemCard trouble=error on_retry=again /> }.into_any(),
                    }
                })}
            </Transition>
        </Card>
    }
}

#[component]
fn Checks(preflight: Preflight) -> impl IntoView {
    let said = said(&preflight);
    let no_operator = preflight.operator.is_none();
    let mut checks = preflight.checks;
    // What stands in the way comes first; the rest keeps the server's order.
    checks.sort_by_key(|check| std::cmp::Reverse(check.state));
    view! {
        <p class="checks__said" role="status">{said}</p>
        {no_operator.then(|| view! { <p class="note">"Connect the operator's wallet to check its balances too."</p> })}
        <ul class="checks">
            {checks.into_iter().map(|check| view! { <CheckRow check /> }).collect_view()}
        </ul>
    }
}

#[component]
fn CheckRow(check: Check) -> impl IntoView {
    let Check { id, label, state, found, expected, mend } = check;
    let tone = tone_of(state);
    let differs = state != CheckState::Pass && !expected.is_empty();
    let whole = found.clone();
    let found = if state == CheckState::Pass { brief(&found) } else { found };
    let short = state == CheckState::Pass && found.chars().count() <= 32;
    view! {
        <li class=format!("checks__row tone--{}", tone.as_str()) class:checks__row--short=short data-testid="preflight-check" data-check=id data-state=word_of(state)>
            <Icon glyph=Glyph::from(tone) />
            <div class="checks__words">
                <p class="checks__label">{label} <span class="visually-hidden">{word_of(state)}</span></p>
                <p class="checks__found" title=whole>{found}</p>
                {differs.then(|| view! { <p class="checks__expected">"Expected: " {expected}</p> })}
                {(!mend.is_empty()).then(|| view! { <p class="checks__mend">{mend}</p> })}
            </div>
        </li>
    }
}

const fn tone_of(state: CheckState) -> Tone {
    match state {
        CheckState::Pass => Tone::Ok,
        CheckState::Warn => Tone::Warn,
        CheckState::Fail => Tone::Bad,
        CheckState::Unknown => Tone::Unknown,
    }
}

const fn word_of(state: CheckState) -> &'static str {
    match state {
        CheckState::Pass => "pass",
        CheckState::Warn => "warning",
        CheckState::Fail => "fail",
        CheckState::Unknown => "unknown",
    }
}

/// An address that is as expected needs no more than its ends.
fn brief(found: &str) -> String {
    if found.starts_with("0x") && !found.contains(' ') {
        format::shorten(found)
    } else {
        found.to_owned()
    }
}

/// The whole list in one sentence.
pub(super) fn said(preflight: &Preflight) -> String {
    let blocking = preflight
        .checks
        .iter()
        .filter(|check| matches!(check.state, CheckState::Fail | CheckState::Unknown))
        .count();
    match blocking {
        0 => "Clear to launch.".to_owned(),
        count => format!(
            "{} in the way of a launch.",
            format::count(count, "line stands", "lines stand")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_blocks_as_a_failure_does() {
        let check = |state| Check {
            id: "x".to_owned(),
            label: String::new(),
            state,
            found: String::new(),
            expected: String::new(),
            mend: String::new(),
        };
        let checks =
            vec![check(CheckState::Pass), check(CheckState::Unknown), check(CheckState::Warn)];

        assert_eq!(
            said(&Preflight { operator: None, checks }),
            "1 line stands in the way of a launch."
        );
    }
}
