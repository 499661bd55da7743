//! An error in a sentence: what was found, what was expected, what to do.

use alloy::primitives::{B256, I256, U256};
use alloy::sol_types::SolInterface;
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::time::Timestamp;

use super::known::Known;
use crate::chain::governance::roles::{CANCELLER_ROLE, EXECUTOR_ROLE, PROPOSER_ROLE};

fn agi(units: U256) -> TokenAmount {
    TokenAmount::new(units)
}

fn moment(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000))
}

fn usd(micros: U256) -> MicroUsd {
    MicroUsd::new(micros.saturating_to())
}

/// A length of time in whole units.
fn span(seconds: U256) -> String {
    let seconds: u64 = seconds.saturating_to();
    let (count, unit) = match seconds {
        s if s >= 86_400 && s % 86_400 == 0 => (s / 86_400, "day"),
        s if s >= 3_600 && s % 3_600 == 0 => (s / 3_600, "hour"),
        s if s >= 60 && s % 60 == 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// A score in ten-thousandths as a decimal.
fn score(units: I256) -> String {
    let sign = if units.is_negative() { "-" } else { "" };
    let units = units.unsigned_abs();
    let one = U256::from(10_000);
    format!("{sign}{}.{:04}", units / one, (units % one).to::<u64>())
}

/// The bit map of OpenZeppelin's operation states.
fn operation_state(expected: B256) -> &'static str {
    match U256::from_be_bytes(expected.0).saturating_to::<u8>() {
        1 => "new",
        2 => "waiting",
        4 => "ready",
        6 => "waiting or ready",
        8 => "done",
        _ => "in the state that this asks for",
    }
}

/// OpenZeppelin's roles of a timelock.
fn timelock_role(role: B256) -> &'static str {
    match role {
        PROPOSER_ROLE => "PROPOSER: only the owner's door may schedule",
        CANCELLER_ROLE => "CANCELLER: only the owner and the guardian council may cancel",
        EXECUTOR_ROLE => "EXECUTOR",
        _ => "that this asks for",
    }
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
pub(super) fn words(error: &Known::KnownErrors) -> String {
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
        E::AccessControlUnauthorizedAccount(e) => format!(
            "{} does not hold the role {} at the timelock",
            e.account,
            timelock_role(e.neededRole)
        ),
        E::TimelockInsufficientDelay(e) => format!(
            "the timelock waits at least {}, and the call asks for {}: schedule it with the timelock's delay",
            span(e.minDelay),
            span(e.delay)
        ),
        E::TimelockUnexpectedOperationState(e) => format!(
            "operation {} is not {}: look at the timelock queue",
            e.operationId,
            operation_state(e.expectedStates)
        ),
        E::TimelockUnexecutedPredecessor(e) => {
            format!("operation {} must be carried out before", e.predecessorId)
        }
        E::TimelockUnauthorizedCaller(e) => {
            format!("only the timelock may do this to itself, found {}", e.caller)
        }
        E::BudgetManagerRaiseDelayed(e) => format!(
            "a cap is raised through the timelock alone: it is {} and shall be {}; schedule the raise",
            usd(e.current),
            usd(e.proposed)
        ),
        E::PauseGuardianResumeDelayed(e) => format!(
            "a tripwire holds the fleet: schedule the resume through the timelock {}, and have a guardian co-sign it",
            e.timelock
        ),
        E::PauseGuardianNotCosigned(e) => format!(
            "the resume after trip {} waits for a guardian's co-signature (GuardianCouncil.cosignResume)",
            e.trip
        ),
        E::PauseGuardianTooEarly(e) => format!(
            "the fleet can resume after the tripwire from {} on",
            moment(e.readyAt.saturating_to())
        ),
        E::SystemPauseTripped(_) => {
            "a tripwire holds the fleet: Resume Fleet cannot end that, Resume after Tripwire can"
                .to_owned()
        }
        E::GuardianCouncilNotMember(e) => {
            format!("{} is not a member of the guardian council", e.caller)
        }
        E::GuardianCouncilAlreadyMember(e) => {
            format!("{} is a member of the guardian council already", e.account)
        }
        E::GuardianCouncilAlreadyCosigned(e) => {
            format!("{} has co-signed the resume after trip {} already", e.member, e.trip)
        }
        E::GuardianCouncilNotCurrentTrip(e) if e.current.is_zero() => {
            "no tripwire holds the fleet: there is nothing to co-sign".to_owned()
        }
        E::GuardianCouncilNotCurrentTrip(e) => format!(
            "trip {} is over, the fleet is held by trip {}: co-sign that one",
            e.trip, e.current
        ),
        E::GuardianCouncilNotTimelock(e) => format!(
            "the council is changed through the timelock alone, found {}: schedule the change",
            e.caller
        ),
        E::GuardianCouncilTooFewMembers(e) => format!(
            "the council would have {} members, and {} must be able to co-sign",
            e.members, e.needed
        ),
        E::GuardianCouncilUnknownTimelock(e) => {
            format!("{} is no timelock that the council watches", e.timelock)
        }
        E::UpgradeCoordinatorExpired(e) => format!(
            "the extension could be activated until {}: stage it again",
            moment(e.expiresAt)
        ),
        E::UpgradeCoordinatorFleetRunning(_) => {
            "the extension asks for a paused fleet: pause it first".to_owned()
        }
        E::UpgradeCoordinatorNotCouncil(e) => {
            format!("only the guardian council may veto, found {}", e.caller)
        }
        E::UpgradeCoordinatorNotTimelock(e) => format!(
            "an extension is activated through the timelock alone, found {}: schedule it",
            e.caller
        ),
        E::UpgradeCoordinatorNothingActive(e) => {
            format!("no extension is active in module {}", e.module)
        }
        E::UpgradeCoordinatorNothingStaged(e) => {
            format!("no extension is staged for module {}", e.module)
        }
        E::UpgradeCoordinatorTooEarly(e) => format!(
            "the extension was staged too late for this: it can be activated from {} on",
            moment(e.readyAt.saturating_to())
        ),
        E::UpgradeCoordinatorVetoed(e) => {
            format!("a guardian refused the extension of module {}: stage another", e.module)
        }
        E::UpgradeCoordinatorWindowTooShort(e) => format!(
            "the upgrade window of {} ends before the timelock's delay of {}: take a longer one",
            span(U256::from(e.upgradeWindow)),
            span(e.delay)
        ),
        E::UpgradeCoordinatorWithoutCode(e) => {
            format!("there is no contract at {}", e.implementation)
        }
        E::ModelRegistryAlreadyActive(e) => {
            format!("the adapter {} is active there already", e.adapter)
        }
        E::ModelRegistryAlreadyRegistered(e) => {
            format!("the adapter {} is registered already", e.adapter)
        }
        E::ModelRegistryNoPrevious(_) => "there is no earlier adapter to go back to".to_owned(),
        E::ModelRegistryNotAccelerator(e) => format!(
            "adapters are chosen and added through the timelock alone, found {}: schedule it",
            e.caller
        ),
        E::ModelRegistryNotEvaluator(e) => {
            format!("{} may not score adapters: only the evaluator and the owner may", e.caller)
        }
        E::ModelRegistryReasonNeeded(e) => format!(
            "the new adapter scores {} and the present one {}: give a written reason",
            score(e.proposed),
            score(e.current)
        ),
        E::ModelRegistryUnknownAdapter(e) => format!(
            "the adapter {} is not registered, or was retired: register it first",
            e.adapter
        ),
        E::AttestationModuleAlreadyAcknowledged(e) => {
            format!("summons {} was acknowledged already", e.token)
        }
        E::AttestationModuleAlreadySummoned(e) => {
            format!("summons {} stands: revoke it first, or let it end", e.token)
        }
        E::AttestationModuleInvalidExpiry(e) => format!(
            "a summons ends in the future and at the latest {}, found {}",
            moment(e.latest.saturating_to()),
            moment(e.expiry)
        ),
        E::AttestationModuleInvalidSignature(e) => {
            format!("the signature is not {}'s over this content", e.signer)
        }
        E::AttestationModuleNotGuardian(e) => {
            format!("{} is not a member of the guardian council", e.account)
        }
        E::AttestationModuleNotHolder(e) => {
            format!("the summons is for {}, found {}", e.holder, e.caller)
        }
        E::AttestationModuleNotTransferable(_) => {
            "a read token belongs to the summoned validator alone".to_owned()
        }
        E::AttestationModuleNotValidator(e) => {
            format!("{} is not an active member of the validators' guild", e.account)
        }
        E::AttestationModuleSignatureExpired(e) => {
            format!("the signature ended {}: sign again", moment(e.deadline))
        }
        E::AttestationModuleSummonsExpired(e) => {
            format!("the summons ended {}", moment(e.expiry))
        }
        E::AttestationModuleUnknownSummons(e) => {
            format!("there is no summons {}, or it was revoked", e.token)
        }
        E::OwnerProxyInvalidSignature(e) => {
            format!("the signature is not the owner's: {} owns the owner proxy", e.owner)
        }
        E::OwnerProxyRequestExpired(e) => {
            format!("the signed request ended {}: sign again", moment(e.deadline))
        }
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
