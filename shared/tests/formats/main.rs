//! The file formats from outside: the usual files, every kind of bad file, and input that nobody meant.
#![expect(clippy::expect_used, reason = "a test that cannot go on must fail")]

mod bad_configs;
mod bad_job_specs;
mod bad_json;
mod bad_plans;
mod directed;
mod nobody_meant;
mod support;
mod usual;
