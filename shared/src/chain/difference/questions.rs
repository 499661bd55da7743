//! What to ask about each lever.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256, U256, keccak256};

use super::super::decode::words;
use super::super::field::{self, NamedCall, Names};
use super::super::manager::{EntryKind, Registry, Step, step};
use super::super::view::View;
use super::super::{
    AdapterScope, Call, Change, ContractName, Contracts, Intent, Lever, Operation, adapter_key,
    slug_key,
};
use super::{Hope, Question, Stage, Wanted};

/// Where to ask, and what is known beside the chain.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Where the contracts are.
    pub contracts: &'a Contracts,
    /// Names of keys.
    pub names: &'a Names,
    /// The manager's registry, if it was read: the removal of a domain touches what is bound to it.
    pub registry: Option<&'a Registry>,
}

/// The questions whose answers describe what an intent touches at a stage, and those that no lever changes in passing.
pub fn questions(intent: &Intent, subject: Subject<'_>, stage: Stage) -> Vec<Question> {
    let mut asked = Asked { subject, questions: Vec::new() };
    asked.lever(&intent.lever);
    let waits = intent.operation.is_some() && stage == Stage::Signed;
    if waits {
        for question in &mut asked.questions {
            question.hope = match &question.hope {
                // Signing begins the wait; the effect itself comes later.
                Hope::Fields(_) | Hope::Gone => Hope::Fields(Vec::new()),
                Hope::NameOf(key) => Hope::NameOf(*key),
            };
        }
    }
    if let (true, Some(operation)) = (waits, &intent.operation) {
        let id = DynSolValue::from(operation.id());
        let wanted = vec![("readyAt", Wanted::Later)];
        asked.ask(
            "Waits in the timelock",
            ContractName::OwnerTimelock,
            "getTimestamp",
            vec![id],
            wanted,
        );
    }
    asked.guarded();
    asked.questions
}

struct Asked<'a> {
    subject: Subject<'a>,
    questions: Vec<Question>,
}

/// Entries bound to a removed domain that are asked about, so that all questions fit into one request.
const MOST_BOUND: usize = 40;

type Wants = Vec<(&'static str, Wanted)>;

fn is(value: impl Into<DynSolValue>) -> Wanted {
    Wanted::Is(value.into())
}

fn number(value: u64, bits: usize) -> DynSolValue {
    DynSolValue::Uint(U256::from(value), bits)
}

impl Asked<'_> {
    fn push(
        &mut self,
        label: impl Into<String>,
        contract: ContractName,
        view: &str,
        values: Vec<DynSolValue>,
        hope: Hope,
    ) {
        let found = View::find(contract, view);
        let Some((view, call)) =
            found.and_then(|view| Some((view, view.call(self.subject.contracts, values)?)))
        else {
            return;
        };
        if self.questions.iter().all(|question| question.call != call) {
            self.questions.push(Question { label: label.into(), call, view, hope, guarded: false });
        }
    }

    fn ask(
        &mut self,
        label: impl Into<String>,
        contract: ContractName,
        view: &str,
        values: Vec<DynSolValue>,
        wanted: Wants,
    ) {
        self.push(label, contract, view, values, Hope::Fields(wanted));
    }

    /// What no lever changes in passing. A lever whose purpose it is has asked already.
    fn guarded(&mut self) {
        for (label, contract, view) in [
            ("Owner", ContractName::OwnerProxy, "owner"),
            ("Pause guardian", ContractName::PauseGuardian, "guardian"),
            ("Fleet", ContractName::SystemPause, "paused"),
            ("Governance of the manager", ContractName::Manager, "governance"),
            ("Delay of the timelock", ContractName::OwnerTimelock, "getMinDelay"),
        ] {
            self.ask(label, contract, view, Vec::new(), Vec::new());
            let call = View::find(contract, view)
                .and_then(|view| view.call(self.subject.contracts, Vec::new()));
            let found = self.questions.iter_mut().find(|it| Some(&it.call) == call.as_ref());
            if let Some(question) = found {
                question.guarded = true;
            }
        }
    }

    fn name_of(&mut self, key: B256) {
        if !key.is_zero() {
            let (contract, hope) = (ContractName::ModelRegistry, Hope::NameOf(key));
            self.push("Adapter", contract, "adapterOf", vec![key.into()], hope);
        }
    }

    fn fleet(&mut self, paused: bool) {
        let wanted = vec![("paused", is(paused))];
        self.ask("Fleet", ContractName::SystemPause, "paused", Vec::new(), wanted);
    }

    fn tripwire(&mut self, wanted: Wants) {
        self.ask("Tripwire", ContractName::SystemPause, "tripped", Vec::new(), wanted);
    }

    fn lever(&mut self, lever: &Lever) {
        match lever {
            Lever::PauseFleet => {
                self.fleet(true);
                self.tripwire(Vec::new());
            }
            Lever::ResumeFleet => {
                self.fleet(false);
                self.tripwire(Vec::new());
            }
            Lever::TripwirePause => {
                self.fleet(true);
                self.tripwire(vec![("tripped", is(true))]);
            }
            Lever::ResumeAfterTripwire => {
                self.fleet(false);
                self.tripwire(vec![("tripped", is(false))]);
            }
            Lever::BudgetCap { mission, new, .. } => {
                let label = format!("Budget cap of mission {}", self.subject.names.of(mission.0));
                let wanted = vec![("microUsd", is(number(new.get(), 256)))];
                let values = vec![mission.0.into()];
                self.ask(label, ContractName::BudgetManager, "capOf", values, wanted);
            }
            Lever::ActiveAdapter { scope, now, new, .. }
            | Lever::RollBackAdapter { scope, now, new } => self.adapter(scope, *now, *new),
            Lever::CoPilot { mission, required } => {
                let label = format!("Mission {}", self.subject.names.of(mission.0));
                let (contract, values) = (ContractName::ModelRegistry, vec![mission.0.into()]);
                let wanted = vec![("required", is(*required))];
                self.ask(label, contract, "isCoPilotRequired", values, wanted);
            }
            Lever::Summon { mission, validator, .. } => {
                self.reader(mission.0, *validator, true);
                let wanted = vec![("token", Wanted::Later)];
                let contract = ContractName::AttestationModule;
                self.ask("Number of the next summons", contract, "nextToken", Vec::new(), wanted);
            }
            Lever::RevokeSummons { token, mission, validator, .. } => {
                self.reader(mission.0, *validator, false);
                let wanted = vec![("revoked", is(true))];
                let values = vec![DynSolValue::Uint(*token, 256)];
                let label = format!("Summons {token}");
                self.ask(label, ContractName::AttestationModule, "summonsOf", values, wanted);
            }
            Lever::Change(change) => self.change(change),
        }
    }

    fn adapter(&mut self, scope: &AdapterScope, now: B256, new: B256) {
        self.name_of(now);
        self.name_of(new);
        let names = self.subject.names;
        let label = match scope {
            AdapterScope::Mission { mission } => format!("mission {}", names.of(mission.0)),
            AdapterScope::Role { role } => format!("every {role}"),
            AdapterScope::Agent { mission, role } => {
                format!("{role} of mission {}", names.of(mission.0))
            }
        };
        let (contract, values) = (ContractName::ModelRegistry, vec![scope.key().into()]);
        let wanted = vec![("adapter", is(new))];
        self.ask(format!("Adapter for {label}"), contract, "activeAdapter", values, wanted);
    }

    fn reader(&mut self, mission: B256, validator: Address, reader: bool) {
        let label = format!(
            "Validator {} in mission {}",
            validator.to_checksum(None),
            self.subject.names.of(mission)
        );
        let values = vec![mission.into(), validator.into()];
        let wanted = vec![("reader", is(reader))];
        self.ask(label, ContractName::AttestationModule, "isReader", values, wanted);
    }

    fn change(&mut self, change: &Change) {
        let Some(call) = NamedCall::read(change.contract, &change.data) else { return };
        if change.contract == ContractName::Manager {
            self.manager(&call);
        } else if change.contract == ContractName::UpgradeCoordinator {
            self.extension(&call);
        } else {
            self.other(change.contract, &call);
        }
    }

    /// The fields of a struct or call, as they shall be.
    fn all(call: &NamedCall) -> Wants {
        let fields = call.arguments.iter().filter(|(name, _)| *name != "id");
        fields.map(|(name, value)| (*name, Wanted::Is(value.clone()))).collect()
    }

    fn manager(&mut self, call: &NamedCall) {
        const MANAGER: ContractName = ContractName::Manager;
        if let Some((kind, step)) = step(call.function.name()) {
            self.entry(call, kind, step);
            return;
        }
        let value = |name: &str| call.get(name).cloned().map_or(Wanted::Any, Wanted::Is);
        match call.function.name() {
            "setGlobalParameters" | "updateManifesto" | "updateRiskParameters" => {
                self.ask("Parameters", MANAGER, "globalParameters", Vec::new(), Self::all(call));
            }
            "setGuardianCouncil" => {
                let wanted = vec![("council", value("council"))];
                self.ask("Guardian council", MANAGER, "guardianCouncil", Vec::new(), wanted);
            }
            "setSystemPause" => {
                let wanted = vec![("systemPause", value("newSystemPause"))];
                self.ask("Pause switch", MANAGER, "systemPause", Vec::new(), wanted);
            }
            "setSelfImprovementPlan" => {
                let label = "Self-improvement plan";
                self.ask(label, MANAGER, "selfImprovementPlan", Vec::new(), Self::all(call));
            }
            "recordSelfImprovementExecution" => {
                let wanted = vec![
                    ("lastExecutedAt", value("executedAt")),
                    ("lastReportURI", value("reportURI")),
                ];
                let label = "Self-improvement plan";
                self.ask(label, MANAGER, "selfImprovementPlan", Vec::new(), wanted);
            }
            "setGovernance" => self.governance(value("newGovernance")),
            "transferOwnership" => self.governance(value("newOwner")),
            _ => {}
        }
    }

    fn governance(&mut self, wanted: Wanted) {
        let wanted = vec![("governance", wanted)];
        let label = "Governance of the manager";
        self.ask(label, ContractName::Manager, "governance", Vec::new(), wanted);
    }

    fn entry(&mut self, call: &NamedCall, kind: EntryKind, step: Step) {
        let slug = call.text("slug");
        let Some(id) = call.key("id").or_else(|| slug.map(slug_key)) else { return };
        let name = slug.map_or_else(|| self.subject.names.of(id), str::to_owned);
        let label = field::capital(&format!("{} {name}", kind.as_str()));
        let (contract, values) = (ContractName::Manager, vec![id.into()]);
        match step {
            Step::Register | Step::Update | Step::Status | Step::Limits => {
                self.ask(label, contract, kind.get(), values, Self::all(call));
            }
            Step::Remove => self.push(label, contract, kind.get(), values, Hope::Gone),
            Step::Bind => {
                let Some(view) = kind.get_domains() else { return };
                self.ask(format!("{label}: domains"), contract, view, values, Self::all(call));
            }
        }
        if let (EntryKind::Domain, Step::Remove, Some(registry)) =
            (kind, step, self.subject.registry)
        {
            for entry in registry.bound_to(id).take(MOST_BOUND) {
                let Some(view) = entry.kind.get_domains() else { continue };
                let left = entry.domains.iter().copied().filter(|domain| *domain != id);
                let left = DynSolValue::Array(left.map(DynSolValue::from).collect());
                let label =
                    field::capital(&format!("{} {}: domains", entry.kind.as_str(), entry.slug()));
                let wanted = vec![("domainIds", Wanted::Is(left))];
                self.ask(label, contract, view, vec![entry.id.into()], wanted);
            }
        }
    }

    fn extension(&mut self, call: &NamedCall) {
        const COORDINATOR: ContractName = ContractName::UpgradeCoordinator;
        let Some(module) = call.key("module") else { return };
        let name = self.subject.names.of(module);
        let nothing_staged = || -> Wants {
            let mut wanted = vec![("implementation", is(Address::ZERO))];
            let rest = ["pauseBeforeUpgrade", "stagedAt", "expiresAt", "initializerHash", "vetoed"];
            wanted.extend(rest.map(|name| (name, Wanted::Any)));
            wanted
        };
        let value = |name: &str| call.get(name).cloned().map_or(Wanted::Any, Wanted::Is);
        let (staged, active) = match call.function.name() {
            "stageExtension" => {
                let initializer = call.get("initializer").and_then(DynSolValue::as_bytes);
                let hash = keccak256(initializer.unwrap_or_default());
                let staged = vec![
                    ("implementation", value("implementation")),
                    ("pauseBeforeUpgrade", value("pauseBeforeUpgrade")),
                    ("stagedAt", Wanted::Later),
                    ("expiresAt", Wanted::Later),
                    ("initializerHash", is(hash)),
                    ("vetoed", is(false)),
                ];
                (staged, Vec::new())
            }
            "activateExtension" => (nothing_staged(), vec![("implementation", Wanted::Any)]),
            "withdrawExtension" => (nothing_staged(), Vec::new()),
            _ => (Vec::new(), vec![("implementation", Wanted::Any)]),
        };
        let values = vec![DynSolValue::from(module)];
        let label = format!("Extension {name} in force");
        self.ask(label, COORDINATOR, "activeExtension", values.clone(), active);
        self.ask(
            format!("Extension {name} staged"),
            COORDINATOR,
            "stagedExtension",
            values,
            staged,
        );
    }

    /// Id of the operation that a call of the owner's timelock schedules.
    fn scheduled(&self, call: &NamedCall) -> Option<B256> {
        let effect = Call {
            to: call.get("target")?.as_address()?,
            data: call.get("data")?.as_bytes()?.to_vec().into(),
        };
        let operation = Operation {
            timelock: self.subject.contracts.owner_timelock,
            effect,
            predecessor: call.key("predecessor")?,
            salt: call.key("salt")?,
            delay: 0,
        };
        Some(operation.id())
    }

    /// Levers that the door, the delay, the council, the guild and the model registry have beside those with a form.
    fn other(&mut self, contract: ContractName, call: &NamedCall) {
        let value = |name: &str| call.get(name).cloned().map_or(Wanted::Any, Wanted::Is);
        let said = |name: &str| call.get(name).map(words).unwrap_or_default();
        let values = |names: &[&str]| -> Vec<DynSolValue> {
            names.iter().filter_map(|name| call.get(name).cloned()).collect()
        };
        match (contract, call.function.name()) {
            (ContractName::GuardianCouncil, "setMember") => {
                let wanted = vec![("member", value("member"))];
                let label = format!("{} in the council", said("account"));
                self.ask(label, contract, "isMember", values(&["account"]), wanted);
                let wanted = vec![("members", Wanted::Any)];
                self.ask("Guardian council", contract, "members", Vec::new(), wanted);
            }
            (ContractName::OwnerTimelock, "updateDelay") => {
                let wanted = vec![("delay", value("newDelay"))];
                self.ask("Delay of the timelock", contract, "getMinDelay", Vec::new(), wanted);
            }
            (ContractName::OwnerTimelock, "cancel") => {
                let wanted = vec![("readyAt", is(number(0, 256)))];
                let label = format!(
                    "Operation {}",
                    self.subject.names.of(call.key("id").unwrap_or_default())
                );
                self.ask(label, contract, "getTimestamp", values(&["id"]), wanted);
            }
            (ContractName::OwnerTimelock, "schedule") => {
                let Some(id) = self.scheduled(call) else { return };
                let wanted = vec![("readyAt", Wanted::Later)];
                self.ask(
                    "Waits in the timelock",
                    contract,
                    "getTimestamp",
                    vec![id.into()],
                    wanted,
                );
            }
            (ContractName::PauseGuardian, "setGuardian") => {
                let wanted = vec![("guardian", value("newGuardian"))];
                self.ask("Pause guardian", contract, "guardian", Vec::new(), wanted);
            }
            (ContractName::ValidatorRegistry, name) => {
                let wanted = vec![("validator", is(name == "addValidator"))];
                let label = said("account");
                self.ask(label, contract, "isValidator", values(&["account"]), wanted);
            }
            (ContractName::ModelRegistry, "registerAdapter") => {
                let Some(id) = call.text("id") else { return };
                let mut wanted: Wants = vec![("registered", is(true))];
                wanted.extend(["id", "recordHash", "score"].map(|name| (name, value(name))));
                let key = vec![adapter_key(id).into()];
                self.ask(format!("Adapter {id}"), contract, "adapterOf", key, wanted);
            }
            (ContractName::ModelRegistry, name @ ("retireAdapter" | "setScore")) => {
                let Some(key) = call.key("adapter") else { return };
                let wanted = if name == "setScore" {
                    vec![("score", value("score"))]
                } else {
                    vec![("registered", is(false))]
                };
                let label = format!("Adapter {}", self.subject.names.of(key));
                self.ask(label, contract, "adapterOf", vec![key.into()], wanted);
            }
            (ContractName::OwnerProxy, "setDelegate") => {
                let wanted = vec![("allowed", value("allowed"))];
                let asked = values(&["delegate", "target", "selector"]);
                let label = format!("Delegate {}", said("delegate"));
                self.ask(label, contract, "isDelegate", asked, wanted);
            }
            (ContractName::OwnerProxy, "transferOwnership") => {
                let wanted = vec![("owner", value("newOwner"))];
                self.ask("Owner to be", contract, "pendingOwner", Vec::new(), wanted);
            }
            (ContractName::OwnerProxy, "acceptOwnership") => {
                let wanted = vec![("owner", Wanted::Another)];
                self.ask("Owner", contract, "owner", Vec::new(), wanted);
                let wanted = vec![("owner", is(Address::ZERO))];
                self.ask("Owner to be", contract, "pendingOwner", Vec::new(), wanted);
            }
            _ => {}
        }
    }
}
