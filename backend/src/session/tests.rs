//! Signing in, and everything that ends or refuses it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use async_trait::async_trait;
use phase8_shared::api::{AccessRole, MakeLink, ProblemCode, Reads};
use phase8_shared::id::{MissionId, MissionKey};

use super::*;
use crate::relay::approval::ApprovalError;
use crate::relay::recover;

const DOMAIN: &str = "127.0.0.1:8080";
const START: u64 = 1_795_415_820_000;

/// A chain on which a test says who has which role, and when a block comes.
#[derive(Debug, Default)]
struct Chain {
    standings: Mutex<BTreeMap<Address, Standing>>,
    block: AtomicU64,
    asked: AtomicU64,
}

#[async_trait]
impl ChainSide for Chain {
    async fn signed(
        &self,
        by: Address,
        digest: B256,
        signature: &Bytes,
    ) -> Result<(), ApprovalError> {
        match recover(digest, signature) {
            Ok(signer) if signer == by => Ok(()),
            found => Err(ApprovalError::BadSignature(format!("{found:?} is not {by}"))),
        }
    }

    async fn standing(&self, account: Address, _now: Timestamp) -> Result<Standing, SessionError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(lock(&self.standings).get(&account).cloned().unwrap_or_default())
    }

    fn block(&self) -> Option<B256> {
        Some(B256::with_last_byte(self.block.load(Ordering::Relaxed).to_le_bytes()[0]))
    }
}

struct World {
    sessions: Sessions,
    chain: Arc<Chain>,
    time: Arc<AtomicU64>,
    key: Token,
    db: RelayDb,
    rules: Rules,
}

impl World {
    async fn new() -> Self {
        let rules = Rules {
            chain_id: 31_337,
            anonymous: Anonymous::Nothing,
            operators: BTreeSet::from([wallet(9).address()]),
            validators_read_all: false,
            session_millis: 12 * 3_600_000,
        };
        Self::with(rules, RelayDb::in_memory().unwrap()).await
    }

    async fn with(rules: Rules, db: RelayDb) -> Self {
        let (chain, time) = (Arc::new(Chain::default()), Arc::new(AtomicU64::new(START)));
        let key = Token::fresh().unwrap();
        let sessions = opened(&rules, &key, &db, &time, &chain).await;
        Self { sessions, chain, time, key, db, rules }
    }

    /// What is there after a restart on the same database.
    async fn restarted(&self, key: &Token) -> Sessions {
        opened(&self.rules, key, &self.db, &self.time, &self.chain).await
    }

    fn pass(&self, millis: u64) {
        self.time.fetch_add(millis, Ordering::Relaxed);
    }

    fn give(&self, account: Address, roles: &[AccessRole], summoned: &[MissionKey]) {
        let standing = Standing {
            roles: roles.iter().copied().collect(),
            summoned: summoned.iter().copied().collect(),
        };
        lock(&self.chain.standings).insert(account, standing);
        self.chain.block.fetch_add(1, Ordering::Relaxed);
    }

    async fn message(&self, wallet: &PrivateKeySigner) -> Message {
        let SignInNonce { nonce, issued_at, expires_at } = self.sessions.nonce().await.unwrap();
        Message {
            scheme: None,
            domain: DOMAIN.to_owned(),
            address: wallet.address(),
            statement: None,
            uri: format!("http://{DOMAIN}"),
            chain_id: 31_337,
            nonce,
            issued_at,
            expiration_time: Some(expires_at),
            not_before: None,
            request_id: None,
            resources: Vec::new(),
        }
    }

    async fn send(&self, message: &Message, by: &PrivateKeySigner) -> Result<Opened, SessionError> {
        let text = message.to_string();
        let signature = by.sign_message_sync(text.as_bytes()).unwrap();
        self.sessions.sign_in(&text, &Bytes::from(signature.as_bytes()), DOMAIN).await
    }

    async fn sign_in(&self, wallet: &PrivateKeySigner) -> Credentials {
        let message = self.message(wallet).await;
        credentials(&self.send(&message, wallet).await.unwrap())
    }

    async fn may(&self, credentials: Credentials, access: Access) -> Result<(), SessionError> {
        self.sessions.visitor(credentials).await?.may(access, Some(&mission(1)))
    }
}

async fn opened(
    rules: &Rules,
    key: &Token,
    db: &RelayDb,
    time: &Arc<AtomicU64>,
    chain: &Arc<Chain>,
) -> Sessions {
    let time = Arc::clone(time);
    let now: Now = Arc::new(move || Timestamp::from_millis(time.load(Ordering::Relaxed)));
    let chain: Arc<dyn ChainSide> = Arc::<Chain>::clone(chain);
    Sessions::open(rules.clone(), key, db.clone(), now, chain).await.unwrap()
}

fn wallet(byte: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(byte)).unwrap()
}

fn mission(byte: u8) -> MissionId {
    MissionId::from_bytes([byte; 16])
}

fn credentials(opened: &Opened) -> Credentials {
    Credentials { session: Some(opened.token.hash()), key: None }
}

fn code<T: fmt::Debug>(outcome: Result<T, SessionError>) -> (ProblemCode, String) {
    let error = outcome.unwrap_err();
    (error.code(), error.to_string())
}

#[tokio::test]
async fn a_wallet_signs_in_once_for_each_nonce() {
    let world = World::new().await;
    let owner = wallet(1);
    world.give(owner.address(), &[AccessRole::Owner], &[]);
    let message = world.message(&owner).await;

    let opened = world.send(&message, &owner).await.unwrap();
    let (again, words) = code(world.send(&message, &owner).await);

    assert!(world.may(credentials(&opened), Access::Everything).await.is_ok());
    assert_eq!(again, ProblemCode::SignInNonceUsed);
    assert!(words.contains("was used already"), "{words}");
    // Also after a restart.
    let restarted = world.restarted(&world.key).await;
    let signature = owner.sign_message_sync(message.to_string().as_bytes()).unwrap();
    let replayed =
        restarted.sign_in(&message.to_string(), &Bytes::from(signature.as_bytes()), DOMAIN).await;
    assert_eq!(code(replayed).0, ProblemCode::SignInNonceUsed);
}

#[tokio::test]
async fn of_two_that_come_with_one_nonce_at_once_one_gets_in() {
    let world = World::new().await;
    let owner = wallet(1);
    let message = world.message(&owner).await;

    let (one, other) =
        futures_util::future::join(world.send(&message, &owner), world.send(&message, &owner))
            .await;

    assert_eq!([&one, &other].iter().filter(|it| it.is_ok()).count(), 1);
}

#[tokio::test]
async fn a_message_that_does_not_hold_is_refused_in_words() {
    type Change = fn(&mut Message);
    let cases: [(Change, ProblemCode, &str); 8] = [
        (
            |it| it.domain = "evil.example".to_owned(),
            ProblemCode::ForeignDomain,
            "sign in here anew",
        ),
        (
            |it| it.uri = "http://evil.example".to_owned(),
            ProblemCode::ForeignDomain,
            "not a place of",
        ),
        (|it| it.chain_id = 1, ProblemCode::ForeignChain, "for chain 1, and this is chain 31337"),
        (
            |it| it.expiration_time = Some(it.issued_at),
            ProblemCode::SignInRefused,
            "was good until",
        ),
        (
            |it| it.issued_at = it.issued_at.plus_millis(3_600_000),
            ProblemCode::SignInRefused,
            "in the future",
        ),
        (
            |it| it.not_before = Some(it.issued_at.plus_millis(300_000)),
            ProblemCode::SignInRefused,
            "counts from",
        ),
        (
            |it| it.nonce = "aaaaaaaaaaaaaaaa".to_owned(),
            ProblemCode::SignInNonceUsed,
            "not one that this server gave out in the last 10 minutes",
        ),
        (|it| it.address = wallet(2).address(), ProblemCode::BadSignature, "is not 0x"),
    ];
    for (change, expected, part) in cases {
        let world = World::new().await;
        let owner = wallet(1);
        let mut message = world.message(&owner).await;
        change(&mut message);

        let (found, words) = code(world.send(&message, &owner).await);

        assert_eq!(found, expected, "{words}");
        assert!(words.contains(part), "{words}");
    }
}

#[tokio::test]
async fn a_nonce_is_good_for_ten_minutes() {
    let world = World::new().await;
    let owner = wallet(1);
    let mut message = world.message(&owner).await;
    message.expiration_time = None;

    world.pass(NONCE_MILLIS + 1);

    assert_eq!(code(world.send(&message, &owner).await).0, ProblemCode::SignInRefused);
    message.issued_at = Timestamp::from_millis(START + NONCE_MILLIS);
    assert_eq!(code(world.send(&message, &owner).await).0, ProblemCode::SignInNonceUsed);
}

#[tokio::test]
async fn a_nonce_of_another_server_is_unknown_here() {
    let (one, other) = (World::new().await, World::new().await);
    let owner = wallet(1);
    let message = one.message(&owner).await;

    let (found, words) = code(other.send(&message, &owner).await);

    assert_eq!(found, ProblemCode::SignInNonceUsed);
    assert!(words.contains("not one that this server gave out"), "{words}");
}

#[tokio::test]
async fn a_session_ends_when_it_is_ended_and_when_its_time_is_over() {
    let world = World::new().await;
    let owner = wallet(1);
    world.give(owner.address(), &[AccessRole::Owner], &[]);
    let (one, other) = (world.sign_in(&owner).await, world.sign_in(&owner).await);
    let endings = world.sessions.endings();

    world.sessions.end(one.session.unwrap()).await.unwrap();

    assert!(endings.has_changed().unwrap());
    assert_eq!(code(world.may(one, Access::Reader).await).0, ProblemCode::SessionEnded);
    assert!(world.may(other, Access::Reader).await.is_ok());
    world.pass(12 * 3_600_000);
    assert_eq!(code(world.may(other, Access::Reader).await).0, ProblemCode::SessionEnded);
}

#[tokio::test]
async fn a_session_outlives_a_restart_and_its_key_does_not_outlive_another() {
    let world = World::new().await;
    let owner = wallet(1);
    world.give(owner.address(), &[AccessRole::Owner], &[]);
    let wallet = world.sign_in(&owner).await;
    let key = credentials(&world.sessions.open_key(world.key.expose()).await.unwrap());
    let seen = async |sessions: &Sessions, credentials| {
        sessions.visitor(credentials).await.map(|visitor| visitor.operates())
    };

    let same = world.restarted(&world.key).await;
    assert!(seen(&same, wallet).await.unwrap() && seen(&same, key).await.unwrap());

    let another = world.restarted(&Token::fresh().unwrap()).await;
    assert!(seen(&another, wallet).await.unwrap());
    assert_eq!(code(seen(&another, key).await).0, ProblemCode::SessionEnded);
    let bearer = Credentials { session: None, key: Some(world.key.hash()) };
    assert_eq!(code(seen(&another, bearer).await).0, ProblemCode::KeyRefused);
    assert_eq!(code(another.open_key("0000").await).0, ProblemCode::KeyRefused);
}

#[tokio::test]
async fn roles_are_the_chains_of_now_and_not_of_the_signing_in() {
    let world = World::new().await;
    let guardian = wallet(1);
    let session = world.sign_in(&guardian).await;

    let (none, words) = code(world.may(session, Access::Everything).await);
    world.give(guardian.address(), &[AccessRole::Guardian], &[]);
    assert!(world.may(session, Access::Everything).await.is_ok());
    assert!(world.may(session, Access::Links).await.is_ok());
    assert_eq!(code(world.may(session, Access::Operator).await).0, ProblemCode::RoleNeeded);
    world.give(guardian.address(), &[], &[]);

    assert_eq!(none, ProblemCode::RoleNeeded);
    assert!(words.contains("which has no role here"), "{words}");
    assert_eq!(code(world.may(session, Access::Everything).await).0, ProblemCode::RoleNeeded);
}

#[tokio::test]
async fn the_chain_is_asked_once_a_block() {
    let world = World::new().await;
    let owner = wallet(1);
    world.give(owner.address(), &[AccessRole::Owner], &[]);
    let session = world.sign_in(&owner).await;

    for _ in 0..5 {
        world.may(session, Access::Reader).await.unwrap();
    }
    assert_eq!(world.chain.asked.load(Ordering::Relaxed), 1);
    world.chain.block.fetch_add(1, Ordering::Relaxed);
    world.may(session, Access::Reader).await.unwrap();
    world.pass(STANDING_MILLIS);
    world.may(session, Access::Reader).await.unwrap();

    assert_eq!(world.chain.asked.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_read_token_opens_its_mission_to_its_wallet_while_it_stands() {
    let world = World::new().await;
    let (validator, another) = (wallet(1), wallet(2));
    world.give(validator.address(), &[AccessRole::Validator], &[mission(1).key()]);
    world.give(another.address(), &[AccessRole::Validator], &[]);
    let (session, moved) = (world.sign_in(&validator).await, world.sign_in(&another).await);

    assert!(world.may(session, Access::Mission).await.is_ok());
    let (denied, words) = code(world.may(moved, Access::Mission).await);
    let visitor = world.sessions.visitor(session).await.unwrap();
    let elsewhere = visitor.may(Access::Mission, Some(&mission(2)));
    world.give(validator.address(), &[AccessRole::Validator], &[]);

    assert_eq!(denied, ProblemCode::RoleNeeded);
    assert!(
        words.contains("a validator who is summoned to it")
            && words.contains("Ask the owner to summon you"),
        "{words}"
    );
    assert_eq!(code(elsewhere).0, ProblemCode::RoleNeeded);
    assert_eq!(code(world.may(session, Access::Mission).await).0, ProblemCode::RoleNeeded);
}

#[tokio::test]
async fn a_link_opens_its_mission_alone_until_it_expires_or_is_revoked() {
    let world = World::new().await;
    let label = || MakeLink { label: "Ada".to_owned(), hours: 2 };
    let made = world.sessions.make_link(mission(1), &label(), None).await.unwrap();
    let other = world.sessions.make_link(mission(1), &label(), None).await.unwrap();
    let session = credentials(&world.sessions.open_link(&made.token).await.unwrap());
    let second = credentials(&world.sessions.open_link(&other.token).await.unwrap());

    assert!(world.may(session, Access::Mission).await.is_ok());
    let visitor = world.sessions.visitor(session).await.unwrap();
    assert_eq!(visitor.reads(), Reads::Some { keys: vec![mission(1).key()] });
    assert_eq!(code(visitor.may(Access::Mission, Some(&mission(2)))).0, ProblemCode::RoleNeeded);
    for access in [Access::Everything, Access::Operator, Access::Links] {
        assert_eq!(code(world.may(session, access).await).0, ProblemCode::RoleNeeded);
    }
    assert_eq!(
        world.sessions.links_of(mission(1)).iter().filter(|it| it.used_at.is_some()).count(),
        1
    );
    assert_eq!(world.sessions.links_of(mission(2)), []);

    world.sessions.revoke_link(mission(1), &made.link.id).await.unwrap().unwrap();
    assert!(world.sessions.revoke_link(mission(2), &other.link.id).await.unwrap().is_none());
    assert_eq!(code(world.may(session, Access::Mission).await).0, ProblemCode::SessionEnded);
    assert!(code(world.sessions.open_link(&made.token).await).1.contains("was revoked at"));
    assert!(world.may(second, Access::Mission).await.is_ok());

    world.pass(2 * 3_600_000);
    assert_eq!(code(world.may(second, Access::Mission).await).0, ProblemCode::SessionEnded);
    let (expired, words) = code(world.sessions.open_link(&other.token).await);
    assert_eq!(expired, ProblemCode::LinkRefused);
    assert!(words.contains("was good until"), "{words}");
    assert!(
        code(world.sessions.open_link("cut off").await).1.contains("cut off when it was copied")
    );
    // Links, and what became of them, outlive a restart; their tokens are kept nowhere.
    assert_eq!(
        world.restarted(&world.key).await.links_of(mission(1)),
        world.sessions.links_of(mission(1))
    );
}

#[tokio::test]
async fn a_link_without_a_name_or_an_end_is_refused() {
    let world = World::new().await;
    for (label, hours) in
        [("", 1), ("  ", 1), ("a\nb", 1), (&*"x".repeat(81), 1), ("Ada", 0), ("Ada", 8_761)]
    {
        let asked = MakeLink { label: label.to_owned(), hours };
        let made = world.sessions.make_link(mission(1), &asked, None).await;
        assert_eq!(code(made).0, ProblemCode::Malformed, "{label:?} {hours}");
    }
}

#[tokio::test]
async fn each_access_takes_whom_it_names() {
    use AccessRole::{Guardian, Operator, Owner, PauseGuardian, Validator};
    let everybody = [
        (Access::Public, [true; 7]),
        // nobody, no role, validator, guardian, pause guardian, operator, owner
        (Access::Reader, [false, false, true, true, true, true, true]),
        (Access::Mission, [false, false, false, true, true, true, true]),
        (Access::Everything, [false, false, false, true, true, true, true]),
        (Access::Operator, [false, false, false, false, false, true, true]),
        (Access::Links, [false, false, false, true, true, true, true]),
    ];
    let world = World::new().await;
    let asker = |role: Option<AccessRole>| {
        let standing = Standing { roles: role.into_iter().collect(), ..Standing::default() };
        Who::Wallet { account: wallet(3).address(), standing }
    };
    let roles = [Validator, Guardian, PauseGuardian, Operator, Owner];
    let people: Vec<Who> = [Who::Nobody, asker(None)]
        .into_iter()
        .chain(roles.into_iter().map(|role| asker(Some(role))))
        .collect();
    for (access, expected) in everybody {
        let found: Vec<bool> = people
            .iter()
            .map(|who| {
                world.sessions.seen(who.clone(), None).may(access, Some(&mission(1))).is_ok()
            })
            .collect();
        assert_eq!(found, expected, "{access:?}");
    }
}

#[tokio::test]
async fn what_strangers_may_do_is_configured() {
    for (anonymous, reads, operates) in [
        (Anonymous::Nothing, false, false),
        (Anonymous::Read, true, false),
        (Anonymous::Everything, true, true),
    ] {
        let rules = Rules { anonymous, ..World::new().await.rules };
        let world = World::with(rules, RelayDb::in_memory().unwrap()).await;
        let nobody = world.sessions.nobody();

        assert_eq!(nobody.may(Access::Mission, Some(&mission(1))).is_ok(), reads, "{anonymous:?}");
        assert_eq!(nobody.may(Access::Operator, None).is_ok(), operates, "{anonymous:?}");
    }
}
