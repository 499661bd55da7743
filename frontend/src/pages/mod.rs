//! The places of the page.

mod launch;
mod mission;
mod missions;
mod models;
mod not_found;
mod owner;
mod review;
mod scoreboard;
mod system;
mod validators;

pub(crate) use crate::pages::launch::LaunchPage;
pub(crate) use crate::pages::mission::MissionPage;
pub(crate) use crate::pages::missions::MissionsPage;
pub(crate) use crate::pages::models::ModelsPage;
pub(crate) use crate::pages::not_found::NotFoundPage;
pub(crate) use crate::pages::owner::{OwnerPage, Section as OwnerSection};
pub(crate) use crate::pages::review::{ReviewFilePage, ReviewPage};
pub(crate) use crate::pages::scoreboard::ScoreboardPage;
pub(crate) use crate::pages::system::SystemPage;
pub(crate) use crate::pages::validators::ValidatorsPage;
