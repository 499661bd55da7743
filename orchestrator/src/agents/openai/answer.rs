//! From what a model wrote to what the engine records.

use super::reader::Whole;
use super::usage::{self, Exchanged};
use crate::agents::{AgentDocument, CallAnswer, CallRequest, Usage};

/// The longest title and the longest line of words, in characters.
const LONGEST_LINE: usize = 120;

pub(super) fn of(request: &CallRequest, whole: Whole) -> CallAnswer {
    let Whole { text, thoughts, usage, finish } = whole;
    let exchanged = Exchanged::of(&request.messages, text.len().saturating_add(thoughts));
    let usage = usage::count(usage.as_ref(), exchanged, request.limits);
    let last = request.turn.saturating_add(1) >= request.turns;
    let title = heading(&text).unwrap_or_else(|| request.step.title.clone());
    let mut words = match first_line(&text) {
        None => "Answered with nothing".to_owned(),
        Some(_) if last => {
            format!("Finished “{title}”: {} words", text.split_whitespace().count())
        }
        Some(line) => line,
    };
    if finish.as_deref() == Some("length") {
        words.push_str(" (cut off at the most tokens that a call may answer with)");
    }
    if matches!(usage, Usage::Bounded { .. }) {
        words.push_str(" (the endpoint counted no tokens: as many are charged as there can be)");
    }
    let document = (last && !text.trim().is_empty()).then(|| AgentDocument {
        title,
        media_type: "text/markdown".to_owned(),
        content: text.clone(),
    });
    CallAnswer { usage, words, text, document }
}

/// The first heading outside of code.
fn heading(text: &str) -> Option<String> {
    let mut in_code = false;
    text.lines().find_map(|line| {
        in_code ^= line.trim_start().starts_with("```");
        let hashes = line.len() - line.trim_start_matches('#').len();
        let title = line.get(hashes..)?;
        let is_heading = !in_code && (1..=6).contains(&hashes) && title.starts_with(' ');
        is_heading.then(|| plain(title)).filter(|title| !title.is_empty())
    })
}

/// The first line that says something.
fn first_line(text: &str) -> Option<String> {
    text.lines().map(plain).find(|line| line.chars().any(char::is_alphanumeric))
}

/// A line without its markup and control characters, and not too long.
fn plain(line: &str) -> String {
    let marks = |c: char| matches!(c, '#' | '*' | '-' | '>' | '_' | '`' | '|') || c.is_whitespace();
    let mut text: String = line.trim_matches(marks).chars().filter(|c| !c.is_control()).collect();
    if text.chars().count() > LONGEST_LINE {
        text = text.chars().take(LONGEST_LINE - 1).collect();
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_heading_outside_of_code() {
        let cases = [
            ("# The plan\n\ntext", Some("The plan")),
            ("intro\n\n## **Second** ##\n", Some("Second")),
            ("```\n# a comment\n```\n### Third", Some("Third")),
            ("#hashtag\n####### seven\n#  \n", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(heading(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn the_words_are_one_short_line_without_control_characters() {
        let cases = [
            ("\n\n**Done:** \u{1b}[31mred\n more", Some("Done:** [31mred")),
            ("---\n| a | b |", Some("a | b")),
            ("\n```\n---\n", None),
        ];
        for (text, expected) in cases {
            assert_eq!(first_line(text).as_deref(), expected, "{text:?}");
        }
        assert_eq!(first_line(&"ä".repeat(500)).unwrap().chars().count(), LONGEST_LINE);
    }
}
