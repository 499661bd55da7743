//! "Did you mean": the known name that a mistyped one is nearest to.

/// The nearest of the known names, if it is near enough to be meant.
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let typed: Vec<char> = name.chars().take(65).flat_map(char::to_lowercase).collect();
    if typed.len() > 64 {
        return None;
    }
    let allowed = (typed.len() / 3).clamp(1, 4);
    let candidates = known.into_iter().map(|candidate| (distance(&typed, candidate), candidate));
    candidates
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour, not minding case.
fn distance(typed: &[char], known: &str) -> usize {
    let known: Vec<char> = known.chars().flat_map(char::to_lowercase).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=known.len()).collect();
    let mut last_typed = None;
    for (index, letter) in typed.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(index + 1);
        let mut last_known = None;
        for (column, (other, pair)) in known.iter().zip(row.windows(2)).enumerate() {
            let &[diagonal, above] = pair else { continue };
            let left = next.last().copied().unwrap_or_default();
            let mut best = (above + 1).min(left + 1).min(diagonal + usize::from(letter != other));
            if last_typed == Some(other) && last_known == Some(letter) {
                let swapped = column.checked_sub(1).and_then(|column| before.get(column));
                best = swapped.map_or(best, |swapped| best.min(swapped + 1));
            }
            next.push(best);
            last_known = Some(other);
        }
        before = std::mem::replace(&mut row, next);
        last_typed = Some(letter);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_what_was_meant() {
        let known = ["jobName", "description", "maxDurationMinutes", "agents"];
        for (typed, meant) in [
            ("jobNmae", Some("jobName")),
            ("jobname", Some("jobName")),
            ("maxDurationMinuets", Some("maxDurationMinutes")),
            ("agent", Some("agents")),
            ("budget", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
    }
}
