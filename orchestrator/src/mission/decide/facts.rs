//! What contracts say. The chain is the authority; a fact that was seen before changes nothing.

use alloy_primitives::{Address, B256};
use phase8_shared::chain::{ChainFact, Observed, terms_hash};
use phase8_shared::mission::{Actor, Lifecycle, MilestoneStatus, PauseCause, Payload, TxEvidence};
use phase8_shared::money::{MicroUsd, TokenAmount};

use super::{Draft, FleetPause, advance, calls};
use crate::refusal::Refusal;

/// Takes note of a contract's event.
pub(super) fn observe(draft: &mut Draft<'_>, observed: Observed) -> Result<(), Refusal> {
    let Observed { evidence, fact } = observed;
    if draft.state.evidence.contains(&evidence) {
        return Ok(());
    }
    match fact {
        ChainFact::MissionFunded { operator, deposit, terms_hash, .. } => {
            funded(draft, &Funding { operator, deposit, terms_hash, evidence })
        }
        ChainFact::MilestoneReleased { milestone, amount, validator_reward, payments, .. } => {
            let count = draft.state.milestones.len();
            let found = draft
                .state
                .milestone(milestone)
                .ok_or(Refusal::NoSuchMilestone { milestone, count })?;
            if matches!(found.status, MilestoneStatus::Paid { .. }) {
                return Err(Refusal::AlreadyPaid(milestone));
            }
            draft.emit(
                Actor::Chain,
                Payload::MilestonePaid { milestone, amount, validator_reward, payments, evidence },
            );
            Ok(())
        }
        ChainFact::CheckpointAnchored { tree, .. } => {
            let known = draft.state.seq.0;
            if tree.size > known {
                return Err(Refusal::ForeignCheckpoint { found: tree.size, known });
            }
            draft.emit(Actor::Chain, Payload::CheckpointAnchored { tree, evidence });
            Ok(())
        }
        ChainFact::BudgetCapUpdated { previous, current, by, .. } => {
            open(draft)?;
            cap_changed(draft, Cap { previous, current, by, evidence });
            Ok(())
        }
        ChainFact::FleetPaused { by, tripwire } => {
            open(draft)?;
            pause(draft, FleetPause { by, tripwire, evidence });
            Ok(())
        }
        ChainFact::FleetResumed { by } => {
            open(draft)?;
            if draft.state.pauses.contains(&PauseCause::Fleet) {
                resume(draft, PauseCause::Fleet, by, Some(evidence));
            }
            Ok(())
        }
        // The driver finds the adapter first and tells `levers::switch`.
        ChainFact::AdapterChanged { .. } => Ok(()),
        ChainFact::CoPilotChanged { required, by, .. } => {
            open(draft)?;
            draft.emit(Actor::Chain, Payload::CoPilotChanged { required, by, evidence });
            Ok(())
        }
        // A mission that is over can be inspected too.
        ChainFact::ValidatorSummoned { token, validator, expiry, by, .. } => {
            let summoned = Payload::ValidatorSummoned { token, validator, expiry, by, evidence };
            draft.emit(Actor::Chain, summoned);
            Ok(())
        }
        ChainFact::SummonsAcknowledged { token, validator, .. } => {
            draft.emit(Actor::Chain, Payload::SummonsAcknowledged { token, validator, evidence });
            Ok(())
        }
        ChainFact::SummonsRevoked { token, validator, by, .. } => {
            draft.emit(Actor::Chain, Payload::SummonsRevoked { token, validator, by, evidence });
            Ok(())
        }
        ChainFact::MissionFailed { reason, .. } => {
            open(draft)?;
            calls::cut_off_all(draft, "the owner declared the mission failed");
            draft.emit(Actor::Chain, Payload::MissionFailed { reason, evidence });
            Ok(())
        }
        ChainFact::MissionRefunded { .. } => {
            open(draft)?;
            calls::cut_off_all(draft, "the operator took the deposit back");
            draft.emit(Actor::Chain, Payload::MissionRefunded { evidence });
            Ok(())
        }
    }
}

fn open(draft: &Draft<'_>) -> Result<(), Refusal> {
    if draft.state.is_closed() {
        Err(Refusal::MissionClosed(draft.state.created.mission))
    } else {
        Ok(())
    }
}

struct Funding {
    operator: Address,
    deposit: TokenAmount,
    terms_hash: B256,
    evidence: TxEvidence,
}

/// Launches, if the escrow holds exactly what the mission's terms say.
fn funded(draft: &mut Draft<'_>, funding: &Funding) -> Result<(), Refusal> {
    open(draft)?;
    let created = &draft.state.created;
    if draft.state.lifecycle != Lifecycle::AwaitingFunding {
        return Err(Refusal::AlreadyFunded);
    }
    if funding.operator != created.operator {
        return Err(Refusal::FundedByAnother {
            found: funding.operator,
            expected: created.operator,
        });
    }
    let expected = created.terms.deposit().ok_or(Refusal::TermsDiffer)?;
    if funding.deposit != expected {
        return Err(Refusal::DepositDiffers { found: funding.deposit, expected });
    }
    if funding.terms_hash != terms_hash(&created.terms) {
        return Err(Refusal::TermsDiffer);
    }
    let Funding { deposit, evidence, .. } = *funding;
    draft.emit(Actor::Chain, Payload::EscrowFunded { deposit, evidence });
    draft.emit(Actor::Engine, Payload::MissionLaunched {});
    if let Some(fleet) = draft.ctx.fleet {
        pause(draft, fleet);
    }
    Ok(())
}

/// No new spend from here on, and what is under way is cut off in the same append.
/// A tripwire on top of a plain pause is told too, since only its own way leads out of it.
fn pause(draft: &mut Draft<'_>, pause: FleetPause) {
    let FleetPause { by, tripwire, evidence } = pause;
    let state = &draft.state;
    if state.pauses.contains(&PauseCause::Fleet) && (state.tripped || !tripwire) {
        return;
    }
    let paused = Payload::MissionPaused {
        cause: PauseCause::Fleet,
        tripwire,
        by: Some(by),
        evidence: Some(evidence),
    };
    draft.emit(Actor::Chain, paused);
    calls::cut_off_all(draft, "the fleet was paused");
}

fn resume(draft: &mut Draft<'_>, cause: PauseCause, by: Address, evidence: Option<TxEvidence>) {
    draft.emit(Actor::Chain, Payload::MissionResumed { cause, by: Some(by), evidence });
}

struct Cap {
    previous: MicroUsd,
    current: MicroUsd,
    by: Address,
    evidence: TxEvidence,
}

/// A cap that makes room for the next call ends a pause for budget. The new cap carries the evidence, the pause's end
/// follows from it.
fn cap_changed(draft: &mut Draft<'_>, cap: Cap) {
    let Cap { previous, current, by, evidence } = cap;
    draft.emit(Actor::Chain, Payload::BudgetCapChanged { previous, current, by, evidence });
    resume_if_there_is_room(draft, by);
}

/// Ends a pause for budget when the next call fits.
pub(super) fn resume_if_there_is_room(draft: &mut Draft<'_>, by: Address) {
    if draft.state.pauses.contains(&PauseCause::Budget) && advance::has_room(&draft.state) {
        draft.emit(
            Actor::Engine,
            Payload::MissionResumed { cause: PauseCause::Budget, by: Some(by), evidence: None },
        );
    }
}
