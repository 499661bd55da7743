//! Asks the page's worker for a plan, and the chain for what the worker wants to know.

use phase8_shared::api::{ReadRequest, ReadValue, SimulatedCall, SimulatedOutcome};
use phase8_shared::chain::{Call, Deployment};
use phase8_shared::checker::{Task, Told};
use phase8_shared::plan::survey::{Outline, Survey, Surveyed};

use crate::api::{self, ClientError};
use crate::checker::{Checker, CheckerError};
use crate::live::browser_time;
use crate::ui::Trouble;

/// Three rounds are enough; more are made while the chain changes under the questions.
const ROUNDS: usize = 6;

/// What a plan is made from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ground {
    /// What the manifest is called, and where it is from.
    pub(super) from: String,
    pub(super) manifest: String,
    pub(super) policies: Option<String>,
    pub(super) adapters: Option<String>,
    pub(super) deployment: Deployment,
}

/// A plan, and what came of trying all of it out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Planned {
    pub(super) from: String,
    pub(super) surveyed: Surveyed,
    pub(super) tried: Option<Tried>,
}

/// What came of trying a plan out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tried {
    /// Every call succeeds; this much gas.
    Succeeds(u64),
    /// A call is refused, and why.
    Refused(String),
    /// Nobody could tell, and why.
    Unknown(String),
}

/// Plans.
pub(super) async fn plan(ground: Ground) -> Result<Planned, Trouble> {
    let checker = Checker::start().map_err(of_checker)?;
    let mut survey = Survey {
        manifest: ground.manifest,
        policies: ground.policies,
        adapters: ground.adapters,
        contracts: ground.deployment.contracts,
        chain_id: ground.deployment.chain_id,
        now: browser_time(),
        chain_now: 0,
        answers: Vec::new(),
    };
    for _ in 0..ROUNDS {
        let task = Task::Survey(Box::new(survey.clone()));
        let told = checker.ask(&task, None, |_, _| {}).await.map_err(of_checker)?;
        let Told::Surveyed(surveyed) = told else {
            return Err(of_checker(CheckerError::BrokeOff));
        };
        if let Surveyed::Ask(calls) = surveyed {
            let (answers, now) = ask_all(&calls).await?;
            survey.chain_now = now;
            survey.answers.push(answers);
            continue;
        }
        let tried = match &surveyed {
            Surveyed::Ready(outline) => try_out(outline).await,
            Surveyed::Refused { .. } | Surveyed::Trouble { .. } | Surveyed::Ask(_) => None,
        };
        return Ok(Planned { from: ground.from, surveyed, tried });
    }
    let why = "The chain changed again and again while it was read.";
    Err(Trouble::new("There is no plan", why, "Plan again in a moment."))
}

/// Asks as many calls as one likes, as many at once as the server takes; with the chain's time in Unix seconds.
async fn ask_all(calls: &[Call]) -> Result<(Vec<ReadValue>, u64), ClientError> {
    let (mut answers, mut now) = (Vec::with_capacity(calls.len()), 0);
    for calls in calls.chunks(ReadRequest::MAX_CALLS) {
        let answer = api::reads(&ReadRequest::of(calls.to_vec())).await?;
        answers.extend(answer.before);
        now = answer.as_of;
    }
    Ok((answers, now))
}

/// All of it in one call of the door, as its owner; nothing is sent.
async fn try_out(outline: &Outline) -> Option<Tried> {
    outline.orders().next()?;
    let Some(Call { to, data }) = outline.batch.clone() else {
        let why = "it is larger than the endpoints try out at once; each call is tried out before it is signed";
        return Some(Tried::Unknown(why.to_owned()));
    };
    let simulate = SimulatedCall { from: outline.owner, to, data };
    Some(match api::reads(&ReadRequest::around(Vec::new(), simulate)).await {
        Ok(answer) => match answer.outcome {
            Some(SimulatedOutcome::Succeeds { gas_used, .. }) => Tried::Succeeds(gas_used),
            Some(SimulatedOutcome::Refused { why, .. }) => Tried::Refused(why),
            Some(SimulatedOutcome::Unavailable { why }) => Tried::Unknown(why),
            None => Tried::Unknown("the endpoints did not".to_owned()),
        },
        Err(error) => Tried::Unknown(error.to_string()),
    })
}

fn of_checker(error: CheckerError) -> Trouble {
    let mend = "Try again; if it happens again, use a newer browser or `phase8 bootstrap`.";
    Trouble::new("Nothing was planned", format!("{error}."), mend)
}
