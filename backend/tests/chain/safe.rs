//! A Safe owns the owner proxy: the real contracts of Safe 1.4.1, from npm.

use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol;
use alloy::sol_types::SolCall;
use phase8_backend::session::Credentials;
use phase8_shared::api::{ProblemCode, RequestState};
use phase8_shared::chain::abi::IOwnerProxy;
use phase8_shared::chain::exit::SafeBatch;
use phase8_shared::chain::{Call, Change, ContractName, DevRole, Lever, OwnerRequest};
use phase8_shared::siwe::Message;
use phase8_shared::time::Timestamp;
use serde_json::{Value, json};

use crate::requests::{Paying, submit};
use crate::sessions::{give, message, sessions};
use crate::support::{World, intent, until};

sol! {
    function setup(address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler, address paymentToken, uint256 payment, address paymentReceiver) external;
    function createProxyWithNonce(address singleton, bytes initializer, uint256 saltNonce) external returns (address proxy);
    function nonce() external view returns (uint256);
    function multiSend(bytes transactions) external;
    function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) external returns (bool);
    function setGuardian(address newGuardian) external;
}

/// A call as it is; the Safe's own way to make one.
const CALL: u8 = 0;
/// Only for Safe's own batch contract, as Safe's interface sends a batch.
const DELEGATE_CALL: u8 = 1;

/// Where the compiled contracts of Safe are.
fn artifacts() -> PathBuf {
    let installed = || {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../contracts/node_modules/@safe-global/safe-contracts")
    };
    let package = std::env::var_os("PHASE8_SAFE").map_or_else(installed, PathBuf::from);
    package.join("build/artifacts/contracts")
}

/// Two of three wallets.
struct Safe<'w> {
    world: &'w World,
    address: Address,
    batches: Address,
    /// The wallets, in the order in which Safe takes their signatures.
    owners: Vec<Address>,
}

impl<'w> Safe<'w> {
    async fn deploy(world: &'w World) -> Self {
        let singleton = create(world, "Safe.sol/Safe.json").await;
        let factory = create(world, "proxies/SafeProxyFactory.sol/SafeProxyFactory.json").await;
        let batches = create(world, "libraries/MultiSendCallOnly.sol/MultiSendCallOnly.json").await;
        let handler = create(
            world,
            "handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json",
        )
        .await;
        let accounts: Vec<Address> = world.rpc.ask("eth_accounts", json!([])).await.unwrap();
        let mut owners = vec![accounts[3], accounts[7], accounts[8]];
        owners.sort();
        let initializer = setupCall {
            owners: owners.clone(),
            threshold: U256::from(2),
            to: Address::ZERO,
            data: Bytes::new(),
            fallbackHandler: handler,
            paymentToken: Address::ZERO,
            payment: U256::ZERO,
            paymentReceiver: Address::ZERO,
        };
        let create = createProxyWithNonceCall {
            singleton,
            initializer: initializer.abi_encode().into(),
            saltNonce: U256::from(8),
        };
        let address = world.rpc.view(factory, create.clone()).await.unwrap();
        send(world, &Call { to: factory, data: create.abi_encode().into() }).await;
        assert!(world.reader.is_contract(address).await.unwrap());
        Self { world, address, batches, owners }
    }

    /// What these wallets sign, put together as Safe takes it.
    async fn signed(
        &self,
        signers: &[Address],
        primary: &str,
        fields: Value,
        message: Value,
    ) -> Bytes {
        let mut types = json!({ "EIP712Domain": [
            { "name": "chainId", "type": "uint256" },
            { "name": "verifyingContract", "type": "address" },
        ] });
        types[primary] = fields;
        let data = json!({
            "types": types,
            "primaryType": primary,
            "domain": { "chainId": 31_337, "verifyingContract": self.address },
            "message": message,
        });
        let mut signatures = Vec::new();
        for signer in signers {
            let signature: Bytes =
                self.world.rpc.ask("eth_signTypedData_v4", json!([signer, data])).await.unwrap();
            signatures.extend_from_slice(&signature);
        }
        signatures.into()
    }

    /// The signature of a request: each wallet signs the Safe's message over the request's digest.
    async fn sign(&self, signers: &[Address], request: &OwnerRequest) -> Bytes {
        let fields = json!([{ "name": "message", "type": "bytes" }]);
        self.signed(signers, "SafeMessage", fields, json!({ "message": request.digest() })).await
    }

    /// Has the Safe make a call, signed by two of its wallets.
    async fn execute(&self, call: &Call, operation: u8) {
        let nonce = self.world.rpc.view(self.address, nonceCall {}).await.unwrap();
        let zero = Address::ZERO;
        let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
        let fields = json!([
            field("to", "address"),
            field("value", "uint256"),
            field("data", "bytes"),
            field("operation", "uint8"),
            field("safeTxGas", "uint256"),
            field("baseGas", "uint256"),
            field("gasPrice", "uint256"),
            field("gasToken", "address"),
            field("refundReceiver", "address"),
            field("nonce", "uint256"),
        ]);
        let message = json!({
            "to": call.to, "value": "0", "data": call.data, "operation": operation, "safeTxGas": "0",
            "baseGas": "0", "gasPrice": "0", "gasToken": zero, "refundReceiver": zero,
            "nonce": nonce.to_string(),
        });
        let signatures = self.signed(&self.owners[..2], "SafeTx", fields, message).await;
        let exec = execTransactionCall {
            to: call.to,
            value: U256::ZERO,
            data: call.data.clone(),
            operation,
            safeTxGas: U256::ZERO,
            baseGas: U256::ZERO,
            gasPrice: U256::ZERO,
            gasToken: zero,
            refundReceiver: zero,
            signatures,
        };
        send(self.world, &Call { to: self.address, data: exec.abi_encode().into() }).await;
    }

    /// Hands the owner proxy over to the Safe: offered by the owner, accepted by the Safe.
    async fn take_over(&self) {
        let proxy = self.world.deployment.contracts.owner_proxy;
        let offer = IOwnerProxy::transferOwnershipCall { newOwner: self.address }.abi_encode();
        let owner = self.world.account(DevRole::Owner);
        self.world.relay_well(owner, &Call { to: proxy, data: offer.into() }).await;
        let accept = IOwnerProxy::acceptOwnershipCall {}.abi_encode().into();
        self.execute(&Call { to: proxy, data: accept }, CALL).await;
        assert_eq!(self.world.reader.owner().await.unwrap(), self.address);
    }

    /// A batch file as Safe's interface sends it: several calls through Safe's own batch contract.
    async fn send_batch(&self, file: &str) {
        let batch: SafeBatch = serde_json::from_str(file).unwrap();
        assert_eq!(batch.meta.checksum, batch.computed_checksum());
        let mut packed = Vec::new();
        for call in batch.calls() {
            packed.push(CALL);
            packed.extend_from_slice(call.to.as_slice());
            packed.extend_from_slice(&[0; 32]);
            packed.extend_from_slice(&U256::from(call.data.len()).to_be_bytes::<32>());
            packed.extend_from_slice(&call.data);
        }
        let data = multiSendCall { transactions: packed.into() }.abi_encode().into();
        self.execute(&Call { to: self.batches, data }, DELEGATE_CALL).await;
    }
}

async fn create(world: &World, artifact: &str) -> Address {
    let path = artifacts().join(artifact);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; run `npm ci` in contracts/", path.display()));
    let json: Value = serde_json::from_str(&text).unwrap();
    let sent = json!({ "from": world.account(DevRole::Operator), "data": json["bytecode"] });
    let receipt =
        receipt(world, world.rpc.ask("eth_sendTransaction", json!([sent])).await.unwrap()).await;
    receipt.contract_address.unwrap()
}

async fn send(world: &World, call: &Call) {
    let sent =
        json!({ "from": world.account(DevRole::Operator), "to": call.to, "data": call.data });
    let receipt =
        receipt(world, world.rpc.ask("eth_sendTransaction", json!([sent])).await.unwrap()).await;
    assert!(receipt.succeeded(), "{receipt:?}");
}

async fn receipt(world: &World, hash: B256) -> phase8_backend::chain::rpc::Receipt {
    until("the transaction is included", || async { world.rpc.find_receipt(hash).await.unwrap() })
        .await
}

#[tokio::test]
async fn two_wallets_of_a_safe_sign_a_request_that_the_relay_carries() {
    let paying = Paying::start().await;
    // The relay has met the former owner.
    let former = paying.pause_fleet(0);
    let signature = paying.sign(paying.world.account(DevRole::Owner), &former).await;
    paying.relay.request(submit(&former, signature.clone())).await.unwrap();
    paying.decided(former.digest()).await;
    let safe = Safe::deploy(&paying.world).await;
    safe.take_over().await;

    let resume = Lever::ResumeFleet.effect(&paying.world.deployment.contracts);
    let request = paying.behind_the_door(&resume, 0);
    let taken = paying
        .relay
        .request(submit(&request, safe.sign(&safe.owners[1..], &request).await))
        .await
        .unwrap();
    let view = paying.decided(request.digest()).await;

    assert_eq!((taken.signer, view.signer), (safe.address, safe.address));
    assert!(matches!(view.state, RequestState::Included { .. }), "{view:?}");
    assert!(!paying.world.reader.is_fleet_paused().await.unwrap());
}

#[tokio::test]
async fn one_wallet_of_a_safe_alone_or_signatures_over_something_else_are_refused() {
    let paying = Paying::start().await;
    let safe = Safe::deploy(&paying.world).await;
    safe.take_over().await;
    let request = paying.pause_fleet(0);
    let (one, both) = (&safe.owners[..1], &safe.owners[..2]);
    let mut other = request.clone();
    other.deadline += 1;
    let former = paying.sign(paying.world.account(DevRole::Owner), &request).await;

    for (what, signature) in [
        ("one alone", safe.sign(one, &request).await),
        ("over another deadline", safe.sign(both, &other).await),
        ("the former owner's", former),
        ("none", Bytes::new()),
    ] {
        let error = paying.relay.request(submit(&request, signature)).await.unwrap_err();
        assert_eq!(error.code(), ProblemCode::BadSignature, "{what}: {error}");
        assert!(error.to_string().contains(&safe.address.to_string()), "{what}: {error}");
    }
    assert!(paying.relay.list_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_safe_sends_the_batch_that_the_third_exit_wrote() {
    let paying = Paying::start().await;
    let (world, contracts) = (&paying.world, paying.world.deployment.contracts);
    let safe = Safe::deploy(world).await;
    safe.take_over().await;
    let successor = Address::repeat_byte(0x5a);
    let name = setGuardianCall { newGuardian: successor };
    let change = Change {
        contract: ContractName::PauseGuardian,
        data: name.abi_encode().into(),
        undo: None,
    };
    let intents =
        [Lever::PauseFleet, Lever::Change(change)].map(|lever| intent(&lever, &contracts));
    let batch = SafeBatch::new(31_337, safe.address, &intents, Timestamp::from_millis(0));

    safe.send_batch(&batch.to_text()).await;

    assert!(world.reader.is_fleet_paused().await.unwrap());
    assert_eq!(world.reader.pause_guardian().await.unwrap(), successor);
}

#[tokio::test]
async fn a_safe_signs_in_with_two_of_its_wallets_and_not_with_one() {
    let world = World::start().await;
    let safe = Safe::deploy(&world).await;
    let (sessions, ..) = sessions(&world).await;
    let message = message(&sessions, safe.address).await;
    let digest = Message::digest(&message.to_string());
    let fields = || json!([{ "name": "message", "type": "bytes" }]);
    let signed = async |signers: &[Address]| {
        safe.signed(signers, "SafeMessage", fields(), json!({ "message": digest })).await
    };

    let one = give(&sessions, &message, &signed(&safe.owners[..1]).await).await;
    let two = give(&sessions, &message, &signed(&safe.owners[..2]).await).await;

    let refused = one.unwrap_err();
    assert_eq!(refused.code(), ProblemCode::BadSignature);
    assert!(refused.to_string().contains("EIP-1271"), "{refused}");
    let session = Some(two.unwrap().token.hash());
    let visitor = sessions.visitor(Credentials { session, key: None }).await.unwrap();
    assert_eq!(visitor.account(), Some(safe.address));
}
