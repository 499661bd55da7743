//! The text that is told: read as Prometheus reads it, and held to its naming rules.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use phase8_orchestrator::ports::Meter;
use phase8_orchestrator::store::{AppendError, Epoch, LogId, StorageError};
use phase8_shared::api::{ProblemCode, routes};
use phase8_shared::id::Seq;
use phase8_shared::mission::{Payload, Severity, Trip, Tripwire};

use super::{Kind, Metrics, Told};
use crate::config::MetricsConfig;

fn metrics() -> Metrics {
    Metrics::new(MetricsConfig { enabled: true, listen: None })
}

/// A name with its labels and its value.
type Sample = (String, String, f64);

/// What a text says: types by name, and samples.
fn read(text: &str) -> (BTreeMap<String, String>, Vec<Sample>) {
    let mut types = BTreeMap::new();
    let mut helped = BTreeSet::new();
    let mut samples = Vec::new();
    let body = text.strip_suffix("# EOF\n").expect("the text ends as it should");
    for line in body.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(types.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} twice");
        } else if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, words) = rest.split_once(' ').unwrap();
            assert!(words.len() > 5 && !words.ends_with(".."), "{line}");
            helped.insert(name.to_owned());
        } else if line.strip_prefix("# UNIT ").is_none() {
            let (named, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = named.split_once('{').unwrap_or((named, ""));
            samples.push((name.to_owned(), labels.to_owned(), value.parse().unwrap()));
        }
    }
    let named: BTreeSet<String> = types.keys().cloned().collect();
    assert_eq!(helped, named);
    (types, samples)
}

fn value(samples: &[Sample], name: &str, label: &str) -> f64 {
    let found = samples.iter().find(|(one, labels, _)| one == name && labels.contains(label));
    found.unwrap_or_else(|| panic!("{name} {label} in {samples:#?}")).2
}

/// A count, without the doubts of floats.
fn whole(value: f64) -> String {
    format!("{value:.0}")
}

#[test]
fn names_are_as_prometheus_wants_them() {
    let metrics = metrics();
    let meter = metrics.meter("sqlite");
    meter.appended(3, Duration::from_millis(7), Ok(()));
    metrics.http().answered(None, &Method::GET, StatusCode::OK, Duration::from_millis(1));

    let (types, samples) = read(&metrics.text().unwrap());

    assert!(types.len() > 20, "{types:#?}");
    for (name, kind) in &types {
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        assert!(plain, "{name}");
        assert!(name.starts_with("phase8_") || name.starts_with("process_"), "{name}");
        let of = |suffix: &str| {
            samples.iter().filter(|(one, ..)| *one == format!("{name}{suffix}")).count()
        };
        match kind.as_str() {
            "counter" => assert!(of("_total") > 0 || of("") == 0, "{name}"),
            "histogram" => assert_eq!(of("_count"), of("_sum"), "{name}"),
            "info" => assert_eq!(of("_info"), 1, "{name}"),
            "gauge" => assert!(of("") > 0 && !name.ends_with("_total"), "{name}"),
            other => panic!("{name} is a {other}"),
        }
        for unit in ["milli", "_ms", "_kb", "percent", "minutes"] {
            assert!(!name.contains(unit), "{name} is in no base unit");
        }
    }
}

#[test]
fn this_process_is_told_of_under_the_usual_names() {
    let (_, samples) = read(&metrics().text().unwrap());

    assert!(value(&samples, "process_resident_memory_bytes", "") > 1e6);
    assert!(value(&samples, "process_open_fds", "") >= 3.0);
    assert!(value(&samples, "process_threads", "") >= 1.0);
    assert!(value(&samples, "process_cpu_seconds_total", "") >= 0.0);
    let start = value(&samples, "process_start_time_seconds", "");
    let now = f64::from(u32::try_from(crate_now()).unwrap());
    assert!((now - start).abs() < 86_400.0, "{start} at {now}");
    assert!((value(&samples, "phase8_build_info", "version=") - 1.0).abs() < 1e-9);
}

fn crate_now() -> u64 {
    use phase8_orchestrator::ports::Clock as _;
    phase8_orchestrator::ports::SystemClock.now().millis() / 1_000
}

#[test]
fn appends_are_counted_by_how_they_ended_and_timed_where_they_are_on_the_disk() {
    let metrics = metrics();
    let meter = metrics.meter("postgresql");
    let took = Duration::from_millis(7);
    meter.appended(3, took, Ok(()));
    meter.appended(1, took, Ok(()));
    let log = LogId::Registry;
    let conflict = AppendError::Conflict { log, expected: Seq(1), found: Seq(2) };
    let fenced = AppendError::Fenced { log, epoch: Epoch(1), found: Epoch(2) };
    let unknown = AppendError::OutcomeUnknown(StorageError::Closed);
    let failed = AppendError::Storage(StorageError::Closed);
    for error in [&conflict, &fenced, &unknown, &failed, &failed] {
        meter.appended(1, took, Err(error));
    }
    meter.took_over();
    meter.lost_lease();
    meter.follows();
    meter.follows();
    meter.left();
    meter.delivered(5);

    let (_, samples) = read(&metrics.text().unwrap());

    let appends = |outcome: &str| {
        value(&samples, "phase8_ledger_appends_total", &format!("outcome=\"{outcome}\""))
    };
    let found = ["written", "conflict", "fenced", "unknown", "failed"].map(appends);
    assert_eq!(found.map(whole), ["2", "1", "1", "1", "2"]);
    let one = |name: &str| whole(value(&samples, name, ""));
    assert_eq!(one("phase8_ledger_append_duration_seconds_count"), "2");
    assert_eq!(one("phase8_ledger_append_events_sum"), "4");
    assert_eq!(one("phase8_engine_takeovers_total"), "1");
    assert_eq!(one("phase8_engine_leases_lost_total"), "1");
    assert_eq!(one("phase8_ledger_followers"), "1");
    assert_eq!(one("phase8_ledger_events_delivered_total"), "5");
    let store = value(&samples, "phase8_ledger_store_info", "kind=\"postgresql\"");
    assert_eq!(whole(store), "1");
}

#[test]
fn trips_are_counted_by_rule_without_a_word_of_what_was_found() {
    let metrics = metrics();
    let meter = metrics.meter("sqlite");
    let trip = Trip {
        tripwire: Tripwire::PrivacyLeakDetector,
        rule: "seed-phrase".to_owned(),
        severity: Severity::Critical,
        span: None,
        words: "words for people".to_owned(),
    };
    let tripped =
        Payload::TripwireTripped { trip, step: None, call: None, text: None, halts: true };

    meter.recorded(&tripped);
    meter.recorded(&tripped);
    meter.recorded(&Payload::MissionLaunched {});

    let text = metrics.text().unwrap();
    let expected = "phase8_tripwire_trips_total{tripwire=\"privacy-leak-detector\",rule=\"seed-phrase\",severity=\"critical\"} 2";
    assert!(text.contains(expected), "{text}");
    assert!(!text.contains("words for people"));
}

#[test]
fn what_is_handed_in_is_counted_with_the_code_of_its_refusal() {
    let metrics = metrics();
    metrics.relay().taken(Kind::Transaction);
    metrics.relay().refused(Kind::Request, ProblemCode::NonceUsed);

    let text = metrics.text().unwrap();

    assert!(text.contains("phase8_relay_taken_in_total{kind=\"transaction\"} 1"), "{text}");
    assert!(
        text.contains("phase8_relay_refusals_total{kind=\"request\",code=\"nonce_used\"} 1"),
        "{text}"
    );
}

#[test]
fn labels_are_bounded_whatever_strangers_send() {
    let metrics = metrics();
    let took = Duration::from_millis(1);
    for number in 0..1_000_u32 {
        let method = Method::from_bytes(format!("M{number}").as_bytes()).unwrap();
        let status = StatusCode::from_u16(u16::try_from(200 + number % 400).unwrap()).unwrap();
        metrics.http().answered(Some(&format!("/{number}")), &method, status, took);
        metrics.http().answered(Some(routes::MISSION), &method, status, took);
    }

    let (_, samples) = read(&metrics.text().unwrap());

    let series = samples.iter().filter(|(name, ..)| name == "phase8_http_requests_total").count();
    assert_eq!(series, 2 * 21, "two routes, one method, the known statuses and the rest");
}

#[test]
fn where_measurements_are_told_follows_the_configuration() {
    let listen = Some("127.0.0.1:9464".parse().unwrap());
    for (enabled, listen, expected) in
        [(false, None, Told::Nowhere), (true, None, Told::Here), (true, listen, Told::Apart)]
    {
        assert_eq!(Metrics::new(MetricsConfig { enabled, listen }).told(), expected);
    }
}
