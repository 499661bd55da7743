//! A delayed flip in its delay: the countdown, who may cancel it, and the button that carries it out.

use alloy_primitives::B256;
use leptos::prelude::*;
use phase8_shared::chain::abi::{IGuardianCouncil, ITimelock};
use phase8_shared::chain::{Call, Change, ContractName, Lever, Operation};

use alloy_sol_types::SolCall;

use crate::format;
use crate::lever::desk::{Desk, use_desk};
use crate::lever::errand::CallButton;
use crate::lever::panel::{LeverPanel, PanelView};
use crate::ui::{Button, ButtonKind, Glyph, Icon};

/// The countdown, the ways to cancel, and the button that carries it out.
#[component]
pub(super) fn WaitingView(
    /// The panel that it belongs to.
    view: PanelView,
    /// Unix seconds from which it can be carried out.
    ready_at: u64,
    /// Its id in the owner's timelock.
    operation: B256,
) -> impl IntoView {
    let desk = use_desk();
    let left = Memo::new(move |_| ready_at.saturating_sub(desk.governance.chain_now().get()));
    let ready = Memo::new(move |_| left.get() == 0);
    let words = move || countdown(left.get());
    let guardian = Memo::new(move |_| {
        let account = desk.account.get();
        desk.governance.known().with(|view| {
            let members = view.as_ref().map(|view| &view.council.members);
            account.is_some_and(|account| members.is_some_and(|it| it.contains(&account)))
        })
    });
    let owner = Memo::new(move |_| {
        let account = desk.account.get();
        account.is_some() && desk.known().with(|known| known.map(|known| known.owner)) == account
    });
    let asked = RwSignal::new(false);
    let cancel = Memo::new(move |_| asked.get().then(|| cancel_lever(operation)));
    let child = view.place().child("cancel");
    view! {
        <div class="waiting" data-testid="lever-waiting" data-ready=move || ready.get().to_string()>
            <p class="waiting__left">
                <Icon glyph=Glyph::Clock />
                <span class="number" role="timer">{words}</span>
            </p>
            <div class="flip__actions">
                {move || {
                    let call = ready.get().then(|| execute_call(desk, operation)).flatten();
                    call.map(|call| view! { <CallButton call label="Carry it out now" testid="lever-execute" /> })
                }}
                {move || {
                    let call = guardian.get().then(|| veto_call(desk, operation)).flatten();
                    call.map(|call| view! { <CallButton call label="Cancel as guardian" testid="lever-cancel-guardian" /> })
                }}
                <Show when=move || owner.get() && !asked.get()>
                    <Button
                        kind=ButtonKind::Danger
                        on_press=Callback::new(move |()| asked.set(true))
                        testid="lever-cancel"
                    >
                        "Cancel as owner"
                    </Button>
                </Show>
            </div>
            {move || {
                let place = child.clone();
                asked.get().then(|| view! { <LeverPanel place lever=cancel /> })
            }}
        </div>
    }
    .into_any()
}

/// The owner's call that cancels an operation.
fn cancel_lever(operation: B256) -> Lever {
    let data = ITimelock::cancelCall { id: operation }.abi_encode();
    Lever::Change(Change { contract: ContractName::OwnerTimelock, data: data.into(), undo: None })
}

fn veto_call(desk: Desk, id: B256) -> Option<Call> {
    let contracts = desk.deployment.with(|it| it.as_ref().map(|it| it.contracts))?;
    let call = IGuardianCouncil::cancelOperationCall { timelock: contracts.owner_timelock, id };
    Some(Call { to: contracts.guardian_council, data: call.abi_encode().into() })
}

fn execute_call(desk: Desk, id: B256) -> Option<Call> {
    desk.governance.known().with(|view| {
        let found = view.as_ref()?.operations.iter().find(|operation| operation.id == id)?;
        let [effect] = found.calls.as_slice() else { return None };
        let operation = Operation {
            timelock: found.timelock,
            effect: effect.clone(),
            predecessor: found.predecessor,
            salt: found.salt,
            delay: 0,
        };
        Some(operation.execute())
    })
}

/// Time that is left, in words.
fn countdown(left: u64) -> String {
    match left {
        0 => "Its time has come. Anybody can carry it out; the relay does so by itself.".to_owned(),
        _ => format!("Takes effect in {}", format::span(left)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_ends_in_words() {
        assert_eq!(countdown(61), "Takes effect in 1 min 1 s");
        assert!(countdown(0).starts_with("Its time has come"));
    }
}
