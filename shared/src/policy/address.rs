//! Addresses in files: 0x and 40 hex digits, EIP-55 checked where letters are of both cases, never zero.

use alloy_primitives::Address;

use crate::json::{Cursor, Report, shortened};

/// Why a text is not an address that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not 0x and 40 hex digits.
    #[error("an address is 0x and 40 hex digits")]
    Shape,
    /// Letters of both cases, but not in the pattern that EIP-55 gives them.
    #[error(
        "the upper and lower case of its letters does not fit its digits, so one may be mistyped"
    )]
    Checksum(Address),
    /// The zero address.
    #[error("the zero address belongs to nobody")]
    Zero,
}

/// Reads an address.
pub fn parse(text: &str) -> Result<Address, AddressError> {
    let digits = text.strip_prefix("0x").ok_or(AddressError::Shape)?;
    if digits.len() != 40 {
        return Err(AddressError::Shape);
    }
    let address: Address = text.parse().map_err(|_| AddressError::Shape)?;
    if address.is_zero() {
        return Err(AddressError::Zero);
    }
    let mixed = digits.bytes().any(|byte| byte.is_ascii_lowercase())
        && digits.bytes().any(|byte| byte.is_ascii_uppercase());
    if mixed && address.to_checksum(None) != text {
        return Err(AddressError::Checksum(address));
    }
    Ok(address)
}

/// Whether a text is meant to be an address rather than a name that stands for one.
pub(crate) fn looks_like_one(text: &str) -> bool {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    digits.is_some_and(|digits| {
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()) || digits.len() == 40
    })
}

/// Reads an address in a file.
pub(crate) fn read(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<Address> {
    let text = cursor.text(report, "an address")?;
    match parse(text) {
        Ok(address) => return Some(address),
        Err(AddressError::Shape) => {
            let message = format_args!("{:?} is not an address", shortened(text));
            let digits = text.strip_prefix("0x").map_or(0, str::len);
            let help = format_args!(
                "write 0x and 40 hex digits; here are {digits} characters after the 0x"
            );
            report.error("not-an-address", cursor.place(), message, help);
        }
        Err(error @ AddressError::Checksum(address)) => {
            let help = format_args!("copy it again; only if every digit is right, write {address}");
            report.error("address-checksum", cursor.place(), format_args!("{text}: {error}"), help);
        }
        Err(error @ AddressError::Zero) => {
            let help = format_args!("write the address that is meant");
            report.error("zero-address", cursor.place(), format_args!("{error}"), help);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_mistyped_digit_is_noticed() {
        let right = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        let address = parse(right).unwrap();

        assert_eq!(parse(&right.to_lowercase()), Ok(address));
        assert_eq!(
            parse(&format!("0x{}", right.trim_start_matches("0x").to_uppercase())),
            Ok(address)
        );
        let typo: Address = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92267".parse().unwrap();
        assert_eq!(
            parse("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92267"),
            Err(AddressError::Checksum(typo))
        );
        assert_eq!(parse("0x0000000000000000000000000000000000000000"), Err(AddressError::Zero));
        for text in [
            "",
            "0x",
            "0x12",
            "f39fd6e51aad88f6f4ce6ab8827279cfffb92266",
            "0xPauseGuardian",
            "0x é",
        ] {
            assert_eq!(parse(text), Err(AddressError::Shape), "{text}");
        }
    }
}
