//! A text that waits to be checked, with the end of what was let through before it.

use phase8_shared::mission::{Span, Trip};
use phase8_shared::policy::TripwireSensitivity;

use super::Detector;

/// Bytes of what was let through that are looked at again. The longest thing that has to be seen whole, a seed phrase of 24
/// words spelled out letter by letter, is under 1 KiB.
const OVERLAP: usize = 4_096;

/// A text that waits to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldText {
    before: String,
    text: String,
}

impl HeldText {
    /// A text that nothing came before.
    pub fn new(text: impl Into<String>) -> Self {
        Self { before: String::new(), text: text.into() }
    }

    /// A text that follows another. What is split over both is found when the second part comes; `before` may be as long as
    /// it likes, only its last 4 KiB count.
    pub fn after(before: &str, text: impl Into<String>) -> Self {
        let from = before.ceil_char_boundary(before.len().saturating_sub(OVERLAP));
        Self { before: before.get(from..).unwrap_or_default().to_owned(), text: text.into() }
    }

    /// What is held.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What a detector finds in this text and was not found in what came before alone. Spans are in bytes of the held text.
    pub(super) fn findings(
        &self,
        detector: &dyn Detector,
        sensitivity: TripwireSensitivity,
    ) -> Vec<Trip> {
        if self.before.is_empty() {
            return detector.check(&self.text, sensitivity);
        }
        let known = detector.check(&self.before, sensitivity);
        let found = detector.check(&format!("{}{}", self.before, self.text), sensitivity);
        found.into_iter().filter_map(|trip| self.own(trip, &known)).collect()
    }

    /// The trip as one of the held text; `None` if it lies wholly in what was let through and was known then.
    fn own(&self, trip: Trip, known: &[Trip]) -> Option<Trip> {
        let Some(span) = trip.span else { return Some(trip) };
        let border = u32::try_from(self.before.len()).unwrap_or(u32::MAX);
        let own = if span.end > border {
            Span { start: span.start.saturating_sub(border), end: span.end.saturating_sub(border) }
        } else if known.iter().any(|known| known.rule == trip.rule && overlap(known.span, span)) {
            return None;
        } else {
            // Only what came now makes it plain, so all of it counts.
            Span { start: 0, end: u32::try_from(self.text.len()).unwrap_or(u32::MAX) }
        };
        Some(Trip { span: Some(own), ..trip })
    }
}

fn overlap(known: Option<Span>, span: Span) -> bool {
    known.is_none_or(|known| known.start < span.end && span.start < known.end)
}
