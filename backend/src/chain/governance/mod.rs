//! What governance decided and waits for, folded from the contracts' events, and carried out when it is time.

pub(crate) mod roles;
