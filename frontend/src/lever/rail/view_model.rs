//! What the chain says about the levers of a mission, and why there is nothing to flip where that is so.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall;
use phase8_shared::api::{ReadAnswer, ReadRequest, ReadValue, RegisteredAdapter, SummonsView};
use phase8_shared::chain::abi::{IBudgetManager, IModelRegistry, ISystemPause, IValidatorRegistry};
use phase8_shared::chain::{AdapterScope, Call, Contracts, Lever};
use phase8_shared::id::MissionKey;
use phase8_shared::money::MicroUsd;

/// What the endpoints agree on about the levers of a mission, at one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Readings {
    /// Whether the fleet is paused.
    pub(crate) paused: bool,
    /// Whether a tripwire holds it.
    pub(crate) tripped: bool,
    /// The mission's cap, as the contract has it.
    pub(crate) cap: MicroUsd,
    /// Whether a person must work along.
    pub(crate) co_pilot: bool,
    /// Who can be called in.
    pub(crate) guild: Vec<Address>,
    /// Keys of the active adapters, in the order of the scopes; zero while the plan decides.
    pub(crate) active: Vec<B256>,
}

const FIXED: usize = 5;

/// What to ask about a mission and these scopes.
pub(crate) fn ask(
    contracts: &Contracts,
    mission: MissionKey,
    scopes: &[AdapterScope],
) -> ReadRequest {
    let ask = |to, data: Vec<u8>| Call { to, data: data.into() };
    let mut calls = vec![
        ask(contracts.system_pause, ISystemPause::pausedCall {}.abi_encode()),
        ask(contracts.system_pause, ISystemPause::trippedCall {}.abi_encode()),
        ask(
            contracts.budget_manager,
            IBudgetManager::capOfCall { mission: mission.0 }.abi_encode(),
        ),
        ask(
            contracts.model_registry,
            IModelRegistry::isCoPilotRequiredCall { mission: mission.0 }.abi_encode(),
        ),
        ask(contracts.validator_registry, IValidatorRegistry::validatorsCall {}.abi_encode()),
    ];
    calls.extend(scopes.iter().map(|scope| {
        let call = IModelRegistry::activeAdapterCall { scope: scope.key() };
        ask(contracts.model_registry, call.abi_encode())
    }));
    ReadRequest::of(calls)
}

/// The answers, if they are all there.
pub(crate) fn read(answer: &ReadAnswer) -> Option<Readings> {
    let [paused, tripped, cap, co_pilot, guild, ..] = answer.before.as_slice() else { return None };
    let cap: U256 = cap.decode::<IBudgetManager::capOfCall>()?;
    let active = answer.before.get(FIXED..)?.iter();
    Some(Readings {
        paused: paused.decode::<ISystemPause::pausedCall>()?,
        tripped: tripped.decode::<ISystemPause::trippedCall>()?,
        cap: MicroUsd::new(u64::try_from(cap).ok()?),
        co_pilot: co_pilot.decode::<IModelRegistry::isCoPilotRequiredCall>()?,
        guild: guild.decode::<IValidatorRegistry::validatorsCall>()?,
        active: active
            .map(ReadValue::decode::<IModelRegistry::activeAdapterCall>)
            .collect::<Option<_>>()?,
    })
}

/// Why there is nothing to flip; `None` if there is.
pub(crate) fn idle_reason(lever: &Lever, readings: &Readings) -> Option<String> {
    let words = if *lever == Lever::PauseFleet && readings.paused {
        "The fleet stands still already."
    } else if *lever == Lever::TripwirePause && readings.tripped {
        "A tripwire holds the fleet already."
    } else if matches!(lever, Lever::ResumeFleet | Lever::ResumeAfterTripwire) && !readings.paused {
        "The fleet is not paused."
    } else {
        return None;
    };
    Some(words.to_owned())
}

/// What a new cap means beside what is spent and held back.
pub(crate) fn cap_warning(new: MicroUsd, committed: MicroUsd) -> Option<String> {
    (new < committed).then(|| {
        format!("{committed} is spent or held back already, more than the new cap: the next call will not fit and the mission will pause.")
    })
}

/// An adapter's score as people read it: `0.8150`.
pub(crate) fn score_words(score: i64) -> String {
    let sign = if score < 0 { "-" } else { "" };
    let size = score.unsigned_abs();
    format!("{sign}{}.{:04}", size / 10_000, size % 10_000)
}

/// Whether choosing `new` needs a written reason: it scores lower than one of those in use.
pub(crate) fn needs_reason(new: B256, in_use: &[B256], known: &[RegisteredAdapter]) -> bool {
    let score = |key: B256| known.iter().find(|one| one.key == key).map(|one| one.score);
    let Some(proposed) = score(new) else { return false };
    in_use.iter().filter_map(|key| score(*key)).any(|current| proposed < current)
}

/// How far a summons is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SummonsStage {
    /// On the chain; no page of the validator showed it yet.
    Issued,
    /// A page of the validator showed it.
    Delivered,
    /// The validator acknowledged it on the chain.
    Acknowledged,
    /// Its time is over.
    Expired,
    /// The owner took it back.
    Revoked,
}

impl SummonsStage {
    /// How far a summons is at this time of the chain.
    pub(crate) fn of(summons: &SummonsView, now: u64) -> Self {
        if summons.revoked.is_some() {
            Self::Revoked
        } else if summons.expiry <= now {
            Self::Expired
        } else if summons.acknowledged.is_some() {
            Self::Acknowledged
        } else if summons.delivered_at.is_some() {
            Self::Delivered
        } else {
            Self::Issued
        }
    }

    /// Its name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Delivered => "delivered",
            Self::Acknowledged => "acknowledged",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// Whether the read token is good.
    pub(crate) const fn stands(self) -> bool {
        matches!(self, Self::Issued | Self::Delivered | Self::Acknowledged)
    }
}

#[cfg(test)]
mod tests {
    use phase8_shared::time::Timestamp;

    use super::*;
    use crate::live::sample;

    const fn readings(paused: bool, tripped: bool) -> Readings {
        Readings {
            paused,
            tripped,
            cap: MicroUsd::new(1_000_000),
            co_pilot: false,
            guild: Vec::new(),
            active: Vec::new(),
        }
    }

    #[test]
    fn a_lever_that_changes_nothing_says_why() {
        assert_eq!(
            idle_reason(&Lever::PauseFleet, &readings(true, false)).unwrap(),
            "The fleet stands still already."
        );
        assert_eq!(idle_reason(&Lever::PauseFleet, &readings(false, false)), None);
        assert_eq!(
            idle_reason(&Lever::ResumeFleet, &readings(false, false)).unwrap(),
            "The fleet is not paused."
        );
        assert_eq!(idle_reason(&Lever::TripwirePause, &readings(true, false)), None);
        assert!(idle_reason(&Lever::TripwirePause, &readings(true, true)).is_some());
    }

    #[test]
    fn a_cap_below_what_is_spent_warns() {
        assert!(cap_warning(MicroUsd::new(5), MicroUsd::new(6)).is_some());
        assert_eq!(cap_warning(MicroUsd::new(6), MicroUsd::new(6)), None);
    }

    #[test]
    fn a_lower_score_needs_a_reason() {
        let adapter = |byte, score| RegisteredAdapter {
            key: B256::repeat_byte(byte),
            id: format!("adapter-{byte}"),
            record_hash: B256::ZERO,
            score,
            registered: true,
        };
        let known = [adapter(1, 8_150), adapter(2, 7_000)];
        let [high, low] = [1, 2].map(B256::repeat_byte);

        assert!(needs_reason(low, &[high], &known));
        assert!(!needs_reason(high, &[low], &known));
        assert!(!needs_reason(low, &[B256::ZERO], &known));
        assert_eq!(score_words(-8_150), "-0.8150");
    }

    #[test]
    fn a_summons_is_never_further_than_the_chain_has_it() {
        let summons = SummonsView {
            token: U256::from(1),
            mission: sample::mission().key(),
            validator: sample::VALIDATOR,
            expiry: 100,
            delivered_at: Some(Timestamp::from_millis(5)),
            acknowledged: None,
            revoked: None,
            summoned: sample::tx(1),
        };

        assert_eq!(SummonsStage::of(&summons, 99), SummonsStage::Delivered);
        assert_eq!(SummonsStage::of(&summons, 100), SummonsStage::Expired);
        let acknowledged = SummonsView { acknowledged: Some(sample::tx(2)), ..summons };
        assert_eq!(SummonsStage::of(&acknowledged, 99), SummonsStage::Acknowledged);
        let revoked = SummonsView { revoked: Some(sample::tx(3)), ..acknowledged };
        assert!(!SummonsStage::of(&revoked, 99).stands());
    }
}
