//! The rehearsal wallet's own question before it signs: what is signed, in words, as a real wallet would ask.

use alloy_primitives::Address;
use js_sys::{Function, Promise};
use leptos::prelude::*;
use phase8_shared::chain::Call;
use serde_json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::format;
use crate::ui::{Button, ButtonKind, Dialog, Disclosure};
use crate::wallet::{Described, WalletError};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Question {
    who: String,
    account: Address,
    sentence: String,
    path: String,
    lines: Vec<(String, String)>,
    raw: String,
}

/// Asks the person, one question at a time.
#[derive(Clone, Copy)]
pub(super) struct Prompter {
    question: RwSignal<Option<Question>>,
    answer: StoredValue<Option<Function>, LocalStorage>,
}

impl Prompter {
    pub(super) fn new() -> Self {
        Self { question: RwSignal::new(None), answer: StoredValue::new_local(None) }
    }

    pub(super) async fn ask_about_call(
        self,
        who: &str,
        account: Address,
        described: Described,
        call: &Call,
    ) -> Result<(), WalletError> {
        let Described { sentence, path, lines } = described;
        let lines = std::iter::once(("To".to_owned(), call.to.to_string())).chain(lines).collect();
        self.ask(Question {
            who: who.to_owned(),
            account,
            sentence,
            path,
            lines,
            raw: call.data.to_string(),
        })
        .await
    }

    pub(super) async fn ask_about_typed_data(
        self,
        who: &str,
        account: Address,
        data: &Value,
    ) -> Result<(), WalletError> {
        self.ask(typed_question(who, account, data)).await
    }

    async fn ask(self, question: Question) -> Result<(), WalletError> {
        if self.question.with_untracked(Option::is_some) {
            return Err(WalletError::Pending);
        }
        let promise = Promise::new(&mut |resolve, _| self.answer.set_value(Some(resolve)));
        self.question.set(Some(question));
        let approved = JsFuture::from(promise).await.is_ok_and(|answer| answer.is_truthy());
        if approved { Ok(()) } else { Err(WalletError::Rejected) }
    }

    fn reply(self, approved: bool) {
        self.question.set(None);
        if let Some(resolve) = self.answer.try_update_value(Option::take).flatten() {
            let _ = resolve.call1(&JsValue::NULL, &JsValue::from_bool(approved));
        }
    }
}

/// Typed data as a question: its kind, its domain and every field of the message.
fn typed_question(who: &str, account: Address, data: &Value) -> Question {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let at = |pointer: &str| data.pointer(pointer).map(text).unwrap_or_default();
    let kind = at("/primaryType");
    let fields = data.pointer("/message").and_then(Value::as_object);
    let lines = fields.into_iter().flatten().map(|(name, value)| (name.clone(), text(value)));
    let contract = ("For contract".to_owned(), at("/domain/verifyingContract"));
    let sentence = match kind.as_str() {
        "MilestoneApproval" => {
            "Approve this milestone: the escrow may pay for exactly this deliverable.".to_owned()
        }
        "OwnerRequest" => {
            "Order this call through the owner's door: whoever has the signature can send it until its deadline."
                .to_owned()
        }
        "SummonsAcknowledgement" => "Acknowledge that you were called in to a mission.".to_owned(),
        "StepRelease" => "Let this step start, as the person who works along.".to_owned(),
        _ => format!("Sign the message “{kind}”."),
    };
    Question {
        who: who.to_owned(),
        account,
        sentence,
        path: format!("{kind} · {} · chain {}", at("/domain/name"), at("/domain/chainId")),
        lines: std::iter::once(contract).chain(lines).collect(),
        raw: serde_json::to_string_pretty(data).unwrap_or_default(),
    }
}

/// The dialog in which the rehearsal wallet asks.
#[component]
pub(super) fn PromptDialog(prompter: Prompter) -> impl IntoView {
    let open = Signal::derive(move || prompter.question.with(Option::is_some));
    let approve = Callback::new(move |()| prompter.reply(true));
    let reject = Callback::new(move |()| prompter.reply(false));
    view! {
        <Dialog open title="Rehearsal wallet" testid="rehearsal-prompt" on_close=reject>
            {move || {
                prompter
                    .question
                    .get()
                    .map(|question| {
                        let lines = question.lines.into_iter();
                        view! {
                            <p class="prompt__who">
                                <strong>{question.who}</strong>
                                <span class="mono">{format::short_address(&question.account)}</span>
                            </p>
                            <p class="prompt__sentence">{question.sentence}</p>
                            <p class="prompt__path mono">{question.path}</p>
                            <dl class="facts facts--stacked">
                                {lines
                                    .map(|(name, value)| {
                                        view! {
                                            <dt>{name}</dt>
                                            <dd class="mono">{value}</dd>
                                        }
                                    })
                                    .collect_view()}
                            </dl>
                            <Disclosure summary="Raw bytes">
                                <pre class="raw">{question.raw}</pre>
                            </Disclosure>
                            <p class="prompt__note">"This account's key is public and worth nothing."</p>
                            <div class="dialog__actions">
                                <Button on_press=reject testid="rehearsal-reject">"Reject"</Button>
                                <Button kind=ButtonKind::Primary on_press=approve testid="rehearsal-approve">
                                    "Approve"
                                </Button>
                            </div>
                        }
                    })
            }}
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn typed_data_is_shown_field_by_field() {
        let data = json!({
            "primaryType": "MilestoneApproval",
            "domain": { "name": "Phase8 MissionEscrow", "chainId": 31337, "verifyingContract": "0x07" },
            "message": { "mission": "0xaa", "milestone": "1" },
        });

        let question = typed_question("Validator", Address::ZERO, &data);

        assert_eq!(question.path, "MilestoneApproval · Phase8 MissionEscrow · chain 31337");
        let lines: Vec<_> =
            question.lines.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(lines, ["For contract=0x07", "milestone=1", "mission=0xaa"]);
    }
}
