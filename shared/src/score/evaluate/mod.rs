//! The evaluation: every adapter's composite by the original's formula, and a second score of what missions really measured,
//! by which upgrades are proposed. Whole numbers decide, so every machine gets the same ranking.
//!
//! The measured score, version 1, is a weighted mean of six parts, each from 0 to 10 000:
//! acceptance (25 %): accepted deliverables, of all steps that were delivered or given up; verdicts (20 %): votes for, of all
//! votes, and half where nobody voted; safety (20 %): `calls / (calls + 10 · trips)`; economy (15 %): the least cost of an
//! accepted deliverable, by the adapter's own; reliability (10 %): calls that answered; speed (10 %): the least median time of
//! an answer, by the adapter's own.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::{AdapterRecord, MissionRecord};
use crate::id::Role;
use crate::money::MicroUsd;
use crate::policy::ModelAdapter;

/// Name and version of the measured score.
pub const MEASURED_SCORE: &str = "measured-1";
/// The whole of a part, and of the score.
const WHOLE: u64 = 10_000;
/// What each part counts for, in percent.
const WEIGHTS: Parts<u64> =
    Parts { acceptance: 25, verdicts: 20, safety: 20, economy: 15, reliability: 10, speed: 10 };
/// Calls that a trip weighs as much as.
const CALLS_PER_TRIP: u64 = 10;

/// The parts of the measured score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parts<T = u32> {
    /// Accepted deliverables.
    pub acceptance: T,
    /// Validators' votes.
    pub verdicts: T,
    /// Free of tripwires.
    pub safety: T,
    /// Cost of an accepted deliverable.
    pub economy: T,
    /// Calls that answered.
    pub reliability: T,
    /// Time of an answer.
    pub speed: T,
}

/// What missions measured of an adapter, and the score that follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Measurement {
    /// In ten-thousandths.
    pub score: u32,
    /// Its parts, in ten-thousandths.
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub parts: Parts,
    /// Missions that it worked in.
    pub missions: u32,
    /// Calls that came to an end.
    pub calls: u64,
    /// Those that answered.
    pub answered: u64,
    /// Tokens, questions and answers together.
    pub tokens: u64,
    /// What its calls cost.
    pub cost: MicroUsd,
    /// Steps that it brought to a deliverable.
    pub delivered: u32,
    /// Those that were accepted.
    pub accepted: u32,
    /// What an accepted deliverable cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_accepted: Option<MicroUsd>,
    /// The middle time of an answer, in milliseconds of the missions' clocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<u64>,
    /// Tripwires, less those that a person called wrong.
    pub trips: u32,
    /// Votes for its deliverables.
    pub verdicts_for: u32,
    /// Votes against them.
    pub verdicts_against: u32,
}

/// An adapter with both scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScoredAdapter {
    /// The adapter's id.
    pub id: String,
    /// Who runs it.
    pub provider: String,
    /// The original's composite, in ten-thousandths.
    pub composite: i64,
    /// What missions measured; none if no mission brought it to a step's end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measurement>,
}

/// An upgrade that the measurements speak for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpgradeProposal {
    /// For the agents with this role, in every mission.
    pub role: Role,
    /// The adapter that answers for them now.
    pub incumbent: String,
    /// The adapter that should.
    pub challenger: String,
    /// By how many ten-thousandths the challenger's measured score is higher.
    pub lead: u32,
    /// Why, for those who vote: it is stored on the chain.
    pub reason: String,
}

/// When an upgrade is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Margin {
    /// Ten-thousandths of the measured score that a challenger must lead by.
    pub lead: u32,
    /// Accepted deliverables that it must have.
    pub accepted: u32,
}

/// Scores of all adapters, best first: by the measured score, then by the composite. Those that nothing measured come last.
pub fn score_adapters<'r>(
    adapters: &[ModelAdapter],
    composite: impl Fn(&ModelAdapter) -> i64,
    records: impl IntoIterator<Item = &'r MissionRecord>,
) -> Vec<ScoredAdapter> {
    let mut sums: BTreeMap<&str, (AdapterRecord, u32)> = BTreeMap::new();
    for (id, record) in records.into_iter().flat_map(|mission| &mission.adapters) {
        let (sum, missions) = sums.entry(id).or_default();
        sum.add(record);
        *missions += 1;
    }
    let best = Best {
        cost: sums.values().filter_map(|(sum, _)| sum.cost_per_accepted()).map(MicroUsd::get).min(),
        time: sums.values().filter_map(|(sum, _)| sum.median_ms()).min(),
    };
    let mut scored: Vec<ScoredAdapter> = adapters
        .iter()
        .map(|adapter| {
            let found = sums.get(adapter.id.as_str());
            ScoredAdapter {
                id: adapter.id.to_string(),
                provider: adapter.provider.clone(),
                composite: composite(adapter),
                measured: found.and_then(|(sum, missions)| measure(sum, *missions, &best)),
            }
        })
        .collect();
    scored.sort_by_key(|it| {
        let measured = it.measured.as_ref().map(|measured| measured.score);
        (Reverse(measured), Reverse(it.composite), it.id.clone())
    });
    scored
}

/// The best of all adapters, which others are measured by.
struct Best {
    cost: Option<u64>,
    time: Option<u64>,
}

fn measure(record: &AdapterRecord, missions: u32, best: &Best) -> Option<Measurement> {
    let judged = record.delivered.saturating_add(record.abandoned);
    if judged == 0 {
        return None;
    }
    let votes = u64::from(record.verdicts_for) + u64::from(record.verdicts_against);
    let shown = record.answered + record.withheld;
    let parts = Parts {
        acceptance: share(record.accepted.into(), judged.into()),
        verdicts: if votes == 0 { WHOLE / 2 } else { share(record.verdicts_for.into(), votes) },
        safety: share(shown, shown + CALLS_PER_TRIP * u64::from(record.trips)),
        economy: by_best(best.cost, record.cost_per_accepted().map(MicroUsd::get)),
        reliability: share(record.answered + record.withheld, record.calls()),
        speed: by_best(best.time, record.median_ms()),
    };
    let sum = parts.acceptance * WEIGHTS.acceptance
        + parts.verdicts * WEIGHTS.verdicts
        + parts.safety * WEIGHTS.safety
        + parts.economy * WEIGHTS.economy
        + parts.reliability * WEIGHTS.reliability
        + parts.speed * WEIGHTS.speed;
    let small = |part: u64| u32::try_from(part).unwrap_or(u32::MAX);
    Some(Measurement {
        score: small((sum + 50) / 100),
        parts: Parts {
            acceptance: small(parts.acceptance),
            verdicts: small(parts.verdicts),
            safety: small(parts.safety),
            economy: small(parts.economy),
            reliability: small(parts.reliability),
            speed: small(parts.speed),
        },
        missions,
        calls: record.calls(),
        answered: record.answered,
        tokens: record.tokens,
        cost: record.cost,
        delivered: record.delivered,
        accepted: record.accepted,
        cost_per_accepted: record.cost_per_accepted(),
        median_ms: record.median_ms(),
        trips: record.trips,
        verdicts_for: record.verdicts_for,
        verdicts_against: record.verdicts_against,
    })
}

/// `part / whole` in ten-thousandths; nothing of nothing.
fn share(part: u64, whole: u64) -> u64 {
    part.saturating_mul(WHOLE).checked_div(whole).unwrap_or_default()
}

/// How near a value is to the least: all of it where it is the least, or where both are nothing.
fn by_best(best: Option<u64>, own: Option<u64>) -> u64 {
    match (best, own) {
        (Some(best), Some(own)) if own > best => share(best.max(1), own),
        (Some(_), Some(_)) => WHOLE,
        (_, None) | (None, Some(_)) => 0,
    }
}

/// The upgrades that a ranking speaks for, role by role. `incumbents` names the adapter that answers for each role now; one
/// that nothing measured is not challenged, since there is nothing to compare.
pub fn upgrades(
    scored: &[ScoredAdapter],
    incumbents: &BTreeMap<Role, String>,
    margin: Margin,
) -> Vec<UpgradeProposal> {
    let measured = |it: &ScoredAdapter| it.measured.clone();
    let candidates = scored.iter().filter_map(|it| Some((it, measured(it)?)));
    let Some((best, of_best)) =
        candidates.filter(|(_, of)| of.accepted >= margin.accepted).max_by_key(|(_, of)| of.score)
    else {
        return Vec::new();
    };
    let proposals = incumbents.iter().filter_map(|(role, incumbent)| {
        let own = scored.iter().find(|it| it.id == *incumbent).and_then(measured)?;
        let lead = of_best.score.checked_sub(own.score)?;
        (best.id != *incumbent && lead >= margin.lead.max(1)).then(|| UpgradeProposal {
            role: role.clone(),
            incumbent: incumbent.clone(),
            challenger: best.id.clone(),
            lead,
            reason: format!(
                "{MEASURED_SCORE}: {} scores {} over {} accepted deliverables, {incumbent} {} over {}",
                best.id,
                decimals(of_best.score.into()),
                of_best.accepted,
                decimals(own.score.into()),
                own.accepted,
            ),
        })
    });
    proposals.collect()
}

/// Who answers for each role as missions' plans have it: the newest mission decides.
pub fn planned_incumbents<'r>(
    records: impl IntoIterator<Item = &'r MissionRecord>,
) -> BTreeMap<Role, String> {
    let mut records: Vec<&MissionRecord> = records.into_iter().collect();
    records.sort_by_key(|record| (record.created_at, record.mission));
    let planned = records.into_iter().flat_map(|record| record.planned.clone());
    planned.collect()
}

/// Ten-thousandths as a number with four decimals: `0.8125`.
pub fn decimals(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let units = units.unsigned_abs();
    format!("{sign}{}.{:04}", units / WHOLE, units % WHOLE)
}

#[cfg(test)]
mod tests;
