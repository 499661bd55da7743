//! What of a manifest goes on the chain: global parameters, domains, sentinels, capital streams.

use alloy_primitives::{Address, B256, U256};
use serde::Serialize;

use super::read::Reader;
use super::values::{Dollars, big};
use crate::chain::slug_key;
use crate::spec::{Bps, Millionths};

/// The parameters of the whole programme.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ManifestGlobal {
    /// Holds the programme's means.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub treasury: Address,
    /// Where value flows together.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub universal_vault: Address,
    /// Stages and activates extensions.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub upgrade_coordinator: Address,
    /// The roster of validators.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub validator_registry: Address,
    /// Who runs missions.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub mission_control: Address,
    /// What the programme knows.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub knowledge_graph: Address,
    /// The guardians; must be a contract.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub guardian_council: Address,
    /// The pause switch; must be a contract.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub system_pause: Address,
    /// The manager that holds all this, if the file names one.
    #[serde(rename = "phase8Manager", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub manager: Option<Address>,
    /// How often everything must show that it is there, in seconds.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub heartbeat_seconds: u64,
    /// How long guardians have to look, in seconds.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub guardian_review_window: u64,
    /// The greatest drawdown that is borne.
    pub max_drawdown_bps: Bps,
    /// Where the manifesto is.
    #[serde(rename = "manifestoURI")]
    pub manifesto_uri: String,
    /// keccak-256 of the manifesto.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{64}$"))]
    pub manifesto_hash: B256,
}

/// A field in which value is made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ValueDomain {
    /// Names it in files; its id on the chain is the keccak-256 of this in lower case.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Where it is described.
    #[serde(rename = "metadataURI")]
    pub metadata_uri: String,
    /// Runs it.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub orchestrator: Address,
    /// Holds its means.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub capital_vault: Address,
    /// Checks its work.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub validator_module: Address,
    /// Holds its rules.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub policy_kernel: Address,
    /// How often it must show that it is there, in seconds.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub heartbeat_seconds: u64,
    /// The most that may be locked in it, in the vault's smallest unit.
    #[serde(serialize_with = "big::serialize")]
    #[cfg_attr(feature = "openapi", schema(schema_with = super::schema::big))]
    pub tvl_limit: U256,
    /// What share of its decisions it takes without a person.
    pub autonomy_level_bps: Bps,
    /// Whether it is switched on.
    pub active: bool,
    /// What it is good at. Off the chain.
    pub skill_tags: Vec<String>,
    /// How much it withstands, from 0 to 1. Off the chain.
    pub resilience_index: Millionths,
    /// Value that flows through it a month, in US dollars. Off the chain.
    #[serde(rename = "valueFlowMonthlyUSD")]
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0))]
    pub value_flow_monthly: Dollars,
    /// How far it is let alone, in words. Off the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autonomy_narrative: Option<String>,
}

/// An agent that watches domains.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sentinel {
    /// Names it in files.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Where it is described.
    pub uri: String,
    /// Its wallet or contract.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub agent: Address,
    /// How long it watches without a gap, in seconds; at least the guardians' review window.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub coverage_seconds: u64,
    /// How small a deviation it reports.
    pub sensitivity_bps: Bps,
    /// The domains that it watches; none means all.
    pub domains: Vec<String>,
    /// Whether it is switched on.
    pub active: bool,
}

/// A vault that funds domains.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CapitalStream {
    /// Names it in files.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Where it is described.
    pub uri: String,
    /// The vault.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub vault: Address,
    /// Whole US dollars a year.
    #[serde(serialize_with = "big::serialize")]
    #[cfg_attr(feature = "openapi", schema(schema_with = super::schema::big))]
    pub annual_budget: U256,
    /// How far it may grow.
    pub expansion_bps: Bps,
    /// The domains that it funds; none means all.
    pub domains: Vec<String>,
    /// Whether it is switched on.
    pub active: bool,
}

impl ManifestGlobal {
    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            treasury: r.address("treasury"),
            universal_vault: r.address("universalVault"),
            upgrade_coordinator: r.address("upgradeCoordinator"),
            validator_registry: r.address("validatorRegistry"),
            mission_control: r.address("missionControl"),
            knowledge_graph: r.address("knowledgeGraph"),
            guardian_council: r.address("guardianCouncil"),
            system_pause: r.address("systemPause"),
            manager: r.maybe_address("phase8Manager"),
            heartbeat_seconds: r.seconds("heartbeatSeconds"),
            guardian_review_window: r.seconds("guardianReviewWindow"),
            max_drawdown_bps: r.bps("maxDrawdownBps"),
            manifesto_uri: r.uri("manifestoURI"),
            manifesto_hash: r.hash("manifestoHash"),
        }
    }
}

impl ValueDomain {
    /// Its id on the chain.
    pub fn id(&self) -> B256 {
        slug_key(&self.slug)
    }

    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            slug: r.name("slug"),
            name: r.name("name"),
            metadata_uri: r.uri("metadataURI"),
            orchestrator: r.address("orchestrator"),
            capital_vault: r.address("capitalVault"),
            validator_module: r.address("validatorModule"),
            policy_kernel: r.address("policyKernel"),
            heartbeat_seconds: r.seconds("heartbeatSeconds"),
            tvl_limit: r.big("tvlLimit"),
            autonomy_level_bps: r.bps("autonomyLevelBps"),
            active: r.flag("active"),
            skill_tags: r.texts("skillTags"),
            resilience_index: r.decimal("resilienceIndex", 1),
            value_flow_monthly: r.dollars("valueFlowMonthlyUSD"),
            autonomy_narrative: r.maybe_words("autonomyNarrative"),
        }
    }
}

impl Sentinel {
    /// Its id on the chain.
    pub fn id(&self) -> B256 {
        slug_key(&self.slug)
    }

    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            slug: r.name("slug"),
            name: r.name("name"),
            uri: r.uri("uri"),
            agent: r.address("agent"),
            coverage_seconds: r.seconds("coverageSeconds"),
            sensitivity_bps: r.bps("sensitivityBps"),
            domains: r.slugs("domains"),
            active: r.flag("active"),
        }
    }
}

impl CapitalStream {
    /// Its id on the chain.
    pub fn id(&self) -> B256 {
        slug_key(&self.slug)
    }

    pub(super) fn read(r: &mut Reader<'_, '_, '_>) -> Self {
        Self {
            slug: r.name("slug"),
            name: r.name("name"),
            uri: r.uri("uri"),
            vault: r.address("vault"),
            annual_budget: r.big("annualBudget"),
            expansion_bps: r.bps("expansionBps"),
            domains: r.slugs("domains"),
            active: r.flag("active"),
        }
    }
}
