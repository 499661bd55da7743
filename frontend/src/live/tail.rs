//! The stream of events: one `EventSource`, closed when dropped.

use std::fmt;

use phase8_shared::api::routes;
use phase8_shared::id::{MissionId, Seq};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// What the stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TailEvent {
    /// It is connected.
    Opened,
    /// One ledger event as JSON.
    Message(String),
    /// It broke; the browser takes it up again by itself after `Last-Event-ID`.
    Interrupted,
    /// It broke for good; somebody must open another.
    Closed,
}

/// An open stream.
pub(super) struct Tail {
    source: EventSource,
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut()>,
}

impl Tail {
    /// Follows a mission's ledger after an event; `None` if the browser refuses.
    pub(super) fn open(
        mission: MissionId,
        after: Seq,
        hear: impl Fn(TailEvent) + Copy + 'static,
    ) -> Option<Self> {
        let source = EventSource::new(&routes::stream(mission, after)).ok()?;
        let open = Closure::<dyn FnMut()>::new(move || hear(TailEvent::Opened));
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            if let Some(text) = message.data().as_string() {
                hear(TailEvent::Message(text));
            }
        });
        let watched = source.clone();
        let error = Closure::<dyn FnMut()>::new(move || {
            let closed = watched.ready_state() == EventSource::CLOSED;
            hear(if closed { TailEvent::Closed } else { TailEvent::Interrupted });
        });
        source.set_onopen(Some(open.as_ref().unchecked_ref()));
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self { source, _open: open, _message: message, _error: error })
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

impl fmt::Debug for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tail").field("state", &self.source.ready_state()).finish_non_exhaustive()
    }
}
