//! From a byte offset to the line and column that an editor shows.

/// A place in a text as an editor counts: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// Line, from 1.
    pub(crate) line: u32,
    /// Column in characters, from 1.
    pub(crate) column: u32,
}

/// Where each line of a text starts.
#[derive(Debug, Clone)]
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let after =
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1);
        Self { text, starts: std::iter::once(0).chain(after).collect() }
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before =
            self.text.as_bytes().get(start..offset.min(self.text.len())).unwrap_or_default();
        // Every character has exactly one byte that is not a continuation byte.
        let characters = before.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        Position { line: counted(line), column: counted(characters + 1) }
    }

    /// The offset of a line and a byte column, both from 1.
    pub(super) fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        (start + column.saturating_sub(1)).min(self.text.len())
    }
}

fn counted(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let lines = Lines::of("{\n  \"α\": 1,\r\n}");
        for (offset, line, column) in [(0, 1, 1), (2, 2, 1), (8, 2, 6), (15, 3, 2), (999, 3, 2)] {
            assert_eq!(lines.position(offset), Position { line, column }, "{offset}");
        }
        assert_eq!(lines.offset(2, 1), 2);
        assert_eq!(lines.offset(9, 9), 15);
    }
}
