//! The core, script by script.

mod approvals;
mod calls;
mod launch;
mod levers;
mod whole;
