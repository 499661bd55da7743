//! Calls of the manager by which a journey furnishes its stage, sent by the owner through the door without the page.

use alloy::primitives::{Address, B256, U256};
use alloy::sol;
use anyhow::{Result, ensure};
use phase8_shared::chain::slug_key;

use crate::stage::Stage;

sol! {
    /// The part of the manager that is needed here; the deployed contract's selectors prove it.
    interface IManager {
        struct GlobalParameters {
            address treasury;
            address universalVault;
            address upgradeCoordinator;
            address validatorRegistry;
            address missionControl;
            address knowledgeGraph;
            uint64 heartbeatSeconds;
            uint64 guardianReviewWindow;
            uint256 maxDrawdownBps;
            string manifestoURI;
            bytes32 manifestoHash;
        }

        struct DomainConfig {
            string slug;
            string name;
            string metadataURI;
            address orchestrator;
            address capitalVault;
            address validatorModule;
            address policyKernel;
            uint64 heartbeatSeconds;
            uint256 tvlLimit;
            uint256 autonomyLevelBps;
            bool active;
        }

        struct SentinelProfile {
            string slug;
            string name;
            string uri;
            address agent;
            uint64 coverageSeconds;
            uint256 sensitivityBps;
            bool active;
        }

        struct CapitalStream {
            string slug;
            string name;
            string uri;
            address vault;
            uint256 annualBudget;
            uint256 expansionBps;
            bool active;
        }

        struct SelfImprovementPlan {
            string planURI;
            bytes32 planHash;
            uint64 cadenceSeconds;
            uint64 lastExecutedAt;
            string lastReportURI;
        }

        function setGlobalParameters(GlobalParameters parameters) external;
        function registerDomain(DomainConfig config) external;
        function registerSentinel(SentinelProfile profile) external;
        function registerCapitalStream(CapitalStream stream) external;
        function setSelfImprovementPlan(SelfImprovementPlan plan) external;
        function globalParameters() external view returns (
            address treasury,
            address universalVault,
            address upgradeCoordinator,
            address validatorRegistry,
            address missionControl,
            address knowledgeGraph,
            uint64 heartbeatSeconds,
            uint64 guardianReviewWindow,
            uint256 maxDrawdownBps,
            string manifestoURI,
            bytes32 manifestoHash
        );
        function getDomain(bytes32 id) external view returns (DomainConfig memory);
        function getSentinelDomains(bytes32 id) external view returns (bytes32[] memory);
        function getCapitalStreamDomains(bytes32 id) external view returns (bytes32[] memory);
        #[derive(Debug, PartialEq, Eq)]
        function selfImprovementPlan() external view returns (
            string planURI,
            bytes32 planHash,
            uint64 cadenceSeconds,
            uint64 lastExecutedAt,
            string lastReportURI
        );
    }
}

impl Stage {
    /// The manager.
    pub(crate) const fn manager(&self) -> Address {
        self.chain.deployment.contracts.manager
    }

    /// A domain with autonomy of a half; its id.
    pub(crate) async fn furnish_domain(&self, slug: &str, name: &str) -> Result<B256> {
        let config = IManager::DomainConfig {
            slug: slug.to_owned(),
            name: name.to_owned(),
            metadataURI: format!("ipfs://{slug}"),
            orchestrator: self.owner,
            capitalVault: self.owner,
            validatorModule: self.owner,
            policyKernel: self.owner,
            heartbeatSeconds: 600,
            tvlLimit: U256::from(1_000_000),
            autonomyLevelBps: U256::from(5_000),
            active: true,
        };
        self.order(self.manager(), &IManager::registerDomainCall { config }).await?;
        let id = slug_key(slug);
        let found = self.chain.call(self.manager(), IManager::getDomainCall { id }).await?;
        ensure!(found.slug == slug, "the manager holds {slug}");
        Ok(id)
    }

    /// A sentinel and a capital stream that are bound to every domain; their ids.
    pub(crate) async fn furnish_watch(&self) -> Result<(B256, B256)> {
        let profile = IManager::SentinelProfile {
            slug: "solar-shield".to_owned(),
            name: "Solar shield".to_owned(),
            uri: "ipfs://solar-shield".to_owned(),
            agent: self.owner,
            coverageSeconds: 7_200,
            sensitivityBps: U256::from(300),
            active: true,
        };
        self.order(self.manager(), &IManager::registerSentinelCall { profile }).await?;
        let stream = IManager::CapitalStream {
            slug: "planetary-resilience".to_owned(),
            name: "Planetary resilience".to_owned(),
            uri: "ipfs://planetary-resilience".to_owned(),
            vault: self.owner,
            annualBudget: U256::from(5_000),
            expansionBps: U256::from(100),
            active: true,
        };
        self.order(self.manager(), &IManager::registerCapitalStreamCall { stream }).await?;
        Ok((slug_key("solar-shield"), slug_key("planetary-resilience")))
    }

    /// The global parameters and the self-improvement plan.
    pub(crate) async fn furnish_parameters(&self) -> Result<()> {
        let contracts = self.chain.deployment.contracts;
        let parameters = IManager::GlobalParameters {
            treasury: contracts.escrow,
            universalVault: contracts.escrow,
            upgradeCoordinator: contracts.upgrade_coordinator,
            validatorRegistry: contracts.validator_registry,
            missionControl: contracts.escrow,
            knowledgeGraph: contracts.escrow,
            heartbeatSeconds: 300,
            guardianReviewWindow: 600,
            maxDrawdownBps: U256::from(2_000),
            manifestoURI: "ipfs://manifesto".to_owned(),
            manifestoHash: B256::repeat_byte(3),
        };
        self.order(self.manager(), &IManager::setGlobalParametersCall { parameters }).await?;
        let plan = IManager::SelfImprovementPlan {
            planURI: "ipfs://plan".to_owned(),
            planHash: B256::repeat_byte(5),
            cadenceSeconds: 86_400,
            lastExecutedAt: 0,
            lastReportURI: String::new(),
        };
        self.order(self.manager(), &IManager::setSelfImprovementPlanCall { plan }).await?;
        Ok(())
    }
}
