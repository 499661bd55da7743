//! Requests that were signed: which of them somebody could still use, and for how long.

use alloy_primitives::B256;
use phase8_shared::api::{RequestState, RequestView};
use phase8_shared::chain::{Call, Contracts};

use crate::pages::owner::rows::{Cell, Row};
use crate::pages::owner::words::{call_lines, duration};
use crate::ui::Tone;

/// Headings of the table.
pub(super) const HEADINGS: &[&str] = &["Call", "Nonce", "Usable for", "State", "Digest"];

/// Those that can still be used.
pub(crate) fn outstanding(requests: &[RequestView], now: u64) -> Vec<RequestView> {
    requests
        .iter()
        .filter(|request| request.state.is_outstanding() && now <= request.deadline)
        .cloned()
        .collect()
}

/// A request that was signed in this browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedHere {
    /// Its digest.
    pub(super) digest: B256,
    /// What it is called.
    pub(super) title: &'static str,
}

/// Those that were signed here and that the server does not know.
pub(super) fn unsent(here: Vec<SignedHere>, requests: &[RequestView]) -> Vec<SignedHere> {
    let known = |it: &SignedHere| requests.iter().any(|request| request.digest == it.digest);
    here.into_iter().filter(|it| !known(it)).collect()
}

/// The row of one that the server does not know.
pub(super) fn unsent_row(it: &SignedHere) -> Row {
    let why = "in this browser; the server does not know it, so it may never have arrived";
    Row {
        id: it.digest.to_string(),
        cells: vec![
            Cell::words(it.title),
            Cell::words("–"),
            Cell::words("an hour at most"),
            Cell::state_why(Tone::Warn, "Signed", why),
            Cell::copy(it.digest, "EIP-712 digest"),
        ],
    }
}

/// The table's rows.
pub(super) fn rows(requests: &[RequestView], contracts: &Contracts, now: u64) -> Vec<Row> {
    requests.iter().map(|request| row(request, contracts, now)).collect()
}

fn row(request: &RequestView, contracts: &Contracts, now: u64) -> Row {
    let call = Call { to: request.target, data: request.data.clone() };
    let (title, path) = call_lines(contracts, &call);
    let left = request.deadline.saturating_sub(now);
    let (tone, words, why) = told(&request.state);
    Row {
        id: request.digest.to_string(),
        cells: vec![
            Cell::lines(title, path),
            Cell::number(
                u128::try_from(request.nonce).unwrap_or(u128::MAX),
                request.nonce.to_string(),
            ),
            Cell::number(left, duration(left)),
            Cell::state_why(tone, words, why),
            Cell::copy(request.digest, "EIP-712 digest"),
        ],
    }
}

/// How far a request is, in words.
pub(crate) fn told(state: &RequestState) -> (Tone, &'static str, String) {
    match state {
        RequestState::Outstanding { reason: None } => {
            (Tone::Warn, "Outstanding", "signed and not on its way".to_owned())
        }
        RequestState::Outstanding { reason: Some(reason) } => {
            (Tone::Warn, "Outstanding", format!("not sent: {reason}"))
        }
        RequestState::Sent { .. } => (Tone::Work, "Sent", "a transaction carries it".to_owned()),
        RequestState::Included { block, .. } => {
            (Tone::Ok, "Carried out", format!("in block {block}"))
        }
        RequestState::Failed { reason } => {
            (Tone::Bad, "Failed", format!("{reason}; the signature can still be used"))
        }
        RequestState::Expired => (Tone::Off, "Expired", String::new()),
        RequestState::Void => (Tone::Off, "Void", "the owner's nonce moved past it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, Bytes, U256};
    use phase8_shared::time::Timestamp;

    use super::*;

    fn request(state: RequestState, deadline: u64) -> RequestView {
        RequestView {
            digest: B256::repeat_byte(1),
            target: Address::repeat_byte(2),
            data: Bytes::new(),
            call: String::new(),
            nonce: U256::from(3),
            deadline,
            signer: Address::repeat_byte(4),
            state,
            accepted_at: Timestamp::from_millis(0),
            transaction: None,
        }
    }

    #[test]
    fn only_what_can_still_be_used_is_outstanding() {
        let transaction = B256::ZERO;
        for (state, deadline, counts) in [
            (RequestState::Outstanding { reason: None }, 100, true),
            (RequestState::Outstanding { reason: None }, 99, false),
            (RequestState::Sent { transaction }, 100, true),
            (RequestState::Failed { reason: "x".to_owned() }, 100, true),
            (RequestState::Included { transaction, block: 1 }, 100, false),
            (RequestState::Void, 100, false),
            (RequestState::Expired, 100, false),
        ] {
            let requests = [request(state.clone(), deadline)];
            assert_eq!(outstanding(&requests, 100).len() == 1, counts, "{state:?} {deadline}");
        }
    }

    #[test]
    fn what_the_server_knows_is_not_listed_twice() {
        let here = |byte| SignedHere { digest: B256::repeat_byte(byte), title: "Pause Fleet" };
        let requests = [request(RequestState::Void, 100)];

        assert_eq!(unsent(vec![here(1), here(2)], &requests), [here(2)]);
        assert_eq!(unsent_row(&here(2)).cells.len(), HEADINGS.len());
    }

    #[test]
    fn a_row_counts_down_to_the_deadline() {
        let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
        let requests = [request(RequestState::Outstanding { reason: None }, 700)];

        let row = rows(&requests, &contracts, 100).remove(0);

        assert_eq!(row.cells.get(2), Some(&Cell::number(600_u64, "10 min")));
        assert_eq!(row.cells.get(1), Some(&Cell::number(3_u64, "3")));
    }
}
