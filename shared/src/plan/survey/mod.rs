//! A bootstrap in rounds, without a machine that asks: the files and everything that the chain answered so far give the next
//! questions, what stands against them, or the outline of what is to be ordered. The page has it done by its worker.

mod answers;
mod outline;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use self::answers::{Answers, Site};
pub use self::outline::{Outline, OutlineGroup, Outlined};
use super::{Order, PlanRequest, Stage, muster, plan};
use crate::api::ReadValue;
use crate::chain::{Call, Contracts};
use crate::findings::{Findings, Loaded};
use crate::manifest::{self, Manifest, Resolver};
use crate::policy::{GovernancePolicies, ModelAdapter, read_adapters, read_policies};
use crate::time::Timestamp;

/// What a bootstrap is planned from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// The manifest's text.
    pub manifest: String,
    /// The text of the governance policies, if there are any.
    pub policies: Option<String>,
    /// The text of the model adapters, if there are any.
    pub adapters: Option<String>,
    /// The contracts.
    pub contracts: Contracts,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// When the documents are made.
    pub now: Timestamp,
    /// The chain's time in Unix seconds, as the last answers had it.
    pub chain_now: u64,
    /// What the chain answered, round by round.
    pub answers: Vec<Vec<ReadValue>>,
}

/// What comes of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surveyed {
    /// A file is refused; nothing is planned from it.
    Refused {
        /// Which file, in words.
        file: String,
        /// Everything that was found in it.
        findings: Findings,
    },
    /// The contracts are not as a plan needs them.
    Trouble {
        /// What is the matter, in words.
        what: String,
        /// What to do.
        mend: String,
    },
    /// The chain is to be asked this; the answers are the next round's.
    Ask(Vec<Call>),
    /// What is to be ordered.
    Ready(Box<Outline>),
}

/// The files, read.
struct Read {
    manifest: Manifest,
    findings: Findings,
    policies: Option<GovernancePolicies>,
    adapters: Vec<ModelAdapter>,
}

impl Survey {
    /// What is next.
    pub fn next(&self) -> Surveyed {
        let read = match self.read() {
            Ok(read) => read,
            Err(refused) => return refused,
        };
        if let Some(named) = read.manifest.global.manager
            && !named.is_zero()
            && named != self.contracts.manager
        {
            return Surveyed::Trouble {
                what: format!(
                    "The manifest names the manager {named}, and this Mission Control works with {}",
                    self.contracts.manager
                ),
                mend: "Correct global.phase8Manager, or plan for that manager with `phase8 bootstrap`."
                    .to_owned(),
            };
        }
        let mut answers = Answers::of(&self.answers);
        let site = match Site::read(&self.contracts, &read.adapters, &mut answers) {
            Ok(site) => site,
            Err(next) => return next,
        };
        self.outline(&read, &site, answers)
    }

    fn read(&self) -> Result<Read, Surveyed> {
        let policies = self
            .policies
            .as_deref()
            .map(|text| accepted("the governance policies", read_policies(text)));
        let policies = policies.transpose()?.map(|(policies, _)| policies);
        let adapters = self
            .adapters
            .as_deref()
            .map(|text| accepted("the model adapters", read_adapters(text)));
        let adapters = adapters.transpose()?.map(|(adapters, _)| adapters).unwrap_or_default();
        let resolver = Resolver { policies: policies.as_ref(), contracts: Some(&self.contracts) };
        let (manifest, findings) =
            accepted("the manifest", manifest::read(&self.manifest, resolver))?;
        Ok(Read { manifest, findings, policies, adapters })
    }

    fn outline(&self, read: &Read, site: &Site, mut answers: Answers<'_>) -> Surveyed {
        let now = self.chain_now.max(self.now.unix_seconds());
        let request = PlanRequest { now, record: None };
        let plan = match plan(&read.manifest, Some(&site.registry), &request) {
            Ok(plan) => plan,
            Err(refusals) => {
                let findings = super::findings(&refusals, &self.manifest);
                return Surveyed::Refused { file: "the manifest".to_owned(), findings };
            }
        };
        let mut orders = plan.orders();
        let muster = muster(read.policies.as_ref(), &read.adapters, &site.roster);
        orders.extend(muster.orders.iter().cloned());
        let asked: Vec<Call> =
            orders.iter().flat_map(|order| self.questions(order, site)).collect();
        let timestamps = match answers.next(&asked) {
            Ok(timestamps) => timestamps,
            Err(next) => return next,
        };
        let mut timestamps = timestamps.iter();
        let stages: Vec<Option<Stage>> = orders
            .iter()
            .map(|order| site.stage(&self.contracts, order, &mut timestamps, now))
            .collect();
        let mut remarks: Vec<String> = plan.left_over.iter().map(ToString::to_string).collect();
        remarks.extend(muster.remarks);
        let unchanged = plan.unchanged.saturating_add(muster.unchanged);
        let around = outline::Around { survey: self, site, manifest: &read.manifest, plan: &plan };
        let mut outline = around.outline(orders, stages);
        outline.findings = read.findings.clone();
        outline.unchanged = unchanged;
        outline.remarks.extend(remarks);
        Surveyed::Ready(Box::new(outline))
    }

    /// What the timelock is asked about an order.
    fn questions(&self, order: &Order, site: &Site) -> Vec<Call> {
        order.operations(&self.contracts, site.delay).iter().map(Stage::question).collect()
    }
}

/// What was read with its remarks, or the refusal.
fn accepted<T>(file: &str, loaded: Loaded<T>) -> Result<(T, Findings), Surveyed> {
    loaded.into_result().map_err(|findings| Surveyed::Refused { file: file.to_owned(), findings })
}
