//! Small jobs, each with what makes it ask.

use serde_json::{Value, json};

/// The adapter of an agent that rehearses.
pub(crate) const REHEARSAL: &str = "gpt-elite-256k";

/// A job of two agents and two milestones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job {
    /// Its name, which is also the title of its page.
    pub(crate) name: &'static str,
    /// The adapter of both agents.
    pub(crate) model: &'static str,
    /// The cap in dollars.
    pub(crate) cap: f64,
    /// Whether a validator is to look at the blueprint, within a minute.
    pub(crate) check_in: bool,
}

impl Job {
    /// One that has room for everything and asks nothing.
    pub(crate) const QUIET: Self =
        Self { name: "quiet-job", model: REHEARSAL, cap: 20.0, check_in: false };

    pub(crate) fn spec(self) -> String {
        let agent = |role: &str| -> Value {
            json!({
                "role": role, "model": self.model, "capabilities": ["plans and figures"],
                "memory": { "type": "persistent", "bucket": role, "retentionHours": 12 },
            })
        };
        let spec = json!({
            "jobName": self.name,
            "description": "Two agents and a sign-off.",
            "maxDurationMinutes": 100,
            "autonomy": {
                "checkpointIntervalMinutes": if self.check_in { 1 } else { 10 },
                "requireValidatorCheckIn": self.check_in,
                "maxIdleMinutes": 25,
            },
            "economics": {
                "stakeTier": "STANDARD",
                "stakeMultiplier": 1,
                "milestones": [
                    { "name": "Blueprint", "payoutBps": 4_000, "checkpoint": "planner:blueprint" },
                    { "name": "Validation", "payoutBps": 6_000, "checkpoint": "validator:signoff" },
                ],
                "maxBudgetUSD": self.cap,
                "rewardAdjustment": { "durationBonusBps": 500, "failurePenaltyMultiplier": 0.5 },
            },
            "agents": [agent("planner"), agent("analyst")],
            "validators": {
                "guild": "0xValidatorGuild", "checkpoints": ["planner:blueprint"], "rewardBps": 1_000,
            },
            "safety": {
                "tripwires": ["toxicity-filter", "privacy-leak-detector", "budget-guard"],
                "haltOnTripwire": true,
                "pauseGuardian": "0xPauseGuardian",
            },
            "governance": {
                "ownerProxy": "0xOwnerProxy", "allowHumanCoPilot": true, "requiredValidatorApprovals": 2,
            },
        });
        format!("{spec:#}")
    }
}
