//! Whether a manifest agrees with itself, and with what the contracts take. A rule about values that could not be read
//! says nothing: their own findings say it.

use std::collections::BTreeMap;
use std::fmt::Arguments;

use super::mesh::folded;
use super::{Manifest, Mesh};
use crate::json::Step::{self, Index, Key};
use crate::json::{Place, Report, nearest, shortened};
use crate::spec::Millionths;

/// Misspelt slugs for which the nearest is looked up: the look-up is slow, and a page shows few.
const LOOKED_UP: usize = 20;

/// Adds what does not agree.
pub(super) fn check(manifest: &Manifest, report: &mut Report<'_>) {
    let mesh = Mesh::new(manifest);
    let mut check = Check { manifest, mesh, report, looked_up: 0 };
    check.names();
    check.references();
    check.domains();
    check.sentinels();
    check.protocols();
    check.improvement();
    check.sessions();
    check.teams();
    check.stakes();
}

struct Check<'m, 'r, 'd> {
    manifest: &'m Manifest,
    mesh: Mesh,
    report: &'r mut Report<'d>,
    looked_up: usize,
}

impl Check<'_, '_, '_> {
    /// An error at a path, unless what stands there could not be read.
    fn error(
        &mut self,
        code: &'static str,
        at: &[Step<'_>],
        message: Arguments<'_>,
        help: Arguments<'_>,
    ) {
        if !self.report.blames(Place::Path(at)) {
            self.report.error(code, Place::Path(at), message, help);
        }
    }

    fn warn(
        &mut self,
        code: &'static str,
        at: &[Step<'_>],
        message: Arguments<'_>,
        help: Arguments<'_>,
    ) {
        if !self.report.blames(Place::Path(at)) {
            self.report.warning(code, Place::Path(at), message, help);
        }
    }

    fn is_sound(&self, at: &[Step<'_>]) -> bool {
        !self.report.blames(Place::Path(at))
    }

    fn names(&mut self) {
        let manifest = self.manifest;
        self.unique("domains", "slug", manifest.domains.iter().map(|it| it.slug.as_str()));
        self.unique("sentinels", "slug", manifest.sentinels.iter().map(|it| it.slug.as_str()));
        let streams = manifest.capital_streams.iter().map(|it| it.slug.as_str());
        self.unique("capitalStreams", "slug", streams);
        self.unique("aiTeams", "slug", manifest.ai_teams.iter().map(|it| it.slug.as_str()));
        let protocols = manifest.guardian_protocols.iter().map(|it| it.scenario.as_str());
        self.unique("guardianProtocols", "scenario", protocols);
    }

    /// Slugs are ids: two that differ by case alone are one.
    fn unique<'s>(
        &mut self,
        list: &'static str,
        key: &'static str,
        slugs: impl Iterator<Item = &'s str>,
    ) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (index, slug) in slugs.enumerate().filter(|(_, slug)| !slug.is_empty()) {
            let first = *seen.entry(folded(slug)).or_insert(index);
            if first != index {
                let slug = shortened(slug);
                let message = format_args!(
                    "`{slug}` is the {key} of {list}[{first}] too; case does not count"
                );
                let help = format_args!("give each its own");
                self.error("duplicate-slug", &[Key(list), Index(index), Key(key)], message, help);
            }
        }
    }

    fn references(&mut self) {
        let manifest = self.manifest;
        for (index, it) in manifest.sentinels.iter().enumerate() {
            self.listed(&["sentinels", "domains"], index, &it.domains, Repeats::Refused);
        }
        for (index, it) in manifest.capital_streams.iter().enumerate() {
            self.listed(&["capitalStreams", "domains"], index, &it.domains, Repeats::Refused);
        }
        for (index, it) in manifest.guardian_protocols.iter().enumerate() {
            let at = ["guardianProtocols", "linkedDomains"];
            self.listed(&at, index, &it.linked_domains, Repeats::Warned);
            let at = ["guardianProtocols", "linkedSentinels"];
            self.listed(&at, index, &it.linked_sentinels, Repeats::Warned);
        }
        for (index, it) in manifest.ai_teams.iter().enumerate() {
            self.listed(&["aiTeams", "domains"], index, &it.domains, Repeats::Warned);
        }
    }

    /// Every slug of a list names something, and none twice.
    fn listed(&mut self, at: &[&'static str; 2], entry: usize, slugs: &[String], repeats: Repeats) {
        let [list, key] = *at;
        let is_sentinel = key == "linkedSentinels";
        let what = if is_sentinel { "sentinel" } else { "domain" };
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (index, slug) in slugs.iter().enumerate().filter(|(_, slug)| !slug.is_empty()) {
            let at = [Key(list), Index(entry), Key(key), Index(index)];
            let found = if is_sentinel { self.mesh.sentinel(slug) } else { self.mesh.domain(slug) };
            if found.is_none() {
                let meant = self.meant(slug, is_sentinel);
                let message = format_args!("there is no {what} `{}`", shortened(slug));
                let help = meant.map_or_else(
                    || format!("add the {what}, or take its slug out here"),
                    |meant| format!("did you mean `{meant}`?"),
                );
                self.error("unknown-slug", &at, message, format_args!("{help}"));
            } else if *seen.entry(folded(slug)).or_insert(index) != index {
                let message = format_args!("`{}` is listed twice", shortened(slug));
                match repeats {
                    Repeats::Refused => {
                        let help = format_args!("the contract refuses that: take one of them out");
                        self.error("duplicate-binding", &at, message, help);
                    }
                    Repeats::Warned => {
                        let help = format_args!("take one of them out");
                        self.warn("listed-twice", &at, message, help);
                    }
                }
            }
        }
    }

    fn meant(&mut self, slug: &str, is_sentinel: bool) -> Option<String> {
        self.looked_up = self.looked_up.saturating_add(1);
        if self.looked_up > LOOKED_UP {
            return None;
        }
        let manifest = self.manifest;
        let found = if is_sentinel {
            nearest(slug, &mut manifest.sentinels.iter().map(|it| it.slug.as_str()))
        } else {
            nearest(slug, &mut manifest.domains.iter().map(|it| it.slug.as_str()))
        };
        found.filter(|found| !found.is_empty()).map(shortened)
    }

    fn domains(&mut self) {
        let manifest = self.manifest;
        if manifest.domains.is_empty() {
            let message = format_args!("there is no domain, so nothing is governed");
            self.warn("no-domains", &[Key("domains")], message, format_args!("add the first"));
            return;
        }
        let guards = [Key("selfImprovement"), Key("autonomyGuards")];
        if manifest.guards().is_none() {
            let message = format_args!("there are domains, and nothing bounds their autonomy");
            let help = format_args!("add selfImprovement.autonomyGuards with maxAutonomyBps");
            self.error("no-autonomy-guards", &guards, message, help);
        }
        let cap = manifest.guards().map(|guards| guards.max_autonomy_bps);
        let cap = cap.filter(|_| self.is_sound(&guards));
        let has = |this: &Self, list| this.is_sound(&[Key(list)]);
        let (watched, funded, guarded) =
            (has(self, "sentinels"), has(self, "capitalStreams"), has(self, "guardianProtocols"));
        for (index, domain) in manifest.domains.iter().enumerate() {
            let slug = shortened(&domain.slug);
            let links = self.mesh.domains.get(index).cloned().unwrap_or_default();
            let at = [Key("domains"), Index(index)];
            let level = domain.autonomy_level_bps;
            if let Some(cap) = cap.filter(|cap| level > *cap) {
                let message =
                    format_args!("`{slug}` decides {level} alone, and the guards allow {cap}");
                let help = format_args!("lower it to {}, or raise maxAutonomyBps", cap.get());
                let at = [Key("domains"), Index(index), Key("autonomyLevelBps")];
                self.error("autonomy-above-cap", &at, message, help);
            }
            // A domain that could not be read whole, or has a twin, would be told to be alone for that reason only.
            let is_own = self.mesh.domain(&domain.slug) == Some(index);
            if !self.is_sound(&at) || !is_own {
                continue;
            }
            if links.sentinels.is_empty() && watched {
                let message = format_args!("no sentinel watches `{slug}`");
                let help = format_args!("list it at a sentinel, or add one that lists no domain");
                self.report.error("unwatched-domain", Place::Path(&at), message, help);
            }
            if links.streams.is_empty() && funded {
                let message = format_args!("no capital stream funds `{slug}`");
                let help = format_args!("list it at a stream, or add one that lists no domain");
                self.report.error("unfunded-domain", Place::Path(&at), message, help);
            }
            if links.protocols.is_empty() && guarded {
                let message = format_args!("no guardian protocol is about `{slug}`");
                let help = format_args!("list it among a protocol's linkedDomains");
                self.report.error("unguarded-domain", Place::Path(&at), message, help);
            }
            if !domain.active {
                self.switched_off("domains", index);
            }
        }
    }

    fn switched_off(&mut self, list: &'static str, index: usize) {
        let at = [Key(list), Index(index), Key("active")];
        let message = format_args!("this entry is switched off, and still counts in every metric");
        let help = format_args!("take it out of the manifest if it shall not count");
        self.report.info("switched-off", Place::Path(&at), message, help);
    }

    fn sentinels(&mut self) {
        let manifest = self.manifest;
        let window = manifest.global.guardian_review_window;
        let window_known = self.is_sound(&[Key("global"), Key("guardianReviewWindow")]);
        for (index, sentinel) in manifest.sentinels.iter().enumerate() {
            let coverage = sentinel.coverage_seconds;
            if window_known && coverage < window {
                let message = format_args!(
                    "this sentinel covers {coverage} seconds, and the guardians' review window is {window}"
                );
                let help = format_args!("the contract refuses that: write at least {window}");
                let at = [Key("sentinels"), Index(index), Key("coverageSeconds")];
                self.error("coverage-too-short", &at, message, help);
            }
            if !sentinel.active && self.is_sound(&[Key("sentinels"), Index(index)]) {
                self.switched_off("sentinels", index);
            }
        }
        for (index, stream) in manifest.capital_streams.iter().enumerate() {
            if !stream.active && self.is_sound(&[Key("capitalStreams"), Index(index)]) {
                self.switched_off("capitalStreams", index);
            }
        }
    }

    fn protocols(&mut self) {
        for (index, protocol) in self.manifest.guardian_protocols.iter().enumerate() {
            if protocol.linked_domains.is_empty() && protocol.linked_sentinels.is_empty() {
                let message = format_args!("this protocol is about no domain and no sentinel");
                let help =
                    format_args!("list what it is about in linkedDomains or linkedSentinels");
                let at = [Key("guardianProtocols"), Index(index)];
                self.error("protocol-without-target", &at, message, help);
            }
        }
    }

    fn improvement(&mut self) {
        let manifest = self.manifest;
        let Some(improvement) = &manifest.self_improvement else { return };
        if let Some(plan) = &improvement.plan {
            let (cadence, heartbeat) = (plan.cadence_seconds, manifest.global.heartbeat_seconds);
            let known = self.is_sound(&[Key("global"), Key("heartbeatSeconds")]);
            if known && cadence < heartbeat {
                let message = format_args!(
                    "the plan runs every {cadence} seconds, more often than the heartbeat of {heartbeat}"
                );
                let help = format_args!("write at least {heartbeat}");
                let at = [Key("selfImprovement"), Key("plan"), Key("cadenceSeconds")];
                self.error("cadence-below-heartbeat", &at, message, help);
            }
        }
        if let Some(guards) = &improvement.autonomy_guards
            && !guards.pausable
        {
            let at = [Key("selfImprovement"), Key("autonomyGuards"), Key("pausable")];
            let message =
                format_args!("autonomy cannot be paused, so the emergency levers mean little");
            self.warn("not-pausable", &at, message, format_args!("write true"));
        }
        if improvement.guardrails.as_ref().is_none_or(|it| it.checksum.is_none()) {
            let message = format_args!("no checksum says which kernel runs");
            let help = format_args!("add selfImprovement.guardrails.checksum");
            let at = [Key("selfImprovement"), Key("guardrails"), Key("checksum")];
            self.warn("no-kernel-checksum", &at, message, help);
        }
    }

    fn sessions(&mut self) {
        let (Some(autonomy), Some(safety)) = (&self.manifest.autonomy, &self.manifest.safety)
        else {
            return;
        };
        let threshold = safety.autonomy_threshold_minutes;
        let hours = [Key("autonomy"), Key("session"), Key("maxHours")];
        if self.is_sound(&[Key("safety"), Key("autonomyThresholdMinutes")]) && threshold > 0 {
            let minutes = session_minutes(autonomy.session.max_hours);
            let limit = u64::from(threshold).saturating_mul(1_000_000);
            let words = autonomy.session.max_hours;
            if minutes > limit.saturating_mul(2) {
                let message = format_args!(
                    "a session of {words} hours is more than twice the autonomy threshold of {threshold} minutes"
                );
                let help = format_args!("shorten the session, or raise autonomyThresholdMinutes");
                self.error("session-too-long", &hours, message, help);
            } else if minutes > limit {
                let message = format_args!(
                    "a session of {words} hours is longer than the autonomy threshold of {threshold} minutes"
                );
                let help = format_args!(
                    "a person looks before it is over; shorten it if that is not meant"
                );
                self.warn("session-past-threshold", &hours, message, help);
            }
        }
        let (checkpoint, check_in) =
            (autonomy.session.checkpoint_cadence_minutes, safety.check_in_cadence_minutes);
        let known = self.is_sound(&[Key("safety"), Key("checkInCadenceMinutes")]);
        if known && checkpoint > check_in {
            let at = [Key("autonomy"), Key("session"), Key("checkpointCadenceMinutes")];
            let message = format_args!(
                "checkpoints come every {checkpoint} minutes, and check-ins are due every {check_in}"
            );
            let help =
                format_args!("a check-in without a checkpoint shows nothing new: align them");
            self.warn("checkpoints-too-rare", &at, message, help);
        }
    }

    fn teams(&mut self) {
        let Some(guards) = self.manifest.guards() else { return };
        let limit = guards.human_override_minutes;
        let at = [Key("selfImprovement"), Key("autonomyGuards"), Key("humanOverrideMinutes")];
        if !self.is_sound(&at) {
            return;
        }
        for (team, entry) in self.manifest.ai_teams.iter().enumerate() {
            for (index, specialist) in entry.specialists.iter().enumerate() {
                let minutes = specialist.max_autonomy_minutes;
                if minutes > limit {
                    let at = [
                        Key("aiTeams"),
                        Index(team),
                        Key("specialists"),
                        Index(index),
                        Key("maxAutonomyMinutes"),
                    ];
                    let message = format_args!(
                        "this specialist works {minutes} minutes alone, and a person can take over within {limit}"
                    );
                    let help =
                        format_args!("shorten it, or accept that an override comes in between");
                    self.warn("autonomy-past-override", &at, message, help);
                }
            }
        }
    }

    fn stakes(&mut self) {
        let Some(economy) = &self.manifest.economy else { return };
        let tiers = economy.stake_tiers.iter();
        for (index, (before, tier)) in tiers.clone().zip(tiers.skip(1)).enumerate() {
            if tier.duration_hours <= before.duration_hours {
                let message = format_args!(
                    "`{}` is for {} hours, which is not longer than the tier before it",
                    shortened(&tier.name),
                    tier.duration_hours
                );
                let help =
                    format_args!("order the tiers by durationHours, each longer than the last");
                let steps =
                    |index| [Key("economy"), Key("stakeTiers"), Index(index), Key("durationHours")];
                if self.is_sound(&steps(index)) {
                    self.error("tiers-not-ascending", &steps(index + 1), message, help);
                }
            }
        }
    }
}

/// What a slug that is listed twice means.
#[derive(Debug, Clone, Copy)]
enum Repeats {
    /// The contract refuses it.
    Refused,
    /// Nothing, but it is odd.
    Warned,
}

/// Millionths of a minute.
fn session_minutes(hours: Millionths) -> u64 {
    hours.micros().saturating_mul(60)
}
