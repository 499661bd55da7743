//! What became of signed flips: asked of the server, which follows transactions by sender and nonce, and of the chain.

use alloy_primitives::B256;
use phase8_shared::api::{
    OperationState, ProblemCode, ReadRequest, RequestState, TransactionStatus, TransactionView,
};

use crate::api::{self, ClientError};
use crate::lever::desk::Desk;
use crate::lever::flip::{Flip, Progress, Track};
use crate::lever::place::Place;

/// What is new about a flip.
#[derive(Debug, Clone, PartialEq, Eq)]
struct News {
    progress: Progress,
    note: Option<String>,
}

/// Whether the server is asked about a flip.
pub(super) const fn is_followed(flip: &Flip) -> bool {
    matches!(
        flip.progress,
        Progress::Signed { .. } | Progress::Sent { .. } | Progress::Confirmed { .. }
    )
}

/// Asks about every flip that is signed and not over.
pub(super) async fn follow(desk: Desk) {
    use leptos::prelude::*;
    let under_way: Vec<(Place, Flip)> = desk.flips.with_untracked(|flips| {
        flips
            .iter()
            .filter(|(_, flip)| is_followed(flip))
            .map(|(place, flip)| (place.clone(), flip.clone()))
            .collect()
    });
    for (place, flip) in under_way.into_iter().filter(|(_, flip)| !rests(desk, flip)) {
        let Some(track) = flip.track() else { continue };
        let Ok(mut news) = became_of(track, &flip.progress).await else { continue };
        if let Progress::Confirmed { track, block } = &news.progress
            && let Some(read) = in_force(desk, &flip, *block).await
        {
            news.progress = Progress::Read { track: track.clone(), block: read };
        }
        if news.progress == flip.progress && (news.note.is_none() || news.note == flip.note) {
            continue;
        }
        desk.flips.update(|flips| {
            // Another flip may have taken its place meanwhile; that one has its own news.
            if let Some(found) = flips.get_mut(&place).filter(|found| **found == flip) {
                found.progress = news.progress;
                found.note = news.note.or(found.note.take());
            }
        });
        desk.governance.refresh();
    }
}

/// Whether a flip waits in the timelock, or was cancelled there: the index of governance tells what becomes of it.
fn rests(desk: Desk, flip: &Flip) -> bool {
    use leptos::prelude::*;
    let (Progress::Confirmed { .. }, Some(id)) = (&flip.progress, flip.operation) else {
        return false;
    };
    desk.governance.known().with_untracked(|view| {
        // The newest comes first: what was cancelled and scheduled again has the same id.
        let found = view.iter().flat_map(|view| &view.operations).find(|one| one.id == id);
        found.is_some_and(|operation| !matches!(operation.state, OperationState::Done { .. }))
    })
}

/// Looks again at flips that are over: a reorganisation may have taken one back that is in force, a wallet may have sent
/// one again that was dropped, and what somebody else changed since is not shown as this flip's doing.
pub(super) async fn look_again(desk: Desk) {
    use leptos::prelude::*;
    let over: Vec<(Place, Flip)> = desk.flips.with_untracked(|flips| {
        let over = flips.iter().filter(|(_, flip)| flip.is_read() || flip.is_failed());
        over.map(|(place, flip)| (place.clone(), flip.clone())).collect()
    });
    for (place, flip) in over.iter().filter(|(_, flip)| flip.operation.is_none()) {
        let Some(track) = flip.track() else { continue };
        let news = match track.current().filter(|_| flip.is_read()) {
            Some(hash) => api::transaction(hash).await.map(|view| of_transaction(track, &view)),
            None => became_of(track, &flip.progress).await,
        };
        let Ok(news) = news else { continue };
        if is_other_end(&flip.progress, &news.progress) {
            desk.flips.update(|flips| {
                if let Some(found) = flips.get_mut(place).filter(|found| *found == flip) {
                    found.progress = news.progress;
                    found.note = news.note;
                }
            });
        }
    }
    forget_past(desk, &over).await;
}

/// Whether a second look at a flip that is over tells another end, or that it is under way again.
const fn is_other_end(known: &Progress, news: &Progress) -> bool {
    match news {
        Progress::Sent { .. } => true,
        Progress::Failed { .. } => matches!(known, Progress::Read { .. }),
        Progress::Confirmed { .. } => matches!(known, Progress::Failed { .. }),
        Progress::Proposed { .. }
        | Progress::Asking { .. }
        | Progress::Signed { .. }
        | Progress::Read { .. } => false,
    }
}

/// Clears a flip that is over so that the next can be made, unless the chain says otherwise of its transaction: what looks
/// like somebody else's doing is a reorganisation then, or what was dropped and sent again. The server tells as soon as it
/// sees it.
pub(super) async fn give_way(desk: Desk, place: &Place) {
    use leptos::prelude::*;
    let Some(flip) = desk.flips.with_untracked(|flips| flips.get(place).cloned()) else { return };
    if ended_otherwise(&flip).await {
        return look_again(desk).await;
    }
    desk.flips.update(|flips| {
        if flips.get(place) == Some(&flip) {
            flips.remove(place);
        }
    });
}

/// Whether the chain has the transaction of a flip that failed, or no longer has that of another.
async fn ended_otherwise(flip: &Flip) -> bool {
    let Some(track) = flip.track() else { return false };
    // What took the nonce of a cancelled transaction is no part of the flip.
    let hash = if flip.is_failed() { track.hash } else { track.current() };
    let Some(hash) = hash else { return false };
    let Ok(receipt) = api::receipt(hash).await else { return false };
    receipt.is_some_and(|receipt| receipt.status.to::<u64>() == 1) == flip.is_failed()
}

/// One read for all of them, as far as they fit into it.
async fn forget_past(desk: Desk, flips: &[(Place, Flip)]) {
    use leptos::prelude::*;
    let mut calls = Vec::new();
    let mut asked = Vec::new();
    for (place, flip) in flips.iter().filter(|(_, flip)| flip.is_read() && !flip.expect.is_empty())
    {
        if calls.len().saturating_add(flip.expect.len()) <= ReadRequest::MAX_CALLS {
            calls.extend(flip.expect.iter().map(|expected| expected.call.clone()));
            asked.push((place, flip));
        }
    }
    if asked.is_empty() {
        return;
    }
    let Ok(answer) = desk.read(&ReadRequest::of(calls)).await else { return };
    let mut answers = answer.before.iter();
    for (place, flip) in asked {
        let Progress::Read { block, .. } = flip.progress else { continue };
        // Every flip takes its answers off the row, whether they still fit or not.
        let fitting = flip.expect.iter().filter(|expected| expected.fits(answers.next())).count();
        if fitting < flip.expect.len() && answer.block > block && !ended_otherwise(flip).await {
            desk.flips.update(|flips| {
                if flips.get(place) == Some(flip) {
                    flips.remove(place);
                }
            });
        }
    }
}

/// The block at which a reading shows the flip in force.
async fn in_force(desk: Desk, flip: &Flip, block: u64) -> Option<u64> {
    use leptos::prelude::*;
    let block = match flip.operation {
        None => block,
        Some(id) => desk.governance.known().with_untracked(|view| {
            let operation = view.as_ref()?.operations.iter().find(|one| one.id == id)?;
            match &operation.state {
                OperationState::Done { evidence } => Some(evidence.block_number),
                OperationState::Waiting {} | OperationState::Cancelled { .. } => None,
            }
        })?,
    };
    if flip.expect.is_empty() {
        return Some(block);
    }
    let calls = flip.expect.iter().map(|expected| expected.call.clone()).collect();
    let answer = desk.read(&ReadRequest::of(calls)).await.ok()?;
    let all =
        flip.expect.iter().zip(&answer.before).all(|(expected, found)| expected.fits(Some(found)));
    (all && answer.block >= block).then_some(answer.block)
}

async fn became_of(track: &Track, known: &Progress) -> Result<News, ClientError> {
    if let Some(digest) = track.digest {
        return match api::request(digest).await {
            Ok(view) => {
                let mut news = of_request(track, view.state);
                // What the chain did to the transaction that carries it is told by the transaction.
                if let Some(carrier) = view.transaction
                    && let Ok(carrier) = api::transaction(carrier).await
                {
                    news.note = of_transaction(track, &carrier).note.or(news.note);
                }
                Ok(news)
            }
            // It is stored before the server answers, so what it does not know never reached it, and nobody has it.
            Err(error) if error.code() == Some(ProblemCode::NotFound) => {
                let why = "the signature never reached the server, and was not kept: sign again";
                let progress = Progress::Failed { track: track.clone(), why: why.to_owned() };
                Ok(News { progress, note: None })
            }
            Err(error) => Err(error),
        };
    }
    let Some(hash) = track.hash else {
        return Ok(News { progress: known.clone(), note: None });
    };
    match api::transaction(hash).await {
        Ok(view) => Ok(of_transaction(track, &view)),
        Err(error) if error.code() == Some(ProblemCode::NotFound) => {
            // The server has not heard of it yet, as after a restart without its storage.
            let _ = api::watch(hash).await;
            seen_by_chain(track, hash, known).await
        }
        Err(error) => Err(error),
    }
}

async fn seen_by_chain(track: &Track, hash: B256, known: &Progress) -> Result<News, ClientError> {
    let track = track.clone();
    let Some(receipt) = api::receipt(hash).await? else {
        return Ok(News { progress: known.clone(), note: None });
    };
    let block = receipt.block_number.to();
    let progress = if receipt.status.to::<u64>() == 1 {
        Progress::Confirmed { track, block }
    } else {
        Progress::Failed {
            track,
            why: format!("the contract refused it in block {block}; nothing changed"),
        }
    };
    Ok(News { progress, note: None })
}

/// What a relayed request's state means for its flip.
fn of_request(track: &Track, state: RequestState) -> News {
    let carried = |transaction| Track { carrier: Some(transaction), ..track.clone() };
    let failed = |why: String| Progress::Failed { track: track.clone(), why };
    let mut note = None;
    let progress = match state {
        RequestState::Outstanding { reason } => {
            note = reason.map(|reason| {
                format!("Signed, and not sent: {reason}. Whoever has the signature can still use it until its deadline.")
            });
            Progress::Signed { track: track.clone() }
        }
        RequestState::Sent { transaction } => Progress::Sent { track: carried(transaction) },
        RequestState::Included { transaction, block } => {
            Progress::Confirmed { track: carried(transaction), block }
        }
        RequestState::Failed { reason } => failed(format!(
            "the transaction that carried it reverted: {reason}. The signature can still be used until its deadline"
        )),
        RequestState::Expired => {
            failed("its deadline passed before it was carried out; nothing changed".to_owned())
        }
        RequestState::Void => {
            failed("the owner's nonce moved past it, so the signature is worth nothing".to_owned())
        }
    };
    News { progress, note }
}

/// What a transaction's state means for its flip.
fn of_transaction(track: &Track, view: &TransactionView) -> News {
    let track = Track { carrier: view.replaced_by.or(track.carrier), ..track.clone() };
    let mut notes = Vec::new();
    if view.taken_back > 0 {
        let from =
            view.taken_back_from.map(|block| format!(" from block {block}")).unwrap_or_default();
        let taken = format!("A reorganisation of the chain took it back{from}");
        notes.push(if view.status.is_open() {
            format!("{taken}. It waits for a block again.")
        } else if view.status.succeeded_in().is_some() {
            format!("{taken}; it was included again.")
        } else {
            format!("{taken}.")
        });
    }
    if let (Some(other), Some(_)) = (view.replaced_by, view.status.succeeded_in()) {
        notes.push(format!("It was sped up: the same call went through as {other}."));
    }
    let failed = |track: Track, why: String| Progress::Failed { track, why };
    let progress = match &view.status {
        TransactionStatus::Stored => Progress::Signed { track },
        TransactionStatus::Sent => Progress::Sent { track },
        TransactionStatus::Included { block }
        | TransactionStatus::Safe { block }
        | TransactionStatus::Final { block } => Progress::Confirmed { track, block: *block },
        TransactionStatus::Reverted { block, reason } => failed(
            track,
            format!("the contract refused it in block {block}: {reason}. Nothing changed"),
        ),
        TransactionStatus::Replaced {} => {
            let why = view.replaced_by.map_or_else(
                || "it was cancelled: its nonce went to another call".to_owned(),
                |other| format!("it was cancelled: its nonce went to another call, {other}"),
            );
            failed(track, why)
        }
        TransactionStatus::Refused { reason } => {
            failed(track, format!("the chain refused to take it: {reason}"))
        }
    };
    News { progress, note: (!notes.is_empty()).then(|| notes.join(" ")) }
}

#[cfg(test)]
mod tests;
