//! The contract extensions as a plan: what is staged, what it waits for, and the way back; as JSON, Markdown and a Mermaid
//! flowchart.

use std::fmt::Write as _;

use alloy_primitives::{B256, Bytes};
use serde::Serialize;

use super::markdown::{Document, account, code, plain, plain_list};
use super::mermaid::label;
use super::{Artifact, json};
use crate::chain::{Change, Contracts, Lever};
use crate::format::counted;
use crate::policy::{ContractExtension, ContractExtensions};
use crate::time::Timestamp;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExtensionPlan<'a> {
    generated_at: String,
    version: &'a str,
    extensions: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(flatten)]
    extension: &'a ContractExtension,
    module_id: B256,
    upgrade_window_seconds: u64,
    /// The calls of the upgrade coordinator; staging is missing where no address is known.
    calls: Calls,
    /// Why it cannot be staged as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    obstacle: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Calls {
    stage: Option<Bytes>,
    activate: Option<Bytes>,
    withdraw: Option<Bytes>,
    retire: Option<Bytes>,
}

impl ContractExtensions {
    /// The plan in its three forms. Names of implementations are looked up in a deployment, if there is one.
    pub fn plan(&self, contracts: Option<&Contracts>, at: Timestamp) -> [Artifact; 3] {
        let nowhere = Contracts::locate(|_| alloy_primitives::Address::ZERO);
        let contracts = contracts.unwrap_or(&nowhere);
        let plan = ExtensionPlan {
            generated_at: at.to_string(),
            version: &self.version,
            extensions: self.extensions.iter().map(|it| entry(it, contracts)).collect(),
        };
        [
            json("phase8-contract-extensions-plan.json", &plan),
            in_markdown(&plan),
            Artifact { name: "phase8-contract-extensions-plan.mmd", text: chart(&plan) },
        ]
    }
}

fn entry<'a>(extension: &'a ContractExtension, contracts: &Contracts) -> Entry<'a> {
    let (stage, obstacle) = match extension.stage(contracts) {
        Ok(stage) => (Some(stage), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let bytes = |lever: Lever| {
        let Lever::Change(Change { data, undo, .. }) = lever else { return (None, None) };
        (Some(data), undo)
    };
    let (stage, withdraw) = stage.map(bytes).unwrap_or_default();
    let (activate, retire) = bytes(extension.activate());
    Entry {
        extension,
        module_id: extension.module_id(),
        upgrade_window_seconds: extension.upgrade_window(),
        calls: Calls { stage, activate, withdraw, retire },
        obstacle,
    }
}

fn in_markdown(plan: &ExtensionPlan<'_>) -> Artifact {
    let lead = format!(
        "Made {}, version {}: {}.",
        plan.generated_at,
        plain(plan.version),
        counted(plan.extensions.len(), "extension")
    );
    let mut document = Document::new("Contract extensions", lead);
    for entry in &plan.extensions {
        let it = entry.extension;
        document.section(plain(&it.name));
        document.paragraph(plain(&it.description));
        if let Some(obstacle) = &entry.obstacle {
            document.paragraph(format_args!("**Cannot be staged:** {}", plain(obstacle)));
        }
        let needs = it.dependencies.iter().map(|it| format!("{} {}", it.kind.as_str(), it.slug));
        let approvers: Vec<String> = it.guardian_approvers.iter().map(|it| account(*it)).collect();
        let approvers = if approvers.is_empty() { "–".to_owned() } else { approvers.join(", ") };
        document.facts([
            ("Module", code(&it.module)),
            ("Module id", code(entry.module_id)),
            ("Implementation", code(&it.implementation)),
            ("Initializer", code(&it.initializer)),
            ("While paused only", if it.pause_before_upgrade { "yes" } else { "no" }.to_owned()),
            ("Void after", format!("{} hours", it.upgrade_window_hours)),
            ("Needs", plain_list(&needs.collect::<Vec<_>>())),
            ("Checks", plain_list(&it.ci_checks)),
            ("Guardians asked", approvers),
            ("Watched at", plain_list(&it.observability)),
            ("Good for", plain_list(&it.value_levers)),
            ("Checksum", it.checksum.map_or_else(|| "–".to_owned(), code)),
        ]);
        document.part("Rollout");
        document.steps(it.rollout_plan.iter().map(|step| plain(step)));
        if let Some(rollback) = &it.rollback {
            document.part("Way back");
            let (words, call) = (plain(&rollback.description), code(&rollback.call));
            document.paragraph(format_args!("{words} {call}"));
        }
        document.part("Calls of the upgrade coordinator");
        let calls = [
            ("Stage", &entry.calls.stage),
            ("Activate", &entry.calls.activate),
            ("Withdraw", &entry.calls.withdraw),
            ("Retire", &entry.calls.retire),
        ];
        document
            .facts(calls.into_iter().filter_map(|(name, call)| Some((name, code(call.as_ref()?)))));
    }
    Artifact { name: "phase8-contract-extensions-plan.md", text: document.finish() }
}

fn chart(plan: &ExtensionPlan<'_>) -> String {
    let mut text = "flowchart LR\n".to_owned();
    // Writing to a string cannot fail.
    for (index, entry) in plan.extensions.iter().enumerate() {
        let it = entry.extension;
        let _ = writeln!(text, "  subgraph x{index}[\"{}\"]", label(&it.name));
        let _ = writeln!(text, "    x{index}s[\"Stage {}\"]", label(&it.module));
        let _ =
            writeln!(text, "    x{index}a[\"Activate within {} hours\"]", it.upgrade_window_hours);
        let _ = writeln!(text, "    x{index}r[\"Retire\"]");
        let _ = writeln!(text, "    x{index}s -->|delay, no veto| x{index}a");
        let _ = writeln!(text, "    x{index}a -.->|way back| x{index}r");
        let _ = writeln!(text, "  end");
        for (nth, need) in it.dependencies.iter().enumerate() {
            let words = format!("{} {}", need.kind.as_str(), need.slug);
            let _ = writeln!(text, "  x{index}d{nth}([\"{}\"]) --> x{index}s", label(&words));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::read_extensions;

    #[test]
    fn the_shipped_extensions_become_three_documents() {
        let text = include_str!("../../../configs/contract-extensions.json");
        let extensions = read_extensions(text, None).into_result().unwrap().0;
        let contracts =
            Contracts::locate(|name| alloy_primitives::Address::with_last_byte(1 + name as u8));

        let [json, markdown, chart] = extensions.plan(Some(&contracts), Timestamp::from_millis(0));

        insta::assert_snapshot!(json.text);
        insta::assert_snapshot!(markdown.text);
        insta::assert_snapshot!(chart.text);
    }
}
