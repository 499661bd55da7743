//! Problems (RFC 9457): what happened, why, and what to do, with a stable code for programs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::findings::Finding;

/// The media type of a [`Problem`].
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: ProblemCode,
    /// One line, the same for every occurrence of the code.
    pub title: String,
    /// This occurrence: what, where, what to do.
    pub detail: String,
    /// Findings in an uploaded file, with line and path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Names this answer in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Declares the codes with their wire name, status and title.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident, $wire:literal, $status:literal, $title:literal;)*) => {
        /// Stable codes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $wire)] $name,)*
        }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire),* }
            }

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }

            /// One line for people.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }
        }
    };
}

codes! {
    /// The body or a parameter cannot be read.
    Malformed, "malformed", 400, "The request cannot be read";
    /// No such thing.
    NotFound, "not_found", 404, "There is no such thing here";
    /// The path exists, the method does not.
    MethodNotAllowed, "method_not_allowed", 405, "This address does not take that method";
    /// The body is larger than the route takes.
    TooLarge, "too_large", 413, "The upload is too large";
    /// The media type is not the one the route takes.
    UnsupportedMediaType, "unsupported_media_type", 415, "The body has another media type than the route takes";
    /// The job spec has errors; they stand in `findings`.
    SpecRefused, "spec_refused", 422, "The job spec has errors";
    /// The offer (reward, operator, clock) does not hold.
    OfferRefused, "offer_refused", 422, "The launch offer does not hold";
    /// The same mission id was used for something else.
    MissionExists, "mission_exists", 409, "This mission id is taken by another launch";
    /// The fleet is paused.
    FleetPaused, "fleet_paused", 409, "The fleet is paused";
    /// `globalPause` is set in the governance policies.
    GlobalPause, "global_pause", 409, "The governance policies pause all launches";
    /// The mission is over.
    MissionClosed, "mission_closed", 409, "The mission is over";
    /// The milestone does not wait for approval.
    NotAwaitingApproval, "not_awaiting_approval", 409, "The milestone does not wait for approval";
    /// The step does not wait for a person.
    StepNotHeld, "step_not_held", 409, "The step does not wait for a person";
    /// The question was answered, or never asked.
    NotAsked, "not_asked", 409, "The mission does not ask that";
    /// The answer does not fit the question.
    AnswerRefused, "answer_refused", 422, "The answer does not fit the question";
    /// The signer's role may not give that answer.
    MissingRole, "missing_role", 403, "The signer has not the role that this takes";
    /// What was signed is not what is asked for any more.
    ApprovalExpired, "approval_expired", 409, "The signature has expired";
    /// The signer is not a member of the guild.
    NotAValidator, "not_a_validator", 403, "The signer is not a member of the validators' guild";
    /// The operator may not approve the own mission.
    OwnMission, "own_mission", 403, "The operator may not approve the own mission";
    /// The signature is not the signer's over exactly this content.
    BadSignature, "bad_signature", 422, "The signature does not fit";
    /// The transaction is for another chain.
    WrongChain, "wrong_chain", 422, "The transaction is for another chain";
    /// The target or function is not one that this server relays.
    NotAllowed, "not_allowed", 403, "This server does not relay that call";
    /// The transaction cannot be decoded.
    BadTransaction, "bad_transaction", 422, "The signed transaction cannot be read";
    /// The chain refused the transaction.
    TransactionRefused, "transaction_refused", 422, "The chain refused the transaction";
    /// The deadline that the owner signed has passed.
    RequestExpired, "request_expired", 409, "The signed request has expired";
    /// The deadline that the owner signed is further ahead than is relayed.
    DeadlineTooFar, "deadline_too_far", 422, "The request's deadline is too far ahead";
    /// The owner's nonce is another one by now.
    NonceUsed, "nonce_used", 409, "The request carries another nonce than the next";
    /// Somebody else than the owner signed.
    NotTheOwner, "not_the_owner", 403, "The signer does not own the owner proxy";
    /// This server has no wallet that pays gas, or an empty one.
    NoRelayer, "no_relayer", 503, "This server has no wallet that could pay the gas";
    /// The pause guardian contract has another owner than the one who called it.
    PauseGuardianNotOwner, "pause_guardian_not_owner", 422, "The pause guardian has another owner";
    /// The chain's endpoint does not answer.
    ChainUnreachable, "chain_unreachable", 503, "The chain does not answer";
    /// Too few endpoints say the same about the chain.
    EndpointsDisagree, "endpoints_disagree", 503, "The endpoints disagree about the chain";
    /// The orchestrator does not answer.
    OrchestratorUnreachable, "orchestrator_unreachable", 503, "The orchestrator does not answer";
    /// The request comes from a page of another origin.
    ForeignOrigin, "foreign_origin", 403, "The request comes from another site";
    /// Nobody has signed in, and this takes somebody who has.
    SignInNeeded, "sign_in_needed", 401, "Sign in first";
    /// The session that the request names is over.
    SessionEnded, "session_ended", 401, "The session has ended";
    /// The access key is not this server's.
    KeyRefused, "key_refused", 401, "The access key is not this server's";
    /// The link is unknown, expired or revoked.
    LinkRefused, "link_refused", 401, "The link is not good any more";
    /// The message to sign in is not one, or not in time.
    SignInRefused, "sign_in_refused", 422, "The message does not sign anybody in";
    /// The message to sign in was signed for another site.
    ForeignDomain, "foreign_domain", 403, "The message was signed for another site";
    /// The message to sign in was signed for another chain.
    ForeignChain, "foreign_chain", 422, "The message was signed for another chain";
    /// The nonce of the message is unknown, used or too old.
    SignInNonceUsed, "sign_in_nonce_used", 409, "The message's nonce is not good any more";
    /// Whoever is signed in has none of the roles that this takes.
    RoleNeeded, "role_needed", 403, "This takes a role that you do not have";
    /// More requests than the server works on at a time.
    Busy, "busy", 503, "The server is busy";
    /// Something broke on the server; the request id names it in the log.
    Internal, "internal", 500, "Something broke on the server";
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Problem {
    /// A problem of this kind, with words for this occurrence.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            status: code.status(),
            code,
            title: code.title().to_owned(),
            detail: detail.into(),
            findings: Vec::new(),
            request_id: None,
        }
    }

    /// The same with findings in an uploaded file.
    #[must_use]
    pub fn with_findings(mut self, findings: Vec<Finding>) -> Self {
        self.findings = findings;
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}
