//! What the manager would refuse, as findings in the manifest's file: with line and path.

use super::Refusal;
use crate::findings::{Collector, Findings};
use crate::json::{Document, Place, Report, Step};

/// The refusals of a plan as errors of the manifest whose text this is.
pub fn findings(refusals: &[Refusal], text: &str) -> Findings {
    let mut collector = Collector::default();
    let Some(document) = Document::read(text, &mut collector) else { return collector.finish() };
    let mut report = Report::about(&document, collector);
    for refusal in refusals {
        let steps = steps(&refusal.path);
        let slug = refusal.slug.as_deref().map(|slug| format!(" {slug}")).unwrap_or_default();
        let (function, complaint) = (refusal.function, &refusal.complaint);
        let place = Place::Path(&steps);
        match complaint.contract_error() {
            Some(error) => report.error(
                "contract-refuses",
                place,
                format_args!("{function}{slug} would be refused with {error}"),
                format_args!("{complaint}"),
            ),
            None => report.error(
                "cannot-be-called",
                place,
                format_args!("{function}{slug} cannot be made"),
                format_args!("{complaint}"),
            ),
        }
    }
    report.finish()
}

/// `$.domains[3].slug` taken apart; the paths of refusals have plain keys alone.
fn steps(path: &str) -> Vec<Step<'_>> {
    let parts = path.trim_start_matches('$').split(['.', '[']).filter(|part| !part.is_empty());
    parts
        .map(|part| match part.strip_suffix(']').and_then(|index| index.parse().ok()) {
            Some(index) => Step::Index(index),
            None => Step::Key(part),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::manager::{Complaint, EntryKind};

    #[test]
    fn a_refusal_is_found_in_the_line_of_its_field() {
        let text = "{\n \"global\": {},\n \"domains\": [\n  {\"slug\": \"a\"},\n  {\"slug\": \"a\"}\n ]\n}";
        let refusal = |path: &str, complaint| Refusal {
            function: "registerDomain",
            slug: Some("a".to_owned()),
            path: path.to_owned(),
            complaint,
        };

        let found = findings(
            &[
                refusal("$.domains[1].slug", Complaint::Duplicate(EntryKind::Domain)),
                refusal("$.domains[0].name", Complaint::EmptyName),
            ],
            text,
        );

        insta::assert_snapshot!(found.to_string(), @r"
        error contract-refuses, line 4, $.domains[0].name: registerDomain a would be refused with EmptyName (write a name)
        error contract-refuses, line 5, $.domains[1].slug: registerDomain a would be refused with DuplicateDomain (there is a domain with this slug already: choose another, or update that one)
        ");
    }
}
