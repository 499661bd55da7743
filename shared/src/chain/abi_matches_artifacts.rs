//! Every selector, topic and answer declared here is one of the compiled contracts'.

use alloy_primitives::{FixedBytes, keccak256};
use serde_json::Value;

use super::abi::{
    IAdapterGovernor, IAgiAlpha, IAttestationModule, IBudgetManager, ICheckpointLedger,
    IGuardianCouncil, IManager, IMissionEscrow, IModelRegistry, IOwnerProxy, IPauseGuardian,
    ISystemPause, ITimelock, IUpgradeCoordinator, IValidatorRegistry,
};

/// The items of one contract's artifact.
struct Artifact(Vec<Value>);

impl Artifact {
    fn read(name: &str) -> Self {
        let path = format!("{}/../contracts/artifacts/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let artifact: Value = serde_json::from_str(&text).unwrap();
        Self(artifact["abi"].as_array().unwrap().clone())
    }

    fn item(&self, kind: &str, signature: &str) -> &Value {
        let found =
            self.0.iter().find(|item| item["type"] == kind && signature_of(item) == signature);
        found.unwrap_or_else(|| panic!("the artifact has no {kind} {signature}"))
    }
}

fn signature_of(item: &Value) -> String {
    format!("{}{}", item["name"].as_str().unwrap_or_default(), tuple(&item["inputs"]))
}

fn tuple(parameters: &Value) -> String {
    let types = parameters.as_array().into_iter().flatten().map(|parameter| {
        let kind = parameter["type"].as_str().unwrap();
        match kind.strip_prefix("tuple") {
            Some(array) => format!("{}{array}", tuple(&parameter["components"])),
            None => kind.to_owned(),
        }
    });
    format!("({})", types.collect::<Vec<_>>().join(","))
}

/// Positions of the indexed parameters, which a topic alone does not tell.
fn indexed(item: &Value) -> Vec<bool> {
    item["inputs"].as_array().unwrap().iter().map(|input| input["indexed"] == true).collect()
}

fn functions(name: &str, selectors: &[[u8; 4]], signatures: &[&str]) {
    let artifact = Artifact::read(name);
    for (selector, signature) in selectors.iter().zip(signatures) {
        artifact.item("function", signature);
        assert_eq!(FixedBytes(*selector), keccak256(signature)[..4], "{name}: {signature}");
    }
}

fn events(name: &str, topics: &[[u8; 32]], signatures: &[&str], indexed_as: &[(&str, &[bool])]) {
    let artifact = Artifact::read(name);
    for (topic, signature) in topics.iter().zip(signatures) {
        let item = artifact.item("event", signature);
        assert_eq!(FixedBytes(*topic), keccak256(signature), "{name}: {signature}");
        let (_, expected) = indexed_as
            .iter()
            .find(|(event, _)| signature.split('(').next() == Some(event))
            .unwrap_or_else(|| panic!("say which parameters of {signature} are indexed"));
        assert_eq!(&indexed(item), expected, "{name}: {signature}");
    }
}

macro_rules! compare {
    ($interface:ident, $calls:ident, $artifact:literal) => {
        functions($artifact, $interface::$calls::SELECTORS, $interface::$calls::SIGNATURES)
    };
}

#[test]
fn every_function_is_one_of_the_contracts() {
    compare!(IAgiAlpha, IAgiAlphaCalls, "AgiAlpha");
    compare!(IAdapterGovernor, IAdapterGovernorCalls, "AdapterGovernor");
    compare!(IOwnerProxy, IOwnerProxyCalls, "OwnerProxy");
    compare!(IBudgetManager, IBudgetManagerCalls, "BudgetManager");
    compare!(ISystemPause, ISystemPauseCalls, "SystemPause");
    compare!(IPauseGuardian, IPauseGuardianCalls, "PauseGuardian");
    compare!(IManager, IManagerCalls, "Phase8UniversalValueManager");
    compare!(IValidatorRegistry, IValidatorRegistryCalls, "ValidatorRegistry");
    compare!(ICheckpointLedger, ICheckpointLedgerCalls, "CheckpointLedger");
    compare!(IMissionEscrow, IMissionEscrowCalls, "MissionEscrow");
    compare!(ITimelock, ITimelockCalls, "DelayTimelock");
    compare!(IGuardianCouncil, IGuardianCouncilCalls, "GuardianCouncil");
    compare!(IUpgradeCoordinator, IUpgradeCoordinatorCalls, "UpgradeCoordinator");
    compare!(IModelRegistry, IModelRegistryCalls, "ModelRegistry");
    compare!(IAttestationModule, IAttestationModuleCalls, "AttestationModule");
}

macro_rules! compare_events {
    ($interface:ident, $events:ident, $artifact:literal, $($event:ident: $indexed:expr),*) => {
        events(
            $artifact,
            $interface::$events::SELECTORS,
            $interface::$events::SIGNATURES,
            &[$((stringify!($event), &$indexed[..])),*],
        )
    };
}

#[test]
fn every_event_is_one_of_the_contracts_with_the_same_parameters_indexed() {
    const T: bool = true;
    const F: bool = false;
    compare_events!(IAgiAlpha, IAgiAlphaEvents, "AgiAlpha", Transfer: [T, T, F]);
    compare_events!(IAdapterGovernor, IAdapterGovernorEvents, "AdapterGovernor",
        ProposalCreated: [F, F, F, F, F, F, F, F, F], VoteCast: [T, F, F, F, F], ProposalQueued: [F, F],
        ProposalExecuted: [F], ProposalCanceled: [F]);
    compare_events!(IOwnerProxy, IOwnerProxyEvents, "OwnerProxy",
        Executed: [T, T, F, T], DelegateSet: [T, T, T, F], OutstandingVoided: [T, F]);
    compare_events!(IBudgetManager, IBudgetManagerEvents, "BudgetManager",
        MissionOpened: [T, F], BudgetCapUpdated: [T, F, F, T]);
    compare_events!(ISystemPause, ISystemPauseEvents, "SystemPause", FleetPaused: [T], FleetResumed: [T]);
    compare_events!(IPauseGuardian, IPauseGuardianEvents, "PauseGuardian",
        TripwirePaused: [T, F, F], TripwireResumed: [T]);
    compare_events!(IManager, IManagerEvents, "Phase8UniversalValueManager", PauseCallForwarded: [T, F, F]);
    compare_events!(ICheckpointLedger, ICheckpointLedgerEvents, "CheckpointLedger", CheckpointAnchored: [T, T, F, T]);
    compare_events!(IMissionEscrow, IMissionEscrowEvents, "MissionEscrow",
        MissionFunded: [T, T, F, T, F], MilestoneReleased: [T, T, F, F, F, F], Paid: [T, T, T, F, F],
        MissionClosed: [T], MissionFailed: [T, F, F, F, T], MissionRefunded: [T, T, F]);
    compare_events!(ITimelock, ITimelockEvents, "DelayTimelock",
        CallScheduled: [T, T, F, F, F, F, F], CallExecuted: [T, T, F, F, F], CallSalt: [T, F], Cancelled: [T],
        MinDelayChange: [F, F]);
    compare_events!(IGuardianCouncil, IGuardianCouncilEvents, "GuardianCouncil",
        MemberChanged: [T, F], OperationCancelled: [T, T, T], ExtensionVetoed: [T, T], ResumeCosigned: [T, T]);
    compare_events!(IUpgradeCoordinator, IUpgradeCoordinatorEvents, "UpgradeCoordinator",
        ExtensionStaged: [T, T, F, F, F], ExtensionActivated: [T, T, T], ExtensionVetoed: [T, T],
        ExtensionWithdrawn: [T, T], ExtensionRetired: [T, T, T]);
    compare_events!(IModelRegistry, IModelRegistryEvents, "ModelRegistry",
        AdapterRegistered: [T, F, F, F], AdapterRetired: [T, T], ScoreRecorded: [T, F, F, T],
        ActiveAdapterChanged: [T, T, T, F, F], ActiveAdapterRolledBack: [T, T, T, F], CoPilotChanged: [T, F, T]);
    compare_events!(IAttestationModule, IAttestationModuleEvents, "AttestationModule",
        Summoned: [T, T, T, F, F], SummonsAcknowledged: [T, T, T], SummonsRevoked: [T, T, T],
        Attested: [T, T, T, F, F, F, F], AttestationRevoked: [T, T, T]);
}

#[test]
fn every_answer_has_the_types_of_the_contract() {
    for (artifact, signature, answer) in [
        ("OwnerProxy", "execute(address,bytes)", "(bytes)"),
        ("BudgetManager", "capOf(bytes32)", "(uint256)"),
        ("AdapterGovernor", "quorum(uint256)", "(uint256)"),
        ("AgiAlpha", "getVotes(address)", "(uint256)"),
        ("SystemPause", "paused()", "(bool)"),
        ("SystemPause", "governance()", "(address)"),
        ("PauseGuardian", "guardian()", "(address)"),
        ("Phase8UniversalValueManager", "systemPause()", "(address)"),
        ("ValidatorRegistry", "isValidator(address)", "(bool)"),
        ("ValidatorRegistry", "validators()", "(address[])"),
        ("ValidatorRegistry", "milestoneQuorum()", "(uint8)"),
        ("CheckpointLedger", "latest(bytes32)", "(uint64,bytes32)"),
        ("CheckpointLedger", "isAnchorer(address)", "(bool)"),
        ("MissionEscrow", "isReleased(bytes32,uint256)", "(bool)"),
        ("MissionEscrow", "paused()", "(bool)"),
    ] {
        let artifact = Artifact::read(artifact);
        assert_eq!(tuple(&artifact.item("function", signature)["outputs"]), answer, "{signature}");
    }
}
