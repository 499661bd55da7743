//! What is to be ordered, in groups, in words and as levers, with the documents of it.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall;
use serde::{Deserialize, Serialize};

use super::Survey;
use super::answers::Site;
use crate::api::ReadRequest;
use crate::artifacts::{Document, Dossier, Facts};
use crate::chain::abi::IOwnerProxy;
use crate::chain::field::Names;
use crate::chain::words::lever_words;
use crate::chain::{Call, Circumstances, Intent, Lever, slug_key};
use crate::findings::Findings;
use crate::manifest::Manifest;
use crate::plan::{Order, Plan, Route, Stage};
use crate::score::dominance::GuardrailVerdict;
use crate::time::Timestamp;

/// Seconds for which a signed request of the owner is good.
const GOOD_FOR: u64 = 3_600;

/// Everything that is left to order, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outline {
    /// Who must send it.
    pub owner: Address,
    /// The owner's nonce at the door.
    pub nonce: U256,
    /// Seconds that the owner's timelock waits.
    pub delay: u64,
    /// What is worth knowing about the manifest.
    pub findings: Findings,
    /// The orders, in the order in which they are sent.
    pub groups: Vec<OutlineGroup>,
    /// Orders that were scheduled and wait in the timelock, in words.
    pub waiting: Vec<String>,
    /// Entries and settings that are as the files say already.
    pub unchanged: usize,
    /// What a person should know.
    pub remarks: Vec<String>,
    /// The dominance score against its guardrail, in words.
    pub verdict: String,
    /// Everything in one call of the door, to try it out; none where that is larger than one request of reads may be.
    pub batch: Option<Call>,
    /// The documents.
    pub files: Vec<Document>,
}

/// A part of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlineGroup {
    /// What people call it.
    pub title: String,
    /// Its orders.
    pub orders: Vec<Outlined>,
}

/// One order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlined {
    /// `updateDomain planetary-finance (tvlLimit)`.
    pub title: String,
    /// Tells it from every other of the plan; letters, digits and hyphens.
    pub key: String,
    /// The lever.
    pub lever: Lever,
    /// Tells its operation from another with the same effect, if it is delayed.
    pub salt: B256,
    /// What changes: the field, as it is, as it will be.
    pub changes: Vec<[String; 3]>,
}

impl Outline {
    /// Every order, as it is sent one after the other.
    pub fn orders(&self) -> impl Iterator<Item = &Outlined> {
        self.groups.iter().flat_map(|group| &group.orders)
    }
}

/// What an outline is made from.
pub(super) struct Around<'a> {
    pub(super) survey: &'a Survey,
    pub(super) site: &'a Site,
    pub(super) manifest: &'a Manifest,
    pub(super) plan: &'a Plan,
}

impl Around<'_> {
    pub(super) fn outline(&self, orders: Vec<Order>, stages: Vec<Option<Stage>>) -> Outline {
        let Self { survey, site, manifest, plan } = *self;
        let names = named(site.registry.names(Names::default()), manifest);
        let mut outline = Outline {
            owner: site.owner,
            nonce: site.nonce,
            delay: site.delay,
            ..Outline::default()
        };
        let mut intents = Vec::with_capacity(orders.len());
        // What waits is none of the manager's own calls, so those stay in front.
        let mut beside = Vec::new();
        for (index, (order, stage)) in orders.into_iter().zip(stages).enumerate() {
            let salt = match stage {
                None => B256::ZERO,
                Some(Stage::Schedule(operation)) => operation.salt,
                Some(Stage::Waits { until }) => {
                    let until = Timestamp::from_millis(until.saturating_mul(1_000));
                    outline.waiting.push(format!("{order} waits until {until}"));
                    continue;
                }
                Some(Stage::Due(_)) => {
                    outline.waiting.push(format!("{order} has waited and can be carried out"));
                    continue;
                }
            };
            let sent = u64::try_from(intents.len()).unwrap_or(u64::MAX);
            let around = Circumstances {
                chain_id: survey.chain_id,
                nonce: site.nonce.saturating_add(U256::from(sent)),
                deadline: survey.chain_now.saturating_add(GOOD_FOR),
                delay: site.delay,
                salt,
            };
            let intent = Intent::new(order.lever.clone(), &survey.contracts, around);
            if index >= plan.calls.len() {
                beside.push(intent.transaction());
            }
            intents.push(intent);
            let title = order.group.title();
            let order = outlined(order, salt, &names);
            match outline.groups.last_mut() {
                Some(group) if group.title == title => group.orders.push(order),
                Some(_) | None => {
                    let title = title.to_owned();
                    outline.groups.push(OutlineGroup { title, orders: vec![order] });
                }
            }
        }
        outline.batch = self.batch(&intents);
        self.write(&mut outline, &beside);
        outline
    }

    /// Every call in one of the door.
    fn batch(&self, intents: &[Intent]) -> Option<Call> {
        if intents.is_empty() {
            return None;
        }
        let call = |intent: &Intent| {
            let ordered = intent.ordered();
            IOwnerProxy::Call { target: ordered.to, data: ordered.data }
        };
        let calls = intents.iter().map(call).collect();
        let data = IOwnerProxy::executeBatchCall { calls }.abi_encode();
        let fits = data.len() <= ReadRequest::MAX_CALLDATA;
        fits.then(|| Call { to: self.survey.contracts.owner_proxy, data: data.into() })
    }

    fn write(&self, outline: &mut Outline, beside: &[Call]) {
        let contracts = &self.survey.contracts;
        let facts = Facts {
            generated_at: self.survey.now,
            chain_id: self.survey.chain_id,
            route: Some(Route::OwnerProxy {
                manager: contracts.manager,
                proxy: contracts.owner_proxy,
            }),
            sender: self.site.owner,
            guardrail: GuardrailVerdict::USUAL,
        };
        let dossier = Dossier::new(self.manifest, self.plan, facts).with_calls(beside);
        let verdict = dossier.verdict();
        let passes = if verdict.passes() { "passes" } else { "is below" };
        outline.verdict = format!(
            "Dominance score {}: {passes} the guardrail of {}.",
            verdict.score, verdict.least
        );
        outline.files = dossier.artifacts().into_iter().map(Document::from).collect();
    }
}

/// What the chain does not name yet is named as the manifest does.
fn named(names: Names, manifest: &Manifest) -> Names {
    let domains = manifest.domains.iter().map(|it| &it.slug);
    let sentinels = manifest.sentinels.iter().map(|it| &it.slug);
    let streams = manifest.capital_streams.iter().map(|it| &it.slug);
    let slugs = domains.chain(sentinels).chain(streams);
    slugs.fold(names, |names, slug| names.with(slug_key(slug), slug.clone()))
}

fn outlined(order: Order, salt: B256, names: &Names) -> Outlined {
    let words = lever_words(&order.lever, 0, names);
    // Of what is there already only the difference is told; of what is new everything, in the panel.
    let said = |text: Option<String>| text.unwrap_or_else(|| "nothing".to_owned());
    let changes = if order.changed.is_empty() {
        let now = if order.lever.inverse().is_some() { words.now } else { "nothing".to_owned() };
        vec![[String::new(), now, words.new]]
    } else {
        let fields = words.changes.into_iter();
        fields.map(|field| [field.label, said(field.now), said(field.new)]).collect()
    };
    let slug = order.slug.as_deref().unwrap_or_default();
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let slug: String = slug.chars().map(plain).collect();
    Outlined {
        title: order.to_string(),
        key: format!("{}-{slug}", order.function).trim_end_matches('-').to_owned(),
        lever: order.lever,
        salt,
        changes,
    }
}
