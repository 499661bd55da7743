//! The report of a role that has no document of its own.

use super::document::{Document, Section, bullets, table};
use super::figures::{inputs, times, verdict_rows, worst_call};
use crate::agents::CallRequest;

pub(super) fn write(request: &CallRequest) -> Document {
    let capabilities = request
        .spec
        .agent(&request.step.role)
        .map(|agent| agent.capabilities.clone())
        .unwrap_or_default();
    let worst = times(worst_call(&request.mission, &request.adapter.id), request.turns.into());
    Document {
        title: format!("Report of the {}: {}", request.step.role, request.step.title),
        sections: vec![
            Section::new(
                "Task",
                format!(
                    "Reach `{}` in the mission **{}**.\n\nBuilt on:\n\n{}",
                    request.step.checkpoint,
                    request.mission.name,
                    inputs(request)
                ),
            ),
            Section::new(
                "Method",
                if capabilities.is_empty() {
                    "The job spec names no capabilities.".to_owned()
                } else {
                    bullets(capabilities)
                },
            ),
            Section::new(
                "Effort",
                format!("{} turns with `{}`, {worst} at worst.", request.turns, request.adapter.id),
            ),
            Section::new(
                "Rules of the job",
                table(["Rule", "Found", "Verdict"], verdict_rows(&request.spec, &request.mission)),
            ),
        ],
    }
}
