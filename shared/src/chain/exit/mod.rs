//! The exits of an intent beside the wallet and the relay: a batch for Safe, a line for `cast`, and an evidence file with
//! a QR code that anybody can check offline. All carry the same call and name the same EIP-712 digest.

mod cast;
mod check;
mod evidence;
mod qr;
mod safe;
#[cfg(test)]
mod tests;
mod verify;

pub use cast::{CastLine, ParseCastLineError};
pub use check::{BlockRead, ChainCheck, Difference, EndpointWords, Outcome};
pub use evidence::{
    Evidence, EvidenceAround, EvidenceCall, EvidenceDigests, EvidenceError, EvidenceExits,
    EvidenceFormat, EvidenceLever, EvidenceOperation, EvidenceRequest, LeverWords,
    WalletTransaction, WordsOfCall,
};
pub use qr::{ParseQrTextError, QrCode, QrText};
pub use safe::{SafeBatch, SafeMeta, SafeTransaction, checksum, verify_checksum};
pub use verify::{Check, Verdict, verify};
