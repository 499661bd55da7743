//! What is asked of the server again and again, and the four faces that an answer can have.

use leptos::prelude::*;

use crate::api::ClientError;
use crate::ui::{ProblemCard, Skeleton};

/// An answer that is asked for again and again; the last good one stays while a new one is awaited or fails.
pub(super) struct Polled<T: Send + Sync + 'static> {
    last: RwSignal<Option<T>>,
    error: RwSignal<Option<ClientError>>,
    ask: Action<(), ()>,
}

impl<T: Send + Sync + 'static> Clone for Polled<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Polled<T> {}

/// Without its value: whether there is one, and what went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Face {
    /// Nothing came yet.
    Loading,
    /// Nothing came, and this is why.
    Problem(ClientError),
    /// There is an answer.
    Full,
}

impl<T: PartialEq + Clone + Send + Sync + 'static> Polled<T> {
    /// Asks with this function, once [`Polled::refresh`] says so.
    pub(super) fn new<F, A>(read: F) -> Self
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<T, ClientError>> + 'static,
    {
        let last = RwSignal::new(None);
        let error = RwSignal::new(None);
        let ask = Action::new_local(move |(): &()| {
            let answer = read();
            async move {
                match answer.await {
                    Ok(answer) => {
                        error.try_set(None);
                        // An unchanged answer wakes nobody.
                        if last.try_with_untracked(|last| last.as_ref() != Some(&answer))
                            == Some(true)
                        {
                            last.try_set(Some(answer));
                        }
                    }
                    Err(failure) => {
                        error.try_set(Some(failure));
                    }
                }
            }
        });
        Self { last, error, ask }
    }

    /// The last answer.
    pub(super) fn value(self) -> Signal<Option<T>> {
        self.last.into()
    }

    /// Why there is no newer one.
    pub(super) fn error(self) -> Signal<Option<ClientError>> {
        self.error.into()
    }

    /// Asks now, unless it is being asked.
    pub(super) fn refresh(self) {
        if !self.ask.pending().get_untracked() {
            self.ask.dispatch(());
        }
    }

    /// Which face to show.
    pub(super) fn face(self) -> Signal<Face> {
        Memo::new(move |_| match (self.last.with(Option::is_some), self.error.get()) {
            (true, _) => Face::Full,
            (false, Some(error)) => Face::Problem(error),
            (false, None) => Face::Loading,
        })
        .into()
    }
}

/// The face of an answer that somebody else asks for.
pub(super) fn face_of<T: Send + Sync + 'static>(
    answer: Signal<Option<Result<T, ClientError>>>,
) -> Signal<Face> {
    Memo::new(move |_| {
        answer.with(|answer| match answer {
            None => Face::Loading,
            Some(Err(error)) => Face::Problem(error.clone()),
            Some(Ok(_)) => Face::Full,
        })
    })
    .into()
}

/// Shows the content once there is an answer; before that, that it is awaited or why it failed.
#[component]
pub(super) fn Faces(
    /// Which face.
    face: Signal<Face>,
    /// What is being loaded, for screen readers.
    loading: &'static str,
    /// Asks again.
    on_retry: Callback<()>,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    view! {
        {move || match face.get() {
            Face::Loading => view! { <Skeleton lines=4 label=loading /> }.into_any(),
            Face::Problem(error) => view! { <ProblemCard trouble=error on_retry /> }.into_any(),
            Face::Full => children().into_any(),
        }}
    }
    .into_any()
}
