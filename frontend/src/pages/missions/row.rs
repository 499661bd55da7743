//! One mission of the list.

use leptos::prelude::*;
use leptos_router::components::A;
use phase8_shared::api::MissionSummary;

use crate::pages::missions::view_model::{Column, phase_name, phase_words, waits_for};
use crate::routes::Route;
use crate::ui::{Progress, StatusPill, Tone};

/// A row; each cell carries its heading for narrow screens. It stays the same row while its values change.
#[component]
pub(crate) fn MissionRow(
    /// Every mission, as of the last answer.
    rows: Signal<Vec<MissionSummary>>,
    /// This one, as it was first.
    first: MissionSummary,
) -> impl IntoView {
    let MissionSummary { id, name, created_at, rehearsal, .. } = first.clone();
    let mission = Memo::new(move |_| {
        rows.with(|rows| rows.iter().find(|row| row.id == id).cloned())
            .unwrap_or_else(|| first.clone())
    });
    let tone = Signal::derive(move || phase_words(mission.read().phase).0);
    let phase = Signal::derive(move || phase_words(mission.read().phase).1.to_owned());
    let budget = Signal::derive(move || {
        mission.with(|mission| format!("{} of {}", mission.committed, mission.cap))
    });
    let bar = Signal::derive(move || {
        if mission.with(|it| it.committed > it.cap) { Tone::Bad } else { Tone::Work }
    });
    let committed = Signal::derive(move || mission.read().committed.get());
    let cap = Signal::derive(move || mission.read().cap.get());
    view! {
        <tr
            class="mission-row"
            data-testid="mission-row"
            data-mission=id.to_string()
            data-phase=move || phase_name(mission.read().phase)
        >
            <th scope="row" class="mission-row__name" data-label=Column::Name.label()>
                <A href=Route::Mission(id).path() attr:class="mission-row__link">
                    {name}
                </A>
                <span class="mission-row__id mono">{id.short()}</span>
                {rehearsal.then(|| view! { <span class="badge">"Rehearsal"</span> })}
            </th>
            <td data-label=Column::Phase.label()>
                <StatusPill tone label=phase />
            </td>
            <td class="mission-row__budget" data-label=Column::Budget.label()>
                <Progress label="Budget" value=committed max=cap text=budget tone=bar />
            </td>
            <td class="number" data-label=Column::Elapsed.label()>{move || mission.read().elapsed.to_string()}</td>
            <td class="number" data-label=Column::Steps.label()>
                {move || mission.with(|mission| format!("{} of {}", mission.steps_done, mission.steps))}
            </td>
            <td class="number" data-label=Column::Paid.label()>{move || mission.read().paid.to_string()}</td>
            <td data-label=Column::Created.label()>
                <time class="mission-row__time" datetime=created_at.to_string()>{when(&created_at.to_string())}</time>
            </td>
            <td class="mission-row__waits" data-label="Waits for">{move || mission.with(waits_for)}</td>
        </tr>
    }
}

/// `2026-11-23 06:37 UTC` from the machine's form.
fn when(text: &str) -> String {
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_to_the_minute() {
        assert_eq!(when("2026-11-23T06:37:05Z"), "2026-11-23 06:37 UTC");
        assert_eq!(when("soon"), "soon");
    }
}
