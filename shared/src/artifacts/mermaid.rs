//! `phase8-mermaid-diagram.mmd`: the mesh as a Mermaid flowchart.

use std::fmt::Write as _;

use super::{Artifact, Dossier};

impl Dossier<'_> {
    /// The mesh as a Mermaid flowchart. One who watches or funds every domain points at all of them together.
    pub fn mermaid_diagram(&self) -> Artifact {
        let manifest = self.manifest;
        let mut text = "flowchart LR\n  council[\"Guardian council\"]\n".to_owned();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  subgraph domains[\"Domains\"]");
        for (index, domain) in manifest.domains.iter().enumerate() {
            let value = domain.value_flow_monthly.short();
            let _ = writeln!(text, "    d{index}[\"{}<br/>{value} a month\"]", label(&domain.name));
        }
        let _ = writeln!(text, "  end");
        for (index, sentinel) in manifest.sentinels.iter().enumerate() {
            let _ = writeln!(text, "  s{index}([\"{}\"])", label(&sentinel.name));
            let _ = writeln!(text, "  council --> s{index}");
            self.arrows(&mut text, &format!("s{index} -->|watches|"), &sentinel.domains);
        }
        for (index, stream) in manifest.capital_streams.iter().enumerate() {
            let _ = writeln!(text, "  c{index}[(\"{}\")]", label(&stream.name));
            self.arrows(&mut text, &format!("c{index} ==>|funds|"), &stream.domains);
        }
        for (index, team) in manifest.ai_teams.iter().enumerate() {
            let _ = writeln!(text, "  t{index}{{{{\"{}\"}}}}", label(&team.name));
            if !team.domains.is_empty() {
                self.arrows(&mut text, &format!("t{index} -.->|works for|"), &team.domains);
            }
        }
        Artifact { name: "phase8-mermaid-diagram.mmd", text }
    }

    fn arrows(&self, text: &mut String, arrow: &str, domains: &[String]) {
        if domains.is_empty() {
            let _ = writeln!(text, "  {arrow} domains");
            return;
        }
        for at in self.mesh.reached(domains) {
            let _ = writeln!(text, "  {arrow} d{at}");
        }
    }
}

/// A text inside quotes: Mermaid takes entities between `#` and `;`.
pub(super) fn label(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => label.push_str("#quot;"),
            '#' => label.push_str("#35;"),
            '<' => label.push_str("#lt;"),
            '>' => label.push_str("#gt;"),
            '&' => label.push_str("#amp;"),
            letter if letter.is_control() => label.push(' '),
            letter => label.push(letter),
        }
    }
    label
}
