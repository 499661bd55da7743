//! The mesh as SVG: sentinels on the left, domains in the middle, capital streams on the right. No script, no font from
//! elsewhere; colours come from the page's tokens where there are any.

use std::fmt::{Display, Write as _};

use super::Dossier;
use crate::format::counted;
use crate::manifest::{big_as_double, short_usd};
use crate::score::dominance::ResilienceStatus;

const ROW: usize = 44;
const BOX: usize = 34;
const TOP: usize = 40;
const WIDE: usize = 260;
const GAP: usize = 130;

const STYLE: &str = ".mesh__box{fill:var(--surface-2,#f4f5f7);stroke:var(--line,#8a94a6)}\
.mesh__box--gap{stroke:var(--danger,#b3261e);stroke-width:2;stroke-dasharray:4 3}\
.mesh__box--fragile{stroke:var(--warning,#8a5a00);stroke-width:2}\
.mesh__name{fill:var(--text,#1a1d23);font:600 12px system-ui,sans-serif}\
.mesh__note{fill:var(--text-2,#4a5261);font:11px system-ui,sans-serif}\
.mesh__head{fill:var(--text-2,#4a5261);font:600 13px system-ui,sans-serif}\
.mesh__link{fill:none;stroke:var(--line,#8a94a6);stroke-width:1.2;opacity:.7}\
.mesh__link--fund{stroke-width:2;opacity:.5}";

/// A column of boxes.
struct Column {
    left: usize,
    height: usize,
}

impl Column {
    /// Top of a row; a short column stands in the middle of the tallest.
    const fn top(&self, tallest: usize, row: usize) -> usize {
        TOP + (tallest - self.height) * ROW / 2 + row * ROW
    }
}

impl Dossier<'_> {
    /// The mesh as a picture that stands alone, or in a page.
    pub fn mesh_svg(&self) -> String {
        let manifest = self.manifest;
        let (sentinels, domains, streams) =
            (manifest.sentinels.len(), manifest.domains.len(), manifest.capital_streams.len());
        let tallest = sentinels.max(domains).max(streams);
        let column = |number: usize, height| Column { left: 10 + number * (WIDE + GAP), height };
        let (left, middle, right) = (column(0, sentinels), column(1, domains), column(2, streams));
        let (width, height) = (20 + 3 * WIDE + 2 * GAP, TOP + tallest.max(1) * ROW + 10);
        let words = format!(
            "{} watch and {} fund {}; dominance score {}",
            counted(sentinels, "sentinel"),
            counted(streams, "capital stream"),
            counted(domains, "domain"),
            self.metrics.dominance.score
        );
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mesh\" role=\"img\" viewBox=\"0 0 {width} {height}\" \
             aria-labelledby=\"mesh-title mesh-words\">\n<title id=\"mesh-title\">Value mesh</title>\n\
             <desc id=\"mesh-words\">{words}</desc>\n<style>{STYLE}</style>\n"
        );
        for (column, title) in
            [(&left, "Sentinels"), (&middle, "Domains"), (&right, "Capital streams")]
        {
            let _ = writeln!(
                svg,
                "<text class=\"mesh__head\" x=\"{}\" y=\"24\">{title}</text>",
                column.left
            );
        }
        // Links first, so that boxes lie over them. Who reaches every domain has a note instead of a fan of lines.
        for (row, sentinel) in
            manifest.sentinels.iter().enumerate().filter(|(_, it)| !it.domains.is_empty())
        {
            for at in self.mesh.reached(&sentinel.domains) {
                let from = (left.left + WIDE, left.top(tallest, row) + BOX / 2);
                let to = (middle.left, middle.top(tallest, at) + BOX / 2);
                link(&mut svg, "mesh__link", from, to);
            }
        }
        for (row, stream) in
            manifest.capital_streams.iter().enumerate().filter(|(_, it)| !it.domains.is_empty())
        {
            for at in self.mesh.reached(&stream.domains) {
                let from = (middle.left + WIDE, middle.top(tallest, at) + BOX / 2);
                let to = (right.left, right.top(tallest, row) + BOX / 2);
                link(&mut svg, "mesh__link mesh__link--fund", from, to);
            }
        }
        for (row, sentinel) in manifest.sentinels.iter().enumerate() {
            let note = format!("covers {} s{}", sentinel.coverage_seconds, all(&sentinel.domains));
            node(&mut svg, "", (left.left, left.top(tallest, row)), &sentinel.name, note);
        }
        for (row, domain) in manifest.domains.iter().enumerate() {
            let status = self.metrics.status(manifest, &self.mesh, row);
            let class = match status {
                ResilienceStatus::Unwatched
                | ResilienceStatus::CoverageGap
                | ResilienceStatus::Unfunded => " mesh__box--gap",
                ResilienceStatus::Fragile => " mesh__box--fragile",
                ResilienceStatus::Resilient => "",
            };
            let value = domain.value_flow_monthly.short();
            let note = format!("{value} a month, {}", status.as_str());
            node(&mut svg, class, (middle.left, middle.top(tallest, row)), &domain.name, note);
        }
        for (row, stream) in manifest.capital_streams.iter().enumerate() {
            let budget = short_usd(big_as_double(stream.annual_budget));
            let note = format!("{budget} a year{}", all(&stream.domains));
            node(&mut svg, "", (right.left, right.top(tallest, row)), &stream.name, note);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn all(domains: &[String]) -> &'static str {
    if domains.is_empty() { ", every domain" } else { "" }
}

fn link(svg: &mut String, class: &str, from: (usize, usize), to: (usize, usize)) {
    let bend = usize::midpoint(from.0, to.0);
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        "<path class=\"{class}\" d=\"M{} {}C{bend} {} {bend} {} {} {}\"/>",
        from.0, from.1, from.1, to.1, to.0, to.1
    );
}

fn node(svg: &mut String, class: &str, (x, y): (usize, usize), name: &str, note: impl Display) {
    let (name, short) = (escaped(name), escaped(&shortened(name)));
    let _ = writeln!(
        svg,
        "<g><title>{name}: {note}</title><rect class=\"mesh__box{class}\" x=\"{x}\" y=\"{y}\" width=\"{WIDE}\" \
         height=\"{BOX}\" rx=\"6\"/><text class=\"mesh__name\" x=\"{}\" y=\"{}\">{short}</text>\
         <text class=\"mesh__note\" x=\"{}\" y=\"{}\">{note}</text></g>",
        x + 10,
        y + 14,
        x + 10,
        y + 28
    );
}

/// What fits into a box.
fn shortened(name: &str) -> String {
    const FITS: usize = 36;
    match name.char_indices().nth(FITS) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// A text in XML. Control characters, which XML has no way to write, become spaces.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => escaped.push(' '),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
