//! C1: the owner's signature checked as the relay checks it, beside libsecp256k1 alone, and beside viem.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use anyhow::{Context, Result, ensure};
use phase8_backend::relay::recover;
use phase8_shared::chain::OwnerRequest;
use phase8_tests::now;
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use secp256k1::{Message, Secp256k1};
use serde_json::json;

use crate::pairs;
use crate::report::{Goal, Row};

/// Verifications in a batch.
const BATCH: u32 = 2_000;
/// Verifications in a batch of viem's.
const SLOW_BATCH: u32 = 200;

/// Measures beside both peers.
pub(crate) async fn rows(viem: Option<&Path>) -> Result<Vec<Row>> {
    let sample = Sample::new()?;
    let bare = pairs::compare(
        || async { Ok([sample.ours(BATCH)?]) },
        || async { Ok([sample.bare(BATCH)?]) },
    )
    .await;
    let script = match viem {
        Some(viem) => pairs::compare(
            || async { Ok([sample.ours(SLOW_BATCH)?]) },
            || async { Ok([sample.viem(viem)?]) },
        )
        .await
        .map_err(|error| format!("{error:#}")),
        None => Err("viem is not installed; `cargo xtask bench` installs it".to_owned()),
    };
    let row = |peer, label, goal, measured: Result<[pairs::Compared; 1], String>| Row {
        id: "C1",
        what: "EIP-712 request, digest and signer",
        peer,
        label,
        unit: "µs",
        goal,
        measured: measured.map(|[ratio]| ratio),
    };
    Ok(vec![
        row(
            "libsecp256k1's recover alone",
            "",
            Goal::RatioAtMost(1.15),
            bare.map_err(|error| format!("{error:#}")),
        ),
        row("viem recoverTypedDataAddress", "native vs JS", Goal::RatioAtMost(1.0 / 60.0), script),
    ])
}

struct Sample {
    request: OwnerRequest,
    signature: Bytes,
    signer: Address,
    /// Hash of the domain, which a relay knows since its start.
    domain: B256,
    secp: Secp256k1<secp256k1::VerifyOnly>,
}

impl Sample {
    fn new() -> Result<Self> {
        let key = PrivateKeySigner::from_bytes(&B256::repeat_byte(7))?;
        let request = OwnerRequest {
            chain_id: 31_337,
            proxy: Address::repeat_byte(1),
            target: Address::repeat_byte(2),
            data: Bytes::from(vec![3; 68]),
            nonce: U256::from(4),
            deadline: 1_900_000_000,
        };
        let signature = key.sign_hash_sync(&request.digest())?.as_bytes().to_vec().into();
        let (signer, domain) = (key.address(), request.domain_separator());
        let secp = Secp256k1::verification_only();
        Ok(Self { request, signature, signer, domain, secp })
    }

    /// Digest and recovery, as the relay does them: microseconds each.
    fn ours(&self, times: u32) -> Result<f64> {
        let start = now();
        for _ in 0..times {
            let digest = black_box(&self.request).digest_in(black_box(self.domain));
            let signer = recover(digest, black_box(&self.signature))?;
            ensure!(signer == self.signer, "the signer is another");
        }
        Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(times))
    }

    /// Recovery of a public key from a digest that is there already.
    fn bare(&self, times: u32) -> Result<f64> {
        let (compact, last) = self.signature.split_at(64);
        let id = i32::from(last.first().copied().context("a signature has 65 bytes")?) - 27;
        let message = Message::from_digest(self.request.digest().0);
        let start = now();
        for _ in 0..times {
            let signature =
                RecoverableSignature::from_compact(black_box(compact), RecoveryId::try_from(id)?)?;
            black_box(self.secp.recover_ecdsa(black_box(message), &signature)?);
        }
        Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(times))
    }

    /// The same in JavaScript; the script warms up by itself and prints microseconds each.
    fn viem(&self, folder: &Path) -> Result<f64> {
        let input = json!({
            "typedData": self.request.typed_data_json(),
            "signature": self.signature,
            "signer": self.signer,
            "times": SLOW_BATCH,
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/viem.mjs");
        let output = Command::new("node")
            .arg(script)
            .arg(folder)
            .arg(input.to_string())
            .output()
            .context("start node")?;
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "viem's script failed: {words}");
        String::from_utf8(output.stdout)?.trim().parse().context("viem's script prints a number")
    }
}
