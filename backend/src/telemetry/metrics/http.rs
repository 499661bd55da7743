//! What the HTTP edge counts. A route is counted by the pattern it is registered with, never by the path that was asked for.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use phase8_shared::api::routes;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::SECONDS;
use crate::http::{METRICS, openapi};

/// The page, and whatever else is at no route.
const UNMATCHED: &str = "unmatched";
const OTHER: &str = "other";
/// Methods that routes take; whatever a stranger makes up is another.
const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PUT", OTHER];
/// Statuses that are answered here.
const STATUSES: [(u16, &str); 21] = [
    (200, "200"),
    (202, "202"),
    (204, "204"),
    (206, "206"),
    (301, "301"),
    (304, "304"),
    (400, "400"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (406, "406"),
    (408, "408"),
    (409, "409"),
    (413, "413"),
    (415, "415"),
    (416, "416"),
    (422, "422"),
    (500, "500"),
    (502, "502"),
    (503, "503"),
    (0, OTHER),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: &'static str,
    method: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    method: &'static str,
    status: &'static str,
}

/// Requests, and streams that live.
#[derive(Debug)]
pub struct HttpMetrics {
    requests: Family<Answered, Counter>,
    duration: Family<Asked, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    shed: Counter,
    streams: Gauge,
    places: HashMap<&'static str, Place>,
}

/// A route with its handles, each made when it is first needed.
#[derive(Debug)]
struct Place {
    route: &'static str,
    methods: [OnceLock<Handles>; METHODS.len()],
}

struct Handles {
    duration: Histogram,
    statuses: [OnceLock<Counter>; STATUSES.len()],
}

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles").finish_non_exhaustive()
    }
}

/// Counted as long as this lives.
#[derive(Debug)]
pub struct Present(Gauge);

impl Present {
    fn of(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl HttpMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let internal = [
            routes::INTERNAL_FACTS,
            routes::INTERNAL_EFFECTS,
            routes::INTERNAL_LEADS,
            routes::INTERNAL_HEALTH,
        ];
        let known = openapi::DESCRIBED.into_iter().chain(internal).chain([METRICS, UNMATCHED]);
        let places = known.map(|route| (route, Place { route, methods: Default::default() }));
        let metrics = Self {
            requests: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            in_flight: Gauge::default(),
            shed: Counter::default(),
            streams: Gauge::default(),
            places: places.collect(),
        };
        let help = "Requests answered, by route, method and status";
        registry.register("phase8_http_requests", help, metrics.requests.clone());
        let help = "Time until the head of an answer was ready";
        let duration = metrics.duration.clone();
        registry.register_with_unit("phase8_http_request_duration", help, Unit::Seconds, duration);
        let help = "Requests in work, streams not counted";
        registry.register("phase8_http_requests_in_flight", help, metrics.in_flight.clone());
        let help = "Requests refused because more were in work than the server takes at a time";
        registry.register("phase8_http_requests_shed", help, metrics.shed.clone());
        let help = "Event streams that are open";
        registry.register("phase8_http_streams", help, metrics.streams.clone());
        metrics
    }

    /// A request came in; it is in work until this is dropped.
    pub fn begins(&self) -> Present {
        Present::of(&self.in_flight)
    }

    /// A request was answered after this time. `route` is the pattern it matched, if it did.
    pub fn answered(
        &self,
        route: Option<&str>,
        method: &Method,
        status: StatusCode,
        took: Duration,
    ) {
        let place = route.and_then(|route| self.places.get(route));
        let Some(place) = place.or_else(|| self.places.get(UNMATCHED)) else { return };
        let (method, handles) = place.of(method);
        let asked = Asked { route: place.route, method };
        let handles = handles.get_or_init(|| Handles {
            duration: self.duration.get_or_create_owned(&asked),
            statuses: Default::default(),
        });
        handles.duration.observe(took.as_secs_f64());
        let last = STATUSES.len() - 1;
        let known = STATUSES.iter().position(|(known, _)| *known == status.as_u16());
        let index = known.unwrap_or(last);
        let (Some(counter), Some((_, status))) = (handles.statuses.get(index), STATUSES.get(index))
        else {
            return;
        };
        let answered = Answered { route: place.route, method, status };
        counter.get_or_init(|| self.requests.get_or_create_owned(&answered)).inc();
    }

    /// A request was refused because too many were in work.
    pub fn shed(&self) {
        self.shed.inc();
    }

    /// An event stream began; it is open until this is dropped.
    pub fn streams(&self) -> Present {
        Present::of(&self.streams)
    }
}

impl Place {
    fn of(&self, method: &Method) -> (&'static str, &OnceLock<Handles>) {
        let named = METHODS.iter().zip(&self.methods);
        let [.., other] = &self.methods;
        let mut found = named.filter(|(name, _)| **name == method.as_str());
        found.next().map_or((OTHER, other), |(name, handles)| (*name, handles))
    }
}
