//! The connected wallet: which account, on which chain, and the only two things it is asked for: to send a call, and to
//! sign typed data.

mod connect;
mod describe;
mod error;
mod ethereum;
mod network;
mod picker;
mod prompt;
pub(crate) mod rehearsal;

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes};
use leptos::prelude::*;
use phase8_shared::chain::{Call, Deployment};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::System;
use crate::ui::{Toasts, use_toasts};
use crate::wallet::ethereum::{Listener, Provider};
use crate::wallet::prompt::Prompter;

pub(crate) use crate::wallet::describe::{Described, describe};
pub(crate) use crate::wallet::error::WalletError;
pub(crate) use crate::wallet::picker::{WalletButton, WalletDialogs};

/// Which wallet was chosen; remembered by the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Choice {
    /// A wallet in the browser.
    Browser {
        /// Stable name of the wallet program; empty for `window.ethereum`.
        rdns: String,
    },
    /// An account of the development chain.
    Rehearsal {
        /// Which one.
        address: Address,
    },
}

/// A connected wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Connection {
    choice: Choice,
    label: String,
    account: Address,
    chain_id: Option<u64>,
}

/// A wallet that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Offered {
    rdns: String,
    name: String,
}

/// The wallet of this page.
#[derive(Clone, Copy)]
pub(crate) struct Wallet {
    system: System,
    connection: RwSignal<Option<Connection>>,
    offered: RwSignal<Vec<Offered>>,
    providers: StoredValue<BTreeMap<String, Provider>, LocalStorage>,
    listeners: StoredValue<Vec<Listener>, LocalStorage>,
    picker: RwSignal<bool>,
    prompter: Prompter,
    toasts: Toasts,
}

/// The endpoint that a wallet reads the chain through: the person's own choice, and not this server's.
pub(crate) struct WalletEndpoint {
    /// Name of the wallet.
    pub(crate) name: String,
    provider: Provider,
}

impl WalletEndpoint {
    /// Asks it.
    pub(crate) async fn read(&self, method: &str, params: &Value) -> Result<Value, WalletError> {
        self.provider.request(method, params).await
    }
}

/// The wallet of this page.
pub(crate) fn use_wallet() -> Wallet {
    use_context().unwrap_or_else(|| Wallet::provide(crate::api::use_system_handle()))
}

impl Wallet {
    /// Looks for wallets, reconnects the remembered one silently, and makes the wallet known to every part of the page.
    pub(crate) fn provide(system: System) -> Self {
        let wallet = Self {
            system,
            connection: RwSignal::new(None),
            offered: RwSignal::new(Vec::new()),
            providers: StoredValue::new_local(BTreeMap::new()),
            listeners: StoredValue::new_local(Vec::new()),
            picker: RwSignal::new(false),
            prompter: Prompter::new(),
            toasts: use_toasts(),
        };
        provide_context(wallet);
        wallet.start();
        wallet
    }

    /// The connected account.
    pub(crate) fn account(self) -> Signal<Option<Address>> {
        let connection = self.connection;
        Memo::new(move |_| connection.with(|it| it.as_ref().map(|it| it.account))).into()
    }

    /// The chain that the wallet is on.
    pub(crate) fn chain_id(self) -> Signal<Option<u64>> {
        let connection = self.connection;
        Memo::new(move |_| connection.with(|it| it.as_ref().and_then(|it| it.chain_id))).into()
    }

    /// Name of the wallet, or of the rehearsal account.
    pub(crate) fn label(self) -> Signal<Option<String>> {
        let connection = self.connection;
        Memo::new(move |_| connection.with(|it| it.as_ref().map(|it| it.label.clone()))).into()
    }

    /// Whether the wallet is on the chain of the contracts.
    pub(crate) fn is_right_chain(self) -> Signal<bool> {
        let (chain, deployment) = (self.chain_id(), self.system.deployment());
        Memo::new(move |_| {
            let expected = deployment
                .with(|deployment| deployment.as_ref().map(|deployment| deployment.chain_id));
            expected.is_some() && chain.get() == expected
        })
        .into()
    }

    /// Chain and contracts that the wallet is asked to sign for.
    pub(crate) const fn deployment(self) -> Memo<Option<Deployment>> {
        self.system.deployment()
    }

    /// Shows the list of wallets.
    pub(crate) fn open_picker(&self) {
        self.picker.set(true);
    }

    /// Asks the wallet to send a call. The chain is read from the wallet once more before it is asked.
    pub(crate) async fn send(&self, call: &Call) -> Result<B256, WalletError> {
        let connection = self.connection.get_untracked().ok_or(WalletError::NotConnected)?;
        let deployment =
            self.system.deployment().get_untracked().ok_or(WalletError::Disconnected)?;
        let described = describe(call, &deployment.contracts).ok_or(WalletError::NotDecoded)?;
        let from = connection.account;
        match &connection.choice {
            Choice::Rehearsal { .. } => {
                // The person is asked first, as every wallet does: what the chain must be asked comes after.
                self.prompter.ask_about_call(&connection.label, from, described, call).await?;
                let transaction = rehearsal::prepare(from, call).await?;
                rehearsal::sign_and_send(&transaction).await
            }
            Choice::Browser { rdns } => {
                let provider = self.ready(rdns, &connection, deployment.chain_id).await?;
                let request =
                    json!([{ "from": from, "to": call.to, "data": call.data, "value": "0x0" }]);
                let hash = provider.request("eth_sendTransaction", &request).await?;
                serde_json::from_value(hash)
                    .map_err(|_| WalletError::Other("it gave no transaction hash".to_owned()))
            }
        }
    }

    /// Asks the wallet for an EIP-712 signature.
    pub(crate) async fn sign_typed_data(&self, data: &Value) -> Result<Bytes, WalletError> {
        let connection = self.connection.get_untracked().ok_or(WalletError::NotConnected)?;
        let deployment =
            self.system.deployment().get_untracked().ok_or(WalletError::Disconnected)?;
        match &connection.choice {
            Choice::Rehearsal { .. } => {
                self.prompter
                    .ask_about_typed_data(&connection.label, connection.account, data)
                    .await?;
                rehearsal::sign_typed_data(connection.account, data).await
            }
            Choice::Browser { rdns } => {
                let provider = self.ready(rdns, &connection, deployment.chain_id).await?;
                let request = json!([connection.account, data.to_string()]);
                let signature = provider.request("eth_signTypedData_v4", &request).await?;
                serde_json::from_value(signature)
                    .map_err(|_| WalletError::Other("it gave no signature".to_owned()))
            }
        }
    }

    /// Asks the wallet to sign a text (EIP-191), which proves the account and nothing else. The rehearsal wallet does not ask
    /// the person again, since nothing but signing in is ever signed this way.
    pub(crate) async fn sign_message(
        &self,
        account: Address,
        text: &str,
    ) -> Result<Bytes, WalletError> {
        let connection = self.connection.get_untracked().ok_or(WalletError::NotConnected)?;
        if connection.account != account {
            return Err(WalletError::AccountChanged);
        }
        let request = json!([Bytes::copy_from_slice(text.as_bytes()), account]);
        let signature = match &connection.choice {
            Choice::Rehearsal { .. } => crate::api::rpc("personal_sign", request).await?,
            Choice::Browser { rdns } => {
                let provider = self.provider(rdns).ok_or(WalletError::NotConnected)?;
                provider.request("personal_sign", &request).await?
            }
        };
        serde_json::from_value(signature)
            .map_err(|_| WalletError::Other("it gave no signature".to_owned()))
    }

    /// The provider, if it is on the right chain and still has the account right now, asked of itself.
    async fn ready(
        self,
        rdns: &str,
        connection: &Connection,
        expected: u64,
    ) -> Result<Provider, WalletError> {
        let provider = self.provider(rdns).ok_or(WalletError::NotConnected)?;
        let found = connect::chain_of(&provider).await?;
        self.connection.update(|it| {
            if let Some(it) = it {
                it.chain_id = Some(found);
            }
        });
        if found != expected {
            return Err(WalletError::WrongChain { found, expected });
        }
        let accounts = connect::accounts_of(&provider.request("eth_accounts", &json!([])).await?);
        match accounts.first() {
            None => Err(WalletError::Locked),
            Some(_) if !accounts.contains(&connection.account) => Err(WalletError::AccountChanged),
            Some(_) => Ok(provider),
        }
    }

    /// The connected wallet's own endpoint, if it is on this chain. The rehearsal wallet has none: it asks the server.
    pub(crate) async fn endpoint_on(self, chain_id: u64) -> Option<WalletEndpoint> {
        let connection = self.connection.get_untracked()?;
        let Choice::Browser { rdns } = &connection.choice else { return None };
        let provider = self.provider(rdns)?;
        let found = connect::chain_of(&provider).await.ok()?;
        (found == chain_id).then_some(WalletEndpoint { name: connection.label, provider })
    }

    fn provider(self, rdns: &str) -> Option<Provider> {
        self.providers.with_value(|providers| providers.get(rdns).cloned())
    }
}
