//! The owner's key, for as long as a command runs: from a keystore (Web3 Secret Storage, version 3), from a file, or the
//! one that everybody knows on a development chain. It is never written anywhere and never shown.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256, Bytes};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use phase8_shared::chain::Call;
use serde::Deserialize;

use crate::chain::rpc::Fees;
use crate::chain::{DEV_CHAIN_ID, OWNER_KEY};
use crate::config::Secret;
use crate::relay::sign_call;

/// More memory than this is asked for by no honest keystore: `128 · n · r` bytes.
const MOST_MEMORY: u64 = 1 << 30;
/// Bytes of a derived key: half of it decrypts, half of it checks the password.
const LEAST_DERIVED: u64 = 32;
/// Hex digits of the cipher's start.
const START_DIGITS: usize = 32;

/// The key that a command signs with.
#[derive(Clone)]
pub struct OwnerKey(PrivateKeySigner);

/// The key cannot be had. No part of it is in the text.
#[derive(Debug, thiserror::Error)]
pub enum OwnerKeyError {
    /// A file cannot be read.
    #[error("{} cannot be read", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others may read the key.
    #[error("others may read the key in {} (mode {mode:o}): run `chmod 600` on it", .path.display())]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Not a key.
    #[error("{} holds no key: 64 hex digits, with or without 0x, are expected", .0.display())]
    NotAKey(PathBuf),
    /// Not a keystore.
    #[error("{} is no keystore: {why} (Web3 Secret Storage, version 3, as `cast wallet` and geth write it)", .path.display())]
    NotAKeystore {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The password is not the keystore's.
    #[error("the password does not open {}", .0.display())]
    Password(PathBuf),
    /// The key signs for somebody else.
    #[error(
        "the key is that of {found}, and the manager obeys {expected}: sign with that one's key, or hand the plan to a Safe with --via safe"
    )]
    NotTheOwner {
        /// Whose key it is.
        found: Address,
        /// Whose is needed.
        expected: Address,
    },
    /// No key is named.
    #[error(
        "no key is named: say --keystore FILE or --key-file FILE, or --via safe, relay or cast"
    )]
    None,
    /// The bytes cannot be signed.
    #[error("the key cannot sign")]
    Sign(#[from] alloy::signers::Error),
}

#[derive(Deserialize)]
struct Keystore {
    version: u64,
    crypto: Crypto,
}

#[derive(Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParams,
    kdfparams: KdfParams,
}

#[derive(Deserialize)]
struct CipherParams {
    iv: String,
}

#[derive(Deserialize)]
struct KdfParams {
    dklen: u64,
    #[serde(default)]
    n: u64,
    #[serde(default)]
    r: u64,
}

impl OwnerKey {
    /// From a keystore.
    pub fn from_keystore(path: &Path, password: &Secret) -> Result<Self, OwnerKeyError> {
        let file = |source| OwnerKeyError::File { path: path.to_owned(), source };
        let text = fs::read_to_string(path).map_err(file)?;
        let not = |why| OwnerKeyError::NotAKeystore { path: path.to_owned(), why };
        let keystore: Keystore = serde_json::from_str(&text)
            .map_err(|_| not("its JSON lacks version, crypto, cipherparams or kdfparams"))?;
        // The reader of keystores takes these for granted.
        let Crypto { cipher, cipherparams, kdfparams } = keystore.crypto;
        if keystore.version != 3 {
            return Err(not("its version is another"));
        }
        if cipher != "aes-128-ctr" || cipherparams.iv.len() != START_DIGITS {
            return Err(not("its cipher is not aes-128-ctr with 16 bytes to start from"));
        }
        let memory = kdfparams.n.saturating_mul(kdfparams.r).saturating_mul(128);
        if kdfparams.dklen < LEAST_DERIVED || memory > MOST_MEMORY {
            return Err(not(
                "its key would be derived from fewer than 32 bytes, or with more than 1 GiB of memory",
            ));
        }
        PrivateKeySigner::decrypt_keystore(path, password.expose())
            .map(Self)
            .map_err(|_| OwnerKeyError::Password(path.to_owned()))
    }

    /// From a file with 64 hex digits that nobody else may read.
    pub fn from_file(path: &Path) -> Result<Self, OwnerKeyError> {
        let file = |source| OwnerKeyError::File { path: path.to_owned(), source };
        let mode = fs::metadata(path).map_err(file)?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(OwnerKeyError::Exposed { path: path.to_owned(), mode });
        }
        let text = fs::read_to_string(path).map_err(file)?;
        let not = || OwnerKeyError::NotAKey(path.to_owned());
        let key: B256 = text.trim().parse().map_err(|_| not())?;
        PrivateKeySigner::from_bytes(&key).map(Self).map_err(|_| not())
    }

    /// The development chain's owner; `None` on every other chain, and for every other owner.
    pub fn of_development_chain(chain_id: u64, owner: Address) -> Option<Self> {
        let key = PrivateKeySigner::from_bytes(&OWNER_KEY).ok().map(Self)?;
        (chain_id == DEV_CHAIN_ID && key.address() == owner).then_some(key)
    }

    /// The key, if it is that of the owner.
    pub fn of(self, owner: Address) -> Result<Self, OwnerKeyError> {
        if self.address() == owner {
            Ok(self)
        } else {
            Err(OwnerKeyError::NotTheOwner { found: self.address(), expected: owner })
        }
    }

    /// Whose it is.
    pub const fn address(&self) -> Address {
        self.0.address()
    }

    /// Signs a call as a transaction: its hash and its bytes.
    pub fn sign(
        &self,
        chain_id: u64,
        nonce: u64,
        gas: u64,
        fees: Fees,
        call: &Call,
    ) -> Result<(B256, Bytes), OwnerKeyError> {
        Ok(sign_call(&self.0, chain_id, nonce, gas, fees, call)?)
    }

    /// Signs a digest.
    pub fn sign_digest(&self, digest: B256) -> Result<Bytes, OwnerKeyError> {
        Ok(self.0.sign_hash_sync(&digest)?.as_bytes().into())
    }
}

impl fmt::Debug for OwnerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnerKey").field(&self.address()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// The keystore of the Web3 Secret Storage definition's own test vector, and its password.
    const VECTOR: &str = r#"{
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "6087dab2f9fdbbfaddc31a909735c1e6" },
            "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
            "kdf": "pbkdf2",
            "kdfparams": {
                "c": 262144, "dklen": 32, "prf": "hmac-sha256",
                "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"
            },
            "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3
    }"#;

    fn read(text: &str, password: &str) -> Result<OwnerKey, OwnerKeyError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keystore.json");
        fs::write(&path, text).unwrap();
        OwnerKey::from_keystore(&path, &Secret::new(password.to_owned()))
    }

    #[test]
    fn the_definitions_own_keystore_is_read() {
        let key = read(VECTOR, "testpassword").unwrap();

        assert_eq!(key.address().to_string(), "0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b");
        assert!(matches!(read(VECTOR, "another").unwrap_err(), OwnerKeyError::Password(_)));
        assert!(!format!("{key:?}").contains("7a28b5ba57c53603b0b07b56bba752f7"));
    }

    #[test]
    fn what_is_no_keystore_is_refused_and_stops_nothing() {
        for (from, to) in [
            ("\"version\": 3", "\"version\": 1"),
            ("\"dklen\": 32", "\"dklen\": 16"),
            ("6087dab2f9fdbbfaddc31a909735c1e6", "6087"),
            ("aes-128-ctr", "aes-128-cbc"),
            ("\"c\": 262144", "\"n\": 4294967295, \"r\": 8, \"p\": 1"),
            ("{", ""),
        ] {
            let error = read(&VECTOR.replacen(from, to, 1), "testpassword").unwrap_err();
            assert!(matches!(error, OwnerKeyError::NotAKeystore { .. }), "{from}: {error}");
        }
    }

    #[test]
    fn a_key_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("owner.key");
        fs::write(&path, OWNER_KEY.to_string()).unwrap();

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(OwnerKey::from_file(&path), Err(OwnerKeyError::Exposed { .. })));

        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let key = OwnerKey::from_file(&path).unwrap();
        assert_eq!(key.address().to_string(), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
        assert!(key.of(Address::ZERO).is_err());
    }

    #[test]
    fn the_key_that_everybody_knows_is_for_the_development_chain_alone() {
        let owner = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse().unwrap();

        assert!(OwnerKey::of_development_chain(DEV_CHAIN_ID, owner).is_some());
        assert!(OwnerKey::of_development_chain(1, owner).is_none());
        assert!(OwnerKey::of_development_chain(DEV_CHAIN_ID, Address::ZERO).is_none());
    }
}
