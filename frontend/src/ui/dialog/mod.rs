//! A modal dialog on the browser's own `dialog` element: it traps the focus and closes on Escape.

use leptos::html;
use leptos::prelude::*;

use crate::ui::{Button, ButtonKind, Glyph, Icon};

/// A dialog that is shown while `open`.
#[component]
pub(crate) fn Dialog(
    /// Whether it is shown.
    #[prop(into)]
    open: Signal<bool>,
    /// The title.
    #[prop(into)]
    title: String,
    /// `data-testid`.
    #[prop(optional, into)]
    testid: Option<&'static str>,
    /// The person wants it closed: Escape, or the cross.
    on_close: Callback<()>,
    /// The content, made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    // Touches the browser: only its own modal mode traps the focus.
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let label = title.clone();
    view! {
        <dialog
            class="dialog"
            node_ref=dialog
            aria-label=label
            data-testid=testid
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                on_close.run(());
            }
        >
            <Show when=move || open.get()>
                <header class="dialog__head">
                    <h2 class="dialog__title">{title.clone()}</h2>
                    <Button kind=ButtonKind::Quiet on_press=on_close name="Close">
                        <Icon glyph=Glyph::Close />
                    </Button>
                </header>
                <div class="dialog__body">{children()}</div>
            </Show>
        </dialog>
    }
}
