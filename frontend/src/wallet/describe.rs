//! A call in words, decoded from its very bytes. What does not encode back to the same bytes is not described, and what
//! is not described is not signed.

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;
use phase8_shared::chain::abi::{
    IAgiAlpha, IBudgetManager, IManager, IMissionEscrow, IOwnerProxy, IPauseGuardian, ISystemPause,
};
use phase8_shared::chain::{Call, Contracts};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::time::Timestamp;

/// A call in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    /// What it does, in one sentence.
    pub(crate) sentence: String,
    /// The functions it goes through, outermost first.
    pub(crate) path: &'static str,
    /// Its arguments: name and value.
    pub(crate) lines: Vec<(&'static str, String)>,
}

/// Puts a call into words, if every byte of it is understood.
pub(crate) fn describe(call: &Call, contracts: &Contracts) -> Option<Described> {
    let Call { to, data } = call;
    if *to == contracts.token {
        return exact::<IAgiAlpha::approveCall>(data)
            .and_then(|approve| describe_approve(&approve, contracts));
    }
    if *to == contracts.escrow {
        return exact::<IMissionEscrow::fundCall>(data).map(|fund| describe_fund(&fund));
    }
    if *to == contracts.pause_guardian {
        return describe_guardian(data);
    }
    if *to == contracts.owner_proxy {
        let execute = exact::<IOwnerProxy::executeCall>(data)?;
        return describe_owner(execute.target, &execute.data, contracts);
    }
    None
}

/// The call, if it encodes back to exactly these bytes: the decoder alone would accept trailing ones.
fn exact<C: SolCall>(data: &Bytes) -> Option<C> {
    let call = C::abi_decode(data).ok()?;
    (call.abi_encode() == data.as_ref()).then_some(call)
}

fn describe_approve(approve: &IAgiAlpha::approveCall, contracts: &Contracts) -> Option<Described> {
    if approve.spender != contracts.escrow {
        return None;
    }
    let amount = TokenAmount::new(approve.value);
    Some(Described {
        sentence: format!(
            "Allow the mission escrow to take exactly {amount} from your wallet, once."
        ),
        path: "AgiAlpha.approve(escrow, amount)",
        lines: vec![
            ("Spender", format!("MissionEscrow {}", approve.spender)),
            ("Amount", amount.to_string()),
        ],
    })
}

fn describe_fund(fund: &IMissionEscrow::fundCall) -> Described {
    let terms = &fund.terms;
    let seconds = |seconds: u64| Timestamp::from_millis(seconds.saturating_mul(1000)).to_string();
    let share = |bps: u16| format!("{}.{:02} %", bps / 100, bps % 100);
    let cap = u64::try_from(terms.budgetCapMicroUsd)
        .map_or_else(|_| "beyond measure".to_owned(), |cap| MicroUsd::new(cap).to_string());
    let milestones = terms
        .milestones
        .iter()
        .map(|milestone| share(milestone.payoutBps))
        .collect::<Vec<_>>()
        .join(", ");
    Described {
        sentence: format!(
            "Fund the mission: deposit {} for agents, and the stake, into escrow.",
            TokenAmount::new(terms.reward)
        ),
        path: "MissionEscrow.fund(mission, terms)",
        lines: vec![
            ("Mission", fund.mission.to_string()),
            ("Reward", TokenAmount::new(terms.reward).to_string()),
            ("Validators, on top", share(terms.validatorRewardBps)),
            ("Bonus if in time, on top", share(terms.durationBonusBps)),
            ("Stake, returned at the end", TokenAmount::new(terms.stake).to_string()),
            ("Stake lost on failure", share(terms.failurePenaltyBps)),
            ("Milestones", milestones),
            ("Approvals for each", terms.quorum.to_string()),
            ("Budget cap", cap),
            ("Bonus until", seconds(terms.bonusDeadline)),
            ("You can take back the rest after", seconds(terms.expiry)),
            ("Job spec SHA-256", terms.specHash.to_string()),
        ],
    }
}

fn describe_guardian(data: &Bytes) -> Option<Described> {
    if exact::<IPauseGuardian::pauseAllCall>(data).is_some() {
        return Some(Described {
            sentence: "Stop every mission at once, as the pause guardian.".to_owned(),
            path: "PauseGuardian.pauseAll()",
            lines: Vec::new(),
        });
    }
    exact::<IPauseGuardian::unpauseAllCall>(data).map(|_| Described {
        sentence: "End the guardian's pause: missions go on.".to_owned(),
        path: "PauseGuardian.unpauseAll()",
        lines: Vec::new(),
    })
}

fn describe_owner(target: Address, data: &Bytes, contracts: &Contracts) -> Option<Described> {
    if target == contracts.budget_manager {
        let update = exact::<IBudgetManager::updateCapCall>(data)?;
        let cap = MicroUsd::new(u64::try_from(update.microUsd).ok()?);
        return Some(Described {
            sentence: format!("Set the mission's budget cap to {cap}, as the owner."),
            path: "OwnerProxy.execute → BudgetManager.updateCap(mission, cap)",
            lines: vec![("Mission", update.mission.to_string()), ("New cap", cap.to_string())],
        });
    }
    if target != contracts.manager {
        return None;
    }
    let forward = exact::<IManager::forwardPauseCallCall>(data)?;
    if exact::<ISystemPause::pauseAllCall>(&forward.data).is_some() {
        return Some(Described {
            sentence: "Pause the whole fleet, as the owner: no mission spends until you resume it."
                .to_owned(),
            path: "OwnerProxy.execute → Manager.forwardPauseCall → SystemPause.pauseAll()",
            lines: Vec::new(),
        });
    }
    exact::<ISystemPause::unpauseAllCall>(&forward.data).map(|_| Described {
        sentence: "Resume the fleet, as the owner: missions go on where they stopped.".to_owned(),
        path: "OwnerProxy.execute → Manager.forwardPauseCall → SystemPause.unpauseAll()",
        lines: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;
    use phase8_shared::chain::{Lever, approve_call};
    use phase8_shared::id::MissionId;

    use super::*;

    fn contracts() -> Contracts {
        let at = |last| Address::with_last_byte(last);
        Contracts::locate(|name| at(1 + name as u8))
    }

    #[test]
    fn every_lever_is_described_from_its_bytes() {
        let cap = Lever::BudgetCap {
            mission: MissionId::from_bytes([1; 16]).key(),
            now: MicroUsd::new(1),
            new: MicroUsd::new(50_000_000),
        };
        for (lever, sentence) in [
            (
                Lever::PauseFleet,
                "Pause the whole fleet, as the owner: no mission spends until you resume it.",
            ),
            (
                Lever::ResumeFleet,
                "Resume the fleet, as the owner: missions go on where they stopped.",
            ),
            (Lever::TripwirePause, "Stop every mission at once, as the pause guardian."),
            (cap, "Set the mission's budget cap to $50.00, as the owner."),
        ] {
            let described = describe(&lever.call(&contracts()), &contracts()).unwrap();
            assert_eq!(described.sentence, sentence);
            assert_eq!(described.path, lever.path());
        }
    }

    #[test]
    fn a_smuggled_byte_is_not_described() {
        let mut call = approve_call(&contracts(), TokenAmount::new(U256::from(5)));
        assert!(describe(&call, &contracts()).is_some());

        call.data = [call.data.as_ref(), &[0]].concat().into();

        assert_eq!(describe(&call, &contracts()), None);
    }

    #[test]
    fn an_allowance_for_anyone_but_the_escrow_is_not_described() {
        let other = Contracts { escrow: Address::with_last_byte(99), ..contracts() };
        let call = approve_call(&other, TokenAmount::new(U256::from(5)));

        assert_eq!(describe(&call, &contracts()), None);
    }
}
