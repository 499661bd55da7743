//! Fifth exit: a file with everything about one intent, which anybody can check offline and carry elsewhere.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::safe::sorted;
use super::{CastLine, ChainCheck, QrCode, QrText, SafeBatch};
use crate::chain::decode::{Decoded, decode};
use crate::chain::{Call, Circumstances, Contracts, Intent, Lever, Operation, OwnerRequest};
use crate::time::Timestamp;

/// Everything about one intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Format and version of the file.
    pub format: EvidenceFormat,
    /// When it was made.
    pub created_at: Timestamp,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The deployment's contracts.
    pub contracts: Contracts,
    /// The owner of the door: who signs.
    pub owner: Address,
    /// The lever, in words and as data.
    pub lever: EvidenceLever,
    /// The call, taken apart.
    pub call: EvidenceCall,
    /// What passes the door.
    pub request: EvidenceRequest,
    /// The hashes that are compared.
    pub eip712: EvidenceDigests,
    /// The exits.
    pub exits: EvidenceExits,
    /// The operation that waits, if the lever is delayed.
    pub operation: Option<EvidenceOperation>,
    /// What the chain said before signing.
    pub check: ChainCheck,
    /// SHA-256 of the page's WASM module in hex, if the server said it.
    pub page_digest: Option<String>,
    /// The owner's signature over the digest, once there is one.
    pub signature: Option<Bytes>,
    /// keccak-256 of everything else here: it finds damage. It is no signature.
    pub checksum: B256,
}

/// Format and version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EvidenceFormat {
    /// The first.
    #[serde(rename = "phase8-evidence-v1")]
    V1,
}

/// A lever in words, as the page showed it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeverWords {
    /// As it is.
    pub now: String,
    /// As it shall be.
    pub new: String,
    /// When that takes effect.
    pub effect: String,
    /// What undoes it.
    pub undo: String,
}

/// The lever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceLever {
    /// Its name.
    pub title: String,
    /// In words, as the page showed it.
    pub words: LeverWords,
    /// As data, from which the call is made again.
    pub flip: Lever,
}

/// The call, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceCall {
    /// Contract and function through every call that it carries, or why it is not decoded.
    pub path: String,
    /// Every call on that path, outermost first.
    pub calls: Vec<WordsOfCall>,
}

/// One call in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsOfCall {
    /// Contract and function.
    pub function: String,
    /// The contract's address.
    pub address: Address,
    /// Names and values of its arguments.
    pub arguments: Vec<(String, String)>,
}

/// What passes the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRequest {
    /// The door.
    pub proxy: Address,
    /// The contract behind it.
    pub target: Address,
    /// Selector and arguments.
    pub data: Bytes,
    /// The owner's nonce at the door.
    #[serde(with = "decimal")]
    pub nonce: U256,
    /// Unix seconds after which a signature is void.
    pub deadline: u64,
}

/// The hashes that are compared, and what they are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceDigests {
    /// Hash of the domain.
    pub domain_separator: B256,
    /// Hash of the message.
    pub message_hash: B256,
    /// What is signed.
    pub digest: B256,
    /// What `eth_signTypedData_v4` takes.
    pub typed_data: Value,
}

/// The exits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceExits {
    /// For the owner's wallet.
    pub wallet: WalletTransaction,
    /// With the owner's signature, for anybody to send; only once it is signed.
    pub relayed: Option<Call>,
    /// For Safe's Transaction Builder.
    pub safe: SafeBatch,
    /// For a shell.
    pub cast: String,
    /// For a second device.
    pub qr: Option<QrCode>,
}

/// What the owner's wallet sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletTransaction {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The owner.
    pub from: Address,
    /// The door.
    pub to: Address,
    /// Wei that it sends along: none.
    #[serde(with = "decimal")]
    pub value: U256,
    /// Selector and arguments.
    pub data: Bytes,
}

/// The operation that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceOperation {
    /// The timelock.
    pub timelock: Address,
    /// Its id there.
    pub id: B256,
    /// The call that has the effect.
    pub effect: Call,
    /// Operation that must be done before; zero for none.
    pub predecessor: B256,
    /// Tells it from another with the same effect.
    pub salt: B256,
    /// Seconds from the block that schedules it until it can be carried out.
    pub delay: u64,
}

/// What evidence needs to know beside the intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceAround {
    /// The deployment's contracts.
    pub contracts: Contracts,
    /// The owner of the door.
    pub owner: Address,
    /// The lever in words.
    pub words: LeverWords,
    /// What the chain said.
    pub check: ChainCheck,
    /// SHA-256 of the page's WASM module in hex.
    pub page_digest: Option<String>,
    /// When it is made.
    pub created_at: Timestamp,
}

/// A text is no evidence file.
#[derive(Debug, thiserror::Error)]
#[error("not an evidence file of this version")]
pub struct EvidenceError(#[from] serde_json::Error);

impl Evidence {
    /// The evidence of an intent that is not signed yet.
    pub fn of(intent: &Intent, around: EvidenceAround) -> Self {
        let EvidenceAround { contracts, owner, words, check, page_digest, created_at } = around;
        let request = &intent.request;
        let transaction = intent.transaction();
        let evidence = Self {
            format: EvidenceFormat::V1,
            created_at,
            chain_id: request.chain_id,
            contracts,
            owner,
            lever: EvidenceLever {
                title: intent.lever.title().to_owned(),
                words,
                flip: intent.lever.clone(),
            },
            call: EvidenceCall::of(&contracts, &transaction),
            request: EvidenceRequest {
                proxy: request.proxy,
                target: request.target,
                data: request.data.clone(),
                nonce: request.nonce,
                deadline: request.deadline,
            },
            eip712: EvidenceDigests {
                domain_separator: request.domain_separator(),
                message_hash: request.message_hash(),
                digest: request.digest(),
                typed_data: request.typed_data_json(),
            },
            exits: EvidenceExits {
                wallet: WalletTransaction {
                    chain_id: request.chain_id,
                    from: owner,
                    to: transaction.to,
                    value: U256::ZERO,
                    data: transaction.data,
                },
                relayed: None,
                safe: SafeBatch::new(
                    request.chain_id,
                    owner,
                    std::slice::from_ref(intent),
                    created_at,
                ),
                cast: CastLine::new(intent, owner).to_string(),
                qr: QrCode::of(QrText::of(request).to_string()),
            },
            operation: intent.operation.as_ref().map(EvidenceOperation::of),
            check,
            page_digest,
            signature: None,
            checksum: B256::ZERO,
        };
        evidence.sealed()
    }

    /// The same evidence with the owner's signature and the call that carries it.
    #[must_use]
    pub fn signed(mut self, signature: Bytes) -> Self {
        self.exits.relayed = Some(self.owner_request().relayed(signature.clone()));
        self.signature = Some(signature);
        self.sealed()
    }

    /// The file.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads a file; whether it tells the truth is for [`super::verify`].
    pub fn read(text: &str) -> Result<Self, EvidenceError> {
        Ok(serde_json::from_str(text)?)
    }

    /// A name for the file.
    pub fn file_name(&self) -> String {
        let digest = self.eip712.digest.to_string();
        let short = digest.get(2..10).unwrap_or_default();
        format!("phase8-evidence-{}-{short}.json", self.request.nonce)
    }

    /// What is signed, made from the request's own fields.
    pub fn owner_request(&self) -> OwnerRequest {
        OwnerRequest {
            chain_id: self.chain_id,
            proxy: self.request.proxy,
            target: self.request.target,
            data: self.request.data.clone(),
            nonce: self.request.nonce,
            deadline: self.request.deadline,
        }
    }

    /// The intent, made anew from the lever.
    pub fn intent(&self) -> Intent {
        let around = Circumstances {
            chain_id: self.chain_id,
            nonce: self.request.nonce,
            deadline: self.request.deadline,
            delay: self.operation.as_ref().map_or(0, |operation| operation.delay),
            salt: self.operation.as_ref().map_or(B256::ZERO, |operation| operation.salt),
        };
        Intent::new(self.lever.flip.clone(), &self.contracts, around)
    }

    fn sealed(mut self) -> Self {
        self.checksum = serde_json::to_value(&self).map(computed_checksum).unwrap_or_default();
        self
    }
}

/// keccak-256 of a file without its own checksum, keys sorted.
pub(super) fn computed_checksum(mut file: Value) -> B256 {
    if let Some(members) = file.as_object_mut() {
        members.remove("checksum");
    }
    keccak256(sorted(&file))
}

impl EvidenceCall {
    /// A call, taken apart.
    pub fn of(contracts: &Contracts, call: &Call) -> Self {
        match decode(contracts, call) {
            Ok(decoded) => {
                let mut calls = Vec::new();
                in_words(&decoded, &mut calls);
                Self { path: decoded.path(), calls }
            }
            Err(error) => Self { path: format!("not decoded: {error}"), calls: Vec::new() },
        }
    }
}

fn in_words(decoded: &Decoded, calls: &mut Vec<WordsOfCall>) {
    calls.push(WordsOfCall {
        function: format!("{}.{}", decoded.contract, decoded.function.name()),
        address: decoded.address,
        arguments: decoded.lines(),
    });
    for inner in &decoded.inner {
        in_words(inner, calls);
    }
}

impl EvidenceOperation {
    /// An operation with its id.
    pub fn of(operation: &Operation) -> Self {
        Self {
            timelock: operation.timelock,
            id: operation.id(),
            effect: operation.effect.clone(),
            predecessor: operation.predecessor,
            salt: operation.salt,
            delay: operation.delay,
        }
    }
}

/// A large number as its decimal digits.
mod decimal {
    use std::borrow::Cow;

    use alloy_primitives::U256;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        number: &U256,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<U256, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(D::Error::custom("expected decimal digits"));
        }
        U256::from_str_radix(&text, 10).map_err(D::Error::custom)
    }
}
