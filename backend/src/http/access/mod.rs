//! Who asks, and whether they may: every route of the API passes here, by the table of [`rules`].

mod cookie;
pub(super) mod rules;

use axum::body::Body;
use axum::extract::{FromRequestParts as _, MatchedPath, RawPathParams, Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use phase8_shared::api::ProblemCode;
use phase8_shared::id::MissionId;
use tokio::time::{Duration, sleep};

pub(super) use self::cookie::{Site, forgotten, kept};
use super::error::ApiError;
use super::headers::is_event_stream;
use super::state::AppState;
use crate::session::{Access, Credentials, SessionError, Sessions, Visitor, hash_of};

/// So often it is asked anew whether whoever reads a stream still may; a session that ends is heard of at once.
const ASK_AGAIN: Duration = Duration::from_secs(2);
/// So many times in a row the chain may be away before a stream ends that its word is needed for.
const MOST_SILENCES: u32 = 15;

impl From<SessionError> for ApiError {
    fn from(error: SessionError) -> Self {
        let code = error.code();
        if code == ProblemCode::Internal {
            return Self::internal(error);
        }
        let mut words = error.to_string();
        // Who said what is what whoever runs the server needs.
        if let SessionError::Roles(_, cause) = &error {
            words = format!("{words}: {cause}");
        }
        Self::new(code, words)
    }
}

/// Lets a request in if the table says so, and tells the handler who asks.
pub(super) async fn admit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match judge(&state, request).await {
        Ok((request, watch)) => watch.over(next.run(request).await),
        Err(error) => {
            let is_unknown = error.problem().status == 401;
            let mut response = error.into_response();
            if is_unknown {
                response.headers_mut().insert(
                    WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer realm=\"Phase 8 Mission Control\""),
                );
            }
            response
        }
    }
}

/// What an open stream stays open by.
struct Watch {
    sessions: Sessions,
    credentials: Credentials,
    access: Access,
    mission: Option<MissionId>,
}

async fn judge(state: &AppState, request: Request) -> Result<(Request, Watch), ApiError> {
    let (mut parts, body) = request.into_parts();
    let path = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let access = path.as_deref().and_then(|path| rules::rule(parts.method.as_str(), path));
    let mission = mission_of(&mut parts).await;
    let mut request = Request::from_parts(parts, body);
    let credentials = credentials(request.headers());
    let sessions = state.sessions.clone();
    // A method that the route does not take is refused by the router, in its own words.
    let Some(access) = access else {
        let watch = Watch { sessions, credentials, access: Access::Public, mission };
        return if path.as_deref().is_some_and(is_ruled) {
            Ok((request, watch))
        } else {
            Err(ApiError::not_found("nobody may ask for this"))
        };
    };
    let visitor = admitted(&sessions, credentials, access, mission.as_ref()).await?;
    request.extensions_mut().insert(visitor);
    Ok((request, Watch { sessions, credentials, access, mission }))
}

fn is_ruled(path: &str) -> bool {
    rules::RULES.iter().any(|(_, ruled, _)| *ruled == path)
}

/// Who asks, if they may. Whoever's session is over is as somebody who has not signed in, where that suffices.
async fn admitted(
    sessions: &Sessions,
    credentials: Credentials,
    access: Access,
    mission: Option<&MissionId>,
) -> Result<Visitor, SessionError> {
    let known = sessions.visitor(credentials).await;
    match known {
        Ok(visitor) => visitor.may(access, mission).map(|()| visitor),
        Err(error) => {
            let nobody = sessions.nobody();
            match nobody.may(access, mission) {
                Ok(()) => Ok(nobody),
                Err(_) => Err(error),
            }
        }
    }
}

/// The mission of the path, if it names one.
async fn mission_of(parts: &mut axum::http::request::Parts) -> Option<MissionId> {
    let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    params.iter().find(|(name, _)| *name == "mission").and_then(|(_, value)| value.parse().ok())
}

/// What a request carries to be known by.
pub(super) fn credentials(headers: &HeaderMap) -> Credentials {
    let key = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| hash_of(key.trim()));
    Credentials { session: cookie::token_of(headers).map(hash_of), key }
}

impl Watch {
    /// A stream ends when whoever reads it may not any more.
    fn over(self, response: Response) -> Response {
        if self.access == Access::Public || !is_event_stream(response.headers()) {
            return response;
        }
        response.map(|body| Body::from_stream(body.into_data_stream().take_until(self.ended())))
    }

    async fn ended(self) {
        let mut endings = self.sessions.endings();
        let mut silences = 0_u32;
        loop {
            tokio::select! {
                _ = endings.changed() => {}
                () = sleep(ASK_AGAIN) => {}
            }
            let Self { sessions, credentials, access, mission } = &self;
            let still = admitted(sessions, *credentials, *access, mission.as_ref()).await;
            match still.map_err(|error| error.code().status()) {
                Ok(_) => silences = 0,
                Err(401 | 403) => return,
                Err(_) => silences = silences.saturating_add(1),
            }
            if silences > MOST_SILENCES {
                return;
            }
        }
    }
}
