//! What happened, why, and what to do: the one face of every failure.

use leptos::prelude::*;
use phase8_shared::api::{Problem, ProblemCode};

use crate::api::ClientError;
use crate::ui::{Button, CopyText, Glyph, Icon, Tone};
use crate::wallet::WalletError;

/// A failure in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What happened.
    pub(crate) what: String,
    /// Why, as far as is known.
    pub(crate) why: String,
    /// What to do.
    pub(crate) mend: String,
    /// Each thing that is wrong, where there are several.
    pub(crate) details: Vec<String>,
    /// Names the answer in the server's log.
    pub(crate) request_id: Option<String>,
}

impl Trouble {
    /// A failure in these words.
    pub(crate) fn new(
        what: impl Into<String>,
        why: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            what: what.into(),
            why: why.into(),
            mend: mend.into(),
            details: Vec::new(),
            request_id: None,
        }
    }
}

impl Trouble {
    /// The same with each thing that is wrong.
    #[must_use]
    pub(crate) fn with_details(mut self, details: Vec<String>) -> Self {
        self.details = details;
        self
    }
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Offline => Self::new(
                "The server does not answer",
                "The request never came back: the server is stopped, or the network is down.",
                "Check that Mission Control is running, then try again. Nothing you entered is lost.",
            ),
            ClientError::Problem(problem) => problem.into(),
            ClientError::Garbled(detail) => Self::new(
                "The answer cannot be read",
                format!(
                    "The server answered in a way that this page does not understand: {detail}."
                ),
                "Reload the page: it may be older than the server. If that does not help, look at the server's log.",
            ),
        }
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        let mend = mend(problem.code).to_owned();
        let details = problem.findings.iter().map(ToString::to_string).collect();
        Self {
            what: problem.title,
            why: problem.detail,
            mend,
            details,
            request_id: problem.request_id,
        }
    }
}

impl From<WalletError> for Trouble {
    fn from(error: WalletError) -> Self {
        if let WalletError::Server(error) = error {
            return error.into();
        }
        if let WalletError::Refused(problem) = error {
            return problem.into();
        }
        let (what, mend) = error.words();
        Self::new(what, String::new(), mend)
    }
}

/// What a person can do about a problem of the server.
const fn mend(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::Malformed
        | ProblemCode::MethodNotAllowed
        | ProblemCode::UnsupportedMediaType => "Reload the page: it may be older than the server.",
        ProblemCode::NotFound => "Check the address, or go back to the list of missions.",
        ProblemCode::TooLarge => "Use a smaller file: a job spec has a few kilobytes.",
        ProblemCode::SpecRefused => {
            "Mend the lines that the findings name, then upload the file again."
        }
        ProblemCode::OfferRefused => {
            "Change the reward, the clock or the wallet, then launch again."
        }
        ProblemCode::MissionExists => "Start a fresh draft: it draws a new mission id.",
        ProblemCode::FleetPaused => "Ask the owner to resume the fleet, then try again.",
        ProblemCode::GlobalPause => {
            "Set globalPause to false in configs/governance-policies.json, then restart the server."
        }
        ProblemCode::MissionClosed
        | ProblemCode::NotAwaitingApproval
        | ProblemCode::StepNotHeld => "Reload the mission to see how it stands.",
        ProblemCode::NotAsked | ProblemCode::AnswerRefused => {
            "Reload the mission to see what it asks now."
        }
        ProblemCode::MissingRole => "Connect a wallet with one of the roles that are named above.",
        ProblemCode::ApprovalExpired => "Look at what is asked for now, and sign that.",
        ProblemCode::NotAValidator => "Connect the wallet of a guild member.",
        ProblemCode::OwnMission => "Connect a wallet other than the operator's.",
        ProblemCode::BadSignature => "Sign again with the wallet that is connected.",
        ProblemCode::WrongChain => "Switch the wallet to the chain of this server.",
        ProblemCode::NotAllowed => {
            "Send this call from a wallet of its own; the server relays only mission and lever calls."
        }
        ProblemCode::BadTransaction => "Sign again; if it happens again, use another wallet.",
        ProblemCode::TransactionRefused => "Read the reason above, mend it, and sign again.",
        ProblemCode::ChainUnreachable => {
            "Wait a moment and try again; the System page shows when the chain is back."
        }
        ProblemCode::OrchestratorUnreachable => {
            "Wait a moment and try again; the System page shows when the orchestrator is back."
        }
        ProblemCode::ForeignOrigin => "Open the page from the server's own address.",
        ProblemCode::Busy => "Wait a moment, then try again.",
        ProblemCode::RequestExpired => "Sign it again: a fresh request carries a fresh deadline.",
        ProblemCode::DeadlineTooFar => "Sign it again; the page sets a deadline of one hour.",
        ProblemCode::NonceUsed => {
            "Look at the outstanding signatures, then sign it again with the next nonce."
        }
        ProblemCode::NotTheOwner => "Connect the account that owns the owner proxy.",
        ProblemCode::NoRelayer => {
            "Send it from the owner's own wallet, or ask whoever runs the server to fund the relayer."
        }
        ProblemCode::PauseGuardianNotOwner => {
            "Point the pause guardian at this owner, or set OWNER_ADDRESS to the owner that was found."
        }
        ProblemCode::EndpointsDisagree => {
            "Look at who said what on the System page; the evidence file can still be exported."
        }
        ProblemCode::SignInNeeded | ProblemCode::SessionEnded => {
            "Sign in with “Sign in” at the top of the page, or open the link that you were given."
        }
        ProblemCode::KeyRefused => "Open the address that the server printed when it started.",
        ProblemCode::LinkRefused => "Ask whoever gave you the link for a new one.",
        ProblemCode::SignInRefused | ProblemCode::ForeignDomain | ProblemCode::SignInNonceUsed => {
            "Sign in once more: each time takes a message of its own."
        }
        ProblemCode::ForeignChain => "Switch the wallet to the chain of this server, then sign in.",
        // The problem itself says how to get the role.
        ProblemCode::RoleNeeded => "",
        ProblemCode::Internal => {
            "Try again. If it happens again, give the request id to whoever runs the server."
        }
    }
}

/// A failure and what to do about it.
#[component]
pub(crate) fn ProblemCard(
    /// The failure in words.
    #[prop(into)]
    trouble: Trouble,
    /// Tries again, where that makes sense.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let Trouble { what, why, mend, details, request_id } = trouble;
    view! {
        <div class="problem tone--bad" role="alert" data-testid="problem">
            <Icon glyph=Glyph::from(Tone::Bad) />
            <div class="problem__words">
                <p class="problem__what">{what}</p>
                {(!why.is_empty()).then(|| view! { <p class="problem__why">{why}</p> })}
                {(!details.is_empty())
                    .then(|| {
                        let lines = details.into_iter().map(|line| view! { <li>{line}</li> });
                        view! { <ul class="problem__details">{lines.collect_view()}</ul> }
                    })}
                {(!mend.is_empty()).then(|| view! { <p class="problem__mend">{mend}</p> })}
                {request_id.map(|id| view! { <p class="problem__id">"Request " <CopyText text=id label="request id" /></p> })}
                {on_retry.map(|retry| view! { <Button on_press=retry>"Try again"</Button> })}
            </div>
        </div>
    }
}
