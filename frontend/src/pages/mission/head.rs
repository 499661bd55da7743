//! The head of a mission's page: name, phase, time, and how live it is.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::components::A;
use phase8_shared::api::MissionPhase;
use phase8_shared::mission::{MissionState, PauseCause};

use crate::format;
use crate::live::{Connection, LiveMission};
use crate::pages::missions::view_model::{phase_name, phase_words};
use crate::routes::Route;
use crate::ui::{CopyText, Glyph, Icon, PageHeader, ProblemCard, StatusPill, Tone};

/// Name, phase, rehearsal, mission time, connection, id.
#[component]
pub(crate) fn MissionHeader(
    /// The mission.
    live: LiveMission,
    /// Its state.
    state: Signal<Arc<MissionState>>,
) -> impl IntoView {
    let created = state.with_untracked(|state| state.created.clone());
    let phase = Memo::new(move |_| state.with(|state| MissionPhase::from(&**state)));
    let tone = Signal::derive(move || phase_words(phase.get()).0);
    let words = Signal::derive(move || phase_words(phase.get()).1.to_owned());
    let elapsed = Memo::new(move |_| {
        let now = live.now();
        state.with(|state| state.clock.at(now).to_string())
    });
    let length = phase8_shared::time::MissionTime::from_minutes(created.duration_minutes);
    let standing = Memo::new(move |_| state.with(|state| standing_still(state)));
    let subtitle = format!(
        "Launched by {}, {}",
        format::short_address(&created.operator),
        if created.rehearsal {
            "a rehearsal: no model is asked, no dollar is spent"
        } else {
            "with live models"
        }
    );
    let scale = created.clock_scale;
    view! {
        <PageHeader
            title=created.name.clone()
            subtitle
            tools=move || view! { <ConnectionPill live /> }
        />
        <div class="mission-head">
            <A href=Route::Review(live.id()).path() attr:data-testid="review-link">
                <Icon glyph=Glyph::Shield />
                " Verify it yourself"
            </A>
            <span data-testid="mission-phase" data-phase=move || phase_name(phase.get()) role="status">
                <StatusPill tone label=words />
            </span>
            {created.rehearsal.then(|| view! { <span class="badge" data-testid="rehearsal">"Rehearsal"</span> })}
            <span class="mission-head__time">
                <Icon glyph=Glyph::Clock />
                <span class="number" data-testid="elapsed">{move || format!("T+{}", elapsed.get())}</span>
                <span class="mission-head__of">{format!("of {length}")}</span>
                {scale.is_scaled().then(|| view! { <span class="badge">{format!("{}× clock", scale.get())}</span> })}
            </span>
            {move || standing.get().map(|why| view! { <span class="mission-head__why">{why}</span> })}
            <span class="mission-head__id">
                "Id "
                <CopyText text=live.id().to_string() label="mission id" />
            </span>
        </div>
        <BrokenStream live />
    }
}

/// Why mission time does not pass, where that needs words.
fn standing_still(state: &MissionState) -> Option<&'static str> {
    if state.pauses.contains(&PauseCause::Fleet) {
        Some("Paused by a person: mission time stands still until the owner resumes the fleet.")
    } else if state.pauses.contains(&PauseCause::Budget) {
        Some("Paused by the budget: a person must decide how it goes on.")
    } else if state.pauses.contains(&PauseCause::Tripwire) {
        Some("Paused by a tripwire: a person must look and answer.")
    } else if state.pauses.contains(&PauseCause::CheckIn) {
        Some("Paused: no validator looked at what was delivered.")
    } else if state.pauses.contains(&PauseCause::Stopped) {
        Some("Stopped by a person: nothing more is spent until somebody lets it go on.")
    } else {
        None
    }
}

/// How live the page is.
#[component]
fn ConnectionPill(live: LiveMission) -> impl IntoView {
    let connection = live.connection();
    let tone = Signal::derive(move || connection.with(|it| connection_words(it).0));
    let label = Signal::derive(move || connection.with(|it| connection_words(it).1.to_owned()));
    let name = move || connection.with(connection_name);
    view! {
        <span data-testid="connection" data-connection=name role="status">
            <StatusPill tone label />
        </span>
    }
}

const fn connection_words(connection: &Connection) -> (Tone, &'static str) {
    match connection {
        Connection::Loading => (Tone::Work, "Loading"),
        Connection::Live => (Tone::Ok, "Live"),
        Connection::Reconnecting => (Tone::Wait, "Reconnecting"),
        Connection::Offline => (Tone::Warn, "Offline"),
        Connection::Problem(_) => (Tone::Bad, "Stopped"),
    }
}

const fn connection_name(connection: &Connection) -> &'static str {
    match connection {
        Connection::Loading => "loading",
        Connection::Live => "live",
        Connection::Reconnecting => "reconnecting",
        Connection::Offline => "offline",
        Connection::Problem(_) => "problem",
    }
}

/// Says why the page does not follow the ledger any more, below what it knew until then.
#[component]
fn BrokenStream(live: LiveMission) -> impl IntoView {
    let connection = live.connection();
    let retry = Callback::new(move |()| live.retry());
    view! {
        {move || match connection.get() {
            Connection::Problem(error) => Some(view! { <ProblemCard trouble=error on_retry=retry /> }.into_any()),
            Connection::Offline => {
                Some(
                    view! {
                        <p class="banner tone--warn">
                            <Icon glyph=Glyph::from(Tone::Warn) />
                            "The ledger's stream does not answer. What you see is as of the last event; the page goes on trying."
                        </p>
                    }
                        .into_any(),
                )
            }
            Connection::Loading | Connection::Live | Connection::Reconnecting => None,
        }}
    }
}
