//! Values as people read and write them.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{B256, Bytes, I256, U256};

use super::signature::Leaf;
use crate::policy::address::{self, AddressError};

/// A text that is not a value of the type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseValueError {
    /// Not an address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Neither yes nor no.
    #[error("write true or false")]
    Bool,
    /// Not bytes.
    #[error("write 0x and an even number of hex digits")]
    Bytes,
    /// Bytes, but not so many.
    #[error("write 0x and {} hex digits", expected.saturating_mul(2))]
    Length {
        /// How many bytes the type has.
        expected: usize,
    },
    /// Not a whole number.
    #[error("write a whole number, digits only")]
    Number,
    /// A number that the type has no room for.
    #[error("the number is too large for {0}")]
    Range(String),
}

/// Reads a value of a type.
pub fn parse_value(leaf: Leaf, text: &str) -> Result<DynSolValue, ParseValueError> {
    Ok(match leaf {
        Leaf::String => DynSolValue::String(text.to_owned()),
        Leaf::Address => DynSolValue::Address(address::parse(text.trim())?),
        Leaf::Bool => match text.trim() {
            "true" => DynSolValue::Bool(true),
            "false" => DynSolValue::Bool(false),
            _ => return Err(ParseValueError::Bool),
        },
        Leaf::Bytes => DynSolValue::Bytes(hex(text)?.to_vec()),
        Leaf::FixedBytes(size) => {
            let bytes = hex(text)?;
            if bytes.len() != size {
                return Err(ParseValueError::Length { expected: size });
            }
            let word = B256::right_padding_from(&bytes);
            DynSolValue::FixedBytes(word, size)
        }
        Leaf::Uint(bits) => {
            let number = digits(text.trim())?;
            if number.bit_len() > bits {
                return Err(ParseValueError::Range(leaf.canonical()));
            }
            DynSolValue::Uint(number, bits)
        }
        Leaf::Int(bits) => {
            let text = text.trim();
            let (sign, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
            let size = digits(rest)?;
            let number = I256::try_from(size)
                .ok()
                .filter(|_| size.bit_len() < bits)
                .ok_or_else(|| ParseValueError::Range(leaf.canonical()))?;
            DynSolValue::Int(if sign { number.wrapping_neg() } else { number }, bits)
        }
    })
}

fn digits(text: &str) -> Result<U256, ParseValueError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ParseValueError::Number);
    }
    U256::from_str_radix(text, 10).map_err(|_| ParseValueError::Range("uint256".to_owned()))
}

fn hex(text: &str) -> Result<Bytes, ParseValueError> {
    let text = text.trim();
    if !text.starts_with("0x") {
        return Err(ParseValueError::Bytes);
    }
    text.parse().map_err(|_| ParseValueError::Bytes)
}

/// A value in words: what [`parse_value`] reads again, for types without parts.
pub fn words(value: &DynSolValue) -> String {
    let list = |items: &[DynSolValue]| items.iter().map(words).collect::<Vec<_>>().join(", ");
    match value {
        DynSolValue::Bool(value) => value.to_string(),
        DynSolValue::Int(value, _) => value.to_string(),
        DynSolValue::Uint(value, _) => value.to_string(),
        DynSolValue::FixedBytes(word, size) => {
            Bytes::copy_from_slice(word.get(..*size).unwrap_or_default()).to_string()
        }
        DynSolValue::Address(address) => address.to_checksum(None),
        DynSolValue::Function(function) => Bytes::copy_from_slice(function.as_slice()).to_string(),
        DynSolValue::Bytes(bytes) => Bytes::copy_from_slice(bytes).to_string(),
        DynSolValue::String(text) => text.clone(),
        DynSolValue::Array(items) | DynSolValue::FixedArray(items) => format!("[{}]", list(items)),
        DynSolValue::Tuple(items) => format!("({})", list(items)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_written_again() {
        for (leaf, text) in [
            (Leaf::Address, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
            (Leaf::Bool, "true"),
            (Leaf::Bytes, "0x"),
            (Leaf::Bytes, "0x8456cb59"),
            (Leaf::FixedBytes(4), "0x595c6a67"),
            (Leaf::Uint(64), "18446744073709551615"),
            (Leaf::Int(256), "-12"),
            (Leaf::String, "earth grid"),
        ] {
            assert_eq!(words(&parse_value(leaf, text).unwrap()), text);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_to_write() {
        for (leaf, text, complaint) in [
            (Leaf::Uint(8), "256", "the number is too large for uint8"),
            (Leaf::Uint(256), "1.5", "write a whole number, digits only"),
            (Leaf::Uint(256), "0x10", "write a whole number, digits only"),
            (Leaf::FixedBytes(32), "0x12", "write 0x and 64 hex digits"),
            (Leaf::Bytes, "0x123", "write 0x and an even number of hex digits"),
            (Leaf::Bool, "yes", "write true or false"),
            (Leaf::Address, "0x12", "an address is 0x and 40 hex digits"),
        ] {
            assert_eq!(parse_value(leaf, text).unwrap_err().to_string(), complaint, "{text}");
        }
    }
}
