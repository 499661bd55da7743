//! Job specs that are JSON and still wrong: one table a subject, every finding in full.

use phase8_shared::spec::{check, preview};

use crate::support::{JOB, adapters, changed, found_after, found_under, policies};

type Table<'t> = &'t [(&'t str, &'t [(&'t str, &'t str)])];

fn table(rows: Table<'_>) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|(title, changes)| format!("# {title}\n{}", found_after(changes)))
        .collect();
    rows.join("\n")
}

#[test]
fn a_wrong_type_says_what_was_expected_and_what_was_found() {
    let shown = table(&[
        ("text for minutes", &[("\"maxDurationMinutes\": 480", "\"maxDurationMinutes\": \"480\"")]),
        ("half a minute", &[("\"maxDurationMinutes\": 480", "\"maxDurationMinutes\": 479.5")]),
        (
            "a whole number written with a point",
            &[("\"maxDurationMinutes\": 480", "\"maxDurationMinutes\": 480.0")],
        ),
        ("no minute", &[("\"maxDurationMinutes\": 480", "\"maxDurationMinutes\": 0")]),
        ("negative minutes", &[("\"maxDurationMinutes\": 480", "\"maxDurationMinutes\": -480")]),
        ("too many minutes", &[("\"maxDurationMinutes\": 480", "\"maxDurationMinutes\": 1e300")]),
        (
            "text for a flag",
            &[("\"requireValidatorCheckIn\": true", "\"requireValidatorCheckIn\": \"yes\"")],
        ),
        (
            "null for a flag",
            &[("\"requireValidatorCheckIn\": true", "\"requireValidatorCheckIn\": null")],
        ),
        ("text for dollars", &[("\"maxBudgetUSD\": 7500", "\"maxBudgetUSD\": \"$7,500\"")]),
        (
            "a fraction of a micro-dollar",
            &[("\"maxBudgetUSD\": 7500", "\"maxBudgetUSD\": 7500.0000001")],
        ),
        (
            "more dollars than there are",
            &[("\"maxBudgetUSD\": 7500", "\"maxBudgetUSD\": 99999999999999999999")],
        ),
        (
            "an object for a list",
            &[(
                "\"tripwires\": [\"toxicity-filter\", \"privacy-leak-detector\", \"budget-guard\"]",
                "\"tripwires\": {}",
            )],
        ),
        (
            "a list for an object",
            &[(
                "\"rewardAdjustment\": {\n      \"durationBonusBps\": 800,\n      \"failurePenaltyMultiplier\": 1.5\n    }",
                "\"rewardAdjustment\": []",
            )],
        ),
        ("a number for an agent", &[("\"agents\": [", "\"agents\": [ 7,")]),
        ("a number for a name", &[("\"name\": \"Blueprint\"", "\"name\": 1")]),
        ("more than the whole", &[("\"payoutBps\": 2500", "\"payoutBps\": 10001")]),
        (
            "a checkpoint without a role",
            &[("\"checkpoint\": \"planner:blueprint\"", "\"checkpoint\": \"blueprint\"")],
        ),
        ("a kind of memory nobody knows", &[("\"type\": \"persistent\"", "\"type\": \"eternal\"")]),
    ]);

    insta::assert_snapshot!(shown, @r#"
    # text for minutes
    error wrong-type, line 5, $.maxDurationMinutes: expected a whole number of minutes, found the text "480" (write 480 without quotes)
    # half a minute
    error wrong-type, line 5, $.maxDurationMinutes: expected a whole number of minutes, found 479.5 (write one from 1 to 527040)
    # a whole number written with a point
    nothing
    # no minute
    error out-of-range, line 5, $.maxDurationMinutes: 0 is out of range for a whole number of minutes (write one from 1 to 527040)
    # negative minutes
    error out-of-range, line 5, $.maxDurationMinutes: -480 is out of range for a whole number of minutes (write one from 1 to 527040)
    # too many minutes
    error out-of-range, line 5, $.maxDurationMinutes: 1e300 is out of range for a whole number of minutes (write one from 1 to 527040)
    # text for a flag
    error wrong-type, line 8, $.autonomy.requireValidatorCheckIn: expected true or false, found the text "yes" (write true or false without quotes)
    # null for a flag
    error missing, line 8, $.autonomy.requireValidatorCheckIn: `requireValidatorCheckIn` is null (write its value)
    # text for dollars
    error wrong-type, line 19, $.economics.maxBudgetUSD: expected an amount of US dollars, found the text "$7,500" (write a number without quotes)
    # a fraction of a micro-dollar
    error too-precise, line 19, $.economics.maxBudgetUSD: 7500.0000001 has more than six digits after the point (six digits are kept exactly; round it)
    # more dollars than there are
    error out-of-range, line 19, $.economics.maxBudgetUSD: 99999999999999999999 is out of range for an amount of US dollars (write a number from 0 to 100000000)
    # an object for a list
    error wrong-type, line 51, $.safety.tripwires: expected a list, found an object (write it as [ … ], with its entries between commas)
    # a list for an object
    error wrong-type, line 20, $.economics.rewardAdjustment: expected an object, found a list (write it as { … })
    # a number for an agent
    error wrong-type, line 25, $.agents[0]: expected an object, found the number 7 (write it as { … })
    # a number for a name
    error wrong-type, line 15, $.economics.milestones[0].name: expected a milestone's name, found the number 1 (write a text in double quotes)
    # more than the whole
    error out-of-range, line 15, $.economics.milestones[0].payoutBps: 10001 is out of range for a whole number of basis points (write one from 0 to 10000)
    # a checkpoint without a role
    error malformed, line 15, $.economics.milestones[0].checkpoint: expected a checkpoint, such as "planner:blueprint", found "blueprint" (a checkpoint is written `role:name`, with letters, digits, `-` and `_`)
    # a kind of memory nobody knows
    error unknown-memory, line 30, $.agents[0].memory.type: "eternal" is not a kind of memory (write "persistent" or "ephemeral")
    "#);
}

#[test]
fn a_job_name_that_is_a_path_is_refused_with_a_proposal() {
    let shown = table(&[
        ("a path", &[("\"Phase8-Universal-Value-Dominance\"", "\"../../etc/passwd\"")]),
        ("a path of Windows", &[("\"Phase8-Universal-Value-Dominance\"", "\"C:\\\\boot\"")]),
        ("the folder itself", &[("\"Phase8-Universal-Value-Dominance\"", "\"..\"")]),
        ("words", &[("\"Phase8-Universal-Value-Dominance\"", "\"My first mission\"")]),
        ("nothing", &[("\"Phase8-Universal-Value-Dominance\"", "\"\"")]),
        ("an escape sequence", &[("\"Phase8-Universal-Value-Dominance\"", "\"a\\u0000b\"")]),
        ("a bucket that is a path", &[("\"phase8-dev\"", "\"/tmp/x\"")]),
    ]);

    insta::assert_snapshot!(shown, @r#"
    # a path
    error unsafe-name, line 3, $.jobName: the job's name becomes the name of a file, and "../../etc/passwd" holds `/`, which leads into another folder (use letters, digits, `-` and `_`, such as "etc-passwd")
    # a path of Windows
    error unsafe-name, line 3, $.jobName: the job's name becomes the name of a file, and "C:\\boot" holds `:`, which leads into another folder (use letters, digits, `-` and `_`, such as "C-boot")
    # the folder itself
    error unsafe-name, line 3, $.jobName: the job's name becomes the name of a file, and ".." starts or ends with `.` (use letters, digits, `-` and `_`, such as "my-mission")
    # words
    error unsafe-name, line 3, $.jobName: the job's name becomes the name of a file, and "My first mission" holds ' ' (use letters, digits, `-` and `_`, such as "My-first-mission")
    # nothing
    error unsafe-name, line 3, $.jobName: the job's name becomes the name of a file, and "" is empty (use letters, digits, `-` and `_`, such as "my-mission")
    # an escape sequence
    error unsafe-name, line 3, $.jobName: the job's name becomes the name of a file, and "a\0b" holds '\0' (use letters, digits, `-` and `_`, such as "a-b")
    # a bucket that is a path
    error unsafe-name, line 36, $.agents[1].memory.bucket: a bucket's name becomes the name of a file, and "/tmp/x" holds `/`, which leads into another folder (use letters, digits, `-` and `_`, such as "tmp-x")
    "#);
}

#[test]
fn money_that_does_not_add_up_is_refused() {
    let shown = table(&[
        ("too little", &[("\"payoutBps\": 4500", "\"payoutBps\": 4499")]),
        ("too much", &[("\"payoutBps\": 4500", "\"payoutBps\": 5500")]),
        (
            "a milestone for nothing",
            &[
                ("\"payoutBps\": 2500", "\"payoutBps\": 0"),
                ("\"payoutBps\": 4500", "\"payoutBps\": 7000"),
            ],
        ),
        ("no budget", &[("\"maxBudgetUSD\": 7500", "\"maxBudgetUSD\": 0")]),
        ("above the cap", &[("\"maxBudgetUSD\": 7500", "\"maxBudgetUSD\": 10000.01")]),
        ("unknown tier", &[("\"ULTRA\"", "\"ULTRAA\"")]),
        ("another tier's multiplier", &[("\"stakeMultiplier\": 3", "\"stakeMultiplier\": 2.5")]),
        (
            "more approvals than members",
            &[("\"requiredValidatorApprovals\": 2", "\"requiredValidatorApprovals\": 4")],
        ),
        (
            "no approvals",
            &[("\"requiredValidatorApprovals\": 2", "\"requiredValidatorApprovals\": 0")],
        ),
    ]);

    insta::assert_snapshot!(shown, @r"
    # too little
    error payouts-do-not-sum, line 14, $.economics.milestones: the milestones pay 9999 basis points in all, and must pay exactly 10000 (give the 1 bps that are left over to a milestone)
    # too much
    error payouts-do-not-sum, line 14, $.economics.milestones: the milestones pay 11000 basis points in all, and must pay exactly 10000 (take the 1000 bps that are too many from a milestone)
    # a milestone for nothing
    warning pays-nothing, line 15, $.economics.milestones[0].payoutBps: milestone 1 pays nothing (check that this is meant)
    # no budget
    error no-budget, line 19, $.economics.maxBudgetUSD: a budget of zero lets no agent start (write how much may be spent)
    # above the cap
    error budget-above-cap, line 19, $.economics.maxBudgetUSD: the budget of $10,000.01 is above the $10,000.00 that the policies allow (lower it, or have the owner raise budgetCapUSD)
    # unknown tier
    error unknown-tier, line 12, $.economics.stakeTier: the policies have no stake tier `ULTRAA` (did you mean `ULTRA`?)
    # another tier's multiplier
    error multiplier-differs, line 13, $.economics.stakeMultiplier: the multiplier is 2.5, but the policies give ULTRA a multiplier of 3 (write 3, or choose another tier)
    # more approvals than members
    error quorum-above-guild, line 58, $.governance.requiredValidatorApprovals: 4 approvals are required, but the guild has 3 members, so nothing could ever be paid (write 3 or less, or add members to the policies)
    # no approvals
    error out-of-range, line 58, $.governance.requiredValidatorApprovals: 0 is out of range for a whole number of validators (write one from 1 to 255)
    ");
}

#[test]
fn checkpoints_must_have_someone_to_reach_them() {
    let shown = table(&[
        (
            "unknown role in a milestone",
            &[(
                "\"checkpoint\": \"dev:implementation\"",
                "\"checkpoint\": \"builder:implementation\"",
            )],
        ),
        (
            "unknown role of validators",
            &[("\"analyst:market-report\"", "\"anaylst:market-report\"")],
        ),
        (
            "a milestone that validators do not list",
            &[("\"checkpoints\": [\"planner:blueprint\", ", "\"checkpoints\": [")],
        ),
        (
            "one checkpoint for two milestones",
            &[("\"checkpoint\": \"dev:implementation\"", "\"checkpoint\": \"planner:blueprint\"")],
        ),
        ("an agent without a checkpoint", &[(", \"analyst:market-report\"", "")]),
        (
            "listed twice",
            &[(
                "\"analyst:market-report\"",
                "\"analyst:market-report\", \"analyst:market-report\"",
            )],
        ),
    ]);

    insta::assert_snapshot!(shown, @r#"
    # unknown role in a milestone
    error unknown-role, line 16, $.economics.milestones[1].checkpoint: milestone 2 waits for `builder:implementation`, but no agent has the role `builder` (the roles are planner, dev and analyst; correct the checkpoint, or add an agent)
    info unpaid-checkpoint, line 47, $.validators.checkpoints[1]: no milestone waits for `dev:implementation`: it is a step that is signed off and pays nothing (if it should be paid, add a milestone for it)
    # unknown role of validators
    warning agent-without-checkpoint, line 38, $.agents[2]: the analyst has no checkpoint, so nothing says when its work is done (add a checkpoint such as "analyst:report" to validators.checkpoints)
    error unknown-role, line 47, $.validators.checkpoints[2]: `anaylst:market-report` is a checkpoint of the role `anaylst`, which no agent has (the roles are planner, dev and analyst; correct the checkpoint, or add an agent)
    # a milestone that validators do not list
    warning milestone-not-listed, line 15, $.economics.milestones[0].checkpoint: milestone 1 waits for `planner:blueprint`, which is not among validators.checkpoints (the guild approves every payout, so it is treated as if it were listed; list it to say so)
    # one checkpoint for two milestones
    error duplicate-checkpoint, line 16, $.economics.milestones[1].checkpoint: milestones 1 and 2 both wait for `planner:blueprint` (let each milestone wait for its own checkpoint)
    info unpaid-checkpoint, line 47, $.validators.checkpoints[1]: no milestone waits for `dev:implementation`: it is a step that is signed off and pays nothing (if it should be paid, add a milestone for it)
    # an agent without a checkpoint
    warning agent-without-checkpoint, line 38, $.agents[2]: the analyst has no checkpoint, so nothing says when its work is done (add a checkpoint such as "analyst:report" to validators.checkpoints)
    # listed twice
    warning listed-twice, line 47, $.validators.checkpoints[3]: `analyst:market-report` is listed twice (take one of them out)
    "#);
}

#[test]
fn agents_must_be_told_apart_and_have_a_priced_model() {
    let shown = table(&[
        ("unknown adapter", &[("\"gpt-elite-256k\"", "\"gpt-elite-265k\"")]),
        ("quite unknown adapter", &[("\"gpt-elite-256k\"", "\"hal-9000\"")]),
        ("two of one role", &[("\"role\": \"analyst\"", "\"role\": \"dev\"")]),
        ("an agent that is the guild", &[("\"role\": \"analyst\"", "\"role\": \"validator\"")]),
        ("a role with a space", &[("\"role\": \"dev\"", "\"role\": \"the builder\"")]),
        ("a shared bucket", &[("\"phase8-analyst\"", "\"phase8-dev\"")]),
        ("short memory", &[("\"retentionHours\": 12", "\"retentionHours\": 6")]),
        ("an unknown tripwire", &[("\"toxicity-filter\"", "\"toxicity-fliter\"")]),
        (
            "a tripwire that does not halt",
            &[("\"haltOnTripwire\": true", "\"haltOnTripwire\": false")],
        ),
    ]);

    insta::assert_snapshot!(shown, @r#"
    # unknown adapter
    error unknown-adapter, line 28, $.agents[0].model: there is no model adapter `gpt-elite-265k` (did you mean `gpt-elite-256k`?)
    # quite unknown adapter
    error unknown-adapter, line 28, $.agents[0].model: there is no model adapter `hal-9000` (the adapters are gpt-elite-256k, code-savant-x, sentience-alpha and steady-hand-32k)
    # two of one role
    error duplicate-role, line 39, $.agents[2].role: agents 2 and 3 both have the role `dev` (give each agent its own role, such as dev and dev-2)
    error unknown-role, line 47, $.validators.checkpoints[2]: `analyst:market-report` is a checkpoint of the role `analyst`, which no agent has (the roles are planner, dev and dev; correct the checkpoint, or add an agent)
    # an agent that is the guild
    error reserved-role, line 39, $.agents[2].role: the role `validator` is the guild itself, which is people (give the agent another role, such as analyst)
    error unknown-role, line 47, $.validators.checkpoints[2]: `analyst:market-report` is a checkpoint of the role `analyst`, which no agent has (the roles are planner, dev and validator; correct the checkpoint, or add an agent)
    # a role with a space
    error malformed, line 33, $.agents[1].role: expected a role, such as "planner", found "the builder" (a role is 1 to 32 letters, digits, `-` or `_`)
    # a shared bucket
    warning shared-bucket, line 42, $.agents[2].memory.bucket: agents 2 and 3 share the bucket `phase8-dev` (give each its own, unless they are to share what they remember)
    # short memory
    warning memory-too-short, line 30, $.agents[0].memory.retentionHours: the planner forgets after 6 hours, but the mission may take 8 hours (write at least 8)
    # an unknown tripwire
    error unknown-tripwire, line 51, $.safety.tripwires[0]: there is no tripwire "toxicity-fliter", so nothing would watch for it (did you mean `toxicity-filter`?)
    # a tripwire that does not halt
    warning no-halt, line 52, $.safety.haltOnTripwire: a tripwire that trips is only reported: the mission goes on (write true to have it stopped)
    "#);
}

#[test]
fn time_must_leave_room_for_check_ins() {
    let shown = table(&[
        (
            "interval longer than the mission",
            &[("\"checkpointIntervalMinutes\": 10", "\"checkpointIntervalMinutes\": 481")],
        ),
        (
            "idle limit shorter than the interval",
            &[("\"maxIdleMinutes\": 20", "\"maxIdleMinutes\": 9")],
        ),
        (
            "too many check-ins",
            &[("\"maxDurationMinutes\": 480", "\"maxDurationMinutes\": 527040")],
        ),
    ]);

    insta::assert_snapshot!(shown, @r"
    # interval longer than the mission
    error interval-too-long, line 7, $.autonomy.checkpointIntervalMinutes: agents check in every 8 hours 1 minute, but the mission takes 8 hours at most, so none ever would (shorten the interval, or lengthen maxDurationMinutes)
    warning idle-limit-too-short, line 9, $.autonomy.maxIdleMinutes: agents check in every 8 hours 1 minute, but trip when silent for longer than 20 minutes (let maxIdleMinutes be at least the interval)
    # idle limit shorter than the interval
    warning idle-limit-too-short, line 9, $.autonomy.maxIdleMinutes: agents check in every 10 minutes, but trip when silent for longer than 9 minutes (let maxIdleMinutes be at least the interval)
    # too many check-ins
    error too-many-check-ins, line 7, $.autonomy.checkpointIntervalMinutes: 8784 hours with a check-in every 10 minutes are more than 10000 check-ins (lengthen the interval)
    warning memory-too-short, line 30, $.agents[0].memory.retentionHours: the planner forgets after 12 hours, but the mission may take 8784 hours (write at least 8784)
    warning memory-too-short, line 36, $.agents[1].memory.retentionHours: the dev forgets after 12 hours, but the mission may take 8784 hours (write at least 8784)
    warning memory-too-short, line 42, $.agents[2].memory.retentionHours: the analyst forgets after 12 hours, but the mission may take 8784 hours (write at least 8784)
    ");
}

#[test]
fn an_address_is_checked_and_a_name_must_be_resolved() {
    let guardian = "\"pauseGuardian\": \"0xPauseGuardian\"";
    let shown = table(&[
        ("a name that nothing resolves", &[(guardian, "\"pauseGuardian\": \"0xNightWatch\"")]),
        ("a name that means several", &[(guardian, "\"pauseGuardian\": \"0xGovernanceCouncil\"")]),
        (
            "too short",
            &[(guardian, "\"pauseGuardian\": \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb922\"")],
        ),
        (
            "mistyped",
            &[(guardian, "\"pauseGuardian\": \"0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BD\"")],
        ),
        (
            "nobody",
            &[(guardian, "\"pauseGuardian\": \"0x0000000000000000000000000000000000000000\"")],
        ),
        ("words", &[(guardian, "\"pauseGuardian\": \"the one on duty\"")]),
        (
            "somebody else",
            &[(guardian, "\"pauseGuardian\": \"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\"")],
        ),
        (
            "the one of the policies",
            &[(guardian, "\"pauseGuardian\": \"0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC\"")],
        ),
    ]);

    insta::assert_snapshot!(shown, @r#"
    # a name that nothing resolves
    error placeholder-unresolved, line 53, $.safety.pauseGuardian: `0xNightWatch` stands in place of an address, and nothing in governance-policies.json resolves it (write the address, or one of 0xOwner, 0xOwnerProxy, 0xPauseGuardian and 0xValidatorGuild)
    # a name that means several
    error placeholder-unresolved, line 53, $.safety.pauseGuardian: `0xGovernanceCouncil` stands in place of an address, and nothing in governance-policies.json resolves it (write the address, or one of 0xOwner, 0xOwnerProxy, 0xPauseGuardian and 0xValidatorGuild)
    # too short
    error not-an-address, line 53, $.safety.pauseGuardian: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb922" is not an address (write 0x and 40 hex digits; here are 38 characters after the 0x)
    # mistyped
    error address-checksum, line 53, $.safety.pauseGuardian: 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BD: the upper and lower case of its letters does not fit its digits, so one may be mistyped (copy it again; only if every digit is right, write 0x3C44cDDDB6a900FA2b585DD299e03D12Fa4293bD)
    # nobody
    error zero-address, line 53, $.safety.pauseGuardian: the zero address belongs to nobody (write the address that is meant)
    # words
    error not-an-address, line 53, $.safety.pauseGuardian: "the one on duty" is neither an address nor a name (write 0x and 40 hex digits)
    # somebody else
    warning party-differs, line 53, $.safety.pauseGuardian: 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 is not the one that the policies name, which is 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC (check which of the two is meant)
    # the one of the policies
    nothing
    "#);
}

#[test]
fn unknown_and_missing_keys_are_named_with_what_was_meant() {
    let shown = table(&[
        ("unknown", &[("\"autonomy\": {", "\"priority\": 1,\n  \"autonomy\": {")]),
        ("mistyped", &[("\"jobName\"", "\"jobNmae\"")]),
        ("missing section", &[("\"safety\"", "\"saftey\"")]),
        (
            "a key that reads like markup",
            &[("\"autonomy\": {", "\"<img src=x>\": 1, \"autonomy\": {")],
        ),
    ]);

    insta::assert_snapshot!(shown, @r#"
    # unknown
    warning unknown-key, line 6, $.priority: `priority` is not a known key and is ignored (take it out, or check its spelling)
    # mistyped
    error missing, line 1, $.jobName: `jobName` is missing (correct the spelling of `jobNmae`)
    warning unknown-key, line 3, $.jobNmae: `jobNmae` is not a known key and is ignored (did you mean `jobName`?)
    # missing section
    error missing, line 1, $.safety: `safety` is missing (correct the spelling of `saftey`)
    warning unknown-key, line 50, $.saftey: `saftey` is not a known key and is ignored (did you mean `safety`?)
    # a key that reads like markup
    warning unknown-key, line 6, $["<img src=x>"]: `<img src=x>` is not a known key and is ignored (take it out, or check its spelling)
    "#);
}

#[test]
fn the_policies_can_forbid_a_launch() {
    let mut policies = policies();
    policies.global_pause = true;
    let no_co_pilot = ("\"allowHumanCoPilot\": true", "\"allowHumanCoPilot\": false");

    insta::assert_snapshot!(found_under(&policies, &[no_co_pilot]), @r"
    error global-pause, line 1, $: governance-policies.json has globalPause set, so no mission may be launched (the owner must set globalPause to false first)
    error co-pilot-required, line 57, $.governance.allowHumanCoPilot: the policies require a human co-pilot, and this job does not allow one (write true)
    ");
}

#[test]
fn an_adapter_without_a_price_is_refused() {
    let mut adapters = adapters();
    adapters[0].cost_per_1k_tokens = None;

    let findings = check(JOB, &policies(), &adapters).unwrap_err();

    let errors: Vec<String> =
        findings.at(phase8_shared::findings::Level::Error).map(ToString::to_string).collect();
    insta::assert_snapshot!(errors.join("\n"), @r"error unknown-price, line 28, $.agents[0].model: the price of `gpt-elite-256k` is not known, so its spend could not be capped (write costUSDPer1KTokens in model-adapters.json, or choose another adapter)");
}

#[test]
fn one_slip_hides_no_other() {
    let shown = table(&[(
        "three at once",
        &[
            ("\"maxDurationMinutes\": 480", "\"maxDurationMinutes\": \"480\""),
            ("\"payoutBps\": 4500", "\"payoutBps\": 4499"),
            ("\"sentience-alpha\"", "\"sentience-beta\""),
        ],
    )]);

    insta::assert_snapshot!(shown, @r#"
    # three at once
    error wrong-type, line 5, $.maxDurationMinutes: expected a whole number of minutes, found the text "480" (write 480 without quotes)
    error payouts-do-not-sum, line 14, $.economics.milestones: the milestones pay 9999 basis points in all, and must pay exactly 10000 (give the 1 bps that are left over to a milestone)
    error unknown-adapter, line 40, $.agents[2].model: there is no model adapter `sentience-beta` (did you mean `sentience-alpha`?)
    "#);
}

#[test]
fn a_file_with_errors_still_shows_what_can_be_read() {
    let preview = preview(&changed(
        JOB,
        &[("\"maxDurationMinutes\": 480", "\"maxDurationMinutes\": \"480\"")],
    ));

    assert_eq!(preview.spec, None);
    assert_eq!(preview.draft.job_name.unwrap().as_str(), "Phase8-Universal-Value-Dominance");
    assert_eq!(preview.draft.agents.unwrap().len(), 3);
    assert_eq!(preview.findings.under("$.maxDurationMinutes").count(), 1);
}
