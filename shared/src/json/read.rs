//! Typed reading: each function takes what it expects or says what it found instead.

use std::fmt;
use std::ops::RangeInclusive;

use super::decimal::{self, DecimalError, Finer};
use super::tree::find;
use super::{Document, Member, Node, Place, Report, Value, nearest, shortened};

/// A value in a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'d>(&'d Node<'d>);

/// The members of an object. Keys that nobody asked for are reported at the end.
#[derive(Debug)]
pub(crate) struct Fields<'d> {
    object: &'d Node<'d>,
    members: &'d [Member<'d>],
    known: Vec<&'static str>,
}

impl<'d> Cursor<'d> {
    /// The outermost value of a document.
    pub(crate) const fn root(document: &'d Document<'d>) -> Self {
        Self(document.root())
    }

    /// Where it stands.
    pub(crate) const fn place(self) -> Place<'d> {
        Place::Value(self.0)
    }

    /// What stands there.
    pub(crate) const fn value(self) -> &'d Value<'d> {
        &self.0.value
    }

    /// An object.
    pub(crate) fn fields(self, report: &mut Report<'_>) -> Option<Fields<'d>> {
        let Value::Object(members) = &self.0.value else {
            return self.expected(report, "an object", "write it as { … }");
        };
        Some(Fields { object: self.0, members, known: Vec::new() })
    }

    /// A list.
    pub(crate) fn items(self, report: &mut Report<'_>) -> Option<&'d [Node<'d>]> {
        let Value::List(items) = &self.0.value else {
            return self.expected(
                report,
                "a list",
                "write it as [ … ], with its entries between commas",
            );
        };
        Some(items)
    }

    /// A text; `what` says which, such as "a model adapter's id".
    pub(crate) fn text(self, report: &mut Report<'_>, what: &str) -> Option<&'d str> {
        let Value::Text(text) = &self.0.value else {
            return self.expected(report, what, "write a text in double quotes");
        };
        Some(text)
    }

    /// A text for people: not blank, without control characters, of a bounded length.
    pub(crate) fn words(
        self,
        report: &mut Report<'_>,
        what: &str,
        longest: usize,
    ) -> Option<String> {
        let text = self.text(report, what)?;
        let length = text.chars().count();
        let is_control = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
        if text.trim().is_empty() {
            let message = format_args!("expected {what}, found an empty text");
            report.error("empty-text", self.place(), message, format_args!("write it out"));
        } else if text.contains(is_control) {
            let message = format_args!("{what} holds a control character");
            report.error("control-character", self.place(), message, format_args!("take it out"));
        } else if length > longest {
            let message = format_args!("{what} has {length} characters, and {longest} is the most");
            report.error("text-too-long", self.place(), message, format_args!("shorten it"));
        } else {
            return Some(text.to_owned());
        }
        None
    }

    /// `true` or `false`.
    pub(crate) fn flag(self, report: &mut Report<'_>) -> Option<bool> {
        let Value::Flag(flag) = self.0.value else {
            return self.expected(report, "true or false", "write true or false without quotes");
        };
        Some(flag)
    }

    /// A whole number in a range; `what` names its unit, such as "a whole number of minutes".
    pub(crate) fn whole(
        self,
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
            let (number, least, most) = (shortened(number), range.start(), range.end());
            let help = format_args!("write one from {least} to {most}");
            match read {
                Err(DecimalError::TooFine | DecimalError::NotANumber) => {
                    report.error(
                        "wrong-type",
                        self.place(),
                        format_args!("expected {what}, found {number}"),
                        help,
                    );
                }
                Ok(_) | Err(DecimalError::Negative | DecimalError::TooLarge) => {
                    report.error(
                        "out-of-range",
                        self.place(),
                        format_args!("{number} is out of range for {what}"),
                        help,
                    );
                }
            }
        }
        value
    }

    /// A number that is zero or more, in millionths, exactly; at most so many whole units.
    pub(crate) fn millionths(self, report: &mut Report<'_>, what: &str, most: u64) -> Option<u64> {
        let number = self.number(report, what)?;
        match decimal::units(number, 6, Finer::Refuse) {
            Ok(value) if value <= most.saturating_mul(1_000_000) => Some(value),
            Ok(_) | Err(DecimalError::TooLarge | DecimalError::Negative) => {
                let message = format_args!("{} is out of range for {what}", shortened(number));
                report.error(
                    "out-of-range",
                    self.place(),
                    message,
                    format_args!("write a number from 0 to {most}"),
                );
                None
            }
            Err(DecimalError::TooFine | DecimalError::NotANumber) => {
                let message =
                    format_args!("{} has more than six digits after the point", shortened(number));
                report.error(
                    "too-precise",
                    self.place(),
                    message,
                    format_args!("six digits are kept exactly; round it"),
                );
                None
            }
        }
    }

    /// A number, as written.
    pub(crate) fn number(self, report: &mut Report<'_>, what: &str) -> Option<&'d str> {
        if let Value::Number(number) = self.0.value {
            return Some(number);
        }
        let help = match &self.0.value {
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
    pub(crate) fn expected<T>(self, report: &mut Report<'_>, what: &str, help: &str) -> Option<T> {
        let message = format_args!("expected {what}, found {}", Found(&self.0.value));
        report.error("wrong-type", self.place(), message, format_args!("{help}"));
        None
    }
}

impl<'d> From<&'d Node<'d>> for Cursor<'d> {
    fn from(node: &'d Node<'d>) -> Self {
        Self(node)
    }
}

impl<'d> Fields<'d> {
    /// Where a key stands or should stand.
    pub(crate) const fn at<'p>(&'p self, name: &'p str) -> Place<'p> {
        Place::Key(self.object, name)
    }

    /// A member that must be there.
    pub(crate) fn required(
        &mut self,
        report: &mut Report<'_>,
        name: &'static str,
    ) -> Option<Cursor<'d>> {
        let found = self.optional(name);
        if found.is_none() {
            self.missing(report, name);
        }
        found
    }

    /// A member that may be left out; `null` counts as left out.
    pub(crate) fn optional(&mut self, name: &'static str) -> Option<Cursor<'d>> {
        self.known.push(name);
        find(self.members, name).filter(|node| !matches!(node.value, Value::Null)).map(Cursor)
    }

    /// All members, for objects whose keys are data.
    pub(crate) const fn all(&self) -> &'d [Member<'d>] {
        self.members
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(self, report: &mut Report<'_>) {
        for member in self.members.iter().filter(|member| !self.known.contains(&&*member.name)) {
            let name = shortened(&member.name);
            let mut missing =
                self.known.iter().copied().filter(|known| find(self.members, known).is_none());
            let help = match nearest(&member.name, &mut missing) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "take it out, or check its spelling".to_owned(),
            };
            let message = format_args!("`{name}` is not a known key and is ignored");
            report.warning("unknown-key", self.at(&member.name), message, format_args!("{help}"));
        }
    }

    fn missing(&self, report: &mut Report<'_>, name: &'static str) {
        let is_null = find(self.members, name).is_some();
        let mut unread = self
            .members
            .iter()
            .map(|member| &*member.name)
            .filter(|other| !self.known.contains(other));
        let help = match nearest(name, &mut unread) {
            _ if is_null => "write its value".to_owned(),
            Some(typed) => format!("correct the spelling of `{}`", shortened(typed)),
            None => format!("add \"{name}\" here"),
        };
        let how = if is_null { "null" } else { "missing" };
        report.error(
            "missing",
            self.at(name),
            format_args!("`{name}` is {how}"),
            format_args!("{help}"),
        );
    }
}

/// A value in words.
struct Found<'v>(&'v Value<'v>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => f.write_str("null"),
            Value::Flag(flag) => flag.fmt(f),
            Value::Number(number) => write!(f, "the number {}", shortened(number)),
            Value::Text(text) => write!(f, "the text {:?}", shortened(text)),
            Value::List(_) => f.write_str("a list"),
            Value::Object(_) => f.write_str("an object"),
        }
    }
}
