//! Scores. Each names what went into it; two scores are never the same number under one label.

mod adapter;
pub mod dominance;
pub mod evaluate;
mod job;
pub mod record;

pub use adapter::{adapter_composite, adapter_composite_after, adapter_record_hash};
pub use job::{JobScore, Tenths, TenthsError, job};
