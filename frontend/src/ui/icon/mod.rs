//! Icons drawn by us: strokes on a 16-unit grid that take the colour of the text beside them.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glyph {
    /// A tick in a circle: as it should be.
    Check,
    /// A cross in a circle: it failed.
    Cross,
    /// A triangle: look at it.
    Warning,
    /// The letter i in a circle.
    Info,
    /// A question mark in a circle: not known.
    Unknown,
    /// Two bars in a circle: stands still.
    Pause,
    /// A clock: waits for someone.
    Clock,
    /// A filled circle in a ring: at work.
    Active,
    /// An empty circle: not begun.
    Idle,
    /// Two sheets.
    Copy,
    /// An arrow into a tray.
    Upload,
    /// A sheet of paper.
    File,
    /// A circular arrow.
    Refresh,
    /// A purse.
    Wallet,
    /// Half a disc: dark and light.
    Theme,
    /// A cross.
    Close,
    /// An arrow to the right.
    Arrow,
    /// A pen.
    Sign,
    /// A chain link.
    Link,
    /// A shield.
    Shield,
    /// Upward craft.
    Launch,
    /// Lines of a list.
    List,
    /// Bars.
    Score,
    /// A gauge.
    System,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Check => {
                "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5M5.2 8.2l2 2l3.7-4.2"
            }
            Self::Cross => {
                "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5M5.75 5.75l4.5 4.5M10.25 5.75l-4.5 4.5"
            }
            Self::Warning => "M8 2.2l6.2 11.3h-12.4zM8 6.4v3.4M8 11.7v.1",
            Self::Info => "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5M8 7.4v3.6M8 5v.1",
            Self::Unknown => {
                "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5M6.2 6.3a1.8 1.8 0 1 1 2.6 1.7q-.8.4-.8 1.2M8 11.4v.1"
            }
            Self::Pause => {
                "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5M6.4 5.6v4.8M9.6 5.6v4.8"
            }
            Self::Clock => {
                "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5M8 4.6v3.6l2.4 1.6"
            }
            Self::Active => {
                "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5M8 6.4a1.6 1.6 0 1 1 0 3.2a1.6 1.6 0 1 1 0-3.2"
            }
            Self::Idle => "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Upload => "M8 10V2.5M4.8 5.5L8 2.3l3.2 3.2M2.5 10v3.5h11V10",
            Self::File => "M3.5 1.75h6l3 3v9.5h-9zM9.5 1.75v3h3",
            Self::Refresh => "M13.5 8a5.5 5.5 0 1 1-1.7-4M12 1.5v2.7H9.3",
            Self::Wallet => {
                "M2 4.5h10.5a1.5 1.5 0 0 1 1.5 1.5v6a1.5 1.5 0 0 1-1.5 1.5H3.5A1.5 1.5 0 0 1 2 12zM2 4.5l9-2.25V4.5M11 9v.1"
            }
            Self::Theme => {
                "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5M8 1.75v12.5M8 5l4.6-1M8 8h6M8 11l4.6 1"
            }
            Self::Close => "M3.5 3.5l9 9M12.5 3.5l-9 9",
            Self::Arrow => "M2.5 8h10.5M9 4l4 4l-4 4",
            Self::Sign => "M10.8 2.6l2.6 2.6l-7.6 7.6l-3.3.7l.7-3.3zM9 14h5",
            Self::Link => {
                "M6.5 9.5l3-3M7.5 5l1.7-1.7a2.5 2.5 0 0 1 3.5 3.5L11 8.5M8.5 11l-1.7 1.7a2.5 2.5 0 0 1-3.5-3.5L5 7.5"
            }
            Self::Shield => "M8 1.75l5 2v4c0 3-2 5.2-5 6.5c-3-1.3-5-3.5-5-6.5v-4z",
            Self::Launch => {
                "M8 1.5c2.4 1.8 3 4.6 3 8.5H5c0-3.9.6-6.7 3-8.5M5 7.5L2.8 10v3L5 11.6M11 7.5l2.2 2.5v3L11 11.6M8 12v2.5"
            }
            Self::List => "M2.5 4h1M6 4h7.5M2.5 8h1M6 8h7.5M2.5 12h1M6 12h7.5",
            Self::Score => "M3 13.5v-4M8 13.5v-11M13 13.5v-7",
            Self::System => "M2 12.5a6.2 6.2 0 1 1 12 0zM8 10.5l2.8-4",
        }
    }
}

/// One icon; decoration beside words, so hidden from screen readers.
#[component]
pub(crate) fn Icon(
    /// What it shows.
    #[prop(into)]
    glyph: Signal<Glyph>,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=move || glyph.get().path()></path>
        </svg>
    }
}
