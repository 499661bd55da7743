//! Why a contract said no, in words. Every error that our contracts and their token can revert with is known here; a
//! test compares the list with the compiled artifacts.

use std::fmt;

use alloy::primitives::{Bytes, U256};
use alloy::sol;
use alloy::sol_types::{Panic, Revert, SolError, SolInterface};
use phase8_shared::money::TokenAmount;
use phase8_shared::time::Timestamp;
use serde_json::Value;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    interface Known {
        // OpenZeppelin
        error AddressEmptyCode(address target);
        error CheckpointUnorderedInsertion();
        error ECDSAInvalidSignature();
        error ECDSAInvalidSignatureLength(uint256 length);
        error ECDSAInvalidSignatureS(bytes32 s);
        error ERC20ExceededSafeSupply(uint256 increasedSupply, uint256 cap);
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        error ERC20InvalidApprover(address approver);
        error ERC20InvalidReceiver(address receiver);
        error ERC20InvalidSender(address sender);
        error ERC20InvalidSpender(address spender);
        error ERC2612ExpiredSignature(uint256 deadline);
        error ERC2612InvalidSigner(address signer, address owner);
        error ERC5805FutureLookup(uint256 timepoint, uint48 clock);
        error ERC6372InconsistentClock();
        error EnforcedPause();
        error ExpectedPause();
        error FailedCall();
        error InsufficientBalance(uint256 balance, uint256 needed);
        error InvalidAccountNonce(address account, uint256 currentNonce);
        error InvalidShortString();
        error OwnableInvalidOwner(address owner);
        error OwnableUnauthorizedAccount(address account);
        error ReentrancyGuardReentrantCall();
        error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value);
        error SafeERC20FailedOperation(address token);
        error StringTooLong(string text);
        error VotesExpiredSignature(uint256 expiry);
        // Budget
        error BudgetManagerMissionAlreadyOpen(bytes32 mission);
        error BudgetManagerNotRegistrar(address caller);
        error BudgetManagerUnknownMission(bytes32 mission);
        error BudgetManagerZeroAddress();
        // Checkpoints
        error CheckpointLedgerFork(bytes32 mission, uint64 size, bytes32 anchored, bytes32 offered);
        error CheckpointLedgerNotAnchorer(address caller);
        error CheckpointLedgerNotGrowing(bytes32 mission, uint64 anchored, uint64 offered);
        error CheckpointLedgerZeroAddress();
        error CheckpointLedgerZeroRoot();
        // Escrow
        error MissionEscrowAlreadyExpired(uint64 expiry);
        error MissionEscrowAlreadyReleased(bytes32 mission, uint256 milestone);
        error MissionEscrowApprovalExpired(address validator, uint64 deadline);
        error MissionEscrowApprovalsNotAscending(address previous, address current);
        error MissionEscrowDepositMismatch(uint256 expected, uint256 received);
        error MissionEscrowInvalidApproval(address validator);
        error MissionEscrowInvalidBps(uint256 bps);
        error MissionEscrowInvalidMilestoneCount(uint256 count);
        error MissionEscrowInvalidPayee(uint256 milestone, address payee);
        error MissionEscrowInvalidPayeeCount(uint256 milestone, uint256 count);
        error MissionEscrowNoReward();
        error MissionEscrowNotExpired(uint64 expiry);
        error MissionEscrowNotOperator(address caller, address operator);
        error MissionEscrowNotSystemPause(address caller);
        error MissionEscrowNotValidator(address account);
        error MissionEscrowOperatorMayNotApprove(address operator);
        error MissionEscrowPayoutsNotWhole(uint256 sumBps);
        error MissionEscrowQuorumNotReached(uint256 given, uint256 required);
        error MissionEscrowQuorumTooLow(uint256 given, uint256 required);
        error MissionEscrowUnexpectedState(bytes32 mission, uint8 found);
        error MissionEscrowUnknownMilestone(bytes32 mission, uint256 milestone);
        error MissionEscrowZeroAddress();
        // Owner proxy
        error OwnerProxyDataTooShort(uint256 length);
        error OwnerProxyEmptyBatch();
        error OwnerProxyInvalidSignature(address owner);
        error OwnerProxyNotAllowed(address caller, address target, bytes4 selector);
        error OwnerProxyOwnerRequired();
        error OwnerProxyRequestExpired(uint64 deadline);
        error OwnerProxySelfCall();
        // Pausing
        error PauseGuardianNotOwner(address found, address expected);
        error PauseGuardianZeroAddress();
        error SystemPauseModuleWithoutCode(address module);
        error SystemPauseZeroAddress();
        // Manager
        error DuplicateBinding(bytes32 id);
        error DuplicateDomain(bytes32 id);
        error DuplicateSentinel(bytes32 id);
        error DuplicateStream(bytes32 id);
        error EmptyName();
        error EmptySlug();
        error InvalidAddress(string field, address provided);
        error InvalidBps(uint256 provided);
        error InvalidCadence(uint64 provided);
        error InvalidExecutionTimestamp(uint64 provided);
        error InvalidHeartbeat();
        error InvalidPlanHash();
        error InvalidURI(string field);
        error ManifestHashRequired();
        error ManifestRequired();
        error NotGovernance();
        error SelfImprovementPlanUnset();
        error SentinelCoverageTooShort(uint64 provided, uint64 required);
        error UnknownDomain(bytes32 id);
        error UnknownSentinel(bytes32 id);
        error UnknownStream(bytes32 id);
        error ZeroAddress();
        // Guild
        error ValidatorRegistryAlreadyMember(address account);
        error ValidatorRegistryDelayTooLong(uint64 delay);
        error ValidatorRegistryInsufficientStake(uint256 asked, uint256 staked);
        error ValidatorRegistryInvalidQuorum(uint256 quorum, uint256 guildSize);
        error ValidatorRegistryNotMember(address account);
        error ValidatorRegistryStillUnbonding(uint64 availableAt);
        error ValidatorRegistryZeroAddress();
        error ValidatorRegistryZeroAmount();
    }
}

/// Why a contract or a node said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Name of the contract's error, such as `ERC20InsufficientBalance`, where it is one that is known.
    pub name: Option<&'static str>,
    /// In words.
    pub words: String,
}

impl Reason {
    /// From the bytes that a contract reverted with.
    pub fn of_revert(data: &[u8]) -> Self {
        if let Ok(known) = Known::KnownErrors::abi_decode_validate(data) {
            let name = data
                .first_chunk()
                .and_then(|selector| Known::KnownErrors::name_by_selector(*selector));
            return Self { name, words: words(&known) };
        }
        if let Ok(revert) = Revert::abi_decode(data) {
            return Self { name: Some("Error"), words: revert.reason };
        }
        if let Ok(panic) = Panic::abi_decode(data) {
            return Self {
                name: Some("Panic"),
                words: format!("the contract stopped itself: {panic}"),
            };
        }
        let words = match data {
            [] => "the contract refused without saying why".to_owned(),
            data => format!(
                "the contract refused with an error that is not known here: {}",
                Bytes::copy_from_slice(data)
            ),
        };
        Self { name: None, words }
    }

    /// From the error object of a JSON-RPC answer.
    pub(super) fn of_rpc(code: i64, message: &str, data: Option<&Value>) -> Self {
        match data.and_then(revert_bytes) {
            Some(data) if !data.is_empty() => Self::of_revert(&data),
            _ => Self { name: None, words: format!("the node refused: {message} ({code})") },
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "{} ({name})", self.words),
            None => f.write_str(&self.words),
        }
    }
}

/// Nodes send the bytes bare, or in an object under `data`.
pub(super) fn revert_bytes(data: &Value) -> Option<Bytes> {
    match data {
        Value::String(text) => text.parse().ok(),
        Value::Object(object) => object.get("data").and_then(revert_bytes),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

fn agi(units: U256) -> TokenAmount {
    TokenAmount::new(units)
}

fn moment(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000))
}

fn escrow_state(state: u8) -> &'static str {
    match state {
        0 => "not funded",
        1 => "open",
        2 => "closed: everything is paid",
        3 => "failed",
        4 => "refunded",
        _ => "in a state that is not known here",
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "an error whose name says enough needs no sentence of its own"
)]
fn words(error: &Known::KnownErrors) -> String {
    use Known::KnownErrors as E;
    match error {
        E::AddressEmptyCode(e) => format!("there is no contract at {}", e.target),
        E::ERC20InsufficientAllowance(e) => format!(
            "{} may take {} from the wallet and needs {}: sign the approval of exactly that amount first",
            e.spender,
            agi(e.allowance),
            agi(e.needed)
        ),
        E::ERC20InsufficientBalance(e) => format!(
            "the wallet {} holds {} and needs {}: top it up",
            e.sender,
            agi(e.balance),
            agi(e.needed)
        ),
        E::EnforcedPause(_) => "the fleet is paused: resume it first".to_owned(),
        E::ExpectedPause(_) => "the contract is not paused".to_owned(),
        E::InsufficientBalance(e) => {
            format!("the contract holds {} wei and needs {}", e.balance, e.needed)
        }
        E::InvalidAccountNonce(e) => {
            format!(
                "the signed request carries an old nonce; {} is at {}: sign again",
                e.account, e.currentNonce
            )
        }
        E::OwnableUnauthorizedAccount(e) => {
            format!("{} is not the owner of the contract", e.account)
        }
        E::BudgetManagerUnknownMission(e) => {
            format!("no mission with the key {} was opened: its escrow is not funded", e.mission)
        }
        E::BudgetManagerMissionAlreadyOpen(e) => {
            format!("the budget of mission {} is open already", e.mission)
        }
        E::CheckpointLedgerNotAnchorer(e) => {
            format!(
                "{} may not anchor checkpoints: let the owner allow it with setAnchorer",
                e.caller
            )
        }
        E::CheckpointLedgerNotGrowing(e) => format!(
            "the ledger of mission {} is anchored at size {} already, which is more than {}",
            e.mission, e.anchored, e.offered
        ),
        E::CheckpointLedgerFork(e) => format!(
            "the ledger of mission {} forked: at size {} the chain holds root {}, and {} is offered",
            e.mission, e.size, e.anchored, e.offered
        ),
        E::MissionEscrowAlreadyExpired(e) => format!("the terms expired at {}", moment(e.expiry)),
        E::MissionEscrowAlreadyReleased(e) => format!("milestone {} was paid already", e.milestone),
        E::MissionEscrowApprovalExpired(e) => {
            format!(
                "the approval of {} expired at {}: it must be signed again",
                e.validator,
                moment(e.deadline)
            )
        }
        E::MissionEscrowDepositMismatch(e) => {
            format!(
                "the token moved {} instead of {}: only plain ERC-20 tokens can be held",
                agi(e.received),
                agi(e.expected)
            )
        }
        E::MissionEscrowInvalidApproval(e) => {
            format!(
                "the signature of {} is not over this milestone, deliverable and ledger",
                e.validator
            )
        }
        E::MissionEscrowNotExpired(e) => {
            format!("the rest can be taken back only after {}", moment(e.expiry))
        }
        E::MissionEscrowNotOperator(e) => {
            format!("only the mission's operator {} may do this, found {}", e.operator, e.caller)
        }
        E::MissionEscrowNotValidator(e) => {
            format!("{} is not an active member of the validators' guild", e.account)
        }
        E::MissionEscrowOperatorMayNotApprove(e) => {
            format!("{} is the operator and may not approve", e.operator)
        }
        E::MissionEscrowPayoutsNotWhole(e) => {
            format!("the payouts sum to {} bps, expected 10000", e.sumBps)
        }
        E::MissionEscrowQuorumNotReached(e) => {
            format!("{} of {} approvals are there", e.given, e.required)
        }
        E::MissionEscrowQuorumTooLow(e) => {
            format!(
                "the mission asks for {} approvals, the guild for at least {}",
                e.given, e.required
            )
        }
        E::MissionEscrowUnexpectedState(e) => {
            format!("the mission's escrow is {}", escrow_state(e.found))
        }
        E::MissionEscrowUnknownMilestone(e) => {
            format!("the mission has no milestone {}", e.milestone)
        }
        E::OwnerProxyNotAllowed(e) => format!(
            "{} may not call {} of {}: only the owner of the owner proxy may, or a delegate the owner named",
            e.caller, e.selector, e.target
        ),
        E::PauseGuardianNotOwner(e) => format!(
            "PAUSE_GUARDIAN_NOT_OWNER: {} called the pause guardian, expected its owner {}: set OWNER_ADDRESS to that \
             owner, or sign with it",
            e.found, e.expected
        ),
        E::NotGovernance(_) => {
            "the caller is not the governance address of the contract".to_owned()
        }
        E::SystemPauseModuleWithoutCode(e) => format!("the module {} has no code", e.module),
        E::ValidatorRegistryAlreadyMember(e) => {
            format!("{} belongs to the guild already", e.account)
        }
        E::ValidatorRegistryNotMember(e) => format!("{} does not belong to the guild", e.account),
        E::ValidatorRegistryInvalidQuorum(e) => {
            format!("a quorum of {} does not fit a guild of {}", e.quorum, e.guildSize)
        }
        other => plain(other),
    }
}

/// The name taken apart: `MissionEscrowNoReward` reads "mission escrow no reward".
fn plain(error: &Known::KnownErrors) -> String {
    let name = Known::KnownErrors::name_by_selector(error.selector()).unwrap_or("unknown error");
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase()
            && !words.ends_with(|last: char| last.is_ascii_uppercase())
            && !words.is_empty()
        {
            words.push(' ');
        }
        words.push(letter);
    }
    format!("the contract refused: {}", words.to_ascii_lowercase())
}

/// What a contract that follows EIP-1271 answers to a good signature.
pub(crate) const EIP1271_MAGIC: [u8; 4] = [0x16, 0x26, 0xba, 0x7e];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use alloy::primitives::{Address, B256};

    use super::*;
    use crate::chain::artifacts::Artifact;

    #[test]
    fn every_error_of_every_artifact_has_words() {
        let known: BTreeSet<&str> = Known::KnownErrors::SIGNATURES.iter().copied().collect();

        for artifact in Artifact::ALL {
            for signature in artifact.signatures("error") {
                assert!(known.contains(signature.as_str()), "{}: {signature}", artifact.name);
            }
        }
    }

    #[test]
    fn a_revert_reads_as_a_sentence() {
        let account = Address::repeat_byte(0xab);
        let tokens = |count: u64| U256::from(count) * U256::from(10).pow(U256::from(18));
        let error = Known::ERC20InsufficientBalance {
            sender: account,
            balance: tokens(5),
            needed: tokens(1200),
        };

        let reason = Reason::of_revert(&error.abi_encode());

        assert_eq!(
            reason.to_string(),
            "the wallet 0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB holds 5 AGIα and needs 1,200 AGIα: top it up \
             (ERC20InsufficientBalance)"
        );
    }

    #[test]
    fn bytes_that_nobody_knows_are_shown_and_do_no_harm() {
        assert_eq!(Reason::of_revert(&[]).words, "the contract refused without saying why");
        for data in [&[1, 2, 3][..], &[0xb5, 0x6f, 0x93], B256::repeat_byte(7).as_slice()] {
            assert_eq!(Reason::of_revert(data).name, None);
        }
        assert_eq!(
            Reason::of_revert(&Known::MissionEscrowNoReward {}.abi_encode()).words,
            "the contract refused: mission escrow no reward"
        );
    }

    #[test]
    fn nodes_may_wrap_the_bytes() {
        let data = Bytes::from(Known::EnforcedPause {}.abi_encode());
        let bare = serde_json::json!(data);
        let wrapped = serde_json::json!({ "message": "reverted", "data": data });

        for data in [bare, wrapped] {
            assert_eq!(
                Reason::of_rpc(3, "execution reverted", Some(&data)).name,
                Some("EnforcedPause")
            );
        }
        assert_eq!(
            Reason::of_rpc(-32000, "nonce too low", None).words,
            "the node refused: nonce too low (-32000)"
        );
    }
}
