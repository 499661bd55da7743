//! Short notices at the edge of the page.

use leptos::prelude::*;

use crate::ui::{Button, ButtonKind, Glyph, Icon, Tone};

/// How long a notice stays; one that asks for a look stays longer, one of a failure until it is closed or a newer comes.
const STAY_MILLIS: u64 = 7_000;
const LOOK_MILLIS: u64 = 20_000;

/// Older notices give way to newer ones: a pile would cover what people came to press.
const MOST: usize = 1;

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
            make_room(shown);
        });
        if let Some(millis) = stays(tone) {
            set_timeout(move || self.close(id), std::time::Duration::from_millis(millis));
        }
    }

    fn close(self, id: u64) {
        self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Lets older notices go.
fn make_room<T>(shown: &mut Vec<T>) {
    let surplus = shown.len().saturating_sub(MOST);
    shown.drain(..surplus);
}

/// How long a notice stays by itself; `None` until it is closed.
const fn stays(tone: Tone) -> Option<u64> {
    match tone {
        Tone::Bad => None,
        Tone::Warn => Some(LOOK_MILLIS),
        Tone::Ok | Tone::Work | Tone::Wait | Tone::Paused | Tone::Off | Tone::Unknown => {
            Some(STAY_MILLIS)
        }
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
                    <Icon glyph=Glyph::from(toast.tone) />
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_notice_gives_way_to_a_newer_one() {
        let mut shown = vec!["account changed", "chain changed"];

        make_room(&mut shown);

        assert_eq!(shown, ["chain changed"]);
    }

    #[test]
    fn a_failure_stays_until_somebody_saw_it() {
        assert_eq!(stays(Tone::Bad), None);
        assert!(stays(Tone::Warn) > stays(Tone::Ok));
    }
}
