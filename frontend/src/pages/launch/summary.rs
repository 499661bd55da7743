//! The job in plain words, and its score.

use leptos::prelude::*;
use phase8_shared::score::{JobScore, Tenths};

use super::desk::use_desk;
use crate::ui::{Card, Disclosure, EmptyState, Glyph, Progress};

/// What the operator is about to sign for, in words.
#[component]
pub(super) fn SummaryCard() -> impl IntoView {
    let desk = use_desk();
    let title = move || {
        desk.review.with(|review| {
            let spec = review.as_ref()?.spec.as_ref()?;
            Some((spec.job_name.to_string(), spec.description.clone()))
        })
    };
    let lines = move || {
        desk.review
            .with(|review| review.as_ref().map(|review| review.summary.clone()).unwrap_or_default())
    };
    let score = Memo::new(move |_| {
        desk.review.with(|review| review.as_ref().and_then(|review| review.score))
    });
    let readable = move || {
        desk.review.with(|review| {
            review.as_ref().map(|review| review.readable.clone()).unwrap_or_default()
        })
    };
    let content = move || match title() {
        None if !readable().is_empty() => {
            let lines = readable().into_iter().map(|(name, value)| {
                view! {
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                }
            });
            view! {
                <p class="note">"Not the whole job can be read yet. This much can:"</p>
                <dl class="facts">{lines.collect_view()}</dl>
            }
            .into_any()
        }
        None => view! {
            <EmptyState
                title="The job cannot be put into words yet"
                text="Mend the errors above; whatever can be read is shown here."
                glyph=Glyph::File
            />
        }
        .into_any(),
        Some((name, description)) => view! {
            <h3 class="summary__name">{name}</h3>
            <p class="summary__description">{description}</p>
            <dl class="facts" data-testid="summary">
                {lines()
                    .into_iter()
                    .map(|line| {
                        view! {
                            <dt>{capitalised(line.topic)}</dt>
                            <dd>{line.words}</dd>
                        }
                    })
                    .collect_view()}
            </dl>
        }
        .into_any(),
    };
    view! {
        <Card title="In plain words">{content}</Card>
        {move || score.get().map(|score| view! { <ScoreCard score /> })}
    }
}

/// The Job score with its parts. It is not the dominance score, which judges a manifest.
#[component]
fn ScoreCard(score: JobScore) -> impl IntoView {
    let parts = [
        ("Value", score.value, 40, "12 × stake multiplier + validators' reward in percent"),
        ("Safety", score.safety, 20, "4 for each tripwire"),
        ("Duration", score.duration, 10, "maximum minutes ÷ 48"),
        ("Cadence", score.cadence, 30, "60 ÷ minutes between check-ins × 5"),
    ];
    let bars = parts.into_iter().map(|(label, part, most, _)| {
        view! { <Progress label value=tenths(part) max=most * 10 text=format!("{part} / {most}") /> }
    });
    let rules = parts.into_iter().map(|(label, _, most, rule)| {
        view! {
            <dt>{label}</dt>
            <dd>{format!("{rule}, {most} at most")}</dd>
        }
    });
    view! {
        <Card title="Job score" testid="job-score">
            <div class="score">
                <p class="score__total">
                    <span class="score__number" data-testid="job-score-total">{score.total.to_string()}</span>
                    <span class="score__of">" / 100"</span>
                </p>
                <div class="score__parts">{bars.collect_view()}</div>
            </div>
            <Disclosure summary="How it is computed">
                <dl class="facts">{rules.collect_view()}</dl>
                <p class="note">"It judges this job spec alone. It is not the Dominance Score, which judges a whole manifest."</p>
            </Disclosure>
        </Card>
    }
}

fn tenths(part: Tenths) -> u64 {
    u64::from(part.get())
}

/// `check-ins` → `Check-ins`.
fn capitalised(topic: &str) -> String {
    let mut letters = topic.chars();
    letters
        .next()
        .map(|first| format!("{}{}", first.to_uppercase(), letters.as_str()))
        .unwrap_or_default()
}
