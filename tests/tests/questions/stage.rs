//! The stage of the questions: the program with a fake model endpoint, a browser, and the people who may answer.

use alloy::primitives::Address;
use anyhow::{Context, Result, bail, ensure};
use phase8_shared::api::{CreateMission, MissionList, routes};
use phase8_shared::chain::DevRole;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::{Budget, Event, MissionState, Payload, QuestionAbout};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::time::ClockScale;
use phase8_tests::{Answer, Browser, Chain, MissionControl, Page, Parts, Settings, Wallet};

use crate::job::Job;
use crate::model::FakeModel;

/// Seconds that what the owner accelerates waits here.
const DELAY: &str = "2";
/// How much faster than the wall a rehearsal runs here: a turn takes a tenth of a second.
pub(crate) const FAST: u32 = 2_000;

/// Who the people are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct People {
    pub(crate) owner: Address,
    pub(crate) operator: Address,
    pub(crate) guild: [Address; 2],
    pub(crate) stranger: Address,
}

/// A browser on the program.
pub(crate) struct Stage {
    pub(crate) control: MissionControl,
    pub(crate) chain: Chain,
    pub(crate) wallet: Wallet,
    pub(crate) page: Page,
    pub(crate) people: People,
    browser: Browser,
    pub(crate) model: FakeModel,
    _files: tempfile::TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Result<Self> {
        let parts = Parts::find()?;
        let (model, files) = (FakeModel::start().await?, tempfile::tempdir()?);
        let adapters = files.path().join("model-adapters.json");
        std::fs::write(&adapters, model.adapters(&parts.config("model-adapters.json")?)?)?;
        let settings = Settings::default()
            .with("PHASE8__CHAIN__DELAY_SECONDS", DELAY)
            .with("PHASE8__FILES__ADAPTERS", &adapters.display().to_string());
        let control = MissionControl::start_with(&parts, settings).await?;
        let chain = control.chain().await?;
        let people = People {
            owner: chain.account(DevRole::Owner, 0)?,
            operator: chain.account(DevRole::Operator, 0)?,
            guild: [chain.account(DevRole::Validator, 0)?, chain.account(DevRole::Validator, 1)?],
            stranger: chain.account(DevRole::Payee, 0)?,
        };
        let wallet = Wallet::holding(people.stranger, chain.clone());
        let browser = Browser::start(&parts).await?;
        let page = connected(&browser, &control, &wallet).await?;
        Ok(Self { control, chain, wallet, page, people, browser, model, _files: files })
    }

    /// Launches a job under an id that repeats this byte, and pays for it.
    pub(crate) async fn launch(&self, byte: u8, job: Job, scale: u32) -> Result<MissionId> {
        let mission = MissionId::from_bytes([byte; 16]);
        let launch = CreateMission {
            spec: job.spec(),
            operator: self.people.operator,
            reward: TokenAmount::from_tokens_decimal("1000")?,
            clock_scale: ClockScale::try_from(scale)?,
        };
        self.control.create(mission, &launch).await?;
        self.control.fund(&self.chain, mission).await?;
        Ok(mission)
    }

    /// Kills the program as a power cut would, starts it again, and opens it in the browser. The chain is the same, at
    /// another address.
    pub(crate) async fn power_cut(&mut self) -> Result<()> {
        self.control.kill_and_restart().await?;
        self.chain = self.control.chain().await?;
        self.wallet = Wallet::holding(self.people.stranger, self.chain.clone());
        self.page = connected(&self.browser, &self.control, &self.wallet).await?;
        Ok(())
    }

    /// Waits until the mission asks something like this.
    pub(crate) async fn asked(
        &self,
        mission: MissionId,
        what: &str,
        about: impl Fn(&QuestionAbout) -> bool,
    ) -> Result<(Seq, MissionState)> {
        let find = |state: &MissionState| {
            state.questions.iter().find(|(_, asked)| about(&asked.about)).map(|(seq, _)| *seq)
        };
        let state = self.control.until(mission, what, |state| find(state).is_some()).await?;
        Ok((find(&state).context("it was there")?, state))
    }

    /// Goes to the mission's page by way of the list.
    pub(crate) async fn open(&self, mission: MissionId) -> Result<()> {
        self.list().await?;
        self.page.click(&format!("a[href=\"/missions/{mission}\"]")).await?;
        self.page.see("timeline").await?;
        Ok(())
    }

    /// Goes to the list of missions.
    pub(crate) async fn list(&self) -> Result<()> {
        self.page.click("a.nav__link[href=\"/missions\"]").await?;
        self.page.see("mission-row").await?;
        Ok(())
    }

    /// Gives an answer of a question by the words on its button.
    pub(crate) async fn answer(&self, question: Seq, name: &str) -> Result<()> {
        self.page
            .click(&format!("{}:enabled", button(question, name)))
            .await
            .with_context(|| format!("answer {name} to {question}"))
    }

    /// The same while the person lets the wallet's request wait for so many seconds of the chain's clock: too long.
    pub(crate) async fn answer_late(&self, question: Seq, name: &str, seconds: u64) -> Result<()> {
        let before = self.wallet.prompts();
        self.wallet.next_answer(Answer::Later);
        self.answer(question, name).await?;
        self.prompted(before).await?;
        self.chain.pass_time(seconds).await?;
        self.wallet.go_on();
        self.page.see_words(&card(question), "the signature was good until").await?;
        Ok(())
    }

    /// Waits until the page says that the ledger has the answer.
    pub(crate) async fn recorded(&self, question: Seq) -> Result<()> {
        self.page.see_words("toast", &format!("entry {question}.")).await?;
        Ok(())
    }

    /// Waits until the wallet was asked for one more signature than before.
    pub(crate) async fn prompted(&self, before: usize) -> Result<()> {
        until("the wallet is asked", || self.wallet.prompts() > before).await
    }

    /// Answers while the wallet refuses: nothing is recorded, and the page says so.
    pub(crate) async fn refuse_in_wallet(&self, question: Seq, name: &str) -> Result<()> {
        self.wallet.next_answer(Answer::Reject);
        self.answer(question, name).await?;
        self.page.see_words(&card(question), "rejected in the wallet").await?;
        Ok(())
    }

    /// Flips a lever of the rail and waits until the engine obeys.
    pub(crate) async fn set_cap(&self, usd: &str) -> Result<()> {
        self.page.fill("cap-input", usd).await?;
        self.page.click("[data-testid=\"lever-budget-cap\"] [data-testid=\"lever-sign\"]").await?;
        self.page.see("[data-testid=\"lever-budget-cap\"] [data-stage=\"obeyed\"]").await?;
        Ok(())
    }

    /// How much waits for people over all missions, by the server.
    pub(crate) async fn waiting(&self) -> Result<usize> {
        let list: MissionList = self.control.get(routes::MISSIONS).await?;
        let each = list
            .missions
            .iter()
            .map(|it| usize::from(it.awaiting_approval) + usize::from(it.questions));
        Ok(each.sum())
    }

    /// What waits for people is so much, beside the link in the navigation and over the list of missions.
    pub(crate) async fn inbox_says(&self, count: usize) -> Result<()> {
        self.list().await?;
        let things = match count {
            0 => {
                self.page.see("body:not(:has([data-testid=\"inbox-count\"]))").await?;
                return Ok(());
            }
            1 => "1 thing waits for people".to_owned(),
            more => format!("{more} things wait for people"),
        };
        self.page.see_words(".page-head", &things).await?;
        let beside = format!("[data-testid=\"inbox-count\"][aria-label=\"{things}\"]");
        assert_eq!(self.page.see(&beside).await?.trim(), count.to_string(), "in the navigation");
        Ok(())
    }

    /// No entry of the ledger ever found more spent and held back than the cap that stood then.
    pub(crate) async fn never_over_the_cap(&self, mission: MissionId) -> Result<MissionState> {
        let events = self.control.ledger(mission).await?;
        let (first, rest) = events.split_first().context("a ledger")?;
        let mut state = MissionState::begin(first).context("it begins with its creation")?;
        for event in rest {
            state.apply(event);
            let Budget { cap, spent, reserved } = state.budget;
            let committed = spent.checked_add(reserved).context("a sum")?;
            ensure!(committed <= cap, "entry {}: {:?}", event.seq, state.budget);
        }
        assert_eq!(self.chain.cap_of(mission.key()).await?, state.budget.cap, "the chain's cap");
        Ok(state)
    }
}

/// The card of a question.
pub(crate) fn card(question: Seq) -> String {
    format!("[data-testid=\"question\"][data-question=\"{question}\"]")
}

/// The button of an answer, by its name on the wire.
pub(crate) fn button(question: Seq, name: &str) -> String {
    format!("{} [data-answer=\"{name}\"] [data-testid=\"answer\"]", card(question))
}

/// Who answered what, in the order of the ledger.
pub(crate) fn answers(events: &[Event]) -> Vec<(Seq, String, Address)> {
    let answered = events.iter().filter_map(|event| {
        let Payload::QuestionAnswered { question, answer, by, .. } = &event.payload else {
            return None;
        };
        Some((*question, answer.to_string(), *by))
    });
    answered.collect()
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, is_so: impl Fn() -> bool) -> Result<()> {
    for _ in 0..400 {
        if is_so() {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    bail!("waited ten seconds until {what}")
}

pub(crate) fn usd(text: &str) -> Result<MicroUsd> {
    Ok(MicroUsd::from_usd_decimal(text)?)
}

async fn connected(browser: &Browser, control: &MissionControl, wallet: &Wallet) -> Result<Page> {
    let page = browser.open(&control.at("/missions"), wallet).await?;
    page.click("connect-wallet").await?;
    page.see_words("wallet-option", "Journey Wallet").await?;
    page.click("[data-testid=\"wallet-option\"][data-name=\"Journey Wallet\"]").await?;
    page.see("wallet-account").await?;
    Ok(page)
}
