//! The owner's directives: a file, held against the chain, and a lever for each difference.

use alloy::primitives::U256;
use anyhow::{Result, ensure};

use crate::manager::IManager;
use crate::stage::{Stage, Way};

const RISK: &str = "lever-directive-updateRiskParameters";
const LIMITS: &str = "lever-directive-configureDomainLimits-planetary-finance";
const PLAN: &str = "lever-directive-setSelfImprovementPlan";

#[tokio::test]
async fn directives_become_levers_within_their_bounds_and_are_taken_back() -> Result<()> {
    let stage = Stage::set(Way::Wallet).await?;
    let (page, chain, manager) = (&stage.page, &stage.chain, stage.manager());
    stage.furnish_parameters().await?;
    let domain = stage.furnish_domain("planetary-finance", "Planetary finance").await?;
    let risk = || async {
        let now = chain.call(manager, IManager::globalParametersCall {}).await?;
        anyhow::Ok((now.heartbeatSeconds, now.guardianReviewWindow, now.maxDrawdownBps))
    };
    let autonomy = || async {
        let now = chain.call(manager, IManager::getDomainCall { id: domain }).await?;
        anyhow::Ok((now.autonomyLevelBps, now.tvlLimit, now.heartbeatSeconds))
    };
    let plan = || chain.call(manager, IManager::selfImprovementPlanCall {});
    let before = (risk().await?, autonomy().await?, plan().await?);

    // One value beyond its bounds is refused; what else the file asks for can still be done.
    let file = stage.parts.config("owner-directives.json")?;
    let beyond = file.replacen("\"desired\": 7800", "\"desired\": 9500", 1);
    ensure!(beyond != file, "the file asks for 7800");
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("owner-directives.json");
    std::fs::write(&path, beyond)?;
    stage.open("/directives").await?;
    page.choose_file("owner-directives-file", &path).await?;
    let autonomy_row = "domains.planetary-finance.autonomyLevelBps";
    stage.row_says(autonomy_row, "Refused").await?;
    page.see_words("owner-findings", "9500").await?;
    page.see(RISK).await?;
    assert_eq!(page.count(LIMITS).await?, 0, "no lever for what is refused");
    stage.pictures("owner-directives-refused", "").await?;

    let usual = stage.parts.root.join("configs/owner-directives.json");
    page.choose_file("owner-directives-file", &usual).await?;
    let told = stage.row_says(autonomy_row, "Differs").await?;
    ensure!(told.contains("5000 bps") && told.contains("7800 bps"), "current and desired: {told}");
    let told = stage.row_says("global.guardianReviewWindow", "Differs").await?;
    ensure!(told.contains("600 seconds") && told.contains("720 seconds"), "{told}");
    page.see(LIMITS).await?;
    stage.same_documents("owner-directives-documents", "directives").await?;
    stage.pictures("owner-directives", "").await?;

    stage.flip(RISK).await?;
    assert_eq!(risk().await?, (540, 720, before.0.2), "both at once, and the drawdown kept");
    stage.row_says("global.heartbeatSeconds", "As desired").await?;
    stage.flip(LIMITS).await?;
    assert_eq!(autonomy().await?, (U256::from(7_800), before.1.1, before.1.2), "autonomy alone");
    stage.flip(PLAN).await?;
    let new = plan().await?;
    assert_eq!((new.cadenceSeconds, new.planHash), (7_200, before.2.planHash), "the same plan");
    stage.row_says("selfImprovement.plan.cadenceSeconds", "As desired").await?;
    stage.pictures("owner-directives-done", "").await?;

    for place in [RISK, LIMITS, PLAN] {
        stage.undo(place).await?;
    }
    assert_eq!((risk().await?, autonomy().await?, plan().await?), before, "all as it was");
    stage.row_says(autonomy_row, "Differs").await?;
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}
