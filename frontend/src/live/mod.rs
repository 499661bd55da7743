//! The live mirror of one mission's ledger: pages of history first, then the stream, both through [`Journal::ingest`].
//! A dropped connection resumes after the last event that is here, without a gap or a double.

mod clock;
mod tail;

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use phase8_shared::api::{Problem, ProblemCode};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::{Event, MissionState};
use phase8_shared::time::Timestamp;
use phase8_shared::timeline::Ingest;
pub(crate) use phase8_shared::timeline::Journal;
#[cfg(test)]
pub(crate) use phase8_shared::timeline::sample;

pub(crate) use crate::live::clock::{browser_time, use_ticking};

use crate::api::{self, ClientError};
use crate::live::clock::Offset;
use crate::live::tail::{Tail, TailEvent};

/// How the mirror stands with the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Connection {
    /// History is being read.
    Loading,
    /// Events arrive as they are written.
    Live,
    /// The stream broke; it is being taken up again.
    Reconnecting,
    /// The server has not answered for a while; it is still being tried.
    Offline,
    /// Trying again by itself would not help.
    Problem(ClientError),
}

/// The mirror: signals to read, and nothing to write.
#[derive(Clone, Copy)]
pub(crate) struct LiveMission {
    id: MissionId,
    journal: StoredValue<Journal>,
    version: RwSignal<Seq>,
    state: RwSignal<Option<Arc<MissionState>>>,
    connection: RwSignal<Connection>,
    now: Signal<Timestamp>,
    offset: RwSignal<Offset>,
    tail: StoredValue<Option<Tail>, LocalStorage>,
    publishing: StoredValue<bool>,
    failures: StoredValue<u32>,
    timer: StoredValue<Option<TimeoutHandle>>,
    catch_up: Action<(), ()>,
}

impl LiveMission {
    /// Starts to mirror a mission; it ends when the current owner is cleaned up.
    pub(crate) fn open(id: MissionId) -> Self {
        let action: StoredValue<Option<Self>> = StoredValue::new(None);
        let catch_up = Action::new_local(move |(): &()| async move {
            if let Some(live) = action.try_get_value().flatten() {
                live.load_and_follow().await;
            }
        });
        let live = Self {
            id,
            journal: StoredValue::new(Journal::default()),
            version: RwSignal::new(Seq::ZERO),
            state: RwSignal::new(None),
            connection: RwSignal::new(Connection::Loading),
            now: use_ticking(),
            offset: RwSignal::new(Offset::default()),
            tail: StoredValue::new_local(None),
            publishing: StoredValue::new(false),
            failures: StoredValue::new(0),
            timer: StoredValue::new(None),
            catch_up,
        };
        action.set_value(Some(live));
        on_cleanup(move || {
            // Dropping the tail closes the stream.
            live.tail.try_update_value(|tail| *tail = None);
            live.clear_timer();
        });
        catch_up.dispatch_local(());
        live
    }

    /// Which mission.
    pub(crate) const fn id(self) -> MissionId {
        self.id
    }

    /// How the mirror stands with the server.
    pub(crate) fn connection(self) -> Signal<Connection> {
        self.connection.into()
    }

    /// The last event that is here. Whoever reads the journal reacts to this.
    pub(crate) fn version(self) -> Signal<Seq> {
        self.version.into()
    }

    /// The folded state; `None` until the first page is here.
    pub(crate) fn state(self) -> Signal<Option<Arc<MissionState>>> {
        self.state.into()
    }

    /// The server's clock, once a second.
    pub(crate) fn now(self) -> Timestamp {
        let latest = self
            .state
            .with(|state| state.as_ref().map_or(Timestamp::from_millis(0), |state| state.as_of));
        self.offset.get().server_time(self.now.get(), latest)
    }

    /// The browser's clock, once a second, for whoever only wants to be woken.
    pub(crate) const fn now_signal(self) -> Signal<Timestamp> {
        self.now
    }

    /// Reads the journal and reacts to new events.
    pub(crate) fn with<T>(self, read: impl FnOnce(&Journal) -> T) -> T {
        self.version.track();
        self.journal.with_value(read)
    }

    /// Reads the journal once.
    pub(crate) fn with_untracked<T>(self, read: impl FnOnce(&Journal) -> T) -> Option<T> {
        self.journal.try_with_value(read)
    }

    /// Tries again now.
    pub(crate) fn retry(self) {
        self.failures.try_update_value(|failures| *failures = 0);
        self.connection.set(if self.version.get_untracked() == Seq::ZERO {
            Connection::Loading
        } else {
            Connection::Reconnecting
        });
        self.restart();
    }

    fn restart(self) {
        self.clear_timer();
        if !self.catch_up.pending().try_get_untracked().unwrap_or(true) {
            self.catch_up.dispatch_local(());
        }
    }

    async fn load_and_follow(self) {
        self.tail.try_update_value(|tail| *tail = None);
        match self.load().await {
            Ok(last) => {
                let tail = Tail::open(self.id, last, move |event| self.hear(event));
                self.tail.try_update_value(|slot| *slot = tail);
                if self.tail.try_with_value(Option::is_none).unwrap_or(false) {
                    self.fail(ClientError::Offline);
                }
            }
            Err(error) => self.fail(error),
        }
    }

    /// Reads pages until the ledger's end.
    async fn load(self) -> Result<Seq, ClientError> {
        loop {
            let after = self.with_untracked(Journal::last).unwrap_or(Seq::ZERO);
            let page = api::events(self.id, after).await?;
            for event in page.events {
                self.take(event)?;
            }
            let last = self.with_untracked(Journal::last).unwrap_or(Seq::ZERO);
            if last >= page.last {
                return Ok(last);
            }
            if last == after {
                let words = format!(
                    "the ledger has {} events, but none came after event {last}",
                    page.last
                );
                return Err(ClientError::Garbled(words));
            }
        }
    }

    fn hear(self, event: TailEvent) {
        match event {
            TailEvent::Opened => {
                self.failures.try_update_value(|failures| *failures = 0);
                self.connection.set(Connection::Live);
            }
            TailEvent::Message(text) => match serde_json::from_str::<Event>(&text) {
                Ok(event) => {
                    let written = event.at;
                    self.offset.update(|offset| *offset = offset.learn(written, browser_time()));
                    match self.take(event) {
                        Ok(Ingest::Gap) => self.again_in(0),
                        Ok(Ingest::Appended | Ingest::Known | Ingest::Contradicts) => {}
                        Err(error) => self.fail(error),
                    }
                }
                Err(error) => self.fail(ClientError::Garbled(error.to_string())),
            },
            TailEvent::Interrupted => {
                let failures = self.failures.try_update_value(|failures| {
                    *failures = failures.saturating_add(1);
                    *failures
                });
                let short = failures.is_none_or(|failures| failures <= 3);
                self.connection.set(if short {
                    Connection::Reconnecting
                } else {
                    Connection::Offline
                });
            }
            TailEvent::Closed => self.fail(ClientError::Offline),
        }
    }

    fn take(self, event: Event) -> Result<Ingest, ClientError> {
        let seq = event.seq;
        let ingested =
            self.journal.try_update_value(|journal| journal.ingest(event)).unwrap_or(Ingest::Known);
        match ingested {
            Ingest::Appended => self.publish_soon(),
            Ingest::Known | Ingest::Gap => {}
            Ingest::Contradicts => {
                let words = format!(
                    "event {seq} differs from the one that was read before: the ledger was changed"
                );
                return Err(ClientError::Garbled(words));
            }
        }
        Ok(ingested)
    }

    /// Events of one burst become one update.
    fn publish_soon(self) {
        if self.publishing.try_update_value(|flag| std::mem::replace(flag, true)) == Some(false) {
            queue_microtask(move || {
                self.publishing.try_update_value(|flag| *flag = false);
                let Some((last, state)) =
                    self.with_untracked(|journal| (journal.last(), journal.state().cloned()))
                else {
                    return;
                };
                self.state.set(state);
                self.version.set(last);
            });
        }
    }

    fn fail(self, error: ClientError) {
        let failures = self
            .failures
            .try_update_value(|failures| {
                *failures = failures.saturating_add(1);
                *failures
            })
            .unwrap_or(1);
        if !is_passing(&error) {
            self.connection.set(Connection::Problem(error));
            self.tail_closes_soon();
            return;
        }
        let nothing_yet = self.version.try_get_untracked() == Some(Seq::ZERO);
        self.connection.set(match failures {
            _ if nothing_yet => Connection::Problem(error),
            1..=3 => Connection::Reconnecting,
            _ => Connection::Offline,
        });
        self.again_in(1_000_u64.saturating_mul(1 << failures.min(4)));
    }

    fn again_in(self, millis: u64) {
        self.clear_timer();
        let again = set_timeout_with_handle(move || self.restart(), Duration::from_millis(millis));
        self.timer.try_update_value(|timer| *timer = again.ok());
    }

    /// A tail must not be dropped from within its own callback.
    fn tail_closes_soon(self) {
        queue_microtask(move || drop(self.tail.try_update_value(Option::take)));
    }

    fn clear_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}

/// Whether the same request may succeed later without anybody doing anything.
fn is_passing(error: &ClientError) -> bool {
    match error {
        ClientError::Offline => true,
        ClientError::Problem(Problem { code, .. }) => matches!(
            code,
            ProblemCode::Internal
                | ProblemCode::OrchestratorUnreachable
                | ProblemCode::ChainUnreachable
        ),
        ClientError::Garbled(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_passing_troubles_are_tried_again() {
        assert!(is_passing(&ClientError::Offline));
        assert!(is_passing(&ClientError::Problem(Problem::new(
            ProblemCode::OrchestratorUnreachable,
            ""
        ))));
        assert!(!is_passing(&ClientError::Problem(Problem::new(ProblemCode::NotFound, ""))));
        assert!(!is_passing(&ClientError::Garbled(String::new())));
    }
}
