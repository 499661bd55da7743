//! The rehearsal wallet: accounts of a development chain, whose keys everybody knows. The node signs, the server relays.

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use phase8_shared::chain::{Call, Deployment, DevAccount, DevRole};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api;
use crate::wallet::WalletError;

/// The only chain on which the rehearsal wallet exists.
pub(crate) const CHAIN_ID: u64 = 31_337;

/// One gwei, the tip that a development chain is content with.
const TIP: u64 = 1_000_000_000;

/// The accounts it offers on this deployment; none anywhere but on a development chain.
pub(crate) fn accounts(deployment: &Deployment) -> &[DevAccount] {
    if deployment.chain_id == CHAIN_ID { &deployment.dev_accounts } else { &[] }
}

/// A role in one word.
pub(crate) const fn role_name(role: DevRole) -> &'static str {
    match role {
        DevRole::Owner => "Owner",
        DevRole::Operator => "Operator",
        DevRole::PauseGuardian => "Pause guardian",
        DevRole::Validator => "Validator",
        DevRole::Relayer => "Relayer",
        DevRole::Payee => "Agent payee",
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Block {
    base_fee_per_gas: Option<U256>,
}

/// Builds the transaction; nothing is signed yet.
pub(super) async fn prepare(from: Address, call: &Call) -> Result<Value, WalletError> {
    let nonce: U64 = api::rpc("eth_getTransactionCount", json!([from, "pending"])).await?;
    let draft = json!({ "from": from, "to": call.to, "data": call.data, "value": "0x0" });
    let gas: U64 = api::rpc("eth_estimateGas", json!([draft])).await?;
    let block: Option<Block> = api::rpc("eth_getBlockByNumber", json!(["latest", false])).await?;
    let base = block.and_then(|block| block.base_fee_per_gas).unwrap_or_default();
    Ok(envelope(from, call, nonce, gas, base))
}

/// An EIP-1559 transaction with a fifth more gas than estimated and room for the base fee to double.
fn envelope(from: Address, call: &Call, nonce: U64, gas: U64, base: U256) -> Value {
    let gas = gas.to::<u64>();
    let fee = base.saturating_mul(U256::from(2)).saturating_add(U256::from(TIP));
    json!({
        "type": "0x2",
        "chainId": U64::from(CHAIN_ID),
        "from": from,
        "to": call.to,
        "value": "0x0",
        "data": call.data,
        "nonce": nonce,
        "gas": U64::from(gas.saturating_add(gas / 5)),
        "maxFeePerGas": fee,
        "maxPriorityFeePerGas": U256::from(TIP),
    })
}

/// Has the node sign, and the server relay. Answers the hash.
pub(super) async fn sign_and_send(transaction: &Value) -> Result<B256, WalletError> {
    let signed: Value = api::rpc("eth_signTransaction", json!([transaction])).await?;
    let raw =
        raw_of(&signed).ok_or_else(|| WalletError::Other("the node did not sign".to_owned()))?;
    Ok(api::submit_transaction(raw).await?.hash)
}

/// Has the node sign typed data.
pub(super) async fn sign_typed_data(account: Address, data: &Value) -> Result<Bytes, WalletError> {
    Ok(api::rpc("eth_signTypedData_v4", json!([account, data])).await?)
}

/// Nodes answer the bytes alone, or beside the transaction.
fn raw_of(signed: &Value) -> Option<Bytes> {
    let text = signed.as_str().or_else(|| signed.get("raw")?.as_str())?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_leaves_room_for_gas_and_fee_to_rise() {
        let call = Call { to: Address::with_last_byte(2), data: Bytes::from_static(&[0xab]) };

        let sent = envelope(
            Address::with_last_byte(1),
            &call,
            U64::from(7),
            U64::from(100),
            U256::from(10),
        );

        assert_eq!(sent["gas"], "0x78");
        assert_eq!(sent["maxFeePerGas"], "0x3b9aca14");
        assert_eq!(sent["nonce"], "0x7");
        assert_eq!(sent["chainId"], "0x7a69");
        assert_eq!(sent["data"], "0xab");
    }

    #[test]
    fn both_shapes_of_a_signed_transaction_are_read() {
        let bytes = Bytes::from_static(&[2, 0xf8]);

        assert_eq!(raw_of(&json!("0x02f8")), Some(bytes.clone()));
        assert_eq!(raw_of(&json!({ "raw": "0x02f8", "tx": {} })), Some(bytes));
        assert_eq!(raw_of(&json!(null)), None);
    }
}
