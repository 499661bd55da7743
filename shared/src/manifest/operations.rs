//! How the work of a manifest goes on: sessions and checkpoints, teams of agents, safety.

use serde::Serialize;

use super::read::Reader;
use super::values::Remark;
use crate::spec::Millionths;

/// How long agents work on their own, and when they check in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutonomyPlan {
    /// One session.
    pub session: AutonomySession,
    /// How a session outlives its process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistent_execution: Option<Remark>,
    /// When progress is shown.
    pub progress_checkpoints: Vec<ProgressCheckpoint>,
    /// What is remembered, and how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_strategy: Option<Remark>,
}

/// One session of autonomous work.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutonomySession {
    /// The longest it may take, in hours.
    pub max_hours: Millionths,
    /// Tokens that an agent keeps in view.
    pub context_window_tokens: u32,
    /// Minutes between two checkpoints.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub checkpoint_cadence_minutes: u32,
    /// Where memory is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_backing: Option<Remark>,
    /// Where agents run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Remark>,
    /// What survives a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistence: Option<Remark>,
}

/// A moment at which progress is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProgressCheckpoint {
    /// What people call it.
    pub name: String,
    /// What is shown.
    pub description: String,
    /// Minutes between two of them.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub interval_minutes: u32,
    /// What is handed over.
    pub outputs: Vec<String>,
}

/// Agents that work together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AiTeam {
    /// Names it in files.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub mission: String,
    /// Who leads it.
    pub lead_agent: String,
    /// The model that the lead works through.
    pub lead_model: String,
    /// How they work together.
    pub collaboration_protocol: String,
    /// Where they share what they know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_channel: Option<String>,
    /// Whom to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation_contact: Option<String>,
    /// Minutes between two of its reports.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub cadence_minutes: u32,
    /// The domains that it works for.
    pub domains: Vec<String>,
    /// Its members.
    pub specialists: Vec<Specialist>,
}

/// A member of a team.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Specialist {
    /// What it does.
    pub role: String,
    /// Who it is.
    pub agent: String,
    /// The model that it works through.
    pub model: String,
    /// What it is good at.
    pub capabilities: Vec<String>,
    /// Tokens that it keeps in view.
    pub context_window_tokens: u32,
    /// Minutes that it may work on its own.
    pub max_autonomy_minutes: u32,
}

/// What stops the work.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SafetyPlan {
    /// Minutes of autonomy after which a person looks.
    pub autonomy_threshold_minutes: u32,
    /// Minutes between two check-ins.
    pub check_in_cadence_minutes: u32,
    /// What is written down.
    pub logging: LoggingPlan,
    /// What stops the work by itself.
    pub tripwires: Vec<ManifestTripwire>,
    /// Where validators look.
    pub validator_consoles: Vec<ValidatorConsole>,
}

/// What is written down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LoggingPlan {
    /// Where it goes.
    pub sinks: Vec<String>,
    /// Share of calls that are traced, from 0 to 1.
    pub trace_sampling: Millionths,
    /// Where auditors look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_console: Option<String>,
}

/// What stops the work by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ManifestTripwire {
    /// What people call it.
    pub name: String,
    /// When it trips.
    pub trigger: String,
    /// What happens then.
    pub action: String,
    /// How grave that is, in the file's own word.
    pub severity: String,
}

/// Where validators look.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ValidatorConsole {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// What it can do.
    pub capabilities: Vec<String>,
}

impl AutonomyPlan {
    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            session: r.part("session", |r| AutonomySession {
                max_hours: r.positive("maxHours", 8_784),
                context_window_tokens: r.tokens("contextWindowTokens"),
                checkpoint_cadence_minutes: r.minutes("checkpointCadenceMinutes"),
                memory_backing: r.remark("memoryBacking"),
                environment: r.remark("environment"),
                persistence: r.remark("persistence"),
            }),
            persistent_execution: r.remark("persistentExecution"),
            progress_checkpoints: r.each("progressCheckpoints", |r| ProgressCheckpoint {
                name: r.name("name"),
                description: r.words("description"),
                interval_minutes: r.minutes("intervalMinutes"),
                outputs: r.texts("outputs"),
            }),
            memory_strategy: r.remark("memoryStrategy"),
        }
    }
}

impl AiTeam {
    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            slug: r.name("slug"),
            name: r.name("name"),
            mission: r.words("mission"),
            lead_agent: r.name("leadAgent"),
            lead_model: r.name("leadModel"),
            collaboration_protocol: r.words("collaborationProtocol"),
            memory_channel: r.maybe_words("memoryChannel"),
            escalation_contact: r.maybe_words("escalationContact"),
            cadence_minutes: r.minutes("cadenceMinutes"),
            domains: r.slugs("domains"),
            specialists: r.each("specialists", |r| Specialist {
                role: r.name("role"),
                agent: r.name("agent"),
                model: r.name("model"),
                capabilities: r.texts("capabilities"),
                context_window_tokens: r.tokens("contextWindowTokens"),
                max_autonomy_minutes: r.minutes_or_zero("maxAutonomyMinutes"),
            }),
        }
    }
}

impl SafetyPlan {
    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            autonomy_threshold_minutes: r.minutes("autonomyThresholdMinutes"),
            check_in_cadence_minutes: r.minutes("checkInCadenceMinutes"),
            logging: r.part("logging", |r| LoggingPlan {
                sinks: r.texts("sinks"),
                trace_sampling: r.decimal("traceSampling", 1),
                audit_console: r.maybe_uri("auditConsole"),
            }),
            tripwires: r.each("tripwires", |r| ManifestTripwire {
                name: r.name("name"),
                trigger: r.words("trigger"),
                action: r.words("action"),
                severity: r.name("severity"),
            }),
            validator_consoles: r.each("validatorConsoles", |r| ValidatorConsole {
                name: r.name("name"),
                url: r.uri("url"),
                capabilities: r.texts("capabilities"),
            }),
        }
    }
}
