//! A task that is woken while it is at work hears that itself and goes on at once. The runtime would put it back into its
//! queue and wake another thread to look there, which finds nothing to do; for a short request that costs more than the
//! request. Two halves of a connection that one task drives wake each other with every step.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// After so many rounds other tasks have their turn.
const ROUNDS: u32 = 8;

/// A future that goes on at once when it is woken while it is polled.
pub(crate) struct AtOnce<F> {
    future: F,
    nudge: Arc<Nudge>,
    waker: Waker,
}

impl<F: Future + Unpin> AtOnce<F> {
    pub(crate) fn new(future: F) -> Self {
        let nudge = Arc::new(Nudge::default());
        let waker = Waker::from(Arc::clone(&nudge));
        Self { future, nudge, waker }
    }
}

impl<F: Future + Unpin> Future for AtOnce<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { future, nudge, waker } = self.get_mut();
        nudge.task.register(context.waker());
        let mut inner = Context::from_waker(waker);
        for _ in 0..ROUNDS {
            nudge.state.store(POLLING, Ordering::SeqCst);
            if let Poll::Ready(done) = Pin::new(&mut *future).poll(&mut inner) {
                return Poll::Ready(done);
            }
            if nudge.state.swap(WAITING, Ordering::SeqCst) == POLLING {
                return Poll::Pending;
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// The task waits, and is woken.
const WAITING: u8 = 0;
/// It is at work, and sees by itself what is new when it is through.
const POLLING: u8 = 1;
/// Something was new while it was at work.
const NUDGED: u8 = 2;

/// A waker that wakes the task only when it sleeps.
#[derive(Default)]
struct Nudge {
    state: AtomicU8,
    task: AtomicWaker,
}

impl Wake for Nudge {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let at_work = |state| (state != WAITING).then_some(NUDGED);
        if self.state.fetch_update(Ordering::SeqCst, Ordering::SeqCst, at_work).is_err() {
            self.task.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use tokio::task::coop::consume_budget;
    use tokio::time::timeout;

    use super::*;

    /// Counts how often the task was woken from outside.
    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Wakes itself so often before it is ready.
    fn after(mut wakes: u32) -> impl Future<Output = ()> + Unpin {
        poll_fn(move |context| {
            if wakes == 0 {
                return Poll::Ready(());
            }
            wakes -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
    }

    #[test]
    fn what_is_woken_at_work_goes_on_without_the_runtime() {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));

        let polled = pin!(AtOnce::new(after(ROUNDS - 1))).poll(&mut Context::from_waker(&waker));

        assert!(polled.is_ready());
        assert_eq!(woken.0.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn what_wakes_itself_without_end_leaves_others_their_turn() {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));

        let polled = pin!(AtOnce::new(after(u32::MAX))).poll(&mut Context::from_waker(&waker));

        assert!(polled.is_pending());
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn what_is_woken_while_it_waits_wakes_the_task() {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut kept = None;
        let mut future = pin!(AtOnce::new(poll_fn(|context| {
            kept = Some(context.waker().clone());
            Poll::<()>::Pending
        })));
        assert!(future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());

        kept.unwrap().wake();

        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn work_that_uses_up_its_budget_comes_to_its_end() {
        let work = async {
            for _ in 0..10_000 {
                consume_budget().await;
            }
        };

        let done = timeout(Duration::from_secs(20), AtOnce::new(pin!(work))).await;

        assert_eq!(done, Ok(()));
    }
}
