//! `/api/v1/session`: signing in, who one is, signing out.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use phase8_shared::api::{OpenSession, Problem, SessionView, SignIn, SignInNonce};

use crate::http::access::{self, Site};
use crate::http::error::ApiError;
use crate::http::extract::Json;
use crate::http::state::AppState;
use crate::session::{Credentials, Opened, hash_of};

/// Who asks, and what that lets them do now: roles are read from the chain as it is.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses(
    (status = 200, body = SessionView),
    (status = 503, description = "`endpoints_disagree`, `chain_unreachable`: roles cannot be read", body = Problem),
))]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Json<SessionView>, ApiError> {
    let known = state.sessions.visitor(access::credentials(&headers)).await;
    let visitor = match known {
        Ok(visitor) => visitor,
        // A session that is over is told as nobody's, so that the page shows where to sign in.
        Err(error) if error.code().status() == 401 => state.sessions.nobody(),
        Err(error) => return Err(error.into()),
    };
    Ok(Json(state.sessions.view(&visitor)))
}

/// What a message to sign in must carry. It is good for one signing in, on this server, for ten minutes.
#[utoipa::path(post, path = "/api/v1/session/nonce", tag = "session", responses(
    (status = 200, body = SignInNonce),
    (status = 503, description = "`busy`: too many people sign in at this moment", body = Problem),
))]
pub(in crate::http) async fn nonce(
    State(state): State<AppState>,
) -> Result<Json<SignInNonce>, ApiError> {
    Ok(Json(state.sessions.nonce().await?))
}

/// Signs in with a wallet: a message of EIP-4361, signed with the account's key or accepted by the contract (EIP-1271). The
/// answer sets the session's cookie.
#[utoipa::path(post, path = "/api/v1/session/wallet", tag = "session", request_body = SignIn, responses(
    (status = 200, body = SessionView),
    (status = 403, description = "`foreign_domain`: it was signed for another site", body = Problem),
    (status = 409, description = "`sign_in_nonce_used`: the nonce was used, is too old, or is not this server's", body = Problem),
    (status = 422, description = "`sign_in_refused`, `foreign_chain`, `bad_signature`", body = Problem),
))]
pub(in crate::http) async fn wallet(
    State(state): State<AppState>,
    headers: HeaderMap,
    Json(asked): Json<SignIn>,
) -> Result<impl IntoResponse, ApiError> {
    let site = Site::of(&headers)?;
    let opened = state.sessions.sign_in(&asked.message, &asked.signature, &site.domain).await?;
    answer(&state, &headers, &site, &opened).await
}

/// Opens a link for reading one mission. The answer sets the session's cookie.
#[utoipa::path(post, path = "/api/v1/session/link", tag = "session", request_body = OpenSession, responses(
    (status = 200, body = SessionView),
    (status = 401, description = "`link_refused`: unknown, expired or revoked", body = Problem),
))]
pub(in crate::http) async fn link(
    State(state): State<AppState>,
    headers: HeaderMap,
    Json(asked): Json<OpenSession>,
) -> Result<impl IntoResponse, ApiError> {
    let opened = state.sessions.open_link(&asked.token).await?;
    answer(&state, &headers, &Site::of(&headers)?, &opened).await
}

/// Signs in with the access key of the machine that the server runs on. The answer sets the session's cookie.
#[utoipa::path(post, path = "/api/v1/session/key", tag = "session", request_body = OpenSession, responses(
    (status = 200, body = SessionView),
    (status = 401, description = "`key_refused`", body = Problem),
))]
pub(in crate::http) async fn key(
    State(state): State<AppState>,
    headers: HeaderMap,
    Json(asked): Json<OpenSession>,
) -> Result<impl IntoResponse, ApiError> {
    let opened = state.sessions.open_key(&asked.token).await?;
    answer(&state, &headers, &Site::of(&headers)?, &opened).await
}

/// Signs out: the session is over, and its event streams end. Again is as once.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204)))]
pub(in crate::http) async fn end(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    end_of(&state, &headers).await?;
    let cookie = access::forgotten(&Site::of(&headers)?)?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]))
}

async fn end_of(state: &AppState, headers: &HeaderMap) -> Result<(), ApiError> {
    match access::credentials(headers).session {
        Some(session) => Ok(state.sessions.end(session).await?),
        None => Ok(()),
    }
}

/// The cookie, and who one is now. The session that the browser had before is over.
async fn answer(
    state: &AppState,
    headers: &HeaderMap,
    site: &Site,
    opened: &Opened,
) -> Result<(AppendHeaders<[(axum::http::HeaderName, HeaderValue); 1]>, Json<SessionView>), ApiError>
{
    end_of(state, headers).await?;
    let session = Some(hash_of(opened.token.expose()));
    let visitor = state.sessions.visitor(Credentials { session, key: None }).await?;
    let cookie = access::kept(site, opened)?;
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Json(state.sessions.view(&visitor))))
}
