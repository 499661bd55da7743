//! Third exit: a batch for Safe's Transaction Builder, version 1.0, with the checksum that Safe computes when it reads it.

use std::fmt::Write as _;

use alloy_primitives::{Address, B256, Bytes, keccak256};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::chain::{Call, Intent};
use crate::time::Timestamp;

/// A batch of calls that a Safe sends in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SafeBatch {
    /// Version of the format.
    pub version: String,
    /// EIP-155 chain id, in decimal.
    pub chain_id: String,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
    /// What it is.
    pub meta: SafeMeta,
    /// The calls, in order.
    pub transactions: Vec<SafeTransaction>,
}

/// What a batch is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SafeMeta {
    /// Its name, which the checksum does not cover.
    pub name: String,
    /// What it does, with digest, nonce and deadline of each intent.
    pub description: String,
    /// Version of the Transaction Builder whose format this is.
    pub tx_builder_version: String,
    /// The Safe that is to send it.
    pub created_from_safe_address: Address,
    /// Empty: no owner of the Safe made it.
    pub created_from_owner_address: String,
    /// Checksum over everything but the name.
    pub checksum: B256,
}

/// A call of a batch. Its bytes are given whole, so that Safe encodes nothing itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SafeTransaction {
    /// The contract.
    pub to: Address,
    /// Wei that it sends along: none.
    pub value: String,
    /// Selector and arguments.
    pub data: Bytes,
    /// `null`: the bytes are given.
    pub contract_method: (),
    /// `null`: the bytes are given.
    pub contract_inputs_values: (),
}

impl SafeBatch {
    /// Version of the format.
    pub const VERSION: &'static str = "1.0";
    /// The Transaction Builder whose format this is.
    pub const BUILDER: &'static str = "1.18.0";

    /// The batch by which a Safe that owns the proxy orders these intents, in their order.
    pub fn new(chain_id: u64, safe: Address, intents: &[Intent], created_at: Timestamp) -> Self {
        let mut description = String::new();
        for intent in intents {
            let request = &intent.request;
            let deadline = Timestamp::from_millis(request.deadline.saturating_mul(1_000));
            // Writing to a string cannot fail.
            let _ = write!(
                description,
                "{}{}: EIP-712 digest {}, nonce {}, deadline {} ({deadline})",
                if description.is_empty() { "" } else { "; " },
                intent.lever.title(),
                intent.digest(),
                request.nonce,
                request.deadline,
            );
        }
        let titles: Vec<&str> = intents.iter().map(|intent| intent.lever.title()).collect();
        let name = format!("Phase 8: {}", titles.join(", "));
        let calls = intents.iter().map(Intent::transaction);
        Self::of_calls(chain_id, safe, (name, description), calls, created_at)
    }

    /// The batch of any calls, in their order, with a name and a description.
    pub fn of_calls(
        chain_id: u64,
        safe: Address,
        (name, description): (String, String),
        calls: impl IntoIterator<Item = Call>,
        created_at: Timestamp,
    ) -> Self {
        let mut batch = Self {
            version: Self::VERSION.to_owned(),
            chain_id: chain_id.to_string(),
            created_at: created_at.millis(),
            meta: SafeMeta {
                name,
                description,
                tx_builder_version: Self::BUILDER.to_owned(),
                created_from_safe_address: safe,
                created_from_owner_address: String::new(),
                checksum: B256::ZERO,
            },
            transactions: calls.into_iter().map(SafeTransaction::from).collect(),
        };
        batch.meta.checksum = batch.computed_checksum();
        batch
    }

    /// The file that Safe's Transaction Builder reads.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The calls that it makes.
    pub fn calls(&self) -> Vec<Call> {
        let calls = self.transactions.iter();
        calls.map(|one| Call { to: one.to, data: one.data.clone() }).collect()
    }

    /// Its checksum, computed anew.
    pub fn computed_checksum(&self) -> B256 {
        serde_json::to_value(self)
            .map(without_checksum)
            .map(|bare| checksum(&bare))
            .unwrap_or_default()
    }
}

impl From<Call> for SafeTransaction {
    fn from(call: Call) -> Self {
        let value = "0".to_owned();
        Self {
            to: call.to,
            value,
            data: call.data,
            contract_method: (),
            contract_inputs_values: (),
        }
    }
}

/// Safe's checksum of a batch, as it stands: keccak-256 of a text in which keys are sorted and the name is null.
pub fn checksum(batch: &Value) -> B256 {
    let mut batch = batch.clone();
    if let Some(meta) = batch.get_mut("meta").and_then(Value::as_object_mut) {
        meta.insert("name".to_owned(), Value::Null);
    }
    keccak256(sorted(&batch))
}

/// Whether a batch names its own checksum.
pub fn verify_checksum(batch: &Value) -> bool {
    let named = batch.pointer("/meta/checksum").and_then(Value::as_str).map(str::to_owned);
    named.is_some_and(|named| named == checksum(&without_checksum(batch.clone())).to_string())
}

fn without_checksum(mut batch: Value) -> Value {
    if let Some(meta) = batch.get_mut("meta").and_then(Value::as_object_mut) {
        meta.remove("checksum");
    }
    batch
}

/// A value as the text that Safe hashes: an object is `{`, its sorted keys as a list, its values each with a comma, `}`.
pub(super) fn sorted(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(sorted).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            // JavaScript sorts by UTF-16 code units.
            keys.sort_by(|left, right| left.encode_utf16().cmp(right.encode_utf16()));
            let named: Value = keys.iter().map(|key| key.as_str()).collect();
            let mut text = format!("{{{named}");
            for key in keys {
                text.push_str(&members.get(key).map(sorted).unwrap_or_default());
                text.push(',');
            }
            text.push('}');
            text
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::b256;
    use serde_json::json;

    use super::*;

    /// The batch and the checksum of the test that Safe's Transaction Builder has for its own `addChecksum`.
    #[test]
    fn the_checksum_is_that_of_safes_own_test() {
        let address = "0x49d4450977E2c95362C13D3a31a09311E0Ea26A6";
        let method = |parameter: &str, kind: &str, name: &str| {
            let input = json!({ "internalType": kind, "name": parameter, "type": kind });
            json!({ "inputs": [input], "name": name, "payable": false })
        };
        let batch = json!({
            "version": "1.0",
            "chainId": "4",
            "createdAt": 1_646_321_521_061_u64,
            "meta": {
                "name": "test batch file",
                "txBuilderVersion": "1.4.0",
                "checksum": "",
                "createdFromSafeAddress": "0xDF8a1Ce35c9a6ACE153B4e0767942f1E2291a1Aa",
                "createdFromOwnerAddress": address,
            },
            "transactions": [
                {
                    "to": address,
                    "value": "0",
                    "contractMethod": method("paramAddress", "address", "testAddress"),
                    "contractInputsValues": { "paramAddress": address },
                },
                {
                    "to": address,
                    "value": "0",
                    "contractMethod": method("paramBool", "bool", "testBool"),
                    "contractInputsValues": { "paramAddress": "", "paramBool": "false" },
                },
                {
                    "to": address,
                    "value": "2000000000000000000",
                    "data": "0x42f4579000000000000000000000000049d4450977e2c95362c13d3a31a09311e0ea26a6",
                },
            ],
        });

        assert_eq!(
            checksum(&batch),
            b256!("4ecbfd364aa6759983915644e73f8bd411e85a2dc306f252a387c2728c4db64c")
        );
    }

    #[test]
    fn a_checksum_covers_everything_but_the_name() {
        let mut batch = json!({ "meta": { "name": "a" }, "transactions": [{ "to": "0x1" }] });
        let sum = checksum(&batch);
        batch["meta"]["checksum"] = json!(sum);
        assert!(verify_checksum(&batch));

        batch["meta"]["name"] = json!("another");
        assert!(verify_checksum(&batch));
        batch["transactions"][0]["to"] = json!("0x2");
        assert!(!verify_checksum(&batch));
        assert!(!verify_checksum(&json!({})));
    }
}
