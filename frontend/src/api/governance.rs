//! What governance decided and waits for, asked again every few seconds for all parts of the page, and the chain's clock.

use std::time::Duration;

use leptos::prelude::*;
use phase8_shared::api::GovernanceView;

use crate::api::{self, ClientError, System};
use crate::live::{browser_time, use_ticking};

const PERIOD: Duration = Duration::from_secs(4);

/// The last answer, and the chain's clock.
#[derive(Clone, Copy)]
pub(crate) struct Governance {
    view: RwSignal<Option<Result<GovernanceView, ClientError>>>,
    known: Memo<Option<GovernanceView>>,
    ahead: RwSignal<Option<i64>>,
    now: Signal<u64>,
    ask: Action<(), ()>,
}

impl Governance {
    /// Starts asking, and makes the answer known to every part of the page.
    pub(crate) fn provide(system: System) -> Self {
        let view = RwSignal::new(None::<Result<GovernanceView, ClientError>>);
        let last = RwSignal::new(None::<GovernanceView>);
        let ahead = RwSignal::new(None::<i64>);
        let ask = Action::new_local(move |(): &()| async move {
            let answer = api::governance().await;
            if let Ok(found) = &answer {
                ahead.update(|ahead| *ahead = Some(learn(*ahead, found.block_time, seconds())));
                if last.with_untracked(|last| last.as_ref() != Some(found)) {
                    last.set(Some(found.clone()));
                }
            }
            if view.with_untracked(|known| known.as_ref() != Some(&answer)) {
                view.set(Some(answer));
            }
        });
        // The server's clock is what an idle chain will be told next.
        let server = system.view();
        Effect::new(move |_| {
            let told = server.with(|view| view.as_ref().map(|view| view.now.unix_seconds()));
            if let Some(told) = told {
                ahead.update(|ahead| *ahead = Some(learn(*ahead, told, seconds())));
            }
        });
        let ticking = use_ticking();
        let now = Memo::new(move |_| at(ahead.get(), ticking.get().unix_seconds())).into();
        let governance = Self { view, known: Memo::new(move |_| last.get()), ahead, now, ask };
        governance.refresh();
        set_interval(move || governance.refresh(), PERIOD);
        provide_context(governance);
        governance
    }

    /// The last answer, or why there is none.
    pub(crate) fn view(self) -> Signal<Option<Result<GovernanceView, ClientError>>> {
        self.view.into()
    }

    /// The last good answer.
    pub(crate) const fn known(self) -> Memo<Option<GovernanceView>> {
        self.known
    }

    /// The chain's clock in Unix seconds, once a second.
    pub(crate) const fn chain_now(self) -> Signal<u64> {
        self.now
    }

    /// A block, or what a simulation was told, says the chain's time.
    pub(crate) fn heard_time(self, told: u64) {
        self.ahead.update(|ahead| *ahead = Some(learn(*ahead, told, seconds())));
    }

    /// Asks now.
    pub(crate) fn refresh(self) {
        if !self.ask.pending().get_untracked() {
            self.ask.dispatch_local(());
        }
    }
}

/// What governance decided and waits for, refreshed every few seconds.
pub(crate) fn use_governance() -> Governance {
    use_context().unwrap_or_else(|| Governance::provide(crate::api::use_system_handle()))
}

fn seconds() -> u64 {
    browser_time().unix_seconds()
}

/// How far the chain's clock is ahead of the browser's: the largest difference ever seen, because what tells of it is
/// only ever late.
fn learn(known: Option<i64>, told: u64, browser: u64) -> i64 {
    let ahead = signed(told).saturating_sub(signed(browser));
    known.map_or(ahead, |known| known.max(ahead))
}

fn at(ahead: Option<i64>, browser: u64) -> u64 {
    u64::try_from(signed(browser).saturating_add(ahead.unwrap_or_default())).unwrap_or_default()
}

fn signed(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_chain_does_not_hold_the_clock_back() {
        let ahead = learn(None, 1_000, 1_600);
        let ahead = learn(Some(ahead), 1_598, 1_600);

        assert_eq!(at(Some(ahead), 1_610), 1_608);
    }

    #[test]
    fn a_chain_that_was_set_forward_takes_the_clock_along() {
        assert_eq!(at(Some(learn(Some(0), 5_000, 1_600)), 1_601), 5_001);
    }
}
