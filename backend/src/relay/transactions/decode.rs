//! A signed transaction, read from its bytes.

use alloy::consensus::transaction::SignerRecoverable;
use alloy::consensus::{Transaction, TxEnvelope};
use alloy::eips::Decodable2718;
use alloy::primitives::{Address, B256, Bytes};

use super::RelayError;

/// What a signed transaction says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) hash: B256,
    pub(super) from: Address,
    pub(super) nonce: u64,
    pub(super) gas: u64,
    pub(super) to: Address,
    pub(super) data: Bytes,
}

impl Decoded {
    /// Reads a transaction for this chain that carries no value and creates nothing.
    pub(super) fn of(raw: &Bytes, chain_id: u64) -> Result<Self, RelayError> {
        let unreadable = |words: &str| RelayError::Unreadable(words.to_owned());
        let mut rest = raw.as_ref();
        let envelope = TxEnvelope::decode_2718(&mut rest).map_err(|error| {
            RelayError::Unreadable(format!("its bytes are no signed transaction ({error})"))
        })?;
        if !rest.is_empty() {
            return Err(unreadable("bytes follow the transaction"));
        }
        match &envelope {
            TxEnvelope::Legacy(_) | TxEnvelope::Eip2930(_) | TxEnvelope::Eip1559(_) => {}
            TxEnvelope::Eip4844(_) => {
                return Err(unreadable("transactions with blobs are not relayed"));
            }
            TxEnvelope::Eip7702(_) => {
                return Err(unreadable("transactions that delegate a wallet are not relayed"));
            }
        }
        if envelope.chain_id() != Some(chain_id) {
            return Err(RelayError::WrongChain { found: envelope.chain_id(), expected: chain_id });
        }
        let from =
            envelope.recover_signer().map_err(|_| unreadable("its signature is not valid"))?;
        if !envelope.value().is_zero() {
            let found = format!(
                "the transaction carries {} wei, and no call of Mission Control carries any",
                envelope.value()
            );
            return Err(RelayError::NotAllowed { found });
        }
        let Some(to) = envelope.to() else {
            return Err(RelayError::NotAllowed {
                found: "the transaction creates a contract".to_owned(),
            });
        };
        Ok(Self {
            hash: *envelope.tx_hash(),
            from,
            nonce: envelope.nonce(),
            gas: envelope.gas_limit(),
            to,
            data: envelope.input().clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use alloy::consensus::{SignableTransaction, TxEip1559};
    use alloy::eips::Encodable2718;
    use alloy::network::TxSignerSync;
    use alloy::primitives::{B256, TxKind, U256};
    use alloy::signers::local::PrivateKeySigner;

    use super::*;

    fn signed(change: impl FnOnce(&mut TxEip1559)) -> Bytes {
        let signer = PrivateKeySigner::from_bytes(&B256::repeat_byte(7)).unwrap();
        let mut transaction = TxEip1559 {
            chain_id: 31_337,
            nonce: 3,
            gas_limit: 100_000,
            to: TxKind::Call(Address::repeat_byte(9)),
            input: Bytes::from_static(&[1, 2, 3, 4]),
            ..TxEip1559::default()
        };
        change(&mut transaction);
        let signature = signer.sign_transaction_sync(&mut transaction).unwrap();
        TxEnvelope::from(transaction.into_signed(signature)).encoded_2718().into()
    }

    #[test]
    fn a_signed_transaction_tells_who_calls_what() {
        let decoded = Decoded::of(&signed(|_| {}), 31_337).unwrap();

        assert_eq!(
            decoded.from,
            PrivateKeySigner::from_bytes(&B256::repeat_byte(7)).unwrap().address()
        );
        assert_eq!((decoded.nonce, decoded.gas, decoded.to), (3, 100_000, Address::repeat_byte(9)));
    }

    #[test]
    fn another_chain_value_or_a_creation_is_refused() {
        let chain =
            Decoded::of(&signed(|transaction| transaction.chain_id = 1), 31_337).unwrap_err();
        assert!(
            matches!(chain, RelayError::WrongChain { found: Some(1), expected: 31_337 }),
            "{chain}"
        );

        let value = Decoded::of(&signed(|transaction| transaction.value = U256::from(1)), 31_337)
            .unwrap_err();
        assert!(matches!(value, RelayError::NotAllowed { .. }), "{value}");

        let creation = Decoded::of(&signed(|transaction| transaction.to = TxKind::Create), 31_337)
            .unwrap_err();
        assert!(matches!(creation, RelayError::NotAllowed { .. }), "{creation}");
    }

    #[test]
    fn bytes_that_are_no_transaction_are_refused() {
        let whole = signed(|_| {});
        let cut = whole.slice(..whole.len() - 1);
        let long: Bytes = [whole.as_ref(), &[0]].concat().into();
        for raw in [Bytes::new(), Bytes::from_static(&[2]), Bytes::from_static(b"0x02"), cut, long]
        {
            let error = Decoded::of(&raw, 31_337).unwrap_err();
            assert!(matches!(error, RelayError::Unreadable(_)), "{error}");
        }
    }
}
