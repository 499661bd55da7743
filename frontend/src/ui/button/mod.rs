//! A button that says when it is busy.

use leptos::prelude::*;

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ButtonKind {
    /// The one thing to do here.
    Primary,
    /// Something to do here.
    #[default]
    Secondary,
    /// Without a border, for tools beside a title.
    Quiet,
    /// Hard to undo.
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button--primary",
            Self::Secondary => "button",
            Self::Quiet => "button button--quiet",
            Self::Danger => "button button--danger",
        }
    }
}

/// A button. While `busy` it does nothing and says so to screen readers.
#[component]
pub(crate) fn Button(
    /// Called when it is pressed.
    on_press: Callback<()>,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// Cannot be pressed now. Say why beside it.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What it started is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// `data-testid`.
    #[prop(optional, into)]
    testid: Option<&'static str>,
    /// Name for screen readers, where the content is only an icon.
    #[prop(optional, into)]
    name: Option<String>,
    /// Id of the element that says more, such as why it is disabled.
    #[prop(optional, into)]
    described_by: Option<&'static str>,
    /// Icon and words.
    children: Children,
) -> impl IntoView {
    let press = move |_| {
        if !busy.get_untracked() && !disabled.get_untracked() {
            on_press.run(());
        }
    };
    view! {
        <button
            type="button"
            class=kind.class()
            class:button--busy=move || busy.get()
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            aria-label=name
            aria-describedby=described_by
            data-testid=testid
            on:click=press
        >
            {children()}
        </button>
    }
}
