//! What the endpoints said about a lever before it is signed.

use leptos::prelude::*;
use phase8_shared::api::Said;
use phase8_shared::chain::difference::Difference;

use crate::format::count;
use crate::lever::check::{Block, Checked, Later};
use crate::lever::panel::proposal::Shown;
use crate::ui::{Button, ButtonKind, CopyText, Disclosure, Glyph, Icon, Tone};

/// The check's state, what would change, and who said so.
#[component]
pub(super) fn ChecksView(
    /// What the check came to.
    shown: Shown,
    /// Checks again.
    again: Callback<()>,
) -> impl IntoView {
    move || {
        match shown.get() {
        None => view! {
            <p class="lever__check tone--work" data-testid="lever-check" data-check="checking" role="status">
                <Icon glyph=Glyph::from(Tone::Work) />
                <span>"Checking with the endpoints…"</span>
            </p>
        }
        .into_any(),
        Some(Err(error)) => {
            let words = format!("Check unavailable: {error}. Nothing is signed unchecked.");
            view! {
                <Verdict tone=Tone::Unknown name="unavailable" words />
                <Again again />
            }
            .into_any()
        }
        Some(Ok(checked)) => view! { <Told checked again /> }.into_any(),
    }
    }
}

#[component]
fn Told(checked: Checked, again: Callback<()>) -> impl IntoView {
    let block = checked.block_at;
    let (tone, name, words) = match checked.block() {
        None => (Tone::Ok, "succeeds", format!("Tried out on block {block}: it would succeed.")),
        Some(Block::Unavailable(why)) => (
            Tone::Unknown,
            "unavailable",
            format!("Check unavailable: {why}. Nothing is signed unchecked."),
        ),
        Some(other) => (Tone::Bad, "refused", format!("{}.", other.words().0)),
    };
    let mend = matches!(name, "unavailable" | "refused");
    let dissent: Vec<_> =
        checked.endpoints.iter().filter_map(|it| dissent(&it.name, &it.said)).collect();
    let later = checked.later.as_ref().and_then(Later::hindrance);
    let surprises: Vec<String> = checked
        .surprises()
        .map(|line| format!("{}: {} → {}", line.label, line.now, line.new))
        .collect();
    let lines = shown_lines(&checked);
    view! {
        <Verdict tone name words />
        {later.map(|words| view! { <Verdict tone=Tone::Warn name="later" words /> })}
        {(!surprises.is_empty())
            .then(|| {
                let lines = surprises.into_iter().map(|line| view! { <li>{line}</li> });
                view! {
                    <div class="lever__dissent tone--bad" role="alert" data-testid="lever-surprise">
                        <Icon glyph=Glyph::from(Tone::Warn) />
                        <div>
                            <strong>"Not what this lever is for. Look twice before you sign:"</strong>
                            <ul>{lines.collect_view()}</ul>
                        </div>
                    </div>
                }
            })}
        {(!lines.is_empty()).then(|| view! { <DifferenceView lines /> })}
        <p class="lever__said" data-testid="lever-readiness">{readiness(&checked)}</p>
        <p class="lever__said">
            {checked.said()} " · block " {block} " "
            <CopyText text=checked.block_hash.to_string() label="block hash" />
        </p>
        {(!dissent.is_empty())
            .then(|| {
                let lines = dissent.into_iter().map(|line| view! { <li>{line}</li> });
                view! {
                    <div class="lever__dissent tone--warn" role="alert">
                        <Icon glyph=Glyph::from(Tone::Warn) />
                        <ul>{lines.collect_view()}</ul>
                    </div>
                }
            })}
        {mend.then(|| view! { <Again again /> })}
    }
    .into_any()
}

#[component]
fn Verdict(tone: Tone, name: &'static str, words: String) -> impl IntoView {
    view! {
        <p class=format!("lever__check tone--{}", tone.as_str()) data-testid="lever-check" data-check=name>
            <Icon glyph=Glyph::from(tone) />
            <span>{words}</span>
        </p>
    }
}

#[component]
fn Again(again: Callback<()>) -> impl IntoView {
    view! {
        <Button kind=ButtonKind::Quiet on_press=again testid="lever-check-again">"Check again"</Button>
    }
}

/// What changes, then what does not though it is asked about; for a delayed lever also what comes later.
fn shown_lines(checked: &Checked) -> Vec<Difference> {
    let later = checked.later.as_ref().map(|later| later.lines.as_slice()).unwrap_or_default();
    let mut lines: Vec<Difference> = Vec::new();
    for line in checked.lines.iter().chain(later).filter(|line| line.changed || !line.guarded) {
        // What stays now and changes later is said once, as it will be.
        match lines.iter_mut().find(|other| other.label == line.label) {
            Some(other) if line.changed => *other = line.clone(),
            Some(_) => {}
            None => lines.push(line.clone()),
        }
    }
    lines
}

/// What would change, in the terms of governance; what stays is folded away where there is more of it than of that.
#[component]
fn DifferenceView(lines: Vec<Difference>) -> impl IntoView {
    let (told, stays): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| line.changed || !line.expected);
    if told.is_empty() || stays.len() <= told.len() {
        let lines = told.into_iter().chain(stays).collect();
        return view! { <DifferenceTable lines /> }.into_any();
    }
    let summary = format!("{} stay as they are", count(stays.len(), "value", "values"));
    view! {
        <DifferenceTable lines=told />
        <Disclosure summary>
            <DifferenceTable lines=stays />
        </Disclosure>
    }
    .into_any()
}

#[component]
fn DifferenceTable(lines: Vec<Difference>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| {
        let new = if line.changed { line.new } else { "stays".to_owned() };
        view! {
            <tr
                class="difference__row"
                class:difference__row--changed=line.changed
                class:difference__row--surprise=!line.expected
            >
                <th scope="row">{line.label}</th>
                <td>{line.now}</td>
                <td>{new}</td>
            </tr>
        }
    });
    view! {
        <table class="difference" data-testid="lever-difference">
            <thead>
                <tr>
                    <th scope="col">"On the chain"</th>
                    <th scope="col">"Now"</th>
                    <th scope="col">"New"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Who decides and whether the contract is there, as the chain has it.
fn readiness(checked: &Checked) -> String {
    let fleet = if checked.paused { "the fleet is paused" } else { "the fleet runs" };
    let code = if checked.target_has_code { "has code" } else { "has no code" };
    let contract = checked.decoded.as_ref().ok().map(|decoded| {
        let ends: Vec<String> =
            decoded.innermost().iter().map(|end| end.contract.to_string()).collect();
        ends.join(", ")
    });
    let contract = contract.unwrap_or_else(|| "The target".to_owned());
    format!("{contract} {code} · {fleet} · nonce {}", checked.intent.request.nonce)
}

/// What an endpoint says that is not what the others say.
fn dissent(name: &str, said: &Said) -> Option<String> {
    match said {
        Said::Agreed {} => None,
        Said::Dissents { what } => Some(format!("{name} says something else: {what}")),
        Said::Behind { block } => Some(format!("{name} is behind, at block {block}")),
        Said::Silent { why } => Some(format!("{name} does not answer: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_who_differ_are_named() {
        assert_eq!(dissent("a:1", &Said::Agreed {}), None);
        assert_eq!(
            dissent("a:1", &Said::Behind { block: 7 }).unwrap(),
            "a:1 is behind, at block 7"
        );
    }
}
