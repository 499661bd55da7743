//! Links for reading one mission: made by those who answer for it, good for a time, taken back at once.

use alloy::primitives::Address;
use phase8_shared::api::{MadeLink, MakeLink, ReadLink};
use phase8_shared::id::MissionId;
use phase8_shared::time::Timestamp;

use super::kept::{self, CameBy, KeptLink};
use super::token::{Token, fresh_id, hash_of};
use super::{Opened, SessionError, Sessions};

/// The longest label, in characters.
const LONGEST_LABEL: usize = 80;
/// The longest time, in hours: a year.
const LONGEST_HOURS: u32 = 8_760;
/// So many links of one mission stand at a time.
const MOST_STANDING: usize = 200;
/// Use is told to the minute.
const USE_MILLIS: u64 = 60_000;

impl Sessions {
    /// Makes a link.
    pub async fn make_link(
        &self,
        mission: MissionId,
        asked: &MakeLink,
        made_by: Option<Address>,
    ) -> Result<MadeLink, SessionError> {
        let label = asked.label.trim();
        if label.is_empty()
            || label.chars().count() > LONGEST_LABEL
            || label.contains(char::is_control)
        {
            let words = format!(
                "`label` says in 1 to {LONGEST_LABEL} characters whom the link is for; found {} characters",
                label.chars().count()
            );
            return Err(SessionError::Link(words));
        }
        if !(1..=LONGEST_HOURS).contains(&asked.hours) {
            let words = format!("`hours` must be from 1 to {LONGEST_HOURS}; found {}", asked.hours);
            return Err(SessionError::Link(words));
        }
        let now = (self.inner.now)();
        let links = self.links_of(mission);
        if links.iter().filter(|link| ended(link, now).is_ok()).count() >= MOST_STANDING {
            let words =
                format!("{MOST_STANDING} links to this mission stand already: revoke some first");
            return Err(SessionError::Link(words));
        }
        let token = Token::fresh()?;
        let link = ReadLink {
            id: fresh_id()?,
            mission,
            label: label.to_owned(),
            made_by,
            made_at: now,
            expires_at: now.plus_millis(u64::from(asked.hours).saturating_mul(3_600_000)),
            revoked_at: None,
            used_at: None,
        };
        let kept = KeptLink { hash: token.hash(), link: link.clone() };
        kept::keep_link(&self.inner.db, kept.clone()).await?;
        self.memory().links.insert(link.id.clone(), kept);
        Ok(MadeLink { link, token: token.expose().to_owned() })
    }

    /// The links of a mission, the newest first.
    pub fn links_of(&self, mission: MissionId) -> Vec<ReadLink> {
        let memory = self.memory();
        let mut links: Vec<ReadLink> = memory
            .links
            .values()
            .filter(|kept| kept.link.mission == mission)
            .map(|kept| kept.link.clone())
            .collect();
        links.sort_by(|one, other| (other.made_at, &other.id).cmp(&(one.made_at, &one.id)));
        links
    }

    /// Revokes a link of a mission, and ends what it opened; `None` if there is none of that name. Again is as once.
    pub async fn revoke_link(
        &self,
        mission: MissionId,
        id: &str,
    ) -> Result<Option<ReadLink>, SessionError> {
        let is_there = self.memory().links.get(id).is_some_and(|kept| kept.link.mission == mission);
        if !is_there {
            return Ok(None);
        }
        let now = (self.inner.now)();
        kept::revoke_link(&self.inner.db, id.to_owned(), now).await?;
        let revoked = {
            let mut memory = self.memory();
            memory.sessions.retain(|_, session| session.came_by != CameBy::Link(id.to_owned()));
            memory.links.get_mut(id).map(|kept| {
                kept.link.revoked_at.get_or_insert(now);
                kept.link.clone()
            })
        };
        self.tell_of_ending();
        Ok(revoked)
    }

    /// Opens a session with a link's token.
    pub async fn open_link(&self, token: &str) -> Result<Opened, SessionError> {
        let hash = hash_of(token);
        let found = self.memory().links.values().find(|kept| kept.hash == hash).cloned();
        let link = found.ok_or(SessionError::LinkUnknown)?.link;
        ended(&link, (self.inner.now)())?;
        self.keep(CameBy::Link(link.id)).await
    }

    /// A link that counts now.
    pub(super) fn standing_link(&self, id: &str, now: Timestamp) -> Option<ReadLink> {
        let link = self.memory().links.get(id).map(|kept| kept.link.clone())?;
        ended(&link, now).is_ok().then_some(link)
    }

    /// Notes that a link was used, to the minute.
    pub(super) async fn note_use(
        &self,
        link: &ReadLink,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        if link.used_at.is_some_and(|used| now.since(used) < USE_MILLIS) {
            return Ok(());
        }
        if let Some(kept) = self.memory().links.get_mut(&link.id) {
            kept.link.used_at = Some(now);
        }
        Ok(kept::note_use(&self.inner.db, link.id.clone(), now).await?)
    }
}

/// Whether a link still counts.
fn ended(link: &ReadLink, now: Timestamp) -> Result<(), SessionError> {
    match link.revoked_at {
        Some(at) => Err(SessionError::LinkRevoked(at)),
        None if link.expires_at <= now => Err(SessionError::LinkExpired(link.expires_at)),
        None => Ok(()),
    }
}
