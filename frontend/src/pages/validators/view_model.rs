//! The leaderboard as rows.

use phase8_shared::api::ValidatorsView;
use phase8_shared::score::record::{ValidatorStanding, Vote, VoteKind};

use crate::pages::owner::rows::{Cell, CellFace, Key, Row};
use crate::ui::Tone;

/// A row for each validator.
pub(super) fn board_rows(view: &ValidatorsView) -> Vec<Row> {
    view.validators.iter().map(board_row).collect()
}

fn board_row(it: &ValidatorStanding) -> Row {
    Row {
        id: it.validator.to_string(),
        cells: vec![
            Cell::copy(it.validator, "address"),
            Cell::number(it.approvals, it.approvals.to_string()),
            Cell::number(it.other_votes, it.other_votes.to_string()),
            Cell::number(it.median_ms, took(it.median_ms)),
            Cell::number(it.reversals, it.reversals.to_string()),
            tokens(it.rewards),
        ],
    }
}

/// A row for each vote of a validator.
pub(super) fn vote_rows(view: &ValidatorsView, validator: &str) -> Vec<Row> {
    let standing = view.validators.iter().find(|it| it.validator.to_string() == validator);
    standing.map(|it| it.votes.iter().map(vote_row).collect()).unwrap_or_default()
}

fn vote_row(vote: &Vote) -> Row {
    let transaction = vote.transaction.map_or_else(
        || Cell::words("signed, off chain"),
        |hash| Cell::copy(hash, "transaction hash"),
    );
    let kind = match (vote.kind, vote.stood) {
        (VoteKind::Approval, false) => Cell::state(Tone::Warn, "approval, did not stand"),
        (VoteKind::Approval, true) => Cell::state(Tone::Ok, "approval"),
        (VoteKind::CheckIn | VoteKind::Answer | VoteKind::Summons, _) => {
            Cell::state(Tone::Ok, vote.kind.as_str())
        }
    };
    Row {
        id: format!("{}-{}", vote.mission, vote.card),
        cells: vec![
            Cell::words(vote.at.to_string()).by(vote.at.millis()),
            kind,
            Cell::copy(vote.mission, "mission"),
            Cell::number(vote.card.0, vote.card.to_string()),
            Cell::number(vote.took_ms, took(vote.took_ms)),
            tokens(vote.reward),
            transaction,
        ],
    }
}

/// Exact to the last unit, and sorted by it.
fn tokens(amount: phase8_shared::money::TokenAmount) -> Cell {
    let key = u128::try_from(amount.get()).unwrap_or(u128::MAX);
    Cell { key: Key::Number(key), face: CellFace::Number(amount.to_string()) }
}

/// A time to answer: `850 ms`, `12 s`, `4 min`, `3 h`.
pub(crate) fn took(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..120_000 => format!("{} s", millis / 1_000),
        120_000..7_200_000 => format!("{} min", millis / 60_000),
        _ => format!("{} h", millis / 3_600_000),
    }
}

#[cfg(test)]
mod tests {
    use phase8_shared::score::record::{MissionRecord, standings};
    use phase8_shared::timeline::sample;

    use super::*;

    #[test]
    fn every_vote_behind_a_number_is_a_row_with_its_card() {
        let record = MissionRecord::of(&sample::ledger()).unwrap();
        let view = ValidatorsView { missions: 1, validators: standings([&record]) };

        let rows = board_rows(&view);

        let votes = vote_rows(&view, &rows[0].id);
        let other: usize = view.validators[0].votes.len();
        assert_eq!(votes.len(), other);
        assert!(vote_rows(&view, "nobody").is_empty());
        assert!(rows.iter().all(|row| row.cells.len() == 6));
        assert!(votes.iter().all(|row| row.cells.len() == 7));
    }

    #[test]
    fn a_time_is_told_as_people_tell_it() {
        for (millis, words) in
            [(850, "850 ms"), (12_400, "12 s"), (240_000, "4 min"), (10_800_000, "3 h")]
        {
            assert_eq!(took(millis), words);
        }
    }
}
