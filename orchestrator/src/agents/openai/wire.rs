//! What goes over the line: the parts of `OpenAI`'s chat completions that the adapter needs, and nothing it does not.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agents::{Message, Voice};

/// `POST {baseUrl}/chat/completions`.
#[derive(Debug, Serialize)]
pub(super) struct Question<'q> {
    model: &'q str,
    messages: Vec<Said<'q>>,
    stream: bool,
    stream_options: StreamOptions,
    #[serde(flatten)]
    most: Most,
}

#[derive(Debug, Serialize)]
struct Said<'q> {
    role: &'static str,
    content: &'q str,
}

#[derive(Debug, Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// How the endpoint is told the most tokens of an answer. Newer models refuse the older name, and most servers know no
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Most {
    #[serde(rename = "max_tokens")]
    Tokens(u64),
    #[serde(rename = "max_completion_tokens")]
    CompletionTokens(u64),
}

impl<'q> Question<'q> {
    pub(super) fn new(model: &'q str, messages: &'q [Message], most: Most) -> Self {
        let role = |voice| match voice {
            Voice::System => "system",
            Voice::User => "user",
            Voice::Assistant => "assistant",
        };
        let said =
            |message: &'q Message| Said { role: role(message.voice), content: &message.text };
        Self {
            model,
            messages: messages.iter().map(said).collect(),
            stream: true,
            stream_options: StreamOptions { include_usage: true },
            most,
        }
    }
}

/// One event of a streamed answer, or the whole of one that is not streamed.
#[derive(Debug, Deserialize)]
pub(super) struct Chunk {
    #[serde(default)]
    pub(super) choices: Vec<Choice>,
    /// Kept as it is: a count that cannot be read must not take the answer with it.
    #[serde(default)]
    pub(super) usage: Option<Value>,
    /// Endpoints that break down in the middle say so here.
    #[serde(default)]
    pub(super) error: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    pub(super) index: u64,
    /// Of a streamed answer.
    #[serde(default)]
    delta: Option<Delta>,
    /// Of a whole answer.
    #[serde(default)]
    message: Option<Delta>,
    #[serde(default)]
    pub(super) finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    /// Thoughts that some endpoints show, under one of two names: they are billed and not used.
    #[serde(default)]
    reasoning_content: Option<String>,
    #[serde(default)]
    reasoning: Option<String>,
}

impl Choice {
    /// What it adds to the text, and how many bytes of thoughts came with it.
    pub(super) fn said(&self) -> (&str, usize) {
        let Some(delta) = self.delta.as_ref().or(self.message.as_ref()) else { return ("", 0) };
        let thoughts = delta.reasoning_content.as_ref().or(delta.reasoning.as_ref());
        (delta.content.as_deref().unwrap_or_default(), thoughts.map_or(0, String::len))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_question_is_what_the_protocol_says() {
        let messages = [
            Message { voice: Voice::System, text: "rules".to_owned() },
            Message { voice: Voice::User, text: "work".to_owned() },
            Message { voice: Voice::Assistant, text: "done".to_owned() },
        ];
        let sent = |most| serde_json::to_value(Question::new("m-1", &messages, most)).unwrap();

        let expected = json!({
            "model": "m-1",
            "messages": [
                { "role": "system", "content": "rules" },
                { "role": "user", "content": "work" },
                { "role": "assistant", "content": "done" },
            ],
            "stream": true,
            "stream_options": { "include_usage": true },
            "max_tokens": 9,
        });
        assert_eq!(sent(Most::Tokens(9)), expected);
        let newer = sent(Most::CompletionTokens(9));
        assert_eq!(newer["max_completion_tokens"], 9);
        assert_eq!(newer.get("max_tokens"), None);
    }
}
