//! How planned calls reach the manager: at once, where the sender governs it, or through the owner's door.

use alloy_primitives::Address;
use alloy_sol_types::SolCall;

use super::PlannedCall;
use crate::chain::abi::IOwnerProxy;
use crate::chain::{Call, Contracts};

/// How calls reach the manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The sender is the manager's governance.
    Direct {
        /// The manager.
        manager: Address,
    },
    /// The owner proxy is the manager's governance; the sender owns the proxy.
    OwnerProxy {
        /// The manager.
        manager: Address,
        /// The proxy.
        proxy: Address,
    },
}

impl Route {
    /// The route to a manager with this governance: through the deployment's proxy if that governs it, else direct.
    pub fn to(manager: Address, governance: Address, contracts: &Contracts) -> Self {
        let proxy = contracts.owner_proxy;
        if governance == proxy && !proxy.is_zero() {
            Self::OwnerProxy { manager, proxy }
        } else {
            Self::Direct { manager }
        }
    }

    /// The manager.
    pub const fn manager(self) -> Address {
        match self {
            Self::Direct { manager } | Self::OwnerProxy { manager, .. } => manager,
        }
    }

    /// What the sender sends for a planned call.
    pub fn call(self, planned: &PlannedCall) -> Call {
        self.carry(planned.data.clone())
    }

    /// What the sender sends for a call of the manager.
    pub fn carry(self, data: alloy_primitives::Bytes) -> Call {
        match self {
            Self::Direct { manager } => Call { to: manager, data },
            Self::OwnerProxy { manager, proxy } => {
                let call = IOwnerProxy::executeCall { target: manager, data };
                Call { to: proxy, data: call.abi_encode().into() }
            }
        }
    }
}
