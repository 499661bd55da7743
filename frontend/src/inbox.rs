//! What waits for people over all missions: the count beside the navigation's link.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use phase8_shared::api::{MissionPhase, MissionSummary};

use crate::api;
use crate::format;

/// How often the list is read for it, beside each change of the page. The list's own page and each mission's page are
/// quicker.
const PERIOD: Duration = Duration::from_secs(4);

/// How many things wait for people; nothing is shown while none does.
#[component]
pub(crate) fn InboxCount() -> impl IntoView {
    let path = use_location().pathname;
    let missions = LocalResource::new(move || {
        path.track();
        api::missions()
    });
    if let Ok(interval) = set_interval_with_handle(move || missions.refetch(), PERIOD) {
        on_cleanup(move || interval.clear());
    }
    // A server that does not answer has its own banner; the last count stays meanwhile.
    let count = Memo::new(move |last: Option<&usize>| match missions.get() {
        Some(Ok(list)) => waiting(&list.missions),
        Some(Err(_)) | None => last.copied().unwrap_or(0),
    });
    let words = move || format::count(count.get(), "thing waits", "things wait") + " for people";
    view! {
        <Show when=move || { count.get() > 0 }>
            <span class="nav__count" role="status" aria-label=words data-testid="inbox-count">{count}</span>
        </Show>
    }
}

/// Milestones to approve, questions to answer and steps to release, in missions that are not over.
pub(crate) fn waiting(missions: &[MissionSummary]) -> usize {
    let open = missions.iter().filter(|mission| match mission.phase {
        MissionPhase::AwaitingFunding
        | MissionPhase::Running
        | MissionPhase::Paused
        | MissionPhase::AwaitingValidators => true,
        MissionPhase::Completed | MissionPhase::Failed | MissionPhase::Refunded => false,
    });
    open.map(|mission| usize::from(mission.awaiting_approval) + usize::from(mission.questions))
        .sum()
}

#[cfg(test)]
mod tests {
    use phase8_shared::time::Timestamp;

    use super::*;
    use crate::live::sample;

    fn summary(phase: MissionPhase, awaiting_approval: u16, questions: u16) -> MissionSummary {
        let journal = sample::journal();
        let state = journal.state().unwrap();
        let of = MissionSummary::of(state, Timestamp::from_millis(0));
        MissionSummary { phase, awaiting_approval, questions, ..of }
    }

    #[test]
    fn what_waits_for_people_is_counted_over_missions_that_are_not_over() {
        let missions = [
            summary(MissionPhase::Running, 1, 2),
            summary(MissionPhase::Paused, 0, 1),
            summary(MissionPhase::Completed, 3, 3),
        ];

        assert_eq!(waiting(&missions), 4);
        assert_eq!(waiting(&[]), 0);
    }
}
