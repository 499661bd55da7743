//! The registry of model adapters: register, retire, roll back.

use alloy_primitives::B256;
use leptos::prelude::*;
use phase8_shared::chain::{AdapterScope, Lever};
use phase8_shared::id::Role;

use super::view_model::{self, ADAPTERS, Known, SCOPES};
use crate::api::use_system;
use crate::format;
use crate::lever::{LeverPanel, Place};
use crate::live::browser_time;
use crate::pages::owner::center::{Center, use_center};
use crate::pages::owner::polled::Faces;
use crate::pages::owner::rows::Sorting;
use crate::pages::owner::table::{DataTable, Detail, Plan};
use crate::ui::Card;

const PLAN: Plan = Plan {
    caption: "Model adapters",
    testid: "owner-adapters",
    headings: ADAPTERS,
    empty: ("No adapter is known", "Configure adapters in model-adapters.json."),
};

const ACTIVE: Plan = Plan {
    caption: "Active adapters",
    testid: "owner-active-adapters",
    headings: SCOPES,
    empty: ("No adapter was ever chosen", "Until one is, the plan of each mission decides."),
};

/// Roles that missions usually have.
pub(super) const ROLES: [&str; 3] = ["planner", "dev", "analyst"];

/// The scopes whose keys can be told: missions and the usual roles.
fn scopes(center: Center) -> Vec<(AdapterScope, String)> {
    let mut found: Vec<(AdapterScope, String)> = Vec::new();
    let roles = ROLES.iter().filter_map(|name| name.parse::<Role>().ok());
    let roles: Vec<Role> = roles.collect();
    found.extend(
        roles
            .iter()
            .map(|role| (AdapterScope::Role { role: role.clone() }, format!("every {role}"))),
    );
    center.missions.value().with(|list| {
        for mission in list.iter().flat_map(|list| &list.missions) {
            let key = mission.id.key();
            let name = format!("{} {}", mission.name, mission.id.short());
            found.push((AdapterScope::Mission { mission: key }, name.clone()));
            found.extend(roles.iter().map(|role| {
                (
                    AdapterScope::Agent { mission: key, role: role.clone() },
                    format!("{role} of {name}"),
                )
            }));
        }
    });
    found
}

/// Every adapter of file and chain.
pub(super) fn all(center: Center) -> Memo<Vec<Known>> {
    let system = use_system();
    Memo::new(move |_| {
        let registered = center.with_governance(|view| view.adapters.clone()).unwrap_or_default();
        system.with(|view| {
            let configured = view.as_ref().map(|view| view.adapters.as_slice()).unwrap_or_default();
            view_model::known(configured, &registered)
        })
    })
}

/// The registry.
#[component]
pub(super) fn Adapters() -> impl IntoView {
    let center = use_center();
    let all = all(center);
    let scopes = Memo::new(move |_| scopes(center));
    let scope_name = move |key: B256| {
        scopes.with(|scopes| {
            let found = scopes.iter().find(|(scope, _)| scope.key() == key);
            found.map_or_else(|| format::shorten(&key.to_string()), |(_, name)| name.clone())
        })
    };
    let adapter_name = move |key: B256| {
        all.with(|all| {
            let found = all.iter().find(|it| it.key == key);
            found.map_or_else(|| format::shorten(&key.to_string()), |it| it.id.clone())
        })
    };
    let active =
        Memo::new(move |_| center.with_governance(|view| view.active.clone()).unwrap_or_default());
    let rows = Signal::derive(move || {
        all.with(|all| active.with(|active| view_model::adapter_rows(all, active, scope_name)))
    });
    let scope_rows = Signal::derive(move || {
        active.with(|active| view_model::scope_rows(active, scope_name, adapter_name))
    });
    let detail = Detail {
        words: "Open",
        view: Callback::new(move |id: String| adapter_detail(all, id)),
        open: RwSignal::new(None),
    };
    let back = Detail {
        words: "Roll back…",
        view: Callback::new(move |id: String| {
            let place = Place::new(format!("lever-roll-back@{id}"));
            let lever = Memo::new(move |_| -> Option<Lever> {
                let key: B256 = id.parse().ok()?;
                let scope = scopes.with(|it| {
                    it.iter().find(|(scope, _)| scope.key() == key).map(|it| it.0.clone())
                })?;
                active.with(|active| {
                    active
                        .iter()
                        .find(|it| it.scope == key)
                        .and_then(|it| view_model::roll_back(it, scope))
                })
            });
            let idle = Signal::derive(|| {
                Some(
                    "There is no adapter before this one, or it is not known for whom this is."
                        .to_owned(),
                )
            });
            view! { <div class="owner__detail"><LeverPanel place lever title="Roll Back Adapter" idle /></div> }.into_any()
        }),
        open: RwSignal::new(None),
    };
    view! {
        <Card title="Model adapters" testid="owner-adapter-list">
            <Faces face=center.governance_face() loading="Reading the registry of adapters" on_retry=center.retry()>
                <DataTable plan=PLAN rows sorting=Sorting::up(1) detail />
            </Faces>
        </Card>
        <Card title="Active adapters" testid="owner-active-adapter-list">
            <Faces face=center.governance_face() loading="Reading the active adapters" on_retry=center.retry()>
                <DataTable plan=ACTIVE rows=scope_rows sorting=Sorting::up(0) detail=back />
            </Faces>
        </Card>
    }
    .into_any()
}

fn adapter_detail(all: Memo<Vec<Known>>, id: String) -> AnyView {
    let [register, retire] = ["lever-register-adapter", "lever-retire-adapter"]
        .map(|name| Place::new(format!("{name}@{id}")));
    let known = Memo::new(move |_| all.with(|all| all.iter().find(|it| it.id == id).cloned()));
    // One time for one look, so that the score does not change while it is read.
    let now = browser_time();
    let registering =
        Memo::new(move |_| known.with(|it| it.as_ref().and_then(|it| it.register(now))));
    let retiring = Memo::new(move |_| known.with(|it| it.as_ref().and_then(Known::retire)));
    let idle = |words: &'static str| Signal::derive(move || Some(words.to_owned()));
    view! {
        <div class="owner__detail">
            <div class="owner__panels">
                <LeverPanel place=register lever=registering title="Register Adapter" idle=idle("It is registered.") />
                <LeverPanel place=retire lever=retiring title="Retire Adapter" idle=idle("It is not registered.") />
            </div>
        </div>
    }
    .into_any()
}
