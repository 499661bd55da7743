//! Dark, light, or as the system has it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::storage::{self, Key};
use crate::ui::{Button, ButtonKind, Glyph, Icon};

/// Which palette the page wears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::System => "as the system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn wear(self) {
        let Some(root) = document().document_element() else { return };
        let _ = match self {
            Self::System => root.remove_attribute("data-theme"),
            Self::Light => root.set_attribute("data-theme", "light"),
            Self::Dark => root.set_attribute("data-theme", "dark"),
        };
    }
}

/// Goes through the three choices; the browser remembers the last.
#[component]
pub(crate) fn ThemeToggle() -> impl IntoView {
    let theme = RwSignal::new(storage::recall::<Theme>(Key::Theme).unwrap_or_default());
    // Touches the root element's attribute and the browser's memory.
    Effect::new(move |before: Option<Theme>| {
        let theme = theme.get();
        theme.wear();
        if before.is_some_and(|before| before != theme) {
            storage::remember(Key::Theme, &theme);
        }
        theme
    });
    let turn = Callback::new(move |()| theme.update(|theme| *theme = theme.next()));
    view! {
        <Button kind=ButtonKind::Quiet on_press=turn testid="theme-toggle" name="Change colours">
            <Icon glyph=Glyph::Theme />
            <span class="theme__now" role="status">{move || format!("Colours: {}", theme.get().words())}</span>
        </Button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_turns_come_back_to_the_first() {
        assert_eq!(Theme::System.next().next().next(), Theme::System);
    }
}
