//! What of a manifest guards it: the guardians' protocols, and self-improvement with its guards.

use alloy_primitives::{Address, B256};
use serde::{Serialize, Serializer};

use super::read::Reader;
use crate::spec::Bps;

/// What guardians do in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct GuardianProtocol {
    /// What happens; it names the protocol.
    pub scenario: String,
    /// How grave that is.
    pub severity: ProtocolSeverity,
    /// When the protocol starts.
    pub trigger: String,
    /// Sentinels that see it.
    pub linked_sentinels: Vec<String>,
    /// Domains that it is about.
    pub linked_domains: Vec<String>,
    /// What is done at once.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub immediate_actions: Vec<String>,
    /// What is done then.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub stabilization_actions: Vec<String>,
    /// Who is told, and what.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub communications: Vec<String>,
    /// When it is over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub success_criteria: Vec<String>,
}

/// How grave an emergency is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ProtocolSeverity {
    /// Everything is at stake.
    Critical,
    /// A domain is at stake.
    High,
    /// Something is at stake.
    Medium,
    /// A nuisance.
    #[default]
    Low,
}

/// How the programme improves itself, and what holds that back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SelfImprovement {
    /// The plan that is followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<ImprovementPlan>,
    /// What is done again and again.
    pub playbooks: Vec<Playbook>,
    /// How far autonomy goes; needed where there are domains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autonomy_guards: Option<AutonomyGuards>,
    /// How the kernel is held to what was agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardrails: Option<KernelGuardrails>,
}

/// A plan of self-improvement, as it goes on the chain.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImprovementPlan {
    /// Where the plan is: `ipfs://` or `https://`.
    #[serde(rename = "planURI")]
    pub plan_uri: String,
    /// keccak-256 of the plan.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{64}$"))]
    pub plan_hash: B256,
    /// Seconds between two runs.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub cadence_seconds: u64,
    /// When it last ran, in Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_executed_at: Option<u64>,
    /// What the last run reported.
    #[serde(rename = "lastReportURI", skip_serializing_if = "Option::is_none")]
    pub last_report_uri: Option<String>,
}

/// Something that is done again and again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Playbook {
    /// What people call it.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Who answers for it.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub owner: Address,
    /// How often it runs.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub automation: Automation,
    /// What holds it back.
    pub guardrails: Vec<String>,
}

/// How often a playbook runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Automation {
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every 30 days.
    Monthly,
    /// When a person starts it; the file's own word for that.
    Manual(String),
}

/// How far autonomy goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutonomyGuards {
    /// No domain decides a greater share alone.
    pub max_autonomy_bps: Bps,
    /// A person can take over within this many minutes.
    pub human_override_minutes: u32,
    /// Whether all of it can be paused.
    pub pausable: bool,
    /// Who is called, in order.
    pub escalation_channels: Vec<String>,
}

/// How the kernel is held to what was agreed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KernelGuardrails {
    /// What the kernel hashes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum: Option<KernelChecksum>,
    /// The proof of its alignment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zk_proof: Option<ZkProof>,
}

/// What the kernel hashes to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KernelChecksum {
    /// Such as `sha3-256`.
    pub algorithm: String,
    /// The checksum.
    pub value: String,
}

/// A proof that somebody else can check.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ZkProof {
    /// What is proven.
    pub circuit: String,
    /// Where the proof is.
    #[serde(rename = "artifactURI")]
    pub artifact_uri: String,
    /// How it stands.
    pub status: ProofStatus,
    /// What else to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// How a proof stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ProofStatus {
    /// Not there yet.
    #[default]
    Pending,
    /// Checked.
    Verified,
    /// Not asked for.
    Disabled,
}

impl ProtocolSeverity {
    /// Every severity, the gravest first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// Its name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl ProofStatus {
    /// Its name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Disabled => "disabled",
        }
    }
}

impl Automation {
    /// Its name in files.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Manual(word) => word,
        }
    }

    /// Seconds between two runs; `None` where a person starts it.
    pub const fn interval_seconds(&self) -> Option<u64> {
        match self {
            Self::Hourly => Some(3_600),
            Self::Daily => Some(86_400),
            Self::Weekly => Some(604_800),
            Self::Monthly => Some(2_592_000),
            Self::Manual(_) => None,
        }
    }

    fn of(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "hourly" => Self::Hourly,
            "daily" => Self::Daily,
            "weekly" => Self::Weekly,
            "monthly" => Self::Monthly,
            _ => Self::Manual(word.to_owned()),
        }
    }
}

impl Default for Automation {
    fn default() -> Self {
        Self::Manual("manual".to_owned())
    }
}

impl Serialize for Automation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl GuardianProtocol {
    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            scenario: r.name("scenario"),
            severity: r.one_of("severity", &ProtocolSeverity::ALL.map(|it| (it.as_str(), it))),
            trigger: r.words("trigger"),
            linked_sentinels: r.slugs("linkedSentinels"),
            linked_domains: r.slugs("linkedDomains"),
            immediate_actions: r.some_texts("immediateActions"),
            stabilization_actions: r.some_texts("stabilizationActions"),
            communications: r.some_texts("communications"),
            success_criteria: r.texts("successCriteria"),
        }
    }
}

impl SelfImprovement {
    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            plan: r.section("plan", ImprovementPlan::read),
            playbooks: r.each("playbooks", |r| Playbook {
                name: r.name("name"),
                description: r.words("description"),
                owner: r.address("owner"),
                automation: Automation::of(&r.name("automation")),
                guardrails: r.texts("guardrails"),
            }),
            autonomy_guards: r.section("autonomyGuards", |r| AutonomyGuards {
                max_autonomy_bps: r.bps("maxAutonomyBps"),
                human_override_minutes: r.minutes_or_zero("humanOverrideMinutes"),
                pausable: r.flag("pausable"),
                escalation_channels: r.texts("escalationChannels"),
            }),
            guardrails: r.section("guardrails", KernelGuardrails::read),
        }
    }
}

impl ImprovementPlan {
    fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            plan_uri: r.fetchable("planURI"),
            plan_hash: r.hash("planHash"),
            cadence_seconds: r.seconds("cadenceSeconds"),
            last_executed_at: r.maybe_moment("lastExecutedAt"),
            last_report_uri: r.maybe_uri("lastReportURI"),
        }
    }
}

impl KernelGuardrails {
    fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        let statuses = [ProofStatus::Pending, ProofStatus::Verified, ProofStatus::Disabled];
        Self {
            checksum: r.section("checksum", |r| KernelChecksum {
                algorithm: r.name("algorithm"),
                value: r.name("value"),
            }),
            zk_proof: r.section("zkProof", |r| ZkProof {
                circuit: r.name("circuit"),
                artifact_uri: r.uri("artifactURI"),
                status: r.one_of("status", &statuses.map(|it| (it.as_str(), it))),
                notes: r.maybe_words("notes"),
            }),
        }
    }
}
