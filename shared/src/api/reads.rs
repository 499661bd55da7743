//! Reads that gate a lever: what the endpoints agree on about one block, and what a call would change.

use alloy_primitives::{Address, B256, Bytes};
use alloy_sol_types::SolCall;
use serde::{Deserialize, Serialize};

use crate::chain::Call;

/// `POST /api/v1/reads`: view calls, and optionally a call to try out between asking them twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReadRequest {
    /// The view calls.
    pub calls: Vec<Call>,
    /// The call to try out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulate: Option<SimulatedCall>,
}

/// A call that is tried out and never sent; it carries no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SimulatedCall {
    /// Who would call.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub from: Address,
    /// The contract.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub to: Address,
    /// Selector and arguments.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub data: Bytes,
}

/// What at least `quorum` endpoints agree on, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadAnswer {
    /// Number of the block that was read.
    pub block: u64,
    /// Its hash.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub block_hash: B256,
    /// Its time in Unix seconds.
    pub timestamp: u64,
    /// The time that contracts were told in the simulated block, in Unix seconds: the server's clock, or the second
    /// after the block if that is later. The reads before it are told the block's own time, unless the chain has made no
    /// block for a minute.
    pub as_of: u64,
    /// What the calls answer after that block, in their order.
    pub before: Vec<ReadValue>,
    /// What the simulated call does in the block after it, if one was given.
    pub outcome: Option<SimulatedOutcome>,
    /// What the calls answer after the simulated call, if that succeeds.
    pub after: Option<Vec<ReadValue>>,
    /// Who said what, in the configured order.
    pub endpoints: Vec<EndpointSaid>,
    /// How many endpoints had to agree.
    pub quorum: u8,
}

/// What a view call answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ReadValue {
    /// It returned.
    Returned {
        /// The bytes; none if there is no contract at the address.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        data: Bytes,
    },
    /// It reverted.
    Reverted {
        /// The bytes that it reverted with.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        data: Bytes,
        /// The same in words.
        why: String,
    },
}

/// What a simulated call does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SimulatedOutcome {
    /// It would succeed.
    Succeeds {
        /// What it returns.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        return_data: Bytes,
        /// Gas that it takes; the most that an agreeing endpoint names.
        gas_used: u64,
        /// What it logs, in order.
        logs: Vec<SimulatedLog>,
    },
    /// The contract would refuse it.
    Refused {
        /// The bytes that it reverts with.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        data: Bytes,
        /// The same in words.
        why: String,
    },
    /// It could not be tried out, which blocks signing.
    Unavailable {
        /// Why.
        why: String,
    },
}

/// A log of a simulated call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedLog {
    /// The contract that writes it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub address: Address,
    /// The event's hash and its indexed arguments.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub topics: Vec<B256>,
    /// The other arguments.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub data: Bytes,
}

/// How the endpoints stand to each other about the newest block.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agreement {
    /// Who said what, in the configured order.
    pub endpoints: Vec<EndpointSaid>,
    /// How many must agree.
    pub quorum: u8,
}

/// What one endpoint said, held against the quorum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointSaid {
    /// Host and port; never a path, which may hold a key.
    pub name: String,
    /// How it stands to the others.
    pub said: Said,
}

/// How an endpoint stands to the quorum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Said {
    /// It says the same.
    Agreed {},
    /// It says something else.
    Dissents {
        /// What differs.
        what: String,
    },
    /// It does not have the block yet.
    Behind {
        /// The newest block that it has.
        block: u64,
    },
    /// It said nothing that could be used.
    Silent {
        /// Why.
        why: String,
    },
}

/// A read is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadRequestError {
    /// Neither a call to read nor one to try out.
    #[error("the request names nothing to read: give at least one call")]
    Empty,
    /// Too many calls.
    #[error(
        "the request names {found} calls, and at most {} are read at once",
        ReadRequest::MAX_CALLS
    )]
    TooMany {
        /// How many.
        found: usize,
    },
    /// A call with too many bytes.
    #[error("a call carries {found} bytes, and at most {} are read", ReadRequest::MAX_CALLDATA)]
    TooLong {
        /// How many bytes.
        found: usize,
    },
}

impl ReadRequest {
    /// The most calls in one request.
    pub const MAX_CALLS: usize = 64;
    /// The most bytes that a call may carry.
    pub const MAX_CALLDATA: usize = 64 * 1024;

    /// Only reads.
    pub const fn of(calls: Vec<Call>) -> Self {
        Self { calls, simulate: None }
    }

    /// Reads before and after a call.
    pub const fn around(calls: Vec<Call>, simulate: SimulatedCall) -> Self {
        Self { calls, simulate: Some(simulate) }
    }

    /// Whether it is within bounds.
    pub fn check(&self) -> Result<(), ReadRequestError> {
        if self.calls.is_empty() && self.simulate.is_none() {
            return Err(ReadRequestError::Empty);
        }
        if self.calls.len() > Self::MAX_CALLS {
            return Err(ReadRequestError::TooMany { found: self.calls.len() });
        }
        let lengths = self.calls.iter().map(|call| call.data.len());
        let longest = lengths.chain(self.simulate.iter().map(|call| call.data.len())).max();
        match longest {
            Some(found) if found > Self::MAX_CALLDATA => Err(ReadRequestError::TooLong { found }),
            Some(_) | None => Ok(()),
        }
    }
}

impl ReadAnswer {
    /// Whether every configured endpoint says the same.
    pub fn is_unanimous(&self) -> bool {
        self.endpoints.iter().all(|endpoint| matches!(endpoint.said, Said::Agreed {}))
    }
}

impl ReadValue {
    /// The bytes that it returned, if it did.
    pub const fn returned(&self) -> Option<&Bytes> {
        match self {
            Self::Returned { data } => Some(data),
            Self::Reverted { .. } => None,
        }
    }

    /// What it returned as this function's result, if it is one.
    pub fn decode<C: SolCall>(&self) -> Option<C::Return> {
        self.returned().and_then(|data| C::abi_decode_returns_validate(data).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(bytes: usize) -> Call {
        Call { to: Address::ZERO, data: vec![0; bytes].into() }
    }

    fn line<T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
        value: T,
    ) -> String {
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<T>(&text).unwrap(), value);
        text
    }

    #[test]
    fn the_wire_format_stays() {
        let word = |byte: u8| Bytes::from(B256::with_last_byte(byte).to_vec());
        let returned = |byte| ReadValue::Returned { data: word(byte) };
        let reverted =
            ReadValue::Reverted { data: vec![1; 4].into(), why: "the contract refused".to_owned() };
        let log =
            SimulatedLog { address: Address::ZERO, topics: vec![B256::ZERO], data: Bytes::new() };
        let says = |name: &str, said| EndpointSaid { name: name.to_owned(), said };
        let answer = |outcome| ReadAnswer {
            block: 12,
            block_hash: B256::repeat_byte(1),
            timestamp: 1_795_415_820,
            as_of: 1_795_415_821,
            before: vec![returned(0), reverted.clone()],
            outcome,
            after: None,
            endpoints: vec![
                says("a.example.org", Said::Agreed {}),
                says("b.example.org", Said::Dissents { what: "serves chain 1".to_owned() }),
                says("c.example.org", Said::Behind { block: 11 }),
                says("127.0.0.1:8545", Said::Silent { why: "does not answer".to_owned() }),
            ],
            quorum: 3,
        };
        let refused =
            SimulatedOutcome::Refused { data: vec![1; 4].into(), why: "paused".to_owned() };
        let succeeds =
            SimulatedOutcome::Succeeds { return_data: word(1), gas_used: 21_000, logs: vec![log] };
        let unavailable = SimulatedOutcome::Unavailable { why: "no eth_simulateV1".to_owned() };
        let whole = ReadAnswer { after: Some(vec![returned(1)]), ..answer(Some(succeeds)) };
        let simulate =
            SimulatedCall { from: Address::ZERO, to: Address::ZERO, data: vec![1; 4].into() };

        let lines = [
            line(ReadRequest::of(vec![call(4)])),
            line(ReadRequest::around(vec![call(4)], simulate)),
            line(answer(None)),
            line(whole),
            line(refused),
            line(unavailable),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r##"
        {"calls":[{"to":"0x0000000000000000000000000000000000000000","data":"0x00000000"}]}
        {"calls":[{"to":"0x0000000000000000000000000000000000000000","data":"0x00000000"}],"simulate":{"from":"0x0000000000000000000000000000000000000000","to":"0x0000000000000000000000000000000000000000","data":"0x01010101"}}
        {"block":12,"block_hash":"0x0101010101010101010101010101010101010101010101010101010101010101","timestamp":1795415820,"as_of":1795415821,"before":[{"state":"returned","data":"0x0000000000000000000000000000000000000000000000000000000000000000"},{"state":"reverted","data":"0x01010101","why":"the contract refused"}],"outcome":null,"after":null,"endpoints":[{"name":"a.example.org","said":{"state":"agreed"}},{"name":"b.example.org","said":{"state":"dissents","what":"serves chain 1"}},{"name":"c.example.org","said":{"state":"behind","block":11}},{"name":"127.0.0.1:8545","said":{"state":"silent","why":"does not answer"}}],"quorum":3}
        {"block":12,"block_hash":"0x0101010101010101010101010101010101010101010101010101010101010101","timestamp":1795415820,"as_of":1795415821,"before":[{"state":"returned","data":"0x0000000000000000000000000000000000000000000000000000000000000000"},{"state":"reverted","data":"0x01010101","why":"the contract refused"}],"outcome":{"state":"succeeds","return_data":"0x0000000000000000000000000000000000000000000000000000000000000001","gas_used":21000,"logs":[{"address":"0x0000000000000000000000000000000000000000","topics":["0x0000000000000000000000000000000000000000000000000000000000000000"],"data":"0x"}]},"after":[{"state":"returned","data":"0x0000000000000000000000000000000000000000000000000000000000000001"}],"endpoints":[{"name":"a.example.org","said":{"state":"agreed"}},{"name":"b.example.org","said":{"state":"dissents","what":"serves chain 1"}},{"name":"c.example.org","said":{"state":"behind","block":11}},{"name":"127.0.0.1:8545","said":{"state":"silent","why":"does not answer"}}],"quorum":3}
        {"state":"refused","data":"0x01010101","why":"paused"}
        {"state":"unavailable","why":"no eth_simulateV1"}
        "##);
    }

    #[test]
    fn a_request_without_bounds_is_refused_in_words() {
        let simulate = SimulatedCall {
            from: Address::ZERO,
            to: Address::ZERO,
            data: vec![0; ReadRequest::MAX_CALLDATA + 1].into(),
        };
        for (request, words) in [
            (
                ReadRequest::of(Vec::new()),
                "the request names nothing to read: give at least one call",
            ),
            (
                ReadRequest::of(vec![call(4); 65]),
                "the request names 65 calls, and at most 64 are read at once",
            ),
            (
                ReadRequest::of(vec![call(4), call(65_537)]),
                "a call carries 65537 bytes, and at most 65536 are read",
            ),
            (
                ReadRequest::around(Vec::new(), simulate),
                "a call carries 65537 bytes, and at most 65536 are read",
            ),
        ] {
            assert_eq!(request.check().unwrap_err().to_string(), words);
        }
        assert_eq!(ReadRequest::of(vec![call(65_536); 64]).check(), Ok(()));
    }
}
