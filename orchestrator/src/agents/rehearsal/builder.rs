//! The builder's implementation spec, with a manifest that a program can read.

use std::fmt::Write as _;

use serde_json::json;

use super::document::{Document, Section, bullets, table, titled};
use super::figures::{AgentStep, agent_steps, digest, inputs, times, worst_call};
use crate::agents::CallRequest;
use crate::budget::CallLimits;

pub(super) fn write(request: &CallRequest) -> Document {
    let manifest = manifest(request);
    Document {
        title: titled("Implementation", &request.step.title),
        sections: vec![
            Section::new("Scope", scope(request)),
            Section::new("Components", components(request)),
            Section::new("Build order", build_order(request)),
            Section::new("Interfaces", interfaces(request)),
            Section::new("Capacity", capacity(request)),
            Section::new("Test plan", tests(request)),
            Section::new(
                "Manifest",
                format!(
                    "```json\n{manifest}\n```\n\nSHA-256 of the manifest: `{}`",
                    digest(&manifest)
                ),
            ),
        ],
    }
}

/// What the agent is good at; a job that names nothing gets the step itself as its one component.
fn capabilities(request: &CallRequest) -> Vec<String> {
    let listed = request
        .spec
        .agent(&request.step.role)
        .map(|agent| agent.capabilities.clone())
        .unwrap_or_default();
    if listed.is_empty() { vec![request.step.title.clone()] } else { listed }
}

fn own_step(request: &CallRequest) -> Option<AgentStep<'_>> {
    agent_steps(&request.mission).into_iter().find(|step| step.step.id == request.step.id)
}

fn scope(request: &CallRequest) -> String {
    let milestone = request.step.milestone.map_or_else(
        || "It pays no milestone of its own.".to_owned(),
        |index| format!("It claims milestone {}.", u16::from(index.0) + 1),
    );
    format!(
        "This delivers `{}` for the mission **{}**. {milestone}\n\nBuilt on:\n\n{}",
        request.step.checkpoint,
        request.mission.name,
        inputs(request)
    )
}

fn components(request: &CallRequest) -> String {
    let rows = capabilities(request).into_iter().enumerate().map(|(index, capability)| {
        let source =
            if index == 0 { "the mission plan".to_owned() } else { format!("component {index}") };
        [format!("{}", index + 1), capability, source, request.step.checkpoint.to_string()]
    });
    table(["#", "Component", "Takes from", "Delivers to"], rows)
}

fn build_order(request: &CallRequest) -> String {
    let parts = capabilities(request);
    let minutes = own_step(request).map_or(0, |step| step.minutes);
    let count = u32::try_from(parts.len()).unwrap_or(u32::MAX).max(1);
    let each = minutes / count;
    let rows = parts.into_iter().zip(0_u32..).map(|(part, index)| {
        let start = each * index;
        let end = if index + 1 == count { minutes } else { start + each };
        [part, format!("minute {start}"), format!("minute {end}"), format!("{} min", end - start)]
    });
    table(["Component", "From", "To", "Effort"], rows)
}

fn interfaces(request: &CallRequest) -> String {
    let mut text = String::new();
    for part in capabilities(request) {
        let name: String = part
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
            .collect();
        let _ = writeln!(
            text,
            "- `{name}(input: Evidence) -> Result<Evidence, Refusal>`: takes what came before with its commitment, answers \
             with its own or refuses in words."
        );
    }
    text
}

fn capacity(request: &CallRequest) -> String {
    let CallLimits { prompt_tokens, output_tokens } = request.limits;
    let call = worst_call(&request.mission, &request.adapter.id);
    let turns = u64::from(request.turns);
    table(
        ["Measure", "One call", "The step"],
        [
            [
                "Tokens sent, at most".to_owned(),
                prompt_tokens.to_string(),
                (prompt_tokens * turns).to_string(),
            ],
            [
                "Tokens received, at most".to_owned(),
                output_tokens.to_string(),
                (output_tokens * turns).to_string(),
            ],
            ["Cost, at most".to_owned(), call.to_string(), times(call, turns).to_string()],
        ],
    )
}

fn tests(request: &CallRequest) -> String {
    let parts = capabilities(request)
        .into_iter()
        .map(|part| format!("{part}: the same input gives the same output twice"));
    let wires =
        request.spec.safety.tripwires.iter().map(|wire| {
            format!("`{}`: a seeded case trips it, a clean one does not", wire.as_str())
        });
    let money = format!("The step stops before it passes {}", request.mission.terms.budget_cap);
    bullets(parts.chain(wires).chain([money]))
}

fn manifest(request: &CallRequest) -> String {
    let manifest = json!({
        "rehearsal": true,
        "mission": request.mission.mission.to_string(),
        "checkpoint": request.step.checkpoint.to_string(),
        "adapter": request.adapter.id,
        "components": capabilities(request),
        "turns": request.turns,
        "minutes": own_step(request).map_or(0, |step| step.minutes),
        "worstCaseMicroUsd": times(worst_call(&request.mission, &request.adapter.id), request.turns.into()).get().to_string(),
        "builtOn": request.memory.iter().map(|memory| memory.commitment.to_string()).collect::<Vec<_>>(),
        "specSha256": request.mission.spec_hash.to_string(),
    });
    format!("{manifest:#}")
}
