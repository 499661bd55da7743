//! What the program is made of: the one place that names concrete types, starts them in order and stops them in the
//! other.

mod answers;
mod chain;
mod engine;
mod files;
mod governance;
mod measured;
mod stop;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use phase8_orchestrator::Engine;
use phase8_orchestrator::ports::SystemClock;
use phase8_orchestrator::service;
use phase8_orchestrator::store::SharedWallet;
use phase8_shared::api::AdapterView;
use phase8_shared::chain::DevRole;
use phase8_shared::policy::ModelAdapter;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::info;

use self::answers::{Approvals, ChainAnswers, Clock, Transactions};
use self::chain::ChainParts;
use self::files::Files;
use self::governance::GovernanceAnswers;
use self::measured::Measured;
use crate::archive::Archives;
use crate::chain::cursor::Cursor;
use crate::chain::governance::{Deliveries, Executor, GovernanceIndex, Known};
use crate::chain::pass_through::PassThrough;
use crate::chain::payouts::PayoutWorker;
use crate::chain::watcher::{Watcher, WatcherConfig};
use crate::config::{ChainMode, Config, ValidatorsRead};
use crate::evaluation::{self, Evaluations, Proposer};
use crate::http::alone;
use crate::http::page::Page;
use crate::http::room::Room;
use crate::http::state::{AppState, Parts};
use crate::http::{self, server};
use crate::relay::orchestrator::{Embedded, OrchestratorPort, Remote};
use crate::relay::{Now, Relay, RelayConfig, RelayDb};
use crate::session::{self, Rules, Sessions, Token};
use crate::telemetry::metrics::{ChainMetrics, Metrics};
use crate::telemetry::{say, say_step};

/// Serves the page and the API until it is told to stop.
pub async fn serve(config: Config) -> Result<()> {
    let listener = server::listen(&config.http).await?;
    let measured = Measured::of(&config).await?;
    let started = tokio::select! {
        started = start(&config, &listener, &measured.metrics) => started?,
        () = stop::asked_for() => return Ok(()),
    };
    let Running { router, background, stopping, engine, chain, key } = started;
    let address = listener.local_addr().context("the listener has no address")?;
    say(&format!("Mission Control is at http://{address}"));
    let opens = format!("http://{address}/#key={}", key.expose());
    say_step(
        "operator",
        &format!("open {opens} in a browser of this machine; keep it to yourself"),
    );

    let telling = measured.tell(&config, &stopping);
    let serving = tokio::spawn({
        let (http, stopping) = (config.http.clone(), stopping.clone());
        async move { server::serve(listener, router, &http, stopping).await }
    });
    stop::asked_for().await;
    info!("stopping; once more to stop at once");
    stopping.cancel();
    let orderly = async {
        drop(serving.await);
        background.join_all().await;
        drop(telling.await);
        if let Some(engine) = engine {
            engine.shutdown().await;
        }
        chain.stop().await;
        info!("stopped");
    };
    tokio::select! {
        () = orderly => {}
        () = stop::asked_for() => info!("stopped at once"),
    }
    Ok(())
}

/// Serves the orchestrator alone, for backends that name it by `ORCHESTRATOR_URL`.
pub async fn serve_orchestrator(config: Config) -> Result<()> {
    let listener = server::listen(&config.http).await?;
    let files = Files::read(&config.files)?;
    let payees = chain::payees_of_file(&config)?;
    let deployment = chain::deployment_of_file(&config)?;
    let measured = Measured::of(&config).await?;
    let metrics = measured.metrics.clone();
    let (engine, logs) =
        engine::start(&config, &files, payees, deployment.as_ref(), &metrics).await?;
    let address = listener.local_addr().context("the listener has no address")?;
    say(&format!("The orchestrator is at http://{address}"));

    let stopping = CancellationToken::new();
    let telling = measured.tell(&config, &stopping);
    let serving = tokio::spawn({
        let (router, http, stopping) = (
            alone::router(engine.clone(), logs, &metrics, &config.http),
            config.http.clone(),
            stopping.clone(),
        );
        async move { server::serve(listener, router, &http, stopping).await }
    });
    stop::asked_for().await;
    stopping.cancel();
    // Live ledgers end with the engine, and only then do their connections.
    engine.shutdown().await;
    drop(serving.await);
    drop(telling.await);
    Ok(())
}

/// The contracts that the configuration names, or that the development chain has; `None` where there are none.
pub fn deployment_of(config: &Config) -> Result<Option<phase8_shared::chain::Deployment>> {
    chain::deployment_of_file(config)
}

/// Everything that runs beside the listener.
struct Running {
    router: axum::Router,
    background: JoinSet<()>,
    stopping: CancellationToken,
    engine: Option<Engine>,
    chain: ChainParts,
    /// What opens the page for the machine's own operator.
    key: Token,
}

async fn start(config: &Config, listener: &TcpListener, metrics: &Metrics) -> Result<Running> {
    say("Mission Control starts");
    let files = Files::read(&config.files)?;
    let page = Page::load(&config.http.dist)?;
    std::fs::create_dir_all(&config.storage.data).with_context(|| {
        format!("the folder {} cannot be created", config.storage.data.display())
    })?;
    let key = session::key::load_or_create(&config.storage.data)?;
    let clock = Clock::new(SystemClock);
    let chain =
        chain::start(config, files.founding(config.chain.delay_seconds), clock.as_now()).await?;
    let deployment = chain.deployment.clone();

    let (orchestrator, engine) = orchestrator(config, &files, &chain, metrics).await?;
    let db = RelayDb::open(&config.storage.relay()).with_context(|| {
        format!("the database {} cannot be opened", config.storage.relay().display())
    })?;
    let relay = Relay::configured(
        chain.reader.clone(),
        &deployment,
        db.clone(),
        clock.as_now(),
        RelayConfig { group: group(config)?, ..config.relay.with(chain.relayer.clone()) },
    );
    let deliveries =
        Deliveries::open(db.clone()).await.context("the deliveries of summonses cannot be kept")?;
    let cursor = Cursor::new(db.clone(), deployment.chain_id, deployment.contracts.escrow);
    let interval = config.chain.poll_interval();
    let watching = WatcherConfig {
        interval,
        confirmations: config.chain.confirmations,
        ..WatcherConfig::default()
    };
    let watcher = Watcher::new(
        chain.reader.clone(),
        deployment.from_block,
        cursor,
        Arc::clone(&orchestrator),
        watching,
    )
    .woken_by(relay.news());

    let stopping = CancellationToken::new();
    let mut background = JoinSet::new();
    let measured =
        ChainMetrics::new(watcher.health(), chain.quorum.clone(), config.storage.data.clone());
    background.spawn(
        measured
            .followed(chain.reader.clone(), relay.clone(), chain.relayer.clone(), clock.as_now())
            .run(stopping.clone()),
    );
    metrics.tell_of_chain(measured);
    let payouts = chain.relayer.clone().map(|relayer| {
        PayoutWorker::new(
            chain.reader.clone(),
            relay.clone(),
            relayer,
            Arc::clone(&orchestrator),
            interval,
        )
    });
    let answers = ChainAnswers {
        reader: chain.reader.clone(),
        quorum: chain.quorum.clone(),
        deployment: deployment.clone(),
        policies: files.policies.clone(),
        relayer: chain.relayer.as_ref().map(crate::relay::Relayer::address),
        pass_through: PassThrough::new(chain.rpc.clone(), deployment.chain_id),
        watched: watcher.health(),
        payouts: payouts.as_ref().map(PayoutWorker::health),
        expected_owner: config.chain.expected_owner,
        expected_manager: config.chain.expected_manager,
    };
    let mut index = GovernanceIndex::new(chain.reader.clone(), deployment.from_block, interval)
        .woken_by(relay.news());
    if let Some(relayer) = chain.relayer.clone() {
        index = index.executing(
            Executor::new(relay.clone(), relayer, clock.as_now())
                .while_leading(Arc::clone(&orchestrator)),
        );
    }
    let governance = GovernanceAnswers {
        known: index.known(),
        deliveries,
        reader: chain.reader.clone(),
        relay: relay.clone(),
        relayer: chain.relayer.clone(),
        now: clock.as_now(),
    };
    let known = index.known();
    background.spawn(index.run(stopping.clone()));
    background.spawn(watcher.run(stopping.clone()));
    background.spawn(chain.quorum.clone().keep_asking(AGREEMENT_INTERVAL, stopping.clone()));
    background.spawn({
        let (relay, stopping) = (relay.clone(), stopping.clone());
        async move { relay.run(interval, stopping).await }
    });
    if let Some(payouts) = payouts {
        background.spawn(payouts.run(stopping.clone()));
    }
    say_page(config, &page);
    let scoreboard = files.scoreboard(&config.scoreboard, &deployment.contracts);

    let sessions =
        sessions(config, &chain, &key, db.clone(), clock.as_now(), known.clone()).await?;
    let evaluations = Evaluations::over(evaluation::Parts {
        orchestrator: Arc::clone(&orchestrator),
        adapters: files.adapters.clone(),
        governance: known,
        proposer: chain.relayer.clone().map(|relayer| Proposer {
            reader: chain.reader.clone(),
            relay: relay.clone(),
            relayer,
        }),
        db,
        config: config.evaluation.clone(),
        now: clock.as_now(),
    });
    background.spawn(evaluations.clone().run(stopping.clone()));
    let archive = Archives::new(
        config.storage.archives(),
        config.archive.kubo_url.clone(),
        Arc::clone(&orchestrator),
        clock.as_now(),
    );
    let state = AppState::new(Parts {
        orchestrator,
        chain: Arc::new(answers),
        transactions: Arc::new(Transactions::new(relay.clone(), metrics.clone())),
        requests: Arc::new(Transactions::new(relay, metrics.clone())),
        approvals: Arc::new(Approvals::new(chain.reader.clone())),
        governance: Arc::new(governance),
        evaluations: Arc::new(evaluations),
        archive: Arc::new(archive),
        clock: Arc::new(clock),
        deployment,
        wallet_rpc_url: chain.wallet_rpc_url.clone(),
        launch: config.launch.defaults()?,
        adapters: files.adapters.iter().map(adapter_view).collect(),
        policies: files.policies_view(),
        scoreboard,
        bootstrap: files.bootstrap(&config.scoreboard),
        page,
        sessions,
        metrics: metrics.clone(),
        room: Room::of(config.storage.data.clone()),
        stopping: stopping.clone(),
    });
    let port = listener.local_addr().map_or(config.http.port, |address| address.port());
    info!(port, "the listener is ready on port {port}");
    let router = http::router(state, &config.http);
    Ok(Running { router, background, stopping, engine, chain, key })
}

/// Who has signed in. The development chain has an operator of its own.
async fn sessions(
    config: &Config,
    chain: &ChainParts,
    key: &Token,
    db: RelayDb,
    now: Now,
    known: Known,
) -> Result<Sessions> {
    let mut operators = config.access.operators.clone();
    if config.chain.mode == ChainMode::Devnet {
        let accounts = chain.deployment.dev_accounts.iter();
        operators.extend(
            accounts.filter(|it| it.role == DevRole::Operator).map(|account| account.address),
        );
    }
    let rules = Rules {
        chain_id: chain.deployment.chain_id,
        anonymous: config.access.anonymous,
        operators,
        validators_read_all: config.access.validators == ValidatorsRead::All,
        session_millis: config.access.session_millis(),
    };
    let contracts = session::Contracts::new(chain.quorum.clone(), chain.reader.clone(), known);
    let sessions = Sessions::open(rules, key, db, now, Arc::new(contracts)).await;
    sessions.context("the sessions of an earlier run cannot be read")
}

async fn orchestrator(
    config: &Config,
    files: &Files,
    chain: &ChainParts,
    metrics: &Metrics,
) -> Result<(Arc<dyn OrchestratorPort>, Option<Engine>)> {
    if let Some(url) = &config.orchestrator.url {
        let remote = Remote::new(url)?;
        let health = remote.health().await;
        say_step("orchestrator", &health.detail);
        return Ok((Arc::new(remote), None));
    }
    let deployment = &chain.deployment;
    let (engine, logs) =
        engine::start(config, files, deployment.payees.clone(), Some(deployment), metrics).await?;
    let missions = engine.count();
    say_step(
        "orchestrator",
        &format!(
            "inside this server; {missions} missions in {}",
            config.storage.missions().display()
        ),
    );
    Ok((Arc::new(Embedded::new(service::router(engine.clone(), logs))), Some(engine)))
}

/// How this server knows of others on the same database, which sign with the same wallet.
fn group(config: &Config) -> Result<Option<SharedWallet>> {
    if config.orchestrator.url.is_some() {
        return Ok(None);
    }
    let database = config.storage.database.as_ref();
    Ok(database.map(|url| SharedWallet::at(url.expose())).transpose()?)
}

fn adapter_view(adapter: &ModelAdapter) -> AdapterView {
    AdapterView { rehearsal: adapter.is_rehearsal(), adapter: adapter.clone() }
}

fn say_page(config: &Config, page: &Page) {
    let folder = config.http.dist.display();
    match page.digest() {
        Some(digest) if page.is_built() => say_step("page", &format!("{folder}, SHA-256 {digest}")),
        _ => say_step("page", &format!("there is none in {folder}; `cargo xtask build` makes it")),
    }
}

/// Questions to the chain are given up after this.
pub(crate) const RPC_TIMEOUT: Duration = Duration::from_secs(10);

/// So often the endpoints are asked whether they agree.
const AGREEMENT_INTERVAL: Duration = Duration::from_secs(5);
