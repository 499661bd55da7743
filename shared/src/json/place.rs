//! Where in a document something is, and how that is written: `$.economics.milestones[2].payoutBps`.

use std::fmt::Write as _;

use super::tree::{Document, Node, Value, find};
use super::{Position, shortened};

/// One step down into a document.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'p> {
    /// Into the member of an object.
    Key(&'p str),
    /// Into the element of a list, counted from 0.
    Index(usize),
}

/// What a finding points at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'p> {
    /// What a path leads to, or the innermost value around it that is there.
    Path(&'p [Step<'p>]),
    /// A value.
    Value(&'p Node<'p>),
    /// A key of an object, whether or not it is there.
    Key(&'p Node<'p>, &'p str),
}

impl Place<'_> {
    /// The path in writing, and the line and column.
    pub(super) fn written(self, document: &Document<'_>) -> (String, Position) {
        let mut path = "$".to_owned();
        let offset = match self {
            Place::Path(steps) => {
                for step in steps {
                    write_step(&mut path, *step);
                }
                locate(document.root(), steps)
            }
            Place::Value(node) => {
                write_path_to(&mut path, document.root(), node.offset);
                node.offset
            }
            Place::Key(object, name) => {
                write_path_to(&mut path, document.root(), object.offset);
                write_step(&mut path, Step::Key(name));
                key_offset(object, name)
            }
        };
        (path, document.position(offset))
    }
}

/// Where the value at a path starts; if nothing is there, where the innermost value around it starts.
fn locate(root: &Node<'_>, steps: &[Step<'_>]) -> usize {
    let mut node = root;
    for step in steps {
        let next = match (step, &node.value) {
            (Step::Key(name), Value::Object(members)) => find(members, name),
            (Step::Index(index), Value::List(items)) => items.get(*index),
            (Step::Key(_) | Step::Index(_), _) => None,
        };
        let Some(next) = next else { break };
        node = next;
    }
    node.offset
}

/// Where the last key of that name stands; if there is none, where the object starts.
fn key_offset(object: &Node<'_>, name: &str) -> usize {
    let Value::Object(members) = &object.value else { return object.offset };
    members
        .iter()
        .rev()
        .find(|member| member.name == name)
        .map_or(object.offset, |member| member.offset)
}

/// Values start in the order of the file, and one inside another starts after it: the offset alone shows the way.
fn write_path_to(path: &mut String, root: &Node<'_>, offset: usize) {
    let mut node = root;
    while node.offset < offset {
        let next = match &node.value {
            Value::Object(members) => {
                let found = members.iter().rev().find(|member| member.node.offset <= offset);
                found.map(|member| (Step::Key(&member.name), &member.node))
            }
            Value::List(items) => {
                let found = items.iter().enumerate().rev().find(|(_, item)| item.offset <= offset);
                found.map(|(index, item)| (Step::Index(index), item))
            }
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => None,
        };
        let Some((step, next)) = next else { break };
        write_step(path, step);
        node = next;
    }
}

pub(super) fn write_step(path: &mut String, step: Step<'_>) {
    // Writing to a string cannot fail.
    let _ = match step {
        Step::Index(index) => write!(path, "[{index}]"),
        Step::Key(name) if is_plain(name) => write!(path, ".{name}"),
        Step::Key(name) => write!(path, "[{:?}]", shortened(name)),
    };
}

fn is_plain(name: &str) -> bool {
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-');
    (1..=64).contains(&name.len()) && name.bytes().all(ok)
}

#[cfg(test)]
mod tests {
    use super::super::tree::Document;
    use super::*;
    use crate::findings::Collector;

    #[test]
    fn a_path_reads_like_the_file_and_finds_its_line() {
        let text = "{\n \"a\": [1,\n  {\"b c\": 2, \"d\": {}}]}";
        let document = Document::read(text, &mut Collector::default()).unwrap();
        let Value::Object(members) = &document.root().value else { panic!("an object") };
        let Value::List(items) = &members[0].node.value else { panic!("a list") };
        let Value::Object(inner) = &items[1].value else { panic!("an object") };

        for (place, path, line, column) in [
            (Place::Path(&[]), "$", 1, 1),
            (Place::Path(&[Step::Key("a"), Step::Index(0)]), "$.a[0]", 2, 8),
            (Place::Path(&[Step::Key("a"), Step::Index(7), Step::Key("x")]), "$.a[7].x", 2, 7),
            (Place::Value(&inner[0].node), r#"$.a[1]["b c"]"#, 3, 11),
            (Place::Value(&inner[1].node), "$.a[1].d", 3, 19),
            (Place::Key(&items[1], "d"), "$.a[1].d", 3, 14),
            (Place::Key(&items[1], "missing"), "$.a[1].missing", 3, 3),
        ] {
            assert_eq!(place.written(&document), (path.to_owned(), Position { line, column }));
        }
    }
}
