//! Which nonce the next transaction of this server's own wallet carries.

use std::collections::BTreeSet;

/// The smallest nonce that neither the chain has seen nor one of our own open transactions holds. `seen` counts what
/// the chain has included or keeps waiting; a gap that a refused transaction left behind is filled first, because
/// nothing behind a gap is ever included.
pub fn next(seen: u64, open: &BTreeSet<u64>) -> u64 {
    let mut nonce = seen;
    for taken in open.range(seen..) {
        if *taken > nonce {
            break;
        }
        nonce = taken.saturating_add(1);
    }
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_nonce_fills_the_first_gap() {
        for (seen, open, expected) in [
            (0, vec![], 0),
            (5, vec![], 5),
            (5, vec![5, 6], 7),
            (5, vec![6, 7], 5),
            (5, vec![3, 4], 5),
            (5, vec![4, 5, 8], 6),
        ] {
            assert_eq!(next(seen, &open.iter().copied().collect()), expected, "{seen} {open:?}");
        }
    }
}
