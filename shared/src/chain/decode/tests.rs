//! Calls taken apart, and what hides in them found.

use alloy_primitives::{B256, U256};
use alloy_sol_types::SolCall;
use serde_json::Value;

use super::super::abi::{IBudgetManager, IManager, IOwnerProxy, ISystemPause, ITimelock};
use super::*;

fn contracts() -> Contracts {
    Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
}

fn execute(target: Address, data: Vec<u8>) -> Call {
    let data = IOwnerProxy::executeCall { target, data: data.into() }.abi_encode();
    Call { to: contracts().owner_proxy, data: data.into() }
}

fn update_cap() -> Vec<u8> {
    IBudgetManager::updateCapCall { mission: B256::repeat_byte(7), microUsd: U256::from(5) }
        .abi_encode()
}

#[test]
fn a_call_through_the_door_is_taken_apart_to_the_last_argument() {
    let decoded = decode(&contracts(), &execute(contracts().budget_manager, update_cap())).unwrap();

    assert_eq!(decoded.path(), "OwnerProxy.execute → BudgetManager.updateCap");
    let lines = decoded.innermost().first().unwrap().lines();
    assert_eq!(
        lines,
        [
            ("mission".to_owned(), B256::repeat_byte(7).to_string()),
            ("microUsd".to_owned(), "5".to_owned())
        ]
    );
}

#[test]
fn what_waits_in_the_timelock_is_taken_apart_too() {
    let forward = IManager::forwardPauseCallCall {
        data: ISystemPause::unpauseAllCall {}.abi_encode().into(),
    };
    let schedule = ITimelock::scheduleCall {
        target: contracts().manager,
        value: U256::ZERO,
        data: forward.abi_encode().into(),
        predecessor: B256::ZERO,
        salt: B256::ZERO,
        delay: U256::from(60),
    };

    let decoded =
        decode(&contracts(), &execute(contracts().owner_timelock, schedule.abi_encode())).unwrap();

    assert_eq!(
        decoded.path(),
        "OwnerProxy.execute → OwnerTimelock.schedule → Phase8UniversalValueManager.forwardPauseCall → \
         SystemPause.unpauseAll"
    );
}

#[test]
fn a_batch_shows_every_call() {
    let call = |data: Vec<u8>, target| IOwnerProxy::Call { target, data: data.into() };
    let pause =
        IManager::forwardPauseCallCall { data: ISystemPause::pauseAllCall {}.abi_encode().into() };
    let batch = IOwnerProxy::executeBatchCall {
        calls: vec![
            call(update_cap(), contracts().budget_manager),
            call(pause.abi_encode(), contracts().manager),
        ],
    };
    let call = Call { to: contracts().owner_proxy, data: batch.abi_encode().into() };

    let decoded = decode(&contracts(), &call).unwrap();

    assert_eq!(decoded.inner.len(), 2, "{}", decoded.path());
}

#[test]
fn smuggled_bytes_are_found_at_every_depth() {
    let with_tail = |mut data: Vec<u8>| {
        data.extend([0; 32]);
        data
    };
    let outer = execute(contracts().budget_manager, update_cap());
    let outer = Call { data: with_tail(outer.data.to_vec()).into(), ..outer };
    let inner = execute(contracts().budget_manager, with_tail(update_cap()));

    for (call, function) in [(outer, "execute"), (inner, "updateCap")] {
        let error = decode(&contracts(), &call).unwrap_err();
        assert!(
            matches!(&error, NotDecoded::OtherBytes { function: found, .. } if *found == function),
            "{error}"
        );
    }
}

#[test]
fn another_encoding_of_the_same_arguments_is_not_decoded() {
    // The offset of `data` points one word further than it must: decoders accept it, the bytes differ.
    let mut data = IOwnerProxy::executeCall::SELECTOR.to_vec();
    data.extend(contracts().budget_manager.into_word());
    data.extend(B256::from(U256::from(0x60)));
    data.extend(B256::ZERO);
    data.extend(B256::ZERO);
    let call = Call { to: contracts().owner_proxy, data: data.into() };

    assert!(matches!(decode(&contracts(), &call), Err(NotDecoded::OtherBytes { .. })));
}

#[test]
fn a_carried_call_that_moves_money_is_not_decoded() {
    let schedule = ITimelock::scheduleCall {
        target: contracts().budget_manager,
        value: U256::from(1),
        data: update_cap().into(),
        predecessor: B256::ZERO,
        salt: B256::ZERO,
        delay: U256::ZERO,
    };
    let call = Call { to: contracts().owner_timelock, data: schedule.abi_encode().into() };

    assert!(matches!(decode(&contracts(), &call), Err(NotDecoded::CarriesValue { .. })));
}

#[test]
fn strangers_and_unknown_functions_are_named() {
    let stranger = Call { to: Address::repeat_byte(0xee), data: update_cap().into() };
    let unknown = Call { to: contracts().budget_manager, data: vec![1, 2, 3, 4].into() };
    let short = Call { to: contracts().budget_manager, data: vec![1].into() };

    assert!(matches!(decode(&contracts(), &stranger), Err(NotDecoded::UnknownContract(_))));
    for call in [unknown, short] {
        assert!(matches!(decode(&contracts(), &call), Err(NotDecoded::UnknownFunction { .. })));
    }
}

#[test]
fn every_function_of_the_table_is_one_of_the_compiled_contracts() {
    for function in FUNCTIONS {
        let (name, parameters) = signature::parse(function.declaration).unwrap();
        let artifact = if function.contract == ContractName::Token {
            "AgiAlpha"
        } else if function.contract == ContractName::OwnerTimelock {
            "DelayTimelock"
        } else {
            function.contract.as_str()
        };
        let path = format!("{}/../contracts/artifacts/{artifact}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let artifact: Value = serde_json::from_str(&text).unwrap();
        let found = artifact["abi"].as_array().unwrap().iter().find(|item| {
            item["type"] == "function"
                && item["name"] == name
                && types(&item["inputs"]) == signature::canonical(&parameters)
        });
        let found = found.unwrap_or_else(|| panic!("{path} has no {}", function.declaration));
        assert_eq!(names(&found["inputs"]), names_of(&parameters), "{}", function.declaration);
    }
}

fn types(inputs: &Value) -> String {
    let types = inputs.as_array().into_iter().flatten().map(|input| {
        let kind = input["type"].as_str().unwrap();
        kind.strip_prefix("tuple").map_or_else(
            || kind.to_owned(),
            |array| format!("{}{array}", types(&input["components"])),
        )
    });
    format!("({})", types.collect::<Vec<_>>().join(","))
}

/// Names matter too: the order of fields of one type is told by nothing else.
fn names(inputs: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for input in inputs.as_array().into_iter().flatten() {
        found.push(input["name"].as_str().unwrap().trim_end_matches('_').to_owned());
        found.extend(names(&input["components"]));
    }
    found
}

fn names_of(parameters: &[Parameter]) -> Vec<String> {
    let mut found = Vec::new();
    for parameter in parameters {
        found.push(parameter.name.to_owned());
        let mut kind = &parameter.kind;
        while let Kind::Array(item) = kind {
            kind = item;
        }
        if let Kind::Tuple(fields) = kind {
            found.extend(names_of(fields));
        }
    }
    found
}
