//! The mesh as SVG: sentinels on the left, domains in the middle, capital streams on the right. No script, no font from
//! elsewhere; colours come from the page's tokens where there are any.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::Dossier;
use crate::format::counted;
use crate::manifest::{Manifest, Mesh, big_as_double, short_usd};
use crate::score::dominance::{ManifestMetrics, ResilienceStatus};

const ROW: u32 = 44;
const TOP: u32 = 40;
const GAP: u32 = 130;

const STYLE: &str = ".mesh__box{fill:var(--surface-2,#f4f5f7);stroke:var(--line,#8a94a6)}\
.mesh__box--gap{stroke:var(--danger,#b3261e);stroke-width:2;stroke-dasharray:4 3}\
.mesh__box--fragile{stroke:var(--warning,#8a5a00);stroke-width:2}\
.mesh__name{fill:var(--text,#1a1d23);font:600 12px system-ui,sans-serif}\
.mesh__note{fill:var(--text-2,#4a5261);font:11px system-ui,sans-serif}\
.mesh__head{fill:var(--text-2,#4a5261);font:600 13px system-ui,sans-serif}\
.mesh__link{fill:none;stroke:var(--line,#8a94a6);stroke-width:1.2;opacity:.7}\
.mesh__link--fund{stroke-width:2;opacity:.5}";

/// The mesh as boxes and the links between them, to be drawn. Texts are plain: whoever writes markup escapes them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeshPicture {
    /// Width of the drawing, in its own units.
    pub width: u32,
    /// Height of the drawing.
    pub height: u32,
    /// What it shows, in words.
    pub words: String,
    /// What stands above the columns, and where they begin.
    pub heads: Vec<(u32, String)>,
    /// Links, which lie below the boxes.
    pub links: Vec<MeshLink>,
    /// Boxes.
    pub boxes: Vec<MeshBox>,
}

/// A link of the drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeshLink {
    /// Classes of its style.
    pub class: String,
    /// Its path, as in SVG.
    pub path: String,
}

/// A box of the drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeshBox {
    /// Classes of its style.
    pub class: String,
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// The name in full.
    pub name: String,
    /// As much of it as fits.
    pub short: String,
    /// What stands below the name.
    pub note: String,
}

/// A column of boxes.
struct Column {
    left: u32,
    height: u32,
}

impl Column {
    /// Top of a row; a short column stands in the middle of the tallest.
    const fn top(&self, tallest: u32, row: u32) -> u32 {
        TOP + (tallest - self.height) * ROW / 2 + row * ROW
    }
}

impl MeshPicture {
    /// Width of a box.
    pub const BOX_WIDTH: u32 = 260;
    /// Height of a box.
    pub const BOX_HEIGHT: u32 = 34;

    /// Draws the mesh of a manifest. Who reaches every domain has a note instead of a fan of lines.
    pub fn of(manifest: &Manifest, mesh: &Mesh, metrics: &ManifestMetrics) -> Self {
        let size = |length: usize| u32::try_from(length).unwrap_or(u32::MAX / ROW);
        let (sentinels, domains, streams) = (
            size(manifest.sentinels.len()),
            size(manifest.domains.len()),
            size(manifest.capital_streams.len()),
        );
        let tallest = sentinels.max(domains).max(streams);
        let column =
            |number: u32, height| Column { left: 10 + number * (Self::BOX_WIDTH + GAP), height };
        let (left, middle, right) = (column(0, sentinels), column(1, domains), column(2, streams));
        let mut picture = Self {
            width: 20 + 3 * Self::BOX_WIDTH + 2 * GAP,
            height: TOP + tallest.max(1) * ROW + 10,
            words: format!(
                "{} watch and {} fund {}; dominance score {}",
                counted(manifest.sentinels.len(), "sentinel"),
                counted(manifest.capital_streams.len(), "capital stream"),
                counted(manifest.domains.len(), "domain"),
                metrics.dominance.score
            ),
            heads: [(&left, "Sentinels"), (&middle, "Domains"), (&right, "Capital streams")]
                .map(|(column, title)| (column.left, title.to_owned()))
                .into(),
            ..Self::default()
        };
        for (row, sentinel) in (0..).zip(&manifest.sentinels) {
            let top = left.top(tallest, row);
            for at in named(mesh, &sentinel.domains) {
                let to = (middle.left, middle.top(tallest, size(at)));
                picture.link("mesh__link", (left.left, top), to);
            }
            let note = format!("covers {} s{}", sentinel.coverage_seconds, all(&sentinel.domains));
            picture.node("", (left.left, top), &sentinel.name, note);
        }
        for (row, domain) in manifest.domains.iter().enumerate() {
            let status = metrics.status(manifest, mesh, row);
            let class = match status {
                ResilienceStatus::Unwatched
                | ResilienceStatus::CoverageGap
                | ResilienceStatus::Unfunded => " mesh__box--gap",
                ResilienceStatus::Fragile => " mesh__box--fragile",
                ResilienceStatus::Resilient => "",
            };
            let value = domain.value_flow_monthly.short();
            let note = format!("{value} a month, {}", status.as_str());
            picture.node(class, (middle.left, middle.top(tallest, size(row))), &domain.name, note);
        }
        for (row, stream) in (0..).zip(&manifest.capital_streams) {
            let top = right.top(tallest, row);
            for at in named(mesh, &stream.domains) {
                let from = (middle.left, middle.top(tallest, size(at)));
                picture.link("mesh__link mesh__link--fund", from, (right.left, top));
            }
            let budget = short_usd(big_as_double(stream.annual_budget));
            let note = format!("{budget} a year{}", all(&stream.domains));
            picture.node("", (right.left, top), &stream.name, note);
        }
        picture
    }

    /// From the right edge of one box to the left edge of another.
    fn link(&mut self, class: &str, from: (u32, u32), to: (u32, u32)) {
        let half = Self::BOX_HEIGHT / 2;
        let (from, to) = ((from.0 + Self::BOX_WIDTH, from.1 + half), (to.0, to.1 + half));
        let bend = u32::midpoint(from.0, to.0);
        let path =
            format!("M{} {}C{bend} {} {bend} {} {} {}", from.0, from.1, from.1, to.1, to.0, to.1);
        self.links.push(MeshLink { class: class.to_owned(), path });
    }

    fn node(&mut self, class: &str, (x, y): (u32, u32), name: &str, note: String) {
        let class = format!("mesh__box{class}");
        let short = shortened(name);
        self.boxes.push(MeshBox { class, x, y, name: name.to_owned(), short, note });
    }

    /// The drawing as SVG that stands alone.
    pub fn to_svg(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mesh\" role=\"img\" viewBox=\"0 0 {} {}\" \
             aria-labelledby=\"mesh-title mesh-words\">\n<title id=\"mesh-title\">Value mesh</title>\n\
             <desc id=\"mesh-words\">{}</desc>\n<style>{STYLE}</style>\n",
            self.width, self.height, self.words
        );
        // Writing to a string cannot fail.
        for (x, title) in &self.heads {
            let _ = writeln!(svg, "<text class=\"mesh__head\" x=\"{x}\" y=\"24\">{title}</text>");
        }
        for MeshLink { class, path } in &self.links {
            let _ = writeln!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
        }
        for MeshBox { class, x, y, name, short, note } in &self.boxes {
            let (name, short) = (escaped(name), escaped(short));
            let _ = writeln!(
                svg,
                "<g><title>{name}: {note}</title><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{}\" \
                 height=\"{}\" rx=\"6\"/><text class=\"mesh__name\" x=\"{}\" y=\"{}\">{short}</text>\
                 <text class=\"mesh__note\" x=\"{}\" y=\"{}\">{note}</text></g>",
                Self::BOX_WIDTH,
                Self::BOX_HEIGHT,
                x + 10,
                y + 14,
                x + 10,
                y + 28
            );
        }
        svg.push_str("</svg>\n");
        svg
    }
}

impl Dossier<'_> {
    /// The mesh as a picture that stands alone, or in a page.
    pub fn mesh_svg(&self) -> String {
        MeshPicture::of(self.manifest, &self.mesh, &self.metrics).to_svg()
    }
}

/// The domains that are reached by name.
fn named(mesh: &Mesh, slugs: &[String]) -> Vec<usize> {
    if slugs.is_empty() { Vec::new() } else { mesh.reached(slugs) }
}

fn all(domains: &[String]) -> &'static str {
    if domains.is_empty() { ", every domain" } else { "" }
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
