//! A server in memory, and clients that play a part.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::signers::local::PrivateKeySigner;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use phase8_orchestrator::agents::Adapters;
use phase8_orchestrator::ports::{Clock, SystemClock, SystemIds};
use phase8_orchestrator::store::{EventStore, MemoryStore};
use phase8_orchestrator::tlog::{LogParts, Logs, MemorySignedHeads};
use phase8_orchestrator::{Engine, EngineParts, LaunchPolicy, service};
use phase8_shared::api::{
    AccessRole, AcknowledgeSummons, Agreement, Anonymous, ApproveMilestone, BootstrapFiles, Check,
    ConfiguredFile, CreateMission, EndpointSaid, Fleet, GovernanceView, PolicyView, ProblemCode,
    ReadAnswer, ReadRequest, ReleaseStep, RequestView, Said, ScoreboardView, ServiceHealth,
    SubmitRequest, SummonsView, TransactionView,
};
use phase8_shared::chain::{
    ApprovalRequest, Contracts, Deployment, MissionAnswerRequest, StepReleaseRequest,
};
use phase8_shared::id::Role;
use phase8_shared::ledger::LogKey;
use phase8_shared::manifest::Resolver;
use phase8_shared::money::TokenAmount;
use phase8_shared::policy::{read_adapters, read_policies};
use phase8_shared::score::dominance::GuardrailVerdict;
use phase8_shared::scoreboard::judge;
use phase8_shared::time::{ClockScale, Timestamp};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::archive::Archives;
use crate::chain::QuorumError;
use crate::config::{Config, Environment};
use crate::evaluation::{self, Evaluations};
use crate::http::error::ApiError;
use crate::http::page::Page;
use crate::http::ports::{
    ApprovalPort, ChainPort, ClockPort, GovernancePort, RequestPort, TransactionPort,
};
use crate::http::room::Room;
use crate::http::router;
use crate::http::state::{AppState, Parts};
use crate::relay::approval::ApprovalError;
use crate::relay::orchestrator::{Embedded, OrchestratorPort};
use crate::relay::{Now, RelayDb, RelayError, RequestError, recover};
use crate::session::{ChainSide, Rules, SessionError, Sessions, Standing, Token};
use crate::telemetry::metrics::Metrics;

pub(super) const JOB: &str = include_str!("../../../../configs/job.multi-agent.json");
const POLICIES: &str = include_str!("../../../../configs/governance-policies.json");
pub(super) const MANIFEST: &str = include_str!("../../../../configs/universal.value.manifest.json");
const ADAPTERS: &str = include_str!("../../../../configs/model-adapters.json");
pub(super) const MISSION: &str = "/api/v1/missions/00ff10a0b0c0d0e0f00112233445566f";
pub(super) const HOST: &str = "127.0.0.1:8080";

/// A chain that is away.
#[derive(Debug)]
struct NoChain;

#[async_trait]
impl ChainPort for NoChain {
    async fn health(&self) -> ServiceHealth {
        ServiceHealth {
            name: "chain".to_owned(),
            ok: false,
            detail: "away".to_owned(),
            block: None,
        }
    }

    fn fleet(&self) -> Fleet {
        Fleet { paused: false }
    }

    async fn preflight(
        &self,
        _operator: Option<Address>,
        _deposit: Option<TokenAmount>,
    ) -> Vec<Check> {
        Vec::new()
    }

    async fn pass_through(&self, request: &[u8]) -> Value {
        json!({ "bytes": request.len() })
    }

    async fn read(&self, _request: &ReadRequest) -> Result<ReadAnswer, ApiError> {
        Err(QuorumError::Disagree { needed: 2, endpoints: self.agreement().endpoints }.into())
    }

    fn agreement(&self) -> Agreement {
        let said = |name: &str, said| EndpointSaid { name: name.to_owned(), said };
        let lie = "answers read 1 of 1 with 0x1 (the others: 0x0)";
        Agreement {
            endpoints: vec![
                said("rpc.example.org", Said::Agreed {}),
                said("127.0.0.1:8546", Said::Dissents { what: lie.to_owned() }),
            ],
            quorum: 2,
        }
    }
}

#[async_trait]
impl TransactionPort for NoChain {
    async fn submit(&self, _raw: Bytes) -> Result<TransactionView, ApiError> {
        Err(ApiError::internal(std::io::Error::other("a secret cause")))
    }

    async fn watch(&self, hash: B256) -> Result<TransactionView, ApiError> {
        Err(RelayError::Unknown(hash).into())
    }

    async fn find(&self, _hash: B256) -> Result<Option<TransactionView>, ApiError> {
        Ok(None)
    }

    async fn list(&self) -> Result<Vec<TransactionView>, ApiError> {
        Ok(Vec::new())
    }

    async fn relayer(&self) -> Option<ServiceHealth> {
        None
    }
}

/// A relay that refuses each request by the reason that its nonce asks for.
#[async_trait]
impl RequestPort for NoChain {
    async fn submit(&self, request: SubmitRequest) -> Result<RequestView, ApiError> {
        let at = Address::repeat_byte;
        Err(match request.nonce.to::<u8>() {
            0 => RequestError::Expired { deadline: 1_000, now: 2_000 },
            1 => RequestError::TooFarAhead { deadline: 3_000, latest: 2_000 },
            2 => RequestError::Nonce { found: U256::from(2), expected: U256::from(5) },
            3 => RequestError::NotTheOwner { found: at(3), expected: at(4) },
            4 => RequestError::NoRelayer("it has no wallet".to_owned()),
            _ => RelayError::PauseGuardianNotOwner("PAUSE_GUARDIAN_NOT_OWNER: …".to_owned()).into(),
        }
        .into())
    }

    async fn find(&self, _digest: B256) -> Result<Option<RequestView>, ApiError> {
        Ok(None)
    }

    async fn list(&self) -> Result<Vec<RequestView>, ApiError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl ApprovalPort for NoChain {
    async fn verify(
        &self,
        _request: &ApprovalRequest,
        approval: &ApproveMilestone,
        _operator: Address,
    ) -> Result<Bytes, ApiError> {
        Ok(approval.signature.clone())
    }

    async fn verify_release(
        &self,
        _request: &StepReleaseRequest,
        release: &ReleaseStep,
        _operator: Address,
    ) -> Result<Bytes, ApiError> {
        Ok(release.signature.clone())
    }

    async fn verify_answer(
        &self,
        _request: &MissionAnswerRequest,
        _by: Address,
        signature: &Bytes,
        _operator: Address,
    ) -> Result<Bytes, ApiError> {
        Ok(signature.clone())
    }
}

/// A chain of which nothing was read yet.
#[async_trait]
impl GovernancePort for NoChain {
    async fn view(&self) -> Result<GovernanceView, ApiError> {
        Err(ApiError::new(ProblemCode::ChainUnreachable, "the chain was not read yet"))
    }

    async fn delivered(&self, token: U256) -> Result<SummonsView, ApiError> {
        Err(ApiError::not_found(format!("there is no summons with the read token {token}")))
    }

    async fn acknowledge(
        &self,
        _token: U256,
        _acknowledgement: AcknowledgeSummons,
    ) -> Result<TransactionView, ApiError> {
        let why = "the summons ended (AttestationModuleSummonsExpired)".to_owned();
        Err(RelayError::Refused(why).into())
    }
}

impl ClockPort for NoChain {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_000)
    }
}

/// The wallet of somebody: the same for the same number.
pub(super) fn wallet(number: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(number)).unwrap()
}

/// Wallet 1 is the owner's, wallet 2 a guardian's, wallet 3 a validator's whom nobody has summoned.
#[async_trait]
impl ChainSide for NoChain {
    async fn signed(
        &self,
        by: Address,
        digest: B256,
        signature: &Bytes,
    ) -> Result<(), ApprovalError> {
        match recover(digest, signature) {
            Ok(signer) if signer == by => Ok(()),
            _ => Err(ApprovalError::BadSignature("the signature is another's".to_owned())),
        }
    }

    async fn standing(&self, account: Address, _now: Timestamp) -> Result<Standing, SessionError> {
        let roles = [AccessRole::Owner, AccessRole::Guardian, AccessRole::Validator];
        let known = roles.into_iter().zip(1..).filter(|(_, it)| wallet(*it).address() == account);
        let roles = known.map(|(role, _)| role).collect();
        Ok(Standing { roles, ..Standing::default() })
    }

    fn block(&self) -> Option<B256> {
        None
    }
}

/// A server without a socket.
pub(crate) struct World {
    pub(crate) router: Router,
    // Missions live as long as their engine.
    _engine: Engine,
    // Archives are written there.
    _folder: tempfile::TempDir,
    pub(crate) stopping: CancellationToken,
    pub(super) sessions: Sessions,
    pub(super) key: Token,
}

impl World {
    /// With the engine inside.
    pub(crate) async fn embedded() -> Self {
        let (engine, logs) = engine().await;
        Self::over(Arc::new(Embedded::new(service::router(engine.clone(), logs))), engine, 16).await
    }

    /// With the engine inside, for whoever has signed in.
    pub(super) async fn guarded() -> Self {
        let (engine, logs) = engine().await;
        let orchestrator = Arc::new(Embedded::new(service::router(engine.clone(), logs)));
        Self::open(orchestrator, engine, 16, Anonymous::Nothing).await
    }

    /// With the engine inside, and so many requests in work at a time.
    pub(super) async fn with_seats(seats: u32) -> Self {
        let (engine, logs) = engine().await;
        Self::over(Arc::new(Embedded::new(service::router(engine.clone(), logs))), engine, seats)
            .await
    }

    /// With this way to the engine.
    pub(super) async fn over(
        orchestrator: Arc<dyn OrchestratorPort>,
        engine: Engine,
        seats: u32,
    ) -> Self {
        Self::open(orchestrator, engine, seats, Anonymous::Everything).await
    }

    async fn open(
        orchestrator: Arc<dyn OrchestratorPort>,
        engine: Engine,
        seats: u32,
        anonymous: Anonymous,
    ) -> Self {
        let mut config = Config::load(None, &Environment::default(), Vec::new()).unwrap();
        config.http.max_in_flight = seats;
        let stopping = CancellationToken::new();
        let folder = tempfile::tempdir().unwrap();
        let now: Now = Arc::new(|| Timestamp::from_millis(1_000));
        let archive =
            Archives::new(folder.path().to_owned(), None, Arc::clone(&orchestrator), now.clone());
        let evaluations = Evaluations::over(evaluation::Parts {
            orchestrator: Arc::clone(&orchestrator),
            adapters: read_adapters(ADAPTERS).value.unwrap(),
            governance: tokio::sync::watch::channel(None).1,
            proposer: None,
            db: RelayDb::in_memory().unwrap(),
            config: config.evaluation.clone(),
            now: now.clone(),
        });
        let rules = Rules {
            chain_id: deployment().chain_id,
            anonymous,
            operators: BTreeSet::new(),
            validators_read_all: false,
            session_millis: 3_600_000,
        };
        let key = Token::fresh().unwrap();
        let db = RelayDb::in_memory().unwrap();
        let sessions = Sessions::open(rules, &key, db, now, Arc::new(NoChain)).await.unwrap();
        let state = AppState::new(Parts {
            orchestrator,
            chain: Arc::new(NoChain),
            transactions: Arc::new(NoChain),
            requests: Arc::new(NoChain),
            approvals: Arc::new(NoChain),
            governance: Arc::new(NoChain),
            evaluations: Arc::new(evaluations),
            archive: Arc::new(archive),
            clock: Arc::new(NoChain),
            deployment: deployment(),
            wallet_rpc_url: Some("https://rpc.example.org".to_owned()),
            launch: config.launch.defaults().unwrap(),
            adapters: Vec::new(),
            policies: PolicyView { source: POLICIES.to_owned() },
            scoreboard: ScoreboardView {
                file: "manifest.json".to_owned(),
                missing: None,
                guardrail: GuardrailVerdict::USUAL,
                judged: judge(MANIFEST, Resolver::default(), GuardrailVerdict::USUAL),
            },
            bootstrap: BootstrapFiles {
                manifest: ConfiguredFile {
                    file: "manifest.json".to_owned(),
                    text: Some(MANIFEST.to_owned()),
                    missing: None,
                },
                adapters: ConfiguredFile::default(),
            },
            page: Page::default(),
            sessions: sessions.clone(),
            metrics: Metrics::new(config.metrics),
            room: Room::of(std::env::temp_dir()),
            stopping: stopping.clone(),
        });
        let router = router(state, &config.http);
        Self { router, _engine: engine, _folder: folder, stopping, sessions, key }
    }

    /// The page's own browser.
    pub(super) fn page(&self) -> Client<'_> {
        Client { world: self, origin: Some("http://127.0.0.1:8080") }
    }

    /// A browser on a page of another site.
    pub(super) fn stranger(&self) -> Client<'_> {
        Client { world: self, origin: Some("https://evil.example") }
    }

    /// A program without an origin, such as curl.
    pub(super) fn program(&self) -> Client<'_> {
        Client { world: self, origin: None }
    }
}

/// Who asks.
pub(super) struct Client<'w> {
    world: &'w World,
    origin: Option<&'static str>,
}

impl Client<'_> {
    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, Body::empty()).await
    }

    pub(super) async fn put(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send("PUT", path, body.into()).await
    }

    pub(super) async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send("POST", path, body.into()).await
    }

    pub(super) async fn send(&self, method: &str, path: &str, body: Body) -> Answer {
        Answer::of(self.open(method, path, &[("content-type", "application/json")], body).await)
            .await
    }

    /// Sends with these headers and reads no body yet.
    pub(super) async fn open(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Response {
        let mut request = Request::builder().method(method).uri(path).header("host", HOST);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(origin) = self.origin {
            request = request.header("origin", origin);
        }
        self.world.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Self { status: parts.status, headers: parts.headers, body }
    }

    /// Status and body, the request id left out after it was found to equal the header's.
    pub(super) fn seen(&self) -> String {
        let mut body: Value = serde_json::from_str(&self.body).unwrap();
        let id = body.as_object_mut().and_then(|body| body.remove("request_id"));
        if let Some(id) = id {
            assert_eq!(self.headers["x-request-id"], id.as_str().unwrap());
        }
        format!(
            "{} {}\n{body:#}",
            self.status.as_u16(),
            self.headers["content-type"].to_str().unwrap()
        )
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A launch that holds.
pub(super) fn launch() -> String {
    launch_of(JOB)
}

/// A launch of this job spec.
pub(super) fn launch_of(spec: &str) -> String {
    let request = CreateMission {
        spec: spec.to_owned(),
        operator: Address::repeat_byte(0xee),
        reward: TokenAmount::from_tokens_decimal("1000").unwrap(),
        clock_scale: ClockScale::try_from(480).unwrap(),
    };
    serde_json::to_string(&request).unwrap()
}

pub(super) async fn engine() -> (Engine, Logs) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let adapters = read_adapters(ADAPTERS).value.unwrap();
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::default());
    let logs = Logs::new(LogParts {
        store: Arc::clone(&store),
        clock: Arc::clone(&clock),
        key: LogKey::from_seed(&[42; 32]),
        origin: "control.example.org".parse().unwrap(),
        signed: Arc::new(MemorySignedHeads::default()),
        chain: Some(crate::ledger::chain_of(&deployment())),
    });
    let parts = EngineParts {
        store,
        adapters: Adapters::rehearsing(&adapters, &clock),
        clock,
        ids: Arc::new(SystemIds),
    };
    let payees: BTreeMap<Role, Address> = ["planner", "dev", "analyst"]
        .iter()
        .zip(1..)
        .map(|(role, byte)| (role.parse().unwrap(), Address::repeat_byte(byte)))
        .collect();
    let policy = LaunchPolicy {
        base_stake: TokenAmount::from_tokens_decimal("100").unwrap(),
        payees,
        policies: read_policies(POLICIES).value.unwrap(),
        adapters,
    };
    (Engine::start(parts, policy).await.unwrap(), logs)
}

fn deployment() -> Deployment {
    let at = Address::repeat_byte;
    Deployment {
        chain_id: 31_337,
        from_block: 1,
        contracts: Contracts::locate(|name| at(1 + name as u8)),
        payees: BTreeMap::new(),
        dev_accounts: Vec::new(),
    }
}
