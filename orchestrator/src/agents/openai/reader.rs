//! An answer as it comes in. It is held here until it is whole: nobody sees a part of it.

use serde_json::Value;

use super::broke::Broke;
use super::wire::Chunk;
use crate::budget::CallLimits;
use crate::sse::Events;

/// More bytes than this for each token that was asked for is no answer to the question.
const MOST_BYTES_A_TOKEN: u64 = 64;
/// What is read of an answer in any case.
const FEWEST_BYTES: u64 = 64 * 1024;
/// And at most.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// The longest line of the stream, and the most data of one event.
const LARGEST_EVENT: usize = 256 * 1024;

/// A whole answer.
#[derive(Debug, Default)]
pub(super) struct Whole {
    pub(super) text: String,
    /// Bytes of thoughts that were shown.
    pub(super) thoughts: usize,
    /// As the endpoint claims.
    pub(super) usage: Option<Value>,
    /// Why the model stopped, in the protocol's words.
    pub(super) finish: Option<String>,
}

/// Reads one answer.
#[derive(Debug)]
pub(super) struct Reader {
    events: Events,
    most_bytes: usize,
    whole: Whole,
    done: bool,
}

/// The most bytes of an answer within these limits.
pub(super) fn most_bytes(limits: CallLimits) -> usize {
    let bytes = limits.output_tokens.saturating_mul(MOST_BYTES_A_TOKEN);
    usize::try_from(bytes.clamp(FEWEST_BYTES, MOST_BYTES)).unwrap_or(usize::MAX)
}

impl Reader {
    pub(super) fn new(limits: CallLimits) -> Self {
        Self {
            events: Events::up_to(LARGEST_EVENT),
            most_bytes: most_bytes(limits),
            whole: Whole::default(),
            done: false,
        }
    }

    /// Takes in what arrived.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Broke> {
        self.events.push(bytes)?;
        while let Some(data) = self.events.take() {
            if self.done {
                return Ok(());
            }
            if data.trim() == "[DONE]" {
                self.done = true;
            } else {
                self.take(serde_json::from_str(&data).map_err(|_| Broke::NotTheProtocol)?)?;
            }
        }
        Ok(())
    }

    /// Whether the endpoint said that this is all.
    pub(super) const fn is_done(&self) -> bool {
        self.done
    }

    /// The answer, if it was brought to its end.
    pub(super) fn finish(self) -> Result<Whole, Broke> {
        if self.done || self.whole.finish.is_some() {
            Ok(self.whole)
        } else {
            Err(Broke::Truncated)
        }
    }

    /// An answer that was not streamed.
    pub(super) fn read_whole(mut self, bytes: &[u8]) -> Result<Whole, Broke> {
        let chunk: Chunk = serde_json::from_slice(bytes).map_err(|_| Broke::NotTheProtocol)?;
        if chunk.choices.is_empty() {
            return Err(Broke::NotTheProtocol);
        }
        self.done = true;
        self.take(chunk)?;
        self.finish()
    }

    fn take(&mut self, chunk: Chunk) -> Result<(), Broke> {
        if chunk.error.is_some_and(|error| !error.is_null()) {
            return Err(Broke::ErrorInside);
        }
        self.whole.usage = chunk.usage.filter(|usage| !usage.is_null()).or(self.whole.usage.take());
        // One answer was asked for; others would be somebody else's.
        for choice in chunk.choices.into_iter().filter(|choice| choice.index == 0) {
            let (text, thoughts) = choice.said();
            self.whole.thoughts = self.whole.thoughts.saturating_add(thoughts);
            let size = self.whole.text.len().saturating_add(self.whole.thoughts);
            if size.saturating_add(text.len()) > self.most_bytes {
                return Err(Broke::TooLong);
            }
            self.whole.text.push_str(text);
            self.whole.finish = choice.finish_reason.or(self.whole.finish.take());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: CallLimits = CallLimits { prompt_tokens: 100, output_tokens: 100 };

    fn read(stream: &str) -> Result<Whole, Broke> {
        let mut reader = Reader::new(LIMITS);
        reader.push(stream.as_bytes())?;
        reader.finish()
    }

    #[test]
    fn an_answer_is_put_together_from_its_parts() {
        let stream = r#"data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

: still here

data: {"choices":[{"index":0,"delta":{"reasoning_content":"hm","reasoning":"hm"}}],"usage":null}

data: {"choices":[{"index":1,"delta":{"content":"another"}},{"index":0,"delta":{"content":"Hel"}}]}

data: {"choices":[{"delta":{"content":"lo"},"finish_reason":"stop"}]}

data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}

data: [DONE]

data: what comes after the end
"#;

        let whole = read(stream).unwrap();

        assert_eq!(whole.text, "Hello");
        assert_eq!(whole.thoughts, 2);
        assert_eq!(whole.finish.as_deref(), Some("stop"));
        assert_eq!(whole.usage.unwrap()["prompt_tokens"], 3);
    }

    #[test]
    fn what_is_no_whole_answer_is_none() {
        let long = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n",
            "x".repeat(60_000)
        );
        let cases = [
            ("data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n".to_owned(), "Truncated"),
            (String::new(), "Truncated"),
            ("data: {\"choices\":[{\n\n".to_owned(), "NotTheProtocol"),
            ("data: \"text\"\n\n".to_owned(), "NotTheProtocol"),
            ("data: {\"error\":{\"message\":\"overloaded\"}}\n\n".to_owned(), "ErrorInside"),
            (long.repeat(2), "TooLong"),
        ];
        for (stream, expected) in cases {
            assert_eq!(format!("{:?}", read(&stream).unwrap_err()), expected);
        }
    }
}
