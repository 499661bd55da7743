//! The raw bytes of a lever, one tap away: the call taken apart, the target, and every hash to compare.

use leptos::prelude::*;
use phase8_shared::chain::decode::Decoded;
use phase8_shared::chain::difference::Signer;

use crate::lever::check::{Checked, account_of};
use crate::lever::panel::proposal::Shown;
use crate::ui::{CopyText, Disclosure};

/// Everything that is signed, to the byte.
#[component]
pub(super) fn BytesView(
    /// What the check came to.
    shown: Shown,
) -> impl IntoView {
    let checked = Memo::new(move |_| shown.get().and_then(Result::ok));
    let body = move || checked.get().map(|checked| view! { <Exact checked /> });
    view! {
        <Disclosure summary="Call, hashes and raw bytes">
            {body}
        </Disclosure>
    }
}

#[component]
fn Exact(checked: Checked) -> impl IntoView {
    let tree = match &checked.decoded {
        Ok(decoded) => {
            let mut rows = Vec::new();
            flatten(decoded, 0, &mut rows);
            let rows = rows.into_iter().map(|row| {
                let lines = row.lines.into_iter().map(|(name, value)| {
                    view! {
                        <dt>{name}</dt>
                        <dd class="mono">{value}</dd>
                    }
                });
                view! {
                    <li class="calltree__call" style:--depth=row.depth.to_string()>
                        <p class="calltree__name mono">{row.name}</p>
                        <p class="calltree__address">
                            <CopyText text=row.address label="contract" />
                        </p>
                        <dl class="facts facts--stacked">{lines.collect_view()}</dl>
                    </li>
                }
            });
            view! { <ul class="calltree">{rows.collect_view()}</ul> }.into_any()
        }
        Err(error) => view! { <p class="lever__check tone--bad">{format!("Not decoded: {error}. It is not signed.")}</p> }
            .into_any(),
    };
    let request = &checked.intent.request;
    let fact = |name: &'static str, value: String, label: &'static str| {
        view! {
            <dt>{name}</dt>
            <dd>
                <CopyText text=value label />
            </dd>
        }
    };
    let signed = matches!(checked.signer, Signer::Owner(_)).then(|| {
        view! {
            <h4 class="lever__subtitle">"As a signed request (EIP-712)"</h4>
            <dl class="facts facts--stacked">
                <dt>"Domain"</dt>
                <dd>{format!("Phase8 OwnerProxy, version 1, chain {}", request.chain_id)}</dd>
                {fact("Verifying contract", request.proxy.to_string(), "verifying contract")}
                <dt>"Nonce"</dt>
                <dd class="number">{request.nonce.to_string()}</dd>
                <dt>"Void after"</dt>
                <dd>{deadline(request.deadline)}</dd>
                {fact("Domain hash", request.domain_separator().to_string(), "domain hash")}
                {fact("Message hash", request.message_hash().to_string(), "message hash")}
                {fact("Digest", request.digest().to_string(), "digest")}
            </dl>
        }
    });
    let operation = checked.intent.operation.as_ref().map(|operation| {
        view! {
            <dl class="facts facts--stacked">
                {fact("Operation in the timelock", operation.id().to_string(), "operation id")}
                {fact("Salt", operation.salt.to_string(), "salt")}
            </dl>
        }
    });
    view! {
        {tree}
        {operation}
        {signed}
        <h4 class="lever__subtitle">"As a transaction"</h4>
        <dl class="facts facts--stacked">
            {fact("From", account_of(checked.signer).to_string(), "sender")}
            {fact("To", checked.call.to.to_string(), "target")}
            <dt>"Bytes"</dt>
            <dd><pre class="raw">{checked.call.data.to_string()}</pre></dd>
        </dl>
    }
    .into_any()
}

/// One call of the tree.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    depth: usize,
    name: String,
    address: String,
    lines: Vec<(String, String)>,
}

/// The tree in reading order. Bytes that are taken apart in the next row are not repeated.
fn flatten(decoded: &Decoded, depth: usize, rows: &mut Vec<Row>) {
    let carries = !decoded.inner.is_empty();
    let lines = decoded.lines().into_iter().filter(|(name, _)| {
        !(carries && matches!(name.as_str(), "data" | "payload" | "request.data"))
    });
    rows.push(Row {
        depth,
        name: format!("{}.{}", decoded.contract, decoded.function.name()),
        address: decoded.address.to_string(),
        lines: lines.collect(),
    });
    for inner in &decoded.inner {
        flatten(inner, depth.saturating_add(1), rows);
    }
}

fn deadline(seconds: u64) -> String {
    phase8_shared::time::Timestamp::from_millis(seconds.saturating_mul(1000)).to_string()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, B256, U256};
    use phase8_shared::chain::decode::decode;
    use phase8_shared::chain::{Circumstances, Contracts, Intent, Lever};

    use super::*;

    #[test]
    fn a_call_within_a_call_has_a_row_of_its_own() {
        let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
        let around = Circumstances {
            chain_id: 31337,
            nonce: U256::ZERO,
            deadline: 1,
            delay: 60,
            salt: B256::ZERO,
        };
        let intent = Intent::new(Lever::PauseFleet, &contracts, around);
        let decoded = decode(&contracts, &intent.transaction()).unwrap();

        let mut rows = Vec::new();
        flatten(&decoded, 0, &mut rows);

        let names: Vec<_> = rows.iter().map(|row| (row.depth, row.name.as_str())).collect();
        assert_eq!(
            names,
            [
                (0, "OwnerProxy.execute"),
                (1, "Phase8UniversalValueManager.forwardPauseCall"),
                (2, "SystemPause.pauseAll"),
            ]
        );
        assert!(rows.iter().all(|row| row.lines.iter().all(|(name, _)| name != "data")));
    }
}
