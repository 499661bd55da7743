//! Markdown, written so that no text of a manifest can break out of its place.

use std::fmt::{Display, Write as _};

/// A document that grows from the top.
#[derive(Debug, Default)]
pub(super) struct Document(String);

/// On which side a column of a table stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

impl Document {
    /// A document with its title and a first paragraph.
    pub(super) fn new(title: &str, lead: impl Display) -> Self {
        let mut document = Self(format!("# {title}\n"));
        document.paragraph(lead);
        document
    }

    /// Starts a section.
    pub(super) fn section(&mut self, title: impl Display) {
        self.line(format_args!("\n## {title}"));
    }

    /// Starts a part of a section.
    pub(super) fn part(&mut self, title: impl Display) {
        self.line(format_args!("\n### {title}"));
    }

    /// Words.
    pub(super) fn paragraph(&mut self, text: impl Display) {
        self.line(format_args!("\n{text}"));
    }

    /// A list.
    pub(super) fn bullets<T: Display>(&mut self, items: impl IntoIterator<Item = T>) {
        self.list("- ", items);
    }

    /// A list of things to do.
    pub(super) fn tasks<T: Display>(&mut self, items: impl IntoIterator<Item = T>) {
        self.list("- [ ] ", items);
    }

    /// A list in order.
    pub(super) fn steps<T: Display>(&mut self, items: impl IntoIterator<Item = T>) {
        self.line("");
        for (number, item) in (1_usize..).zip(items) {
            self.line(format_args!("{number}. {item}"));
        }
    }

    fn list<T: Display>(&mut self, mark: &str, items: impl IntoIterator<Item = T>) {
        self.line("");
        for item in items {
            self.line(format_args!("{mark}{item}"));
        }
    }

    /// A table with cells that are [`plain`] or made here; without rows it says so.
    pub(super) fn table<const N: usize>(
        &mut self,
        columns: [(&str, Side); N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            self.paragraph("*None.*");
            return;
        }
        let titles = columns.map(|(title, _)| title);
        let rules = columns.map(|(_, side)| match side {
            Side::Left => ":---",
            Side::Right => "---:",
        });
        self.line(format_args!("\n| {} |", titles.join(" | ")));
        self.line(format_args!("| {} |", rules.join(" | ")));
        for row in rows {
            self.line(format_args!("| {} |", row.join(" | ")));
        }
    }

    /// Facts, one a row.
    pub(super) fn facts<T: Display>(&mut self, rows: impl IntoIterator<Item = (&'static str, T)>) {
        let rows = rows.into_iter().map(|(name, value)| [name.to_owned(), value.to_string()]);
        self.table([("What", Side::Left), ("Value", Side::Left)], rows);
    }

    /// A block that stays as it is.
    pub(super) fn block(&mut self, language: &str, text: impl Display) {
        self.line(format_args!("\n```{language}\n{text}\n```"));
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.0
    }

    fn line(&mut self, text: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{text}");
    }
}

/// A text of the manifest in one line, with everything taken literally.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.trim().chars() {
        match letter {
            '\n' | '\r' | '\t' => plain.push(' '),
            '\\' | '|' | '`' | '*' | '[' | ']' | '#' => {
                plain.push('\\');
                plain.push(letter);
            }
            '<' => plain.push_str("&lt;"),
            '&' => plain.push_str("&amp;"),
            _ => plain.push(letter),
        }
    }
    plain
}

/// Several texts of the manifest in one line; a dash for none.
pub(super) fn plain_list<T: AsRef<str>>(texts: &[T]) -> String {
    if texts.is_empty() {
        return "–".to_owned();
    }
    let texts: Vec<String> = texts.iter().map(|text| plain(text.as_ref())).collect();
    texts.join(", ")
}

/// Something as code: addresses, hashes, signatures. Backticks, which none of these has, are taken out.
pub(super) fn code(text: impl Display) -> String {
    let mut text = text.to_string();
    text.retain(|letter| letter != '`' && letter != '\n');
    format!("`{}`", text.replace('|', "\\|"))
}

/// An address as code, in lower case as every document has it.
pub(super) fn account(address: alloy_primitives::Address) -> String {
    code(format_args!("{address:#x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_break_out_of_its_cell() {
        let mut document = Document::new("T", "lead");
        let cell = plain("a|b\n## c <script> `x` [l](u) R&D");
        document.table([("A", Side::Left)], [[cell]]);

        insta::assert_snapshot!(document.finish(), @r"
        # T

        lead

        | A |
        | :--- |
        | a\|b \#\# c &lt;script> \`x\` \[l\](u) R&amp;D |
        ");
    }
}
