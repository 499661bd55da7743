//! The mesh of a manifest: who watches, funds, guards and serves which domain. Built once, in one pass over the links.

use std::collections::BTreeMap;

use alloy_primitives::U256;

use super::Manifest;

/// Who stands behind each domain. Slugs are compared in lower case; a sentinel or stream that names no domain is behind
/// all of them, and one that names a domain twice counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mesh {
    by_slug: BTreeMap<String, usize>,
    sentinels: BTreeMap<String, usize>,
    /// One for each domain, in the order of the manifest.
    pub domains: Vec<DomainLinks>,
}

/// Who stands behind one domain, by position in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DomainLinks {
    /// Sentinels that watch it.
    pub sentinels: Vec<usize>,
    /// Streams that fund it.
    pub streams: Vec<usize>,
    /// Protocols that name it, or a sentinel that watches it.
    pub protocols: Vec<usize>,
    /// Teams that name it.
    pub teams: Vec<usize>,
    /// Seconds that its sentinels watch without a gap, summed.
    pub coverage_seconds: u64,
    /// Dollars a year of the streams that fund it; a stream counts in full for each of its domains.
    pub funding: U256,
}

/// A slug as it is compared: in lower case, as the contract lowers it.
pub(super) fn folded(slug: &str) -> String {
    slug.to_ascii_lowercase()
}

impl Mesh {
    /// The mesh of a manifest. Names that nothing has are passed over.
    pub fn new(manifest: &Manifest) -> Self {
        let by_slug = positions(manifest.domains.iter().map(|it| it.slug.as_str()));
        let sentinels = positions(manifest.sentinels.iter().map(|it| it.slug.as_str()));
        let domains = vec![DomainLinks::default(); manifest.domains.len()];
        let mut mesh = Self { by_slug, sentinels, domains };
        let mut watched: Vec<Vec<usize>> = Vec::with_capacity(manifest.sentinels.len());
        for (index, sentinel) in manifest.sentinels.iter().enumerate() {
            let reached = mesh.reached(&sentinel.domains);
            for links in mesh.at(&reached) {
                links.sentinels.push(index);
                links.coverage_seconds =
                    links.coverage_seconds.saturating_add(sentinel.coverage_seconds);
            }
            watched.push(reached);
        }
        for (index, stream) in manifest.capital_streams.iter().enumerate() {
            let reached = mesh.reached(&stream.domains);
            for links in mesh.at(&reached) {
                links.streams.push(index);
                links.funding = links.funding.saturating_add(stream.annual_budget);
            }
        }
        for (index, protocol) in manifest.guardian_protocols.iter().enumerate() {
            let named = mesh.named(&protocol.linked_domains);
            let sentinels = protocol.linked_sentinels.iter();
            let sentinels = sentinels.filter_map(|slug| mesh.sentinel(slug));
            let seen = sentinels.filter_map(|it| watched.get(it)).flatten().copied();
            let mut reached: Vec<usize> = named.into_iter().chain(seen).collect();
            reached.sort_unstable();
            reached.dedup();
            for links in mesh.at(&reached) {
                links.protocols.push(index);
            }
        }
        for (index, team) in manifest.ai_teams.iter().enumerate() {
            let reached = mesh.named(&team.domains);
            for links in mesh.at(&reached) {
                links.teams.push(index);
            }
        }
        mesh
    }

    /// The position of a domain.
    pub fn domain(&self, slug: &str) -> Option<usize> {
        self.by_slug.get(&folded(slug)).copied()
    }

    /// The position of a sentinel.
    pub fn sentinel(&self, slug: &str) -> Option<usize> {
        self.sentinels.get(&folded(slug)).copied()
    }

    /// The positions that a list of slugs reaches, each once; an empty list reaches every domain.
    pub fn reached(&self, slugs: &[String]) -> Vec<usize> {
        if slugs.is_empty() { (0..self.domains.len()).collect() } else { self.named(slugs) }
    }

    fn named(&self, slugs: &[String]) -> Vec<usize> {
        let mut found: Vec<usize> = slugs.iter().filter_map(|slug| self.domain(slug)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The links at positions that rise.
    fn at(&mut self, positions: &[usize]) -> impl Iterator<Item = &mut DomainLinks> {
        let mut wanted = positions.iter().copied().peekable();
        let links = self.domains.iter_mut().enumerate();
        links.filter_map(move |(index, links)| wanted.next_if_eq(&index).map(|_| links))
    }
}

/// The first position of each slug.
fn positions<'s>(slugs: impl Iterator<Item = &'s str>) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (index, slug) in slugs.enumerate() {
        found.entry(folded(slug)).or_insert(index);
    }
    found
}
