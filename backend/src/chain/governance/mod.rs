//! What governance decided and waits for: folded from the contracts' events, rebuilt from the chain at every start, and
//! carried out when it is time.

mod deliveries;
mod executor;
mod fold;
mod index;
mod log;
pub(crate) mod roles;
#[cfg(test)]
mod tests;
mod votes;

pub use deliveries::Deliveries;
pub use executor::Executor;
pub use index::{GovernanceIndex, Known};
