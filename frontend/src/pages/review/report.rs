//! What came of an examination.

use leptos::prelude::*;
use phase8_shared::format::{counted, grouped};
use phase8_shared::ledger::verify::Verdict;
use phase8_shared::ledger::verify::examine::{Examined, Line};

use super::chain::Answered;
use super::examining::Examining;
use super::visits::Visit;
use crate::format;
use crate::ui::{Card, CopyText, Disclosure, Glyph, Icon, Skeleton, Tone};

/// Lists up to this length are shown open.
const AT_A_GLANCE: usize = 6;

/// Everything.
pub(super) fn full(examined: &Examined, examining: Examining) -> AnyView {
    let tone = if examined.holds { Tone::Ok } else { Tone::Bad };
    let verdict = examined.verdict();
    let facts: Vec<_> = examined
        .story
        .iter()
        .map(|it| view! { <dt>{it.name.clone()}</dt> <dd>{it.value.clone()}</dd> })
        .collect();
    // What a refused history tells is a claim.
    let (title, claim) = if examined.holds {
        ("What happened", None)
    } else {
        ("What it claims", Some("This history is refused: nothing that it tells can be relied on."))
    };
    let story = (!examined.story.is_empty()).then(|| {
        view! {
            <Card title testid="review-story">
                {claim.map(|words| view! { <p class="note">{words}</p> })}
                <dl class="facts">{facts}</dl>
            </Card>
        }
    });
    let missing = (!examined.missing.is_empty()).then(|| {
        let lines: Vec<_> =
            examined.missing.iter().map(|it| view! { <li>{it.clone()}</li> }).collect();
        view! { <Card title="What is missing" testid="review-missing"><ul class="plan-list plan-list--dots">{lines}</ul></Card> }
    });
    let subject = examined.subject.as_ref().map(|subject| {
        view! {
            <p class="note review__subject">
                {format!("{} cards, root ", grouped(subject.head.size))}
                <CopyText text=subject.head.root.to_string() label="root of the history" />
                {format!(", as of {}.", format::moment(subject.exported_at))}
            </p>
        }
    });
    let lines: Vec<_> = examined.lines.iter().cloned().map(line).collect();
    let before = examining.before.get_untracked();
    view! {
        <div
            class=format!("review__verdict tone--{}", tone.as_str())
            role="status"
            data-testid="review-verdict"
            data-holds=examined.holds.to_string()
        >
            <Icon glyph=Glyph::from(tone) />
            <div>
                <p class="review__words">{verdict}</p>
                {subject}
            </div>
        </div>
        <div class="review__two">
            {story}
            {since(examined, before)}
            {missing}
            {on_chain(examining, examined.questions.len())}
        </div>
        <Card title="Every check" testid="review-lines">
            <p class="note">"Each was made in this browser from the bytes of the history; `phase8 verify` makes the same."</p>
            <ol class="proofs">{lines}</ol>
        </Card>
    }
    .into_any()
}

fn line(line: Line) -> AnyView {
    let Line { what, verdict, found, expected, meaning } = line;
    let (tone, word, name) = match verdict {
        Verdict::Holds => (Tone::Ok, "holds", "holds"),
        Verdict::Differs => (Tone::Bad, "does not hold", "differs"),
        Verdict::Unknown => (Tone::Warn, "cannot be told here", "unknown"),
    };
    let (about, said, wanted) = (what.clone(), found.clone(), expected.clone());
    let expected = (verdict != Verdict::Holds)
        .then(|| view! { <p class="proofs__found">"Expected: " {expected}</p> });
    view! {
        <li
            class=format!("proofs__one tone--{}", tone.as_str())
            data-testid="review-line"
            data-what=about
            data-verdict=name
            data-found=said
            data-expected=wanted
        >
            <Icon glyph=Glyph::from(tone) />
            <div>
                <p class="proofs__what">{what} <span class="proofs__word">{word}</span></p>
                <p class="proofs__meaning">{meaning}</p>
                <p class="proofs__found">"Found: " {found}</p>
                {expected}
            </div>
        </li>
    }
    .into_any()
}

/// What is new since the last visit.
fn since(examined: &Examined, before: Option<Visit>) -> AnyView {
    let Examined { new, news, holds, .. } = examined;
    let new = new.filter(|_| *holds);
    let news = if *holds { news.as_slice() } else { &[] };
    let words = match (new, before) {
        _ if !holds => "This history is refused and not remembered. What this browser saw before stays remembered.".to_owned(),
        (Some(0), Some(before)) => format!("Nothing. Your last visit was at {}.", format::moment(before.at)),
        (Some(new), Some(before)) => {
            let cards = counted(usize::try_from(new).unwrap_or(usize::MAX), "card");
            format!("{cards} since {}. What you saw then is unchanged.", format::moment(before.at))
        }
        (_, None) | (None, Some(_)) => "This is your first visit with this browser. It remembers this history, and will notice if another is told later.".to_owned(),
    };
    let told = news.len() as u64;
    let more = new.filter(|new| *new > told).map(|new| {
        view! { <p class="note">{format!("The newest {told} of {new}:")}</p> }
    });
    let cards: Vec<_> = news.iter().map(|it| {
        view! { <li><span class="number">{it.card}</span> " " {it.title.clone()} <span class="note">{format!(" ({})", it.status)}</span></li> }
    }).collect();
    let count = cards.len();
    let cards = view! { {more} <ol class="review__news">{cards}</ol> }.into_any();
    view! {
        <Card title="Since your last visit" testid="review-since">
            <p>{words}</p>
            {folded(count, "The cards that are new", cards)}
        </Card>
    }
    .into_any()
}

/// A list, one press away where it is long.
fn folded(length: usize, summary: &str, list: AnyView) -> AnyView {
    match length {
        0 => ().into_any(),
        1..=AT_A_GLANCE => list,
        _ => view! { <Disclosure summary=format!("{summary} ({length})")>{list}</Disclosure> }
            .into_any(),
    }
}

/// What the chain says.
fn on_chain(examining: Examining, asked: usize) -> AnyView {
    let content = move || {
        match examining.chain.get() {
        Answered::Nothing => view! { <p>"No card rests on a checkpoint or a payout on the chain yet."</p> }.into_any(),
        Answered::Asking => {
            let label = format!("Asking the chain about {}", counted(asked, "transaction"));
            view! { <p class="note">{label}</p> <Skeleton lines=3 label="Asking the chain" /> }.into_any()
        }
        Answered::Nobody(why) => {
            view! { <p class="tone--warn review__warn"><Icon glyph=Glyph::Warning /> {format!("The chain was not asked: {why}.")}</p> }
                .into_any()
        }
        Answered::By(witness, lines) => {
            let (agrees, other): (Vec<Line>, Vec<Line>) =
                lines.into_iter().partition(|line| line.verdict == Verdict::Holds);
            let count = agrees.len();
            let list = |lines: Vec<Line>| {
                view! { <ol class="proofs">{lines.into_iter().map(line).collect_view()}</ol> }.into_any()
            };
            let summary = "What the chain agrees about".to_owned();
            view! {
                <p class="note" data-testid="review-witness">{witness.words()}</p>
                {list(other)}
                {folded(count, &summary, list(agrees))}
            }
                .into_any()
        }
    }
    };
    view! { <Card title="On the chain" testid="review-chain">{content}</Card> }.into_any()
}
