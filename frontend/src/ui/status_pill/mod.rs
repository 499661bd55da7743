//! A state in words, with an icon: never by colour alone.

use leptos::prelude::*;
pub(crate) use phase8_shared::timeline::Tone;

use crate::ui::{Glyph, Icon};

impl From<Tone> for Glyph {
    /// The icon that says the same as the colour.
    fn from(tone: Tone) -> Self {
        match tone {
            Tone::Ok => Self::Check,
            Tone::Work => Self::Active,
            Tone::Wait => Self::Clock,
            Tone::Warn => Self::Warning,
            Tone::Bad => Self::Cross,
            Tone::Paused => Self::Pause,
            Tone::Off => Self::Idle,
            Tone::Unknown => Self::Unknown,
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
            <Icon glyph=Signal::derive(move || Glyph::from(tone.get())) />
            <span class="pill__label">{move || label.get()}</span>
        </span>
    }
}
