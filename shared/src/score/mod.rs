//! Scores. Each names what went into it; two scores are never the same number under one label.

mod job;

pub use job::{JobScore, Tenths, job};
