//! Tables as plain values: the command line prints what the API answers and what the page shows.

use serde::{Deserialize, Serialize};

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Table {
    /// Stable name, such as `domains`.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// Headings; the first column names the row.
    pub columns: Vec<String>,
    /// Rows, with a cell for each heading.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// What it is sorted by, if by a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// What it says in small below that.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub more: String,
    /// How good that is, if it is a state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mood: Option<Mood>,
}

/// How good a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// As it should be.
    Good,
    /// Worth a look.
    Look,
    /// Not as it should be.
    Bad,
}

impl Table {
    /// A table without rows.
    pub fn new(id: &str, title: &str, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|heading| (*heading).to_owned()).collect();
        Self { id: id.to_owned(), title: title.to_owned(), columns, rows: Vec::new() }
    }

    /// The same with these rows.
    #[must_use]
    pub fn with(mut self, rows: impl Iterator<Item = Vec<Cell>>) -> Self {
        self.rows = rows.collect();
        self
    }
}

impl Cell {
    /// Words.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A number, in these words.
    pub fn number(number: u64, text: impl Into<String>) -> Self {
        Self { number: Some(number), ..Self::words(text) }
    }

    /// The same, with more in small.
    #[must_use]
    pub fn with(mut self, more: impl Into<String>) -> Self {
        self.more = more.into();
        self
    }

    /// The same as a state.
    #[must_use]
    pub const fn felt(mut self, mood: Mood) -> Self {
        self.mood = Some(mood);
        self
    }
}
