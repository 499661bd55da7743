//! Whether a request may be carried to the chain: what it calls, until when, its nonce, who signed it, what it would do; in
//! that order. Everything is asked at once.

use alloy::primitives::{Address, B256, Bytes, U256};
use futures_util::future::{Either, join3, ready, try_join};
use phase8_shared::chain::OwnerRequest;
use phase8_shared::chain::abi::IOwnerProxy;

use super::error::RequestError;
use crate::chain::ChainError;
use crate::relay::signature::{self, MisshapenSignature};
use crate::relay::transactions::{GAS_LIMIT, Prices, Quote, behind_door, short_ether};
use crate::relay::{Relay, RelayError};

/// The furthest that a deadline may be ahead: a week.
const FURTHEST_DEADLINE: u64 = 7 * 86_400;

/// What the owner proxy says to a nonce that is not the owner's next.
const OLD_NONCE: &str = "InvalidAccountNonce";

/// A request that would be carried out.
#[derive(Debug)]
pub(super) struct Checked {
    /// The call behind the door, in words.
    pub(super) words: String,
    pub(super) owner: Address,
    /// As the contract takes it.
    pub(super) signature: Bytes,
    /// What it costs, or why this server cannot pay.
    pub(super) prices: Result<Prices, String>,
}

/// What the chain says about the owner.
#[derive(Debug, Clone, Copy)]
struct OwnerNow {
    address: Address,
    nonce: U256,
    is_contract: bool,
}

impl Relay {
    /// Checks a request, which has this digest, against the chain as it is.
    pub(super) async fn check(
        &self,
        request: &OwnerRequest,
        digest: B256,
        given: &Bytes,
    ) -> Result<Checked, RequestError> {
        let contracts = self.inner.reader.contracts();
        let words = behind_door(contracts, request.target, &request.data)?;
        let signer = signature::recover(given, digest);
        let likely = signer.as_ref().map_or(given, |(_, written)| written).clone();
        let (owner, block, quote) =
            join3(self.owner_now(), self.rpc().latest_block(), self.quote_for(request, &likely))
                .await;
        let (owner, block) = (owner?, block?);

        within_its_time(request.deadline, block.timestamp.to())?;
        if request.nonce != owner.nonce {
            return Err(RequestError::Nonce { found: request.nonce, expected: owner.nonce });
        }
        let signature = self.signed_by(&owner, digest, given, signer).await?;
        let quote =
            if signature == likely { quote } else { self.quote_for(request, &signature).await };
        let quote = quote.map_err(|error| match error.reason().and_then(|reason| reason.name) {
            // The nonce fits the newest block, and what waits for the next one uses it.
            Some(OLD_NONCE) => RequestError::NonceTaken(request.nonce),
            _ => error.into(),
        });
        let prices = match quote? {
            None => Err("it has no wallet (chain.relayer_key_file names no key)".to_owned()),
            Some(quote) if quote.gas > GAS_LIMIT => {
                let found = format!(
                    "the request would burn {} gas, and at most {GAS_LIMIT} is relayed",
                    quote.gas
                );
                return Err(RelayError::NotAllowed { found }.into());
            }
            Some(quote) => affordable(quote.at(&block), quote.balance),
        };
        Ok(Checked { words, owner: owner.address, signature, prices })
    }

    /// Whether the owner signed; answers the signature as the contract takes it.
    async fn signed_by(
        &self,
        owner: &OwnerNow,
        digest: B256,
        given: &Bytes,
        signer: Result<(Address, Bytes), MisshapenSignature>,
    ) -> Result<Bytes, RequestError> {
        if owner.is_contract {
            if self.inner.reader.accepts_signature(owner.address, digest, given).await? {
                return Ok(given.clone());
            }
            let words = format!(
                "the contract {}, which owns the owner proxy, does not call this signature its own (EIP-1271): gather the \
                 signatures that it asks for over exactly this request",
                owner.address
            );
            return Err(RequestError::BadSignature(words));
        }
        match signer {
            Ok((signer, written)) if signer == owner.address => Ok(written),
            Ok((found, _)) => Err(RequestError::NotTheOwner { found, expected: owner.address }),
            Err(error) => Err(RequestError::BadSignature(error.to_string())),
        }
    }

    async fn quote_for(
        &self,
        request: &OwnerRequest,
        signature: &Bytes,
    ) -> Result<Option<Quote>, ChainError> {
        match &self.inner.config.relayer {
            Some(relayer) => {
                let call = request.relayed(signature.clone());
                self.quote(relayer, &call).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// The owner, with nonce and kind. The owner hardly ever changes, so the rest is asked for in the same breath.
    async fn owner_now(&self) -> Result<OwnerNow, ChainError> {
        let reader = &self.inner.reader;
        let likely = self.likely_owner();
        let about = async |owner: Address| {
            let nonces = IOwnerProxy::noncesCall { owner };
            let proxy = reader.contracts().owner_proxy;
            try_join(self.rpc().view(proxy, nonces), reader.is_contract(owner)).await
        };
        let about_likely = match likely {
            Some(owner) => Either::Left(about(owner)),
            None => Either::Right(ready(Ok((U256::ZERO, false)))),
        };
        let (address, (nonce, is_contract)) = try_join(reader.owner(), about_likely).await?;
        if likely == Some(address) {
            return Ok(OwnerNow { address, nonce, is_contract });
        }
        let (nonce, is_contract) = about(address).await?;
        self.remember_owner(address);
        Ok(OwnerNow { address, nonce, is_contract })
    }

    fn likely_owner(&self) -> Option<Address> {
        *self.inner.owner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn remember_owner(&self, owner: Address) {
        *self.inner.owner.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(owner);
    }
}

fn within_its_time(deadline: u64, now: u64) -> Result<(), RequestError> {
    if now > deadline {
        return Err(RequestError::Expired { deadline, now });
    }
    let latest = now.saturating_add(FURTHEST_DEADLINE);
    if deadline > latest {
        return Err(RequestError::TooFarAhead { deadline, latest });
    }
    Ok(())
}

fn affordable(prices: Prices, balance: U256) -> Result<Prices, String> {
    let cost = prices.cost();
    if cost <= balance {
        return Ok(prices);
    }
    Err(format!(
        "its wallet holds {} ETH and needs up to {} ETH: top it up",
        short_ether(balance),
        short_ether(cost)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_counts_from_the_chains_clock_to_a_week_ahead() {
        let now = 1_000_000;
        for (deadline, holds) in [
            (now - 1, false),
            (now, true),
            (now + FURTHEST_DEADLINE, true),
            (now + FURTHEST_DEADLINE + 1, false),
            (u64::MAX, false),
        ] {
            assert_eq!(within_its_time(deadline, now).is_ok(), holds, "{deadline}");
        }
    }
}
