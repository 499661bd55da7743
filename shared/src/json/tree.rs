//! The values of a file, each with its place.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::lines::Lines;
use super::path::{JsonPath, Segment};
use super::{MAX_BYTES, MAX_DEPTH, MAX_VALUES, Position, explain, shortened};
use crate::findings::{Finding, Findings, Level};

/// A file that is JSON.
#[derive(Debug, Clone)]
pub struct Document<'t> {
    root: Node<'t>,
    lines: Lines<'t>,
}

/// A value and where it starts.
#[derive(Debug, Clone)]
pub struct Node<'t> {
    /// Byte offset in the text.
    pub offset: usize,
    /// What stands there.
    pub value: Value<'t>,
}

/// What can stand in a JSON file. Numbers keep their text: how exactly they are read depends on what they are for.
#[derive(Debug, Clone)]
pub enum Value<'t> {
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
pub struct Member<'t> {
    /// The key, unescaped.
    pub name: Cow<'t, str>,
    /// Byte offset of the key.
    pub offset: usize,
    /// What it holds.
    pub node: Node<'t>,
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
    pub fn read(text: &'t str, findings: &mut Findings) -> Option<Self> {
        if text.len() > MAX_BYTES {
            findings.push(too_large(text.len()));
            return None;
        }
        let text = match text.strip_prefix('\u{FEFF}') {
            Some(rest) => {
                let message = "the file starts with a byte order mark, which JSON does not allow; it was skipped";
                let at = Position { line: 1, column: 1 };
                let help = "save it as UTF-8 without a byte order mark";
                findings.push(Finding {
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
                findings.push(about_file("not-json", Some(lines.position(offset)), message, help));
                return None;
            }
        };
        let mut growth =
            Growth { text, lines: &lines, values: 0, path: JsonPath::root(), findings };
        let root = growth.node(raw, 0)?;
        Some(Self { root, lines })
    }

    /// The outermost value.
    pub const fn root(&self) -> &Node<'t> {
        &self.root
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        self.lines.position(offset)
    }

    /// Where the value at a path starts; if nothing is there, where the innermost value around it starts.
    pub(super) fn locate(&self, path: &JsonPath) -> Position {
        let mut node = &self.root;
        for segment in path.segments() {
            let next = match (segment, &node.value) {
                (Segment::Key(name), Value::Object(members)) => find(members, name),
                (Segment::Index(index), Value::List(items)) => items.get(*index),
                (Segment::Key(_) | Segment::Index(_), _) => None,
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        self.position(node.offset)
    }
}

/// The first member of that name.
pub(super) fn find<'d, 't>(members: &'d [Member<'t>], name: &str) -> Option<&'d Node<'t>> {
    members.iter().find(|member| member.name == name).map(|member| &member.node)
}

/// Grows the tree out of raw values. Each level is scanned once more for its parts, which the limit on depth bounds.
struct Growth<'g, 't> {
    text: &'t str,
    lines: &'g Lines<'t>,
    values: usize,
    path: JsonPath,
    findings: &'g mut Findings,
}

impl<'t> Growth<'_, 't> {
    fn node(&mut self, raw: &'t RawValue, depth: usize) -> Option<Node<'t>> {
        let source = raw.get();
        let offset = self.offset_of(source);
        self.values += 1;
        if self.values > MAX_VALUES {
            let message = format!("the file holds more than {MAX_VALUES} values");
            self.refuse(
                "too-many-values",
                offset,
                message,
                "no file of this kind needs that many; check that it is the right one",
            );
            return None;
        }
        if depth > MAX_DEPTH {
            let message = format!("values are nested more than {MAX_DEPTH} deep");
            self.refuse(
                "too-deep",
                offset,
                message,
                "no file of this kind nests that deep; check that it is the right one",
            );
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
        let path = self.path.clone();
        let mut nodes = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            self.path = path.index(index);
            nodes.push(self.node(item, depth + 1)?);
        }
        self.path = path;
        Some(nodes)
    }

    fn object(
        &mut self,
        found: Vec<(Cow<'t, str>, &'t RawValue)>,
        offset: usize,
        depth: usize,
    ) -> Option<Vec<Member<'t>>> {
        let path = self.path.clone();
        let mut members = Vec::with_capacity(found.len());
        let mut seen = BTreeSet::new();
        let mut before = offset;
        for (name, raw) in found {
            // Between the last value and this key stand only white space and a comma or brace.
            let gap = self.text.get(before..).and_then(|rest| rest.find('"'));
            let offset = before + gap.unwrap_or_default();
            self.path = path.key(name.clone().into_owned());
            if !seen.insert(name.clone()) {
                let message =
                    format!("the key `{}` is given twice in the same object", shortened(&name));
                self.refuse(
                    "duplicate-key",
                    offset,
                    message,
                    "take one of them out: which of the two is meant cannot be known",
                );
            }
            let node = self.node(raw, depth + 1)?;
            before = node.offset + raw.get().len();
            members.push(Member { name, offset, node });
        }
        self.path = path;
        Some(members)
    }

    /// The raw value borrows from the text, so its address tells its place.
    fn offset_of(&self, source: &str) -> usize {
        source.as_ptr().addr().saturating_sub(self.text.as_ptr().addr())
    }

    fn refuse(&mut self, code: &'static str, offset: usize, message: String, help: &str) {
        let mut finding = about_file(code, Some(self.lines.position(offset)), message, help);
        finding.path = self.path.to_string();
        self.findings.push(finding);
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
