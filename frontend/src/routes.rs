//! The page's own addresses, once: navigation and links call the same function.

use phase8_shared::id::MissionId;

use crate::pages::OwnerSection;

/// A place in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// Upload, check and launch.
    Launch,
    /// Every mission.
    Missions,
    /// One mission.
    Mission(MissionId),
    /// A mission, verified in this browser.
    Review(MissionId),
    /// An exported mission, verified in this browser.
    ReviewFile,
    /// A part of the owner's command center.
    Owner(OwnerSection),
    /// A manifest's dominance score.
    Scoreboard,
    /// The adapters, ranked, and the votes on upgrades.
    Models,
    /// Who voted, and how it held.
    Validators,
    /// What the server is, runs on and offers.
    System,
}

impl Route {
    /// The address, from the root of the site.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Launch => "/".to_owned(),
            Self::Missions => "/missions".to_owned(),
            Self::Mission(id) => format!("/missions/{id}"),
            Self::Review(id) => format!("/missions/{id}/review"),
            Self::ReviewFile => "/review".to_owned(),
            Self::Owner(OwnerSection::Readiness) => "/owner".to_owned(),
            Self::Owner(section) => format!("/owner/{}", section.name()),
            Self::Scoreboard => "/scoreboard".to_owned(),
            Self::Models => "/models".to_owned(),
            Self::Validators => "/validators".to_owned(),
            Self::System => "/system".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_an_address() {
        let mission = MissionId::from_bytes([0xab; 16]);

        assert_eq!(Route::Launch.path(), "/");
        assert_eq!(Route::Owner(OwnerSection::Readiness).path(), "/owner");
        assert_eq!(Route::Owner(OwnerSection::Queue).path(), "/owner/queue");
        assert_eq!(Route::Mission(mission).path(), "/missions/abababababababababababababababab");
    }
}
