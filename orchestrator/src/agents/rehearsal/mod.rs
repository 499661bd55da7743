//! The rehearsal adapter: deterministic and offline. No model is asked; it does the mission's work from the job spec
//! itself, so that everything around a mission can be tried with true figures. Every document says that it is a
//! rehearsal.

mod analyst;
mod builder;
mod document;
mod figures;
mod general;
mod planner;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;

use self::document::Document;
use super::{Adapter, AgentDocument, AgentError, CallAnswer, CallRequest, Usage};
use crate::ports::Clock;

/// Rehearses any role of any job.
#[derive(Debug)]
pub struct Rehearsal {
    clock: Arc<dyn Clock>,
}

impl Rehearsal {
    /// A rehearsal that takes its time by this clock.
    pub const fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

#[async_trait]
impl Adapter for Rehearsal {
    async fn call(&self, request: CallRequest) -> Result<CallAnswer, AgentError> {
        let wall = request.mission.clock_scale.wall_millis(paced(&request));
        self.clock.sleep_until(self.clock.now().plus_millis(wall)).await;
        Ok(answer(&request))
    }
}

/// Turns take unequal time, as work does: from 80 to 120 % of what the plan allots, and as much in all.
fn paced(request: &CallRequest) -> u64 {
    let percent = match request.turn % 4 {
        0 => 120,
        1 => 90,
        2 => 110,
        _ => 80,
    };
    request.mission_millis.saturating_mul(percent) / 100
}

/// The answer, which depends on the request alone.
pub fn answer(request: &CallRequest) -> CallAnswer {
    let document = write(request);
    let share = document.share_of_turn(request.turn, request.turns);
    let last = request.turn.saturating_add(1) >= request.turns;
    let content = document.to_markdown();
    let words = if last {
        format!(
            "Finished “{}”: {} sections, {} words",
            document.title,
            document.sections.len(),
            words_in(&content)
        )
    } else {
        share.words.clone()
    };
    let sent = request.messages.iter().map(|message| message.text.len()).sum();
    CallAnswer {
        usage: Usage::Counted {
            input_tokens: tokens(sent).min(request.limits.prompt_tokens),
            output_tokens: tokens(share.text.len()).min(request.limits.output_tokens),
        },
        words,
        text: share.text,
        document: last.then(|| AgentDocument {
            title: document.title.clone(),
            media_type: "text/markdown".to_owned(),
            content,
        }),
    }
}

fn write(request: &CallRequest) -> Document {
    match request.step.role.as_str() {
        "planner" => planner::write(request),
        "dev" | "developer" | "builder" | "engineer" => builder::write(request),
        "analyst" | "researcher" => analyst::write(request),
        _ => general::write(request),
    }
}

/// Four bytes a token, the usual rule of thumb; never more than there are bytes.
fn tokens(bytes: usize) -> u64 {
    (bytes as u64).div_ceil(4).max(1)
}

fn words_in(text: &str) -> usize {
    text.split_whitespace().count()
}
