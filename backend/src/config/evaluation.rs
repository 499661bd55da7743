//! `[evaluation]`: when adapters are evaluated, and what it takes to propose another.

use phase8_shared::score::evaluate::Margin;
use serde::{Deserialize, Serialize};

use super::Complaint;

/// When adapters are evaluated, and what it takes to propose another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationConfig {
    /// When the server evaluates by itself; without it only when somebody asks.
    #[serde(default)]
    pub schedule: Option<Schedule>,
    /// The hour of the day (UTC) at which a nightly evaluation begins.
    pub hour: u8,
    /// Ten-thousandths of the measured score by which a challenger must lead.
    pub margin: u32,
    /// Accepted deliverables that a challenger must have.
    pub least_accepted: u32,
    /// The newest missions that are measured.
    pub missions: u16,
}

/// When the server evaluates by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// Once a night.
    Nightly,
}

impl EvaluationConfig {
    /// What it takes to propose another adapter.
    pub const fn margin(&self) -> Margin {
        Margin { lead: self.margin, accepted: self.least_accepted }
    }

    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        if self.hour > 23 {
            let words = format!("must be an hour from 0 to 23; found {}", self.hour);
            complaints.push(Complaint::new("evaluation.hour", words));
        }
        if !(1..=10_000).contains(&self.margin) {
            let words = format!(
                "must be from 1 to 10000 ten-thousandths of the measured score; found {}",
                self.margin
            );
            complaints.push(Complaint::new("evaluation.margin", words));
        }
        if self.least_accepted == 0 {
            let words =
                "must be at least 1: who delivered nothing that was accepted challenges nobody";
            complaints.push(Complaint::new("evaluation.least_accepted", words));
        }
        if self.missions == 0 {
            let words = "must be at least 1: nothing is measured without a mission";
            complaints.push(Complaint::new("evaluation.missions", words));
        }
        complaints
    }
}
