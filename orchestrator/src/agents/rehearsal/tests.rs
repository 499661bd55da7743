//! What the rehearsal writes.

use std::sync::Arc;

use phase8_shared::id::CallId;
use phase8_shared::mission::Work;
use phase8_shared::spec;

use crate::agents::prompt::{self, Brief};
use crate::agents::rehearsal::answer;
use crate::agents::{CallAnswer, CallRequest, Usage};
use crate::budget::{self, CallLimits};
use crate::testing::{CONFIG_JOB, World};

/// Every turn of a role's first step in the usual job.
fn turns(role: &str) -> Vec<(CallRequest, CallAnswer)> {
    let mut world = World::new(CONFIG_JOB);
    world.create().unwrap();
    let mission = Arc::new(world.state().created.clone());
    let spec = Arc::new(spec::preview(CONFIG_JOB).spec.unwrap());
    let step = mission.plan.iter().find(|step| step.role.as_str() == role).unwrap().clone();
    let Work::Agent { adapter, turns, minutes } = step.work.clone() else {
        panic!("not an agent's step")
    };
    let adapter = mission.adapters.iter().find(|known| known.id == adapter).unwrap().clone();
    let limits = CallLimits::of(&adapter);
    let of_turn = |turn| {
        let brief = Brief {
            mission: &mission,
            spec: &spec,
            step: &step,
            turn,
            turns,
            memory: &[],
            notes: &[],
            said: &[],
        };
        let request = CallRequest {
            call: CallId(1),
            mission: Arc::clone(&mission),
            spec: Arc::clone(&spec),
            step: step.clone(),
            turn,
            turns,
            mission_millis: u64::from(minutes) * 60_000 / u64::from(turns),
            adapter: adapter.clone(),
            limits,
            memory: Vec::new(),
            messages: prompt::build(&brief, limits),
        };
        let answer = answer(&request);
        (request, answer)
    };
    (0..turns).map(of_turn).collect()
}

#[test]
fn every_role_finishes_one_document_that_says_it_is_a_rehearsal() {
    for role in ["planner", "dev", "analyst"] {
        let turns = turns(role);
        let documents: Vec<_> =
            turns.iter().filter_map(|(_, answer)| answer.document.as_ref()).collect();
        assert_eq!(documents.len(), 1, "{role}");
        assert!(turns.last().unwrap().1.document.is_some(), "{role}");
        let content = &documents[0].content;
        assert!(content.contains("**REHEARSAL.**"), "{content}");
        assert!(content.matches("\n## ").count() >= 4, "{content}");
        assert!(!content.contains("**broken**"), "{content}");
    }
}

#[test]
fn no_turn_costs_more_than_was_reserved_for_it() {
    for role in ["planner", "dev", "analyst"] {
        for (request, answer) in turns(role) {
            let worst = budget::worst_case(&request.adapter).unwrap();
            let Usage::Counted { input_tokens, output_tokens } = answer.usage else {
                panic!("{:?}", answer.usage)
            };
            let tokens = input_tokens + output_tokens;
            assert!(
                budget::charge(&request.adapter, tokens, worst).is_some(),
                "{role} {}",
                request.turn
            );
        }
    }
}

#[test]
fn the_timeline_tells_what_each_turn_did() {
    let words: Vec<String> = turns("planner").into_iter().map(|(_, answer)| answer.words).collect();

    insta::assert_snapshot!(words.join("\n"), @r#"
        Drafted section 1 of 8: Objective
        Drafted sections 2 to 3 of 8: Steps … Milestones and payouts
        Drafted section 4 of 8: Budget
        Drafted sections 5 to 6 of 8: Check-ins and silence … Safety
        Finished “Mission plan: Blueprint”: 8 sections, 464 words
        "#);
}

#[test]
fn the_report_has_the_jobs_own_figures() {
    let (_, answer) = turns("analyst").pop().unwrap();

    insta::assert_snapshot!(answer.document.unwrap().content, @r#"
        # Market report

        > **REHEARSAL.** No model was asked: this was worked out from the job spec, offline, and is the same every time.

        ## Question

        What does the mission cost, what does it earn, and what could change that?

        Built on:

        - Job spec: SHA-256 `0xfa88167b6daf77fced8cc0a199bcd24648f3e09afbf2450bbdb271b2381238e0`

        ## Cost by model adapter

        | Adapter | 1,000 tokens | Worst call | Planned calls | Worst case |
        |---|---|---|---|---|
        | gpt-elite-256k | $0.012 | $0.24 | 5 | $1.20 |
        | code-savant-x | $0.018 | $0.36 | 16 | $5.76 |
        | sentience-alpha | $0.009 | $0.18 | 16 | $2.88 |

        ## Spend forecast

        | Mission time | Spent at most | Of the cap |
        |---|---|---|
        | 1h 00m | $1.00 | 0.0 % |
        | 2h 00m | $2.928 | 0.0 % |
        | 3h 00m | $5.088 | 0.0 % |
        | 4h 00m | $7.248 | 0.0 % |
        | 5h 00m | $9.408 | 0.1 % |
        | 5h 12m | $9.84 | 0.1 % |

        ## Reward

        | Item | Share | Amount |
        |---|---|---|
        | Blueprint | 25 % | 250 AGIα |
        | Implementation | 45 % | 450 AGIα |
        | Validation | 30 % | 300 AGIα |
        | Validators, on top |  | 120 AGIα |
        | Bonus for finishing in time |  | 80 AGIα |
        | Stake, returned at the end |  | 300 AGIα |
        | Stake lost on failure |  | 300 AGIα |
        | Deposit in all |  | 1,500 AGIα |

        ## Sensitivity

        | Case | Worst case | Of the cap | Verdict |
        |---|---|---|---|
        | As planned | $9.84 | 0.1 % | fits |
        | Prices up by a quarter | $12.30 | 0.1 % | fits |
        | Prices up by half | $14.76 | 0.1 % | fits |
        | Every call asked twice | $19.68 | 0.2 % | fits |

        ## Rules of the job

        | Rule | Found | Verdict |
        |---|---|---|
        | The payouts sum to the whole reward | 10000 of 10000 basis points | kept |
        | The plan fits into the duration | 312 of 480 minutes | kept |
        | The plan's worst case fits under the cap | $9.84 of $7,500.00 | kept |
        | No turn is longer than an agent may be silent | 15 of 20 minutes | kept |
        | A quorum of validators decides | 2 approvals | kept |
        | A tripwire guards the budget | 3 tripwires | kept |

        ## Recommendation

        Go on as planned: every rule of the job is kept.
        "#);
}
