//! The call plan of a manifest: the fewest calls of the manager, in the contract's order, after which the chain holds what
//! the manifest says. A second plan against the chain after the first is empty.
//!
//! Nothing is ever removed by a plan: what the chain has beyond the manifest is told in [`Plan::left_over`], and a
//! [`teardown`] of it is a plan of its own.

mod encode;
mod findings;
mod order;
mod route;
pub mod survey;
mod teardown;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256, Bytes};

pub use self::findings::findings;
pub use self::order::{ATTEMPTS, Muster, Order, OrderGroup, Roster, RosterError, Stage, muster};
pub use self::route::Route;
pub use self::teardown::teardown;
use crate::chain::manager::{Complaint, Entry, EntryKind, Registry, check};
use crate::chain::{Change, ContractName, Lever, decode, slug_key};
use crate::manifest::Manifest;

/// The calls that are left to make, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The calls.
    pub calls: Vec<PlannedCall>,
    /// Entries and settings that are as the manifest says already.
    pub unchanged: usize,
    /// Entries that the chain has and the manifest does not; they stay.
    pub left_over: Vec<LeftOver>,
    /// Addresses that must hold a contract, or the manager refuses: only a chain can tell.
    pub code_needed: Vec<(&'static str, Address)>,
}

/// One call of the manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCall {
    /// What it is part of.
    pub group: PlanGroup,
    /// The function.
    pub function: &'static str,
    /// The entry that it is about, if it is about one.
    pub slug: Option<String>,
    /// Fields that it changes, where the entry is there already.
    pub changed: Vec<&'static str>,
    /// Selector and arguments.
    pub data: Bytes,
    /// The call that restores what is there before it; none if the manager would refuse that.
    pub undo: Option<Bytes>,
}

/// Parts of a plan, in the order in which they are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanGroup {
    /// The parameters of the whole programme.
    Parameters,
    /// The guardian council and the pause switch.
    Guardians,
    /// Domains.
    Domains,
    /// Sentinels.
    Sentinels,
    /// Capital streams.
    Streams,
    /// The self-improvement plan and its runs.
    Improvement,
    /// Which domains sentinels watch and streams fund.
    Bindings,
    /// What is taken away; in a teardown only.
    Removals,
}

/// An entry that the chain has and the manifest does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOver {
    /// What it is.
    pub kind: EntryKind,
    /// Its slug on the chain.
    pub slug: String,
    /// Its id.
    pub id: B256,
}

/// A call that the manager would refuse, found before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The function.
    pub function: &'static str,
    /// The entry that it is about, if it is about one.
    pub slug: Option<String>,
    /// Where the manifest has it, as a JSON path.
    pub path: String,
    /// What is wrong.
    pub complaint: Complaint,
}

/// What a plan takes beside the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanRequest {
    /// Unix seconds: runs that lie later are refused.
    pub now: u64,
    /// A run of self-improvement to record, if one really took place.
    pub record: Option<RecordedRun>,
}

/// A run of self-improvement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRun {
    /// When, in Unix seconds.
    pub executed_at: u64,
    /// Where its report is.
    pub report_uri: String,
}

/// Plans what brings the chain to what a manifest says; or everything that the manager would refuse. Without a registry
/// everything is planned, as for a new manager.
pub fn plan(
    manifest: &Manifest,
    registry: Option<&Registry>,
    request: &PlanRequest,
) -> Result<Plan, Vec<Refusal>> {
    let state = registry.cloned().unwrap_or_else(Registry::empty);
    let mut planner = Planner::new(state, request.now);
    planner.parameters(manifest);
    planner.guardians(manifest);
    planner.entries(EntryKind::Domain, manifest);
    planner.entries(EntryKind::Sentinel, manifest);
    planner.entries(EntryKind::Stream, manifest);
    planner.improvement(manifest, request);
    planner.bindings(EntryKind::Sentinel, manifest);
    planner.bindings(EntryKind::Stream, manifest);
    planner.left_over(manifest);
    if planner.refusals.is_empty() { Ok(planner.plan) } else { Err(planner.refusals) }
}

impl PlanGroup {
    /// Every group, in order.
    pub const ALL: [Self; 8] = [
        Self::Parameters,
        Self::Guardians,
        Self::Domains,
        Self::Sentinels,
        Self::Streams,
        Self::Improvement,
        Self::Bindings,
        Self::Removals,
    ];

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Parameters => "Global parameters",
            Self::Guardians => "Guardians and pause switch",
            Self::Domains => "Domains",
            Self::Sentinels => "Sentinels",
            Self::Streams => "Capital streams",
            Self::Improvement => "Self-improvement",
            Self::Bindings => "Coverage and funding",
            Self::Removals => "Removals",
        }
    }
}

impl Plan {
    /// The calls of a group, in order.
    pub fn of(&self, group: PlanGroup) -> impl Iterator<Item = &PlannedCall> {
        self.calls.iter().filter(move |call| call.group == group)
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }
}

impl PlannedCall {
    /// What the owner's command center calls the function.
    pub fn title(&self) -> &'static str {
        decode::find_named(ContractName::Manager, self.function)
            .map_or(self.function, |(function, _)| function.title)
    }

    /// The lever that makes the call, with its undo.
    pub fn lever(&self) -> Lever {
        Lever::Change(Change {
            contract: ContractName::Manager,
            data: self.data.clone(),
            undo: self.undo.clone(),
        })
    }
}

/// `registerDomain planetary-finance`, `updateDomain planetary-finance (tvlLimit, active)`.
impl fmt::Display for PlannedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.function)?;
        if let Some(slug) = &self.slug {
            write!(f, " {slug}")?;
        }
        if self.changed.is_empty() { Ok(()) } else { write!(f, " ({})", self.changed.join(", ")) }
    }
}

/// In words, with what to do.
impl fmt::Display for LeftOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the {} {} is on the chain and not in the manifest: it stays; `phase8 teardown` would remove it",
            self.kind.as_str(),
            self.slug
        )
    }
}

/// `$.domains[3].coverageSeconds: registerSentinel watch would be refused with SentinelCoverageTooShort: …`.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.function)?;
        if let Some(slug) = &self.slug {
            write!(f, " {slug}")?;
        }
        match self.complaint.contract_error() {
            Some(error) => write!(f, " would be refused with {error}: {}", self.complaint),
            None => write!(f, " cannot be made: {}", self.complaint),
        }
    }
}

/// A plan that grows, with the registry as it is after the calls so far.
struct Planner {
    state: Registry,
    positions: [BTreeMap<B256, usize>; 3],
    now: u64,
    plan: Plan,
    refusals: Vec<Refusal>,
}

/// What a call is about.
struct About {
    group: PlanGroup,
    slug: Option<String>,
    changed: Vec<&'static str>,
    /// Where the manifest has it, without the field.
    path: String,
}

impl Planner {
    fn new(state: Registry, now: u64) -> Self {
        let positions = EntryKind::ALL.map(|kind| {
            state.entries(kind).iter().enumerate().map(|(at, entry)| (entry.id, at)).collect()
        });
        Self { state, positions, now, plan: Plan::default(), refusals: Vec::new() }
    }

    fn positions(&self, kind: EntryKind) -> &BTreeMap<B256, usize> {
        let [domains, sentinels, streams] = &self.positions;
        match kind {
            EntryKind::Domain => domains,
            EntryKind::Sentinel => sentinels,
            EntryKind::Stream => streams,
        }
    }

    fn find(&self, kind: EntryKind, id: B256) -> Option<&Entry> {
        self.positions(kind).get(&id).and_then(|at| self.state.entries(kind).get(*at))
    }

    /// Adds a call, or what the manager would say against it.
    fn call(
        &mut self,
        about: About,
        function: &'static str,
        values: Vec<DynSolValue>,
        back: Option<(&'static str, Vec<DynSolValue>)>,
    ) {
        let refused = check(function, &values, &self.state, self.now);
        let data = encode::call(function, values.clone());
        let About { group, slug, changed, path } = about;
        for error in &refused {
            let field = encode::in_manifest(error.field);
            let path = if field.is_empty() { path.clone() } else { format!("{path}.{field}") };
            let complaint = error.what.clone();
            self.refusals.push(Refusal { function, slug: slug.clone(), path, complaint });
        }
        let Some(data) = data.filter(|_| refused.is_empty()) else { return };
        self.state.apply(function, &values);
        let undo = back.and_then(|(function, values)| {
            let is_taken = check(function, &values, &self.state, self.now).is_empty();
            is_taken.then(|| encode::call(function, values)).flatten()
        });
        self.plan.calls.push(PlannedCall { group, function, slug, changed, data, undo });
    }

    fn parameters(&mut self, manifest: &Manifest) {
        let new = encode::parameters(&manifest.global);
        let changed = encode::changed(&self.state.parameters, &new);
        let about = |changed| About {
            group: PlanGroup::Parameters,
            slug: None,
            changed,
            path: "$.global".to_owned(),
        };
        let before = encode::tuple(&self.state.parameters);
        let function = "setGlobalParameters";
        if changed.is_empty() {
            self.plan.unchanged = self.plan.unchanged.saturating_add(1);
        } else if self.state.has_parameters() {
            self.call(about(changed), function, vec![new], Some((function, vec![before])));
        } else {
            self.call(about(Vec::new()), function, vec![new], None);
        }
    }

    fn guardians(&mut self, manifest: &Manifest) {
        let global = &manifest.global;
        let settings = [
            ("setGuardianCouncil", "guardianCouncil", self.state.council, global.guardian_council),
            ("setSystemPause", "systemPause", self.state.system_pause, global.system_pause),
        ];
        for (function, field, now, new) in settings {
            if now == new && !new.is_zero() {
                self.plan.unchanged = self.plan.unchanged.saturating_add(1);
                continue;
            }
            let about = About {
                group: PlanGroup::Guardians,
                slug: None,
                changed: Vec::new(),
                path: format!("$.global.{field}"),
            };
            self.plan.code_needed.push((field, new));
            self.call(about, function, vec![new.into()], Some((function, vec![now.into()])));
        }
    }

    fn entries(&mut self, kind: EntryKind, manifest: &Manifest) {
        let group = match kind {
            EntryKind::Domain => PlanGroup::Domains,
            EntryKind::Sentinel => PlanGroup::Sentinels,
            EntryKind::Stream => PlanGroup::Streams,
        };
        let mut seen = BTreeSet::new();
        for (index, (slug, new)) in encode::configs(kind, manifest).into_iter().enumerate() {
            let id = slug_key(slug);
            let path = format!("$.{}[{index}]", encode::list(kind));
            let slug = Some(slug.to_owned());
            if !seen.insert(id) {
                // As an update the second would undo the first, again and again.
                let (function, path) = (kind.register(), format!("{path}.slug"));
                let complaint = Complaint::Duplicate(kind);
                self.refusals.push(Refusal { function, slug, path, complaint });
                continue;
            }
            let Some(entry) = self.find(kind, id) else {
                let at = self.state.entries(kind).len();
                let about = About { group, slug, changed: Vec::new(), path };
                let back = (kind.remove(), vec![DynSolValue::from(id)]);
                self.call(about, kind.register(), vec![new], Some(back));
                if self.state.entries(kind).len() > at {
                    self.remember(kind, id, at);
                }
                continue;
            };
            let changed = encode::changed(&entry.fields, &new);
            if changed.is_empty() {
                self.plan.unchanged = self.plan.unchanged.saturating_add(1);
                continue;
            }
            let back = (kind.update(), vec![id.into(), entry.config()]);
            let about = About { group, slug, changed, path };
            self.call(about, kind.update(), vec![id.into(), new], Some(back));
        }
    }

    fn remember(&mut self, kind: EntryKind, id: B256, at: usize) {
        let [domains, sentinels, streams] = &mut self.positions;
        let positions = match kind {
            EntryKind::Domain => domains,
            EntryKind::Sentinel => sentinels,
            EntryKind::Stream => streams,
        };
        positions.insert(id, at);
    }

    fn improvement(&mut self, manifest: &Manifest, request: &PlanRequest) {
        let about = |path: &str, changed| About {
            group: PlanGroup::Improvement,
            slug: None,
            changed,
            path: path.to_owned(),
        };
        let function = "setSelfImprovementPlan";
        if let Some(plan) = manifest.plan() {
            let new = encode::improvement(plan, &self.state.plan);
            let changed = encode::changed(&self.state.plan, &new);
            let before = encode::tuple(&self.state.plan);
            let path = "$.selfImprovement.plan";
            if changed.is_empty() {
                self.plan.unchanged = self.plan.unchanged.saturating_add(1);
            } else if self.state.has_plan() {
                let back = Some((function, vec![before]));
                self.call(about(path, changed), function, vec![new], back);
            } else {
                self.call(about(path, Vec::new()), function, vec![new], None);
            }
        }
        if let Some(run) = &request.record {
            let before = encode::tuple(&self.state.plan);
            let values = encode::run(run);
            let about = about("$.selfImprovement.plan", Vec::new());
            let back = Some((function, vec![before]));
            self.call(about, "recordSelfImprovementExecution", values, back);
        }
    }

    fn bindings(&mut self, kind: EntryKind, manifest: &Manifest) {
        let Some(function) = kind.bind() else { return };
        for (index, (slug, domains)) in encode::bindings(kind, manifest).into_iter().enumerate() {
            let id = slug_key(slug);
            let ids: Vec<B256> = domains.iter().map(|slug| slug_key(slug)).collect();
            // What the manager refused to register is told once.
            let Some(entry) = self.find(kind, id) else { continue };
            let bound = |ids: &[B256]| ids.iter().copied().collect::<BTreeSet<B256>>();
            if entry.domains.len() == ids.len() && bound(&entry.domains) == bound(&ids) {
                continue;
            }
            let back = (function, vec![id.into(), encode::ids(&entry.domains)]);
            let about = About {
                group: PlanGroup::Bindings,
                slug: Some(slug.to_owned()),
                changed: Vec::new(),
                path: format!("$.{}[{index}]", encode::list(kind)),
            };
            self.call(about, function, vec![id.into(), encode::ids(&ids)], Some(back));
        }
    }

    fn left_over(&mut self, manifest: &Manifest) {
        for kind in EntryKind::ALL {
            let wanted = encode::wanted(kind, manifest);
            let entries = self.state.entries(kind).iter();
            let left = entries.filter(|entry| !wanted.contains(&entry.id)).map(|entry| LeftOver {
                kind,
                slug: entry.slug().to_owned(),
                id: entry.id,
            });
            self.plan.left_over.extend(left);
        }
    }
}
