//! The tables of `relay.db`, step by step: a database remembers by `user_version` how many steps it has taken. Steps are
//! only ever added.

/// Every step, the oldest first. The first is what the first program created without counting.
pub(super) const MIGRATIONS: [&str; 5] = [
    "
CREATE TABLE IF NOT EXISTS relayed_transactions (
    hash        BLOB PRIMARY KEY,
    instance    BLOB NOT NULL,
    sender      BLOB NOT NULL,
    nonce       INTEGER NOT NULL,
    target      BLOB NOT NULL,
    call        TEXT NOT NULL,
    raw         BLOB NOT NULL,
    intent      TEXT,
    state       TEXT NOT NULL CHECK (state IN ('stored', 'sent', 'included', 'reverted', 'replaced', 'refused')),
    block       INTEGER,
    block_hash  BLOB,
    reason      TEXT,
    accepted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS relayed_by_sender ON relayed_transactions (instance, sender, nonce);
CREATE INDEX IF NOT EXISTS relayed_by_intent ON relayed_transactions (instance, intent) WHERE intent IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS one_open_transaction_per_intent
    ON relayed_transactions (instance, intent) WHERE intent IS NOT NULL AND state IN ('stored', 'sent');
CREATE UNIQUE INDEX IF NOT EXISTS one_open_transaction_per_own_nonce
    ON relayed_transactions (instance, sender, nonce) WHERE intent IS NOT NULL AND state IN ('stored', 'sent');

CREATE TABLE IF NOT EXISTS blocks_read (
    scope  TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    PRIMARY KEY (scope, number)
) STRICT, WITHOUT ROWID;
",
    // `raw` is stored before anything is sent, so that a crash can only ever lead to sending the same bytes. A wallet that
    // sent by itself keeps its bytes: then `data` says what was called. `settled` rows are looked at no more.
    "
DROP INDEX relayed_by_sender;
DROP INDEX relayed_by_intent;
DROP INDEX one_open_transaction_per_intent;
DROP INDEX one_open_transaction_per_own_nonce;
ALTER TABLE relayed_transactions RENAME TO relayed_transactions_1;
CREATE TABLE relayed_transactions (
    hash            BLOB PRIMARY KEY,
    instance        BLOB NOT NULL,
    sender          BLOB NOT NULL,
    nonce           INTEGER NOT NULL,
    target          BLOB NOT NULL,
    call            TEXT NOT NULL,
    raw             BLOB,
    data            BLOB,
    intent          TEXT,
    state           TEXT NOT NULL CHECK (state IN
                    ('stored', 'sent', 'included', 'safe', 'final', 'reverted', 'replaced', 'refused')),
    settled         INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
    block           INTEGER,
    block_hash      BLOB,
    reason          TEXT,
    replaced_by     BLOB,
    taken_back      INTEGER NOT NULL DEFAULT 0,
    taken_back_from INTEGER,
    accepted_at     INTEGER NOT NULL,
    CHECK (raw IS NOT NULL OR data IS NOT NULL)
) STRICT;
INSERT INTO relayed_transactions
    (hash, instance, sender, nonce, target, call, raw, intent, state, settled, block, block_hash, reason, accepted_at)
    SELECT hash, instance, sender, nonce, target, call, raw, intent, state, state = 'refused', block, block_hash, reason,
           accepted_at
    FROM relayed_transactions_1 ORDER BY rowid;
DROP TABLE relayed_transactions_1;
CREATE INDEX relayed_by_sender ON relayed_transactions (instance, sender, nonce);
CREATE INDEX relayed_by_intent ON relayed_transactions (instance, intent) WHERE intent IS NOT NULL;
CREATE INDEX relayed_by_time ON relayed_transactions (accepted_at);
CREATE INDEX relayed_unsettled ON relayed_transactions (instance) WHERE settled = 0;
CREATE UNIQUE INDEX one_open_transaction_per_intent
    ON relayed_transactions (instance, intent) WHERE intent IS NOT NULL AND state IN ('stored', 'sent');
CREATE UNIQUE INDEX one_open_transaction_per_own_nonce
    ON relayed_transactions (instance, sender, nonce) WHERE intent IS NOT NULL AND state IN ('stored', 'sent');

CREATE TABLE signed_again (
    hash      BLOB PRIMARY KEY,
    first     BLOB NOT NULL REFERENCES relayed_transactions (hash),
    raw       BLOB NOT NULL,
    signed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX signed_again_by_first ON signed_again (first, signed_at);

CREATE TABLE owner_requests (
    digest      BLOB PRIMARY KEY,
    instance    BLOB NOT NULL,
    target      BLOB NOT NULL,
    data        BLOB NOT NULL,
    nonce       BLOB NOT NULL,
    deadline    INTEGER NOT NULL,
    signature   BLOB NOT NULL,
    signer      BLOB NOT NULL,
    call        TEXT NOT NULL,
    reason      TEXT,
    ended       TEXT CHECK (ended IN ('carried', 'expired', 'void')),
    carried_by  BLOB,
    block       INTEGER,
    settled     INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
    accepted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX requests_by_time ON owner_requests (accepted_at);
CREATE INDEX requests_unsettled ON owner_requests (instance) WHERE settled = 0;
",
    // Whoever relays writes as few pages as there can be: the newest are those with the highest rowid, and by their nonces only
    // this server's own transactions are asked for.
    "
DROP INDEX relayed_by_time;
DROP INDEX relayed_by_sender;
CREATE INDEX relayed_own ON relayed_transactions (instance, sender, nonce) WHERE intent IS NOT NULL;
",
    // What the evaluations of the model adapters found.
    "
CREATE TABLE evaluations (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    report TEXT NOT NULL
) STRICT;
",
    // Who has signed in, and links for reading. Of tokens there are hashes alone.
    "
CREATE TABLE sessions (
    hash       BLOB PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('wallet', 'key', 'link')),
    account    BLOB,
    key_hash   BLOB,
    link       TEXT,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE session_nonces (
    nonce      TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    used       INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE TABLE read_links (
    id         TEXT PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    mission    TEXT NOT NULL,
    label      TEXT NOT NULL,
    made_by    BLOB,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;
",
];
