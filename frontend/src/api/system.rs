//! What the server is and how it fares, asked again every few seconds for all parts of the page.

use std::time::Duration;

use leptos::prelude::*;
use phase8_shared::api::SystemView;
use phase8_shared::chain::Deployment;

use crate::api::{self, ClientError};

const PERIOD: Duration = Duration::from_secs(4);

/// The last answer, and why there is no newer one.
#[derive(Clone, Copy)]
pub(crate) struct System {
    view: RwSignal<Option<SystemView>>,
    error: RwSignal<Option<ClientError>>,
    deployment: Memo<Option<Deployment>>,
    ask: Action<(), ()>,
}

impl System {
    /// Starts asking, and makes the answer known to every part of the page.
    pub(crate) fn provide() -> Self {
        let view = RwSignal::new(None);
        let error = RwSignal::new(None);
        let ask = Action::new_local(move |(): &()| async move {
            match api::system().await {
                Ok(answer) => {
                    view.set(Some(answer));
                    error.set(None);
                }
                Err(failure) => error.set(Some(failure)),
            }
        });
        let deployment = Memo::new(move |_| {
            view.with(|view: &Option<SystemView>| view.as_ref().map(|view| view.deployment.clone()))
        });
        let system = Self { view, error, deployment, ask };
        system.refresh();
        set_interval(move || system.refresh(), PERIOD);
        provide_context(system);
        system
    }

    /// The last answer.
    pub(crate) fn view(self) -> Signal<Option<SystemView>> {
        self.view.into()
    }

    /// Why there is no newer answer.
    pub(crate) fn error(self) -> Signal<Option<ClientError>> {
        self.error.into()
    }

    /// Chain and contracts; changes only when they do.
    pub(crate) const fn deployment(self) -> Memo<Option<Deployment>> {
        self.deployment
    }

    /// Asks now.
    pub(crate) fn refresh(self) {
        if !self.ask.pending().get_untracked() {
            self.ask.dispatch(());
        }
    }
}

/// What the server is and how it fares, refreshed every few seconds.
pub(crate) fn use_system() -> Signal<Option<SystemView>> {
    use_system_handle().view()
}

/// The same with its error, and a way to ask now.
pub(crate) fn use_system_handle() -> System {
    use_context().unwrap_or_else(System::provide)
}
