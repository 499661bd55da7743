//! The names that operators keep in `.env`: `OWNER_ADDRESS`, `PHASE8_MANAGER_ADDRESS`, `PHASE8_CHAIN_ID`, `RPC_URL`,
//! `RPC_URLS`, `ORCHESTRATOR_URL`, `DATABASE_URL`, `KUBO_RPC_URL`. A wrong value is an error that names its variable, never a silent default.

use std::collections::BTreeMap;
use std::path::Path;

use alloy::primitives::Address;
use figment::value::Value;

use super::Complaint;

/// The names that are read.
const NAMES: [&str; 8] = [
    "OWNER_ADDRESS",
    "PHASE8_MANAGER_ADDRESS",
    "PHASE8_CHAIN_ID",
    "RPC_URL",
    "RPC_URLS",
    "ORCHESTRATOR_URL",
    "DATABASE_URL",
    "KUBO_RPC_URL",
];

/// Values of those names: the process's environment wins over the file. An empty value counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    values: BTreeMap<&'static str, String>,
}

impl Environment {
    /// Reads `.env` in a folder, if there is one, and then the process's environment.
    pub fn read(folder: &Path) -> std::io::Result<Self> {
        let text = match std::fs::read_to_string(folder.join(".env")) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let mut environment = Self::parse(&text);
        for name in NAMES {
            if let Ok(value) = std::env::var(name) {
                environment.set(name, value);
            }
        }
        Ok(environment)
    }

    /// Reads the text of a `.env` file; names that are not ours are passed over.
    pub fn parse(text: &str) -> Self {
        let mut environment = Self::default();
        for line in text.lines() {
            let line = line.trim();
            let line = line.strip_prefix("export ").unwrap_or(line);
            let Some((name, value)) = line.split_once('=') else { continue };
            if let Some(name) = NAMES.iter().find(|known| **known == name.trim()) {
                environment.set(name, unquoted(value.trim()).to_owned());
            }
        }
        environment
    }

    fn set(&mut self, name: &'static str, value: String) {
        if value.is_empty() {
            self.values.remove(name);
        } else {
            self.values.insert(name, value);
        }
    }

    /// The values by configuration key, or what is wrong with them.
    pub(super) fn settings(&self) -> Result<Vec<(&'static str, Value)>, Vec<Complaint>> {
        let mut settings = Vec::new();
        let mut complaints = Vec::new();
        for (name, value) in &self.values {
            match setting(name, value) {
                Ok(found) => settings.extend(found),
                Err(message) => complaints.push(Complaint::new(name, message)),
            }
        }
        if complaints.is_empty() { Ok(settings) } else { Err(complaints) }
    }
}

fn setting(name: &str, value: &str) -> Result<Vec<(&'static str, Value)>, String> {
    match name {
        "OWNER_ADDRESS" => Ok(vec![("chain.expected_owner", address(value)?)]),
        "PHASE8_MANAGER_ADDRESS" => Ok(vec![("chain.expected_manager", address(value)?)]),
        "PHASE8_CHAIN_ID" => match value.parse::<u64>() {
            Ok(id) if id > 0 => Ok(vec![("chain.expected_chain_id", id.into())]),
            _ => Err(format!(
                "must be a whole number greater than 0, such as 31337; found {value:?}"
            )),
        },
        "DATABASE_URL" => Ok(vec![("storage.database", value.into())]),
        "KUBO_RPC_URL" => Ok(vec![("archive.kubo_url", value.into())]),
        "RPC_URL" => Ok(vec![("chain.mode", "endpoint".into()), ("chain.rpc_url", value.into())]),
        "RPC_URLS" => {
            let urls = value.split(',').map(str::trim).filter(|url| !url.is_empty());
            Ok(vec![("chain.rpc_urls", urls.collect::<Vec<_>>().into())])
        }
        _ => Ok(vec![("orchestrator.url", value.into())]),
    }
}

fn address(value: &str) -> Result<Value, String> {
    let address: Address = value
        .parse()
        .map_err(|_| format!("must be an address: 0x and 40 hex digits; found {value:?}"))?;
    let digits = value.trim_start_matches("0x");
    let mixed = digits.bytes().any(|byte| byte.is_ascii_uppercase())
        && digits.bytes().any(|byte| byte.is_ascii_lowercase());
    if mixed && address.to_checksum(None) != value {
        return Err(format!(
            "has a wrong checksum (EIP-55): one of its digits is mistyped; found {value:?}"
        ));
    }
    if address.is_zero() {
        return Err("must not be the zero address".to_owned());
    }
    Ok(value.into())
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or_default();
        }
    }
    value.split(" #").next().unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_as_operators_keep_it_is_read() {
        let environment = Environment::parse(
            "# wallet\nexport OWNER_ADDRESS=\"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"\n\
             PHASE8_CHAIN_ID=31337 # anvil\nRPC_URL='http://127.0.0.1:8545'\nPRIVATE_KEY=0x1\nORCHESTRATOR_URL=\n\
             RPC_URLS=http://127.0.0.1:8546, http://127.0.0.1:8547,\n",
        );

        let settings = environment.settings().unwrap();
        let keys: Vec<_> = settings.iter().map(|(key, _)| *key).collect();

        assert_eq!(
            keys,
            [
                "chain.expected_owner",
                "chain.expected_chain_id",
                "chain.mode",
                "chain.rpc_url",
                "chain.rpc_urls"
            ]
        );
        let further = vec!["http://127.0.0.1:8546", "http://127.0.0.1:8547"];
        assert_eq!(settings.last().map(|(_, urls)| urls.clone()), Some(further.into()));
    }

    #[test]
    fn a_wrong_value_is_named() {
        for (line, message) in [
            (
                "OWNER_ADDRESS=0x12",
                "OWNER_ADDRESS: must be an address: 0x and 40 hex digits; found \"0x12\"",
            ),
            (
                "OWNER_ADDRESS=0xf39fd6e51aad88F6F4ce6aB8827279cffFb92266",
                "OWNER_ADDRESS: has a wrong checksum (EIP-55): one of its digits is mistyped; found \
                 \"0xf39fd6e51aad88F6F4ce6aB8827279cffFb92266\"",
            ),
            (
                "PHASE8_MANAGER_ADDRESS=0x0000000000000000000000000000000000000000",
                "PHASE8_MANAGER_ADDRESS: must not be the zero address",
            ),
            (
                "PHASE8_CHAIN_ID=0",
                "PHASE8_CHAIN_ID: must be a whole number greater than 0, such as 31337; found \"0\"",
            ),
        ] {
            let complaints = Environment::parse(line).settings().unwrap_err();
            assert_eq!(complaints.iter().map(ToString::to_string).collect::<Vec<_>>(), [message]);
        }
    }
}
