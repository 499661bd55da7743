//! Transactions that wallets signed and this server relays.

mod get;
mod list;
mod submit;
mod watch;

pub(in crate::http) use get::*;
pub(in crate::http) use list::*;
pub(in crate::http) use submit::*;
pub(in crate::http) use watch::*;
