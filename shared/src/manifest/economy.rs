//! What the work of a manifest costs and pays, which models do it, and who decides about it.

use alloy_primitives::U256;
use serde::Serialize;

use super::read::Reader;
use super::values::{Dollars, Remark, big};
use crate::spec::{Bps, Millionths};

/// What the work costs and pays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EconomyPlan {
    /// What is staked, the shortest work first.
    pub stake_tiers: Vec<EconomyTier>,
    /// Milestones that missions start from.
    pub milestone_templates: Vec<Remark>,
    /// What may be spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_caps: Option<BudgetCaps>,
    /// What is paid on top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward_curves: Option<RewardCurves>,
}

/// What is staked for work of a length.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EconomyTier {
    /// What people call it.
    pub name: String,
    /// How long the work takes, in hours.
    pub duration_hours: Millionths,
    /// The least stake, in the token's smallest unit.
    #[serde(serialize_with = "big::serialize")]
    #[cfg_attr(feature = "openapi", schema(schema_with = super::schema::big))]
    pub minimum_stake: U256,
    /// What the stake is slashed by.
    pub slash_multiplier: Millionths,
}

/// What may be spent, in US dollars.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BudgetCaps {
    /// On machines.
    #[serde(rename = "maxComputeUSD", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, minimum = 0))]
    pub max_compute: Option<Dollars>,
    /// On services.
    #[serde(rename = "maxApiSpendUSD", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, minimum = 0))]
    pub max_api_spend: Option<Dollars>,
    /// On tokens of models.
    #[serde(rename = "maxTokenSpendUSD", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, minimum = 0))]
    pub max_token_spend: Option<Dollars>,
}

/// What is paid on top.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RewardCurves {
    /// For long tasks.
    pub long_task_bonus_bps: Bps,
    /// For validators.
    pub validator_premium_bps: Bps,
}

/// Which models do the work.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ModelsPlan {
    /// The models.
    pub adapters: Vec<ManifestAdapter>,
    /// Hours between two evaluations.
    pub evaluation_cadence_hours: Millionths,
    /// What they are measured by.
    pub evaluation_benchmarks: Vec<Remark>,
    /// How work finds its model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic_routing: Option<Remark>,
    /// What they must pass.
    pub safety_tests: Vec<Remark>,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ManifestAdapter {
    /// What people call it.
    pub name: String,
    /// Who runs it.
    pub provider: String,
    /// What goes in and out, such as text or images.
    pub modality: String,
    /// Most tokens of a call.
    pub max_context_tokens: u32,
    /// Price of a thousand tokens, in US dollars.
    #[serde(rename = "costPer1kTokensUSD")]
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0))]
    pub cost_per_1k_tokens: Dollars,
    /// What it is good at.
    pub strengths: Vec<String>,
    /// What the last evaluation found, from 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eval_score: Option<Millionths>,
}

/// Who decides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct GovernancePlan {
    /// Where decisions are made.
    pub interface: String,
    /// What validators work with.
    pub validator_tools: Vec<String>,
    /// Proposals that are ready to be filled in.
    pub proposal_templates: Vec<ProposalTemplate>,
    /// Where a person must agree.
    pub human_policy_controls: Vec<PolicyControl>,
}

/// A proposal that is ready to be filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProposalTemplate {
    /// Its title.
    pub title: String,
    /// What it asks for.
    pub summary: String,
    /// Hours until it is carried out.
    pub execution_eta_hours: Millionths,
}

/// Where a person must agree.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PolicyControl {
    /// What people call it.
    pub name: String,
    /// What is required.
    pub requirement: String,
    /// What enforces it.
    pub enforcement: String,
}

impl EconomyPlan {
    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            stake_tiers: r.each("stakeTiers", |r| EconomyTier {
                name: r.name("name"),
                duration_hours: r.positive("durationHours", 1_000_000),
                minimum_stake: r.big("minimumStake"),
                slash_multiplier: r.positive("slashMultiplier", 1_000),
            }),
            milestone_templates: r.remarks("milestoneTemplates"),
            budget_caps: r.section("budgetCaps", |r| BudgetCaps {
                max_compute: r.maybe_dollars("maxComputeUSD"),
                max_api_spend: r.maybe_dollars("maxApiSpendUSD"),
                max_token_spend: r.maybe_dollars("maxTokenSpendUSD"),
            }),
            reward_curves: r.section("rewardCurves", |r| RewardCurves {
                long_task_bonus_bps: r.bps("longTaskBonusBps"),
                validator_premium_bps: r.bps("validatorPremiumBps"),
            }),
        }
    }
}

impl ModelsPlan {
    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            adapters: r.each("adapters", |r| ManifestAdapter {
                name: r.name("name"),
                provider: r.name("provider"),
                modality: r.name("modality"),
                max_context_tokens: r.tokens("maxContextTokens"),
                cost_per_1k_tokens: r.price("costPer1kTokensUSD"),
                strengths: r.texts("strengths"),
                eval_score: r.maybe_decimal("evalScore", 100),
            }),
            evaluation_cadence_hours: r.decimal("evaluationCadenceHours", 1_000_000),
            evaluation_benchmarks: r.remarks("evaluationBenchmarks"),
            dynamic_routing: r.remark("dynamicRouting"),
            safety_tests: r.remarks("safetyTests"),
        }
    }
}

impl GovernancePlan {
    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            interface: r.words("interface"),
            validator_tools: r.texts("validatorTools"),
            proposal_templates: r.each("proposalTemplates", |r| ProposalTemplate {
                title: r.name("title"),
                summary: r.words("summary"),
                execution_eta_hours: r.decimal("executionEtaHours", 1_000_000),
            }),
            human_policy_controls: r.each("humanPolicyControls", |r| PolicyControl {
                name: r.name("name"),
                requirement: r.words("requirement"),
                enforcement: r.words("enforcement"),
            }),
        }
    }
}
