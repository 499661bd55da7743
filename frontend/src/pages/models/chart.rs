//! Measured scores over time, as a drawing. The table below it holds the numbers.

use leptos::prelude::*;
use phase8_shared::api::EvaluationView;
use phase8_shared::score::evaluate::decimals;

use crate::pages::models::view_model::lines;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 160;
/// At the right, for the names.
const ROOM: u32 = 200;
/// At the left, for the scale.
const MARGIN: u32 = 32;

/// The drawing; nothing where nothing was measured.
pub(super) fn history_chart(history: &[EvaluationView]) -> AnyView {
    let lines = lines(history);
    if lines.is_empty() {
        return ().into_any();
    }
    let last = u32::try_from(history.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let across = move |at: usize| {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        (at * WIDTH).checked_div(last).unwrap_or(WIDTH)
    };
    let down = |score: u32| HEIGHT - score.min(10_000) * HEIGHT / 10_000;
    let words: Vec<String> = lines
        .iter()
        .filter_map(|(id, points)| Some(format!("{id} {}", decimals(points.last()?.1.into()))))
        .collect();
    let mut taken: Vec<u32> = Vec::new();
    let drawn: Vec<AnyView> = lines
        .iter()
        .enumerate()
        .map(|(number, (id, points))| {
            let path: Vec<String> = points
                .iter()
                .map(|(at, score)| format!("{},{}", across(*at), down(*score)))
                .collect();
            let (end_x, end_y) =
                points.last().map_or((0, 0), |(at, score)| (across(*at), down(*score)));
            // Names that would lie over another are moved below it.
            let mut y = end_y.max(6);
            while taken.iter().any(|other| other.abs_diff(y) < 14) {
                y += 2;
            }
            taken.push(y);
            let class = format!("models__line models__line--{}", number % 4);
            view! {
                <g class=class>
                    <polyline points=path.join(" ")></polyline>
                    <circle cx=end_x cy=end_y r="3"></circle>
                    <text x=end_x + 8 y=y + 4>{id.clone()}</text>
                </g>
            }
            .into_any()
        })
        .collect();
    let scale = [(0, "1.0"), (HEIGHT / 2, "0.5"), (HEIGHT, "0.0")]
        .map(|(y, score)| view! { <text class="models__scale" x="-6" y=y + 4>{score}</text> });
    let below = taken.into_iter().max().unwrap_or(HEIGHT).max(HEIGHT) + 12;
    view! {
        <figure class="models__chart" tabindex="0" role="region" aria-label="Measured scores">
            <svg
                viewBox=format!("-{MARGIN} -8 {} {}", MARGIN + WIDTH + ROOM, below + 8)
                role="img"
                aria-label=format!("Measured scores over {} evaluations, now: {}", history.len(), words.join(", "))
                data-testid="models-chart"
            >
                <path class="models__frame" d=format!("M0,0H{WIDTH}M0,{}H{WIDTH}M0,{HEIGHT}H{WIDTH}", HEIGHT / 2)></path>
                {scale}
                {drawn}
            </svg>
        </figure>
    }
    .into_any()
}
