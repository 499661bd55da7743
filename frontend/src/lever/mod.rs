//! Levers: what they would do, whose signature they need, and how far each flip is. One desk for the whole page keeps the
//! flips, each in its place; panels show them, exits sign them.

mod cart;
mod check;
mod desk;
mod errand;
mod evidence;
mod flip;
mod follow;
mod memory;
mod panel;
mod place;
mod rail;
pub(crate) mod reads;
mod summoned;

pub(crate) use crate::lever::cart::{SafeBatchCart, use_batch};
pub(crate) use crate::lever::check::Draft;
pub(crate) use crate::lever::desk::{Desk, use_desk};
pub(crate) use crate::lever::errand::CallButton;
pub(crate) use crate::lever::flip::Progress;
pub(crate) use crate::lever::panel::LeverPanel;
pub(crate) use crate::lever::place::Place;
pub(crate) use crate::lever::rail::LeverRail;
pub(crate) use crate::lever::rail::view_model::score_words;
pub(crate) use crate::lever::summoned::SummonsBanner;
