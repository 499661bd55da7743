//! Fourth exit: a line for a shell with Foundry's `cast`. The key stays where the owner keeps it.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::{Address, B256, Bytes};
use alloy_sol_types::SolCall;

use crate::chain::abi::IOwnerProxy;
use crate::chain::{Call, Intent};

/// One call of `cast send`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CastLine {
    /// The door.
    pub proxy: Address,
    /// The contract behind it.
    pub target: Address,
    /// Selector and arguments for it.
    pub data: Bytes,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The owner of the door.
    pub from: Address,
    /// The EIP-712 digest that the other exits name.
    pub digest: B256,
}

/// The text is not the line that this program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a line of `cast send` for the owner's door as this program writes it")]
pub struct ParseCastLineError;

impl CastLine {
    /// How a key is given to it; for the lines above.
    pub const KEYS: &'static str = "# Set ETH_RPC_URL, and sign with a keystore: export ETH_KEYSTORE_ACCOUNT=<name>. \
         Or put --ledger, --trezor or --account <name> before the #.";

    /// The line for an intent.
    pub fn new(intent: &Intent, owner: Address) -> Self {
        let ordered = intent.ordered();
        Self {
            proxy: intent.request.proxy,
            target: ordered.to,
            data: ordered.data,
            chain_id: intent.request.chain_id,
            from: owner,
            digest: intent.digest(),
        }
    }

    /// The call that it sends.
    pub fn call(&self) -> Call {
        let call = IOwnerProxy::executeCall { target: self.target, data: self.data.clone() };
        Call { to: self.proxy, data: call.abi_encode().into() }
    }

    /// The line with what to know about keys above it.
    pub fn script(&self, title: &str) -> String {
        let title: String = title.chars().filter(|letter| !letter.is_control()).collect();
        format!("# {title}\n{}\n{self}\n", Self::KEYS)
    }
}

/// Every word is hex, digits or quoted: nothing in it means anything else to a shell.
impl fmt::Display for CastLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { proxy, target, data, chain_id, from, digest } = self;
        write!(
            f,
            "cast send {proxy} \"execute(address,bytes)\" {target} {data} --chain {chain_id} --from {from} \
             --rpc-url \"$ETH_RPC_URL\"  # digest {digest}"
        )
    }
}

impl FromStr for CastLine {
    type Err = ParseCastLineError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let &[
            "cast",
            "send",
            proxy,
            "\"execute(address,bytes)\"",
            target,
            data,
            "--chain",
            chain_id,
            "--from",
            from,
            "--rpc-url",
            "\"$ETH_RPC_URL\"",
            "#",
            "digest",
            digest,
        ] = words.as_slice()
        else {
            return Err(ParseCastLineError);
        };
        let line = Self {
            proxy: proxy.parse().map_err(|_| ParseCastLineError)?,
            target: target.parse().map_err(|_| ParseCastLineError)?,
            data: data.parse().map_err(|_| ParseCastLineError)?,
            chain_id: chain_id.parse().map_err(|_| ParseCastLineError)?,
            from: from.parse().map_err(|_| ParseCastLineError)?,
            digest: digest.parse().map_err(|_| ParseCastLineError)?,
        };
        if line.to_string() == text { Ok(line) } else { Err(ParseCastLineError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> CastLine {
        CastLine {
            proxy: Address::repeat_byte(1),
            target: Address::repeat_byte(2),
            data: vec![0xab, 0xcd].into(),
            chain_id: 31337,
            from: Address::repeat_byte(3),
            digest: B256::repeat_byte(4),
        }
    }

    #[test]
    fn a_line_is_read_back() {
        assert_eq!(line().to_string().parse(), Ok(line()));
    }

    #[test]
    fn a_line_with_anything_else_in_it_is_none() {
        let text = line().to_string();
        for other in [
            text.replace("--chain", "--value 1 --chain"),
            text.replace("# digest", "; rm -rf ~ # digest"),
            text.replace("cast send", "cast call"),
            text.replace("  #", " #"),
            text.replace("31337", "031337"),
            String::new(),
        ] {
            assert_eq!(other.parse::<CastLine>(), Err(ParseCastLineError), "{other}");
        }
    }

    #[test]
    fn a_title_cannot_leave_its_comment() {
        assert_eq!(line().script("a\nrm -rf ~").lines().count(), 3);
    }
}
