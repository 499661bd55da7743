//! The list of what did not happen, above the cards of what did.

use std::sync::Arc;

use leptos::prelude::*;
use phase8_shared::mission::MissionState;

use super::missing::{Missing, missing};
use crate::live::LiveMission;
use crate::ui::{Glyph, Icon};

/// Cards for what did not happen.
#[component]
pub(super) fn Absences(
    /// The mission.
    live: LiveMission,
    /// Its state.
    state: Signal<Arc<MissionState>>,
) -> impl IntoView {
    let absences = Memo::new(move |_| {
        let now = live.now();
        state.with(|state| missing(state, now))
    });
    view! {
        <ul class="absences">
            <For each=move || absences.get() key=|one| (one.kind, one.id.clone(), one.title.clone()) let:one>
                {
                    let name = one.accessible_name();
                    let Missing { kind, tone, title, detail, .. } = one;
                    view! {
                        <li class=format!("absence tone--{}", tone.as_str()) data-testid="timeline-card" data-kind=kind aria-label=name>
                            <Icon glyph=Glyph::from(tone) />
                            <strong>{title}</strong>
                            <span class="absence__detail">{detail}</span>
                        </li>
                    }
                }
            </For>
        </ul>
    }
}
