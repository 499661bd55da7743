//! How many tokens a call took, from what the endpoint says, or from the bytes if it says nothing.

use serde_json::Value;

use crate::agents::{Message, Usage};
use crate::budget::CallLimits;

/// A token of a text stands for at most so many bytes, however long the spaces in it are.
const MOST_BYTES_OF_A_TOKEN: u64 = 256;

/// What went over the line, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exchanged {
    /// Prompt, with what the endpoint's template may add.
    pub(super) sent: u64,
    /// Text of the prompt alone.
    pub(super) said: u64,
    /// Text of the answer, with thoughts that were shown.
    pub(super) received: u64,
}

impl Exchanged {
    pub(super) fn of(messages: &[Message], received: usize) -> Self {
        let said = messages.iter().map(|message| message.text.len() as u64).sum();
        Self { sent: super::super::prompt::bound(messages), said, received: received as u64 }
    }
}

/// Counts.
pub(super) fn count(claim: Option<&Value>, bytes: Exchanged, limits: CallLimits) -> Usage {
    let Some(claim) = claim else {
        // A token is at least a byte, and the endpoint was told how many tokens it may send and answer with.
        return Usage::Bounded {
            input_tokens: bytes.sent.min(limits.prompt_tokens).max(1),
            output_tokens: bytes.received.min(limits.output_tokens).max(1),
        };
    };
    match believed(claim, bytes) {
        Ok((input_tokens, output_tokens)) => Usage::Counted { input_tokens, output_tokens },
        Err(why) => Usage::Impossible { why },
    }
}

fn believed(claim: &Value, bytes: Exchanged) -> Result<(u64, u64), &'static str> {
    let number = |name: &str| claim.get(name).filter(|value| !value.is_null());
    let whole = |name: &str, why: &'static str| {
        number(name).map(|value| value.as_u64().ok_or(why)).transpose()
    };
    let input = whole("prompt_tokens", "its count of tokens sent is not a whole number")?;
    let output = whole("completion_tokens", "its count of tokens received is not a whole number")?;
    let total = whole("total_tokens", "its count of all tokens is not a whole number")?;
    let (Some(input), Some(output)) = (input, output) else {
        return Err("it counts tokens without saying how many were sent and received");
    };
    // Some endpoints count a model's thoughts in the total alone; they are billed as what was received.
    let output = match total {
        None => output,
        Some(total) => {
            let rest = total.checked_sub(input).filter(|rest| *rest >= output);
            rest.ok_or("its count of all tokens is less than those sent and received")?
        }
    };
    if input < bytes.said.div_ceil(MOST_BYTES_OF_A_TOKEN) {
        return Err("it counts fewer tokens than the prompt can have");
    }
    if output < bytes.received.div_ceil(MOST_BYTES_OF_A_TOKEN) {
        return Err("it counts fewer tokens than the answer can have");
    }
    Ok((input, output))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LIMITS: CallLimits = CallLimits { prompt_tokens: 2_000, output_tokens: 500 };
    const BYTES: Exchanged = Exchanged { sent: 1_100, said: 1_000, received: 600 };

    fn counted(claim: &Value) -> Usage {
        count(Some(claim), BYTES, LIMITS)
    }

    #[test]
    fn a_count_is_taken_as_it_is() {
        let claims = [
            json!({"prompt_tokens": 250, "completion_tokens": 150, "total_tokens": 400}),
            json!({"prompt_tokens": 250, "completion_tokens": 150}),
            json!({"prompt_tokens": 250, "completion_tokens": 150, "total_tokens": null, "more": {}}),
            // Thoughts that only the total counts.
            json!({"prompt_tokens": 250, "completion_tokens": 10, "total_tokens": 400}),
        ];
        for claim in claims {
            let expected = Usage::Counted { input_tokens: 250, output_tokens: 150 };
            assert_eq!(counted(&claim), expected, "{claim}");
        }
    }

    #[test]
    fn a_count_that_cannot_be_is_not_believed() {
        let claims = [
            json!({"prompt_tokens": -1, "completion_tokens": 150}),
            json!({"prompt_tokens": 250.5, "completion_tokens": 150}),
            json!({"prompt_tokens": "250", "completion_tokens": 150}),
            json!({"prompt_tokens": 1e30, "completion_tokens": 150}),
            json!({"prompt_tokens": 250}),
            json!({}),
            json!([]),
            json!("many"),
            json!({"prompt_tokens": 250, "completion_tokens": 150, "total_tokens": 399}),
            json!({"prompt_tokens": 3, "completion_tokens": 150}),
            json!({"prompt_tokens": 250, "completion_tokens": 0}),
        ];
        for claim in claims {
            assert!(matches!(counted(&claim), Usage::Impossible { .. }), "{claim}");
        }
    }

    #[test]
    fn without_a_count_the_bytes_are_the_bound_and_never_pass_what_was_reserved() {
        let expected = Usage::Bounded { input_tokens: 1_100, output_tokens: 500 };
        assert_eq!(count(None, BYTES, LIMITS), expected);
        let nothing = Exchanged { sent: 0, said: 0, received: 0 };
        let expected = Usage::Bounded { input_tokens: 1, output_tokens: 1 };
        assert_eq!(count(None, nothing, LIMITS), expected);
    }
}
