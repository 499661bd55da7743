//! Values as words. Integers in, text out: nothing here computes with money.

use alloy_primitives::Address;
use phase8_shared::money::{MicroUsd, TokenAmount};

/// Micro-dollars in a cent.
const CENT: u64 = 10_000;

/// A long value with its middle left out: `0x1234…cdef`. Short ones stay whole.
pub(crate) fn shorten(text: &str) -> String {
    let count = text.chars().count();
    if count <= 16 {
        return text.to_owned();
    }
    let head: String = text.chars().take(6).collect();
    let tail: String = text.chars().skip(count - 4).collect();
    format!("{head}…{tail}")
}

/// An address, shortened.
pub(crate) fn short_address(address: &Address) -> String {
    shorten(&address.to_string())
}

/// `part` of `whole` in whole percent, from 0 to 100.
pub(crate) fn percent(part: u64, whole: u64) -> u64 {
    let share = u128::from(part) * 100 / u128::from(whole.max(1));
    u64::try_from(share.min(100)).unwrap_or(100)
}

/// `1 error`, `2 errors`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
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
    fn long_values_shorten_in_the_middle() {
        assert_eq!(shorten("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"), "0xf39F…2266");
        assert_eq!(shorten("short"), "short");
        assert_eq!(shorten("ααααααααααααααααααααα"), "αααααα…αααα");
    }

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
