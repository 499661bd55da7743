//! A browser wallet: an EIP-1193 provider announced by EIP-6963, as an extension would inject it. It runs in the page;
//! its keys and its connection to the chain are here, outside the page's reach.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::Address;
use anyhow::Result;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::Chain;

/// What the person at the wallet does with the next request to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Signs.
    Approve,
    /// Declines (EIP-1193 code 4001).
    Reject,
    /// Signs typed data with another account's key than the one that it shows.
    SignAs(Address),
    /// Leaves the request open until [`Wallet::go_on`], then signs.
    Later,
}

/// The wallet of one page.
#[derive(Debug, Clone)]
pub struct Wallet {
    chain: Chain,
    state: Arc<Mutex<State>>,
    person_is_back: Arc<Notify>,
}

#[derive(Debug)]
struct State {
    account: Address,
    answers: VecDeque<Answer>,
    /// Methods that asked the person for a signature.
    prompts: Vec<String>,
}

impl Wallet {
    /// A wallet that holds one account and approves everything it is not told to reject.
    pub fn holding(account: Address, chain: Chain) -> Self {
        let state = State { account, answers: VecDeque::new(), prompts: Vec::new() };
        Self { chain, state: Arc::new(Mutex::new(state)), person_is_back: Arc::default() }
    }

    /// The account it shows.
    pub fn account(&self) -> Address {
        self.with(|state| state.account)
    }

    /// Changes the account, as a person does in the wallet's own window. The page is told by
    /// [`crate::Page::switch_account`].
    pub(crate) fn set_account(&self, account: Address) {
        self.with(|state| state.account = account);
    }

    /// What happens at the next request for a signature.
    pub fn next_answer(&self, answer: Answer) {
        self.with(|state| state.answers.push_back(answer));
    }

    /// How many signatures were asked for.
    pub fn prompts(&self) -> usize {
        self.with(|state| state.prompts.len())
    }

    /// The person comes back to the request that was left open.
    pub fn go_on(&self) {
        self.person_is_back.notify_one();
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers one request of the page with a result, or with an EIP-1193 error object.
    pub(crate) async fn answer(&self, method: &str, params: Value) -> Result<Result<Value, Value>> {
        let account = self.account();
        match method {
            "eth_requestAccounts" | "eth_accounts" => Ok(Ok(json!([account]))),
            "eth_sendTransaction" | "eth_signTypedData_v4" | "personal_sign" => {
                let answer = self.with(|state| {
                    state.prompts.push(method.to_owned());
                    state.answers.pop_front().unwrap_or(Answer::Approve)
                });
                let mut params = params;
                match answer {
                    Answer::Reject => {
                        return Ok(Err(
                            json!({ "code": 4001, "message": "User rejected the request." }),
                        ));
                    }
                    Answer::SignAs(other) => {
                        if let Some(signer) = params.get_mut(0) {
                            *signer = json!(other);
                        }
                    }
                    Answer::Later => self.person_is_back.notified().await,
                    Answer::Approve => {}
                }
                if method == "eth_sendTransaction" {
                    let transaction = params.get(0).cloned().unwrap_or_default();
                    return self.chain.send_with_margin(transaction).await;
                }
                self.chain.request(method, params).await
            }
            _ => self.chain.request(method, params).await,
        }
    }

    /// The script that puts the provider into every document before the page's own code runs.
    pub(crate) const PROVIDER: &'static str = r#"
(() => {
  const waiting = new Map();
  const listeners = new Map();
  let next = 1;
  globalThis.__walletAnswer = (id, error, result) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(Object.assign(new Error(error.message), error)); else resolve(result);
  };
  globalThis.__walletEmit = (event, value) => (listeners.get(event) ?? []).forEach((listener) => listener(value));
  const provider = {
    isTestWallet: true,
    request: ({ method, params }) => new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      globalThis.__walletRequest(JSON.stringify({ id, method, params: params ?? [] }));
    }),
    on: (event, listener) => { listeners.set(event, [...(listeners.get(event) ?? []), listener]); },
    removeListener: (event, listener) => { listeners.set(event, (listeners.get(event) ?? []).filter((one) => one !== listener)); },
  };
  const info = Object.freeze({
    uuid: '5b0c7d52-7a0e-4a1c-9e0e-3f1f6f6f0001',
    name: 'Journey Wallet',
    icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    rdns: 'example.journey.wallet',
  });
  const announce = () => globalThis.dispatchEvent(
    new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }));
  globalThis.addEventListener('eip6963:requestProvider', announce);
  globalThis.ethereum = provider;
  announce();
})();
"#;
}
