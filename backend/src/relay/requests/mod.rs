//! Requests that the owner signed and this server's wallet carries to the chain, so that the owner pays no gas. The EIP-712
//! digest names a request: the same one again, at once or after a restart, is as once.

mod check;
mod error;
mod follow;
mod store;

use alloy::primitives::{B256, U256};
use phase8_shared::api::{RequestState, RequestView, SubmitRequest, TransactionStatus};
use phase8_shared::chain::OwnerRequest;
use tracing::info;

use super::transactions::{Draft, LIST_LIMIT, Prices, Relay, Stored, claim, latest_for};
use super::{RelayError, StorageError};

pub use self::error::RequestError;
pub(super) use self::store::unsettled;
use self::store::{Ended, Row};

impl Relay {
    /// Relays a request that the owner signed. Sending it again is the same as once, while nothing is known to have gone
    /// wrong; if something has, it is tried again.
    pub async fn request(&self, submitted: SubmitRequest) -> Result<RequestView, RequestError> {
        let request = self.read(&submitted)?;
        let digest = request.digest_in(self.inner.door);
        let instance = self.instance().await.map_err(RelayError::from)?;
        if let Some(view) = self.known(instance, digest).await?
            && !may_try_again(&view.state)
        {
            return Ok(view);
        }
        // Other servers may sign with the same wallet: from the look at its nonce until it is sent, they wait.
        let turn = self.turn_soon().await;
        let checked = self.check(&request, digest, &submitted.signature).await;
        let checked = match checked {
            Ok(checked) => checked,
            // While it was looked at, another copy of it may have been carried out, or ended.
            Err(error) => {
                return match self.known(instance, digest).await? {
                    Some(view) if !may_try_again(&view.state) => Ok(view),
                    Some(_) | None => Err(error),
                };
            }
        };
        let row = Row {
            digest,
            target: request.target,
            data: request.data.clone(),
            nonce: request.nonce,
            deadline: request.deadline,
            signature: checked.signature.clone(),
            signer: checked.owner,
            call: checked.words.clone(),
            reason: None,
            ended: None,
            settled: false,
            accepted_at: self.now(),
        };
        let draft = Draft {
            intent: intent(digest),
            call: request.relayed(checked.signature),
            words: format!("OwnerProxy.executeSigned → {}", checked.words),
        };
        match checked.prices {
            Ok(prices) => {
                let carried = self.carry(instance, row, draft, prices).await;
                if let Some(turn) = turn {
                    turn.end().await;
                }
                carried
            }
            Err(why) => {
                let error = RequestError::NoRelayer(why.clone());
                let row = Row { reason: Some(why), ..row };
                self.db().transact(move |db| store::keep(db, instance, &row)).await?;
                info!(%digest, "request {digest} is outstanding: this server cannot pay for it");
                Err(error)
            }
        }
    }

    /// What became of a request; `None` if it was never sent here.
    pub async fn find_request(&self, digest: B256) -> Result<Option<RequestView>, RelayError> {
        let instance = self.instance().await?;
        Ok(self.known(instance, digest).await?)
    }

    /// The requests sent here last, the newest first.
    pub async fn list_requests(&self) -> Result<Vec<RequestView>, RelayError> {
        let instance = self.instance().await?;
        let list = self.db().note(move |db| {
            let rows = store::list(db, instance, LIST_LIMIT)?.into_iter();
            rows.map(|row| view_of(db, instance, row)).collect::<Result<_, StorageError>>()
        });
        Ok(list.await?)
    }

    fn read(&self, submitted: &SubmitRequest) -> Result<OwnerRequest, RequestError> {
        let expected = self.inner.reader.chain_id();
        if let Some(found) = submitted.chain_id.filter(|found| *found != expected) {
            return Err(RequestError::WrongChain { found, expected });
        }
        Ok(OwnerRequest {
            chain_id: expected,
            proxy: self.inner.reader.contracts().owner_proxy,
            target: submitted.target,
            data: submitted.data.clone(),
            nonce: submitted.nonce,
            deadline: submitted.deadline,
        })
    }

    async fn known(
        &self,
        instance: B256,
        digest: B256,
    ) -> Result<Option<RequestView>, StorageError> {
        self.db()
            .note(move |db| {
                let row = store::find(db, digest)?;
                row.map(|row| view_of(db, instance, row)).transpose()
            })
            .await
    }

    /// Stores the request, its intent, the relayer's nonce and the signed bytes in one database transaction, then sends.
    async fn carry(
        &self,
        instance: B256,
        row: Row,
        draft: Draft,
        prices: Prices,
    ) -> Result<RequestView, RequestError> {
        let Some(relayer) = self.inner.config.relayer.clone() else {
            return Err(RequestError::NoRelayer("there is none".to_owned()));
        };
        let (chain, accepted_at) = ((instance, self.inner.reader.chain_id()), self.now());
        let digest = row.digest;
        let promised = self.db().transact(move |db| {
            // Another copy may have come in between: it is answered, and nothing is sent twice.
            if let Some(known) = store::find(db, digest)? {
                let view = view_of(db, instance, known)?;
                if !may_try_again(&view.state) {
                    return Ok(Promise::Known(Box::new(view)));
                }
            }
            if store::is_rivalled(db, instance, &row)? {
                return Ok(Promise::NonceTaken(row.nonce));
            }
            store::keep(db, instance, &row)?;
            let stored = match claim(db, chain, &relayer, prices, draft, accepted_at)? {
                Ok(stored) => stored,
                Err(error) => return Err(StorageError::Undone(Box::new(error))),
            };
            Ok(Promise::Made(Box::new(row), Box::new(stored)))
        });
        match promised.await? {
            Promise::Known(view) => Ok(*view),
            Promise::NonceTaken(nonce) => Err(RequestError::NonceTaken(nonce)),
            Promise::Made(row, stored) => {
                info!(%digest, hash = %stored.view.hash, call = %row.call, "carrying request {digest}");
                let stored = self.broadcast(*stored).await?;
                Ok(view(*row, Some(&stored)))
            }
        }
    }
}

/// What the database transaction came to.
enum Promise {
    Known(Box<RequestView>),
    NonceTaken(U256),
    Made(Box<Row>, Box<Stored>),
}

/// What a transaction for a request is called: the same text whatever run of the server has it.
fn intent(digest: B256) -> String {
    format!("request:{digest}")
}

/// Whether sending it again is worth an attempt: nothing is on its way, and the signature can still be used.
const fn may_try_again(state: &RequestState) -> bool {
    match state {
        RequestState::Outstanding { .. } | RequestState::Failed { .. } => true,
        RequestState::Sent { .. }
        | RequestState::Included { .. }
        | RequestState::Expired
        | RequestState::Void => false,
    }
}

fn view_of(
    db: &rusqlite::Transaction<'_>,
    instance: B256,
    row: Row,
) -> Result<RequestView, StorageError> {
    let carrier = latest_for(db, instance, &intent(row.digest))?;
    Ok(view(row, carrier.as_ref()))
}

fn view(row: Row, carrier: Option<&Stored>) -> RequestView {
    RequestView {
        digest: row.digest,
        state: state(&row, carrier),
        target: row.target,
        data: row.data,
        call: row.call,
        nonce: row.nonce,
        deadline: row.deadline,
        signer: row.signer,
        accepted_at: row.accepted_at,
        transaction: match row.ended {
            Some(Ended::Carried { by, .. }) => Some(by),
            Some(Ended::Expired | Ended::Void) | None => carrier.map(|stored| stored.view.hash),
        },
    }
}

/// What the transaction that carries it came to decides; if that is nothing, what the chain says of the nonce.
fn state(row: &Row, carrier: Option<&Stored>) -> RequestState {
    let failed = match carrier.map(|stored| (&stored.view, &stored.view.status)) {
        Some((view, TransactionStatus::Stored | TransactionStatus::Sent)) => {
            return RequestState::Sent { transaction: view.hash };
        }
        Some((
            view,
            TransactionStatus::Included { block }
            | TransactionStatus::Safe { block }
            | TransactionStatus::Final { block },
        )) => {
            let transaction = view.replaced_by.unwrap_or(view.hash);
            return RequestState::Included { transaction, block: *block };
        }
        Some((_, TransactionStatus::Reverted { reason, .. })) => {
            Some(RequestState::Failed { reason: reason.clone() })
        }
        Some((_, TransactionStatus::Refused { reason })) => {
            Some(RequestState::Outstanding { reason: Some(reason.clone()) })
        }
        Some((_, TransactionStatus::Replaced {})) => {
            let reason = "the transaction that was to carry it lost its place".to_owned();
            Some(RequestState::Outstanding { reason: Some(reason) })
        }
        None => None,
    };
    match &row.ended {
        Some(Ended::Carried { by, block }) => {
            RequestState::Included { transaction: *by, block: *block }
        }
        Some(Ended::Expired) => RequestState::Expired,
        Some(Ended::Void) => RequestState::Void,
        None => failed.unwrap_or_else(|| RequestState::Outstanding { reason: row.reason.clone() }),
    }
}
