//! Approvals that wait: what would be signed, whether it is what this browser sees, and who may sign.

use alloy_primitives::Address;
use phase8_shared::api::DeliverableView;
use phase8_shared::chain::{ApprovalRequest, Deployment};
use phase8_shared::id::MilestoneIndex;
use phase8_shared::ledger::{Commitment, TreeHead};
use phase8_shared::mission::{MilestoneStatus, MissionState};
use phase8_shared::money::TokenAmount;
use phase8_shared::time::Timestamp;

use crate::format;
use crate::live::Journal;
use crate::pages::mission::milestones::view_model::name;

/// A milestone that waits for validators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Which one.
    pub(crate) milestone: MilestoneIndex,
    /// Its name.
    pub(crate) name: String,
    /// What it pays to agents.
    pub(crate) payout: TokenAmount,
    /// What approval is asked for.
    pub(crate) deliverable: Commitment,
    /// The ledger as it stood then.
    pub(crate) tree: TreeHead,
    /// Whether the events that are here add up to that ledger.
    pub(crate) root: RootCheck,
    /// Approvals are void after this.
    pub(crate) expires_at: Timestamp,
    /// Who signed.
    pub(crate) signed: Vec<Address>,
    /// How many must.
    pub(crate) quorum: usize,
}

/// What this browser makes of the ledger root in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RootCheck {
    /// It is the root of the events that are here.
    Equal,
    /// It is not.
    Differs,
    /// Not all of those events are here yet.
    Unknown,
}

/// How the viewer stands to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// May sign now.
    MaySign,
    /// Has signed.
    Signed,
    /// Launched the mission, so may not.
    Operator,
    /// Does not belong to the guild.
    Stranger,
    /// No wallet is connected.
    Nobody,
    /// The guild has not been read from the chain.
    Unknown,
    /// The request ran out.
    Expired,
}

/// The milestones that wait, in the order of the job spec.
pub(crate) fn waiting(journal: &Journal) -> Vec<Waiting> {
    let Some(state) = journal.state() else { return Vec::new() };
    let quorum = usize::from(state.created.terms.quorum);
    let asked = state.awaiting_approval().filter_map(|milestone| match &milestone.status {
        MilestoneStatus::AwaitingApproval { deliverable, tree, expires_at, approvals } => {
            Some(Waiting {
                milestone: milestone.index,
                name: name(milestone),
                payout: milestone.payout,
                deliverable: *deliverable,
                tree: *tree,
                root: check_root(journal, *tree),
                expires_at: *expires_at,
                signed: approvals.keys().copied().collect(),
                quorum,
            })
        }
        MilestoneStatus::Pending | MilestoneStatus::Paid { .. } => None,
    });
    asked.collect()
}

fn check_root(journal: &Journal, tree: TreeHead) -> RootCheck {
    match journal.root_at(tree.size) {
        None => RootCheck::Unknown,
        Some(root) if root == tree.root => RootCheck::Equal,
        Some(_) => RootCheck::Differs,
    }
}

/// How an account stands to a request.
pub(crate) fn standing(
    waiting: &Waiting,
    state: &MissionState,
    guild: Option<&[Address]>,
    account: Option<Address>,
    now: Timestamp,
) -> Standing {
    let Some(account) = account else { return Standing::Nobody };
    if waiting.signed.contains(&account) {
        return Standing::Signed;
    }
    if account == state.created.operator {
        return Standing::Operator;
    }
    let Some(guild) = guild else { return Standing::Unknown };
    if !guild.contains(&account) {
        return Standing::Stranger;
    }
    if waiting.expires_at <= now { Standing::Expired } else { Standing::MaySign }
}

impl Waiting {
    /// What a validator signs.
    pub(crate) fn request(&self, deployment: &Deployment, state: &MissionState) -> ApprovalRequest {
        ApprovalRequest {
            chain_id: deployment.chain_id,
            escrow: deployment.contracts.escrow,
            mission: state.created.mission.key(),
            milestone: self.milestone,
            deliverable: self.deliverable,
            root: self.tree.root,
            deadline: self.expires_at.unix_seconds(),
        }
    }

    /// Who of the guild may still sign.
    pub(crate) fn open_seats(&self, guild: &[Address], operator: Address) -> Vec<Address> {
        guild
            .iter()
            .filter(|member| **member != operator && !self.signed.contains(member))
            .copied()
            .collect()
    }

    /// What it still needs, in words.
    pub(crate) fn need(&self) -> String {
        let missing = self.quorum.saturating_sub(self.signed.len());
        let more = format::count(missing, "more signature", "more signatures");
        format!("{} of {} signed, {more} needed", self.signed.len(), self.quorum)
    }
}

/// What this browser makes of a deliverable's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContentCheck {
    /// It is what the ledger committed to.
    Opens,
    /// It is something else.
    Differs,
}

/// Opens a commitment with what the server sent.
pub(crate) fn check_content(expected: Commitment, answer: &DeliverableView) -> ContentCheck {
    if expected.opens_to(answer.salt, answer.content.as_bytes()) {
        ContentCheck::Opens
    } else {
        ContentCheck::Differs
    }
}

/// The words of a standing; `None` where the button says it all.
pub(crate) fn standing_words(standing: &Standing) -> Option<&'static str> {
    Some(match standing {
        Standing::MaySign => return None,
        Standing::Signed => "You have signed this. It waits for others.",
        Standing::Operator => {
            "You launched this mission, so you may not approve it: whoever pays must not also decide that it was delivered."
        }
        Standing::Stranger => "The connected account is not a member of the validators' guild.",
        Standing::Nobody => "Connect a guild member's wallet to approve.",
        Standing::Unknown => "The guild has not been read from the chain yet.",
        Standing::Expired => {
            "The request has expired, so nobody can sign it any more. The engine must ask again."
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;

    const NOW: Timestamp = Timestamp::from_millis(1_795_415_900_000);
    const OTHER: Address = Address::repeat_byte(4);

    fn one() -> (Journal, Waiting) {
        let journal = sample::journal();
        let waiting = waiting(&journal).remove(0);
        (journal, waiting)
    }

    #[test]
    fn a_request_says_what_is_signed_and_what_is_missing() {
        let (_, waiting) = one();

        assert_eq!(waiting.name, "Blueprint");
        assert_eq!(waiting.need(), "1 of 2 signed, 1 more signature needed");
        assert_eq!(
            waiting.open_seats(&[sample::VALIDATOR, OTHER, sample::OPERATOR], sample::OPERATOR),
            [OTHER]
        );
    }

    #[test]
    fn a_root_that_is_not_that_of_the_events_here_is_found_out() {
        let (journal, waiting) = one();
        assert_eq!(waiting.root, RootCheck::Differs);

        let honest = TreeHead { size: 11, root: journal.root_at(11).unwrap() };
        assert_eq!(check_root(&journal, honest), RootCheck::Equal);
        assert_eq!(check_root(&journal, TreeHead { size: 999, ..honest }), RootCheck::Unknown);
    }

    #[test]
    fn only_a_member_who_is_not_the_operator_and_has_not_signed_may_sign() {
        let (journal, waiting) = one();
        let state = journal.state().unwrap();
        let guild = [sample::VALIDATOR, OTHER, sample::OPERATOR];
        for (account, expected) in [
            (None, Standing::Nobody),
            (Some(sample::VALIDATOR), Standing::Signed),
            (Some(sample::OPERATOR), Standing::Operator),
            (Some(sample::OWNER), Standing::Stranger),
            (Some(OTHER), Standing::MaySign),
        ] {
            assert_eq!(standing(&waiting, state, Some(&guild), account, NOW), expected);
        }
        assert_eq!(standing(&waiting, state, None, Some(OTHER), NOW), Standing::Unknown);
        assert_eq!(
            standing(&waiting, state, Some(&guild), Some(OTHER), waiting.expires_at),
            Standing::Expired
        );
    }

    #[test]
    fn content_that_was_changed_does_not_open_the_commitment() {
        let (_, waiting) = one();
        let mut answer = DeliverableView {
            commitment: waiting.deliverable,
            salt: sample::SALT,
            media_type: "text/markdown".to_owned(),
            content: sample::CONTENT.to_owned(),
        };
        assert_eq!(check_content(waiting.deliverable, &answer), ContentCheck::Opens);

        answer.content.push('!');
        assert_eq!(check_content(waiting.deliverable, &answer), ContentCheck::Differs);
    }
}
