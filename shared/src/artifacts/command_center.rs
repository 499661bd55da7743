//! `phase8-owner-command-center.md`: what the owner holds in hand.

use alloy_sol_types::SolCall;

use super::emergency::{PREREQUISITES, PROCEDURES};
use super::markdown::{Document, Side, account, code, plain, plain_list};
use super::{Artifact, Dossier, Readiness};
use crate::chain::abi::ISystemPause;
use crate::chain::field::duration_words;
use crate::format::counted;
use crate::plan::{PlanGroup, Route};
use crate::simulate::OWNER_CONTROLS;

impl Dossier<'_> {
    /// What the owner holds in hand.
    pub fn owner_command_center(&self) -> Artifact {
        let mut document = Document::new(
            "Owner command center",
            format_args!("As of {}, chain {}.", self.facts.generated_at, self.facts.chain_id),
        );
        document.section("Active control surface");
        document.facts(self.surface());
        document.section("Authority levers");
        let levers = OWNER_CONTROLS.iter().map(|it| {
            [
                format!("**{}**", it.label),
                code(format_args!("{}.{}", it.contract, it.function_signature)),
                it.description.to_owned(),
                it.impact.to_owned(),
            ]
        });
        let columns = [
            ("Lever", Side::Left),
            ("Call", Side::Left),
            ("Does", Side::Left),
            ("Then", Side::Left),
        ];
        document.table(columns, levers);
        document.section("Guardrails");
        document.facts(self.guardrail_facts());
        document.section("Execution checklist");
        document.paragraph(self.plan_words());
        document.tasks(self.execution());
        document.section("Emergency operations");
        document.paragraph(match self.readiness() {
            Readiness::Ready => "Ready: both calls below can be sent as they stand.",
            Readiness::MissingManager => {
                "**Not ready: no manager is named.** Name it in `global.phase8Manager` or with `--manager`."
            }
            Readiness::MissingSystemPause => {
                "**Not ready: no pause switch is named.** Name it in `global.systemPause`."
            }
        });
        document.bullets(PREREQUISITES);
        let procedures = PROCEDURES.map(|it| it.split_once(". ").map_or(it, |(_, words)| words));
        document.steps(procedures);
        if let Some(route) = self.facts.route.filter(|_| self.readiness() == Readiness::Ready) {
            for (title, pause) in [
                ("Pause every module", ISystemPause::pauseAllCall {}.abi_encode()),
                ("Resume every module", ISystemPause::unpauseAllCall {}.abi_encode()),
            ] {
                let call = route.carry(Self::forwarded(&pause));
                document.part(title);
                document.block("text", format_args!("to   {:#x}\ndata {}", call.to, call.data));
            }
        }
        Artifact { name: "phase8-owner-command-center.md", text: document.finish() }
    }

    fn surface(&self) -> Vec<(&'static str, String)> {
        let global = &self.manifest.global;
        let manager = self.manager().map_or_else(|| "none is named".to_owned(), account);
        let route = match self.facts.route {
            Some(Route::OwnerProxy { proxy, .. }) => {
                format!("through the owner proxy {}", account(proxy))
            }
            Some(Route::Direct { .. }) => "at once: the sender governs the manager".to_owned(),
            None => "unknown until a manager is named".to_owned(),
        };
        vec![
            ("Manager", manager),
            ("Sender", account(self.facts.sender)),
            ("Calls go", route),
            ("Pause switch", account(global.system_pause)),
            ("Guardian council", account(global.guardian_council)),
            ("Upgrade coordinator", account(global.upgrade_coordinator)),
            ("Validator registry", account(global.validator_registry)),
            ("Treasury", account(global.treasury)),
        ]
    }

    /// What holds the programme back.
    pub(super) fn guardrail_facts(&self) -> Vec<(&'static str, String)> {
        let global = &self.manifest.global;
        let mut facts = vec![
            ("Dominance score", self.verdict_words()),
            ("Guardians' review window", duration_words(global.guardian_review_window)),
            ("Heartbeat", duration_words(global.heartbeat_seconds)),
            ("Greatest drawdown", global.max_drawdown_bps.to_string()),
        ];
        if let Some(guards) = self.manifest.guards() {
            let pausable = if guards.pausable { "yes" } else { "**no**" };
            facts.extend([
                ("Autonomy cap", guards.max_autonomy_bps.to_string()),
                ("Human override", counted_minutes(guards.human_override_minutes)),
                ("Can be paused", pausable.to_owned()),
                ("Escalation", plain_list(&guards.escalation_channels)),
            ]);
        }
        let kernel = self.manifest.self_improvement.as_ref().and_then(|it| it.guardrails.as_ref());
        if let Some(checksum) = kernel.and_then(|it| it.checksum.as_ref()) {
            let words = format!("{} {}", plain(&checksum.algorithm), code(&checksum.value));
            facts.push(("Kernel checksum", words));
        }
        if let Some(proof) = kernel.and_then(|it| it.zk_proof.as_ref()) {
            let words = format!("{}: {}", plain(&proof.circuit), proof.status.as_str());
            facts.push(("Alignment proof", words));
        }
        facts
    }

    /// How much is left to do, in a sentence.
    pub(super) fn plan_words(&self) -> String {
        let (plan, unchanged) = (self.plan, self.plan.unchanged);
        let left = match plan.left_over.len() {
            0 => String::new(),
            count => format!(
                " The chain has {} beyond the manifest, which stay until a teardown removes them.",
                if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
            ),
        };
        if plan.is_empty() {
            format!("Nothing is left to do: the chain holds what the manifest says.{left}")
        } else {
            let calls = counted(plan.calls.len(), "call");
            format!(
                "{calls} to make; {unchanged} of the manifest's parts are on the chain already.{left}"
            )
        }
    }

    /// What to do, in order, with what is to be checked before.
    pub(super) fn execution(&self) -> Vec<String> {
        let mut steps = Vec::new();
        for (field, address) in &self.plan.code_needed {
            steps.push(format!("Make sure that {field} {} is a contract", account(*address)));
        }
        for group in PlanGroup::ALL {
            let count = self.plan.of(group).count();
            if count > 0 {
                steps.push(format!("{}: {}", group.title(), counted(count, "call")));
            }
        }
        if !self.plan.is_empty() {
            steps.push("Read every receipt: each must say success".to_owned());
            steps.push("Plan again: the second plan must be empty".to_owned());
        }
        steps
    }
}

/// `15 minutes`.
pub(super) fn counted_minutes(minutes: u32) -> String {
    duration_words(u64::from(minutes).saturating_mul(60))
}
