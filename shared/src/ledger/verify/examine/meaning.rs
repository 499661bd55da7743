//! What each line of the verifier means.

/// Why a check matters, in a sentence; empty for one that nobody explained.
pub(super) fn meaning(what: &str) -> &'static str {
    MEANINGS.iter().find(|(known, _)| *known == what).map_or("", |(_, words)| words)
}

const MEANINGS: [(&str, &str); 21] = [
    ("the file", "Whether this is the export of a mission, in a version that this program knows."),
    (
        "the log's key",
        "Whose signature stands under the history. A file that brings its own key could have been signed by anybody: compare it with the key that the operator published.",
    ),
    (
        "the checkpoint's signature",
        "The engine signed how many cards there are and one hash over all of them. Without it anybody could have written this file.",
    ),
    (
        "the head beside it",
        "The size and hash that the file tells beside the signature are the signed ones.",
    ),
    ("bytes of kept leaf hashes", "There is a kept hash for each card."),
    (
        "the cards",
        "Every card is numbered, follows the one before, and none is removed, doubled or moved.",
    ),
    (
        "the root over every card",
        "All cards hashed anew on this machine lead to the very hash that was signed: not a letter was changed.",
    ),
    (
        "the leaf hashes kept beside the cards",
        "Each card has the hash that was kept when it was written; if one was changed, this names it.",
    ),
    (
        "earlier heads of this log",
        "Every earlier state that approvals, anchors or your last visit speak of is the beginning of this history: nothing was rewritten since.",
    ),
    ("the mission", "The cards are about the mission that the file names."),
    ("the job spec's hash", "The job in the first card is the one whose hash the mission carries."),
    ("the hash in the terms", "The escrow's terms speak of that job and no other."),
    (
        "wallets' signatures in the cards",
        "Approvals, releases and answers were signed by the wallets that are named, over exactly what was asked.",
    ),
    ("what cards rest on", "Every transaction that a card rests on is of the mission's own chain."),
    (
        "contents",
        "What was delivered is what the cards committed to; what was erased is said to be erased.",
    ),
    (
        "the list of anchors",
        "The file lists every checkpoint that the cards say to stand on the chain.",
    ),
    (
        "checkpoints on the chain",
        "The newest checkpoint that is said to stand on the chain. Only the chain can tell whether it does.",
    ),
    ("the registry's checkpoint", "The list of all missions is signed by the same engine."),
    (
        "the registry lists the mission",
        "This mission is in the list of all missions, so it cannot be left out of it unseen.",
    ),
    ("the first bad card", "Where the history cannot be believed any more."),
    (
        "what the chain holds",
        "The transaction is on the chain, in the block that the card names, and says what the card says.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_explained_once_in_a_sentence() {
        for (index, (what, words)) in MEANINGS.iter().enumerate() {
            assert!(words.ends_with('.') && words.len() > 20, "{what}");
            assert!(!MEANINGS[..index].iter().any(|(other, _)| other == what), "{what} twice");
        }
        assert_eq!(meaning("nothing of the kind"), "");
    }
}
