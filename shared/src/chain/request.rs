//! What an owner signs for somebody else to send: one call through the door, a nonce and a deadline (EIP-712).

use alloy_primitives::{Address, B256, Bytes, U256, b256, keccak256};
use alloy_sol_types::{Eip712Domain, SolCall, eip712_domain};
use serde_json::{Value, json};

use super::Call;
use super::abi::IOwnerProxy;

/// keccak-256 of `OwnerRequest(address target,bytes data,uint256 nonce,uint64 deadline)`.
const TYPE_HASH: B256 = b256!("8ffc5d3f2dba1fd15ec04f494c0519b3601617d14865c59b07e2cd5a925f44fc");

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
        Self::domain_of(self.chain_id, self.proxy)
    }

    /// The EIP-712 domain of a proxy, the same for every request at it.
    pub fn domain_of(chain_id: u64, proxy: Address) -> Eip712Domain {
        eip712_domain! {
            name: Self::DOMAIN_NAME,
            version: Self::DOMAIN_VERSION,
            chain_id: chain_id,
            verifying_contract: proxy,
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
        let words = [
            TYPE_HASH,
            self.target.into_word(),
            keccak256(&self.data),
            self.nonce.into(),
            U256::from(self.deadline).into(),
        ];
        let mut bytes = [0; 5 * 32];
        for (place, word) in bytes.chunks_exact_mut(32).zip(words) {
            place.copy_from_slice(word.as_slice());
        }
        keccak256(bytes)
    }

    /// The digest that the signature covers.
    pub fn digest(&self) -> B256 {
        self.digest_in(self.domain_separator())
    }

    /// The same for whoever has the hash of its domain at hand.
    pub fn digest_in(&self, domain_separator: B256) -> B256 {
        let mut bytes = [0; 66];
        let (mark, rest) = bytes.split_at_mut(2);
        let (domain, message) = rest.split_at_mut(32);
        mark.copy_from_slice(&[0x19, 0x01]);
        domain.copy_from_slice(domain_separator.as_slice());
        message.copy_from_slice(self.message_hash().as_slice());
        keccak256(bytes)
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

#[cfg(test)]
mod tests {
    use alloy_sol_types::SolStruct;

    use super::*;

    #[test]
    fn the_digest_is_the_one_of_eip_712() {
        for (data, nonce, deadline) in [
            (Bytes::new(), U256::ZERO, 0),
            (Bytes::from(vec![3; 68]), U256::from(4), 1_900_000_000),
            (Bytes::from(vec![0xff; 500]), U256::MAX, u64::MAX),
        ] {
            let (proxy, target) = (Address::repeat_byte(1), Address::repeat_byte(2));
            let request = OwnerRequest { chain_id: 31_337, proxy, target, data, nonce, deadline };

            let (message, domain) = (request.message(), request.domain());

            assert_eq!(request.message_hash(), message.eip712_hash_struct());
            assert_eq!(request.digest(), message.eip712_signing_hash(&domain));
        }
    }
}
