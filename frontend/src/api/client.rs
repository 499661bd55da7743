//! Requests and answers as JSON. A read that nobody waits for any more is aborted.

use gloo_net::http::{Method, RequestBuilder, Response};
use leptos::prelude::{GetValue, Owner, StoredValue, on_cleanup};
use phase8_shared::api::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortController;

use crate::api::ClientError;

/// Reads; aborted when the resource that asked is cleaned up.
pub(super) async fn get<T: DeserializeOwned>(url: &str) -> Result<T, ClientError> {
    let controller = AbortController::new().ok();
    let signal = controller.as_ref().map(AbortController::signal);
    if let Some(controller) = controller.filter(|_| Owner::current().is_some()) {
        let controller = StoredValue::new_local(controller);
        on_cleanup(move || {
            if let Some(controller) = controller.try_get_value() {
                controller.abort();
            }
        });
    }
    let request =
        RequestBuilder::new(url).header("accept", "application/json").abort_signal(signal.as_ref());
    read(request.send().await.map_err(|_| ClientError::Offline)?).await
}

/// Writes; never aborted, because half a write cannot be told from a whole one.
pub(super) async fn post<B: Serialize, T: DeserializeOwned>(
    url: &str,
    body: &B,
) -> Result<T, ClientError> {
    write(Method::POST, url, body).await
}

/// Writes under a name of the caller's choice.
pub(super) async fn put<B: Serialize, T: DeserializeOwned>(
    url: &str,
    body: &B,
) -> Result<T, ClientError> {
    write(Method::PUT, url, body).await
}

/// Ends or takes back something; never aborted.
pub(super) async fn delete<T: DeserializeOwned>(url: &str) -> Result<T, ClientError> {
    write(Method::DELETE, url, &()).await
}

async fn write<B: Serialize, T: DeserializeOwned>(
    method: Method,
    url: &str,
    body: &B,
) -> Result<T, ClientError> {
    let body =
        serde_json::to_string(body).map_err(|error| ClientError::Garbled(error.to_string()))?;
    let request = RequestBuilder::new(url)
        .method(method)
        .header("accept", "application/json")
        .header("content-type", "application/json")
        .body(body)
        .map_err(|_| ClientError::Offline)?;
    read(request.send().await.map_err(|_| ClientError::Offline)?).await
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, ClientError> {
    let text = response.text().await.map_err(|_| ClientError::Offline)?;
    understand(response.status(), &text)
}

/// What an answer says: the value, the server's problem, or something that is neither.
fn understand<T: DeserializeOwned>(status: u16, text: &str) -> Result<T, ClientError> {
    if (200..300).contains(&status) {
        let text = if text.is_empty() { "null" } else { text };
        return serde_json::from_str(text).map_err(|error| ClientError::Garbled(error.to_string()));
    }
    match serde_json::from_str::<Problem>(text) {
        Ok(problem) => Err(ClientError::Problem(problem)),
        Err(_) => Err(ClientError::Garbled(format!("status {status} without an explanation"))),
    }
}

#[cfg(test)]
mod tests {
    use phase8_shared::api::ProblemCode;

    use super::*;

    #[test]
    fn an_answer_is_the_value_or_the_servers_own_words() {
        assert_eq!(understand::<u32>(200, "7"), Ok(7));
        assert_eq!(understand::<()>(204, ""), Ok(()));

        let problem = Problem::new(ProblemCode::FleetPaused, "resume the fleet first");
        let text = serde_json::to_string(&problem).unwrap();
        assert_eq!(understand::<u32>(409, &text), Err(ClientError::Problem(problem)));
    }

    #[test]
    fn an_answer_of_another_shape_is_garbled() {
        assert!(matches!(understand::<u32>(200, "<html>"), Err(ClientError::Garbled(_))));
        assert!(matches!(understand::<u32>(502, "<html>"), Err(ClientError::Garbled(_))));
    }
}
