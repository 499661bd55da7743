//! What a person signs to answer a mission's question (EIP-712).

use alloy_primitives::{Address, B256};
use alloy_sol_types::{Eip712Domain, SolStruct, eip712_domain, sol};
use serde_json::{Value, json};

use super::release::StepReleaseRequest;
use crate::id::{MissionKey, Seq};
use crate::mission::Answer;

sol! {
    /// The question by the number of the event that asks it, in decimal digits; the answer in its words.
    #[derive(Debug, PartialEq, Eq)]
    struct MissionAnswer {
        bytes32 mission;
        string question;
        string answer;
        string reason;
        uint64 deadline;
    }
}

/// One answer, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissionAnswerRequest {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The escrow of the mission's deployment: no contract checks this signature, but it is good for that one alone.
    pub escrow: Address,
    /// The mission.
    pub mission: MissionKey,
    /// The event that asks.
    pub question: Seq,
    /// What is answered.
    pub answer: Answer,
    /// In the signer's words; may be empty.
    pub reason: String,
    /// Unix seconds after which the signature is void.
    pub deadline: u64,
}

impl MissionAnswerRequest {
    /// The EIP-712 domain: the one of every statement to Mission Control that no contract checks.
    pub fn domain(&self) -> Eip712Domain {
        eip712_domain! {
            name: StepReleaseRequest::DOMAIN_NAME,
            version: StepReleaseRequest::DOMAIN_VERSION,
            chain_id: self.chain_id,
            verifying_contract: self.escrow,
        }
    }

    /// The message.
    pub fn message(&self) -> MissionAnswer {
        MissionAnswer {
            mission: self.mission.0,
            question: self.question.to_string(),
            answer: self.answer.to_string(),
            reason: self.reason.clone(),
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
                "MissionAnswer": [
                    { "name": "mission", "type": "bytes32" },
                    { "name": "question", "type": "string" },
                    { "name": "answer", "type": "string" },
                    { "name": "reason", "type": "string" },
                    { "name": "deadline", "type": "uint64" },
                ],
            },
            "primaryType": "MissionAnswer",
            "domain": {
                "name": StepReleaseRequest::DOMAIN_NAME,
                "version": StepReleaseRequest::DOMAIN_VERSION,
                "chainId": self.chain_id,
                "verifyingContract": self.escrow,
            },
            "message": {
                "mission": self.mission.0,
                "question": self.question.to_string(),
                "answer": self.answer.to_string(),
                "reason": self.reason,
                "deadline": self.deadline.to_string(),
            },
        })
    }
}
