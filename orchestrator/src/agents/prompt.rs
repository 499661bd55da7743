//! The text that an agent is asked with. It never outgrows what was reserved: a token is at least one byte, so a prompt
//! of at most so many bytes has at most so many tokens.

use std::fmt::Write as _;

use phase8_shared::mission::{MissionCreated, PlanStep};
use phase8_shared::spec::JobSpec;

use super::memory::Memory;
use crate::budget::CallLimits;

/// Everything a prompt is built from.
#[derive(Debug, Clone, Copy)]
pub struct Brief<'b> {
    /// The mission.
    pub mission: &'b MissionCreated,
    /// Its job spec.
    pub spec: &'b JobSpec,
    /// The step.
    pub step: &'b PlanStep,
    /// Which turn, from 0.
    pub turn: u8,
    /// How many turns the step has.
    pub turns: u8,
    /// What was delivered before.
    pub memory: &'b [Memory],
}

/// Builds the prompt: who the agent is, what is wanted, then as much of what was delivered before as there is room for.
pub fn build(brief: &Brief<'_>, limits: CallLimits) -> String {
    let Brief { mission, spec, step, turn, turns, memory } = brief;
    let room = usize::try_from(limits.prompt_tokens).unwrap_or(usize::MAX);
    let mut text = format!("You are the {} of the mission {}.\n", step.role, mission.name);
    if let Some(agent) = spec.agent(&step.role).filter(|agent| !agent.capabilities.is_empty()) {
        line(&mut text, format_args!("You are good at {}.", agent.capabilities.join(", ")));
    }
    if !spec.description.is_empty() {
        line(&mut text, format_args!("The mission: {}", spec.description));
    }
    line(&mut text, format_args!("Your step: {} (checkpoint {}).", step.title, step.checkpoint));
    line(&mut text, format_args!("This is turn {} of {turns}.", u16::from(*turn) + 1));
    line(
        &mut text,
        format_args!("Validators will read the result before anything is paid for it."),
    );
    for earlier in *memory {
        line(
            &mut text,
            format_args!(
                "\n--- {} by the {} ---\n{}",
                earlier.title, earlier.role, earlier.content
            ),
        );
    }
    text.truncate(text.floor_char_boundary(room));
    text
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{words}");
}
