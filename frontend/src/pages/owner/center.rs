//! What every part of the command center looks at, asked for once.

use std::collections::BTreeMap;
use std::time::Duration;

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::api::{GovernanceView, MissionList, Preflight, RequestView, TransactionView};
use phase8_shared::chain::manager::Registry;
use phase8_shared::chain::{Contracts, Deployment, Lever};

use crate::api::{self, ClientError, Governance, use_governance, use_system_handle};
use crate::lever::{Desk, use_desk};
use crate::manifest::use_manifest;
use crate::pages::owner::polled::{Face, Polled, face_of};
use crate::pages::owner::readiness::{self, Standing};
use crate::pages::owner::registry;
use crate::pages::owner::section::Section;
use crate::ui::Upload;
use crate::wallet::use_wallet;

/// How often what changes by itself is asked for again.
const PERIOD: Duration = Duration::from_secs(4);

/// What the parts share.
#[derive(Clone, Copy)]
pub(super) struct Center {
    /// What governance decided and waits for.
    pub(super) governance: Governance,
    /// Every flip of this tab.
    pub(super) desk: Desk,
    /// Chain and contracts.
    pub(super) deployment: Memo<Option<Deployment>>,
    /// The connected account.
    pub(super) account: Signal<Option<Address>>,
    /// What stands behind each lever.
    pub(super) standing: Polled<Standing>,
    /// The server's launch checklist.
    pub(super) preflight: Polled<Preflight>,
    /// Relayed requests.
    pub(super) requests: Polled<Vec<RequestView>>,
    /// Relayed and watched transactions.
    pub(super) transactions: Polled<Vec<TransactionView>>,
    /// Every mission.
    pub(super) missions: Polled<MissionList>,
    /// Everything that the manager holds.
    pub(super) registry: Polled<Registry>,
    /// The part that is shown.
    pub(super) section: Memo<Section>,
    /// The levers that restore what a retirement takes away, by the place of the retirement.
    pub(super) follow_ups: RwSignal<BTreeMap<&'static str, Vec<Lever>>>,
    /// The owner's directives, as uploaded.
    pub(super) directives: RwSignal<Option<Upload>>,
    /// The manifest, as uploaded; every place has the same.
    pub(super) manifest: RwSignal<Option<Upload>>,
    /// The extensions, as uploaded.
    pub(super) extensions: RwSignal<Option<Upload>>,
}

impl Center {
    /// Starts asking, and makes the answers known to every part; it stops when the page is left.
    pub(super) fn provide(section: Memo<Section>) -> Self {
        let deployment = use_system_handle().deployment();
        let center = Self {
            governance: use_governance(),
            desk: use_desk(),
            deployment,
            account: use_wallet().account(),
            standing: Polled::new(move || {
                let contracts = contracts_of(deployment);
                async move {
                    let contracts = contracts.ok_or(ClientError::Offline)?;
                    api::reads(&readiness::request(&contracts)).await.map(Standing::of)
                }
            }),
            preflight: Polled::new(|| api::preflight(None)),
            requests: Polled::new(api::requests),
            transactions: Polled::new(api::transactions),
            missions: Polled::new(api::missions),
            registry: Polled::new(move || {
                let contracts = contracts_of(deployment);
                async move { registry::read(&contracts.ok_or(ClientError::Offline)?).await }
            }),
            section,
            follow_ups: RwSignal::new(BTreeMap::new()),
            directives: RwSignal::new(None),
            manifest: use_manifest().upload,
            extensions: RwSignal::new(None),
        };
        if let Ok(interval) = set_interval_with_handle(move || center.refresh(), PERIOD) {
            on_cleanup(move || interval.clear());
        }
        // Asks server and chain, now and whenever another part is opened.
        Effect::new(move |_| {
            section.track();
            if deployment.with(Option::is_some) {
                center.refresh();
            }
        });
        // Asks again as soon as a flip is further than it was.
        let flips = center.desk.flips();
        Effect::new(move |_| {
            flips.track();
            center.refresh();
        });
        center.preflight.refresh();
        // Tells the desk what the manager holds, so that checks know what hangs together there.
        Effect::new(move |_| {
            if let Some(registry) = center.registry.value().get() {
                center.desk.tell_registry(registry);
            }
        });
        provide_context(center);
        center
    }

    /// Asks for what the part that is shown needs, and what the navigation counts.
    pub(super) fn refresh(self) {
        self.requests.refresh();
        match self.section.get_untracked() {
            Section::Levers => {
                self.missions.refresh();
                self.standing.refresh();
            }
            Section::Registry | Section::Bootstrap | Section::Extensions => self.registry.refresh(),
            Section::Directives => {
                self.registry.refresh();
                self.standing.refresh();
            }
            Section::Transactions => self.transactions.refresh(),
            Section::Readiness | Section::Queue | Section::Batch | Section::Signatures => {
                self.standing.refresh();
            }
        }
    }

    /// The same, and what otherwise is asked for on its own time.
    pub(super) fn refresh_all(self) {
        self.refresh();
        self.preflight.refresh();
        self.governance.refresh();
    }

    /// Asks again; for the button beside a failure.
    pub(super) fn retry(self) -> Callback<()> {
        Callback::new(move |()| self.refresh_all())
    }

    /// The contracts.
    pub(super) fn contracts(self) -> Option<Contracts> {
        self.deployment.with(|deployment| deployment.as_ref().map(|it| it.contracts))
    }

    /// The chain's clock in Unix seconds.
    pub(super) fn now(self) -> u64 {
        self.governance.chain_now().get()
    }

    /// Whether what governance decided is known.
    pub(super) fn governance_face(self) -> Signal<Face> {
        let known = self.governance.known();
        let face = face_of(self.governance.view());
        Signal::derive(move || if known.with(Option::is_some) { Face::Full } else { face.get() })
    }

    /// Something of what governance decided; `None` while nothing is known.
    pub(super) fn with_governance<T>(self, take: impl FnOnce(&GovernanceView) -> T) -> Option<T> {
        self.governance.known().with(|view| view.as_ref().map(take))
    }
}

fn contracts_of(deployment: Memo<Option<Deployment>>) -> Option<Contracts> {
    deployment.with_untracked(|deployment| deployment.as_ref().map(|it| it.contracts))
}

/// What the parts of the command center share.
pub(super) fn use_center() -> Center {
    use_context().unwrap_or_else(|| Center::provide(Memo::new(|_| Section::default())))
}
