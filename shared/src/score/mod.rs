//! Scores. Each names what went into it; two scores are never the same number under one label.

mod adapter;
pub mod dominance;
mod job;

pub use adapter::{adapter_composite, adapter_record_hash};
pub use job::{JobScore, Tenths, TenthsError, job};
