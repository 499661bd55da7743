//! A call in words, decoded from its very bytes. What does not encode back to the same bytes is not described, and what
//! is not described is not signed.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;
use phase8_shared::chain::abi::{IAgiAlpha, IMissionEscrow};
use phase8_shared::chain::decode::{Decoded, decode};
use phase8_shared::chain::field::{Names, duration_words, label, value_words};
use phase8_shared::chain::{Call, ContractName, Contracts};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::time::Timestamp;

/// A call in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    /// What it does, in one sentence.
    pub(crate) sentence: String,
    /// The functions it goes through, outermost first.
    pub(crate) path: String,
    /// Its arguments: name and value.
    pub(crate) lines: Vec<(String, String)>,
}

/// Puts a call into words, if every byte of it is understood: what is shown encodes back to the very same bytes.
pub(crate) fn describe(call: &Call, contracts: &Contracts) -> Option<Described> {
    let decoded = decode(contracts, call).ok()?;
    match (decoded.contract, decoded.function.name()) {
        (ContractName::Token, "approve") => {
            let approve = exact::<IAgiAlpha::approveCall>(&call.data)?;
            describe_approve(&approve, contracts)
        }
        (ContractName::Escrow, "fund") => {
            exact::<IMissionEscrow::fundCall>(&call.data).map(|fund| describe_fund(&fund))
        }
        _ => Some(describe_any(&decoded)),
    }
}

/// The call, if it encodes back to exactly these bytes: the decoder alone would accept trailing ones.
fn exact<C: SolCall>(data: &Bytes) -> Option<C> {
    let call = C::abi_decode(data).ok()?;
    (call.abi_encode() == data.as_ref()).then_some(call)
}

/// What happens in the end, how it gets there, and with which arguments.
fn describe_any(decoded: &Decoded) -> Described {
    let ends = decoded.innermost();
    let titles: Vec<&str> = ends.iter().map(|end| end.function.title).collect();
    let delay = delay_of(decoded);
    let sentence = delay.map_or_else(
        || format!("{}.", titles.join(", then ")),
        |delay| {
            format!(
                "{}: not now, but after {} in the owner's timelock.",
                titles.join(", then "),
                duration_words(delay)
            )
        },
    );
    let names = Names::default();
    let mut lines = Vec::new();
    for end in ends {
        for argument in end.arguments.iter().filter(|argument| argument.fields.is_empty()) {
            lines.push((label(argument.name), value_words(argument.name, &argument.value, &names)));
        }
        for field in end.arguments.iter().flat_map(|argument| &argument.fields) {
            lines.push((label(field.name), value_words(field.name, &field.value, &names)));
        }
    }
    Described { sentence, path: decoded.path(), lines }
}

/// The delay of an operation that the call schedules.
fn delay_of(decoded: &Decoded) -> Option<u64> {
    if decoded.contract == ContractName::OwnerTimelock && decoded.function.name() == "schedule" {
        let (delay, _): (U256, usize) = decoded.argument("delay")?.as_uint()?;
        return u64::try_from(delay).ok();
    }
    decoded.inner.iter().find_map(delay_of)
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
        path: "AgiAlpha.approve(escrow, amount)".to_owned(),
        lines: vec![
            ("Spender".to_owned(), format!("MissionEscrow {}", approve.spender)),
            ("Amount".to_owned(), amount.to_string()),
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
        path: "MissionEscrow.fund(mission, terms)".to_owned(),
        lines: vec![
            ("Mission".to_owned(), fund.mission.to_string()),
            ("Reward".to_owned(), TokenAmount::new(terms.reward).to_string()),
            ("Validators, on top".to_owned(), share(terms.validatorRewardBps)),
            ("Bonus if in time, on top".to_owned(), share(terms.durationBonusBps)),
            ("Stake, returned at the end".to_owned(), TokenAmount::new(terms.stake).to_string()),
            ("Stake lost on failure".to_owned(), share(terms.failurePenaltyBps)),
            ("Milestones".to_owned(), milestones),
            ("Approvals for each".to_owned(), terms.quorum.to_string()),
            ("Budget cap".to_owned(), cap),
            ("Bonus until".to_owned(), seconds(terms.bonusDeadline)),
            ("You can take back the rest after".to_owned(), seconds(terms.expiry)),
            ("Job spec SHA-256".to_owned(), terms.specHash.to_string()),
        ],
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, B256, U256};
    use phase8_shared::chain::{Circumstances, Intent, Lever, approve_call};
    use phase8_shared::id::MissionId;

    use super::*;

    fn contracts() -> Contracts {
        let at = |last| Address::with_last_byte(last);
        Contracts::locate(|name| at(1 + name as u8))
    }

    fn intent(lever: Lever) -> Call {
        let around = Circumstances {
            chain_id: 31337,
            nonce: U256::ZERO,
            deadline: 1,
            delay: 60,
            salt: B256::ZERO,
        };
        Intent::new(lever, &contracts(), around).transaction()
    }

    #[test]
    fn a_lever_is_described_from_its_bytes() {
        let cap = |now, new| Lever::BudgetCap {
            mission: MissionId::from_bytes([1; 16]).key(),
            now: MicroUsd::new(now),
            new: MicroUsd::new(new),
        };
        for (lever, sentence, path) in [
            (
                Lever::PauseFleet,
                "Pause Fleet.",
                "OwnerProxy.execute → Phase8UniversalValueManager.forwardPauseCall → SystemPause.pauseAll",
            ),
            (
                cap(2_000_000, 1_000_000),
                "Budget Cap.",
                "OwnerProxy.execute → BudgetManager.updateCap",
            ),
            (
                cap(1_000_000, 2_000_000),
                "Budget Cap: not now, but after 1 minute in the owner's timelock.",
                "OwnerProxy.execute → OwnerTimelock.schedule → BudgetManager.updateCap",
            ),
        ] {
            let described = describe(&intent(lever), &contracts()).unwrap();
            assert_eq!((described.sentence.as_str(), described.path.as_str()), (sentence, path));
        }
        let lines = describe(&intent(cap(1, 50_000_000)), &contracts()).unwrap().lines;
        assert!(lines.contains(&("Budget cap".to_owned(), "$50.00".to_owned())), "{lines:?}");
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
