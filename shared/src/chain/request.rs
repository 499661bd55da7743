//! What an owner signs for somebody else to send: one call through the door, a nonce and a deadline (EIP-712).

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{Eip712Domain, SolCall, SolStruct, eip712_domain};
use serde_json::{Value, json};

use super::Call;
use super::abi::IOwnerProxy;

/// One call through the owner's door, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerRequest {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The owner proxy that will check the signature.
    pub proxy: Address,
    /// The contract it calls.
    pub target: Address,
    /// Selector and arguments.
    pub data: Bytes,
    /// The owner's nonce at the proxy; each is good once.
    pub nonce: U256,
    /// Unix seconds after which the signature is void.
    pub deadline: u64,
}

impl OwnerRequest {
    /// Name in the EIP-712 domain.
    pub const DOMAIN_NAME: &'static str = "Phase8 OwnerProxy";
    /// Version in the EIP-712 domain.
    pub const DOMAIN_VERSION: &'static str = "1";

    /// The EIP-712 domain of the proxy.
    pub fn domain(&self) -> Eip712Domain {
        eip712_domain! {
            name: Self::DOMAIN_NAME,
            version: Self::DOMAIN_VERSION,
            chain_id: self.chain_id,
            verifying_contract: self.proxy,
        }
    }

    /// The message, as the contract takes it.
    pub fn message(&self) -> IOwnerProxy::OwnerRequest {
        IOwnerProxy::OwnerRequest {
            target: self.target,
            data: self.data.clone(),
            nonce: self.nonce,
            deadline: self.deadline,
        }
    }

    /// Hash of the domain.
    pub fn domain_separator(&self) -> B256 {
        self.domain().separator()
    }

    /// Hash of the message (`hashStruct`).
    pub fn message_hash(&self) -> B256 {
        self.message().eip712_hash_struct()
    }

    /// The digest that the signature covers.
    pub fn digest(&self) -> B256 {
        self.message().eip712_signing_hash(&self.domain())
    }

    /// The call that carries the signed request.
    pub fn relayed(&self, signature: Bytes) -> Call {
        let call = IOwnerProxy::executeSignedCall { request: self.message(), signature };
        Call { to: self.proxy, data: call.abi_encode().into() }
    }

    /// The request as the JSON that `eth_signTypedData_v4` takes.
    pub fn typed_data_json(&self) -> Value {
        json!({
            "types": {
                "EIP712Domain": [
                    { "name": "name", "type": "string" },
                    { "name": "version", "type": "string" },
                    { "name": "chainId", "type": "uint256" },
                    { "name": "verifyingContract", "type": "address" },
                ],
                "OwnerRequest": [
                    { "name": "target", "type": "address" },
                    { "name": "data", "type": "bytes" },
                    { "name": "nonce", "type": "uint256" },
                    { "name": "deadline", "type": "uint64" },
                ],
            },
            "primaryType": "OwnerRequest",
            "domain": {
                "name": Self::DOMAIN_NAME,
                "version": Self::DOMAIN_VERSION,
                "chainId": self.chain_id,
                "verifyingContract": self.proxy,
            },
            "message": {
                "target": self.target,
                "data": self.data,
                "nonce": self.nonce.to_string(),
                "deadline": self.deadline.to_string(),
            },
        })
    }
}
