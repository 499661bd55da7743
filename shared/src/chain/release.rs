//! What a person signs to let a step start while the co-pilot is required (EIP-712).

use alloy_primitives::{Address, B256};
use alloy_sol_types::{Eip712Domain, SolStruct, eip712_domain, sol};
use serde_json::{Value, json};

use crate::id::{MissionKey, StepId};

sol! {
    /// The step by its number in the plan, in decimal digits.
    #[derive(Debug, PartialEq, Eq)]
    struct StepRelease {
        bytes32 mission;
        string step;
        uint64 deadline;
    }
}

/// One release, before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepReleaseRequest {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The escrow of the mission's deployment: no contract checks this signature, but it is good for that one alone.
    pub escrow: Address,
    /// The mission.
    pub mission: MissionKey,
    /// The step.
    pub step: StepId,
    /// Unix seconds after which the signature is void.
    pub deadline: u64,
}

impl StepReleaseRequest {
    /// Name in the EIP-712 domain.
    pub const DOMAIN_NAME: &'static str = "Phase8 MissionControl";
    /// Version in the EIP-712 domain.
    pub const DOMAIN_VERSION: &'static str = "1";

    /// The EIP-712 domain.
    pub fn domain(&self) -> Eip712Domain {
        eip712_domain! {
            name: Self::DOMAIN_NAME,
            version: Self::DOMAIN_VERSION,
            chain_id: self.chain_id,
            verifying_contract: self.escrow,
        }
    }

    /// The message.
    pub fn message(&self) -> StepRelease {
        StepRelease {
            mission: self.mission.0,
            step: self.step.to_string(),
            deadline: self.deadline,
        }
    }

    /// The digest that the signature covers.
    pub fn digest(&self) -> B256 {
        self.message().eip712_signing_hash(&self.domain())
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
                "StepRelease": [
                    { "name": "mission", "type": "bytes32" },
                    { "name": "step", "type": "string" },
                    { "name": "deadline", "type": "uint64" },
                ],
            },
            "primaryType": "StepRelease",
            "domain": {
                "name": Self::DOMAIN_NAME,
                "version": Self::DOMAIN_VERSION,
                "chainId": self.chain_id,
                "verifyingContract": self.escrow,
            },
            "message": {
                "mission": self.mission.0,
                "step": self.step.to_string(),
                "deadline": self.deadline.to_string(),
            },
        })
    }
}
