//! The lever rail of a mission.

mod adapter;
mod cap;
mod copilot;
mod fleet;
mod summon;
pub(crate) mod view_model;

use leptos::prelude::*;
use phase8_shared::chain::{AdapterScope, Lever};
use phase8_shared::money::MicroUsd;

use crate::api::ClientError;
use crate::lever::desk::{Desk, use_desk};
use crate::lever::rail::adapter::AdapterLever;
use crate::lever::rail::cap::CapLever;
use crate::lever::rail::copilot::CoPilotLever;
use crate::lever::rail::fleet::{PauseLever, ResumeLever, TripwireLever};
use crate::lever::rail::summon::SummonLever;
use crate::lever::rail::view_model::Readings;
use crate::live::LiveMission;
use crate::ui::{Card, CopyText, ProblemCard, Skeleton, StatusPill, Tone};

/// How many seconds a reading of the chain is trusted while nothing happens.
const READ_SECONDS: u64 = 12;

/// What the levers of a mission look at.
#[derive(Clone, Copy)]
pub(super) struct MissionLevers {
    pub(super) live: LiveMission,
    pub(super) desk: Desk,
    pub(super) scopes: Memo<Vec<AdapterScope>>,
    readings: LocalResource<Option<Result<Readings, ClientError>>>,
    last: RwSignal<Option<Readings>>,
}

impl MissionLevers {
    fn of(live: LiveMission) -> Self {
        let desk = use_desk();
        let scopes = Memo::new(move |_| {
            let mission = live.id().key();
            let mut scopes = vec![AdapterScope::Mission { mission }];
            live.state().with(|state| {
                let agents = state.iter().flat_map(|state| state.agents.keys());
                scopes
                    .extend(agents.map(|role| AdapterScope::Agent { mission, role: role.clone() }));
            });
            scopes
        });
        let told = Memo::new(move |_| live.version().get());
        let age = Memo::new(move |_| live.now().unix_seconds() / READ_SECONDS);
        let block = Memo::new(move |_| {
            desk.governance.known().with(|view| view.as_ref().map(|view| view.block_hash))
        });
        let flips = Memo::new(move |_| {
            desk.flips().with(|flips| flips.values().filter(|flip| !flip.is_proposal()).count())
        });
        let last = RwSignal::new(None::<Readings>);
        let readings = LocalResource::new(move || {
            told.track();
            age.track();
            block.track();
            flips.track();
            let scopes = scopes.get();
            let deployment = desk.deployment.get();
            async move {
                let request = view_model::ask(&deployment?.contracts, live.id().key(), &scopes);
                let read = desk.read(&request).await.and_then(|answer| {
                    view_model::read(&answer).ok_or_else(|| {
                        ClientError::Garbled(
                            "the contracts answer something else than this page expects".to_owned(),
                        )
                    })
                });
                if let Ok(read) = &read
                    && last.try_with_untracked(|last| last.as_ref() != Some(read)) == Some(true)
                {
                    last.try_set(Some(read.clone()));
                }
                Some(read)
            }
        });
        let levers = Self { live, desk, scopes, readings, last };
        // Tells the desk the mission's name, for words about its key.
        Effect::new(move |_| {
            let name =
                live.state().with(|state| state.as_ref().map(|state| state.created.name.clone()));
            if let Some(name) = name {
                desk.tell_name(live.id().key().0, &name);
            }
        });
        levers
    }

    /// What the chain says, once it has been asked.
    pub(super) fn readings(self) -> Option<Result<Readings, ClientError>> {
        self.readings.get().flatten()
    }

    /// The last good reading: while the chain cannot be read, levers can still be set and their evidence exported;
    /// nothing is signed without a check.
    pub(super) fn known(self) -> Option<Readings> {
        self.last.get()
    }

    /// A lever that is offered unless there is nothing to flip, and why not.
    pub(super) fn offer(
        self,
        lever: impl Fn(&Readings) -> Lever + Copy + Send + Sync + 'static,
    ) -> (Memo<Option<Lever>>, Signal<Option<String>>) {
        let offered = Memo::new(move |_| {
            let readings = self.known()?;
            let lever = lever(&readings);
            view_model::idle_reason(&lever, &readings).is_none().then_some(lever)
        });
        let idle = Signal::derive(move || match (self.known(), self.readings()) {
            (Some(readings), _) => view_model::idle_reason(&lever(&readings), &readings),
            (None, Some(Err(_))) => {
                Some("The chain cannot be read, so nothing can be checked or signed.".to_owned())
            }
            (None, _) => Some("Reading the chain…".to_owned()),
        });
        (offered, idle)
    }
}

/// Every lever of a mission, and what the chain says about them.
#[component]
pub(crate) fn LeverRail(
    /// The mission.
    live: LiveMission,
) -> impl IntoView {
    let levers = MissionLevers::of(live);
    let committed = Signal::derive(move || {
        live.state().with(|state| {
            state.as_ref().map_or(MicroUsd::ZERO, |state| {
                state.budget.spent.saturating_add(state.budget.reserved)
            })
        })
    });
    view! {
        <Card title="Levers" id="levers">
            <Readiness levers />
            <div class="levers">
                <PauseLever levers />
                <ResumeLever levers />
                <TripwireLever levers />
                <CapLever levers committed />
                <AdapterLever levers />
                <CoPilotLever levers />
                <SummonLever levers />
            </div>
        </Card>
    }
    .into_any()
}

/// What the readings say about the fleet.
type Told = Result<(bool, bool), ClientError>;

/// How the fleet stands and who may flip what, as read from the chain.
#[component]
fn Readiness(levers: MissionLevers) -> impl IntoView {
    let told = Memo::new(move |_| {
        levers.readings().map(|it| -> Told { it.map(|it| (it.paused, it.tripped)) })
    });
    let known = levers.desk.known();
    let retry = Callback::new(move |()| levers.readings.refetch());
    let who = move || {
        known.get().map(|known| {
            view! {
                <span>"Owner " <CopyText text=known.owner.to_string() label="owner" /></span>
                <span>"Guardian " <CopyText text=known.guardian.to_string() label="pause guardian" /></span>
            }
        })
    };
    view! {
        {move || match told.get() {
            None => view! { <Skeleton lines=1 label="Reading the chain" /> }.into_any(),
            Some(Err(error)) => view! { <ProblemCard trouble=error on_retry=retry /> }.into_any(),
            Some(Ok((paused, tripped))) => {
                let (tone, words) = match (paused, tripped) {
                    (_, true) => (Tone::Paused, "Tripwire holds the fleet"),
                    (true, false) => (Tone::Paused, "Fleet paused"),
                    (false, false) => (Tone::Ok, "Fleet runs"),
                };
                view! {
                    <div class="readiness">
                        <StatusPill tone label=words />
                        {who}
                    </div>
                }
                    .into_any()
            }
        }}
    }
}
