//! Moments as files write them: ISO 8601, as far as JavaScript's dates go.

use crate::time::Timestamp;

/// Reads `2025-07-01`, `2025-07-01T00:00:00Z` or `2025-07-01T00:00:00.000+02:00`.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let (date, clock) = text.split_once('T').unwrap_or((text, "00:00Z"));
    let mut parts = date.splitn(3, '-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2).filter(|month| (1..=12).contains(month))?;
    let day = digits(parts.next()?, 2).filter(|day| (1..=days_in(year, month)).contains(day))?;
    let days = days_since_epoch(year, month, day)?;
    let (clock, offset_minutes) = zone(clock)?;
    let (clock, millis) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, thousandths(fraction)?),
        None => (clock, 0),
    };
    let mut parts = clock.splitn(3, ':');
    let hour = digits(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = digits(parts.next()?, 2).filter(|minute| *minute < 60)?;
    let second =
        parts.next().map_or(Some(0), |second| digits(second, 2).filter(|second| *second < 60))?;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset_minutes * 60;
    u64::try_from(seconds * 1_000 + millis).ok().map(Timestamp::from_millis)
}

/// The clock without its zone, and the zone's minutes ahead of UTC.
fn zone(clock: &str) -> Option<(&str, i64)> {
    if let Some(clock) = clock.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let at = clock.rfind(['+', '-'])?;
    let (clock, zone) = clock.split_at_checked(at)?;
    let (sign, zone) = if let Some(zone) = zone.strip_prefix('-') {
        (-1, zone)
    } else {
        (1, zone.strip_prefix('+')?)
    };
    let (hours, minutes) = zone.split_once(':')?;
    let hours = digits(hours, 2).filter(|hours| *hours < 24)?;
    let minutes = digits(minutes, 2).filter(|minutes| *minutes < 60)?;
    Some((clock, sign * (hours * 60 + minutes)))
}

fn digits(text: &str, length: usize) -> Option<i64> {
    let valid = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

fn thousandths(fraction: &str) -> Option<i64> {
    if fraction.is_empty()
        || fraction.len() > 9
        || !fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    format!("{fraction:0<3}").get(..3)?.parse().ok()
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Whole days from 1970-01-01; nothing before it.
fn days_since_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    if year < 1970 {
        return None;
    }
    // Years counted from March put the leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    Some(year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_the_moment_it_names() {
        for (text, shown) in [
            ("1970-01-01", "1970-01-01T00:00:00Z"),
            ("2025-07-01T00:00:00Z", "2025-07-01T00:00:00Z"),
            ("2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59Z"),
            ("2026-03-01T01:30:00+02:00", "2026-02-28T23:30:00Z"),
            ("2026-12-31T23:30-01:00", "2027-01-01T00:30:00Z"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), shown, "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2025-02-29",
            "2025-13-01",
            "2025-1-1",
            "2025-07-01T24:00:00Z",
            "2025-07-01T00:00:00",
            "1969-12-31",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
