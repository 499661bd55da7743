//! Manifests from their text on: what is found in them, what they score, what is planned from them and written about them.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must fail"
)]

mod bad;
mod documents;
mod large;
mod nobody_meant;
mod plans;
mod programmes;
mod scores;
mod support;
mod usual;
