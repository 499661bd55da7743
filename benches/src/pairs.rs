//! Two programs at the same work in one run, taking turns A B B A, and what the ratio of their figures is.

use std::fmt;
use std::future::Future;

use anyhow::{Result, ensure};
use serde::Serialize;

/// Pairs that are measured; with 15 the fourth smallest and largest ratio bound the median at 96 %.
const PAIRS: usize = 15;
/// Pairs that are run before, and forgotten.
const WARM_UP: usize = 2;
/// Which of the sorted figures bound the median: P(Binomial(15, ½) < 4) is 1.8 % on either side.
const BOUND: usize = 3;

/// A median and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Measure {
    /// The median.
    pub(crate) median: f64,
    /// Its lower bound, at 96 %.
    pub(crate) low: f64,
    /// Its upper bound, at 96 %.
    pub(crate) high: f64,
}

/// A figure per operation, in one unit, of ours and of the peer, and the ratio between them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Compared {
    /// Ours.
    pub(crate) ours: Measure,
    /// The peer's.
    pub(crate) peer: Measure,
    /// The ratios of the pairs.
    pub(crate) ratio: Measure,
}

impl fmt::Display for Measure {
    /// With its bounds, in the precision that is asked for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, low, high } = self;
        let digits = f.precision().unwrap_or(3);
        write!(f, "{median:.digits$} [{low:.digits$}, {high:.digits$}]")
    }
}

/// Runs both in turns; each call answers its figures per operation, the same figures in the same order.
pub(crate) async fn compare<A, B, FA, FB, const N: usize>(
    mut ours: A,
    mut peer: B,
) -> Result<[Compared; N]>
where
    A: FnMut() -> FA,
    B: FnMut() -> FB,
    FA: Future<Output = Result<[f64; N]>>,
    FB: Future<Output = Result<[f64; N]>>,
{
    let mut pairs = Vec::with_capacity(PAIRS);
    for turn in 0..WARM_UP + PAIRS {
        let pair = if turn % 2 == 0 {
            let first = ours().await?;
            (first, peer().await?)
        } else {
            let first = peer().await?;
            (ours().await?, first)
        };
        if turn >= WARM_UP {
            pairs.push(pair);
        }
    }
    let nothing = Measure { median: 0.0, low: 0.0, high: 0.0 };
    let mut compared = [Compared { ours: nothing, peer: nothing, ratio: nothing }; N];
    for (at, one) in compared.iter_mut().enumerate() {
        let figures: Vec<(f64, f64)> = pairs
            .iter()
            .filter_map(|(ours, peer)| Some((*ours.get(at)?, *peer.get(at)?)))
            .collect();
        *one = summary(&figures)?;
    }
    Ok(compared)
}

fn summary(figures: &[(f64, f64)]) -> Result<Compared> {
    ensure!(figures.iter().all(|(_, peer)| *peer > 0.0), "the peer's figure is not positive");
    Ok(Compared {
        ours: measure(figures.iter().map(|(ours, _)| *ours)),
        peer: measure(figures.iter().map(|(_, peer)| *peer)),
        ratio: measure(figures.iter().map(|(ours, peer)| ours / peer)),
    })
}

fn measure(values: impl Iterator<Item = f64>) -> Measure {
    let sorted = sorted(values);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    Measure {
        median: median(&sorted),
        low: at(BOUND),
        high: at(sorted.len().saturating_sub(1 + BOUND)),
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The median of sorted values.
pub(crate) fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The median of values in any order.
pub(crate) fn median_of(values: Vec<f64>) -> f64 {
    median(&sorted(values.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_leaves_out_three_pairs_on_either_side() {
        let figures: Vec<(f64, f64)> = (1..=15).map(|nth| (f64::from(nth), 2.0)).collect();

        let summary = summary(&figures).unwrap();

        assert_eq!(summary.ratio, Measure { median: 4.0, low: 2.0, high: 6.0 });
        assert_eq!(format!("{:.1}", summary.ours), "8.0 [4.0, 12.0]");
    }

    #[test]
    fn a_peer_that_measured_nothing_is_no_peer() {
        assert!(summary(&[(1.0, 0.0)]).is_err());
    }
}
