//! Paths into a JSON document, such as `$.economics.milestones[2].payoutBps`.

use std::borrow::Cow;
use std::fmt;

/// Where a value stands in a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonPath(Vec<Segment>);

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// Into the member of an object.
    Key(Cow<'static, str>),
    /// Into the element of a list, counted from 0.
    Index(usize),
}

impl JsonPath {
    /// The document itself: `$`.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The member of that name.
    #[must_use]
    pub fn key(&self, name: impl Into<Cow<'static, str>>) -> Self {
        self.child(Segment::Key(name.into()))
    }

    /// The element at that index, counted from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.child(Segment::Index(index))
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.0
    }

    fn child(&self, segment: Segment) -> Self {
        let mut segments = Vec::with_capacity(self.0.len() + 1);
        segments.extend_from_slice(&self.0);
        segments.push(segment);
        Self(segments)
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for segment in &self.0 {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(name) if is_plain(name) => write!(f, ".{name}")?,
                Segment::Key(name) => write!(f, "[{:?}]", super::shortened(name))?,
            }
        }
        Ok(())
    }
}

fn is_plain(name: &str) -> bool {
    let ok =
        |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_the_file() {
        let path = JsonPath::root().key("economics").key("milestones").index(2).key("payoutBps");
        assert_eq!(path.to_string(), "$.economics.milestones[2].payoutBps");
        assert_eq!(JsonPath::root().key("a b\n").to_string(), r#"$["a b\n"]"#);
    }
}
