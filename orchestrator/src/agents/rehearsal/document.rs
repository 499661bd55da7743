//! A document in sections, and how its writing is spread over turns.

use std::fmt::{Display, Write as _};

/// What an agent writes.
pub(super) struct Document {
    pub(super) title: String,
    pub(super) sections: Vec<Section>,
}

/// One section.
pub(super) struct Section {
    heading: &'static str,
    body: String,
}

/// What one turn adds.
pub(super) struct Share {
    pub(super) words: String,
    pub(super) text: String,
}

impl Section {
    pub(super) fn new(heading: &'static str, body: impl Into<String>) -> Self {
        Self { heading, body: body.into() }
    }
}

impl Document {
    /// What is written in a turn: the sections are spread evenly, and a turn without one of its own checks the last.
    pub(super) fn share_of_turn(&self, turn: u8, turns: u8) -> Share {
        let (turn, turns) = (usize::from(turn), usize::from(turns.max(1)));
        let count = self.sections.len();
        let (from, to) = (count * turn / turns, (count * (turn + 1) / turns).min(count));
        let own = self.sections.get(from..to).unwrap_or_default();
        match own {
            [] => {
                let checked = self.sections.get(from).or(self.sections.last());
                let heading = checked.map_or("the job spec", |section| section.heading);
                let words = format!(
                    "Gathered figures for “{heading}” ({from} of {count} sections drafted)"
                );
                Share { text: words.clone(), words }
            }
            [section] => Share {
                words: format!("Drafted section {to} of {count}: {}", section.heading),
                text: section.body.clone(),
            },
            [first, .., last] => Share {
                words: format!(
                    "Drafted sections {} to {to} of {count}: {} … {}",
                    from + 1,
                    first.heading,
                    last.heading
                ),
                text: own.iter().map(|section| section.body.as_str()).collect(),
            },
        }
    }

    pub(super) fn to_markdown(&self) -> String {
        let mut text = format!(
            "# {}\n\n> **REHEARSAL.** No model was asked: this was worked out from the job spec, offline, and is the \
             same every time.\n",
            self.title
        );
        for section in &self.sections {
            let _ = write!(text, "\n## {}\n\n{}\n", section.heading, section.body.trim_end());
        }
        text
    }
}

/// The kind of document with the step's name, which is not said twice where they are the same.
pub(super) fn titled(kind: &str, step: &str) -> String {
    if kind.eq_ignore_ascii_case(step) { kind.to_owned() } else { format!("{kind}: {step}") }
}

/// A Markdown table. Bars inside cells are escaped, because names come from an uploaded file.
pub(super) fn table<const N: usize>(
    heads: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut text = format!("| {} |\n|{}\n", heads.join(" | "), "---|".repeat(N));
    for row in rows {
        let cells = row.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// A bullet list.
pub(super) fn bullets(items: impl IntoIterator<Item = impl Display>) -> String {
    items.into_iter().fold(String::new(), |mut text, item| {
        let _ = writeln!(text, "- {item}");
        text
    })
}
