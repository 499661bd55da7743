//! Where a lever stands on the page: one flip at a time in each place.

use phase8_shared::id::MissionId;
use serde::{Deserialize, Serialize};

/// Stable id of a lever's place; its first part is the `data-testid`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Place(String);

impl Place {
    /// A place that is the same on every page, such as `lever-pause-fleet`.
    pub(crate) fn new(testid: impl Into<String>) -> Self {
        Self(testid.into())
    }

    /// A place of one mission, such as its `lever-budget-cap`.
    pub(crate) fn of(testid: &str, mission: MissionId) -> Self {
        Self(format!("{testid}@{mission}"))
    }

    /// A place within this one.
    pub(crate) fn child(&self, part: &str) -> Self {
        match self.0.split_once('@') {
            None => Self(format!("{}-{part}", self.0)),
            Some((testid, mission)) => Self(format!("{testid}-{part}@{mission}")),
        }
    }

    /// Its `data-testid`, which is also the id of its element.
    pub(crate) fn testid(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missions_have_places_of_their_own_with_the_same_name() {
        let [one, two] = [1, 2].map(|id| Place::of("lever-cap", MissionId::from_bytes([id; 16])));

        assert_ne!(one, two);
        assert_eq!((one.testid(), two.testid()), ("lever-cap", "lever-cap"));
        assert_eq!(one.child("cancel").testid(), "lever-cap-cancel");
        assert_eq!(Place::new("lever-x").child("cancel"), Place::new("lever-x-cancel"));
    }
}
