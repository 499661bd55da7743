//! The edge as clients see it: the real router over the real engine, without a socket where none is needed.

mod archives;
mod evaluations;
mod governance;
mod listener;
mod logs;
mod operations;
mod reads;
mod refusals;
mod relayed;
mod remote;
mod sessions;
mod streams;
mod system;
pub(crate) mod world;
