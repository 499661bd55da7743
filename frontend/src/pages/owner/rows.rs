//! Tables as plain values: rows of cells, and the order that a press on a heading gives them.

use crate::ui::Tone;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Stable; its `data-id`.
    pub(crate) id: String,
    /// One for each heading.
    pub(crate) cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What it is sorted by.
    pub(crate) key: Key,
    /// What it shows.
    pub(crate) face: CellFace,
}

/// Letters that half a phone has room for.
const WIDE: usize = 16;

/// What a cell is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// As a number.
    Number(u128),
    /// As a text, without regard to case.
    Text(String),
}

/// What a cell shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CellFace {
    /// Words.
    Words(String),
    /// Words, and more words in small below them.
    Lines(String, String),
    /// A number; set flush right.
    Number(String),
    /// A value that shortens and copies whole: the value, and what it is.
    Copy(String, &'static str),
    /// Words, and a value that copies whole below them.
    Named(String, String, &'static str),
    /// A state.
    State(Tone, String),
    /// A state, and why in small below it.
    StateWhy(Tone, String, String),
}

impl Cell {
    /// Words.
    pub(crate) fn words(words: impl Into<String>) -> Self {
        let words = words.into();
        Self { key: Key::Text(words.to_lowercase()), face: CellFace::Words(words) }
    }

    /// Words, and more of them in small.
    pub(crate) fn lines(words: impl Into<String>, more: impl Into<String>) -> Self {
        let words = words.into();
        Self { key: Key::Text(words.to_lowercase()), face: CellFace::Lines(words, more.into()) }
    }

    /// A number, shown in these words.
    pub(crate) fn number(number: impl Into<u128>, words: impl Into<String>) -> Self {
        Self { key: Key::Number(number.into()), face: CellFace::Number(words.into()) }
    }

    /// Something that copies whole.
    pub(crate) fn copy(value: impl ToString, what: &'static str) -> Self {
        let value = value.to_string();
        Self { key: Key::Text(value.to_lowercase()), face: CellFace::Copy(value, what) }
    }

    /// Words with an id below them.
    pub(crate) fn named(
        words: impl Into<String>,
        value: impl ToString,
        what: &'static str,
    ) -> Self {
        let words = words.into();
        Self {
            key: Key::Text(words.to_lowercase()),
            face: CellFace::Named(words, value.to_string(), what),
        }
    }

    /// A state.
    pub(crate) fn state(tone: Tone, words: impl Into<String>) -> Self {
        let words = words.into();
        Self { key: Key::Text(words.to_lowercase()), face: CellFace::State(tone, words) }
    }

    /// A state, and why.
    pub(crate) fn state_why(tone: Tone, words: impl Into<String>, why: impl Into<String>) -> Self {
        let words = words.into();
        Self {
            key: Key::Text(words.to_lowercase()),
            face: CellFace::StateWhy(tone, words, why.into()),
        }
    }

    /// Whether half a phone is too narrow for it: a single word, such as a contract's name, would be broken.
    pub(crate) fn is_wide(&self) -> bool {
        match &self.face {
            CellFace::State(_, words)
            | CellFace::StateWhy(_, words, _)
            | CellFace::Words(words) => words.split_whitespace().any(|word| word.len() > WIDE),
            CellFace::Lines(..)
            | CellFace::Number(_)
            | CellFace::Copy(..)
            | CellFace::Named(..) => false,
        }
    }

    /// Sorted by a number instead of its words.
    #[must_use]
    pub(crate) fn by(mut self, number: impl Into<u128>) -> Self {
        self.key = Key::Number(number.into());
        self
    }
}

/// How rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sorting {
    /// By which column.
    pub(crate) column: usize,
    /// Which end is on top.
    pub(crate) way: Way,
}

/// Which end is on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The smallest.
    Up,
    /// The largest.
    Down,
}

impl Sorting {
    /// The smallest of a column on top.
    pub(crate) const fn up(column: usize) -> Self {
        Self { column, way: Way::Up }
    }

    /// The largest of a column on top.
    pub(crate) const fn down(column: usize) -> Self {
        Self { column, way: Way::Down }
    }

    /// The order after a press on a heading.
    #[must_use]
    pub(crate) const fn pressed(self, column: usize) -> Self {
        match (self.column == column, self.way) {
            (true, Way::Up) => Self::down(column),
            (true, Way::Down) | (false, _) => Self::up(column),
        }
    }

    /// `aria-sort` of a heading.
    pub(crate) const fn aria(self, column: usize) -> &'static str {
        match (self.column == column, self.way) {
            (false, _) => "none",
            (true, Way::Up) => "ascending",
            (true, Way::Down) => "descending",
        }
    }

    /// The rows in order; equal ones stay as they came.
    pub(crate) fn apply(self, mut rows: Vec<Row>) -> Vec<Row> {
        rows.sort_by(|a, b| {
            let order = key(a, self.column).cmp(&key(b, self.column));
            if self.way == Way::Up { order } else { order.reverse() }
        });
        rows
    }
}

fn key(row: &Row, column: usize) -> Option<&Key> {
    row.cells.get(column).map(|cell| &cell.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, name: &str, size: u64) -> Row {
        Row { id: id.to_owned(), cells: vec![Cell::words(name), Cell::number(size, "")] }
    }

    fn ids(sorting: Sorting) -> Vec<String> {
        let rows = vec![row("a", "Zeta", 10), row("b", "alpha", 9), row("c", "Beta", 9)];
        sorting.apply(rows).into_iter().map(|row| row.id).collect()
    }

    #[test]
    fn words_sort_without_regard_to_case_and_numbers_by_size() {
        assert_eq!(ids(Sorting::up(0)), ["b", "c", "a"]);
        assert_eq!(ids(Sorting::up(1)), ["b", "c", "a"]);
        assert_eq!(ids(Sorting::down(1)), ["a", "b", "c"]);
    }

    #[test]
    fn a_long_word_takes_the_whole_width_of_a_phone() {
        for (words, wide) in [
            ("OwnerProxy", false),
            ("Phase8UniversalValueManager", true),
            ("nobody may do that now or later", false),
        ] {
            assert_eq!(Cell::state(Tone::Ok, words).is_wide(), wide, "{words}");
        }
    }

    #[test]
    fn a_second_press_turns_the_order_around() {
        let once = Sorting::down(1).pressed(0);
        assert_eq!((once, once.pressed(0)), (Sorting::up(0), Sorting::down(0)));
        assert_eq!((once.aria(0), once.aria(1)), ("ascending", "none"));
    }
}
