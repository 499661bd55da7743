//! Values as words. Integers in, text out: nothing here computes with money.

pub(crate) use phase8_shared::format::{count, short_address, shorten};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::time::Timestamp;

/// Micro-dollars in a cent.
const CENT: u64 = 10_000;

/// `part` of `whole` in whole percent, from 0 to 100.
pub(crate) fn percent(part: u64, whole: u64) -> u64 {
    let share = u128::from(part) * 100 / u128::from(whole.max(1));
    u64::try_from(share.min(100)).unwrap_or(100)
}

/// Seconds at a glance, as a countdown shows them: `2 d 3 h`, `1 min 5 s`.
pub(crate) fn span(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// A moment to the second: `2026-11-23 06:37:05 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    at.to_string().replace('T', " ").replace('Z', " UTC")
}

/// An amount at a glance, rounded down to the cent.
pub(crate) fn cents_down(amount: MicroUsd) -> String {
    MicroUsd::new(amount.get() / CENT * CENT).to_string()
}

/// An amount at a glance, rounded up to the cent.
pub(crate) fn cents_up(amount: MicroUsd) -> String {
    MicroUsd::new(amount.get().div_ceil(CENT).saturating_mul(CENT)).to_string()
}

/// The amount as an editable decimal, without unit and grouping: `1000`, `0.5`.
pub(crate) fn tokens_plain(amount: TokenAmount) -> String {
    amount.to_string().replace(" AGIα", "").replace(',', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_more_than_the_whole() {
        for (part, whole, percent_shown) in
            [(0, 0, 0), (1, 3, 33), (5, 4, 100), (u64::MAX, u64::MAX, 100)]
        {
            assert_eq!(percent(part, whole), percent_shown, "{part}/{whole}");
        }
    }

    #[test]
    fn a_countdown_names_its_two_largest_parts() {
        for (seconds, words) in
            [(0, "0 s"), (65, "1 min 5 s"), (3_660, "1 h 1 min"), (180_000, "2 d 2 h")]
        {
            assert_eq!(span(seconds), words);
        }
    }

    #[test]
    fn a_moment_is_shown_to_the_second() {
        let at = Timestamp::from_millis(1_795_415_825_999);
        assert_eq!(moment(at), "2026-11-23 06:37:05 UTC");
    }

    #[test]
    fn a_range_at_a_glance_never_promises_less() {
        assert_eq!(cents_down(MicroUsd::new(1_509_999)), "$1.50");
        assert_eq!(cents_up(MicroUsd::new(112_263_168)), "$112.27");
        assert_eq!(cents_up(MicroUsd::new(u64::MAX)), MicroUsd::new(u64::MAX).to_string());
    }

    #[test]
    fn an_editable_amount_reads_back_as_itself() {
        for text in ["1000", "0.5", "1234567.000000000000000001"] {
            let amount = TokenAmount::from_tokens_decimal(text).unwrap();
            assert_eq!(tokens_plain(amount), text);
        }
    }
}
