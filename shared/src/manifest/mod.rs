//! `universal.value.manifest.json`: the programme that the owner governs. Read leniently for showing, strictly for
//! planning.
//!
//! [`preview`] shows what can be shown and lists every finding with its JSON path and line; [`read`] refuses a file with
//! any error, among them everything that the contracts would refuse. [`Mesh`] ties the parts together: who watches, funds
//! and guards which domain.

mod check;
mod economy;
mod guarded;
mod mesh;
mod operations;
mod read;
mod registry;
#[cfg(feature = "openapi")]
mod schema;
mod values;

use alloy_primitives::Address;
use serde::Serialize;

pub use self::economy::{
    BudgetCaps, EconomyPlan, EconomyTier, GovernancePlan, ManifestAdapter, ModelsPlan,
    PolicyControl, ProposalTemplate, RewardCurves,
};
pub use self::guarded::{
    Automation, AutonomyGuards, GuardianProtocol, ImprovementPlan, KernelChecksum,
    KernelGuardrails, Playbook, ProofStatus, ProtocolSeverity, SelfImprovement, ZkProof,
};
pub use self::mesh::{DomainLinks, Mesh};
pub use self::operations::{
    AiTeam, AutonomyPlan, AutonomySession, LoggingPlan, ManifestTripwire, ProgressCheckpoint,
    SafetyPlan, Specialist, ValidatorConsole,
};
use self::read::Reader;
pub use self::registry::{CapitalStream, ManifestGlobal, Sentinel, ValueDomain};
pub use self::values::{Dollars, Remark, big_as_double, short_usd};
use crate::chain::Contracts;
use crate::findings::{Collector, Findings, Loaded};
use crate::json::{Cursor, Document, Place, Report};
use crate::policy::{GovernancePolicies, named};
use crate::spec::FileKind;
use crate::spec::detect::kind_of;

/// A manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The parameters of the whole programme.
    pub global: ManifestGlobal,
    /// Fields in which value is made.
    pub domains: Vec<ValueDomain>,
    /// Agents that watch domains.
    pub sentinels: Vec<Sentinel>,
    /// Vaults that fund domains.
    pub capital_streams: Vec<CapitalStream>,
    /// What guardians do in an emergency.
    pub guardian_protocols: Vec<GuardianProtocol>,
    /// How the programme improves itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_improvement: Option<SelfImprovement>,
    /// How long agents work on their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autonomy: Option<AutonomyPlan>,
    /// Agents that work together.
    pub ai_teams: Vec<AiTeam>,
    /// What stops the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety: Option<SafetyPlan>,
    /// What the work costs and pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub economy: Option<EconomyPlan>,
    /// Which models do the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<ModelsPlan>,
    /// Who decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub governance: Option<GovernancePlan>,
}

/// What names that stand in place of an address are resolved from, such as `0xPauseGuardian` or `0xSystemPause`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Resolver<'a> {
    /// The owner, the pause guardian, the guild.
    pub policies: Option<&'a GovernancePolicies>,
    /// The contracts of a deployment.
    pub contracts: Option<&'a Contracts>,
}

/// What can be shown of a text that was uploaded as a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Which kind of file it is.
    pub kind: FileKind,
    /// What could be read, if it is a manifest. Where something could not be read stands a neutral value: zero, nobody,
    /// empty. Never plan from it while [`Preview::findings`] has errors.
    pub manifest: Option<Manifest>,
    /// Everything that was found.
    pub findings: Findings,
}

/// Reads a text as far as it can be read.
pub fn preview(text: &str, resolver: Resolver<'_>) -> Preview {
    let mut collector = Collector::default();
    let Some(document) = Document::read(text, &mut collector) else {
        let findings = collector.finish();
        return Preview { kind: FileKind::Unknown, manifest: None, findings };
    };
    let kind = kind_of(&document);
    let mut report = Report::about(&document, collector);
    if kind != FileKind::Manifest {
        let message = format_args!("this is {kind}, not a manifest");
        let help = format_args!("a manifest has the keys global, domains and sentinels");
        report.error("not-a-manifest", Place::Path(&[]), message, help);
        return Preview { kind, manifest: None, findings: report.finish() };
    }
    let root = Cursor::root(&document);
    let mut manifest = Reader::object(root, &mut report, resolver, Manifest::read);
    check::check(&manifest, &mut report);
    manifest.drop_unread();
    Preview { kind, manifest: Some(manifest), findings: report.finish() }
}

/// Reads a text that is to be planned from. Any error leaves no value.
pub fn read(text: &str, resolver: Resolver<'_>) -> Loaded<Manifest> {
    let Preview { manifest, findings, .. } = preview(text, resolver);
    Loaded { value: manifest.filter(|_| !findings.has_errors()), findings }
}

impl Manifest {
    fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        r.ignore("$schema");
        Self {
            global: r.part("global", ManifestGlobal::read),
            domains: r.every("domains", ValueDomain::read),
            sentinels: r.every("sentinels", Sentinel::read),
            capital_streams: r.every("capitalStreams", CapitalStream::read),
            guardian_protocols: r.every("guardianProtocols", GuardianProtocol::read),
            self_improvement: r.section("selfImprovement", SelfImprovement::read),
            autonomy: r.section("autonomy", AutonomyPlan::read),
            ai_teams: r.each("aiTeams", AiTeam::read),
            safety: r.section("safety", SafetyPlan::read),
            economy: r.section("economy", EconomyPlan::read),
            models: r.section("models", ModelsPlan::read),
            governance: r.section("governance", GovernancePlan::read),
        }
    }

    /// Takes out entries that were no objects at all; until then they keep the places of those behind them.
    fn drop_unread(&mut self) {
        self.domains.retain(|it| *it != ValueDomain::default());
        self.sentinels.retain(|it| *it != Sentinel::default());
        self.capital_streams.retain(|it| *it != CapitalStream::default());
        self.guardian_protocols.retain(|it| *it != GuardianProtocol::default());
        self.ai_teams.retain(|it| *it != AiTeam::default());
    }

    /// The guards of autonomy, if there are any.
    pub fn guards(&self) -> Option<&AutonomyGuards> {
        self.self_improvement.as_ref()?.autonomy_guards.as_ref()
    }

    /// The plan of self-improvement, if there is one.
    pub fn plan(&self) -> Option<&ImprovementPlan> {
        self.self_improvement.as_ref()?.plan.as_ref()
    }

    /// The file again, in the usual order of keys.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl Resolver<'_> {
    /// The address that a name stands for, and where that was found.
    fn find(&self, name: &str) -> Option<(Address, &'static str)> {
        let deployed = || Some((self.contracts?.address(named(name)?), "this deployment"));
        let policy = || Some((self.policies?.resolve(name)?.0, "the policies"));
        deployed().or_else(policy).filter(|(address, _)| !address.is_zero())
    }
}
