//! Function declarations as a table holds them: `updateCap(bytes32 mission,uint256 microUsd)`, tuples in brackets.

use alloy_dyn_abi::DynSolType;
use alloy_primitives::keccak256;

/// A parameter, or a field of a tuple.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
}

/// The type of a parameter, with the names of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A type without parts.
    Leaf(Leaf),
    /// A struct.
    Tuple(Vec<Parameter>),
    /// An array of unknown length.
    Array(Box<Self>),
}

/// A type without parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// `address`
    Address,
    /// `bool`
    Bool,
    /// `string`
    String,
    /// `bytes`
    Bytes,
    /// `bytes1` to `bytes32`: how many bytes.
    FixedBytes(usize),
    /// `uint8` to `uint256`: how many bits.
    Uint(usize),
    /// `int8` to `int256`: how many bits.
    Int(usize),
}

/// A declaration that is not one; it stands in the table, so a test finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a function declaration")]
pub struct ParseDeclarationError;

/// Name and parameters of a declaration.
pub fn parse(
    declaration: &'static str,
) -> Result<(&'static str, Vec<Parameter>), ParseDeclarationError> {
    let (name, rest) = declaration.split_once('(').ok_or(ParseDeclarationError)?;
    let inside = rest.strip_suffix(')').ok_or(ParseDeclarationError)?;
    Ok((name, parameters(inside)?))
}

fn parameters(text: &'static str) -> Result<Vec<Parameter>, ParseDeclarationError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.checked_sub(1).ok_or(ParseDeclarationError)?,
            ',' if depth == 0 => {
                found.push(parameter(text.get(start..at).ok_or(ParseDeclarationError)?)?);
                start = at.saturating_add(1);
            }
            _ => {}
        }
    }
    found.push(parameter(text.get(start..).ok_or(ParseDeclarationError)?)?);
    Ok(found)
}

fn parameter(text: &'static str) -> Result<Parameter, ParseDeclarationError> {
    let (kind, name) = text.rsplit_once(' ').ok_or(ParseDeclarationError)?;
    Ok(Parameter { name, kind: Kind::parse(kind)? })
}

impl Kind {
    fn parse(text: &'static str) -> Result<Self, ParseDeclarationError> {
        if let Some(item) = text.strip_suffix("[]") {
            return Ok(Self::Array(Box::new(Self::parse(item)?)));
        }
        if let Some(inside) = text.strip_prefix('(') {
            let inside = inside.strip_suffix(')').ok_or(ParseDeclarationError)?;
            return Ok(Self::Tuple(parameters(inside)?));
        }
        Leaf::parse(text).map(Self::Leaf)
    }

    /// The same type without names.
    pub fn ty(&self) -> DynSolType {
        match self {
            Self::Leaf(leaf) => leaf.ty(),
            Self::Tuple(fields) => {
                DynSolType::Tuple(fields.iter().map(|field| field.kind.ty()).collect())
            }
            Self::Array(item) => DynSolType::Array(Box::new(item.ty())),
        }
    }

    /// The type as Solidity writes it in a signature.
    pub fn canonical(&self) -> String {
        match self {
            Self::Leaf(leaf) => leaf.canonical(),
            Self::Tuple(fields) => canonical(fields),
            Self::Array(item) => format!("{}[]", item.canonical()),
        }
    }
}

/// Types in brackets, as a selector is the hash of.
pub fn canonical(parameters: &[Parameter]) -> String {
    let types: Vec<String> =
        parameters.iter().map(|parameter| parameter.kind.canonical()).collect();
    format!("({})", types.join(","))
}

/// The selector of a function.
pub fn selector(name: &str, parameters: &[Parameter]) -> [u8; 4] {
    let hash = keccak256(format!("{name}{}", canonical(parameters)));
    let [a, b, c, d, ..] = hash.0;
    [a, b, c, d]
}

impl Leaf {
    fn parse(text: &str) -> Result<Self, ParseDeclarationError> {
        let number = |digits: &str| digits.parse().map_err(|_| ParseDeclarationError);
        Ok(match text {
            "address" => Self::Address,
            "bool" => Self::Bool,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            _ => {
                if let Some(bits) = text.strip_prefix("uint") {
                    Self::Uint(number(bits)?)
                } else if let Some(bits) = text.strip_prefix("int") {
                    Self::Int(number(bits)?)
                } else if let Some(bytes) = text.strip_prefix("bytes") {
                    Self::FixedBytes(number(bytes)?)
                } else {
                    return Err(ParseDeclarationError);
                }
            }
        })
    }

    const fn ty(self) -> DynSolType {
        match self {
            Self::Address => DynSolType::Address,
            Self::Bool => DynSolType::Bool,
            Self::String => DynSolType::String,
            Self::Bytes => DynSolType::Bytes,
            Self::FixedBytes(bytes) => DynSolType::FixedBytes(bytes),
            Self::Uint(bits) => DynSolType::Uint(bits),
            Self::Int(bits) => DynSolType::Int(bits),
        }
    }

    /// The type as Solidity writes it.
    pub fn canonical(self) -> String {
        match self {
            Self::Address => "address".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::String => "string".to_owned(),
            Self::Bytes => "bytes".to_owned(),
            Self::FixedBytes(bytes) => format!("bytes{bytes}"),
            Self::Uint(bits) => format!("uint{bits}"),
            Self::Int(bits) => format!("int{bits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_gives_names_types_and_selector() {
        let (name, parameters) =
            parse("setSentinelDomains(bytes32 id,bytes32[] domainIds)").unwrap();

        assert_eq!(
            (name, canonical(&parameters).as_str()),
            ("setSentinelDomains", "(bytes32,bytes32[])")
        );
        assert_eq!(selector(name, &parameters), [0xb4, 0x1b, 0xa9, 0xfc]);
        assert_eq!(parameters.last().unwrap().name, "domainIds");
    }

    #[test]
    fn fields_of_a_struct_keep_their_names() {
        let (_, parameters) = parse("f((string slug,(bool on,int64 by)[] list) it)").unwrap();

        assert_eq!(canonical(&parameters), "((string,(bool,int64)[]))");
        let Kind::Tuple(fields) = &parameters.first().unwrap().kind else { panic!("a struct") };
        assert_eq!(fields.iter().map(|field| field.name).collect::<Vec<_>>(), ["slug", "list"]);
    }

    #[test]
    fn what_is_no_declaration_is_refused() {
        for text in ["", "f", "f(", "f(uint256)", "f(float x)", "f(uintx y)", "f(a) b)"] {
            assert_eq!(parse(text), Err(ParseDeclarationError), "{text}");
        }
    }
}
