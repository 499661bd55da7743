//! What the chain says about checkpoints and payouts: asked of the guardian's own wallet where there is one, else of the
//! server, and said so.

use leptos::prelude::*;
use phase8_shared::checker::{Task, Told};
use phase8_shared::ledger::verify::examine::{ChainQuestion, Line};
use serde_json::{Value, json};

use crate::api;
use crate::checker::{Checker, CheckerError};
use crate::wallet::Wallet;

/// What came of asking.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answered {
    /// Nothing was asked yet, or there is nothing to ask.
    Nothing,
    /// It is being asked.
    Asking,
    /// Whose endpoint answered, and what is to be thought of it.
    By(Witness, Vec<Line>),
    /// Nobody could be asked.
    Nobody(String),
}

/// Whose endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Witness {
    /// That of the guardian's wallet.
    Wallet(String),
    /// That of the server which also tells the history.
    Server,
}

impl Witness {
    /// What is to be thought of it.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Wallet(name) => format!("Read through the endpoint of your own wallet ({name}), not through this server."),
            Self::Server => "Read through this server's own endpoint: whoever lies about the history could lie about the chain as well. Connect a wallet that is on this chain to ask its endpoint instead.".to_owned(),
        }
    }
}

/// Fetches the receipts and has them compared.
pub(super) async fn ask(
    questions: Vec<ChainQuestion>,
    checker: &Checker,
    wallet: Wallet,
    answered: RwSignal<Answered>,
) {
    let Some(chain) = questions.first().map(|question| question.evidence.chain_id) else { return };
    answered.try_set(Answered::Asking);
    let outcome = match fetched(questions, chain, wallet).await {
        Ok((witness, asked)) => {
            match checker.ask(&Task::Compare { asked }, None, |_, _| {}).await {
                Ok(told) => compared(witness, told),
                Err(error) => Answered::Nobody(error.to_string()),
            }
        }
        Err(why) => Answered::Nobody(why),
    };
    answered.try_set(outcome);
}

fn compared(witness: Witness, told: Told) -> Answered {
    let Told::Compared(lines) = told else {
        return Answered::Nobody(CheckerError::BrokeOff.to_string());
    };
    Answered::By(witness, lines)
}

type Asked = Vec<(ChainQuestion, Value)>;

async fn fetched(
    questions: Vec<ChainQuestion>,
    chain: u64,
    wallet: Wallet,
) -> Result<(Witness, Asked), String> {
    let own = wallet.endpoint_on(chain).await;
    let mut asked = Vec::with_capacity(questions.len());
    for question in questions {
        let params = json!([question.evidence.transaction]);
        let receipt = match &own {
            Some(endpoint) => endpoint
                .read("eth_getTransactionReceipt", &params)
                .await
                .map_err(|error| error.words().0),
            None => served(chain, wallet, params).await,
        };
        asked.push((question, receipt?));
    }
    let witness = own.map_or(Witness::Server, |endpoint| Witness::Wallet(endpoint.name));
    Ok((witness, asked))
}

async fn served(chain: u64, wallet: Wallet, params: Value) -> Result<Value, String> {
    let ours = wallet.deployment().with_untracked(|it| it.as_ref().map(|it| it.chain_id));
    if ours != Some(chain) {
        return Err(format!(
            "no wallet is connected to chain {chain}, and no server of that chain answers"
        ));
    }
    api::rpc("eth_getTransactionReceipt", params).await.map_err(|error| error.to_string())
}
