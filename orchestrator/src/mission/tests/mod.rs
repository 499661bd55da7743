//! The core, script by script.

mod approvals;
mod budget;
mod calls;
mod launch;
mod levers;
mod questions;
mod spend;
mod watch;
mod whole;
