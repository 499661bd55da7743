//! The desk: every flip of this tab, and the two ways to sign one.

use std::time::Duration;

use alloy_primitives::{Address, B256, U256};
use leptos::prelude::*;
use phase8_shared::api::{ReadRequest, SubmitRequest};
use phase8_shared::chain::field::Names;
use phase8_shared::chain::manager::Registry;
use phase8_shared::chain::{Deployment, Lever, Operation};

use crate::api::{self, ClientError, Governance, System, use_governance};
use crate::lever::check::{
    Block, Checked, Draft, Known, LookAhead, Named, Plan, account_of, ask_who, role_of, who,
};
use crate::lever::flip::{Engine, Flip, Progress, Surroundings, Track, Way};
use crate::lever::follow;
use crate::lever::memory::{self, Flips};
use crate::lever::place::Place;
use crate::wallet::{Wallet, WalletError, use_wallet};

/// How often the server is asked about flips under way.
const POLL: Duration = Duration::from_millis(800);

/// How often flips that are in force are looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(6);

/// What is to be signed: the place, what was looked at, and the exit.
type Order = (Place, Box<Checked>, Way);

/// Every flip of this tab.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    pub(super) flips: RwSignal<Flips>,
    pub(super) governance: Governance,
    pub(super) wallet: Wallet,
    pub(super) account: Signal<Option<Address>>,
    pub(super) deployment: Memo<Option<Deployment>>,
    known: RwSignal<Option<Known>>,
    named: RwSignal<Named>,
    nonce: RwSignal<Option<U256>>,
    sign: Action<Order, ()>,
    room: Action<Place, ()>,
}

/// Every flip of this tab.
pub(crate) fn use_desk() -> Desk {
    use_context().unwrap_or_else(|| Desk::provide(crate::api::use_system_handle()))
}

impl Desk {
    /// Takes up the flips of this tab, and makes them known to every part of the page.
    pub(crate) fn provide(system: System) -> Self {
        let wallet = use_wallet();
        let itself: StoredValue<Option<Self>> = StoredValue::new(None);
        let sign = Action::new_local(move |order: &Order| {
            let (place, shown, way) = order.clone();
            async move {
                if let Some(desk) = itself.get_value() {
                    desk.ask_to_sign(place, *shown, way).await;
                }
            }
        });
        let room = Action::new_local(move |place: &Place| {
            let place = place.clone();
            async move {
                if let Some(desk) = itself.get_value() {
                    follow::give_way(desk, &place).await;
                }
            }
        });
        let desk = Self {
            flips: RwSignal::new(memory::recall()),
            governance: use_governance(),
            wallet,
            account: wallet.account(),
            deployment: system.deployment(),
            known: RwSignal::new(None),
            named: RwSignal::new(Named::default()),
            nonce: RwSignal::new(None),
            sign,
            room,
        };
        itself.set_value(Some(desk));
        provide_context(desk);
        desk.watch();
        desk
    }

    /// Puts a flip up for signing, in the place of an earlier one that is over.
    pub(crate) fn propose(self, place: &Place, lever: Lever) {
        self.flips.update(|flips| {
            if !flips.get(place).is_some_and(|flip| self.is_busy(flip)) {
                flips.insert(place.clone(), Flip::proposed(lever));
            }
        });
    }

    /// Takes a proposal back, or clears what is over.
    pub(crate) fn withdraw(self, place: &Place) {
        self.flips.update(|flips| {
            if flips.get(place).is_some_and(|flip| !self.is_busy(flip)) {
                flips.remove(place);
            }
        });
    }

    /// Clears what is over, unless the chain took it back: that is told instead.
    pub(super) fn make_room(self, place: &Place) {
        self.room.dispatch_local(place.clone());
    }

    /// The flip in a place: the one under way, or the last.
    pub(crate) fn flip(self, place: &Place) -> Memo<Option<Flip>> {
        let place = place.clone();
        Memo::new(move |_| self.flips.with(|flips| flips.get(&place).cloned()))
    }

    /// Every flip of this tab, each in its place.
    pub(crate) fn flips(self) -> Signal<Flips> {
        self.flips.into()
    }

    /// Who decides, as the chain had it last.
    pub(crate) fn known(self) -> Signal<Option<Known>> {
        self.known.into()
    }

    /// The owner's nonce, as a check had it last.
    pub(super) fn last_nonce(self) -> Option<U256> {
        self.nonce.get_untracked()
    }

    /// Seconds that the owner's timelock waits, as far as it is known.
    pub(crate) fn delay(self) -> Option<u64> {
        let known = self.known.with(|known| known.map(|known| known.delay));
        known.or_else(|| self.governance.known().with(|view| view.as_ref().map(|view| view.delay)))
    }

    /// How many flips of this tab are on the chain: another number means that checks are out of date.
    pub(super) fn settled(self) -> usize {
        self.flips.with(|flips| {
            let on_chain = flips.values().filter(|flip| {
                matches!(flip.progress, Progress::Confirmed { .. } | Progress::Read { .. })
            });
            on_chain.count()
        })
    }

    fn is_busy(self, flip: &Flip) -> bool {
        self.governance.known().with_untracked(|governance| {
            let around = Surroundings {
                journal: None,
                engine: Engine::Absent,
                governance: governance.as_ref(),
            };
            flip.standing(around).is_busy()
        })
    }

    /// Checks everything once more, and asks the wallet.
    pub(crate) fn sign(self, place: &Place, shown: Checked, way: Way) {
        let Some(signer) = self.account.get_untracked() else { return };
        let mut flip = Flip::proposed(shown.draft.lever.clone());
        flip.operation = shown.intent.operation.as_ref().map(Operation::id);
        flip.expect.clone_from(&shown.expect);
        flip.progress = Progress::Asking { signer, way };
        let taken = self.flips.try_update(|flips| {
            let busy = flips.get(place).is_some_and(|flip| self.is_busy(flip));
            if !busy {
                flips.insert(place.clone(), flip);
            }
            !busy
        });
        if taken == Some(true) {
            self.sign.dispatch_local((place.clone(), Box::new(shown), way));
        }
    }

    /// Notes how far a flip is.
    pub(super) fn set(self, place: &Place, progress: Progress) {
        self.flips.update(|flips| {
            if let Some(flip) = flips.get_mut(place) {
                flip.progress = progress;
            }
        });
    }

    async fn ask_to_sign(self, place: Place, shown: Checked, way: Way) {
        let progress = match self.check_and_sign(shown, way).await {
            Ok(track) => Progress::Signed { track },
            Err(words) => Progress::Proposed { trouble: Some(words) },
        };
        self.set(&place, progress);
    }

    /// One round trip lies between the click and the wallet's question.
    async fn check_and_sign(self, shown: Checked, way: Way) -> Result<Track, (String, String)> {
        let signer =
            self.account.get_untracked().ok_or_else(|| WalletError::NotConnected.words())?;
        let again = self.check(shown.draft.clone(), Some(signer)).await.map_err(unavailable)?;
        may_sign(&again, signer)?;
        if let Some(what) = again.differs_from(&shown, way) {
            return Err((what.to_owned(), "Look at it again, then sign.".to_owned()));
        }
        if self.account.get_untracked() != Some(signer) {
            return Err(WalletError::AccountChanged.words());
        }
        match way {
            Way::Wallet => {
                let hash = self.wallet.send(&again.call).await.map_err(|error| error.words())?;
                // Whether the server follows it or not, it is sent; the page looks for itself if it must.
                let _ = api::watch(hash).await;
                Ok(Track::transaction(hash))
            }
            Way::Relay => self.relay(&again).await.map_err(|error| error.words()),
        }
    }

    /// Has the wallet send, in a place, what a plan that was read asks for, after a check made now. `Err` says why it was
    /// not sent.
    pub(crate) async fn order(self, place: &Place, draft: Draft) -> Result<(), (String, String)> {
        let signer =
            self.account.get_untracked().ok_or_else(|| WalletError::NotConnected.words())?;
        let checked = self.check(draft, Some(signer)).await.map_err(unavailable)?;
        may_sign(&checked, signer)?;
        if let Some(line) = checked.surprises().next() {
            let what = format!("It would change {} as well", line.label);
            return Err((what, "Look at this call by itself before you sign it.".to_owned()));
        }
        let mut flip = Flip::proposed(checked.draft.lever.clone());
        flip.operation = checked.intent.operation.as_ref().map(Operation::id);
        flip.expect.clone_from(&checked.expect);
        flip.progress = Progress::Asking { signer, way: Way::Wallet };
        self.flips.update(|flips| {
            flips.insert(place.clone(), flip);
        });
        match self.wallet.send(&checked.call).await {
            Ok(hash) => {
                let _ = api::watch(hash).await;
                self.set(place, Progress::Signed { track: Track::transaction(hash) });
                Ok(())
            }
            Err(error) => {
                let words = error.words();
                self.set(place, Progress::Proposed { trouble: Some(words.clone()) });
                Err(words)
            }
        }
    }

    /// Looks now at what became of everything that is under way.
    pub(crate) async fn look(self) {
        follow::follow(self).await;
    }

    async fn relay(self, checked: &Checked) -> Result<Track, WalletError> {
        let request = &checked.intent.request;
        let signature = self.wallet.sign_typed_data(&request.typed_data_json()).await?;
        let submitted = SubmitRequest {
            target: request.target,
            data: request.data.clone(),
            nonce: request.nonce,
            deadline: request.deadline,
            chain_id: Some(request.chain_id),
            signature,
        };
        let digest = request.digest();
        match api::submit_request(&submitted).await {
            // An answer that got lost is looked for by its digest; nothing is sent twice.
            Ok(_) | Err(ClientError::Offline) => Ok(Track::request(digest)),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the endpoints about a lever: once if owner and delay are what they were, else once more.
    pub(crate) async fn check(
        self,
        draft: Draft,
        account: Option<Address>,
    ) -> Result<Checked, ClientError> {
        let deployment = self.deployment.get_untracked().ok_or(ClientError::Offline)?;
        let mut known = match self.known.get_untracked() {
            Some(known) => known,
            None => self.learn(&deployment).await?,
        };
        for _ in 0..3 {
            let plan = Plan::new(draft.clone(), &deployment, known, account, self.named());
            let answer = self.read(&plan.request).await?;
            match plan.read(&answer).map_err(garbled)? {
                Ok(checked) => {
                    self.nonce.set(Some(checked.intent.request.nonce));
                    return Ok(checked);
                }
                Err(found) => {
                    known = found;
                    self.known.set(Some(found));
                }
            }
        }
        Err(ClientError::Garbled("owner and delay change from read to read".to_owned()))
    }

    /// What a delayed lever would come to, beside the check itself.
    pub(crate) async fn look_ahead(self, checked: &mut Checked) {
        let Some(deployment) = self.deployment.get_untracked() else { return };
        let Some(ahead) = LookAhead::new(checked, &deployment.contracts, self.named()) else {
            return;
        };
        if let Ok(answer) = self.read(&ahead.request).await {
            ahead.read(checked, &answer);
        }
    }

    /// Names of keys: adapters of the registry, and what pages told.
    pub(crate) fn names(self) -> Names {
        let told = self.named.with(|named| named.names.clone());
        self.governance.known().with(|view| {
            let adapters = view.iter().flat_map(|view| &view.adapters);
            adapters.fold(told, |names, adapter| names.with(adapter.key, adapter.id.clone()))
        })
    }

    /// Tells the name of a key: a mission, a module, a domain.
    pub(crate) fn tell_name(self, key: B256, name: &str) {
        if self.named.with_untracked(|named| named.names.find(key) != Some(name)) {
            self.named.update(|named| {
                named.names = std::mem::take(&mut named.names).with(key, name);
            });
        }
    }

    /// Tells what the manager's registry holds, so that checks know what hangs together there.
    pub(crate) fn tell_registry(self, registry: Registry) {
        self.named.update(|named| {
            named.names = registry.names(std::mem::take(&mut named.names));
            named.registry = Some(registry);
        });
    }

    fn named(self) -> Named {
        let names = untrack(|| self.names());
        let registry = self.named.with_untracked(|named| named.registry.clone());
        Named { names, registry }
    }

    async fn learn(self, deployment: &Deployment) -> Result<Known, ClientError> {
        let answer = self.read(&ask_who(&deployment.contracts)).await?;
        let known = who(&answer.before).ok_or_else(|| {
            ClientError::Garbled("the contracts do not say who owns them".to_owned())
        })?;
        self.known.set(Some(known));
        Ok(known)
    }

    fn watch(self) {
        // Touches the tab's storage, so that stages survive a reload.
        Effect::new(move |_| self.flips.with(memory::remember));
        let wallet = self.wallet;
        let held = Memo::new(move |_| (self.account.get(), wallet.chain_id().get()));
        // What was being prepared for another account, or on another chain, ends at once; the wallet says so aloud.
        Effect::new(move |before: Option<(Option<Address>, Option<u64>)>| {
            let held = held.get();
            if before.is_some_and(|before| before != held && before.0.is_some()) {
                self.flips.update(|flips| flips.retain(|_, flip| !flip.is_proposal()));
            }
            held
        });
        let poll = Action::new_local(move |(): &()| follow::follow(self));
        set_interval(
            move || {
                let any =
                    self.flips.with_untracked(|flips| flips.values().any(follow::is_followed));
                if any && !poll.pending().get_untracked() {
                    poll.dispatch_local(());
                }
            },
            POLL,
        );
        let again = Action::new_local(move |(): &()| follow::look_again(self));
        set_interval(
            move || {
                if !again.pending().get_untracked() {
                    again.dispatch_local(());
                }
            },
            LOOK_AGAIN,
        );
    }

    /// Asks the endpoints for nothing but these answers.
    pub(super) async fn read(
        self,
        request: &ReadRequest,
    ) -> Result<phase8_shared::api::ReadAnswer, ClientError> {
        let answer = api::reads(request).await?;
        self.governance.heard_time(answer.as_of);
        Ok(answer)
    }
}

fn unavailable(error: ClientError) -> (String, String) {
    (
        format!("The check is unavailable: {error}"),
        "Nothing is signed unchecked. You can still export the evidence file.".to_owned(),
    )
}

/// Whether the check lets this account sign.
fn may_sign(checked: &Checked, signer: Address) -> Result<(), (String, String)> {
    if let Some(block) = checked.block() {
        return Err(block.words());
    }
    if account_of(checked.signer) != signer {
        let what = format!("This needs the {}", role_of(checked.signer));
        return Err((what, "Connect that account, then sign.".to_owned()));
    }
    Ok(())
}

fn garbled(error: crate::lever::check::Unfit) -> ClientError {
    ClientError::Garbled(error.to_string())
}

/// A value that nobody can guess; none without the browser's generator.
pub(super) fn draw_salt() -> B256 {
    let mut bytes = [0_u8; 32];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    B256::from(bytes)
}

impl Block {
    /// What is the matter, and what to do.
    pub(crate) fn words(&self) -> (String, String) {
        match self {
            Self::NotDecoded(why) => (
                format!("Not decoded: {why}"),
                "It is not signed. Reload the page: it may be older than the contracts.".to_owned(),
            ),
            Self::NoCode(target) => (
                format!("There is no contract at {target}"),
                "Check the deployment's addresses on the System page.".to_owned(),
            ),
            Self::Refused(why) => {
                (format!("It would be refused: {why}"), "Nothing was signed.".to_owned())
            }
            Self::Unavailable(why) => (
                format!("Check unavailable: {why}"),
                "Nothing is signed unchecked. You can still export the evidence file.".to_owned(),
            ),
        }
    }
}
