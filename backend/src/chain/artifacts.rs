//! The compiled contracts, carried by the program.

use alloy::primitives::Bytes;
use alloy::sol_types::SolValue;
use serde::Deserialize;

/// One compiled contract.
#[derive(Debug, Clone, Copy)]
pub struct Artifact {
    /// The contract's name.
    pub name: &'static str,
    json: &'static str,
}

/// A file of `contracts/artifacts` does not say what it should; a test keeps this from being shipped.
#[derive(Debug, thiserror::Error)]
#[error("the artifact of {name} cannot be read")]
pub struct ArtifactError {
    name: &'static str,
    #[source]
    source: serde_json::Error,
}

/// Declares the artifacts that the program carries.
macro_rules! artifacts {
    ($($(#[$doc:meta])* $constant:ident, $name:literal;)*) => {
        impl Artifact {
            $($(#[$doc])* pub const $constant: Self = Self {
                name: $name,
                json: include_str!(concat!("../../../contracts/artifacts/", $name, ".json")),
            };)*

            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$constant),*];
        }
    };
}

artifacts! {
    /// Adapter upgrades by vote.
    ADAPTER_GOVERNOR, "AdapterGovernor";
    /// The `$AGIα` of local chains.
    AGI_ALPHA, "AgiAlpha";
    /// Summonses, read tokens and judgements.
    ATTESTATION_MODULE, "AttestationModule";
    /// Budget caps.
    BUDGET_MANAGER, "BudgetManager";
    /// Checkpoints.
    CHECKPOINT_LEDGER, "CheckpointLedger";
    /// The wait before an accelerator acts.
    DELAY_TIMELOCK, "DelayTimelock";
    /// Those who stop and agree.
    GUARDIAN_COUNCIL, "GuardianCouncil";
    /// Deposits and payouts.
    MISSION_ESCROW, "MissionEscrow";
    /// Which adapter answers where.
    MODEL_REGISTRY, "ModelRegistry";
    /// The one door for levers.
    OWNER_PROXY, "OwnerProxy";
    /// The instant brake.
    PAUSE_GUARDIAN, "PauseGuardian";
    /// The owner's registry.
    MANAGER, "Phase8UniversalValueManager";
    /// One switch for the fleet.
    SYSTEM_PAUSE, "SystemPause";
    /// Which implementation stands behind each extension.
    UPGRADE_COORDINATOR, "UpgradeCoordinator";
    /// The guild.
    VALIDATOR_REGISTRY, "ValidatorRegistry";
}

impl Artifact {
    /// The code that a deployment sends: the creation code with its constructor's arguments.
    pub fn creation<A>(&self, arguments: &A) -> Result<Bytes, ArtifactError>
    where
        A: SolValue,
        for<'a> <A::SolType as alloy::sol_types::SolType>::Token<'a>:
            alloy::sol_types::abi::TokenSeq<'a>,
    {
        #[derive(Deserialize)]
        struct Creation {
            bytecode: Bytes,
        }
        let parsed: Creation = serde_json::from_str(self.json)
            .map_err(|source| ArtifactError { name: self.name, source })?;
        let mut code = parsed.bytecode.to_vec();
        code.extend(arguments.abi_encode_params());
        Ok(code.into())
    }
}

#[cfg(test)]
impl Artifact {
    /// Canonical signatures of every item of a kind: `function`, `event` or `error`.
    pub(crate) fn signatures(&self, kind: &str) -> Vec<String> {
        let artifact: serde_json::Value = serde_json::from_str(self.json).unwrap();
        let items = artifact["abi"].as_array().unwrap().iter().filter(|item| item["type"] == kind);
        items
            .map(|item| format!("{}{}", item["name"].as_str().unwrap(), tuple(&item["inputs"])))
            .collect()
    }
}

#[cfg(test)]
fn tuple(parameters: &serde_json::Value) -> String {
    let types = parameters.as_array().unwrap().iter().map(|parameter| {
        let kind = parameter["type"].as_str().unwrap();
        match kind.strip_prefix("tuple") {
            Some(array) => format!("{}{array}", tuple(&parameter["components"])),
            None => kind.to_owned(),
        }
    });
    format!("({})", types.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_artifact_carries_code() {
        for artifact in Artifact::ALL {
            assert!(artifact.creation(&()).unwrap().len() > 500, "{}", artifact.name);
        }
    }
}
