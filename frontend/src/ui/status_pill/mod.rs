//! A state in words, with an icon: never by colour alone.

use leptos::prelude::*;

use crate::ui::{Glyph, Icon};

/// How a state feels; decides colour and icon together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Ok,
    /// At work.
    Work,
    /// Waits for someone.
    Wait,
    /// Look at it.
    Warn,
    /// It failed.
    Bad,
    /// Stands still on purpose.
    Paused,
    /// Not begun, or of no weight.
    Off,
    /// Not known.
    Unknown,
}

impl Tone {
    /// The word in class names.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Work => "work",
            Self::Wait => "wait",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Paused => "paused",
            Self::Off => "off",
            Self::Unknown => "unknown",
        }
    }

    /// The icon that says the same as the colour.
    pub(crate) const fn glyph(self) -> Glyph {
        match self {
            Self::Ok => Glyph::Check,
            Self::Work => Glyph::Active,
            Self::Wait => Glyph::Clock,
            Self::Warn => Glyph::Warning,
            Self::Bad => Glyph::Cross,
            Self::Paused => Glyph::Pause,
            Self::Off => Glyph::Idle,
            Self::Unknown => Glyph::Unknown,
        }
    }
}

/// Icon and words of a state.
#[component]
pub(crate) fn StatusPill(
    /// Colour and icon.
    #[prop(into)]
    tone: Signal<Tone>,
    /// The state in words.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    view! {
        <span class=move || format!("pill tone--{}", tone.get().as_str())>
            <Icon glyph=Signal::derive(move || tone.get().glyph()) />
            <span class="pill__label">{move || label.get()}</span>
        </span>
    }
}
