//! What is handed in to be carried to the chain: taken in, or refused with which code.

use phase8_shared::api::ProblemCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// What was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A transaction that a wallet signed.
    Transaction,
    /// The hash of a transaction that a wallet sent by itself.
    Watched,
    /// A request that the owner signed.
    Request,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Transaction => "transaction",
            Self::Watched => "watched",
            Self::Request => "request",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Taken {
    kind: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    kind: &'static str,
    code: &'static str,
}

/// What was handed in.
#[derive(Debug)]
pub struct RelayMetrics {
    transactions: Counter,
    watched: Counter,
    requests: Counter,
    refused: Family<Refused, Counter>,
}

impl RelayMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let taken: Family<Taken, Counter> = Family::default();
        let of = |kind: Kind| taken.get_or_create_owned(&Taken { kind: kind.as_str() });
        let metrics = Self {
            transactions: of(Kind::Transaction),
            watched: of(Kind::Watched),
            requests: of(Kind::Request),
            refused: Family::default(),
        };
        let help = "Transactions and owner's requests that were taken in; again is counted again";
        registry.register("phase8_relay_taken_in", help, taken);
        let help =
            "Transactions and owner's requests that were refused, by the code of the problem";
        registry.register("phase8_relay_refusals", help, metrics.refused.clone());
        metrics
    }

    /// Something was taken in.
    pub fn taken(&self, kind: Kind) {
        match kind {
            Kind::Transaction => &self.transactions,
            Kind::Watched => &self.watched,
            Kind::Request => &self.requests,
        }
        .inc();
    }

    /// Something was refused.
    pub fn refused(&self, kind: Kind, code: ProblemCode) {
        let refused = Refused { kind: kind.as_str(), code: code.as_str() };
        self.refused.get_or_create(&refused).inc();
    }
}
