//! Everything that was sent through here or passed the owner's door, as one list.

use std::collections::BTreeSet;

use alloy_primitives::B256;
use phase8_shared::api::{
    ExecutedView, RequestState, RequestView, TransactionStatus, TransactionView,
};
use phase8_shared::chain::Contracts;

use crate::format;
use crate::pages::owner::rows::{Cell, Row};
use crate::pages::owner::signatures;
use crate::pages::owner::words::{call_lines, minute};
use crate::ui::Tone;

/// Headings of the table.
pub(super) const HEADINGS: &[&str] = &["Call", "Way", "State", "Who", "When", "Transaction"];

/// The rows: transactions that were relayed or watched, requests, and calls that passed the door some other way.
pub(super) fn rows(
    transactions: &[TransactionView],
    requests: &[RequestView],
    executed: &[ExecutedView],
    contracts: &Contracts,
) -> Vec<Row> {
    let carried: BTreeSet<B256> =
        requests.iter().filter_map(|request| request.transaction).collect();
    // A call that was sped up stands in the row of its first transaction.
    let sped_up = transactions.iter().filter(|it| it.status.succeeded_in().is_some());
    let known: BTreeSet<B256> = transactions
        .iter()
        .map(|transaction| transaction.hash)
        .chain(carried.iter().copied())
        .chain(sped_up.filter_map(|transaction| transaction.replaced_by))
        .collect();
    let mut rows: Vec<Row> = Vec::new();
    for request in requests {
        let transaction = transactions.iter().find(|it| Some(it.hash) == request.transaction);
        rows.push(of_request(request, transaction));
    }
    let direct = transactions.iter().filter(|transaction| !carried.contains(&transaction.hash));
    rows.extend(direct.map(of_transaction));
    let elsewhere =
        executed.iter().filter(|executed| !known.contains(&executed.evidence.transaction));
    rows.extend(elsewhere.map(|executed| of_executed(executed, contracts)));
    rows
}

fn of_request(request: &RequestView, carrier: Option<&TransactionView>) -> Row {
    let (tone, words, why) = match carrier {
        Some(transaction) if !matches!(request.state, RequestState::Failed { .. }) => {
            status_words(transaction)
        }
        Some(_) | None => {
            let (tone, words, why) = signatures::told(&request.state);
            (tone, words, why)
        }
    };
    Row {
        id: request.digest.to_string(),
        cells: vec![
            call(&request.call),
            Cell::words("Relayed signature"),
            Cell::state_why(tone, words, why),
            Cell::copy(request.signer, "signer"),
            Cell::words(minute(request.accepted_at)).by(request.accepted_at.millis()),
            hash(request.transaction),
        ],
    }
}

fn of_transaction(transaction: &TransactionView) -> Row {
    let (tone, words, why) = status_words(transaction);
    Row {
        id: transaction.hash.to_string(),
        cells: vec![
            call(&transaction.call),
            Cell::lines("Transaction", format!("nonce {}", transaction.nonce)),
            Cell::state_why(tone, words, why),
            Cell::copy(transaction.from, "sender"),
            Cell::words(minute(transaction.accepted_at)).by(transaction.accepted_at.millis()),
            hash(Some(transaction.hash)),
        ],
    }
}

fn of_executed(executed: &ExecutedView, contracts: &Contracts) -> Row {
    let (title, path) = call_lines(contracts, &executed.call);
    let evidence = executed.evidence;
    Row {
        id: format!("{}-{}", evidence.transaction, evidence.log_index),
        cells: vec![
            Cell::lines(title, path),
            Cell::lines("Through the door", "sent elsewhere"),
            Cell::state_why(Tone::Ok, "Included", format!("in block {}", evidence.block_number)),
            Cell::copy(executed.by, "who ordered it"),
            // Only the block is known; it counts as older than whatever has a time.
            Cell::words(format!("block {}", evidence.block_number)).by(evidence.block_number),
            hash(Some(evidence.transaction)),
        ],
    }
}

/// The last function of a call path is what happens; the whole path stands below it.
fn call(path: &str) -> Cell {
    match path.rsplit_once(" → ") {
        Some((_, last)) => Cell::lines(last, path),
        None => Cell::words(path),
    }
}

fn hash(hash: Option<B256>) -> Cell {
    hash.map_or_else(|| Cell::words("none yet"), |hash| Cell::copy(hash, "transaction hash"))
}

/// How far a transaction is, in words; going backwards is said.
fn status_words(transaction: &TransactionView) -> (Tone, &'static str, String) {
    let (tone, words, mut why) = match &transaction.status {
        TransactionStatus::Stored => (Tone::Wait, "Stored", "not sent yet".to_owned()),
        TransactionStatus::Sent => (Tone::Work, "Sent", "not in a block yet".to_owned()),
        TransactionStatus::Included { block } => {
            (Tone::Ok, "Included", format!("in block {block}"))
        }
        TransactionStatus::Safe { block } => (Tone::Ok, "Safe", format!("in block {block}")),
        TransactionStatus::Final { block } => (Tone::Ok, "Final", format!("in block {block}")),
        TransactionStatus::Reverted { block, reason } => {
            (Tone::Bad, "Reverted", format!("in block {block}: {reason}"))
        }
        TransactionStatus::Replaced {} => (Tone::Off, "Replaced", String::new()),
        TransactionStatus::Refused { reason } => (Tone::Bad, "Refused", reason.clone()),
    };
    let mut add = |more: String| {
        if !why.is_empty() {
            why.push_str("; ");
        }
        why.push_str(&more);
    };
    if let Some(by) = transaction.replaced_by {
        let by = format::shorten(&by.to_string());
        add(if transaction.status.succeeded_in().is_some() {
            format!("sped up: {by} carries it")
        } else {
            format!("its nonce went to {by}")
        });
    }
    if transaction.taken_back > 0 {
        let times = format::count(
            usize::try_from(transaction.taken_back).unwrap_or(usize::MAX),
            "time",
            "times",
        );
        let from = transaction.taken_back_from.map(|block| format!(", last from block {block}"));
        add(format!("taken back {times}{}", from.unwrap_or_default()));
    }
    (tone, words, why)
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, Bytes, U256};
    use phase8_shared::chain::Call;
    use phase8_shared::time::Timestamp;

    use super::*;
    use crate::live::sample;

    fn transaction(hash: u8, status: TransactionStatus) -> TransactionView {
        TransactionView {
            hash: B256::repeat_byte(hash),
            from: Address::repeat_byte(1),
            nonce: 7,
            to: Address::repeat_byte(2),
            call: "OwnerProxy.execute → BudgetManager.updateCap".to_owned(),
            status,
            replaced_by: None,
            taken_back: 0,
            taken_back_from: None,
            accepted_at: Timestamp::from_millis(5),
        }
    }

    #[test]
    fn a_transaction_that_went_backwards_says_so() {
        let mut sent = transaction(1, TransactionStatus::Sent);
        sent.taken_back = 2;
        sent.taken_back_from = Some(9);

        assert_eq!(
            status_words(&sent),
            (
                Tone::Work,
                "Sent",
                "not in a block yet; taken back 2 times, last from block 9".to_owned()
            )
        );
    }

    #[test]
    fn a_replaced_transaction_names_what_took_its_nonce() {
        let mut replaced = transaction(1, TransactionStatus::Replaced {});
        replaced.replaced_by = Some(B256::repeat_byte(0xcc));

        let (_, words, why) = status_words(&replaced);

        assert_eq!((words, why.as_str()), ("Replaced", "its nonce went to 0xcccc…cccc"));
    }

    #[test]
    fn a_sped_up_transaction_has_one_row_and_names_what_carries_it() {
        let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
        let mut slow = transaction(1, TransactionStatus::Included { block: 4 });
        slow.replaced_by = Some(sample::tx(3).transaction);
        let executed = ExecutedView {
            call: Call { to: contracts.budget_manager, data: Bytes::new() },
            by: Address::repeat_byte(4),
            evidence: sample::tx(3),
        };

        let rows = rows(&[slow.clone()], &[], &[executed], &contracts);

        assert_eq!(rows.len(), 1, "{rows:?}");
        let why = status_words(&slow).2;
        assert!(why.starts_with("in block 4; sped up: 0x") && why.ends_with("carries it"), "{why}");
    }

    #[test]
    fn nothing_is_listed_twice() {
        let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
        let request = RequestView {
            digest: B256::repeat_byte(9),
            target: contracts.budget_manager,
            data: Bytes::new(),
            call: "OwnerProxy.executeSigned → BudgetManager.updateCap".to_owned(),
            nonce: U256::ZERO,
            deadline: 9,
            signer: Address::repeat_byte(4),
            state: RequestState::Sent { transaction: B256::repeat_byte(1) },
            accepted_at: Timestamp::from_millis(1),
            transaction: Some(B256::repeat_byte(1)),
        };
        let executed = |number| ExecutedView {
            call: Call { to: contracts.budget_manager, data: Bytes::new() },
            by: Address::repeat_byte(4),
            evidence: sample::tx(number),
        };
        let transactions = [
            transaction(1, TransactionStatus::Safe { block: 4 }),
            transaction(2, TransactionStatus::Sent),
        ];

        let rows =
            rows(&transactions, &[request], &[executed(1), executed(2), executed(3)], &contracts);

        let ways: Vec<_> = rows.iter().filter_map(|row| row.cells.get(1)).cloned().collect();
        assert_eq!(
            ways,
            [
                Cell::words("Relayed signature"),
                Cell::lines("Transaction", "nonce 7"),
                Cell::lines("Through the door", "sent elsewhere"),
            ]
        );
        let state = rows.first().and_then(|row| row.cells.get(2));
        assert_eq!(state, Some(&Cell::state_why(Tone::Ok, "Safe", "in block 4")));
    }
}
