//! What the escrow pays.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use crate::money::TokenAmount;

/// One transfer out of the escrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payment {
    /// To whom.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub payee: Address,
    /// How much.
    pub amount: TokenAmount,
    /// What for.
    pub kind: PaymentKind,
}

/// What a transfer out of the escrow is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// An agent's share of a milestone.
    Agent,
    /// A validator's share for approving.
    Validator,
    /// An agent's share of the bonus for finishing in time.
    Bonus,
    /// Back to the operator.
    Returned,
}
