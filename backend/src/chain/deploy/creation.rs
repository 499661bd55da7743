//! One deployment in one go: every contract learns the others' addresses from its constructor, because the address that a
//! creation gets is known before it is sent.

use alloy::consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy::eips::Encodable2718;
use alloy::network::TxSignerSync;
use alloy::primitives::{Address, Bytes, TxKind, U256};
use alloy::signers::local::PrivateKeySigner;
use phase8_shared::chain::{Contracts, Deployment};
use phase8_shared::policy::GovernancePolicies;

use super::super::artifacts::Artifact;
use super::super::dev_accounts::{DevAccounts, RELAYER_KEY};
use super::super::devnet::DEV_CHAIN_ID;
use super::super::rpc::{At, Fees, Rpc};
use super::{DeployError, included, named};

/// What the operator starts with: a million `$AGIα`.
const OPERATOR_TOKENS: u128 = 1_000_000_000_000_000_000_000_000;
/// More than the largest contract needs, less than a block holds.
const CREATION_GAS: u64 = 12_000_000;
/// A mission must ask for at least so many approvals, if the guild has that many members.
const LEAST_QUORUM: usize = 2;

/// Deploys everything from the deployer's account.
pub(super) async fn deploy(
    rpc: &Rpc,
    policies: &GovernancePolicies,
    accounts: &DevAccounts,
) -> Result<Deployment, DeployError> {
    let deployer = PrivateKeySigner::from_bytes(&RELAYER_KEY)
        .map_err(|error| DeployError::Signer(alloy::signers::Error::other(error)))?;
    let nonce = rpc.transaction_count(deployer.address(), At::Pending).await?;
    let contracts = predict(deployer.address(), nonce);
    let creations = creations(&contracts, policies, accounts, deployer.address())?;
    let fees = rpc.fees().await?;
    let mut from_block = None;
    let mut sent = Vec::new();
    for ((name, _), (step, code)) in named(&contracts).into_iter().zip((0..).zip(creations)) {
        let raw = sign(&deployer, nonce + step, code, fees)?;
        sent.push((name, rpc.send_raw(&raw).await?));
    }
    for ((name, transaction), (_, address)) in sent.into_iter().zip(named(&contracts)) {
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
        dev_accounts: accounts.cast(policies),
    })
}

/// Addresses in the order of [`named`].
fn predict(deployer: Address, nonce: u64) -> Contracts {
    Contracts::locate(|name| deployer.create(nonce + name as u64))
}

/// Creation codes in the order of [`named`].
fn creations(
    contracts: &Contracts,
    policies: &GovernancePolicies,
    accounts: &DevAccounts,
    relayer: Address,
) -> Result<[Bytes; 9], DeployError> {
    let owner = contracts.owner_proxy;
    let guild = policies.guild();
    let quorum = U256::from(guild.len().min(LEAST_QUORUM));
    let holders: Vec<Address> = accounts.operator().into_iter().collect();
    // The escrow is the one module that holds money; it stands in the job registry's slot.
    let mut modules = [Address::ZERO; 8];
    if let Some(first) = modules.first_mut() {
        *first = contracts.escrow;
    }
    // No council contract stands yet: it is named when there is one.
    let council = Address::ZERO;
    let escrow = (
        contracts.token,
        contracts.validator_registry,
        contracts.budget_manager,
        contracts.system_pause,
        owner,
        // Penalties go to the owner's door, from where the owner can move them.
        owner,
    );
    Ok([
        Artifact::AGI_ALPHA.creation(&(holders, U256::from(OPERATOR_TOKENS)))?,
        Artifact::OWNER_PROXY.creation(&(policies.owner,))?,
        Artifact::MANAGER.creation(&(owner, council, contracts.system_pause))?,
        Artifact::SYSTEM_PAUSE.creation(&(contracts.manager, contracts.pause_guardian, modules))?,
        Artifact::PAUSE_GUARDIAN.creation(&(
            owner,
            policies.pause_guardian,
            contracts.system_pause,
        ))?,
        Artifact::BUDGET_MANAGER.creation(&(owner, contracts.escrow))?,
        Artifact::MISSION_ESCROW.creation(&escrow)?,
        Artifact::VALIDATOR_REGISTRY.creation(&(owner, guild, quorum, contracts.token))?,
        Artifact::CHECKPOINT_LEDGER.creation(&(owner, vec![relayer]))?,
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
