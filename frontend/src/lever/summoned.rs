//! The notification of a summons, for the validator whose account is connected, on every page.

use std::collections::BTreeSet;

use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use leptos::prelude::*;
use leptos_router::components::A;
use phase8_shared::api::{AcknowledgeSummons, MissionSummary, SummonsView};
use phase8_shared::chain::abi::IAttestationModule;
use phase8_shared::chain::field::moment_words;
use phase8_shared::chain::{Call, Deployment};
use serde_json::{Value, json};

use crate::api;
use crate::lever::check::GOOD_FOR;
use crate::lever::desk::{Desk, use_desk};
use crate::lever::errand::CallButton;
use crate::lever::rail::view_model::SummonsStage;
use crate::routes::Route;
use crate::ui::{Button, ButtonKind, Glyph, Icon, Tone, use_toasts};

/// A banner for each summons that the connected account has not acknowledged.
#[component]
pub(crate) fn SummonsBanner() -> impl IntoView {
    let desk = use_desk();
    let mine = Memo::new(move |_| {
        let account = desk.account.get();
        let now = desk.governance.chain_now().get();
        desk.governance.known().with(|view| {
            let all = view.iter().flat_map(|view| &view.summonses);
            all.filter(|one| Some(one.validator) == account && asks(one, now))
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let reported = StoredValue::new(BTreeSet::<U256>::new());
    let missions = LocalResource::new(move || {
        let any = mine.with(|mine| !mine.is_empty());
        async move {
            if !any {
                return Vec::new();
            }
            api::missions().await.map(|list| list.missions).unwrap_or_default()
        }
    });
    let deliver = Action::new_local(move |token: &U256| {
        let token = *token;
        async move {
            if api::summons_delivered(token).await.is_err() {
                reported.update_value(|reported| {
                    reported.remove(&token);
                });
            }
        }
    });
    // Tells the server, once, that the notification is on the validator's screen.
    Effect::new(move |_| {
        mine.with(|mine| {
            for summons in mine.iter().filter(|summons| summons.delivered_at.is_none()) {
                let first = reported.try_update_value(|reported| reported.insert(summons.token));
                if first == Some(true) {
                    deliver.dispatch_local(summons.token);
                }
            }
        });
    });
    view! {
        <div class="summoned" role="status">
            <For each=move || mine.get() key=|summons| summons.token let:summons>
                <Notice summons missions />
            </For>
        </div>
    }
    .into_any()
}

/// Whether a summons still asks something of its validator.
fn asks(summons: &SummonsView, now: u64) -> bool {
    matches!(SummonsStage::of(summons, now), SummonsStage::Issued | SummonsStage::Delivered)
}

#[component]
fn Notice(summons: SummonsView, missions: LocalResource<Vec<MissionSummary>>) -> impl IntoView {
    let desk = use_desk();
    let toasts = use_toasts();
    let token = summons.token;
    let key = summons.mission;
    let found = Memo::new(move |_| {
        let list = missions.get().unwrap_or_default();
        list.into_iter()
            .find(|mission| mission.id.key() == key)
            .map(|mission| (mission.id, mission.name))
    });
    let name = move || found.get().map_or_else(|| key.to_string(), |(_, name)| name);
    let sign = Action::new_local(move |(): &()| async move {
        match acknowledge(desk, token).await {
            Ok(()) => {
                desk.governance.refresh();
                toasts.say(Tone::Ok, "Acknowledged. The server carries it to the chain.");
            }
            Err((what, mend)) => toasts.say(Tone::Bad, format!("{what}. {mend}")),
        }
    });
    let press = Callback::new(move |()| {
        sign.dispatch_local(());
    });
    let own = move || {
        own_call(desk, token).map(|call| {
        view! {
            <CallButton call label="Acknowledge with my own transaction" testid="summons-acknowledge-self" kind=ButtonKind::Quiet />
        }
    })
    };
    view! {
        <section class="banner tone--wait" data-testid="summons-banner" aria-label="Summons">
            <Icon glyph=Glyph::Info />
            <p class="summoned__words">
                "You were summoned to mission " <strong>{name}</strong>
                {format!(". You may read it until {}.", moment_words(summons.expiry))}
            </p>
            <div class="summoned__actions">
                {move || {
                    found
                        .get()
                        .map(|(id, _)| view! { <A href=Route::Mission(id).path() attr:class="button">"Open the mission"</A> })
                }}
                <Button kind=ButtonKind::Primary on_press=press busy=sign.pending() testid="summons-acknowledge">
                    "Acknowledge"
                </Button>
                {own}
            </div>
        </section>
    }
    .into_any()
}

fn own_call(desk: Desk, token: U256) -> Option<Call> {
    let contracts = desk.deployment.with(|it| it.as_ref().map(|it| it.contracts))?;
    let data = IAttestationModule::acknowledgeCall { token }.abi_encode();
    Some(Call { to: contracts.attestation_module, data: data.into() })
}

/// The validator signs, and the server carries the signature, so that it costs no gas.
async fn acknowledge(desk: Desk, token: U256) -> Result<(), (String, String)> {
    let deployment = desk
        .deployment
        .get_untracked()
        .ok_or_else(|| crate::wallet::WalletError::Disconnected.words())?;
    let deadline = desk.governance.chain_now().get_untracked().saturating_add(GOOD_FOR);
    let data = typed_data(&deployment, token, deadline);
    let signature = desk.wallet.sign_typed_data(&data).await.map_err(|error| error.words())?;
    let signed = AcknowledgeSummons { deadline, signature };
    api::acknowledge_summons(token, &signed).await.map(|_| ()).map_err(|error| {
        (error.to_string(), "You can still acknowledge with your own transaction.".to_owned())
    })
}

/// The acknowledgement as the JSON that `eth_signTypedData_v4` takes.
fn typed_data(deployment: &Deployment, token: U256, deadline: u64) -> Value {
    json!({
        "types": {
            "EIP712Domain": [
                { "name": "name", "type": "string" },
                { "name": "version", "type": "string" },
                { "name": "chainId", "type": "uint256" },
                { "name": "verifyingContract", "type": "address" },
            ],
            "SummonsAcknowledgement": [
                { "name": "token", "type": "uint256" },
                { "name": "deadline", "type": "uint64" },
            ],
        },
        "primaryType": "SummonsAcknowledgement",
        "domain": {
            "name": "Phase8 AttestationModule",
            "version": "1",
            "chainId": deployment.chain_id,
            "verifyingContract": deployment.contracts.attestation_module,
        },
        "message": { "token": token.to_string(), "deadline": deadline.to_string() },
    })
}
