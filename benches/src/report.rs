//! One row a goal: what was reached beside which peer, and whether the whole interval meets the goal.

use std::fmt;

use serde::Serialize;

use crate::pairs::Compared;

/// What a figure must not exceed.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Goal {
    /// The ratio to the peer.
    RatioAtMost(f64),
    /// Ours alone, in the row's unit.
    OursAtMost(f64),
}

/// A row.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    /// The goal's number.
    pub(crate) id: &'static str,
    /// What is measured.
    pub(crate) what: &'static str,
    /// Beside whom.
    pub(crate) peer: &'static str,
    /// What is not like for like, if anything.
    pub(crate) label: &'static str,
    /// Unit of the figures.
    pub(crate) unit: &'static str,
    /// What to reach.
    pub(crate) goal: Goal,
    /// What was measured; the reason if nothing was.
    pub(crate) measured: Result<Compared, String>,
}

impl Row {
    /// Whether the goal is met with the whole interval; `None` if nothing was measured.
    pub(crate) fn is_met(&self) -> Option<bool> {
        let measured = self.measured.as_ref().ok()?;
        Some(match self.goal {
            Goal::RatioAtMost(most) => measured.high <= most,
            Goal::OursAtMost(most) => measured.ours <= most,
        })
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RatioAtMost(most) => write!(f, "≤ {most:.3}×"),
            Self::OursAtMost(most) => write!(f, "≤ {most}"),
        }
    }
}

/// The rows as a Markdown table.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = "| # | work | peer | ours | peer's | ratio [96 %] | goal | met |\n|---|---|---|---|---|---|---|---|\n".to_owned();
    for row in rows {
        let Row { id, what, peer, label, unit, goal, measured } = row;
        let peer = if label.is_empty() { (*peer).to_owned() } else { format!("{peer} ({label})") };
        let met = match row.is_met() {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not run",
        };
        let figures = match measured {
            Ok(Compared { ours, peer, ratio, low, high }) => {
                format!("{ours:.1} {unit} | {peer:.1} {unit} | {ratio:.3} [{low:.3}, {high:.3}]")
            }
            Err(why) => format!("– | – | {why}"),
        };
        let line = format!("| {id} | {what} | {peer} | {figures} | {goal} | {met} |\n");
        text.push_str(&line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(goal: Goal, measured: Result<Compared, String>) -> Row {
        Row { id: "R2", what: "relay", peer: "anvil", label: "", unit: "µs", goal, measured }
    }

    const MEASURED: Compared =
        Compared { ours: 120.0, peer: 100.0, ratio: 1.2, low: 1.1, high: 1.35 };

    #[test]
    fn a_goal_is_met_by_the_whole_interval_only() {
        assert_eq!(row(Goal::RatioAtMost(1.3), Ok(MEASURED)).is_met(), Some(false));
        assert_eq!(row(Goal::RatioAtMost(1.35), Ok(MEASURED)).is_met(), Some(true));
        assert_eq!(row(Goal::OursAtMost(110.0), Ok(MEASURED)).is_met(), Some(false));
    }

    #[test]
    fn a_peer_that_was_not_there_is_reported_as_not_run() {
        let text = table(&[row(Goal::RatioAtMost(1.0), Err("no such peer".to_owned()))]);

        assert!(text.contains("no such peer") && text.contains("not run"), "{text}");
    }
}
