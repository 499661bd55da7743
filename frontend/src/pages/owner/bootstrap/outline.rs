//! What is left to order, in groups, and the documents of it.

use leptos::prelude::*;
use phase8_shared::format::{counted, grouped};
use phase8_shared::plan::survey::{Outline, OutlineGroup, Outlined};

use super::progress;
use super::run::{Run, place_of};
use super::survey::Tried;
use super::{Bench, PLACE, into_batch};
use crate::format;
use crate::lever::{LeverPanel, Place};
use crate::pages::owner::documents::documents_card;
use crate::pages::owner::findings::FindingsCard;
use crate::ui::{Button, ButtonKind, Card, EmptyState, Glyph, Icon, StatusPill, Tone};

/// Calls of a group that are shown; of more, the rest is counted until they are called for.
const SHOWN: usize = 40;

/// Everything.
pub(super) fn view(bench: Bench, outline: Outline, tried: Option<Tried>) -> AnyView {
    let calls = outline.orders().count();
    let keys: Vec<String> = outline.orders().map(|order| order.key.clone()).collect();
    let open = RwSignal::new(None::<String>);
    let mut before = 0_usize;
    let groups = outline.groups.clone().into_iter().map(|OutlineGroup { title, orders }| {
        let first = before;
        before = before.saturating_add(orders.len());
        let title = format!("{title} ({})", orders.len());
        view! { <Card title>{group(bench, first, orders, open)}</Card> }
    });
    let groups: Vec<_> = groups.collect();
    let findings = outline.findings.clone();
    let has_findings = !findings.is_empty();
    let files = outline.files.clone();
    view! {
        {summary(bench, outline, calls, tried)}
        {has_findings.then(|| view! { <FindingsCard findings=Signal::derive(move || findings.clone()) /> })}
        {groups}
        {made_here(bench, keys)}
        {documents_card("bootstrap-files", files)}
    }
    .into_any()
}

fn summary(bench: Bench, outline: Outline, calls: usize, tried: Option<Tried>) -> AnyView {
    let outline = StoredValue::new(outline);
    let (unchanged, waiting, remarks, verdict, owner) = outline.with_value(|it| {
        let words = (it.waiting.clone(), it.remarks.clone());
        (it.unchanged, words.0, words.1, it.verdict.clone(), it.owner)
    });
    let kept = format::count(unchanged, "value is", "values are");
    let head = format!("{} to make; {kept} as the files say already.", counted(calls, "call"));
    let batch = Callback::new(move |()| outline.with_value(|it| into_batch(bench, it)));
    let is_idle = Signal::derive(move || calls == 0 || bench.run.with(Run::is_going));
    let done = calls == 0 && waiting.is_empty();
    let verdict_line = view! { <p class="note">{verdict}</p> };
    view! {
        <Card title="Plan" testid="bootstrap-plan">
            {done.then(|| view! {
                <div data-testid="bootstrap-nothing">
                    <EmptyState title="Nothing differs" text="The chain is as the files say." glyph=Glyph::Check />
                </div>
            })}
            <p data-testid="bootstrap-calls" data-calls=calls.to_string()>{head}</p>
            {tried.map(tried_view)}
            {verdict_line}
            {list("bootstrap-waiting", "Waiting in the timelock", waiting)}
            {list("bootstrap-remarks", "Worth knowing", remarks)}
            {progress::view(bench, outline, calls, owner)}
            <div class="row">
                <Button on_press=batch disabled=is_idle testid="bootstrap-safe">"Put all into the Safe batch"</Button>
                <Button kind=ButtonKind::Quiet on_press=bench.again busy=bench.planning testid="bootstrap-again">
                    <Icon glyph=Glyph::Refresh />
                    "Plan again"
                </Button>
            </div>
        </Card>
    }
    .into_any()
}

fn tried_view(tried: Tried) -> AnyView {
    let (tone, name, words) = match tried {
        Tried::Succeeds(gas) => (
            Tone::Ok,
            "succeeds",
            format!("Tried out as a whole: every call succeeds, {} gas.", grouped(gas)),
        ),
        Tried::Refused(why) => (
            Tone::Bad,
            "refused",
            format!("Tried out as a whole: it would be refused: {why}. Look at the calls below."),
        ),
        Tried::Unknown(why) => {
            (Tone::Unknown, "unavailable", format!("Not tried out as a whole: {why}."))
        }
    };
    view! {
        <p class=format!("lever__check tone--{}", tone.as_str()) data-testid="bootstrap-tried" data-check=name>
            <Icon glyph=Glyph::from(tone) />
            <span>{words}</span>
        </p>
    }
    .into_any()
}

fn list(testid: &'static str, title: &'static str, lines: Vec<String>) -> Option<AnyView> {
    (!lines.is_empty()).then(|| {
        let lines = lines.into_iter().map(|line| view! { <li>{line}</li> });
        let lines: Vec<_> = lines.collect();
        view! {
            <div data-testid=testid>
                <h3 class="owner__subtitle">{title}</h3>
                <ul class="plan-list plan-list--dots">{lines}</ul>
            </div>
        }
        .into_any()
    })
}

fn group(
    bench: Bench,
    first: usize,
    orders: Vec<Outlined>,
    open: RwSignal<Option<String>>,
) -> AnyView {
    let shown = RwSignal::new(SHOWN);
    let of = orders.len();
    let lines = move || {
        let orders = orders.iter().cloned().enumerate().take(shown.get());
        let lines = orders.map(|(at, order)| line(bench, first.saturating_add(at), order, open));
        lines.collect::<Vec<_>>()
    };
    let more = move || {
        let rest = of.checked_sub(shown.get()).filter(|rest| *rest > 0)?;
        let press = Callback::new(move |()| shown.update(|it| *it = it.saturating_mul(4)));
        let words = format!("Show more of {rest}");
        Some(view! { <Button kind=ButtonKind::Quiet on_press=press>{words}</Button> })
    };
    view! {
        <ol class="batch">{lines}</ol>
        {more}
    }
    .into_any()
}

/// One call: what changes, how far it is, and its panel when it is called for.
fn line(bench: Bench, at: usize, order: Outlined, open: RwSignal<Option<String>>) -> AnyView {
    let Outlined { title, key, lever, salt, changes } = order;
    let changes = changes.into_iter().map(|[field, now, new]| {
        let field = (!field.is_empty()).then(|| format!("{field}: "));
        view! {
            <p class="batch__terms">
                {field} <span class="change__now">{now}</span> " → " <span class="change__new">{new}</span>
            </p>
        }
    });
    let changes: Vec<_> = changes.collect();
    // Once it is over, another plan is made: the places of this one say nothing any more.
    let state = Memo::new(move |_| {
        bench.run.with(|run| {
            let Run::Going(now) = run else { return None };
            match at.cmp(&now.done) {
                std::cmp::Ordering::Less => Some((Tone::Ok, "Sent")),
                std::cmp::Ordering::Equal => Some((Tone::Work, "Under way")),
                std::cmp::Ordering::Greater => None,
            }
        })
    });
    let place = place_of(&key);
    let own = StoredValue::new(key.clone());
    let is_open =
        Memo::new(move |_| own.with_value(|own| open.with(|it| it.as_ref() == Some(own))));
    let press = Callback::new(move |()| {
        let next = (!is_open.get_untracked()).then(|| own.get_value());
        open.set(next);
    });
    let name = format!("Look at {title}");
    view! {
        <li class="batch__line" data-testid="bootstrap-call" data-id=key>
            <div class="batch__words">
                <p class="batch__title">{title}</p>
                {changes}
            </div>
            <div class="batch__tools">
                {move || state.get().map(|(tone, label)| view! { <StatusPill tone label /> })}
                <Button kind=ButtonKind::Quiet on_press=press name testid="bootstrap-look">
                    {move || if is_open.get() { "Close" } else { "Look" }}
                </Button>
            </div>
            {move || {
                let (place, lever) = (place.clone(), lever.clone());
                is_open.get().then(|| view! {
                    <div class="batch__panel">
                        <LeverPanel place lever=Signal::derive(move || Some(lever.clone())) salt />
                    </div>
                })
            }}
        </li>
    }
    .into_any()
}

/// Levers of a plan that were pulled here and are no longer planned: each can be undone, or waits in the timelock.
fn made_here(bench: Bench, keys: Vec<String>) -> AnyView {
    let planned: Vec<Place> = keys.iter().map(|key| place_of(key)).collect();
    let flips = bench.center.desk.flips();
    let places = Memo::new(move |_| {
        flips.with(|flips| {
            let own = flips.keys().filter(|place| {
                let name = place.testid();
                name.starts_with(PLACE) && !name.ends_with("-cancel") && !planned.contains(place)
            });
            own.cloned().collect::<Vec<_>>()
        })
    });
    let panels = move || {
        let places = places.get();
        (!places.is_empty()).then(|| {
            let panels = places
                .into_iter()
                .map(|place| view! { <LeverPanel place lever=Signal::derive(|| None) /> });
            let panels: Vec<_> = panels.collect();
            view! { <Card title="Pulled here" testid="bootstrap-pulled"><div class="owner__panels">{panels}</div></Card> }
        })
    };
    view! { {panels} }.into_any()
}
