//! A syntax error in words. What stands at the place tells more than the parser's own message.

use serde::de::IgnoredAny;

use super::shortened;

/// What is wrong at an offset of the file, and what to do.
pub(super) fn syntax(
    text: &str,
    offset: usize,
    error: &serde_json::Error,
) -> (String, &'static str) {
    if text.trim_matches(is_space).is_empty() {
        return ("the file is empty".to_owned(), "choose a file with a job spec in it");
    }
    if error.is_eof() {
        let help = "a closing `}`, `]` or quote is missing at the end; was the file cut off?";
        return ("the file ends before its JSON does".to_owned(), help);
    }
    let (read, rest) = text.split_at_checked(offset).unwrap_or((text, ""));
    let Some(here) = rest.chars().next() else {
        return in_its_words(error, "look just before this place");
    };
    if is_inside_text(read) {
        return if read.ends_with('\\') || here == '\\' {
            let message = "a backslash stands before something that JSON does not know".to_owned();
            (message, r"write `\\` for the backslash itself")
        } else {
            let message =
                "a text runs past the end of its line, or holds a control character".to_owned();
            (message, r"close the quote, or write `\n` for a line break inside a text")
        };
    }
    let before = read.trim_end_matches(is_space);
    if serde_json::from_str::<IgnoredAny>(before).is_ok()
        && !before.ends_with(|last: char| last.is_ascii_digit())
    {
        let message = format!("the JSON is complete, but `{}` follows it", first_words(rest));
        return (message, "take out what follows, or check whether two files became one");
    }
    let word = word_at(read, rest);
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        let message = format!("`{}` is not a number in JSON", shortened(&word));
        return (message, "write it in decimal digits, without a leading zero");
    }
    let after_value =
        before.ends_with(|last: char| matches!(last, '"' | '}' | ']') || is_part_of_word(last));
    match here {
        '}' | ']' if before.ends_with(',') => (
            format!("a comma stands before `{here}`, but nothing follows it"),
            "take the comma out",
        ),
        '/' | '#' => ("comments are not part of JSON".to_owned(), "take the comment out"),
        '<' => ("this is a web page or XML, not JSON".to_owned(), "get the file itself"),
        '\'' => ("a text stands in single quotes".to_owned(), "JSON takes double quotes only"),
        '"' | '{' | '[' if after_value => {
            let message = format!("a comma or colon is missing before `{}`", first_words(rest));
            (message, "put it in at the end of what stands before")
        }
        _ if !word.is_empty() => {
            let message = format!("`{}` is not a JSON value", shortened(&word));
            (
                message,
                "write texts and keys in double quotes; the bare words are true, false and null",
            )
        }
        _ => in_its_words(error, "look at and just before this place"),
    }
}

/// What is wrong with a text's escapes.
pub(super) fn escapes(error: &serde_json::Error) -> (String, &'static str) {
    in_its_words(error, r"write the character itself instead of `\u` and its digits")
}

/// The parser's message without its place, which the finding names itself.
fn in_its_words(error: &serde_json::Error, help: &'static str) -> (String, &'static str) {
    let message = error.to_string();
    let message = message.split_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    (format!("this is not JSON: {message}"), help)
}

/// Whether a quote is open at the end of what was read of its line: texts never run past a line.
fn is_inside_text(read: &str) -> bool {
    let line = read.rsplit('\n').next().unwrap_or_default();
    let (mut inside, mut escaped) = (false, false);
    for letter in line.chars() {
        match letter {
            '\\' if inside => escaped = !escaped,
            '"' if !escaped => inside = !inside,
            _ => escaped = false,
        }
    }
    inside
}

/// The word around the place where reading stopped.
fn word_at(read: &str, rest: &str) -> String {
    let start = read.trim_end_matches(is_part_of_word).len();
    let after: String = rest.chars().take_while(|letter| is_part_of_word(*letter)).collect();
    format!("{}{after}", read.get(start..).unwrap_or_default())
}

fn first_words(rest: &str) -> String {
    let line = rest.lines().next().unwrap_or_default();
    let quote = line.char_indices().skip(1).find(|(_, next)| *next == '"');
    let end = quote.map(|(end, quote)| end + quote.len_utf8());
    shortened(end.and_then(|end| line.get(..end)).unwrap_or(line))
}

const fn is_part_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || !letter.is_ascii()
}

const fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}
