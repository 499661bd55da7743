//! One row a goal: what was reached beside which peer, and whether the whole interval meets the goal.

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
    /// No goal: it tells what another row leaves out.
    Shown,
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
    /// Whether the goal is met with the whole interval; `None` if nothing was measured, or there is no goal.
    pub(crate) fn is_met(&self) -> Option<bool> {
        let measured = self.measured.as_ref().ok()?;
        match self.goal {
            Goal::RatioAtMost(most) => Some(measured.ratio.high <= most),
            Goal::OursAtMost(most) => Some(measured.ours.high <= most),
            Goal::Shown => None,
        }
    }
}

impl Goal {
    /// In words, with the unit of the row.
    fn words(self, unit: &str) -> String {
        match self {
            Self::RatioAtMost(most) => format!("≤ {most:.3}×"),
            Self::OursAtMost(most) => format!("≤ {most} {unit}"),
            Self::Shown => "–".to_owned(),
        }
    }
}

/// The rows as a Markdown table.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = "| # | work | peer | ours [96 %] | peer's | ratio [96 %] | goal | met |\n|---|---|---|---|---|---|---|---|\n".to_owned();
    for row in rows {
        let Row { id, what, peer, label, unit, goal, measured } = row;
        let peer = if label.is_empty() { (*peer).to_owned() } else { format!("{peer} ({label})") };
        let met = match (row.is_met(), measured) {
            (Some(true), _) => "yes",
            (Some(false), _) => "no",
            (None, Ok(_)) => "–",
            (None, Err(_)) => "not run",
        };
        let figures = match measured {
            Ok(Compared { ours, peer, ratio }) => {
                format!("{ours:.1} {unit} | {:.1} {unit} | {ratio:.3}", peer.median)
            }
            Err(why) => format!("– | – | {why}"),
        };
        let goal = goal.words(unit);
        let line = format!("| {id} | {what} | {peer} | {figures} | {goal} | {met} |\n");
        text.push_str(&line);
    }
    text
}

/// What stands before the figures in a document, and after them.
const MARKS: (&str, &str) =
    ("<!-- figures: `cargo xtask bench` writes them -->", "<!-- end of figures -->");

/// The document with other figures between its marks; `None` if it has none.
pub(crate) fn with_figures(document: &str, figures: &str) -> Option<String> {
    let (before, rest) = document.split_once(MARKS.0)?;
    let (_, after) = rest.split_once(MARKS.1)?;
    Some(format!("{before}{}\n{}\n{}{after}", MARKS.0, figures.trim_end(), MARKS.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairs::Measure;

    fn row(goal: Goal, measured: Result<Compared, String>) -> Row {
        Row { id: "R2", what: "relay", peer: "anvil", label: "", unit: "µs", goal, measured }
    }

    const fn measure(median: f64, low: f64, high: f64) -> Measure {
        Measure { median, low, high }
    }

    const MEASURED: Compared = Compared {
        ours: measure(120.0, 115.0, 125.0),
        peer: measure(100.0, 95.0, 105.0),
        ratio: measure(1.2, 1.1, 1.35),
    };

    #[test]
    fn a_goal_is_met_by_the_whole_interval_only() {
        for (goal, expected) in [
            (Goal::RatioAtMost(1.3), Some(false)),
            (Goal::RatioAtMost(1.35), Some(true)),
            (Goal::OursAtMost(120.0), Some(false)),
            (Goal::OursAtMost(125.0), Some(true)),
            (Goal::Shown, None),
        ] {
            assert_eq!(row(goal, Ok(MEASURED)).is_met(), expected, "{goal:?}");
        }
    }

    #[test]
    fn a_peer_that_was_not_there_is_reported_as_not_run() {
        let text = table(&[row(Goal::RatioAtMost(1.0), Err("no such peer".to_owned()))]);

        assert!(text.contains("no such peer") && text.contains("not run"), "{text}");
    }

    #[test]
    fn figures_are_replaced_between_the_marks_alone() {
        let document = format!("# Title\n{}\nold\n{}\nwords\n", MARKS.0, MARKS.1);

        let text = with_figures(&document, "new\n").unwrap();

        assert_eq!(text, document.replace("old", "new"));
        assert_eq!(with_figures("# Title", "new"), None);
    }

    #[test]
    fn what_has_no_goal_is_neither_met_nor_missed() {
        let text = table(&[row(Goal::Shown, Ok(MEASURED))]);

        assert!(
            text.contains("| 120.0 [115.0, 125.0] µs |") && text.ends_with("| – | – |\n"),
            "{text}"
        );
    }
}
