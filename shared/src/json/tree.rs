//! The values of a file, each with its place.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::lines::Lines;
use super::place::{Step, write_step};
use super::{MAX_BYTES, MAX_DEPTH, MAX_KEYS, MAX_VALUES, Position, explain, shortened};
use crate::findings::{Collector, Finding, Findings, Level};

/// A file that is JSON.
#[derive(Debug, Clone)]
pub(crate) struct Document<'t> {
    root: Node<'t>,
    lines: Lines<'t>,
}

/// A value and where it starts.
#[derive(Debug, Clone)]
pub(crate) struct Node<'t> {
    /// Byte offset in the text.
    pub(crate) offset: usize,
    /// What stands there.
    pub(crate) value: Value<'t>,
}

/// What can stand in a JSON file. Numbers keep their text: how exactly they are read depends on what they are for.
#[derive(Debug, Clone)]
pub(crate) enum Value<'t> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number, as written.
    Number(&'t str),
    /// A text, unescaped.
    Text(Cow<'t, str>),
    /// `[…]`.
    List(Vec<Node<'t>>),
    /// `{…}`, in the order of the file.
    Object(Vec<Member<'t>>),
}

/// A key of an object with its value.
#[derive(Debug, Clone)]
pub(crate) struct Member<'t> {
    /// The key, unescaped.
    pub(crate) name: Cow<'t, str>,
    /// Byte offset of the key.
    pub(crate) offset: usize,
    /// What it holds.
    pub(crate) node: Node<'t>,
}

/// The text of an uploaded file, or why it has none.
pub fn decode(bytes: &[u8]) -> Result<&str, Findings> {
    if bytes.len() > MAX_BYTES {
        return Err(Findings::one(too_large(bytes.len())));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let (valid, _) = bytes.split_at_checked(error.valid_up_to()).unwrap_or_default();
        let valid = std::str::from_utf8(valid).unwrap_or_default();
        let position = Lines::of(valid).position(valid.len());
        let message = if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            "the file is UTF-16 text"
        } else {
            "the file is not UTF-8 text from here on"
        };
        Findings::one(about_file(
            "not-utf8",
            Some(position),
            message.to_owned(),
            "save it as UTF-8, without a byte order mark",
        ))
    })
}

impl<'t> Document<'t> {
    /// Reads a text. What stands against it, such as a key given twice, is added to the findings; only a text that is
    /// no JSON at all, or too much of it, gives no document.
    pub(crate) fn read(text: &'t str, findings: &mut Collector) -> Option<Self> {
        if text.len() > MAX_BYTES {
            findings.add(too_large(text.len()));
            return None;
        }
        let text = match text.strip_prefix('\u{FEFF}') {
            Some(rest) => {
                let message = "the file starts with a byte order mark, which JSON does not allow; it was skipped";
                let at = Position { line: 1, column: 1 };
                let help = "save it as UTF-8 without a byte order mark";
                findings.add(Finding {
                    level: Level::Warning,
                    ..about_file("byte-order-mark", Some(at), message.to_owned(), help)
                });
                rest
            }
            None => text,
        };
        let lines = Lines::of(text);
        let raw = match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) => raw,
            Err(error) => {
                let offset = lines.offset(error.line(), error.column());
                let (message, help) = explain::syntax(text, offset, &error);
                findings.add(about_file("not-json", Some(lines.position(offset)), message, help));
                return None;
            }
        };
        let mut growth = Growth { text, lines: &lines, values: 0, path: "$".to_owned(), findings };
        let root = growth.node(raw, 0)?;
        Some(Self { root, lines })
    }

    /// The outermost value.
    pub(crate) const fn root(&self) -> &Node<'t> {
        &self.root
    }

    /// Line and column of a byte offset.
    pub(crate) fn position(&self, offset: usize) -> Position {
        self.lines.position(offset)
    }
}

/// The first member of that name.
pub(super) fn find<'d, 't>(members: &'d [Member<'t>], name: &str) -> Option<&'d Node<'t>> {
    members.iter().find(|member| member.name == name).map(|member| &member.node)
}

/// What to do about a file that is out of all proportion.
const WRONG_FILE: &str = "no file of this kind is like that; check that it is the right one";

/// Grows the tree out of raw values. Each level is scanned once more for its parts, which the limit on depth bounds.
struct Growth<'g, 't> {
    text: &'t str,
    lines: &'g Lines<'t>,
    values: usize,
    path: String,
    findings: &'g mut Collector,
}

impl<'t> Growth<'_, 't> {
    fn node(&mut self, raw: &'t RawValue, depth: usize) -> Option<Node<'t>> {
        let source = raw.get();
        let offset = self.offset_of(source);
        self.values += 1;
        if self.values > MAX_VALUES {
            let message = format!("the file holds more than {MAX_VALUES} values");
            self.refuse("too-many-values", offset, message, WRONG_FILE);
            return None;
        }
        if depth > MAX_DEPTH {
            let message = format!("values are nested more than {MAX_DEPTH} deep");
            self.refuse("too-deep", offset, message, WRONG_FILE);
            return None;
        }
        let value = match source.as_bytes().first() {
            Some(b'n') => Value::Null,
            Some(b't') => Value::Flag(true),
            Some(b'f') => Value::Flag(false),
            Some(b'"') => match serde_json::from_str::<Text<'t>>(source) {
                Ok(text) => Value::Text(text.0),
                Err(error) => return self.refuse_syntax(offset, &error),
            },
            Some(b'[') => match serde_json::from_str::<Vec<&'t RawValue>>(source) {
                Ok(items) => Value::List(self.list(items, depth)?),
                Err(error) => return self.refuse_syntax(offset, &error),
            },
            Some(b'{') => match serde_json::from_str::<Members<'t>>(source) {
                Ok(members) => Value::Object(self.object(members.0, offset, depth)?),
                Err(error) => return self.refuse_syntax(offset, &error),
            },
            Some(_) | None => Value::Number(source),
        };
        Some(Node { offset, value })
    }

    fn list(&mut self, items: Vec<&'t RawValue>, depth: usize) -> Option<Vec<Node<'t>>> {
        let length = self.path.len();
        let mut nodes = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            write_step(&mut self.path, Step::Index(index));
            nodes.push(self.node(item, depth + 1)?);
            self.path.truncate(length);
        }
        Some(nodes)
    }

    fn object(
        &mut self,
        found: Vec<(Cow<'t, str>, &'t RawValue)>,
        offset: usize,
        depth: usize,
    ) -> Option<Vec<Member<'t>>> {
        if found.len() > MAX_KEYS {
            let message = format!("an object has more than {MAX_KEYS} keys");
            self.refuse("too-many-keys", offset, message, WRONG_FILE);
            return None;
        }
        let length = self.path.len();
        let mut members: Vec<Member<'t>> = Vec::with_capacity(found.len());
        let mut before = offset;
        for (name, raw) in found {
            // Between the last value and this key stand only white space and a comma or brace.
            let gap = self.text.get(before..).and_then(|rest| rest.find('"'));
            let offset = before + gap.unwrap_or_default();
            write_step(&mut self.path, Step::Key(&name));
            if members.iter().any(|other| other.name == name) {
                let message =
                    format!("the key `{}` is given twice in the same object", shortened(&name));
                let help = "take one of them out: which of the two is meant cannot be known";
                self.refuse("duplicate-key", offset, message, help);
            }
            let node = self.node(raw, depth + 1)?;
            before = node.offset + raw.get().len();
            members.push(Member { name, offset, node });
            self.path.truncate(length);
        }
        Some(members)
    }

    /// The raw value borrows from the text, so its address tells its place.
    fn offset_of(&self, source: &str) -> usize {
        source.as_ptr().addr().saturating_sub(self.text.as_ptr().addr())
    }

    fn refuse(&mut self, code: &'static str, offset: usize, message: String, help: &str) {
        let mut finding = about_file(code, Some(self.lines.position(offset)), message, help);
        finding.path.clone_from(&self.path);
        self.findings.add(finding);
    }

    fn refuse_syntax<T>(&mut self, offset: usize, error: &serde_json::Error) -> Option<T> {
        let (message, help) = explain::escapes(error);
        self.refuse("not-json", offset, message, help);
        None
    }
}

fn too_large(bytes: usize) -> Finding {
    let message = format!(
        "the file has {} KiB, and {} KiB is the most that is read",
        bytes.div_ceil(1024),
        MAX_BYTES / 1024
    );
    about_file(
        "too-large",
        None,
        message,
        "a job spec has a few KiB; check that it is the right file",
    )
}

fn about_file(code: &'static str, at: Option<Position>, message: String, help: &str) -> Finding {
    Finding {
        level: Level::Error,
        code: Cow::Borrowed(code),
        path: "$".to_owned(),
        line: at.map(|at| at.line),
        column: at.map(|at| at.column),
        message,
        help: help.to_owned(),
    }
}

/// A text, borrowed where it has no escapes.
struct Text<'t>(Cow<'t, str>);

impl<'de: 't, 't> Deserialize<'de> for Text<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }

        deserializer.deserialize_str(TextVisitor).map(Self)
    }
}

/// The members of an object, those given twice included.
struct Members<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'de: 't, 't> Deserialize<'de> for Members<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    members.push((name.0, value));
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(MembersVisitor).map(Self)
    }
}
