//! The co-pilot: steps wait for a person, and the person lets them go on.

use alloy::primitives::Signature;
use anyhow::{Context, Result, ensure};
use phase8_shared::chain::abi::IModelRegistry;
use phase8_shared::chain::{DevRole, StepReleaseRequest};
use phase8_shared::mission::{Payload, StepStatus};
use phase8_tests::Answer;

use crate::stage::{Mission, Stage, Way};

#[tokio::test]
async fn a_held_step_goes_on_once_a_person_signs_for_it() -> Result<()> {
    let stage = Stage::begin(Way::Relay, 2, Mission::Unfunded).await?;
    let (page, chain, key) = (&stage.page, &stage.chain, stage.mission.key());
    let required = || {
        let call = IModelRegistry::isCoPilotRequiredCall { mission: key.0 };
        chain.call(chain.deployment.contracts.model_registry, call)
    };
    stage.open("/levers").await?;
    stage.flip("lever-copilot").await?;
    ensure!(required().await?, "a person works along");

    stage.control.fund(chain, stage.mission).await?;
    let held = stage
        .control
        .until(stage.mission, "a step is held", |state| state.held_steps().next().is_some())
        .await?;
    let step = held.held_steps().next().context("a held step")?.plan.id;
    page.click("a.nav__link[href=\"/missions\"]").await?;
    page.click(&format!("a[href=\"/missions/{}\"]", stage.mission)).await?;

    // The owner required the co-pilot, and yet is not one.
    page.see_words("held-steps", "neither launched this mission nor belongs").await?;
    stage.pictures("held-stranger", "").await?;
    ensure!(page.count("[data-testid=\"release-step\"]:enabled").await? == 0, "a stranger may not");
    page.switch_account(chain.account(DevRole::Validator, 0)?).await?;
    page.see("[data-testid=\"release-step\"]:enabled").await.context("the guild may")?;

    let operator = chain.account(DevRole::Operator, 0)?;
    page.switch_account(operator).await?;
    stage.wallet.next_answer(Answer::Reject);
    page.click("release-step").await?;
    page.see_words("held-step", "rejected").await?;
    stage.pictures("held-rejected", "").await?;
    let still = stage.control.fold(stage.mission).await?;
    ensure!(still.released.is_empty() && still.open_calls.is_empty(), "nothing goes on unsigned");

    page.click("release-step").await?;
    page.see_words("toast", "goes on").await?;
    let released = stage
        .control
        .until(stage.mission, "the step runs", |state| {
            state.step(step).is_some_and(|step| step.status != StepStatus::Waiting)
        })
        .await?;
    ensure!(released.released.contains(&step), "the ledger says who let it go on");
    let ledger = stage.control.ledger(stage.mission).await?;
    let (by, deadline, signature) = ledger
        .iter()
        .find_map(|event| {
            let Payload::StepReleased { step: of, by, deadline, signature } = &event.payload else {
                return None;
            };
            (*of == step).then(|| (*by, *deadline, signature.clone()))
        })
        .context("the release is in the ledger")?;
    let request = StepReleaseRequest {
        chain_id: chain.deployment.chain_id,
        escrow: chain.deployment.contracts.escrow,
        mission: key,
        step,
        deadline,
    };
    let signed =
        Signature::from_raw(&signature)?.recover_address_from_prehash(&request.digest())?;
    assert_eq!((by, signed), (operator, operator), "whoever reads the ledger can check it");
    stage.pictures("held-released", "").await?;

    page.switch_account(stage.owner).await?;
    page.click("a.nav__link[href=\"/owner\"]").await?;
    stage.open("/levers").await?;
    stage.undo("lever-copilot").await?;
    ensure!(!required().await?, "nobody is asked any more");
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}
