//! `phase8-guardian-response-playbook.md`: what guardians do in each emergency, the gravest first.

use super::markdown::{Document, Side, plain, plain_list};
use super::{Artifact, Dossier};
use crate::format::{counted, to_fixed};

impl Dossier<'_> {
    /// What guardians do in each emergency, the gravest first.
    pub fn guardian_response_playbook(&self) -> Artifact {
        let manifest = self.manifest;
        let metrics = &self.metrics;
        let mut document = Document::new(
            "Guardian response playbook",
            format_args!(
                "{}; on average {} ({} of 1). Guardians have {} seconds to look before autonomy goes on.",
                counted(manifest.guardian_protocols.len(), "protocol"),
                metrics.severity_label().as_str(),
                to_fixed(metrics.protocol_severity, 2),
                metrics.guardian_window_seconds
            ),
        );
        let mut protocols: Vec<_> = manifest.guardian_protocols.iter().collect();
        protocols.sort_by_key(|it| it.severity);
        let rows = protocols
            .iter()
            .map(|it| [plain(&it.scenario), it.severity.as_str().to_owned(), plain(&it.trigger)]);
        let columns =
            [("Scenario", Side::Left), ("Severity", Side::Left), ("Starts when", Side::Left)];
        document.table(columns, rows);
        for protocol in protocols {
            document.section(plain(&protocol.scenario));
            let watchers: Vec<&str> = protocol
                .linked_sentinels
                .iter()
                .map(|slug| {
                    let found = self.mesh.sentinel(slug);
                    let found = found.and_then(|at| manifest.sentinels.get(at));
                    found.map_or(slug.as_str(), |it| it.name.as_str())
                })
                .collect();
            let domains: Vec<&str> = protocol
                .linked_domains
                .iter()
                .map(|slug| {
                    let found = self.mesh.domain(slug).and_then(|at| manifest.domains.get(at));
                    found.map_or(slug.as_str(), |it| it.name.as_str())
                })
                .collect();
            document.facts([
                ("Severity", protocol.severity.as_str().to_owned()),
                ("Starts when", plain(&protocol.trigger)),
                ("Seen by", plain_list(&watchers)),
                ("About", plain_list(&domains)),
            ]);
            for (title, actions) in [
                ("At once", &protocol.immediate_actions),
                ("Then", &protocol.stabilization_actions),
                ("Tell", &protocol.communications),
            ] {
                document.part(title);
                document.steps(actions.iter().map(|action| plain(action)));
            }
            if !protocol.success_criteria.is_empty() {
                document.part("Over when");
                document.tasks(protocol.success_criteria.iter().map(|it| plain(it)));
            }
        }
        Artifact { name: "phase8-guardian-response-playbook.md", text: document.finish() }
    }
}
