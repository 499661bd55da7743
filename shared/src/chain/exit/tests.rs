//! All exits of every kind of lever carry the same call, and a changed byte in any of them is found.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall as _;
use serde_json::{Value, json};

use super::*;
use crate::chain::abi::{IOwnerProxy, IUpgradeCoordinator};
use crate::chain::decode::decode;
use crate::chain::{
    AdapterScope, Call, Change, Circumstances, ContractName, Contracts, Intent, Lever, adapter_key,
    module_key,
};
use crate::id::MissionId;
use crate::money::MicroUsd;
use crate::time::Timestamp;

const OWNER: Address = Address::repeat_byte(0x0e);

fn contracts() -> Contracts {
    Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
}

fn intent(lever: Lever) -> Intent {
    let around = Circumstances {
        chain_id: 31337,
        nonce: U256::from(3),
        deadline: 1_900_000_000,
        delay: 60,
        salt: B256::repeat_byte(9),
    };
    Intent::new(lever, &contracts(), around)
}

fn levers() -> Vec<Lever> {
    let mission = MissionId::from_bytes([1; 16]).key();
    let scope = AdapterScope::Agent { mission, role: "planner".parse().unwrap() };
    let (now, new) = (adapter_key("a"), adapter_key("b"));
    let cap =
        |now, new| Lever::BudgetCap { mission, now: MicroUsd::new(now), new: MicroUsd::new(new) };
    let module = module_key("CapitalStreamRouter");
    let change = |data: Vec<u8>, undo: Option<Vec<u8>>| {
        let undo = undo.map(Bytes::from);
        Lever::Change(Change {
            contract: ContractName::UpgradeCoordinator,
            data: data.into(),
            undo,
        })
    };
    let stage = IUpgradeCoordinator::stageExtensionCall {
        module,
        implementation: Address::repeat_byte(5),
        pauseBeforeUpgrade: true,
        upgradeWindow: 21_600,
        initializer: vec![1, 2, 3, 4].into(),
    };
    let withdraw = IUpgradeCoordinator::withdrawExtensionCall { module };
    vec![
        Lever::PauseFleet,
        Lever::ResumeFleet,
        Lever::TripwirePause,
        Lever::ResumeAfterTripwire,
        cap(5, 4),
        cap(4, 5),
        Lever::ActiveAdapter { scope: scope.clone(), now, new, reason: String::new() },
        Lever::ActiveAdapter {
            scope: scope.clone(),
            now,
            new,
            reason: "it is \"safer\"; $(rm -rf ~) `x`\n".to_owned(),
        },
        Lever::RollBackAdapter { scope, now, new },
        Lever::CoPilot { mission, required: true },
        Lever::CoPilot { mission, required: false },
        Lever::Summon { mission, validator: OWNER, expiry: 1_900_000_000 },
        Lever::RevokeSummons {
            token: U256::from(7),
            mission,
            validator: OWNER,
            expiry: 1_900_000_000,
        },
        change(stage.abi_encode(), Some(withdraw.abi_encode())),
        change(IUpgradeCoordinator::activateExtensionCall { module }.abi_encode(), None),
    ]
}

fn evidence(intent: &Intent) -> Evidence {
    let check = ChainCheck {
        outcome: Outcome::Succeeds {},
        differences: vec![Difference {
            what: "budget cap".to_owned(),
            now: "$5.00".to_owned(),
            new: "$4.00".to_owned(),
        }],
        block: Some(BlockRead { number: 12, hash: B256::repeat_byte(0xb1), quorum: 1 }),
        endpoints: vec![EndpointWords {
            name: "127.0.0.1:8545".to_owned(),
            said: "says the same".to_owned(),
        }],
    };
    let words = LeverWords {
        now: "$5.00 may be spent".to_owned(),
        new: "$4.00 may be spent".to_owned(),
        effect: "At once.".to_owned(),
        undo: "Budget Cap back to $5.00".to_owned(),
    };
    let around = EvidenceAround {
        contracts: contracts(),
        owner: OWNER,
        words,
        check,
        page_digest: Some("ab".repeat(32)),
        created_at: Timestamp::from_millis(1_800_000_000_000),
    };
    Evidence::of(intent, around)
}

fn failed(text: &str) -> Vec<&'static str> {
    verify(text).iter().filter(|check| !check.is_ok()).map(|check| check.what).collect()
}

#[test]
fn all_exits_of_every_lever_carry_the_same_call() {
    for lever in levers() {
        let intent = intent(lever);
        let (title, ordered) = (intent.lever.title(), intent.ordered());
        let evidence = evidence(&intent).signed(vec![7; 65].into());
        let unwrap = |call: &Call| {
            assert_eq!(call.to, contracts().owner_proxy, "{title}");
            let inner = IOwnerProxy::executeCall::abi_decode(&call.data).unwrap();
            Call { to: inner.target, data: inner.data }
        };

        let wallet = unwrap(&intent.transaction());
        let relayed = evidence.exits.relayed.clone().unwrap();
        let relayed = IOwnerProxy::executeSignedCall::abi_decode(&relayed.data).unwrap().request;
        let safe = unwrap(evidence.exits.safe.calls().first().unwrap());
        let cast: CastLine = evidence.exits.cast.parse().unwrap();
        let carried = unwrap(&Call {
            to: evidence.exits.wallet.to,
            data: evidence.exits.wallet.data.clone(),
        });
        let qr: QrText = evidence.exits.qr.as_ref().unwrap().text.parse().unwrap();

        assert_eq!(wallet, ordered, "{title}");
        assert_eq!(relayed, intent.request.message(), "{title}");
        assert_eq!(safe, ordered, "{title}");
        assert_eq!(unwrap(&cast.call()), ordered, "{title}");
        assert_eq!(carried, ordered, "{title}");
        let digest = intent.digest();
        assert_eq!([qr.digest, cast.digest, evidence.eip712.digest], [digest; 3], "{title}");
        assert!(evidence.exits.safe.meta.description.contains(&digest.to_string()), "{title}");
        let paths = [intent.transaction(), cast.call()]
            .map(|call| decode(&contracts(), &call).unwrap().path());
        assert_eq!(paths[0], paths[1], "{title}");
    }
}

#[test]
fn evidence_of_every_lever_is_read_back_and_holds() {
    for lever in levers() {
        let intent = intent(lever);
        for evidence in [evidence(&intent), evidence(&intent).signed(vec![7; 65].into())] {
            let text = evidence.to_text();

            assert_eq!(failed(&text), Vec::<&str>::new(), "{text}");
            assert_eq!(Evidence::read(&text).unwrap(), evidence);
            assert_eq!(evidence.intent(), intent);
        }
    }
}

/// Every value of the file in turn, with something else in its place.
fn each_changed(value: &Value, path: &str, found: &mut Vec<(String, Value)>, whole: &Value) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (format!("{path}/{}", name.replace('/', "~1")), member))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (format!("{path}/{index}"), item))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (path, child) in &children {
        each_changed(child, path, found, whole);
    }
    if !children.is_empty() {
        return;
    }
    let changed = match value {
        Value::String(text) => {
            let mut letters: Vec<char> = text.chars().collect();
            match letters.last_mut() {
                Some(last) => *last = if *last == '1' { '2' } else { '1' },
                None => letters.push('1'),
            }
            json!(letters.into_iter().collect::<String>())
        }
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        Value::Bool(flag) => json!(!flag),
        Value::Null | Value::Array(_) | Value::Object(_) => json!("something"),
    };
    let mut file = whole.clone();
    *file.pointer_mut(path).unwrap() = changed;
    found.push((path.to_owned(), file));
}

#[test]
fn a_change_of_any_value_is_found() {
    let evidence = evidence(&intent(levers().swap_remove(7))).signed(vec![7; 65].into());
    let whole = serde_json::to_value(&evidence).unwrap();
    let mut changed = Vec::new();
    each_changed(&whole, "", &mut changed, &whole);
    assert!(changed.len() > 100, "{}", changed.len());

    for (path, file) in changed {
        let failed = failed(&file.to_string());
        assert!(!failed.is_empty(), "{path}");
    }
}

/// The checksum finds damage; whoever means harm computes it anew, and is found by what the fields must be.
#[test]
fn a_forger_who_renews_the_checksum_is_found_in_everything_that_is_signed_or_sent() {
    const TOLD: [&str; 7] = [
        "/created_at",
        "/lever/words",
        "/lever/flip/now",
        "/check",
        "/page_digest",
        "/signature",
        "/checksum",
    ];
    let evidence = evidence(&intent(levers().swap_remove(5)));
    let whole = serde_json::to_value(&evidence).unwrap();
    let mut changed = Vec::new();
    each_changed(&whole, "", &mut changed, &whole);

    for (path, mut file) in changed {
        if TOLD.iter().any(|told| path.starts_with(told)) {
            continue;
        }
        file["checksum"] = json!(super::evidence::computed_checksum(file.clone()));
        let failed = failed(&file.to_string());
        // A contract that the call does not touch is told, not signed.
        let elsewhere = path.starts_with("/contracts/");
        assert!(!failed.is_empty() || elsewhere, "{path}");
    }
}

#[test]
fn each_exit_that_lies_is_named() {
    let evidence = evidence(&intent(Lever::PauseFleet));
    let other = self::evidence(&intent(Lever::ResumeFleet));
    let lie = |change: fn(&mut Evidence, &Evidence)| {
        let mut lying = evidence.clone();
        change(&mut lying, &other);
        let mut file = serde_json::to_value(&lying).unwrap();
        file["checksum"] = json!(super::evidence::computed_checksum(file.clone()));
        failed(&file.to_string()).join("; ")
    };

    insta::assert_snapshot!(
        [
            lie(|it, other| it.exits.wallet.data = other.exits.wallet.data.clone()),
            lie(|it, other| it.exits.safe = other.exits.safe.clone()),
            lie(|it, _| it.exits.safe.meta.checksum = B256::ZERO),
            lie(|it, other| it.exits.cast = other.exits.cast.clone()),
            lie(|it, other| it.exits.qr = other.exits.qr.clone()),
            lie(|it, other| it.exits.relayed = Some(other.owner_request().relayed(Bytes::new()))),
            lie(|it, other| it.eip712 = other.eip712.clone()),
            lie(|it, other| it.lever = other.lever.clone()),
            lie(|it, _| it.request.deadline += 1),
        ]
        .join("\n"),
        @r"
    the wallet's transaction
    the Safe batch's calls; the rest of the Safe batch
    the Safe batch's checksum, by Safe's own algorithm; the rest of the Safe batch
    the line for cast
    the QR code's text; the QR code's drawing
    the relayed call carries the signed request
    the EIP-712 message hash; the EIP-712 digest; the typed data that a wallet shows
    the lever makes these bytes; the rest of the Safe batch
    the EIP-712 message hash; the EIP-712 digest; the typed data that a wallet shows; the rest of the Safe batch; the line for cast; the QR code's text; the QR code's drawing
    "
    );
}

#[test]
fn bytes_behind_the_arguments_are_found() {
    let Lever::Change(mut change) = levers().swap_remove(13) else { panic!("a change") };
    let mut data = change.data.to_vec();
    data.extend([0; 32]);
    change.data = data.into();

    let failed = failed(&evidence(&intent(Lever::Change(change))).to_text());

    assert_eq!(failed, ["the call is taken apart and put together to the same bytes"]);
}

#[test]
fn what_is_no_evidence_file_is_told_in_words() {
    let known = evidence(&intent(Lever::PauseFleet)).to_text();
    for (text, words) in [
        ("no".to_owned(), "not JSON"),
        ("{}".to_owned(), "missing field"),
        (known.replacen("evidence-v1", "evidence-v2", 1), "unknown variant"),
        (known.replacen("\"created_at\"", "\"hidden\": 1, \"created_at\"", 1), "unknown field"),
    ] {
        let checks = verify(&text);
        assert!(checks.len() == 1 && checks[0].found.contains(words), "{:?}", checks[0]);
    }
}

#[test]
fn a_batch_of_several_intents_names_each_digest() {
    let intents = [intent(Lever::PauseFleet), intent(levers().swap_remove(4))];

    let batch = SafeBatch::new(31337, OWNER, &intents, Timestamp::from_millis(1));

    assert_eq!(batch.calls(), intents.clone().map(|intent| intent.transaction()));
    assert!(verify_checksum(&serde_json::from_str(&batch.to_text()).unwrap()));
    for intent in intents {
        assert!(batch.meta.description.contains(&intent.digest().to_string()));
    }
}
