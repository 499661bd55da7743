//! Every view that Mission Control asks for what a lever touches. A test compares each with the compiled contracts.

use alloy_dyn_abi::{DynSolType, DynSolValue};

use super::ContractName::{
    self, AttestationModule, BudgetManager, GuardianCouncil, Manager, ModelRegistry, OwnerProxy,
    OwnerTimelock, PauseGuardian, SystemPause, UpgradeCoordinator, ValidatorRegistry,
};
use super::decode;
use super::decode::signature::{self, Kind, Leaf, Parameter};
use super::field::values_of;
use super::{Call, Contracts};

/// A view of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The contract.
    pub contract: ContractName,
    /// Name and parameters.
    pub declaration: &'static str,
    /// What it returns.
    pub answers: Answers,
}

/// What a view returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// These values, in brackets.
    Values(&'static str),
    /// The struct that a function of the same contract takes.
    StructOf(&'static str),
    /// The fields of that struct, one value each.
    FieldsOf(&'static str),
    /// A list of those structs, each with its id.
    ListOf(&'static str),
}

use Answers::{FieldsOf, ListOf, StructOf, Values};

const fn view(contract: ContractName, declaration: &'static str, answers: Answers) -> View {
    View { contract, declaration, answers }
}

/// Every view.
pub const VIEWS: &[View] = &[
    view(OwnerProxy, "owner()", Values("(address owner)")),
    view(OwnerProxy, "pendingOwner()", Values("(address owner)")),
    view(
        OwnerProxy,
        "isDelegate(address delegate,address target,bytes4 selector)",
        Values("(bool allowed)"),
    ),
    view(OwnerTimelock, "getMinDelay()", Values("(uint256 delay)")),
    view(OwnerTimelock, "getTimestamp(bytes32 id)", Values("(uint256 readyAt)")),
    view(SystemPause, "paused()", Values("(bool paused)")),
    view(SystemPause, "tripped()", Values("(bool tripped)")),
    view(PauseGuardian, "guardian()", Values("(address guardian)")),
    view(PauseGuardian, "trip()", Values("(uint256 trip)")),
    view(BudgetManager, "capOf(bytes32 mission)", Values("(uint256 microUsd)")),
    view(ModelRegistry, "activeAdapter(bytes32 scope)", Values("(bytes32 adapter)")),
    view(ModelRegistry, "isCoPilotRequired(bytes32 mission)", Values("(bool required)")),
    view(
        ModelRegistry,
        "adapterOf(bytes32 adapter)",
        Values("(string id,bytes32 recordHash,int256 score,bool registered)"),
    ),
    view(AttestationModule, "isReader(bytes32 mission,address account)", Values("(bool reader)")),
    view(AttestationModule, "nextToken()", Values("(uint256 token)")),
    view(
        AttestationModule,
        "summonsOf(uint256 token)",
        Values(
            "(bytes32 mission,address validator,uint64 expiry,uint64 acknowledgedAt,bool revoked)",
        ),
    ),
    view(ValidatorRegistry, "isValidator(address account)", Values("(bool validator)")),
    view(GuardianCouncil, "isMember(address account)", Values("(bool member)")),
    view(GuardianCouncil, "members()", Values("(address[] members)")),
    view(
        UpgradeCoordinator,
        "stagedExtension(bytes32 module)",
        Values(
            "(address implementation,bool pauseBeforeUpgrade,uint64 stagedAt,uint64 expiresAt,bytes32 initializerHash,\
             bool vetoed)",
        ),
    ),
    view(UpgradeCoordinator, "activeExtension(bytes32 module)", Values("(address implementation)")),
    // The manager
    view(Manager, "governance()", Values("(address governance)")),
    view(Manager, "guardianCouncil()", Values("(address council)")),
    view(Manager, "systemPause()", Values("(address systemPause)")),
    view(Manager, "globalParameters()", FieldsOf("setGlobalParameters")),
    view(Manager, "selfImprovementPlan()", FieldsOf("setSelfImprovementPlan")),
    view(Manager, "listDomains()", ListOf("registerDomain")),
    view(Manager, "listSentinels()", ListOf("registerSentinel")),
    view(Manager, "listCapitalStreams()", ListOf("registerCapitalStream")),
    view(Manager, "getDomain(bytes32 id)", StructOf("registerDomain")),
    view(Manager, "getSentinel(bytes32 id)", StructOf("registerSentinel")),
    view(Manager, "getCapitalStream(bytes32 id)", StructOf("registerCapitalStream")),
    view(Manager, "getSentinelDomains(bytes32 id)", Values("(bytes32[] domainIds)")),
    view(Manager, "getCapitalStreamDomains(bytes32 id)", Values("(bytes32[] domainIds)")),
];

impl View {
    /// The view of a contract with this name.
    pub fn find(contract: ContractName, name: &str) -> Option<&'static Self> {
        VIEWS.iter().find(|view| view.contract == contract && view.name() == name)
    }

    /// The view's name.
    pub fn name(&self) -> &'static str {
        self.declaration.split('(').next().unwrap_or_default()
    }

    /// The call that asks it; `None` if the values are not of its types.
    pub fn call(&self, contracts: &Contracts, values: Vec<DynSolValue>) -> Option<Call> {
        let (name, parameters) = signature::parse(self.declaration).ok()?;
        let kind = DynSolType::Tuple(parameters.iter().map(|it| it.kind.ty()).collect());
        let values = DynSolValue::Tuple(values);
        kind.matches(&values).then(|| {
            let mut data = signature::selector(name, &parameters).to_vec();
            data.extend(values.abi_encode_params());
            Call { to: contracts.address(self.contract), data: data.into() }
        })
    }

    /// What it returns, with names.
    pub fn outputs(&self) -> Vec<Parameter> {
        let taken = |function: &str| {
            let found = decode::find_named(self.contract, function);
            found.map_or_else(Vec::new, |(_, parameters)| parameters)
        };
        match self.answers {
            Values(text) => {
                signature::parse(text).map_or_else(|_| Vec::new(), |(_, values)| values)
            }
            StructOf(function) => taken(function),
            FieldsOf(function) => match taken(function).into_iter().next().map(|it| it.kind) {
                Some(Kind::Tuple(fields)) => fields,
                Some(Kind::Leaf(_) | Kind::Array(_)) | None => Vec::new(),
            },
            ListOf(function) => {
                let id = Parameter { name: "id", kind: Kind::Leaf(Leaf::FixedBytes(32)) };
                let item = std::iter::once(id).chain(taken(function)).collect();
                vec![Parameter { name: "list", kind: Kind::Array(Box::new(Kind::Tuple(item))) }]
            }
        }
    }

    /// The values that it returned; `None` if the bytes are no answer of this view.
    pub fn read(&self, data: &[u8]) -> Option<Vec<DynSolValue>> {
        values_of(&self.outputs(), data)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn declared(inputs: &Value) -> String {
        let types = inputs.as_array().into_iter().flatten().map(|input| {
            let kind = input["type"].as_str().unwrap();
            kind.strip_prefix("tuple").map_or_else(
                || kind.to_owned(),
                |array| format!("{}{array}", declared(&input["components"])),
            )
        });
        format!("({})", types.collect::<Vec<_>>().join(","))
    }

    /// Names of the artifact beside ours; the compiler leaves out those of unnamed values.
    fn compare_names(found: &Value, ours: &[Parameter], whole: &str) {
        for (found, ours) in found.as_array().unwrap().iter().zip(ours) {
            let name = found["name"].as_str().unwrap().trim_end_matches('_');
            assert!(name.is_empty() || name == ours.name, "{whole}: {name} is {}", ours.name);
            let mut kind = &ours.kind;
            while let Kind::Array(item) = kind {
                kind = item;
            }
            if let Kind::Tuple(fields) = kind {
                compare_names(&found["components"], fields, whole);
            }
        }
    }

    #[test]
    fn every_view_is_one_of_the_compiled_contracts() {
        for view in VIEWS {
            let (name, parameters) = signature::parse(view.declaration).unwrap();
            let artifact = if view.contract == ContractName::OwnerTimelock {
                "DelayTimelock"
            } else {
                view.contract.as_str()
            };
            let path =
                format!("{}/../contracts/artifacts/{artifact}.json", env!("CARGO_MANIFEST_DIR"));
            let text =
                std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            let artifact: Value = serde_json::from_str(&text).unwrap();
            let found = artifact["abi"].as_array().unwrap().iter().find(|item| {
                item["type"] == "function"
                    && item["name"] == name
                    && declared(&item["inputs"]) == signature::canonical(&parameters)
            });
            let found = found.unwrap_or_else(|| panic!("{path} has no {}", view.declaration));
            let outputs = view.outputs();
            assert_eq!(
                declared(&found["outputs"]),
                signature::canonical(&outputs),
                "{}",
                view.declaration
            );
            assert!(found["stateMutability"] == "view", "{} changes something", view.declaration);
            compare_names(&found["inputs"], &parameters, view.declaration);
            compare_names(&found["outputs"], &outputs, view.declaration);
        }
    }
}
