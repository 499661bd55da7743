//! The analyst's market report, in tables of the job's own numbers.

use phase8_shared::id::StepId;
use phase8_shared::money::{MicroUsd, TokenAmount};

use super::document::{Document, Section, table, titled};
use super::figures::{
    agent_steps, inputs, payout, percent, planned_calls, times, verdict_rows, verdicts, worst_call,
    worst_plan, worst_step,
};
use crate::agents::CallRequest;

pub(super) fn write(request: &CallRequest) -> Document {
    Document {
        title: titled("Market report", &request.step.title),
        sections: vec![
            Section::new(
                "Question",
                format!(
                    "What does the mission cost, what does it earn, and what could change that?\n\nBuilt on:\n\n{}",
                    inputs(request)
                ),
            ),
            Section::new("Cost by model adapter", adapters(request)),
            Section::new("Spend forecast", forecast(request)),
            Section::new("Reward", reward(request)),
            Section::new("Sensitivity", sensitivity(request)),
            Section::new(
                "Rules of the job",
                table(["Rule", "Found", "Verdict"], verdict_rows(&request.spec, &request.mission)),
            ),
            Section::new("Recommendation", recommendation(request)),
        ],
    }
}

fn adapters(request: &CallRequest) -> String {
    let mission = &request.mission;
    let rows = mission.adapters.iter().map(|adapter| {
        let (calls, worst) = (planned_calls(mission, adapter), worst_call(mission, &adapter.id));
        [
            adapter.id.clone(),
            adapter.per_1k_tokens.to_string(),
            worst.to_string(),
            calls.to_string(),
            times(worst, calls).to_string(),
        ]
    });
    table(["Adapter", "1,000 tokens", "Worst call", "Planned calls", "Worst case"], rows)
}

/// Each step's worst case, spread evenly over the hours in which the plan has it run.
fn forecast(request: &CallRequest) -> String {
    let mission = &request.mission;
    let steps = agent_steps(mission);
    let mut spans: Vec<(StepId, u32, u32, MicroUsd)> = Vec::new();
    for step in &steps {
        let start = step
            .step
            .needs
            .iter()
            .filter_map(|need| spans.iter().find(|(id, ..)| id == need))
            .map(|(_, _, end, _)| *end)
            .max()
            .unwrap_or(0);
        spans.push((step.step.id, start, start + step.minutes, worst_step(mission, step)));
    }
    let last = spans.iter().map(|(_, _, end, _)| *end).max().unwrap_or(0);
    let by = |minute: u32| {
        spans.iter().fold(MicroUsd::ZERO, |sum, (_, start, end, cost)| {
            let done = u64::from(minute.clamp(*start, *end) - start);
            let part = u128::from(cost.get()) * u128::from(done) / u128::from((end - start).max(1));
            sum.saturating_add(MicroUsd::new(u64::try_from(part).unwrap_or(u64::MAX)))
        })
    };
    // At most twelve rows, however long the mission is.
    let every = (last.div_ceil(60).div_ceil(12) * 60).max(60);
    let rows = (1..=last.div_ceil(every)).map(|row| {
        let minute = (row * every).min(last);
        let sum = by(minute);
        [
            format!("{}h {:02}m", minute / 60, minute % 60),
            sum.to_string(),
            percent(sum.get(), mission.terms.budget_cap.get()),
        ]
    });
    table(["Mission time", "Spent at most", "Of the cap"], rows)
}

fn reward(request: &CallRequest) -> String {
    let terms = &request.mission.terms;
    let share = |bps: u16| terms.reward.bps(bps.into()).unwrap_or(TokenAmount::ZERO);
    let milestones = request.spec.economics.milestones.iter().enumerate();
    let rows = milestones.map(|(index, milestone)| {
        [
            milestone.name.clone(),
            milestone.payout_bps.to_string(),
            payout(&request.mission, index).to_string(),
        ]
    });
    let extra = [
        [
            "Validators, on top".to_owned(),
            String::new(),
            share(terms.validator_reward_bps).to_string(),
        ],
        [
            "Bonus for finishing in time".to_owned(),
            String::new(),
            share(terms.duration_bonus_bps).to_string(),
        ],
        ["Stake, returned at the end".to_owned(), String::new(), terms.stake.to_string()],
        [
            "Stake lost on failure".to_owned(),
            String::new(),
            terms
                .stake
                .bps(terms.failure_penalty_bps.into())
                .unwrap_or(TokenAmount::ZERO)
                .to_string(),
        ],
        [
            "Deposit in all".to_owned(),
            String::new(),
            terms.deposit().unwrap_or(TokenAmount::ZERO).to_string(),
        ],
    ];
    table(["Item", "Share", "Amount"], rows.chain(extra))
}

fn sensitivity(request: &CallRequest) -> String {
    let cap = request.mission.terms.budget_cap;
    let base = worst_plan(&request.mission).get();
    let cases = [
        ("As planned", 100_u64),
        ("Prices up by a quarter", 125),
        ("Prices up by half", 150),
        ("Every call asked twice", 200),
    ];
    let rows = cases.map(|(name, percent_of)| {
        let cost = MicroUsd::new(
            u64::try_from(u128::from(base) * u128::from(percent_of) / 100).unwrap_or(u64::MAX),
        );
        let verdict = if cost <= cap { "fits" } else { "**would pause the mission**" };
        [name.to_owned(), cost.to_string(), percent(cost.get(), cap.get()), verdict.to_owned()]
    });
    table(["Case", "Worst case", "Of the cap", "Verdict"], rows)
}

fn recommendation(request: &CallRequest) -> String {
    let broken: Vec<&str> = verdicts(&request.spec, &request.mission)
        .iter()
        .filter(|verdict| !verdict.kept)
        .map(|verdict| verdict.rule)
        .collect();
    if broken.is_empty() {
        "Go on as planned: every rule of the job is kept.".to_owned()
    } else {
        format!("Before the next mission, put right: {}.", broken.join("; "))
    }
}
