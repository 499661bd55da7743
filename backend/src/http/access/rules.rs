//! Whom each route takes: one table for the whole API. A route without a line in it takes nobody, and a test says so.
//!
//! Where a signature of its own proves who asks (approvals, answers, releases, acknowledgements, signed requests), the
//! session only lets one near: what is done is decided by that signature, never by the session.

use phase8_shared::api::routes;

use crate::session::Access::{self, Everything, Links, Mission, Operator, Public, Reader};

/// Method and path, as they are registered, with whom they take.
pub(in crate::http) const RULES: &[(&str, &str, Access)] = &[
    // What somebody needs who has not signed in yet. The handlers keep back what is not for everybody.
    ("GET", routes::OPENAPI, Public),
    ("GET", routes::SYSTEM, Public),
    ("GET", routes::SESSION, Public),
    ("DELETE", routes::SESSION, Public),
    ("POST", routes::SESSION_NONCE, Public),
    ("POST", routes::SESSION_WALLET, Public),
    ("POST", routes::SESSION_LINK, Public),
    ("POST", routes::SESSION_KEY, Public),
    ("POST", routes::RPC, Public),
    // The key that checkpoints are signed with: whoever was given a checkpoint may check it.
    ("GET", routes::LEDGER_KEY, Public),
    // What the chain tells everybody anyway, asked through this server.
    ("GET", routes::PREFLIGHT, Reader),
    ("GET", routes::SCOREBOARD, Reader),
    ("GET", routes::BOOTSTRAP, Reader),
    ("GET", routes::GOVERNANCE, Reader),
    ("POST", routes::READS, Reader),
    ("POST", routes::TRANSACTIONS, Reader),
    ("GET", routes::TRANSACTION, Reader),
    ("POST", routes::WATCH, Reader),
    ("POST", routes::REQUESTS, Reader),
    ("GET", routes::REQUEST, Reader),
    ("POST", routes::SUMMONS_DELIVERED, Reader),
    ("POST", routes::SUMMONS_ACKNOWLEDGE, Reader),
    // The list holds what its reader may read.
    ("GET", routes::MISSIONS, Reader),
    // One mission.
    ("GET", routes::MISSION, Mission),
    ("GET", routes::EVENTS, Mission),
    ("GET", routes::STREAM, Mission),
    ("GET", routes::DELIVERABLE, Mission),
    ("GET", routes::EXPORT, Mission),
    ("GET", routes::ARCHIVE, Mission),
    ("GET", routes::ARCHIVE_FILE, Mission),
    ("GET", routes::CHECKPOINT, Mission),
    ("GET", routes::TILE, Mission),
    ("GET", routes::INCLUSION, Mission),
    ("GET", routes::CONSISTENCY, Mission),
    ("POST", routes::APPROVALS, Mission),
    ("POST", routes::STEP_RELEASE, Mission),
    ("POST", routes::ANSWERS, Mission),
    // What spans all missions.
    ("GET", routes::TRANSACTIONS, Everything),
    ("GET", routes::REQUESTS, Everything),
    ("GET", routes::EVALUATIONS, Everything),
    ("GET", routes::VALIDATORS, Everything),
    ("GET", routes::REGISTRY_CHECKPOINT, Everything),
    ("GET", routes::REGISTRY_TILE, Everything),
    ("GET", routes::REGISTRY_INCLUSION, Everything),
    ("GET", routes::REGISTRY_CONSISTENCY, Everything),
    // What has the server work without a signature.
    ("PUT", routes::MISSION, Operator),
    ("POST", routes::ARCHIVE, Operator),
    ("POST", routes::EVALUATIONS, Operator),
    // Links.
    ("GET", routes::LINKS, Links),
    ("POST", routes::LINKS, Links),
    ("DELETE", routes::LINK, Links),
];

/// Whom a route takes; `None` where the table has no line for it.
pub(super) fn rule(method: &str, path: &str) -> Option<Access> {
    // What may be read may be asked about.
    let method = if method == "HEAD" { "GET" } else { method };
    RULES
        .iter()
        .find(|(ruled, route, _)| *ruled == method && *route == path)
        .map(|(_, _, access)| *access)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::openapi::description;

    /// Answered however busy the server is, before anybody is asked who they are.
    const WATCHED: [&str; 2] = [routes::HEALTH_LIVE, routes::HEALTH_READY];

    #[test]
    fn every_described_route_has_a_rule_and_every_rule_a_route() {
        let description = description();
        let described: BTreeSet<(String, String)> = description
            .paths
            .paths
            .iter()
            .filter(|(path, _)| !WATCHED.contains(&path.as_str()))
            .flat_map(|(path, item)| {
                let methods = [
                    ("GET", item.get.is_some()),
                    ("PUT", item.put.is_some()),
                    ("POST", item.post.is_some()),
                    ("DELETE", item.delete.is_some()),
                    ("PATCH", item.patch.is_some()),
                ];
                let there = methods.into_iter().filter(|(_, is_there)| *is_there);
                there.map(|(method, _)| (method.to_owned(), path.clone())).collect::<Vec<_>>()
            })
            .collect();
        let ruled: BTreeSet<(String, String)> = RULES
            .iter()
            .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
            .collect();

        assert_eq!(
            described.difference(&ruled).collect::<Vec<_>>(),
            Vec::<&_>::new(),
            "without a rule"
        );
        assert_eq!(
            ruled.difference(&described).collect::<Vec<_>>(),
            Vec::<&_>::new(),
            "without a route"
        );
        assert_eq!(ruled.len(), RULES.len(), "no route is ruled twice");
    }

    #[test]
    fn whatever_belongs_to_a_mission_asks_for_that_mission_or_for_more() {
        for (method, path, access) in RULES {
            if path.contains("{mission}") {
                assert!(matches!(access, Mission | Operator | Links), "{method} {path}");
            }
        }
    }
}
