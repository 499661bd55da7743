//! `phase8-cycle-report.csv`: one row a domain, for a spreadsheet (RFC 4180).

use std::fmt::Write as _;

use super::{Artifact, Dossier};
use crate::format::to_fixed;

/// The columns.
const HEAD: &str = "slug,name,resilience_index,autonomy_bps,monthly_value_usd,sentinel_coverage_seconds,\
                    guardian_window_seconds,coverage_adequacy_percent,capital_coverage_usd,capital_share_percent,\
                    resilience_status\n";

impl Dossier<'_> {
    /// One row a domain.
    pub fn cycle_report(&self) -> Artifact {
        let mut text = HEAD.to_owned();
        let metrics = &self.metrics;
        for (index, domain) in self.manifest.domains.iter().enumerate() {
            let links = self.mesh.domains.get(index).cloned().unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{},{},{},{},{},{},{},{},{},{},{}",
                cell(&domain.slug),
                cell(&domain.name),
                to_fixed(domain.resilience_index.as_double(), 3),
                domain.autonomy_level_bps.get(),
                crate::json::text_of_wide(domain.value_flow_monthly.micros(), 6),
                links.coverage_seconds,
                metrics.guardian_window_seconds,
                to_fixed(metrics.adequacy(links.coverage_seconds) * 100.0, 1),
                links.funding,
                to_fixed(metrics.capital_percent(links.funding), 1),
                metrics.status(self.manifest, &self.mesh, index).as_str(),
            );
        }
        Artifact { name: "phase8-cycle-report.csv", text }
    }
}

/// A text as a cell. A spreadsheet takes one that starts like a formula for one, so an apostrophe is put before it.
fn cell(text: &str) -> String {
    let text =
        if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stays_one_cell_and_no_formula() {
        for (text, written) in [
            ("Sea Lanes", "Sea Lanes"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("-1", "'-1"),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
