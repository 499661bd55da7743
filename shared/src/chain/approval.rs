//! What a validator signs: the mission, the milestone, the deliverable, the ledger's root and a deadline (EIP-712).

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{Eip712Domain, SolStruct, eip712_domain};
use serde_json::{Value, json};

use super::abi::MilestoneApproval;
use crate::id::{MilestoneIndex, MissionKey};
use crate::ledger::Commitment;

/// One approval, before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovalRequest {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The escrow that will pay.
    pub escrow: Address,
    /// The mission.
    pub mission: MissionKey,
    /// The milestone.
    pub milestone: MilestoneIndex,
    /// Commitment to the deliverable.
    pub deliverable: Commitment,
    /// Root of the mission's ledger when approval was asked for.
    pub root: B256,
    /// Unix seconds after which the signature is void.
    pub deadline: u64,
}

impl ApprovalRequest {
    /// The EIP-712 domain of the escrow.
    pub fn domain(&self) -> Eip712Domain {
        eip712_domain! {
            name: "Phase8 MissionEscrow",
            version: "1",
            chain_id: self.chain_id,
            verifying_contract: self.escrow,
        }
    }

    /// The message.
    pub fn message(&self) -> MilestoneApproval {
        MilestoneApproval {
            mission: self.mission.0,
            milestone: U256::from(self.milestone.0),
            deliverable: self.deliverable.0,
            root: self.root,
            deadline: self.deadline,
        }
    }

    /// The digest that the signature covers.
    pub fn digest(&self) -> B256 {
        self.message().eip712_signing_hash(&self.domain())
    }
}

/// The request as the JSON that `eth_signTypedData_v4` takes.
pub fn typed_data_json(request: &ApprovalRequest) -> Value {
    json!({
        "types": {
            "EIP712Domain": [
                { "name": "name", "type": "string" },
                { "name": "version", "type": "string" },
                { "name": "chainId", "type": "uint256" },
                { "name": "verifyingContract", "type": "address" },
            ],
            "MilestoneApproval": [
                { "name": "mission", "type": "bytes32" },
                { "name": "milestone", "type": "uint256" },
                { "name": "deliverable", "type": "bytes32" },
                { "name": "root", "type": "bytes32" },
                { "name": "deadline", "type": "uint64" },
            ],
        },
        "primaryType": "MilestoneApproval",
        "domain": {
            "name": "Phase8 MissionEscrow",
            "version": "1",
            "chainId": request.chain_id,
            "verifyingContract": request.escrow,
        },
        "message": {
            "mission": request.mission.0,
            "milestone": request.milestone.0.to_string(),
            "deliverable": request.deliverable.0,
            "root": request.root,
            "deadline": request.deadline.to_string(),
        },
    })
}
