//! What only the block tells that carries a lever: moments, and numbers given out in turn.

use super::super::super::{Change, decode, module_key};
use super::*;

/// The change that stages an extension.
fn staging(module: B256) -> Change {
    let (row, _) = decode::find_named(ContractName::UpgradeCoordinator, "stageExtension").unwrap();
    let data = decode::encode(
        row,
        vec![
            module.into(),
            Address::repeat_byte(7).into(),
            true.into(),
            uint(86_400, 64),
            DynSolValue::Bytes(Vec::new()),
        ],
    );
    Change { contract: ContractName::UpgradeCoordinator, data: data.unwrap(), undo: None }
}

#[test]
fn what_only_the_block_tells_is_left_open() {
    let summons = Lever::Summon { mission: MISSION, validator: Address::ZERO, expiry: NOW };
    for (lever, view, words) in [
        (Lever::Change(staging(module_key("Scheduler"))), "stagedExtension", vec![2, 3]),
        (summons, "nextToken", vec![0]),
        (Lever::PauseFleet, "paused", Vec::new()),
    ] {
        let asked = asked(&intent(lever), Stage::Signed);

        let question = asked.iter().find(|question| question.view.name() == view).unwrap();
        assert_eq!(question.told_later(), words, "{view}");
    }
}

#[test]
fn an_operation_that_is_scheduled_again_is_told_to_wait() {
    let raised =
        Lever::BudgetCap { mission: MISSION, now: MicroUsd::new(1), new: MicroUsd::new(2) };
    let operation = intent(raised).operation.unwrap();
    let (contract, data) = (ContractName::OwnerTimelock, operation.schedule().data);
    let again = Lever::Change(Change { contract, data, undo: None });
    let wait = answer(vec![uint(NOW, 256)]);

    let found = lines(&intent(again.clone()), Stage::Signed, &[], &[("getTimestamp", wait)]);

    assert!(found.first().unwrap().starts_with("* Waits in the timelock: does not wait → until"));
    let asked = asked(&intent(again), Stage::Signed);
    assert_eq!(asked.first().unwrap().told_later(), [0]);
}

#[test]
fn an_extension_is_staged_as_it_was_asked() {
    let module = module_key("Scheduler");
    let change = staging(module);
    let staged = |implementation: u8, at: u64, hash: B256| {
        answer(vec![
            Address::repeat_byte(implementation).into(),
            (implementation != 0).into(),
            uint(at, 64),
            uint(at, 64),
            hash.into(),
            false.into(),
        ])
    };
    let active = || ("activeExtension", answer(vec![Address::ZERO.into()]));
    let after = staged(7, NOW, alloy_primitives::keccak256([]));

    let found = lines(
        &intent(Lever::Change(change)),
        Stage::Signed,
        &[active(), ("stagedExtension", staged(0, 0, B256::ZERO))],
        &[active(), ("stagedExtension", after)],
    );

    assert!(found.iter().all(|line| !line.starts_with('!')), "{found:#?}");
    assert_eq!(
        found.get(1).unwrap(),
        &format!(
            "* Extension {module} staged: implementation: nobody → 0x0707070707070707070707070707070707070707"
        )
    );
}
