//! What people do, without a browser: the operator launches and funds, validators approve what waits for them.

use alloy::primitives::Address;
use anyhow::{Context, Result, bail};
use phase8_shared::api::{ApproveMilestone, CreateMission, MissionPhase};
use phase8_shared::chain::{ApprovalRequest, DevRole, approve_call, fund_call, typed_data_json};
use phase8_shared::id::MissionId;
use phase8_shared::mission::{MilestoneStatus, MissionState, Payload};
use phase8_shared::money::TokenAmount;
use phase8_shared::time::ClockScale;
use std::time::Duration;

use crate::{Chain, MissionControl, Parts, now};

impl Chain {
    /// The `nth` account of the development chain that plays this role.
    pub fn account(&self, role: DevRole, nth: usize) -> Result<Address> {
        let mut accounts =
            self.deployment.dev_accounts.iter().filter(|account| account.role == role);
        Ok(accounts
            .nth(nth)
            .with_context(|| format!("a development account for {role:?}"))?
            .address)
    }
}

impl MissionControl {
    /// Launches the usual job under an id, at this speed.
    pub async fn launch_usual(
        &self,
        parts: &Parts,
        chain: &Chain,
        mission: MissionId,
        scale: u32,
    ) -> Result<CreateMission> {
        let launch = CreateMission {
            spec: parts.config("job.multi-agent.json")?,
            operator: chain.account(DevRole::Operator, 0)?,
            reward: TokenAmount::from_tokens_decimal("1000")?,
            clock_scale: ClockScale::try_from(scale)?,
        };
        self.create(mission, &launch).await?;
        Ok(launch)
    }

    /// Deposits what the mission's terms ask for.
    pub async fn fund(&self, chain: &Chain, mission: MissionId) -> Result<()> {
        let view = self.mission(mission).await?;
        let contracts = chain.deployment.contracts;
        for call in [
            approve_call(&contracts, view.funding.deposit),
            fund_call(&contracts, mission.key(), &view.funding.terms),
        ] {
            chain.send(view.summary.operator, call.to, call.data).await?;
        }
        Ok(())
    }

    /// Signs, as the first validators of the guild, whatever waits for approval now; how many signatures were given.
    pub async fn approve_waiting(&self, chain: &Chain, mission: MissionId) -> Result<usize> {
        let state = self.fold(mission).await?;
        let mut given = 0;
        for milestone in &state.milestones {
            let MilestoneStatus::AwaitingApproval { deliverable, tree, expires_at, approvals } =
                &milestone.status
            else {
                continue;
            };
            for nth in approvals.len()..usize::from(state.created.terms.quorum) {
                let validator = chain.account(DevRole::Validator, nth)?;
                let request = ApprovalRequest {
                    chain_id: chain.deployment.chain_id,
                    escrow: chain.deployment.contracts.escrow,
                    mission: mission.key(),
                    milestone: milestone.index,
                    deliverable: *deliverable,
                    root: tree.root,
                    deadline: expires_at.unix_seconds(),
                };
                let signature =
                    chain.sign_typed_data(validator, &typed_data_json(&request)).await?;
                let approval =
                    ApproveMilestone { validator, deadline: request.deadline, signature };
                self.approve(mission, milestone.index, &approval).await?;
                given += 1;
            }
        }
        Ok(given)
    }

    /// Approves whatever waits until the mission is over.
    pub async fn see_through(
        &self,
        chain: &Chain,
        mission: MissionId,
        within: Duration,
    ) -> Result<MissionState> {
        let start = now();
        loop {
            self.approve_waiting(chain, mission).await?;
            let state = self.fold(mission).await?;
            if state.is_closed() {
                return Ok(state);
            }
            if start.elapsed() > within {
                let phase = MissionPhase::from(&state);
                bail!("the mission is still {phase:?} after {within:?}; log:\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until the last checkpoint of a mission that is over stands on the chain: nothing is written after that.
    pub async fn see_at_rest(&self, mission: MissionId) -> Result<()> {
        let start = now();
        loop {
            let events = self.ledger(mission).await?;
            let (mut anchored, mut last) = (0, 0);
            for event in &events {
                if let Payload::CheckpointAnchored { tree, .. } = &event.payload {
                    anchored = tree.size.max(anchored);
                } else {
                    last = event.seq.0;
                }
            }
            if anchored >= last {
                return Ok(());
            }
            if start.elapsed() > Duration::from_mins(1) {
                bail!("waited a minute for the last checkpoint's anchor; log:\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The state of a mission, folded here from its ledger.
    pub async fn fold(&self, mission: MissionId) -> Result<MissionState> {
        MissionState::fold(&self.ledger(mission).await?)
            .context("the ledger begins with the mission's creation")
    }

    /// Waits until the mission's state is as wanted.
    pub async fn until(
        &self,
        mission: MissionId,
        what: &str,
        wanted: impl Fn(&MissionState) -> bool,
    ) -> Result<MissionState> {
        let start = now();
        loop {
            let state = self.fold(mission).await?;
            if wanted(&state) {
                return Ok(state);
            }
            if start.elapsed() > Duration::from_mins(1) {
                bail!("waited a minute until {what}; log:\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
