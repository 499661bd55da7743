//! `model-adapters.json`: the models that agents may work through, what they cost and how to reach them.

use serde::{Deserialize, Serialize};

use super::{date, load};
use crate::findings::Loaded;
use crate::json::{Cursor, DecimalError, Fields, Finer, Report, shortened, units};
use crate::money::MicroUsd;
use crate::spec::{AdapterId, Millionths};
use crate::time::Timestamp;

/// The highest price of a thousand tokens, in dollars, that is believed.
const MOST_DOLLARS: u64 = 10_000;

/// Adapters that one file may have.
const MOST_ADAPTERS: usize = 1_000;

/// A model that agents may work through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ModelAdapter {
    /// What agents name it by.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: AdapterId,
    /// Who runs it.
    pub provider: String,
    /// Most tokens of a call, question and answer together.
    pub max_context: u32,
    /// Price of a thousand tokens in US dollars; unknown if absent, and then no agent may use it.
    #[serde(
        rename = "costUSDPer1KTokens",
        default,
        skip_serializing_if = "Option::is_none",
        with = "price"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, minimum = 0))]
    pub cost_per_1k_tokens: Option<MicroUsd>,
    /// How safe it was found, from 0 to 1.
    pub safety_score: Millionths,
    /// How long a call usually takes, in milliseconds.
    pub latency_ms: u32,
    /// When that was found.
    #[serde(with = "moment")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub last_validated: Timestamp,
    /// How to reach it; without it the adapter is a rehearsal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
}

/// How to reach a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Endpoint {
    /// No model is asked: the work is rehearsed from the job spec, offline and the same every time.
    Rehearsal,
    /// Any endpoint that speaks `OpenAI`'s chat completions.
    OpenAi {
        /// Such as `https://api.example.com/v1`.
        #[serde(rename = "baseUrl")]
        base_url: String,
        /// What the endpoint calls the model.
        model: String,
        /// Name of the environment variable that holds the key, if one is needed.
        #[serde(rename = "apiKeyEnv", default, skip_serializing_if = "Option::is_none")]
        api_key_env: Option<String>,
    },
}

impl ModelAdapter {
    /// Whether no model is asked.
    pub const fn is_rehearsal(&self) -> bool {
        matches!(self.endpoint, None | Some(Endpoint::Rehearsal))
    }

    /// What so many tokens cost, rounded up; `None` if the price is unknown or the amount too large to hold.
    pub fn price_of(&self, tokens: u64) -> Option<MicroUsd> {
        self.cost_per_1k_tokens?.price_of(tokens)
    }
}

/// Reads `model-adapters.json`, and `model-adapters.scored.json` too.
pub fn read_adapters(text: &str) -> Loaded<Vec<ModelAdapter>> {
    load(text, adapters)
}

fn adapters(root: Cursor<'_>, report: &mut Report<'_>) -> Option<Vec<ModelAdapter>> {
    let items = root.items(report)?;
    if items.is_empty() {
        let message = format_args!("there is no model adapter, so no agent could work");
        report.error("no-adapters", root.place(), message, format_args!("add at least one"));
    }
    if items.len() > MOST_ADAPTERS {
        let message =
            format_args!("there are {} adapters, and {MOST_ADAPTERS} is the most", items.len());
        report.error("too-many-entries", root.place(), message, format_args!("take some out"));
        return None;
    }
    let mut adapters: Vec<ModelAdapter> = Vec::new();
    for item in items.iter().map(Cursor::from) {
        let Some(adapter) = adapter(item, report) else { continue };
        if adapters.iter().any(|other| other.id == adapter.id) {
            let message = format_args!("two adapters have the id `{}`", adapter.id);
            report.error(
                "duplicate-id",
                item.place(),
                message,
                format_args!("give each its own id"),
            );
        }
        adapters.push(adapter);
    }
    Some(adapters)
}

fn adapter(item: Cursor<'_>, report: &mut Report<'_>) -> Option<ModelAdapter> {
    let mut fields = item.fields(report)?;
    let id = fields.required(report, "id").and_then(|cursor| id(cursor, report));
    let provider = fields.required(report, "provider");
    let provider = provider.and_then(|name| name.words(report, "the provider's name", 120));
    let max_context = fields.required(report, "maxContext");
    let max_context = max_context
        .and_then(|tokens| tokens.whole(report, "a whole number of tokens", 1..=1_000_000_000));
    let cost_per_1k_tokens = price_of(&mut fields, report);
    let safety = fields.required(report, "safetyScore");
    let safety_score =
        safety.and_then(|score| score.millionths(report, "a score", 1)).map(Millionths::new);
    let latency = fields.required(report, "latencyMs");
    let latency_ms = latency.and_then(|latency| {
        latency.whole(report, "a whole number of milliseconds", 0..=86_400_000)
    });
    let last_validated =
        fields.required(report, "lastValidated").and_then(|cursor| validated(cursor, report));
    let endpoint = fields.optional("endpoint").and_then(|cursor| endpoint(cursor, report));
    // Written into the scored file by the evaluation; nothing is decided by it here.
    fields.optional("compositeScore");
    fields.finish(report);
    Some(ModelAdapter {
        id: id?,
        provider: provider?,
        max_context: max_context?,
        cost_per_1k_tokens,
        safety_score: safety_score?,
        latency_ms: latency_ms?,
        last_validated: last_validated?,
        endpoint,
    })
}

fn id(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<AdapterId> {
    let text = cursor.text(report, "the adapter's id")?;
    let id = text.parse::<AdapterId>();
    if let Err(error) = &id {
        let message = format_args!("{:?} cannot be an adapter's id", shortened(text));
        report.error("malformed", cursor.place(), message, format_args!("{error}"));
    }
    id.ok()
}

/// The price, if it is known. A file without one still loads: only jobs that use the adapter are refused.
fn price_of(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<MicroUsd> {
    const KEY: &str = "costUSDPer1KTokens";
    let help = format_args!(
        "write the price of a thousand tokens; until then no job may use this adapter"
    );
    let Some(cursor) = fields.optional(KEY) else {
        let message = format_args!("{KEY} is missing, so the price is not known");
        report.warning("unknown-price", fields.at(KEY), message, help);
        return None;
    };
    let number = cursor.number(report, "a price in US dollars")?;
    match units(number, 6, Finer::RoundUp) {
        Ok(0) | Err(DecimalError::Negative) => {
            let message = format_args!("a price of {} is taken as not known", shortened(number));
            report.warning("unknown-price", cursor.place(), message, help);
            None
        }
        Ok(price) if price <= MOST_DOLLARS * MicroUsd::PER_USD => {
            if units(number, 6, Finer::Refuse).is_err() {
                let number = shortened(number);
                let message = format_args!(
                    "the price {number} is finer than a millionth of a dollar and was rounded up"
                );
                let help = format_args!(
                    "nothing to do: spend is counted a trifle too high, never too low"
                );
                report.info("price-rounded", cursor.place(), message, help);
            }
            Some(MicroUsd::new(price))
        }
        Ok(_) | Err(DecimalError::NotANumber | DecimalError::TooFine | DecimalError::TooLarge) => {
            let message = format_args!(
                "{} is out of range for the price of a thousand tokens",
                shortened(number)
            );
            let help = format_args!("write a number above 0 and up to {MOST_DOLLARS}");
            report.error("out-of-range", cursor.place(), message, help);
            None
        }
    }
}

fn validated(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<Timestamp> {
    let text = cursor.text(report, "a date and time")?;
    let read = date::parse(text);
    if read.is_none() {
        let message = format_args!("{:?} is not a date and time", shortened(text));
        report.error(
            "malformed",
            cursor.place(),
            message,
            format_args!("write it as 2025-07-01T00:00:00Z"),
        );
    }
    read
}

fn endpoint(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<Endpoint> {
    let mut fields = cursor.fields(report)?;
    let kind = fields.required(report, "kind")?;
    match kind.text(report, "\"openai\" or \"rehearsal\"")? {
        "rehearsal" => {
            for unused in ["baseUrl", "model", "apiKeyEnv"] {
                fields.optional(unused);
            }
            fields.finish(report);
            Some(Endpoint::Rehearsal)
        }
        "openai" => {
            let base_url =
                fields.required(report, "baseUrl").and_then(|cursor| base_url(cursor, report));
            let model = fields.required(report, "model");
            let model = model.and_then(|model| model.words(report, "the model's name", 200));
            let api_key_env =
                fields.optional("apiKeyEnv").and_then(|cursor| variable(cursor, report));
            fields.finish(report);
            Some(Endpoint::OpenAi { base_url: base_url?, model: model?, api_key_env })
        }
        other => {
            let message = format_args!("{:?} is not a kind of endpoint", shortened(other));
            let help = format_args!(
                "write \"openai\" for any endpoint that speaks its protocol, or \"rehearsal\""
            );
            report.error("unknown-endpoint", kind.place(), message, help);
            None
        }
    }
}

fn base_url(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = cursor.text(report, "a URL")?;
    let (encrypted, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => (true, ""),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        // The text is not repeated: it may hold a password.
        let message = format_args!("the URL holds a user name or password");
        let help = format_args!("take it out; name a variable in apiKeyEnv instead");
        report.error("secret-in-file", cursor.place(), message, help);
        return None;
    }
    if rest.contains(['?', '#']) {
        // Nor is this: some providers take keys in the query.
        let message = format_args!("the URL has a query or a fragment");
        let help = format_args!(
            "write it as https://host/v1; a key belongs into the variable of apiKeyEnv"
        );
        report.error("malformed", cursor.place(), message, help);
        return None;
    }
    if authority.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format_args!("{:?} is not the URL of an endpoint", shortened(text));
        report.error(
            "malformed",
            cursor.place(),
            message,
            format_args!("write it as https://host/v1"),
        );
        return None;
    }
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    if !encrypted && !matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
        let message = format_args!("prompts and the key travel unencrypted to this endpoint");
        report.warning(
            "unencrypted",
            cursor.place(),
            message,
            format_args!("write https:// if it offers that"),
        );
    }
    Some(text.trim_end_matches('/').to_owned())
}

fn variable(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = cursor.text(report, "the name of an environment variable")?;
    let ok = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let starts = text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    if starts && text.len() <= 64 && text.bytes().all(ok) {
        return Some(text.to_owned());
    }
    // The text is not repeated: it may be the key itself.
    let message = format_args!("apiKeyEnv is not the name of an environment variable");
    let help = format_args!(
        "write a name in capitals such as MODEL_API_KEY, never the key itself, and set the variable where the server \
         starts"
    );
    report.error("secret-in-file", cursor.place(), message, help);
    None
}

/// An optional price as a plain JSON number of dollars.
mod price {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::money::MicroUsd;
    use crate::spec::values::dollars;

    #[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
    pub(super) fn serialize<S: Serializer>(
        price: &Option<MicroUsd>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match price {
            Some(price) => dollars::serialize(price, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<MicroUsd>, D::Error> {
        #[derive(Deserialize)]
        struct Price(#[serde(with = "dollars")] MicroUsd);

        Option::<Price>::deserialize(deserializer).map(|price| price.map(|price| price.0))
    }
}

/// A moment as ISO 8601.
mod moment {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::policy::date;
    use crate::time::Timestamp;

    pub(super) fn serialize<S: Serializer>(
        moment: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(moment)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        date::parse(&text).ok_or_else(|| D::Error::custom("not a date and time"))
    }
}
