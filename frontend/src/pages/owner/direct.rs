//! A call that does not pass the owner's door: a guardian's, the owner's at the door itself, or anyone's. It is shown
//! taken apart, and the connected wallet sends it after the same check as a lever.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::chain::Call;

use crate::format;
use crate::lever::CallButton;
use crate::pages::owner::center::use_center;
use crate::pages::owner::words::{CallWords, call_words};
use crate::ui::{ButtonKind, Disclosure};

/// Whose wallet may send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Allowed {
    /// Whoever pays the gas.
    Anyone,
    /// Only these, called so.
    Only(Vec<Address>, &'static str),
}

impl Allowed {
    /// Why an account may not; `None` if it may.
    fn refuses(&self, account: Option<Address>) -> Option<String> {
        match (self, account) {
            (Self::Anyone, None) => Some("Connect a wallet that pays the gas.".to_owned()),
            (Self::Only(_, who), None) => Some(format!("Connect the wallet of {who}.")),
            (Self::Only(accounts, who), Some(account)) if !accounts.contains(&account) => {
                let expected: Vec<_> = accounts.iter().map(format::short_address).collect();
                let expected =
                    if expected.is_empty() { "nobody".to_owned() } else { expected.join(" or ") };
                let found = format::short_address(&account);
                Some(format!("Only {who} can: found {found}, expected {expected}."))
            }
            (Self::Anyone | Self::Only(..), Some(_)) => None,
        }
    }
}

/// What stands around a call.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    /// `data-testid` of the button.
    pub(super) testid: &'static str,
    /// What it is called.
    pub(super) title: &'static str,
    /// What follows, and what undoes it.
    pub(super) follows: String,
    /// What the button says.
    pub(super) press: &'static str,
    /// How much it asks for attention.
    pub(super) kind: ButtonKind,
}

/// The call in words, with its button and its state.
#[component]
pub(super) fn DirectCall(
    /// What stands around it.
    offer: Offer,
    /// The call.
    call: Call,
    /// Whose wallet may send it.
    #[prop(into)]
    allowed: Signal<Allowed>,
) -> impl IntoView {
    let center = use_center();
    let decoded = untrack(|| center.contracts()).map(|contracts| call_words(&contracts, &call));
    let is_decoded = matches!(decoded, Some(Ok(_)));
    let refusal = Memo::new(move |_| {
        let refused = || allowed.with(|allowed| allowed.refuses(center.account.get()));
        if is_decoded {
            refused()
        } else {
            Some("It is not decoded to its last byte, so it is not signed.".to_owned())
        }
    });
    let words = match decoded {
        Some(Ok(words)) => call_view(words),
        Some(Err(why)) => view! { <p class="direct__refusal">{why.to_string()}</p> }.into_any(),
        None => ().into_any(),
    };
    let raw = format!("to   {}\ndata {}", call.to, call.data);
    let Offer { testid, title, follows, press, kind } = offer;
    view! {
        <section class="direct" data-testid=format!("direct-{testid}") aria-label=title>
            <h3 class="direct__title">{title}</h3>
            <p class="direct__follows">{follows}</p>
            {words}
            <Disclosure summary="Raw bytes">
                <pre class="raw">{raw}</pre>
            </Disclosure>
            {move || refusal.get().map(|why| view! { <p class="direct__refusal" data-testid="direct-refusal">{why}</p> })}
            <CallButton
                call
                label=press
                testid
                kind
                disabled=Signal::derive(move || refusal.with(Option::is_some))
                on_done=Callback::new(move |()| center.refresh_all())
            />
        </section>
    }
    .into_any()
}

/// A call taken apart: its path, and every argument.
pub(super) fn call_view(words: CallWords) -> AnyView {
    let line = |(name, value): (String, String)| {
        view! {
            <dt>{name}</dt>
            <dd class="mono">{value}</dd>
        }
    };
    view! {
        <p class="direct__path mono">{words.path}</p>
        <dl class="facts">{words.arguments.into_iter().map(line).collect_view()}</dl>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_told_who_is_expected() {
        let guardians = Allowed::Only(vec![Address::repeat_byte(4)], "a guardian of the council");

        assert_eq!(guardians.refuses(Some(Address::repeat_byte(4))), None);
        assert_eq!(
            guardians.refuses(Some(Address::repeat_byte(9))).unwrap(),
            "Only a guardian of the council can: found 0x0909…0909, expected 0x0404…0404."
        );
        assert_eq!(
            guardians.refuses(None).unwrap(),
            "Connect the wallet of a guardian of the council."
        );
        assert_eq!(Allowed::Anyone.refuses(Some(Address::repeat_byte(9))), None);
    }
}
