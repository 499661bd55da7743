//! "Did you mean": the known name that a mistyped one is nearest to.

/// The nearest of the known names, if it is near enough to be meant.
pub(crate) fn nearest<'n>(name: &str, known: &mut dyn Iterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > 64 {
        return None;
    }
    let allowed = (name.len() / 3).clamp(1, 4);
    let mut best = None;
    for candidate in known {
        let distance = distance(name.as_bytes(), candidate.as_bytes());
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, name)| name)
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour, not minding case.
fn distance(typed: &[u8], known: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=known.len()).collect();
    let mut last_typed = 0;
    for (index, letter) in typed.iter().map(u8::to_ascii_lowercase).enumerate() {
        let mut next = vec![index + 1];
        let mut last_known = 0;
        for (column, (other, pair)) in
            known.iter().map(u8::to_ascii_lowercase).zip(row.windows(2)).enumerate()
        {
            let &[diagonal, above] = pair else { continue };
            let left = next.last().copied().unwrap_or_default();
            let mut best = (above + 1).min(left + 1).min(diagonal + usize::from(letter != other));
            if last_typed == other && last_known == letter {
                let swapped = column.checked_sub(1).and_then(|column| before.get(column));
                best = swapped.map_or(best, |swapped| best.min(swapped + 1));
            }
            next.push(best);
            last_known = other;
        }
        before = std::mem::replace(&mut row, next);
        last_typed = letter;
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
            assert_eq!(nearest(typed, &mut known.into_iter()), meant, "{typed}");
        }
    }
}
