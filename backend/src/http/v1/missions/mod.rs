//! Missions, which the orchestrator keeps: each request is admitted here and relayed there.

mod create;
mod deliverable;
mod events;
mod get;
mod list;
mod stream;

pub(in crate::http) use create::create;
pub(in crate::http) use deliverable::deliverable;
pub(in crate::http) use events::events;
pub(in crate::http) use get::get;
pub(in crate::http) use list::list;
pub(in crate::http) use stream::stream;
