//! Typed reading: each function takes what it expects or says what it found instead.

use std::ops::RangeInclusive;

use super::decimal::{self, DecimalError, Finer};
use super::tree::find;
use super::{JsonPath, Member, Node, Report, Value, nearest, shortened};
use crate::findings::Level;

/// A value in a document, with the path that leads to it.
#[derive(Debug, Clone)]
pub struct Cursor<'d> {
    node: &'d Node<'d>,
    path: JsonPath,
}

/// The members of an object. Keys that nobody asked for are reported at the end.
#[derive(Debug)]
pub struct Fields<'d> {
    members: &'d [Member<'d>],
    path: JsonPath,
    known: Vec<&'static str>,
}

impl<'d> Cursor<'d> {
    /// The outermost value of a document.
    pub const fn root(document: &'d super::Document<'d>) -> Self {
        Self { node: document.root(), path: JsonPath::root() }
    }

    /// The path that leads here.
    pub const fn path(&self) -> &JsonPath {
        &self.path
    }

    /// The value itself.
    pub const fn value(&self) -> &'d Value<'d> {
        &self.node.value
    }

    /// An object.
    pub fn fields(self, report: &mut Report<'_>) -> Option<Fields<'d>> {
        let Value::Object(members) = &self.node.value else {
            return self.expected(report, "an object", "write it as { … }");
        };
        Some(Fields { members, path: self.path, known: Vec::new() })
    }

    /// A list.
    pub fn items(self, report: &mut Report<'_>) -> Option<Vec<Self>> {
        let Value::List(items) = &self.node.value else {
            let help = "write it as [ … ], with its entries between commas";
            return self.expected(report, "a list", help);
        };
        let cursor = |(index, node)| Self { node, path: self.path.index(index) };
        Some(items.iter().enumerate().map(cursor).collect())
    }

    /// A text; `what` says which, such as "a model adapter's id".
    pub fn text(&self, report: &mut Report<'_>, what: &str) -> Option<&'d str> {
        let Value::Text(text) = &self.node.value else {
            return self.expected(report, what, "write a text in double quotes");
        };
        Some(text)
    }

    /// A text for people: not blank, without control characters, of a bounded length.
    pub fn words(&self, report: &mut Report<'_>, what: &str, longest: usize) -> Option<String> {
        let text = self.text(report, what)?;
        if text.trim().is_empty() {
            report.error(
                "empty-text",
                &self.path,
                &format!("expected {what}, found an empty text"),
                "write it out",
            );
            return None;
        }
        if text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t') {
            let message = format!("{what} holds a control character");
            report.error("control-character", &self.path, &message, "take it out");
            return None;
        }
        let length = text.chars().count();
        if length > longest {
            let message = format!("{what} has {length} characters, and {longest} is the most");
            report.error("text-too-long", &self.path, &message, "shorten it");
            return None;
        }
        Some(text.to_owned())
    }

    /// `true` or `false`.
    pub fn flag(&self, report: &mut Report<'_>) -> Option<bool> {
        let Value::Flag(flag) = self.node.value else {
            return self.expected(report, "true or false", "write true or false without quotes");
        };
        Some(flag)
    }

    /// A whole number in a range; `what` names its unit, such as "a whole number of minutes".
    pub fn whole(
        &self,
        report: &mut Report<'_>,
        what: &str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let number = self.number(report, what)?;
        let read = decimal::units(number, 0, Finer::Refuse);
        let value = read
            .ok()
            .and_then(|value| u32::try_from(value).ok())
            .filter(|value| range.contains(value));
        if value.is_none() {
            let number = shortened(number);
            let range = format!("write one from {} to {}", range.start(), range.end());
            match read {
                Err(DecimalError::TooFine | DecimalError::NotANumber) => {
                    let message = format!("expected {what}, found {number}");
                    report.error("wrong-type", &self.path, &message, &range);
                }
                Ok(_) | Err(DecimalError::Negative | DecimalError::TooLarge) => {
                    let message = format!("{number} is out of range for {what}");
                    report.error("out-of-range", &self.path, &message, &range);
                }
            }
        }
        value
    }

    /// A number that is zero or more, in millionths, exactly; at most so many whole units.
    pub fn millionths(&self, report: &mut Report<'_>, what: &str, most: u64) -> Option<u64> {
        let number = self.number(report, what)?;
        match decimal::units(number, 6, Finer::Refuse) {
            Ok(value) if value <= most.saturating_mul(1_000_000) => Some(value),
            Ok(_) | Err(DecimalError::TooLarge | DecimalError::Negative) => {
                let message = format!("{} is out of range for {what}", shortened(number));
                report.error(
                    "out-of-range",
                    &self.path,
                    &message,
                    &format!("write a number from 0 to {most}"),
                );
                None
            }
            Err(DecimalError::TooFine | DecimalError::NotANumber) => {
                let message =
                    format!("{} has more than six digits after the point", shortened(number));
                report.error(
                    "too-precise",
                    &self.path,
                    &message,
                    "six digits are kept exactly; round it",
                );
                None
            }
        }
    }

    /// A number, as written.
    pub fn number(&self, report: &mut Report<'_>, what: &str) -> Option<&'d str> {
        if let Value::Number(number) = self.node.value {
            return Some(number);
        }
        let help = match &self.node.value {
            Value::Text(text) if decimal::units(text, 6, Finer::RoundUp).is_ok() => {
                format!("write {} without quotes", shortened(text))
            }
            Value::Text(_)
            | Value::Number(_)
            | Value::Null
            | Value::Flag(_)
            | Value::List(_)
            | Value::Object(_) => "write a number without quotes".to_owned(),
        };
        self.expected(report, what, &help)
    }

    /// Reports that something else stands here.
    pub fn expected<T>(&self, report: &mut Report<'_>, what: &str, help: &str) -> Option<T> {
        let message = format!("expected {what}, found {}", found(&self.node.value));
        report.error("wrong-type", &self.path, &message, help);
        None
    }
}

impl<'d> Fields<'d> {
    /// The path of the object.
    pub const fn path(&self) -> &JsonPath {
        &self.path
    }

    /// The path of a member, whether or not it is there.
    #[must_use]
    pub fn at(&self, name: &'static str) -> JsonPath {
        self.path.key(name)
    }

    /// A member that must be there.
    pub fn required(&mut self, report: &mut Report<'_>, name: &'static str) -> Option<Cursor<'d>> {
        let found = self.optional(name);
        if found.is_none() {
            let is_null = find(self.members, name).is_some();
            let message = format!("`{name}` is {}", if is_null { "null" } else { "missing" });
            let unread = self
                .members
                .iter()
                .map(|member| &*member.name)
                .filter(|other| !self.known.contains(other));
            let help = match nearest(name, unread) {
                _ if is_null => "write its value".to_owned(),
                Some(typed) => format!("correct the spelling of `{}`", shortened(typed)),
                None => format!("add \"{name}\" here"),
            };
            report.error("missing", &self.path.key(name), &message, &help);
        }
        found
    }

    /// A member that may be left out; `null` counts as left out.
    pub fn optional(&mut self, name: &'static str) -> Option<Cursor<'d>> {
        self.known.push(name);
        let node = find(self.members, name).filter(|node| !matches!(node.value, Value::Null))?;
        Some(Cursor { node, path: self.path.key(name) })
    }

    /// All members, for objects whose keys are data.
    pub fn all(&self) -> impl Iterator<Item = (&'d str, Cursor<'d>)> {
        self.members.iter().map(|member| {
            let name: &'d str = &member.name;
            (name, Cursor { node: &member.node, path: self.path.key(name.to_owned()) })
        })
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self, report: &mut Report<'_>) {
        for member in self.members.iter().filter(|member| !self.known.contains(&&*member.name)) {
            let name = shortened(&member.name);
            let missing =
                || self.known.iter().copied().filter(|known| find(self.members, known).is_none());
            let help = match nearest(&member.name, missing()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "take it out, or check its spelling".to_owned(),
            };
            let at = report.document().position(member.offset);
            let path = self.path.key(member.name.clone().into_owned());
            let message = format!("`{name}` is not a known key and is ignored");
            report.add_at(Level::Warning, "unknown-key", &path, at, &message, &help);
        }
    }
}

/// A value in words.
fn found(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => format!("the number {}", shortened(number)),
        Value::Text(text) => format!("the text {:?}", shortened(text)),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
