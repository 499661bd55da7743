//! What other files need to know of a manifest: which entries it has, and the number that stands at a path.

use alloy_primitives::U256;
use serde::{Deserialize, Serialize};

use super::directives::whole_number;
use crate::findings::Collector;
use crate::json::{Document, Node, Value};

/// A manifest, looked up by other files.
#[derive(Debug, Clone)]
pub struct ManifestIndex<'t>(Document<'t>);

/// What an extension can depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum DependencyKind {
    /// A domain.
    Domain,
    /// A sentinel.
    Sentinel,
    /// A capital stream.
    Stream,
    /// An AI team.
    AiTeam,
    /// A guardian protocol, named by its scenario.
    Protocol,
}

impl DependencyKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Domain, Self::Sentinel, Self::Stream, Self::AiTeam, Self::Protocol];

    /// Its name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Sentinel => "sentinel",
            Self::Stream => "stream",
            Self::AiTeam => "aiTeam",
            Self::Protocol => "protocol",
        }
    }

    /// Where a manifest lists them, and what names one.
    const fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::Domain => ("domains", "slug"),
            Self::Sentinel => ("sentinels", "slug"),
            Self::Stream => ("capitalStreams", "slug"),
            Self::AiTeam => ("aiTeams", "slug"),
            Self::Protocol => ("guardianProtocols", "scenario"),
        }
    }
}

impl<'t> ManifestIndex<'t> {
    /// The index of a text; `None` if it is no JSON. What else is wrong with a manifest is for its own reader to say.
    pub fn read(text: &'t str) -> Option<Self> {
        Document::read(text, &mut Collector::default()).map(Self)
    }

    /// Whether there is such an entry; upper and lower case are one.
    pub fn has(&self, kind: DependencyKind, slug: &str) -> bool {
        let (list, key) = kind.place();
        let entries = member(self.0.root(), list).map(|node| items(node)).unwrap_or_default();
        entries.iter().any(|entry| is_named(entry, key, slug))
    }

    /// The slug of a domain that a path names by its position or by its slug.
    pub fn domain_slug(&self, segment: &str) -> Option<&str> {
        let domain = step(member(self.0.root(), "domains")?, segment)?;
        let Value::Text(slug) = &member(domain, "slug")?.value else { return None };
        Some(slug)
    }

    /// The whole number at a dotted path such as `global.heartbeatSeconds` or `domains.0.tvlLimit`.
    pub fn number(&self, path: &str) -> Option<U256> {
        let mut node = self.0.root();
        for segment in path.split('.') {
            node = step(node, segment)?;
        }
        whole_number(&node.value)
    }
}

fn step<'n>(node: &'n Node<'n>, segment: &str) -> Option<&'n Node<'n>> {
    match &node.value {
        Value::Object(_) => member(node, segment),
        Value::List(items) => match segment.parse::<usize>() {
            Ok(index) => items.get(index),
            Err(_) => items.iter().find(|item| is_named(item, "slug", segment)),
        },
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => None,
    }
}

fn member<'n>(node: &'n Node<'n>, name: &str) -> Option<&'n Node<'n>> {
    let Value::Object(members) = &node.value else { return None };
    members.iter().rev().find(|member| member.name == name).map(|member| &member.node)
}

fn items<'n>(node: &'n Node<'n>) -> &'n [Node<'n>] {
    if let Value::List(items) = &node.value { items } else { &[] }
}

fn is_named(entry: &Node<'_>, key: &str, slug: &str) -> bool {
    let found = member(entry, key).map(|node| &node.value);
    matches!(found, Some(Value::Text(text)) if text.eq_ignore_ascii_case(slug))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_numbers_are_found() {
        let text = r#"{"global": {"heartbeatSeconds": 540},
            "domains": [{"slug": "Earth", "tvlLimit": "100000000000000000000000"}, {"slug": "sky"}],
            "guardianProtocols": [{"scenario": "Flash crash"}]}"#;
        let manifest = ManifestIndex::read(text).unwrap();

        assert!(manifest.has(DependencyKind::Domain, "earth"));
        assert!(manifest.has(DependencyKind::Protocol, "flash crash"));
        assert!(!manifest.has(DependencyKind::Sentinel, "earth"));
        assert_eq!(manifest.number("global.heartbeatSeconds"), Some(U256::from(540)));
        let limit = Some(U256::from(100_000_000_000_000_000_000_000_u128));
        assert_eq!(manifest.number("domains.0.tvlLimit"), limit);
        assert_eq!(manifest.number("domains.earth.tvlLimit"), limit);
        assert_eq!(manifest.number("domains.7.tvlLimit"), None);
        assert_eq!(manifest.domain_slug("1"), Some("sky"));
        assert!(ManifestIndex::read("no").is_none());
    }
}
