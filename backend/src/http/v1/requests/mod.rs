//! Requests that the owner signed and this server carries to the chain.

mod get;
mod list;
mod submit;

pub(in crate::http) use get::*;
pub(in crate::http) use list::*;
pub(in crate::http) use submit::*;
