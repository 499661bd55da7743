//! A manifest played through: when checkpoints, teams, tripwires, protocols and milestones follow one another if all goes
//! as planned, in minutes after the start. Whole numbers only, so every machine gets the same answer.

use serde::Serialize;

use crate::format::counted;
use crate::manifest::{Manifest, Mesh, Playbook};
use crate::score::dominance::ManifestMetrics;
use crate::time::Timestamp;

/// Milliseconds of a minute.
const MINUTE: u64 = 60_000;

/// A manifest played through.
#[derive(Debug, Clone, PartialEq)]
pub struct Programme {
    /// The start, on the minute.
    pub started_at: Timestamp,
    /// The end.
    pub completed_at: Timestamp,
    /// Minutes from the start to the end.
    pub total_minutes: u64,
    /// What happens, in the order of time.
    pub timeline: Vec<ProgrammeEvent>,
    /// When progress is to be shown.
    pub check_ins: Vec<ProgrammeCheckIn>,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgrammeEvent {
    /// Minutes after the start.
    pub offset_minutes: u64,
    /// Who does it.
    pub actor: String,
    /// What, in a few words.
    pub headline: String,
    /// What, in full.
    pub detail: String,
    /// The domain that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// How grave it is: `info`, or a severity of the manifest.
    pub severity: String,
    /// The checkpoint that it is, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

/// A moment at which progress is to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgrammeCheckIn {
    /// The checkpoint.
    pub name: String,
    /// Minutes after the start.
    pub due_at_minutes: u64,
    /// What is shown.
    pub description: String,
    /// Whether it falls due before the end.
    pub delivered: bool,
}

/// A lever that the owner has over a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerControl {
    /// What people call it.
    pub label: &'static str,
    /// The contract.
    pub contract: &'static str,
    /// The function, with its types.
    pub function_signature: &'static str,
    /// What it does.
    pub description: &'static str,
    /// What follows from it.
    pub impact: &'static str,
}

/// The six levers of authority that an owner has over every programme.
pub const OWNER_CONTROLS: [OwnerControl; 6] = [
    OwnerControl {
        label: "Pause the fleet",
        contract: "Phase8UniversalValueManager",
        function_signature: "forwardPauseCall(bytes)",
        description: "Sends pauseAll() through the manager to the pause switch.",
        impact: "No mission spends or pays until the fleet is resumed.",
    },
    OwnerControl {
        label: "Resume the fleet",
        contract: "Phase8UniversalValueManager",
        function_signature: "forwardPauseCall(bytes)",
        description: "Sends unpauseAll() through the manager to the pause switch.",
        impact: "Missions go on where they stood; a tripwire's pause also needs a guardian.",
    },
    OwnerControl {
        label: "Set the global parameters",
        contract: "Phase8UniversalValueManager",
        function_signature: "setGlobalParameters((address,address,address,address,address,address,uint64,uint64,uint256,string,bytes32))",
        description: "Replaces treasury, vault, coordinators, heartbeat, review window, drawdown and manifesto at once.",
        impact: "A longer review window asks more of every sentinel that is registered or updated from then on.",
    },
    OwnerControl {
        label: "Register a domain",
        contract: "Phase8UniversalValueManager",
        function_signature: "registerDomain((string,string,string,address,address,address,address,uint64,uint256,uint256,bool))",
        description: "Adds a field in which value is made, with its limits.",
        impact: "Sentinels and streams that name no domain watch and fund it at once.",
    },
    OwnerControl {
        label: "Set what a domain may do",
        contract: "Phase8UniversalValueManager",
        function_signature: "configureDomainLimits(bytes32,uint256,uint256,uint64)",
        description: "Sets the limit, the autonomy and the heartbeat of one domain.",
        impact: "The domain decides more or less without a person.",
    },
    OwnerControl {
        label: "Set the self-improvement plan",
        contract: "Phase8UniversalValueManager",
        function_signature: "setSelfImprovementPlan((string,bytes32,uint64,uint64,string))",
        description: "Sets which plan is followed, and how often it runs.",
        impact: "Playbooks follow the new plan from their next run on.",
    },
];

/// Plays a manifest through from a moment on.
pub fn programme(
    manifest: &Manifest,
    mesh: &Mesh,
    metrics: &ManifestMetrics,
    now: Timestamp,
) -> Programme {
    let started_at = Timestamp::from_millis(now.millis() / MINUTE * MINUTE);
    let mut timeline = vec![ProgrammeEvent {
        offset_minutes: 0,
        actor: "Mission control".to_owned(),
        headline: "Programme starts".to_owned(),
        detail: start_words(manifest, metrics),
        domain: None,
        severity: "info".to_owned(),
        checkpoint: None,
    }];
    let mut at = Clock::default();
    at.checkpoints(manifest, &mut timeline);
    at.teams(manifest, mesh, &mut timeline);
    at.tripwires(manifest, &mut timeline);
    at.protocols(manifest, mesh, &mut timeline);
    at.milestones(manifest, &mut timeline);
    let total_minutes = at.end();
    timeline.sort_by_key(|event| event.offset_minutes);
    Programme {
        started_at,
        completed_at: started_at.plus_millis(total_minutes.saturating_mul(MINUTE)),
        total_minutes,
        timeline,
        check_ins: check_ins(manifest, total_minutes),
    }
}

/// When a playbook runs next, in Unix seconds: an interval after the last run of the plan, or after now if it never ran.
/// `None` for one that a person starts.
pub fn next_run(
    playbook: &Playbook,
    last_executed_at: Option<u64>,
    now: Timestamp,
) -> Option<Timestamp> {
    let interval = playbook.automation.interval_seconds()?;
    let last = last_executed_at.filter(|at| *at > 0).unwrap_or(now.unix_seconds());
    Some(Timestamp::from_millis(last.saturating_add(interval).saturating_mul(1_000)))
}

impl Programme {
    /// When an event happens.
    pub const fn moment(&self, offset_minutes: u64) -> Timestamp {
        self.started_at.plus_millis(offset_minutes.saturating_mul(MINUTE))
    }

    /// Check-ins that fall due before the end.
    pub fn delivered(&self) -> usize {
        self.check_ins.iter().filter(|it| it.delivered).count()
    }
}

/// Where each part of the plan has come to, in minutes.
#[derive(Debug, Clone, Copy)]
struct Clock {
    checkpoints: u64,
    teams: u64,
    tripwires: u64,
    protocols: u64,
    milestones: u64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { checkpoints: 5, teams: 7, tripwires: 0, protocols: 0, milestones: 0 }
    }
}

impl Clock {
    fn checkpoints(&mut self, manifest: &Manifest, timeline: &mut Vec<ProgrammeEvent>) {
        let checkpoints = manifest.autonomy.iter().flat_map(|it| &it.progress_checkpoints);
        for checkpoint in checkpoints {
            let interval = u64::from(checkpoint.interval_minutes);
            self.checkpoints = self.checkpoints.max(interval);
            let outputs = checkpoint.outputs.join(", ");
            let detail = if outputs.is_empty() {
                checkpoint.description.clone()
            } else {
                format!("{} Hands over {outputs}.", checkpoint.description)
            };
            timeline.push(ProgrammeEvent {
                offset_minutes: self.checkpoints,
                actor: "Orchestrator".to_owned(),
                headline: checkpoint.name.clone(),
                detail,
                domain: None,
                severity: "info".to_owned(),
                checkpoint: Some(checkpoint.name.clone()),
            });
            // A fifth of the interval, rounded half up, and five minutes at least.
            let step = interval.saturating_add(2) / 5;
            self.checkpoints = self.checkpoints.saturating_add(step.max(5));
        }
    }

    fn teams(&mut self, manifest: &Manifest, mesh: &Mesh, timeline: &mut Vec<ProgrammeEvent>) {
        for team in &manifest.ai_teams {
            timeline.push(ProgrammeEvent {
                offset_minutes: self.teams,
                actor: team.name.clone(),
                headline: format!("Report of {}", team.name),
                detail: format!(
                    "{} Led by {} through {}.",
                    team.mission, team.lead_agent, team.lead_model
                ),
                domain: first_domain(manifest, mesh, &team.domains),
                severity: "info".to_owned(),
                checkpoint: None,
            });
            let cadence = u64::from(team.cadence_minutes);
            self.teams = self.teams.saturating_add(cadence.max(10));
        }
    }

    fn tripwires(&mut self, manifest: &Manifest, timeline: &mut Vec<ProgrammeEvent>) {
        self.tripwires = self.checkpoints.max(self.teams).saturating_add(3);
        for tripwire in manifest.safety.iter().flat_map(|it| &it.tripwires) {
            timeline.push(ProgrammeEvent {
                offset_minutes: self.tripwires,
                actor: "Sentinels".to_owned(),
                headline: format!("Tripwire {} is tested", tripwire.name),
                detail: format!("{}: {}", tripwire.trigger, tripwire.action),
                domain: None,
                severity: tripwire.severity.clone(),
                checkpoint: None,
            });
            self.tripwires = self.tripwires.saturating_add(6);
        }
    }

    fn protocols(&mut self, manifest: &Manifest, mesh: &Mesh, timeline: &mut Vec<ProgrammeEvent>) {
        self.protocols = self.tripwires.saturating_add(4);
        for protocol in &manifest.guardian_protocols {
            let first = protocol.immediate_actions.first().cloned().unwrap_or_default();
            timeline.push(ProgrammeEvent {
                offset_minutes: self.protocols,
                actor: "Guardian council".to_owned(),
                headline: format!("Drill: {}", protocol.scenario),
                detail: format!("{}. First: {first}", protocol.trigger),
                domain: first_domain(manifest, mesh, &protocol.linked_domains),
                severity: protocol.severity.as_str().to_owned(),
                checkpoint: None,
            });
            self.protocols = self.protocols.saturating_add(8);
        }
    }

    fn milestones(&mut self, manifest: &Manifest, timeline: &mut Vec<ProgrammeEvent>) {
        self.milestones = self.protocols.max(self.tripwires).saturating_add(6);
        for milestone in manifest.economy.iter().flat_map(|it| &it.milestone_templates) {
            timeline.push(ProgrammeEvent {
                offset_minutes: self.milestones,
                actor: "Validators".to_owned(),
                headline: format!("Milestone {}", milestone.name()),
                detail: milestone.details(),
                domain: None,
                severity: "info".to_owned(),
                checkpoint: None,
            });
            self.milestones = self.milestones.saturating_add(9);
        }
    }

    fn end(&self) -> u64 {
        let last = self.milestones.max(self.protocols).max(self.tripwires).max(self.checkpoints);
        last.saturating_add(15)
    }
}

/// The first of these domains that is there.
fn first_domain(manifest: &Manifest, mesh: &Mesh, slugs: &[String]) -> Option<String> {
    let index = slugs.iter().find_map(|slug| mesh.domain(slug))?;
    manifest.domains.get(index).map(|domain| domain.slug.clone())
}

fn start_words(manifest: &Manifest, metrics: &ManifestMetrics) -> String {
    format!(
        "{}, {} and {} are up; the dominance score is {}.",
        counted(manifest.domains.len(), "domain"),
        counted(manifest.sentinels.len(), "sentinel"),
        counted(manifest.capital_streams.len(), "capital stream"),
        metrics.dominance.score
    )
}

fn check_ins(manifest: &Manifest, end: u64) -> Vec<ProgrammeCheckIn> {
    let checkpoints = manifest.autonomy.iter().flat_map(|it| &it.progress_checkpoints);
    let numbered = (1_u64..).zip(checkpoints);
    let check_ins = numbered.map(|(number, checkpoint)| {
        let due_at_minutes = u64::from(checkpoint.interval_minutes).saturating_mul(number);
        ProgrammeCheckIn {
            name: checkpoint.name.clone(),
            due_at_minutes,
            description: checkpoint.description.clone(),
            delivered: due_at_minutes < end,
        }
    });
    check_ins.collect()
}
