//! Every function that Mission Control asks a wallet to sign, with what it is called and how fast it acts. A test compares
//! each declaration with the compiled contracts.

use super::super::ContractName;
use super::super::ContractName::{
    AdapterGovernor, AttestationModule, BudgetManager, Escrow, GuardianCouncil, Manager,
    ModelRegistry, OwnerProxy, OwnerTimelock, PauseGuardian, SystemPause, Token,
    UpgradeCoordinator, ValidatorRegistry,
};

/// How fast a call acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// In the block that includes it.
    AtOnce,
    /// After the timelock's delay, in which a guardian can cancel it.
    Delayed,
    /// At once when it brakes, delayed when it accelerates.
    ByValue,
}

/// Who makes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// The owner, through the door.
    Owner,
    /// The owner, at the door itself.
    OwnerDirectly,
    /// The pause guardian, or the owner through the door.
    PauseGuardian,
    /// The manager, told so by the owner.
    Manager,
    /// A member of the guardian council.
    Guardian,
    /// A summoned validator.
    Validator,
    /// The operator of a mission.
    Operator,
    /// Whoever holds votes on adapters.
    Voter,
    /// The owner's timelock, when its delay is over.
    Timelock,
    /// Whoever likes.
    Anyone,
}

/// A function of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// The contract.
    pub contract: ContractName,
    /// Name and parameters.
    pub declaration: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// How fast it acts.
    pub pace: Pace,
    /// Who makes it.
    pub caller: Caller,
}

impl Function {
    /// The function's name.
    pub fn name(&self) -> &'static str {
        self.declaration.split('(').next().unwrap_or_default()
    }

    /// Whether the owner's door lets it through: the owner's own calls, and what the timelock is told to do later.
    pub const fn is_behind_door(&self) -> bool {
        matches!(self.caller, Caller::Owner | Caller::PauseGuardian)
    }
}

const fn at_once(
    contract: ContractName,
    caller: Caller,
    title: &'static str,
    declaration: &'static str,
) -> Function {
    Function { contract, declaration, title, pace: Pace::AtOnce, caller }
}

const fn owner(contract: ContractName, title: &'static str, declaration: &'static str) -> Function {
    at_once(contract, Caller::Owner, title, declaration)
}

const fn delayed(
    contract: ContractName,
    title: &'static str,
    declaration: &'static str,
) -> Function {
    Function { contract, declaration, title, pace: Pace::Delayed, caller: Caller::Timelock }
}

const fn by_value(
    contract: ContractName,
    title: &'static str,
    declaration: &'static str,
) -> Function {
    Function { contract, declaration, title, pace: Pace::ByValue, caller: Caller::Owner }
}

macro_rules! domain {
    () => {
        "(string slug,string name,string metadataURI,address orchestrator,address capitalVault,address validatorModule,\
         address policyKernel,uint64 heartbeatSeconds,uint256 tvlLimit,uint256 autonomyLevelBps,bool active) config"
    };
}

macro_rules! sentinel {
    () => {
        "(string slug,string name,string uri,address agent,uint64 coverageSeconds,uint256 sensitivityBps,bool active) profile"
    };
}

macro_rules! stream {
    () => {
        "(string slug,string name,string uri,address vault,uint256 annualBudget,uint256 expansionBps,bool active) stream"
    };
}

/// Every function.
pub const FUNCTIONS: &[Function] = &[
    // The door
    owner_direct("Execute", "execute(address target,bytes data)"),
    owner_direct("Execute a batch", "executeBatch((address target,bytes data)[] calls)"),
    at_once(
        OwnerProxy,
        Caller::Anyone,
        "Execute a signed request",
        "executeSigned((address target,bytes data,uint256 nonce,uint64 deadline) request,bytes signature)",
    ),
    owner_direct("Void Outstanding Signatures", "voidOutstanding()"),
    owner_direct(
        "Set Delegate",
        "setDelegate(address delegate,address target,bytes4 selector,bool allowed)",
    ),
    owner_direct("Hand Over Ownership", "transferOwnership(address newOwner)"),
    owner_direct("Accept Ownership", "acceptOwnership()"),
    // The delay
    owner(
        OwnerTimelock,
        "Schedule",
        "schedule(address target,uint256 value,bytes data,bytes32 predecessor,bytes32 salt,uint256 delay)",
    ),
    owner(OwnerTimelock, "Cancel Operation", "cancel(bytes32 id)"),
    at_once(
        OwnerTimelock,
        Caller::Anyone,
        "Execute Operation",
        "execute(address target,uint256 value,bytes payload,bytes32 predecessor,bytes32 salt)",
    ),
    delayed(OwnerTimelock, "Change the Delay", "updateDelay(uint256 newDelay)"),
    // Pausing
    at_once(SystemPause, Caller::Manager, "Pause Fleet", "pauseAll()"),
    at_once(SystemPause, Caller::Manager, "Resume Fleet", "unpauseAll()"),
    at_once(PauseGuardian, Caller::PauseGuardian, "Tripwire Pause", "pauseAll()"),
    delayed(PauseGuardian, "Resume after Tripwire", "unpauseAll()"),
    owner(PauseGuardian, "Name the Pause Guardian", "setGuardian(address newGuardian)"),
    // Missions
    by_value(BudgetManager, "Budget Cap", "updateCap(bytes32 mission,uint256 microUsd)"),
    owner(Escrow, "Fail Mission", "failMission(bytes32 mission,string reason)"),
    delayed(
        ModelRegistry,
        "Register Adapter",
        "registerAdapter(string id,bytes32 recordHash,int256 score)",
    ),
    owner(ModelRegistry, "Retire Adapter", "retireAdapter(bytes32 adapter)"),
    owner(ModelRegistry, "Set Adapter Score", "setScore(bytes32 adapter,int256 score)"),
    delayed(ModelRegistry, "Active Adapter", "setActiveAdapter(bytes32 scope,bytes32 adapter)"),
    delayed(
        ModelRegistry,
        "Active Adapter",
        "setActiveAdapterWithReason(bytes32 scope,bytes32 adapter,string reason)",
    ),
    owner(ModelRegistry, "Roll Back Adapter", "rollback(bytes32 scope)"),
    by_value(ModelRegistry, "Human Co-pilot", "setCoPilot(bytes32 mission,bool required)"),
    // Validators and guardians
    owner(
        AttestationModule,
        "Summon Validator",
        "summon(bytes32 mission,address validator,uint64 expiry)",
    ),
    owner(AttestationModule, "Revoke Summons", "revoke(uint256 token)"),
    at_once(
        AttestationModule,
        Caller::Validator,
        "Acknowledge Summons",
        "acknowledge(uint256 token)",
    ),
    at_once(
        AttestationModule,
        Caller::Anyone,
        "Acknowledge Summons",
        "acknowledgeSigned(uint256 token,uint64 deadline,bytes signature)",
    ),
    owner(ValidatorRegistry, "Add Validator", "addValidator(address account)"),
    owner(ValidatorRegistry, "Remove Validator", "removeValidator(address account)"),
    at_once(
        GuardianCouncil,
        Caller::Guardian,
        "Cancel Operation",
        "cancelOperation(address timelock,bytes32 id)",
    ),
    at_once(GuardianCouncil, Caller::Guardian, "Veto Extension", "vetoExtension(bytes32 module)"),
    at_once(GuardianCouncil, Caller::Guardian, "Co-sign Resume", "cosignResume(uint256 trip)"),
    delayed(GuardianCouncil, "Change the Council", "setMember(address account,bool member)"),
    // Votes on adapters
    at_once(
        AdapterGovernor,
        Caller::Voter,
        "Propose Upgrade",
        "propose(address[] targets,uint256[] values,bytes[] calldatas,string description)",
    ),
    at_once(AdapterGovernor, Caller::Voter, "Vote", "castVote(uint256 proposalId,uint8 support)"),
    at_once(
        AdapterGovernor,
        Caller::Voter,
        "Queue Proposal",
        "queue(address[] targets,uint256[] values,bytes[] calldatas,bytes32 descriptionHash)",
    ),
    at_once(
        AdapterGovernor,
        Caller::Voter,
        "Execute Proposal",
        "execute(address[] targets,uint256[] values,bytes[] calldatas,bytes32 descriptionHash)",
    ),
    at_once(Token, Caller::Voter, "Delegate Votes", "delegate(address delegatee)"),
    // Extensions
    owner(
        UpgradeCoordinator,
        "Stage Extension",
        "stageExtension(bytes32 module,address implementation,bool pauseBeforeUpgrade,uint64 upgradeWindow,bytes initializer)",
    ),
    delayed(UpgradeCoordinator, "Activate Extension", "activateExtension(bytes32 module)"),
    owner(UpgradeCoordinator, "Withdraw Staged Extension", "withdrawExtension(bytes32 module)"),
    owner(UpgradeCoordinator, "Retire Extension", "retireExtension(bytes32 module)"),
    // The manager
    owner(Manager, "Forward a Pause Call", "forwardPauseCall(bytes data)"),
    owner(
        Manager,
        "Global Parameters",
        "setGlobalParameters((address treasury,address universalVault,address upgradeCoordinator,address validatorRegistry,\
         address missionControl,address knowledgeGraph,uint64 heartbeatSeconds,uint64 guardianReviewWindow,\
         uint256 maxDrawdownBps,string manifestoURI,bytes32 manifestoHash) params)",
    ),
    owner(Manager, "Guardian Council", "setGuardianCouncil(address council)"),
    owner(Manager, "System Pause", "setSystemPause(address newSystemPause)"),
    owner(Manager, "Manifesto", "updateManifesto(string manifestoURI,bytes32 manifestoHash)"),
    owner(
        Manager,
        "Risk Parameters",
        "updateRiskParameters(uint64 heartbeatSeconds,uint64 guardianReviewWindow,uint256 maxDrawdownBps)",
    ),
    owner(Manager, "Register Domain", concat!("registerDomain(", domain!(), ")")),
    owner(Manager, "Update Domain", concat!("updateDomain(bytes32 id,", domain!(), ")")),
    owner(Manager, "Retire Domain", "removeDomain(bytes32 id)"),
    owner(Manager, "Domain Status", "setDomainStatus(bytes32 id,bool active)"),
    owner(
        Manager,
        "Domain Limits",
        "configureDomainLimits(bytes32 id,uint256 tvlLimit,uint256 autonomyLevelBps,uint64 heartbeatSeconds)",
    ),
    owner(Manager, "Register Sentinel", concat!("registerSentinel(", sentinel!(), ")")),
    owner(Manager, "Update Sentinel", concat!("updateSentinel(bytes32 id,", sentinel!(), ")")),
    owner(Manager, "Retire Sentinel", "removeSentinel(bytes32 id)"),
    owner(Manager, "Sentinel Status", "setSentinelStatus(bytes32 id,bool active)"),
    owner(Manager, "Sentinel Domains", "setSentinelDomains(bytes32 id,bytes32[] domainIds)"),
    owner(Manager, "Register Capital Stream", concat!("registerCapitalStream(", stream!(), ")")),
    owner(
        Manager,
        "Update Capital Stream",
        concat!("updateCapitalStream(bytes32 id,", stream!(), ")"),
    ),
    owner(Manager, "Retire Capital Stream", "removeCapitalStream(bytes32 id)"),
    owner(Manager, "Capital Stream Status", "setCapitalStreamStatus(bytes32 id,bool active)"),
    owner(
        Manager,
        "Capital Stream Domains",
        "setCapitalStreamDomains(bytes32 id,bytes32[] domainIds)",
    ),
    owner(
        Manager,
        "Self-Improvement Plan",
        "setSelfImprovementPlan((string planURI,bytes32 planHash,uint64 cadenceSeconds,uint64 lastExecutedAt,\
         string lastReportURI) plan)",
    ),
    owner(
        Manager,
        "Record Self-Improvement Run",
        "recordSelfImprovementExecution(uint64 executedAt,string reportURI)",
    ),
    owner(Manager, "Hand Over Governance", "setGovernance(address newGovernance)"),
    owner(Manager, "Hand Over Governance", "transferOwnership(address newOwner)"),
    // Funding
    at_once(Token, Caller::Operator, "Allow the Escrow", "approve(address spender,uint256 value)"),
    at_once(
        Escrow,
        Caller::Operator,
        "Fund Mission",
        "fund(bytes32 mission,(uint256 reward,uint16 validatorRewardBps,uint16 durationBonusBps,uint256 stake,\
         uint16 failurePenaltyBps,uint64 bonusDeadline,uint64 expiry,uint8 quorum,uint256 budgetCapMicroUsd,\
         bytes32 specHash,(uint16 payoutBps,address[] payees)[] milestones) terms)",
    ),
    at_once(Escrow, Caller::Operator, "Refund Mission", "refund(bytes32 mission)"),
];

const fn owner_direct(title: &'static str, declaration: &'static str) -> Function {
    at_once(OwnerProxy, Caller::OwnerDirectly, title, declaration)
}
