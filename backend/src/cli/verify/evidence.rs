//! An evidence file: what it orders in words, every check of its content, and whose signature it carries.

use std::fmt::Write as _;

use phase8_shared::chain::exit::{Check, Evidence, EvidenceCall, verify};
use phase8_shared::chain::field::Names;
use phase8_shared::chain::words::lever_words;
use phase8_shared::time::Timestamp;

use super::one_line;
use crate::relay::signature::{MisshapenSignature, recover};

const SIGNATURE: &str = "the owner's signature";

/// Every check, the signature's last.
pub(super) fn checks(text: &str) -> Vec<Check> {
    let mut checks = verify(text);
    if let Ok(evidence) = Evidence::read(text) {
        checks.push(signature(&evidence));
    }
    checks
}

/// Whose it is, as far as one can tell without asking the chain.
fn signature(evidence: &Evidence) -> Check {
    let Some(signature) = &evidence.signature else {
        return Check::unknown(
            SIGNATURE,
            "there is none yet",
            "the file shows what would be signed",
        );
    };
    // The digest that is computed here, not the one that the file names.
    let digest = evidence.owner_request().digest();
    let ask = "only the owner's contract can tell (EIP-1271): ask the chain";
    match recover(signature, digest) {
        Ok((signer, _)) if signer == evidence.owner => Check::same(SIGNATURE, signer, signer),
        Ok((signer, _)) => Check::same(
            SIGNATURE,
            format!("made by {signer}, or by a contract's own way"),
            format!("made by {}; if that is a contract, {ask}", evidence.owner),
        ),
        Err(MisshapenSignature::Length(length)) if length > 65 => {
            Check::unknown(SIGNATURE, format!("{length} bytes, which no wallet makes"), ask)
        }
        Err(error) => Check::same(SIGNATURE, error, format!("made by {}", evidence.owner)),
    }
}

/// What the file orders, taken apart here and not as it says itself.
pub(super) fn in_words(text: &str) -> String {
    let Ok(evidence) = Evidence::read(text) else { return String::new() };
    let mut words = String::new();
    let request = evidence.owner_request();
    let deadline = Timestamp::from_millis(request.deadline.saturating_mul(1_000));
    let intent = evidence.intent();
    // Writing to a string cannot fail.
    let _ = writeln!(
        words,
        "{} on chain {}\n  owner    {}\n  door     {}\n  nonce    {}\n  deadline {} ({deadline})\n  digest   {}",
        intent.lever.title(),
        request.chain_id,
        evidence.owner,
        request.proxy,
        request.nonce,
        request.deadline,
        request.digest(),
    );
    let call = EvidenceCall::of(&evidence.contracts, &intent.transaction());
    let _ = writeln!(words, "\n{}", call.path);
    for one in &call.calls {
        let _ = writeln!(words, "  {} at {}", one.function, one.address);
        for (name, value) in &one.arguments {
            let _ = writeln!(words, "    {name} = {}", one_line(value));
        }
    }
    let delay = intent.operation.as_ref().map_or(0, |operation| operation.delay);
    let computed = lever_words(&intent.lever, delay, &Names::default());
    let computed = [computed.now, computed.new, computed.effect, computed.undo];
    let told = &evidence.lever.words;
    let told = [&told.now, &told.new, &told.effect, &told.undo];
    for (title, lines) in [
        ("The lever, in words that are computed here", computed.each_ref()),
        ("The page told, which nobody can check here", told),
    ] {
        let _ = writeln!(words, "\n{title}:");
        for (name, line) in ["now   ", "new   ", "effect", "undo  "].into_iter().zip(lines) {
            let _ = writeln!(words, "  {name}   {}", one_line(line));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, B256, U256};
    use alloy::signers::SignerSync;
    use alloy::signers::local::PrivateKeySigner;
    use phase8_shared::chain::exit::{ChainCheck, EvidenceAround, LeverWords, Verdict};
    use phase8_shared::chain::{Circumstances, Contracts, Intent, Lever};

    use super::*;

    fn wallet(byte: u8) -> PrivateKeySigner {
        PrivateKeySigner::from_bytes(&B256::repeat_byte(byte)).unwrap()
    }

    fn evidence(owner: Address) -> Evidence {
        let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
        let around = Circumstances {
            chain_id: 31337,
            nonce: U256::from(3),
            deadline: 1_900_000_000,
            delay: 60,
            salt: B256::ZERO,
        };
        let words = LeverWords { now: "\u{1b}[2Jruns".to_owned(), ..LeverWords::default() };
        let around_evidence = EvidenceAround {
            contracts,
            owner,
            words,
            check: ChainCheck::unavailable("no endpoint answers".to_owned()),
            page_digest: None,
            created_at: Timestamp::from_millis(1_800_000_000_000),
        };
        Evidence::of(&Intent::new(Lever::PauseFleet, &contracts, around), around_evidence)
    }

    fn signed_by(signer: &PrivateKeySigner, owner: Address) -> Evidence {
        let evidence = evidence(owner);
        let signature = signer.sign_hash_sync(&evidence.eip712.digest).unwrap();
        evidence.signed(signature.as_bytes().to_vec().into())
    }

    fn last(evidence: &Evidence) -> Check {
        checks(&evidence.to_text()).pop().unwrap()
    }

    #[test]
    fn the_owners_signature_is_known_and_another_is_named() {
        let (owner, other) = (wallet(7), wallet(8));

        let good = signed_by(&owner, owner.address());
        let bad = signed_by(&other, owner.address());

        assert!(checks(&good.to_text()).iter().all(|check| check.verdict == Verdict::Holds));
        let check = last(&bad);
        assert_eq!(check.verdict, Verdict::Differs);
        assert!(check.found.contains(&other.address().to_string()), "{check:?}");
    }

    #[test]
    fn what_cannot_be_told_offline_is_not_called_wrong() {
        let owner = wallet(7).address();

        assert_eq!(last(&evidence(owner)).verdict, Verdict::Unknown);
        let contracts = evidence(owner).signed(vec![1; 130].into());
        assert_eq!(last(&contracts).verdict, Verdict::Unknown);
        let misshapen = evidence(owner).signed(vec![1; 12].into());
        assert_eq!(last(&misshapen).verdict, Verdict::Differs);
    }

    #[test]
    fn what_is_ordered_is_told_in_words_that_cannot_move_the_cursor() {
        let evidence = evidence(wallet(7).address());

        let words = in_words(&evidence.to_text());

        insta::assert_snapshot!(words, @r"
    Pause Fleet on chain 31337
      owner    0x4a62316623ad457F02cDC5D997deD67a383EC569
      door     0x0000000000000000000000000000000000000002
      nonce    3
      deadline 1900000000 (2030-03-17T17:46:40Z)
      digest   0xddb0c72e84ddc383ff699b1101fec1eef9a6ef2dece3e45c25fc78ed64f2da18

    OwnerProxy.execute → Phase8UniversalValueManager.forwardPauseCall → SystemPause.pauseAll
      OwnerProxy.execute at 0x0000000000000000000000000000000000000002
        target = 0x0000000000000000000000000000000000000003
        data = 0xa7e5f9d700000000000000000000000000000000000000000000000000000000000000200000000000000000000000000000000000000000000000000000000000000004595c6a6700000000000000000000000000000000000000000000000000000000
      Phase8UniversalValueManager.forwardPauseCall at 0x0000000000000000000000000000000000000003
        data = 0x595c6a67
      SystemPause.pauseAll at 0x0000000000000000000000000000000000000004

    The lever, in words that are computed here:
      now      the fleet runs
      new      every mission stands still: no new spend, no payout
      effect   At once, when the transaction is in a block. Calls under way are cut off.
      undo     Resume Fleet, by the owner, at once

    The page told, which nobody can check here:
      now       [2Jruns
      new      –
      effect   –
      undo     –
    ");
        assert_eq!(in_words("no file"), "");
    }
}
