//! What the chain says of an account: its roles, and the missions that it is summoned to. What counts is what a quorum of
//! the endpoints says about one block, as for levers.

use std::collections::BTreeSet;
use std::fmt;

use alloy::primitives::{Address, B256, Bytes};
use alloy::sol_types::{SolCall, SolValue};
use async_trait::async_trait;
use phase8_shared::api::{AccessRole, ReadRequest, ReadValue};
use phase8_shared::chain::Call;
use phase8_shared::chain::abi::{
    IAttestationModule, IGuardianCouncil, IOwnerProxy, IPauseGuardian, IValidatorRegistry,
};
use phase8_shared::id::MissionKey;
use phase8_shared::time::Timestamp;

use super::SessionError;
use crate::chain::governance::Known;
use crate::chain::{Quorum, Reader};
use crate::relay::approval::ApprovalError;
use crate::relay::statement;

/// What the chain says of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Its roles there.
    pub roles: BTreeSet<AccessRole>,
    /// The missions whose read token it holds and that stands, by their keys.
    pub summoned: BTreeSet<MissionKey>,
}

/// The chain, as far as sessions ask it.
#[async_trait]
pub trait ChainSide: Send + Sync + fmt::Debug {
    /// Whether the account signed the digest, with its key or as a contract (EIP-1271).
    async fn signed(
        &self,
        by: Address,
        digest: B256,
        signature: &Bytes,
    ) -> Result<(), ApprovalError>;

    /// What an account is, by the newest block.
    async fn standing(&self, account: Address, now: Timestamp) -> Result<Standing, SessionError>;

    /// The newest block that this server has read; what was learnt stands no longer than it.
    fn block(&self) -> Option<B256>;
}

/// The contracts of this deployment.
#[derive(Clone)]
pub struct Contracts {
    quorum: Quorum,
    reader: Reader,
    known: Known,
}

impl Contracts {
    /// Reads them through this quorum; `known` tells which summonses there are to ask about.
    pub const fn new(quorum: Quorum, reader: Reader, known: Known) -> Self {
        Self { quorum, reader, known }
    }

    /// The missions that the account may be summoned to: what the index has not seen end, by the server's clock too, since
    /// a chain that stands still lets nothing expire.
    fn candidates(&self, account: Address, now: Timestamp) -> Vec<MissionKey> {
        let known = self.known.borrow();
        let summonses = known.iter().flat_map(|view| &view.summonses);
        let standing = summonses.filter(|it| {
            it.validator == account && it.revoked.is_none() && it.expiry > now.unix_seconds()
        });
        standing.map(|it| it.mission).take(MOST_SUMMONSES).collect()
    }
}

/// So many summonses of one account are asked about: what one read takes, less the roles.
const MOST_SUMMONSES: usize = ReadRequest::MAX_CALLS - 4;

#[async_trait]
impl ChainSide for Contracts {
    async fn signed(
        &self,
        by: Address,
        digest: B256,
        signature: &Bytes,
    ) -> Result<(), ApprovalError> {
        let over = "this message";
        statement::signed_by(&self.reader, by, digest, signature, over).await.map(|_| ())
    }

    async fn standing(&self, account: Address, now: Timestamp) -> Result<Standing, SessionError> {
        let contracts = self.reader.contracts();
        let candidates = self.candidates(account, now);
        let mut calls = vec![
            call(contracts.owner_proxy, &IOwnerProxy::ownerCall {}),
            call(contracts.pause_guardian, &IPauseGuardian::guardianCall {}),
            call(contracts.guardian_council, &IGuardianCouncil::isMemberCall { account }),
            call(contracts.validator_registry, &IValidatorRegistry::isValidatorCall { account }),
        ];
        calls.extend(candidates.iter().map(|mission| {
            let asked = IAttestationModule::isReaderCall { mission: mission.0, account };
            call(contracts.attestation_module, &asked)
        }));
        let answer = self.quorum.read(&ReadRequest::of(calls)).await;
        let answer = answer.map_err(|error| SessionError::Roles(account, error))?;
        let mut values = answer.before.iter();
        let mut is_account =
            || values.next().and_then(returned::<Address>).map(|found| found == account);
        let (owner, guardian) = (is_account(), is_account());
        let mut is_so = || values.next().and_then(returned::<bool>);
        let (council, guild) = (is_so(), is_so());
        let mut standing = Standing::default();
        for (role, has) in [
            (AccessRole::Owner, owner),
            (AccessRole::PauseGuardian, guardian),
            (AccessRole::Guardian, council),
            (AccessRole::Validator, guild),
        ] {
            if has.ok_or(SessionError::Garbled(account))? {
                standing.roles.insert(role);
            }
        }
        for mission in candidates {
            if is_so().ok_or(SessionError::Garbled(account))? {
                standing.summoned.insert(mission);
            }
        }
        Ok(standing)
    }

    fn block(&self) -> Option<B256> {
        self.known.borrow().as_ref().map(|view| view.block_hash)
    }
}

fn call(to: Address, call: &impl SolCall) -> Call {
    Call { to, data: call.abi_encode().into() }
}

fn returned<T: SolValue + From<<T::SolType as alloy::sol_types::SolType>::RustType>>(
    value: &ReadValue,
) -> Option<T> {
    match value {
        ReadValue::Returned { data } => T::abi_decode_validate(data).ok(),
        ReadValue::Reverted { .. } => None,
    }
}

impl fmt::Debug for Contracts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contracts").finish_non_exhaustive()
    }
}
