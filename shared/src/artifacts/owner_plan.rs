//! The owner's directives as a plan: what each parameter is in the manifest, what it shall be, and by which call; as JSON,
//! Markdown and a Mermaid flowchart.

use std::fmt::Write as _;

use alloy_primitives::{Address, U256};
use serde::Serialize;

use super::markdown::{Document, Side, account, code, plain, plain_list};
use super::mermaid::label;
use super::{Artifact, json};
use crate::policy::{DirectedParameter, DirectiveSeverity, ManifestIndex, OwnerDirectives};
use crate::time::Timestamp;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnerPlan<'a> {
    generated_at: String,
    owner: Address,
    pause_guardian: Address,
    governance_council: &'a [Address],
    surfaces: Vec<Surface<'a>>,
    parameters: Vec<Line<'a>>,
    changes: usize,
    tripwires: &'a [crate::policy::DirectedTripwire],
    ci: &'a crate::policy::CiGate,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Surface<'a> {
    key: &'a str,
    name: &'a str,
    address: String,
    methods: Vec<&'a str>,
    guardrails: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    name: &'a str,
    path: &'a str,
    unit: &'a str,
    /// As the manifest has it; `null` where it has nothing there.
    current: Option<String>,
    desired: String,
    min: Option<String>,
    max: Option<String>,
    state: State,
    call: &'a str,
    /// The function of these contracts that makes the change.
    function: Option<&'static str>,
}

/// How a parameter stands to the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Reached,
    ToChange,
    Unknown,
}

impl OwnerDirectives {
    /// The plan in its three forms. Without a manifest what is now is unknown.
    pub fn plan(&self, manifest: Option<&ManifestIndex<'_>>, at: Timestamp) -> [Artifact; 3] {
        let lines: Vec<Line<'_>> = self.parameters.iter().map(|it| line(it, manifest)).collect();
        let plan = OwnerPlan {
            generated_at: at.to_string(),
            owner: self.owner,
            pause_guardian: self.pause_guardian,
            governance_council: &self.governance_council,
            surfaces: self.control_surfaces.iter().map(Surface::from).collect(),
            changes: lines.iter().filter(|line| line.state == State::ToChange).count(),
            parameters: lines,
            tripwires: &self.tripwires,
            ci: &self.ci,
        };
        [
            json("phase8-owner-directives-plan.json", &plan),
            self.in_markdown(&plan),
            Artifact { name: "phase8-owner-directives-plan.mmd", text: self.chart(&plan) },
        ]
    }

    fn in_markdown(&self, plan: &OwnerPlan<'_>) -> Artifact {
        let lead = format!(
            "Made {}. {} of {} parameters are to be changed.",
            plan.generated_at,
            plan.changes,
            plan.parameters.len()
        );
        let mut document = Document::new("Owner directives", lead);
        document.section("Who");
        document.facts([
            ("Owner", account(self.owner)),
            ("Pause guardian", account(self.pause_guardian)),
        ]);
        document.section("Parameters");
        let columns = [
            ("Parameter", Side::Left),
            ("Now", Side::Right),
            ("New", Side::Right),
            ("Bounds", Side::Left),
            ("Unit", Side::Left),
            ("Call", Side::Left),
        ];
        document.table(columns, plan.parameters.iter().map(row));
        document.section("Control surfaces");
        for surface in &self.control_surfaces {
            document.part(plain(&surface.name));
            document.paragraph(plain(&surface.description));
            document.facts([
                ("Address", code(&surface.address)),
                ("Can", plain_list(&surface.capabilities)),
                ("Held back by", plain_list(&surface.guardrails)),
            ]);
            document.bullets(surface.methods.iter().map(|method| {
                let notes = method.safety_notes.as_deref().map(plain).unwrap_or_default();
                format!("{}: {} {notes}", code(&method.signature), plain(&method.description))
            }));
        }
        document.section("Tripwires");
        let columns = [
            ("Tripwire", Side::Left),
            ("Severity", Side::Left),
            ("When", Side::Left),
            ("Then", Side::Left),
        ];
        document.table(
            columns,
            self.tripwires.iter().map(|it| {
                let severity = severity(it.severity).to_owned();
                [plain(&it.id), severity, plain(&it.description), plain(&it.response)]
            }),
        );
        document.section("Before a change");
        document.paragraph(format_args!("Workflow {}.", code(&self.ci.workflow)));
        document.tasks(self.ci.require_status_checks.iter().map(|check| plain(check)));
        Artifact { name: "phase8-owner-directives-plan.md", text: document.finish() }
    }

    fn chart(&self, plan: &OwnerPlan<'_>) -> String {
        let mut text = "flowchart LR\n  owner([\"Owner\"])\n".to_owned();
        // Writing to a string cannot fail.
        for (index, surface) in self.control_surfaces.iter().enumerate() {
            let _ = writeln!(text, "  s{index}[\"{}\"]", label(&surface.name));
            let _ = writeln!(text, "  owner --> s{index}");
        }
        for (index, line) in plan.parameters.iter().enumerate() {
            let now = line.current.as_deref().unwrap_or("?");
            let words = if line.state == State::Reached {
                line.desired.clone()
            } else {
                format!("{now} → {}", line.desired)
            };
            let _ = writeln!(text, "  p{index}[\"{}<br/>{words}\"]", label(line.name));
            let _ =
                writeln!(text, "  owner -.->|{}| p{index}", line.function.unwrap_or("manifest"));
        }
        for (index, tripwire) in self.tripwires.iter().enumerate() {
            let _ = writeln!(text, "  t{index}{{{{\"{}\"}}}} --> owner", label(&tripwire.id));
        }
        text
    }
}

impl<'a> From<&'a crate::policy::ControlSurface> for Surface<'a> {
    fn from(surface: &'a crate::policy::ControlSurface) -> Self {
        Self {
            key: &surface.key,
            name: &surface.name,
            address: surface.address.to_string(),
            methods: surface.methods.iter().map(|method| method.signature.as_str()).collect(),
            guardrails: &surface.guardrails,
        }
    }
}

fn line<'a>(parameter: &'a DirectedParameter, manifest: Option<&ManifestIndex<'_>>) -> Line<'a> {
    let current = manifest.and_then(|manifest| manifest.number(&parameter.path));
    let state = match current {
        None => State::Unknown,
        Some(current) if current == parameter.desired => State::Reached,
        Some(_) => State::ToChange,
    };
    let written = |number: U256| number.to_string();
    Line {
        name: &parameter.name,
        path: &parameter.path,
        unit: &parameter.unit,
        current: current.map(written),
        desired: written(parameter.desired),
        min: parameter.min.map(written),
        max: parameter.max.map(written),
        state,
        call: &parameter.call,
        function: parameter.function().map(crate::chain::decode::Function::name),
    }
}

fn row(line: &Line<'_>) -> [String; 6] {
    let bound = |bound: &Option<String>| bound.clone().unwrap_or_else(|| "–".to_owned());
    let now = line.current.clone().unwrap_or_else(|| "unknown".to_owned());
    let new =
        if line.state == State::Reached { "as it is".to_owned() } else { line.desired.clone() };
    let bounds = format!("{} to {}", bound(&line.min), bound(&line.max));
    [plain(line.name), now, new, bounds, plain(line.unit), code(line.call)]
}

const fn severity(severity: DirectiveSeverity) -> &'static str {
    match severity {
        DirectiveSeverity::Info => "info",
        DirectiveSeverity::Warning => "warning",
        DirectiveSeverity::Critical => "critical",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::read_directives;

    #[test]
    fn the_shipped_directives_become_three_documents() {
        let directives = read_directives(include_str!("../../../configs/owner-directives.json"))
            .into_result()
            .unwrap()
            .0;
        let manifest = include_str!("../../../configs/universal.value.manifest.json");
        let manifest = ManifestIndex::read(manifest).unwrap();

        let [json, markdown, chart] = directives.plan(Some(&manifest), Timestamp::from_millis(0));

        insta::assert_snapshot!(json.text);
        insta::assert_snapshot!(markdown.text);
        insta::assert_snapshot!(chart.text);
    }
}
