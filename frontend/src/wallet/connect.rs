//! Finding wallets, connecting, reconnecting, and hearing of it when account or chain change.

use alloy_primitives::{Address, U64};
use leptos::prelude::*;
use serde_json::{Value, json};

use crate::format;
use crate::storage::{self, Key};
use crate::ui::Tone;
use crate::wallet::ethereum::{self, Provider};
use crate::wallet::{Choice, Connection, Offered, Wallet, WalletError, rehearsal};

/// `rdns` of the wallet at `window.ethereum`, which has none.
const FALLBACK: &str = "";

impl Wallet {
    /// Looks for wallets and reconnects the remembered one.
    pub(super) fn start(self) {
        let remembered: Option<Choice> = storage::recall(Key::Wallet);
        let wanted = match &remembered {
            Some(Choice::Browser { rdns }) => Some(rdns.clone()),
            _ => None,
        };
        let resume = Action::new_local(move |rdns: &String| self.resume(rdns.clone()));
        ethereum::discover(move |announced| {
            let rdns = announced.rdns.clone();
            self.offer(announced.rdns, announced.name, announced.provider);
            if wanted.as_ref() == Some(&rdns) {
                resume.dispatch(rdns);
            }
        });
        // Wallets answer the request at once; what is at `window.ethereum` counts only when none did.
        if self.offered.with_untracked(Vec::is_empty)
            && let Some(provider) = Provider::fallback()
        {
            self.offer(FALLBACK.to_owned(), "Browser wallet".to_owned(), provider);
            if matches!(&remembered, Some(Choice::Browser { .. })) {
                resume.dispatch(FALLBACK.to_owned());
            }
        }
        if let Some(Choice::Rehearsal { address }) = remembered {
            self.resume_rehearsal(address);
        }
    }

    fn offer(self, rdns: String, name: String, provider: Provider) {
        self.providers.update_value(|providers| {
            providers.insert(rdns.clone(), provider);
        });
        self.offered.update(|offered| {
            if !offered.iter().any(|other| other.rdns == rdns) {
                offered.push(Offered { rdns, name });
            }
        });
    }

    /// Reconnects without a prompt: only if the wallet still lets the page see an account.
    async fn resume(self, rdns: String) {
        let Some(provider) = self.provider(&rdns) else { return };
        let Ok(answer) = provider.request("eth_accounts", &json!([])).await else { return };
        if let Some(account) = accounts_of(&answer).first().copied() {
            self.connected(rdns, account, provider).await;
        }
    }

    /// The development chain's accounts are known only once the server has answered.
    fn resume_rehearsal(self, address: Address) {
        let deployment = self.system.deployment();
        // Touches what the browser remembered, once, as soon as the server's accounts are known.
        Effect::new(move |done: Option<bool>| {
            if done == Some(true) || self.connection.with_untracked(Option::is_some) {
                return true;
            }
            deployment.with(|deployment| match deployment {
                None => false,
                Some(deployment) => {
                    if rehearsal::accounts(deployment)
                        .iter()
                        .any(|account| account.address == address)
                    {
                        self.connect_rehearsal(address);
                    }
                    true
                }
            })
        });
    }

    /// Connects with a prompt in the wallet.
    pub(super) async fn connect_browser(self, rdns: String) -> Result<(), WalletError> {
        let provider = self.provider(&rdns).ok_or(WalletError::NotConnected)?;
        let answer = provider.request("eth_requestAccounts", &json!([])).await?;
        let account = accounts_of(&answer).first().copied().ok_or(WalletError::Locked)?;
        self.connected(rdns, account, provider).await;
        Ok(())
    }

    /// Connects an account of the development chain.
    pub(crate) fn connect_rehearsal(self, address: Address) {
        let Some(deployment) = self.system.deployment().get_untracked() else { return };
        let Some(account) =
            rehearsal::accounts(&deployment).iter().find(|account| account.address == address)
        else {
            return;
        };
        self.listeners.set_value(Vec::new());
        let choice = Choice::Rehearsal { address };
        storage::remember(Key::Wallet, &choice);
        self.tell_account(address);
        self.connection.set(Some(Connection {
            choice,
            label: account.name.clone(),
            account: address,
            chain_id: Some(deployment.chain_id),
        }));
    }

    /// Lets go of the wallet and forgets the choice.
    pub(super) fn disconnect(self) {
        storage::forget(Key::Wallet);
        self.listeners.set_value(Vec::new());
        self.connection.set(None);
        self.toasts
            .say(Tone::Off, "Disconnected. What was not signed is void; what was sent goes on.");
    }

    async fn connected(self, rdns: String, account: Address, provider: Provider) {
        let chain_id = chain_of(&provider).await.ok();
        let offered =
            self.offered.with_untracked(|all| all.iter().find(|one| one.rdns == rdns).cloned());
        let label = offered.map_or_else(|| "Browser wallet".to_owned(), |offered| offered.name);
        self.listen(&provider);
        let choice = Choice::Browser { rdns };
        storage::remember(Key::Wallet, &choice);
        self.tell_account(account);
        self.connection.set(Some(Connection { choice, label, account, chain_id }));
    }

    /// Says aloud that another account takes over, if one was connected before.
    fn tell_account(self, account: Address) {
        let before = self.connection.with_untracked(|it| it.as_ref().map(|it| it.account));
        if before.is_some_and(|before| before != account) {
            self.toasts.say(Tone::Warn, account_words(account));
        }
    }

    /// Account and chain may change under the page; it says so, and never goes on with the old ones.
    fn listen(self, provider: &Provider) {
        let accounts = provider.listen("accountsChanged", move |payload| {
            match accounts_of(&payload).first().copied() {
                None => {
                    self.connection.try_set(None);
                    self.toasts.say(Tone::Warn, LOCKED);
                }
                Some(account) => {
                    let changed = self.connection.try_update(|it| match it {
                        Some(it) if it.account != account => {
                            it.account = account;
                            true
                        }
                        _ => false,
                    });
                    if changed == Some(true) {
                        self.toasts.say(Tone::Warn, account_words(account));
                    }
                }
            }
        });
        let chain = provider.listen("chainChanged", move |payload| {
            let Some(found) = chain_in(&payload) else { return };
            self.connection.try_update(|it| {
                if let Some(it) = it {
                    it.chain_id = Some(found);
                }
            });
            let expected =
                self.system.deployment().get_untracked().map(|deployment| deployment.chain_id);
            let (tone, words) = chain_words(found, expected);
            self.toasts.say(tone, words);
        });
        let gone = provider.listen("disconnect", move |_| self.toasts.say(Tone::Warn, LOST));
        self.listeners.set_value([accounts, chain, gone].into_iter().flatten().collect());
    }
}

/// The wallet shows no account any more.
const LOCKED: &str = "The wallet was locked or disconnected. What it had not signed is void; unlock it and connect again.";

/// The wallet has lost its chain (EIP-1193 `disconnect`).
const LOST: &str =
    "The wallet lost its connection to the chain. Nothing can be sent until it is back.";

/// Another account takes over.
fn account_words(account: Address) -> String {
    format!(
        "You are account {} now. What was being prepared for the other account is void; uploaded files and what was sent are kept.",
        format::short_address(&account)
    )
}

/// The wallet is on another chain now.
fn chain_words(found: u64, expected: Option<u64>) -> (Tone, String) {
    if expected == Some(found) {
        return (Tone::Ok, format!("The wallet is on chain {found} now, as the contracts are."));
    }
    let words = format!(
        "The wallet changed to chain {found}, where the contracts are not. What was being prepared is void: switch back, then propose again."
    );
    (Tone::Warn, words)
}

/// Accounts in a wallet's answer; what is not an address is left out.
pub(super) fn accounts_of(answer: &Value) -> Vec<Address> {
    let list = answer.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|account| account.as_str()?.parse().ok()).collect()
}

/// The chain that the wallet is on, asked of the wallet.
pub(super) async fn chain_of(provider: &Provider) -> Result<u64, WalletError> {
    let answer = provider.request("eth_chainId", &json!([])).await?;
    chain_in(&answer).ok_or_else(|| WalletError::Other("it gave no chain id".to_owned()))
}

/// A chain id as wallets write it: hex text, by some a number.
fn chain_in(answer: &Value) -> Option<u64> {
    answer.as_u64().or_else(|| answer.as_str()?.parse::<U64>().ok().map(|id| id.to::<u64>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_wallet_answers_is_read_with_care() {
        let account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

        assert_eq!(
            accounts_of(&json!([account, "no address", 7])),
            [account.parse::<Address>().unwrap()]
        );
        assert_eq!(accounts_of(&json!({ "accounts": [] })), Vec::<Address>::new());
        for (answer, chain) in [
            (json!("0x7a69"), Some(31_337)),
            (json!("31337"), Some(31_337)),
            (json!(31_337), Some(31_337)),
            (json!("x"), None),
        ] {
            assert_eq!(chain_in(&answer), chain, "{answer}");
        }
    }

    #[test]
    fn a_change_of_account_or_chain_says_what_is_void() {
        let words = account_words(Address::repeat_byte(0xab));
        assert!(words.starts_with("You are account 0xABaB…ABaB now."), "{words}");
        assert!(words.contains("is void"));

        assert_eq!(chain_words(31_337, Some(31_337)).0, Tone::Ok);
        let (tone, words) = chain_words(1, Some(31_337));
        assert_eq!(tone, Tone::Warn);
        assert!(words.contains("chain 1") && words.contains("is void"), "{words}");
        assert!(LOCKED.contains("unlock") && LOST.contains("connection"));
    }
}
