//! Every extension that the coordinator ever knew, whoever planned it.

use alloy_sol_types::SolCall;
use leptos::prelude::*;
use phase8_shared::api::{ExtensionState, ExtensionView};
use phase8_shared::chain::abi::IUpgradeCoordinator;
use phase8_shared::chain::{Change, ContractName, Lever};

use crate::lever::{LeverPanel, Place};
use crate::pages::owner::center::{Center, use_center};
use crate::pages::owner::polled::Faces;
use crate::pages::owner::rows::{Cell, Row, Sorting};
use crate::pages::owner::table::{DataTable, Detail, Plan};
use crate::pages::owner::words::moment;
use crate::ui::{Card, Tone};

const PLAN: Plan = Plan {
    caption: "Extensions on the chain",
    testid: "owner-chain-extensions",
    headings: &["Module", "Implementation", "State", "Expires", "Staged in"],
    empty: ("No extension was ever staged", "Upload a plan above, and stage what is in it."),
};

fn id(view: &ExtensionView) -> String {
    format!("{}-{}", view.staged.transaction, view.staged.log_index)
}

fn rows(views: &[ExtensionView], now: u64) -> Vec<Row> {
    let row = |view: &ExtensionView| {
        let (tone, words) = match view.state {
            ExtensionState::Staged if now > view.expires_at => (Tone::Off, "Expired"),
            ExtensionState::Staged => (Tone::Wait, "Staged"),
            ExtensionState::Vetoed => (Tone::Bad, "Vetoed"),
            ExtensionState::Withdrawn => (Tone::Off, "Withdrawn"),
            ExtensionState::Active => (Tone::Ok, "Active"),
            ExtensionState::Retired => (Tone::Off, "Retired"),
        };
        Row {
            id: id(view),
            cells: vec![
                Cell::copy(view.module, "module id"),
                Cell::copy(view.implementation, "implementation"),
                Cell::state(tone, words),
                Cell::words(moment(view.expires_at)).by(view.expires_at),
                Cell::number(
                    view.staged.block_number,
                    format!("block {}", view.staged.block_number),
                ),
            ],
        }
    };
    views.iter().map(row).collect()
}

/// The lever that takes it off; none for what is off already. What it was initialised with is not kept, so only staging
/// it anew brings it back.
fn take_off(view: &ExtensionView) -> Option<Lever> {
    let module = view.module;
    let data = match view.state {
        ExtensionState::Staged | ExtensionState::Vetoed => {
            IUpgradeCoordinator::withdrawExtensionCall { module }.abi_encode()
        }
        ExtensionState::Active => IUpgradeCoordinator::retireExtensionCall { module }.abi_encode(),
        ExtensionState::Withdrawn | ExtensionState::Retired => return None,
    };
    let contract = ContractName::UpgradeCoordinator;
    Some(Lever::Change(Change { contract, data: data.into(), undo: None }))
}

/// The table.
#[component]
pub(super) fn OnChain() -> impl IntoView {
    let center = use_center();
    let rows = Signal::derive(move || {
        let now = center.now();
        center.with_governance(|view| rows(&view.extensions, now)).unwrap_or_default()
    });
    let detail = Detail {
        words: "Open",
        view: Callback::new(move |id: String| opened(center, id)),
        open: RwSignal::new(None),
    };
    view! {
        <Card title="On the chain" testid="owner-chain-extension-list">
            <Faces face=center.governance_face() loading="Reading the coordinator" on_retry=center.retry()>
                <DataTable plan=PLAN rows sorting=Sorting::down(4) detail />
            </Faces>
        </Card>
    }
    .into_any()
}

fn opened(center: Center, wanted: String) -> AnyView {
    let place = Place::new(format!("lever-take-off-extension@{wanted}"));
    let lever = Memo::new(move |_| {
        center.with_governance(|view| {
            view.extensions.iter().find(|it| id(it) == wanted).and_then(take_off)
        })?
    });
    view! {
        <div class="owner__detail">
            <LeverPanel
                place
                lever=lever
                title="Withdraw or retire"
                idle=Signal::derive(|| Some("It is neither staged nor in force.".to_owned()))
            />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, B256, Bytes};

    use super::*;
    use crate::live::sample;

    #[test]
    fn what_is_staged_is_withdrawn_and_what_is_active_is_retired() {
        let title = |state| {
            let view = ExtensionView {
                module: B256::repeat_byte(1),
                implementation: Address::ZERO,
                pause_before_upgrade: false,
                expires_at: 0,
                initializer: Bytes::new(),
                state,
                staged: sample::tx(1),
            };
            take_off(&view).map(|lever| lever.title())
        };

        assert_eq!(title(ExtensionState::Vetoed), Some("Withdraw Staged Extension"));
        assert_eq!(title(ExtensionState::Active), Some("Retire Extension"));
        assert_eq!(title(ExtensionState::Retired), None);
    }
}
