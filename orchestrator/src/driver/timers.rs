//! When missions are to be looked at again: one queue for all of them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use phase8_shared::id::MissionId;
use phase8_shared::time::Timestamp;
use tokio::sync::Notify;

use super::desk::Order;
use super::inner::Inner;
use super::seat::Seat;

#[derive(Debug, Default)]
pub(super) struct Timers {
    queue: Mutex<BTreeSet<(Timestamp, MissionId)>>,
    /// Something is due earlier than everything before.
    sooner: Notify,
}

impl Timers {
    fn queue(&self) -> MutexGuard<'_, BTreeSet<(Timestamp, MissionId)>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets when a mission is to be looked at again, in place of what was set before.
    pub(super) fn set(&self, seat: &Seat, wake: Option<Timestamp>) {
        let mut queue = self.queue();
        if let Some(before) = seat.wake_at(wake) {
            queue.remove(&(before, seat.id));
        }
        let Some(wake) = wake else { return };
        queue.insert((wake, seat.id));
        if queue.first() == Some(&(wake, seat.id)) {
            self.sooner.notify_one();
        }
    }

    /// Takes out what is due, and answers when the next is.
    fn due(&self, now: Timestamp) -> (Vec<MissionId>, Option<Timestamp>) {
        let mut queue = self.queue();
        let mut due = Vec::new();
        while let Some((at, mission)) = queue.first().copied() {
            if at > now {
                return (due, Some(at));
            }
            queue.pop_first();
            due.push(mission);
        }
        (due, None)
    }
}

impl Inner {
    /// Looks at every mission when its time has come.
    pub(super) async fn keep_time(self: Arc<Self>) {
        loop {
            let (due, next) = self.timers.due(self.parts.clock.now());
            for seat in due.into_iter().filter_map(|mission| self.seat(mission)) {
                self.spawn(Arc::clone(&self).work(seat, Order::Look));
            }
            let sleep = async {
                match next {
                    Some(next) => self.parts.clock.sleep_until(next).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.timers.sooner.notified() => {}
                () = sleep => {}
            }
        }
    }
}
