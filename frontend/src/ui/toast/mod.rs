//! Short notices at the edge of the page.

use leptos::prelude::*;

use crate::ui::{Button, ButtonKind, Glyph, Icon, Tone};

/// How long a notice stays, unless it tells of a failure: those stay until they are closed.
const STAY_MILLIS: u64 = 7_000;

/// Older notices give way to newer ones.
const MOST: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Toast {
    id: u64,
    tone: Tone,
    text: String,
}

/// The notices that are shown now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

/// The notices of this page.
pub(crate) fn use_toasts() -> Toasts {
    use_context().unwrap_or_else(Toasts::new)
}

impl Toasts {
    fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    /// Makes them known to every part of the page.
    pub(crate) fn provide() {
        provide_context(Self::new());
    }

    /// Shows a notice.
    pub(crate) fn say(self, tone: Tone, text: impl Into<String>) {
        let id = self.next.try_with_value(|next| next.wrapping_add(1)).unwrap_or_default();
        self.next.try_set_value(id);
        self.shown.try_update(|shown| {
            shown.push(Toast { id, tone, text: text.into() });
            let surplus = shown.len().saturating_sub(MOST);
            shown.drain(..surplus);
        });
        if !matches!(tone, Tone::Bad | Tone::Warn) {
            set_timeout(move || self.close(id), std::time::Duration::from_millis(STAY_MILLIS));
        }
    }

    fn close(self, id: u64) {
        self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Where notices appear.
#[component]
pub(crate) fn ToastHost() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="log" aria-live="polite" aria-label="Notices">
            <For each=move || toasts.shown.get() key=|toast| toast.id let:toast>
                <div class=format!("toast tone--{}", toast.tone.as_str()) data-testid="toast">
                    <Icon glyph=toast.tone.glyph() />
                    <p class="toast__text">{toast.text.clone()}</p>
                    <Button
                        kind=ButtonKind::Quiet
                        name="Close notice"
                        on_press=Callback::new(move |()| toasts.close(toast.id))
                    >
                        <Icon glyph=Glyph::Close />
                    </Button>
                </div>
            </For>
        </div>
    }
}
