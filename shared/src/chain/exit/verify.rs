//! Whether an evidence file tells the truth: everything in it is computed anew from its raw fields, without a network.

use std::fmt::Display;

use alloy_sol_types::SolCall;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::evidence::computed_checksum;
use super::{CastLine, Evidence, EvidenceCall, EvidenceOperation, QrCode, QrText, verify_checksum};
use crate::chain::abi::IOwnerProxy;
use crate::chain::decode::decode;
use crate::chain::{Call, Intent};

/// What became of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is as it must be.
    Holds,
    /// It is not.
    Differs,
    /// Nobody can tell offline.
    Unknown,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What is checked.
    pub what: &'static str,
    /// What became of it.
    pub verdict: Verdict,
    /// What the file says.
    pub found: String,
    /// What it must say.
    pub expected: String,
}

impl Check {
    /// Two things that must be the same.
    pub fn same(what: &'static str, found: impl Display, expected: impl Display) -> Self {
        let (found, expected) = (found.to_string(), expected.to_string());
        let verdict = if found == expected { Verdict::Holds } else { Verdict::Differs };
        Self { what, verdict, found, expected }
    }

    /// Something that holds or does not, with what was found.
    pub fn holds(
        what: &'static str,
        holds: bool,
        found: impl Display,
        expected: impl Display,
    ) -> Self {
        let verdict = if holds { Verdict::Holds } else { Verdict::Differs };
        Self { what, verdict, found: found.to_string(), expected: expected.to_string() }
    }

    /// Something that nobody can tell offline.
    pub fn unknown(what: &'static str, found: impl Display, expected: impl Display) -> Self {
        let (found, expected) = (found.to_string(), expected.to_string());
        Self { what, verdict: Verdict::Unknown, found, expected }
    }

    /// Whether nothing speaks against it.
    pub fn is_ok(&self) -> bool {
        self.verdict != Verdict::Differs
    }
}

/// Checks a file. Whose the signature is takes elliptic curves, which the page does not carry: `phase8 verify` adds that.
pub fn verify(text: &str) -> Vec<Check> {
    const READABLE: &str = "the kind of file";
    let expected = "an evidence file, phase8-evidence-v1";
    let file = match serde_json::from_str::<Value>(text) {
        Ok(file) => file,
        Err(error) => return vec![Check::same(READABLE, format!("not JSON: {error}"), expected)],
    };
    let evidence = match Evidence::read(text) {
        Ok(evidence) => evidence,
        Err(error) => {
            let why = std::error::Error::source(&error).map(ToString::to_string);
            return vec![Check::same(READABLE, why.unwrap_or_default(), expected)];
        }
    };
    let intent = evidence.intent();
    let mut checks = vec![Check::same(READABLE, expected, expected)];
    checks.push(Check::same(
        "the checksum: nothing is damaged, added or taken out",
        evidence.checksum,
        computed_checksum(file.clone()),
    ));
    call(&evidence, &intent, &mut checks);
    hashes(&evidence, &mut checks);
    exits(&evidence, &file, &mut checks);
    if let Some(digest) = &evidence.page_digest {
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        checks.push(Check::holds("the page's digest", is_digest, digest, "64 hex digits"));
    }
    checks
}

/// The lever makes exactly this call, and the call is what the words say.
fn call(evidence: &Evidence, intent: &Intent, checks: &mut Vec<Check>) {
    let (request, ordered) = (&evidence.request, intent.ordered());
    checks.push(Check::same("the lever's name", &evidence.lever.title, intent.lever.title()));
    checks.push(Check::same("the door", request.proxy, evidence.contracts.owner_proxy));
    checks.push(Check::same("the lever calls this contract", request.target, ordered.to));
    checks.push(Check::same("the lever makes these bytes", &request.data, &ordered.data));
    let through = through_the_door(evidence);
    let decoded = EvidenceCall::of(&evidence.contracts, &through);
    checks.push(Check::holds(
        "the call is taken apart and put together to the same bytes",
        decode(&evidence.contracts, &through).is_ok() && evidence.call.path == decoded.path,
        &evidence.call.path,
        &decoded.path,
    ));
    let words = |call: &EvidenceCall| {
        let calls = call.calls.iter().map(|one| {
            let arguments = one.arguments.iter().map(|(name, value)| format!("{name}={value}"));
            let arguments: Vec<String> = arguments.collect();
            format!("{}@{}({})", one.function, one.address, arguments.join(", "))
        });
        calls.collect::<Vec<_>>().join(" → ")
    };
    checks.push(Check::same("the arguments in words", words(&evidence.call), words(&decoded)));
    let operation = |operation: Option<&EvidenceOperation>| {
        operation.map_or_else(
            || "none: it acts at once".to_owned(),
            |it| {
                let (to, data) = (it.effect.to, &it.effect.data);
                format!(
                    "{} in {}, after {} s: {to} {data}, predecessor {}, salt {}",
                    it.id, it.timelock, it.delay, it.predecessor, it.salt
                )
            },
        )
    };
    let expected = intent.operation.as_ref().map(EvidenceOperation::of);
    checks.push(Check::same(
        "the operation that waits",
        operation(evidence.operation.as_ref()),
        operation(expected.as_ref()),
    ));
}

fn hashes(evidence: &Evidence, checks: &mut Vec<Check>) {
    let (found, request) = (&evidence.eip712, evidence.owner_request());
    let separator = request.domain_separator();
    checks.push(Check::same("the EIP-712 domain separator", found.domain_separator, separator));
    checks.push(Check::same(
        "the EIP-712 message hash",
        found.message_hash,
        request.message_hash(),
    ));
    checks.push(Check::same("the EIP-712 digest", found.digest, request.digest()));
    checks.push(Check::holds(
        "the typed data that a wallet shows",
        found.typed_data == request.typed_data_json(),
        &found.typed_data,
        request.typed_data_json(),
    ));
}

fn exits(evidence: &Evidence, file: &Value, checks: &mut Vec<Check>) {
    let exits = &evidence.exits;
    let through = through_the_door(evidence);
    let wallet = &exits.wallet;
    checks.push(Check::same(
        "the wallet's transaction",
        format!(
            "{} on chain {}, {} wei",
            bytes_of(&Call { to: wallet.to, data: wallet.data.clone() }),
            wallet.chain_id,
            wallet.value
        ),
        format!("{} on chain {}, 0 wei", bytes_of(&through), evidence.chain_id),
    ));
    checks.push(Check::same("the wallet's account", wallet.from, evidence.owner));
    let relayed = evidence.signature.clone().map(|it| evidence.owner_request().relayed(it));
    let shown = |call: Option<&Call>| call.map_or("none: it is not signed".to_owned(), bytes_of);
    checks.push(Check::same(
        "the relayed call carries the signed request",
        shown(exits.relayed.as_ref()),
        shown(relayed.as_ref()),
    ));
    safe(evidence, file, &through, checks);
    let digest = evidence.owner_request().digest();
    let expected = CastLine {
        proxy: evidence.request.proxy,
        target: evidence.request.target,
        data: evidence.request.data.clone(),
        chain_id: evidence.chain_id,
        from: evidence.owner,
        digest,
    };
    let line = exits.cast.parse::<CastLine>();
    checks.push(Check::holds(
        "the line for cast",
        line.as_ref().is_ok_and(|line| *line == expected && line.call() == through),
        &exits.cast,
        &expected,
    ));
    let text = QrText::of(&evidence.owner_request()).to_string();
    let found = exits.qr.as_ref();
    checks.push(Check::same("the QR code's text", found.map_or("", |code| &code.text), &text));
    checks.push(Check::holds(
        "the QR code's drawing",
        found == QrCode::of(text).as_ref(),
        found.map_or("none", |code| &code.path),
        "the drawing of that text",
    ));
}

fn safe(evidence: &Evidence, file: &Value, through: &Call, checks: &mut Vec<Check>) {
    let batch = &evidence.exits.safe;
    let raw = file.pointer("/exits/safe").unwrap_or(&Value::Null);
    checks.push(Check::holds(
        "the Safe batch's checksum, by Safe's own algorithm",
        verify_checksum(raw),
        batch.meta.checksum,
        batch.computed_checksum(),
    ));
    let calls: Vec<String> = batch.calls().iter().map(bytes_of).collect();
    checks.push(Check::same("the Safe batch's calls", calls.join(", "), bytes_of(through)));
    let intents = [Intent { request: evidence.owner_request(), ..evidence.intent() }];
    let expected =
        super::SafeBatch::new(evidence.chain_id, evidence.owner, &intents, evidence.created_at);
    checks.push(Check::holds(
        "the rest of the Safe batch",
        *batch == expected,
        batch.to_text(),
        expected.to_text(),
    ));
}

/// The call of the door, made from the request's raw fields.
fn through_the_door(evidence: &Evidence) -> Call {
    let request = &evidence.request;
    let call = IOwnerProxy::executeCall { target: request.target, data: request.data.clone() };
    Call { to: request.proxy, data: call.abi_encode().into() }
}

fn bytes_of(call: &Call) -> String {
    format!("{} {}", call.to, call.data)
}
