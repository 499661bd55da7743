//! The launch checklist, as far as the chain answers it: what was found, what was expected, and what to do.

use alloy::primitives::utils::format_ether;
use alloy::primitives::{Address, U256};
use phase8_shared::api::{Agreement, Check, CheckState, EndpointSaid, Said};
use phase8_shared::chain::Deployment;
use phase8_shared::chain::abi::{IAttestationModule, IGuardianCouncil, IManager, ITimelock};
use phase8_shared::format::counted;
use phase8_shared::money::TokenAmount;
use phase8_shared::policy::{GovernancePolicies, TripwireSensitivity};

use super::checklist::Line;
use super::error::ChainError;
use super::governance::roles::{CANCELLER_ROLE, EXECUTOR_ROLE, PROPOSER_ROLE};
use super::reader::Reader;

/// Below this a wallet runs out of gas soon: 0.01 ether.
const LOW_GAS: u128 = 10_000_000_000_000_000;

/// What a launch is checked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// The wallet that will launch.
    pub operator: Option<Address>,
    /// What it will have to deposit.
    pub deposit: Option<TokenAmount>,
    /// This server's own wallet, which pays gas for releases.
    pub relayer: Option<Address>,
}

/// Every line of the checklist that the chain or the policies answer. While the chain does not answer, its lines are
/// unknown, which blocks.
pub async fn preflight(
    reader: &Reader,
    deployment: &Deployment,
    policies: &GovernancePolicies,
    asked: Asked,
) -> Vec<Check> {
    let mut checks = vec![chain(reader).await];
    if checks.iter().all(|check| check.state == CheckState::Pass) {
        checks.push(contracts(reader, deployment).await);
        checks.extend(levers(reader, deployment, policies).await);
        checks.push(timelock(reader, deployment).await);
        checks.push(council(reader, deployment, policies).await);
        checks.push(guild(reader, policies).await);
        checks.push(fleet(reader).await);
        if let Some(operator) = asked.operator {
            checks.push(operator_gas(reader, operator).await);
            checks.push(operator_tokens(reader, operator, asked.deposit).await);
            checks.push(operator_is_no_validator(reader, operator).await);
        }
        if let Some(relayer) = asked.relayer {
            checks.push(relayer_gas(reader, relayer).await);
        }
    }
    checks.push(global_pause(policies));
    checks.push(sensitivity(policies));
    checks
}

async fn chain(reader: &Reader) -> Check {
    let line = Line::new("chain", "The chain answers", format!("chain {}", reader.chain_id()));
    match reader.check_chain().await {
        Ok(()) => match reader.block_number().await {
            Ok(block) => line.pass(format!("chain {}, block {block}", reader.chain_id())),
            Err(error) => line.unknown(&error),
        },
        Err(ChainError::WrongChain { expected, found }) => line.fail(
            format!("chain {found}"),
            format!(
                "set the endpoint of chain {expected}, or the deployment file of chain {found}"
            ),
        ),
        Err(error) => line.unknown(&error),
    }
}

async fn contracts(reader: &Reader, deployment: &Deployment) -> Check {
    let line =
        Line::new("contracts", "The contracts are deployed", "a contract at each of 16 addresses");
    let mut missing = Vec::new();
    for (name, address) in deployment.contracts.named() {
        match reader.is_contract(address).await {
            Ok(true) => {}
            Ok(false) => missing.push(format!("{name} at {address}")),
            Err(error) => return line.unknown(&error),
        }
    }
    match missing.as_slice() {
        [] => line.pass("all are there"),
        missing => line.fail(
            format!("nothing there: {}", missing.join(", ")),
            "start the server again to deploy to a development chain, or correct the deployment file",
        ),
    }
}

/// Every lever has the hands behind it that the policies name.
async fn levers(
    reader: &Reader,
    deployment: &Deployment,
    policies: &GovernancePolicies,
) -> Vec<Check> {
    let contracts = &deployment.contracts;
    let owner = Line::new("owner", "The owner holds the levers", policies.owner)
        .compare(reader.owner().await, policies.owner, |found| {
            format!("the owner proxy belongs to {found}: set `owner` in governance-policies.json to it, or let it hand over")
        });
    let guardian = Line::new("pause_guardian", "The pause guardian can pull the brake", policies.pause_guardian)
        .compare(reader.pause_guardian().await, policies.pause_guardian, |found| {
            format!(
                "the contract obeys {found}: set `pauseGuardian` in governance-policies.json to it, or let the owner name \
                 {} with PauseGuardian.setGuardian",
                policies.pause_guardian
            )
        });
    let resume = Line::new("pause_guardian_owner", "The owner can resume after the brake", contracts.owner_proxy)
        .compare(reader.pause_guardian_owner().await, contracts.owner_proxy, |found| {
            format!(
                "PAUSE_GUARDIAN_NOT_OWNER: the pause guardian contract belongs to {found}, expected {}: set OWNER_ADDRESS to \
                 the owner of the existing contract, or let {found} hand it over",
                contracts.owner_proxy
            )
        });
    let manager = Line::new(
        "manager_governance",
        "The owner's door governs the manager",
        contracts.owner_proxy,
    )
    .compare(reader.manager_governance().await, contracts.owner_proxy, |found| {
        format!("the manager obeys {found}: let it call setGovernance({})", contracts.owner_proxy)
    });
    let forwards =
        Line::new("pause_route", "Pause Fleet reaches the fleet's switch", contracts.system_pause)
            .compare(reader.manager_system_pause().await, contracts.system_pause, |found| {
                format!(
                    "the manager forwards to {found}: let the owner call setSystemPause({})",
                    contracts.system_pause
                )
            });
    let governed = Line::new("pause_governance", "The fleet's switch obeys the manager", contracts.manager)
        .compare(reader.system_pause_governance().await, contracts.manager, |found| {
            format!(
                "SystemPause obeys {found}, so forwardPauseCall would be refused: let {found} call setGovernance({})",
                contracts.manager
            )
        });
    let summons = Line::new("attestation", "Summons reach validators", contracts.owner_proxy)
        .compare(attestation_owner(reader, contracts.attestation_module).await, contracts.owner_proxy, |found| {
            format!(
                "the attestation module obeys {found}, so Summon Validator would be refused: let {found} transfer it to {}",
                contracts.owner_proxy
            )
        });
    vec![owner, guardian, resume, manager, forwards, governed, summons]
}

async fn attestation_owner(reader: &Reader, module: Address) -> Result<Address, ChainError> {
    reader.rpc().view(module, IAttestationModule::ownerCall {}).await
}

/// Whether the endpoints that levers are read from say the same.
pub fn endpoints(agreement: &Agreement) -> Check {
    let count = agreement.endpoints.len();
    let agreed = agreement.endpoints.iter().filter(|it| it.said == Said::Agreed {}).count();
    let line = Line::new(
        "endpoints",
        "The endpoints agree",
        format!("{} of {} say the same", agreement.quorum, counted(count, "endpoint")),
    );
    let found = format!("{agreed} of {count} say the same");
    let others: Vec<String> = agreement.endpoints.iter().filter_map(other).collect();
    let mend = || format!("{}; mend or replace it in RPC_URL or RPC_URLS", others.join("; "));
    if agreed < usize::from(agreement.quorum) {
        return line.fail(found, mend());
    }
    if others.is_empty() {
        return line.pass(match count {
            1 => "1 endpoint: a quorum of one".to_owned(),
            _ => found,
        });
    }
    line.warn(found, mend())
}

/// What an endpoint says that does not agree.
fn other(endpoint: &EndpointSaid) -> Option<String> {
    let name = &endpoint.name;
    match &endpoint.said {
        Said::Agreed {} => None,
        Said::Dissents { what } => Some(format!("{name} says something else: {what}")),
        Said::Behind { block } => Some(format!("{name} has only block {block}")),
        Said::Silent { why } => Some(format!("{name} is silent: {why}")),
    }
}

/// Only the owner's door schedules, the guardians can cancel, anybody carries out; and how long that waits.
async fn timelock(reader: &Reader, deployment: &Deployment) -> Check {
    let contracts = &deployment.contracts;
    let line = Line::new(
        "timelock",
        "What accelerates waits, and guardians can stop it",
        "a delay; the owner's door schedules, the council cancels, anybody carries out",
    );
    let timelock = contracts.owner_timelock;
    let delay = match reader.rpc().view(timelock, ITimelock::getMinDelayCall {}).await {
        Ok(delay) => delay,
        Err(error) => return line.unknown(&error),
    };
    let found = format!("a delay of {delay} seconds");
    if delay.is_zero() {
        return line.fail(
            "no delay at all",
            "let the owner schedule OwnerTimelock.updateDelay with the seconds that guardians need",
        );
    }
    for (role, account, mend) in [
        (PROPOSER_ROLE, contracts.owner_proxy, "the owner's door may not schedule"),
        (CANCELLER_ROLE, contracts.guardian_council, "the council may not cancel"),
        (EXECUTOR_ROLE, Address::ZERO, "not everybody may carry out"),
    ] {
        match reader.rpc().view(timelock, ITimelock::hasRoleCall { role, account }).await {
            Ok(true) => {}
            Ok(false) => {
                return line.fail(
                    format!("{found}, but {mend}"),
                    format!("grant {account} the role {role} at {timelock}, through the timelock"),
                );
            }
            Err(error) => return line.unknown(&error),
        }
    }
    line.pass(found)
}

/// The council on the chain is the one of the policies, and can co-sign.
async fn council(reader: &Reader, deployment: &Deployment, policies: &GovernancePolicies) -> Check {
    let wanted = &policies.governance_council;
    let listed = |members: &[Address]| {
        members.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let line = Line::new("council", "The guardian council is the policies' own", listed(wanted));
    let council = deployment.contracts.guardian_council;
    let members = match reader.rpc().view(council, IGuardianCouncil::membersCall {}).await {
        Ok(members) => members,
        Err(error) => return line.unknown(&error),
    };
    let named = match reader
        .rpc()
        .view(deployment.contracts.manager, IManager::guardianCouncilCall {})
        .await
    {
        Ok(named) => named,
        Err(error) => return line.unknown(&error),
    };
    if named != council {
        return line.warn(
            format!("the manager names {named} as its council"),
            format!("let the owner call setGuardianCouncil({council})"),
        );
    }
    let differs =
        members.len() != wanted.len() || wanted.iter().any(|member| !members.contains(member));
    if differs {
        return line.warn(
            listed(&members),
            "let the owner schedule GuardianCouncil.setMember, or correct `governanceCouncil` in governance-policies.json",
        );
    }
    line.pass(listed(&members))
}

async fn guild(reader: &Reader, policies: &GovernancePolicies) -> Check {
    let line = Line::new(
        "guild",
        "Enough validators can approve",
        "at least as many members as approvals are needed",
    );
    let (members, quorum) = match (reader.guild().await, reader.milestone_quorum().await) {
        (Ok(members), Ok(quorum)) => (members, quorum),
        (Err(error), _) | (_, Err(error)) => return line.unknown(&error),
    };
    let found = format!("{} members, {quorum} approvals needed", members.len());
    let absent: Vec<String> = policies
        .guild()
        .iter()
        .filter(|member| !members.contains(member))
        .map(ToString::to_string)
        .collect();
    if members.len() < usize::from(quorum) {
        return line.fail(found, "let the owner add members with ValidatorRegistry.addValidator");
    }
    if absent.is_empty() {
        return line.pass(found);
    }
    line.warn(
        format!("{found}; not among them: {}", absent.join(", ")),
        "let the owner add them with ValidatorRegistry.addValidator, or take them out of governance-policies.json",
    )
}

async fn fleet(reader: &Reader) -> Check {
    let line = Line::new("fleet", "The fleet runs", "not paused");
    match reader.is_fleet_paused().await {
        Ok(false) => line.pass("not paused"),
        Ok(true) => {
            line.fail("paused", "resume the fleet with the owner's wallet before launching")
        }
        Err(error) => line.unknown(&error),
    }
}

async fn operator_gas(reader: &Reader, operator: Address) -> Check {
    let line = Line::new("operator_gas", "The operator's wallet can pay gas", "some ETH");
    match reader.balance(operator).await {
        Ok(balance) if balance.is_zero() => {
            line.fail(ether(balance), format!("send ETH to {operator}"))
        }
        Ok(balance) if balance < U256::from(LOW_GAS) => line.warn(
            ether(balance),
            format!("send more ETH to {operator}: this may not last for two transactions"),
        ),
        Ok(balance) => line.pass(ether(balance)),
        Err(error) => line.unknown(&error),
    }
}

async fn operator_tokens(
    reader: &Reader,
    operator: Address,
    deposit: Option<TokenAmount>,
) -> Check {
    let expected = deposit.map_or_else(|| "the deposit".to_owned(), |deposit| deposit.to_string());
    let line = Line::new("operator_tokens", "The operator's wallet holds the deposit", expected);
    let balance = match reader.token_balance(operator).await {
        Ok(balance) => balance,
        Err(error) => return line.unknown(&error),
    };
    let needed = deposit.unwrap_or(TokenAmount::new(U256::from(1)));
    match needed.get().checked_sub(balance.get()) {
        None | Some(U256::ZERO) => line.pass(balance),
        Some(missing) => line.fail(
            balance,
            format!(
                "send {} more to {operator}, or offer a smaller reward",
                TokenAmount::new(missing)
            ),
        ),
    }
}

async fn operator_is_no_validator(reader: &Reader, operator: Address) -> Check {
    let line = Line::new(
        "operator_role",
        "The operator does not approve",
        "another wallet than the guild's",
    );
    match reader.is_validator(operator).await {
        Ok(false) => line.pass("not a member of the guild"),
        Ok(true) => line.warn(
            "a member of the guild",
            "approvals of this wallet will not count for its own mission: make sure that the others reach the quorum",
        ),
        Err(error) => line.unknown(&error),
    }
}

async fn relayer_gas(reader: &Reader, relayer: Address) -> Check {
    let line = Line::new("relayer_gas", "This server can pay gas for payouts", "some ETH");
    match reader.balance(relayer).await {
        Ok(balance) if balance.is_zero() => {
            line.fail(ether(balance), format!("send ETH to the relayer {relayer}"))
        }
        Ok(balance) if balance < U256::from(LOW_GAS) => {
            line.warn(ether(balance), format!("send more ETH to the relayer {relayer}"))
        }
        Ok(balance) => line.pass(ether(balance)),
        Err(error) => line.unknown(&error),
    }
}

fn global_pause(policies: &GovernancePolicies) -> Check {
    let line = Line::new("global_pause", "The policies allow launches", "globalPause is false");
    if policies.global_pause {
        return line.fail(
            "globalPause is true",
            "set `globalPause` to false in governance-policies.json and restart",
        );
    }
    line.pass("globalPause is false")
}

fn sensitivity(policies: &GovernancePolicies) -> Check {
    let line = Line::new("sensitivity", "Tripwires trip early enough for you", "MEDIUM or HIGH");
    match policies.tripwire_sensitivity {
        TripwireSensitivity::High => line.pass("HIGH"),
        TripwireSensitivity::Medium => line.pass("MEDIUM"),
        TripwireSensitivity::Low => line.warn(
            "LOW",
            "only plain cases stop a mission: set `tripwireSensitivity` to MEDIUM or HIGH in governance-policies.json if \
             that is more risk than you want",
        ),
    }
}

fn ether(wei: U256) -> String {
    let text = format_ether(wei);
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} ETH")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_told_apart_by_what_they_say() {
        let said = |name: &str, said| EndpointSaid { name: name.to_owned(), said };
        let agreed = |name| said(name, Said::Agreed {});
        let lies = said("b", Said::Dissents { what: "another block 7".to_owned() });
        let silent = said("c", Said::Silent { why: "it does not answer".to_owned() });
        let cases = [
            (1, vec![agreed("a")], CheckState::Pass, "1 endpoint: a quorum of one", ""),
            (
                2,
                vec![agreed("a"), agreed("b"), agreed("c")],
                CheckState::Pass,
                "3 of 3 say the same",
                "",
            ),
            (
                2,
                vec![agreed("a"), lies, agreed("c")],
                CheckState::Warn,
                "2 of 3 say the same",
                "b says something else: another block 7; mend or replace it in RPC_URL or RPC_URLS",
            ),
            (
                2,
                vec![agreed("a"), silent],
                CheckState::Fail,
                "1 of 2 say the same",
                "c is silent: it does not answer; mend or replace it in RPC_URL or RPC_URLS",
            ),
        ];
        for (quorum, endpoints, state, found, mend) in cases {
            let check = super::endpoints(&Agreement { endpoints, quorum });
            assert_eq!(
                (check.state, check.found.as_str(), check.mend.as_str()),
                (state, found, mend)
            );
        }
    }

    #[test]
    fn ether_is_shown_without_needless_zeros() {
        for (wei, shown) in [
            (0_u128, "0 ETH"),
            (LOW_GAS, "0.01 ETH"),
            (10_000_000_000_000_000_000, "10 ETH"),
            (1, "0.000000000000000001 ETH"),
        ] {
            assert_eq!(ether(U256::from(wei)), shown);
        }
    }
}
