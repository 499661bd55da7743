//! Who holds which role, and how the fleet stands, as the quorum says.

use alloy_primitives::Address;
use leptos::prelude::*;

use super::standing::Standing;
use crate::pages::owner::center::use_center;
use crate::pages::owner::words::duration;
use crate::ui::{CopyText, StatusPill, Tone};

/// Who the connected account is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hand {
    tone: Tone,
    words: String,
}

/// Who the connected account is among the roles.
fn hand(standing: &Standing, account: Option<Address>) -> Hand {
    let Some(account) = account else {
        return Hand { tone: Tone::Off, words: "No wallet is connected.".to_owned() };
    };
    let mut roles = Vec::new();
    if standing.owner == Some(account) {
        roles.push("the owner");
    }
    if standing.guardian == Some(account) {
        roles.push("the pause guardian");
    }
    if standing.members.as_ref().is_some_and(|members| members.contains(&account)) {
        roles.push("a guardian of the council");
    }
    if standing.pending_owner == Some(account) {
        roles.push("the owner to be, who has not accepted yet");
    }
    if roles.is_empty() {
        return Hand {
            tone: Tone::Warn,
            words: "The connected account holds none of these roles: it can look, and carry out what is ready.".to_owned(),
        };
    }
    Hand { tone: Tone::Ok, words: format!("The connected account is {}.", roles.join(" and ")) }
}

/// The fleet in words.
fn fleet(standing: &Standing) -> (Tone, String) {
    match (standing.paused, standing.tripped) {
        (Some(true), Some(true)) => {
            let trip = standing.trip.map_or_else(String::new, |trip| format!(" number {trip}"));
            (Tone::Bad, format!("Held by tripwire{trip}"))
        }
        (Some(true), _) => (Tone::Paused, "Paused".to_owned()),
        (Some(false), _) => (Tone::Ok, "Runs".to_owned()),
        (None, _) => (Tone::Unknown, "Unknown: the switch does not answer".to_owned()),
    }
}

/// The facts.
#[component]
pub(super) fn Facts() -> impl IntoView {
    let center = use_center();
    let told = move || {
        let account = center.account.get();
        center.standing.value().get().map(|standing| {
            let hand = hand(&standing, account);
            let (tone, label) = fleet(&standing);
            let address = |address: Option<Address>, what: &'static str| match address {
                Some(address) => view! { <CopyText text=address.to_string() label=what /> }.into_any(),
                None => view! { <StatusPill tone=Tone::Bad label="no contract answers" /> }.into_any(),
            };
            let members = standing.members.clone().unwrap_or_default();
            let members_view = members
                .into_iter()
                .map(|member| view! { <CopyText text=member.to_string() label="guardian" /> " " })
                .collect_view();
            view! {
                <p class=format!("owner__hand tone--{}", hand.tone.as_str()) data-testid="owner-hand" role="status">
                    {hand.words}
                </p>
                <dl class="facts">
                    <dt>"Owner"</dt>
                    <dd data-testid="owner-address">{address(standing.owner, "owner")}</dd>
                    {standing
                        .pending_owner
                        .map(|pending| view! { <dt>"Owner to be"</dt><dd>{address(Some(pending), "owner to be")}</dd> })}
                    <dt>"Fleet"</dt>
                    <dd><StatusPill tone label /></dd>
                    <dt>"Pause guardian"</dt>
                    <dd>{address(standing.guardian, "pause guardian")}</dd>
                    <dt>"Delay of what accelerates"</dt>
                    <dd>{standing.delay.map_or_else(|| "unknown".to_owned(), duration)}</dd>
                    <dt>"Guardian council"</dt>
                    <dd>
                        {members_view}
                        {standing
                            .cosignatures_needed
                            .map(|needed| format!("{needed} needed to resume after a tripwire"))}
                    </dd>
                    <dt>"Read at block"</dt>
                    <dd class="number">{standing.block}</dd>
                </dl>
            }
        })
    };
    view! { {told} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_may_hold_several_roles_or_none() {
        let account = Address::repeat_byte(1);
        let standing = Standing {
            owner: Some(account),
            members: Some(vec![account]),
            guardian: Some(Address::repeat_byte(2)),
            ..Standing::default()
        };

        assert_eq!(
            hand(&standing, Some(account)).words,
            "The connected account is the owner and a guardian of the council."
        );
        assert_eq!(hand(&standing, Some(Address::repeat_byte(9))).tone, Tone::Warn);
        assert_eq!(hand(&standing, None).words, "No wallet is connected.");
    }

    #[test]
    fn a_trip_is_more_than_a_pause() {
        let standing = |paused, tripped| Standing {
            paused: Some(paused),
            tripped: Some(tripped),
            trip: Some(4),
            ..Standing::default()
        };

        assert_eq!(fleet(&standing(true, true)).1, "Held by tripwire number 4");
        assert_eq!(fleet(&standing(true, false)).0, Tone::Paused);
        assert_eq!(fleet(&standing(false, false)).0, Tone::Ok);
        assert_eq!(fleet(&Standing::default()).0, Tone::Unknown);
    }
}
