//! One deployment in one go: every contract learns the others' addresses from its constructor, because the address that a
//! creation gets is known before it is sent.

use alloy::consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy::eips::Encodable2718;
use alloy::network::TxSignerSync;
use alloy::primitives::{Address, B256, Bytes, I256, TxKind, U256, Uint};
use alloy::signers::local::PrivateKeySigner;
use phase8_shared::chain::{Contracts, Deployment};
use phase8_shared::score::{adapter_composite, adapter_record_hash};
use phase8_shared::time::Timestamp;

use super::super::artifacts::Artifact;
use super::super::dev_accounts::{DevAccounts, RELAYER_KEY};
use super::super::devnet::DEV_CHAIN_ID;
use super::super::rpc::{At, Fees, Rpc};
use super::{DeployError, Founding, included};

/// What the operator starts with: a million `$AGIα`.
const OPERATOR_TOKENS: u128 = 1_000_000_000_000_000_000_000_000;
/// More than the largest contract needs, less than a block holds.
const CREATION_GAS: u64 = 12_000_000;
/// A mission must ask for at least so many approvals, if the guild has that many members.
const LEAST_QUORUM: usize = 2;
/// Guardians who must co-sign a resume after a tripwire.
const COSIGNATURES: u64 = 1;
/// Seconds from a proposal about adapters to its vote.
const VOTING_DELAY: Uint<48, 1> = Uint::from_limbs([10]);
/// Seconds that a vote is open.
const VOTING_PERIOD: u32 = 300;
/// A proposer needs a thousand `$AGIα` that are delegated to them.
const PROPOSAL_THRESHOLD: u128 = 1_000_000_000_000_000_000_000;
/// The part of all votes that must take part, in percent.
const QUORUM_PERCENT: u64 = 4;

/// Deploys everything from the deployer's account.
pub(super) async fn deploy(
    rpc: &Rpc,
    founding: &Founding<'_>,
    accounts: &DevAccounts,
) -> Result<Deployment, DeployError> {
    let deployer = PrivateKeySigner::from_bytes(&RELAYER_KEY)
        .map_err(|error| DeployError::Signer(alloy::signers::Error::other(error)))?;
    let nonce = rpc.transaction_count(deployer.address(), At::Pending).await?;
    let contracts = predict(deployer.address(), nonce);
    let now = Timestamp::from_millis(
        rpc.latest_block().await?.timestamp.to::<u64>().saturating_mul(1_000),
    );
    let creations = creations(&contracts, founding, accounts, deployer.address(), now)?;
    let fees = rpc.fees().await?;
    let mut from_block = None;
    let mut sent = Vec::new();
    for ((name, _), (step, code)) in contracts.named().into_iter().zip((0..).zip(creations)) {
        let raw = sign(&deployer, nonce + step, code, fees)?;
        sent.push((name, rpc.send_raw(&raw).await?));
    }
    for ((name, transaction), (_, address)) in sent.into_iter().zip(contracts.named()) {
        let what = format!("the deployment of {name}");
        let receipt = included(rpc, transaction, &what).await?;
        if receipt.contract_address != Some(address) {
            return Err(DeployError::Failed { what });
        }
        from_block.get_or_insert(receipt.block_number());
    }
    Ok(Deployment {
        chain_id: DEV_CHAIN_ID,
        from_block: from_block.unwrap_or_default(),
        contracts,
        payees: accounts.payees(),
        dev_accounts: accounts.cast(founding.policies),
    })
}

/// Addresses in the order of [`Contracts::named`].
fn predict(deployer: Address, nonce: u64) -> Contracts {
    Contracts::locate(|name| deployer.create(nonce + name as u64))
}

/// Creation codes in the order of [`Contracts::named`].
fn creations(
    contracts: &Contracts,
    founding: &Founding<'_>,
    accounts: &DevAccounts,
    relayer: Address,
    now: Timestamp,
) -> Result<[Bytes; 16], DeployError> {
    let policies = founding.policies;
    let owner = contracts.owner_proxy;
    let (council, timelock) = (contracts.guardian_council, contracts.owner_timelock);
    let delay = U256::from(founding.delay_seconds);
    let guild = policies.guild();
    let quorum = U256::from(guild.len().min(LEAST_QUORUM));
    let holders: Vec<Address> = accounts.operator().into_iter().collect();
    // The escrow is the one module that holds money; it stands in the job registry's slot.
    let mut modules = [Address::ZERO; 8];
    if let Some(first) = modules.first_mut() {
        *first = contracts.escrow;
    }
    let escrow = (
        contracts.token,
        contracts.validator_registry,
        contracts.budget_manager,
        contracts.system_pause,
        owner,
        // Penalties go to the owner's door, from where the owner can move them.
        owner,
    );
    let timelocks = vec![timelock, contracts.governor_timelock];
    let adapters: Vec<(String, B256, I256)> = founding
        .adapters
        .iter()
        .map(|adapter| {
            let score = I256::try_from(adapter_composite(adapter, now)).unwrap_or(I256::ZERO);
            (adapter.id.to_string(), adapter_record_hash(adapter), score)
        })
        .collect();
    Ok([
        Artifact::AGI_ALPHA.creation(&(holders, U256::from(OPERATOR_TOKENS)))?,
        Artifact::OWNER_PROXY.creation(&(policies.owner,))?,
        Artifact::MANAGER.creation(&(owner, council, contracts.system_pause))?,
        Artifact::SYSTEM_PAUSE.creation(&(contracts.manager, contracts.pause_guardian, modules))?,
        Artifact::PAUSE_GUARDIAN.creation(&(
            owner,
            policies.pause_guardian,
            contracts.system_pause,
            timelock,
            council,
        ))?,
        Artifact::BUDGET_MANAGER.creation(&(owner, contracts.escrow, timelock))?,
        Artifact::MISSION_ESCROW.creation(&escrow)?,
        Artifact::VALIDATOR_REGISTRY.creation(&(owner, guild, quorum, contracts.token))?,
        Artifact::CHECKPOINT_LEDGER.creation(&(owner, vec![relayer]))?,
        Artifact::DELAY_TIMELOCK.creation(&(delay, vec![owner], vec![council]))?,
        Artifact::GUARDIAN_COUNCIL.creation(&(
            timelock,
            policies.governance_council.clone(),
            U256::from(COSIGNATURES),
            timelocks.clone(),
            contracts.upgrade_coordinator,
            contracts.pause_guardian,
        ))?,
        // Scores come from the evaluation, which this server runs.
        Artifact::MODEL_REGISTRY.creation(&(owner, timelocks, relayer, adapters))?,
        Artifact::ATTESTATION_MODULE.creation(&(owner, contracts.validator_registry, council))?,
        Artifact::UPGRADE_COORDINATOR.creation(&(
            owner,
            timelock,
            council,
            contracts.system_pause,
        ))?,
        Artifact::ADAPTER_GOVERNOR.creation(&(
            contracts.token,
            contracts.governor_timelock,
            VOTING_DELAY,
            VOTING_PERIOD,
            U256::from(PROPOSAL_THRESHOLD),
            U256::from(QUORUM_PERCENT),
        ))?,
        Artifact::DELAY_TIMELOCK.creation(&(
            delay,
            vec![contracts.adapter_governor],
            vec![council],
        ))?,
    ])
}

fn sign(
    deployer: &PrivateKeySigner,
    nonce: u64,
    code: Bytes,
    fees: Fees,
) -> Result<Bytes, DeployError> {
    let mut transaction = TxEip1559 {
        chain_id: DEV_CHAIN_ID,
        nonce,
        gas_limit: CREATION_GAS,
        max_fee_per_gas: fees.max_fee,
        max_priority_fee_per_gas: fees.tip,
        to: TxKind::Create,
        value: U256::ZERO,
        input: code,
        ..TxEip1559::default()
    };
    let signature = deployer.sign_transaction_sync(&mut transaction)?;
    Ok(TxEnvelope::from(transaction.into_signed(signature)).encoded_2718().into())
}
