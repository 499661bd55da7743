//! `owner-directives.json`: what the owner wants the parameters to be, within which bounds, and what to do when a tripwire
//! trips.

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Serialize};

use super::governance::{CiGate, account, ci_gate, members};
use super::parts::{self, list, no_second, texts, words};
use super::{address, load};
use crate::chain::Contracts;
use crate::findings::Loaded;
use crate::json::{Cursor, Fields, Finer, Report, Value, shortened, units};
use crate::spec::Party;

mod change;
mod parameter;

pub use change::{DirectedChange, DirectedState, Standing};

/// What the owner wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OwnerDirectives {
    /// Owns the levers.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub owner: Address,
    /// May pause everything at once.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub pause_guardian: Address,
    /// Members of the council.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub governance_council: Vec<Address>,
    /// The validators' guild.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub validator_guild: Option<Address>,
    /// The contracts that the owner governs through.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub control_surfaces: Vec<ControlSurface>,
    /// What the parameters shall be.
    #[serde(default)]
    pub parameters: Vec<DirectedParameter>,
    /// What to do when a tripwire trips.
    #[serde(default)]
    pub tripwires: Vec<DirectedTripwire>,
    /// What must be green before a change.
    pub ci: CiGate,
}

/// A contract that the owner governs through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ControlSurface {
    /// What files call it.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Its address, or a name that the deployment resolves.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub address: Party,
    /// What it is for.
    pub description: String,
    /// What it can do.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// What holds it back.
    #[serde(default)]
    pub guardrails: Vec<String>,
    /// Its functions, as far as the owner cares.
    #[serde(default)]
    pub methods: Vec<SurfaceMethod>,
}

/// A function of a control surface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SurfaceMethod {
    /// As Solidity declares it.
    pub signature: String,
    /// What it does.
    pub description: String,
    /// What to mind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_notes: Option<String>,
}

/// What a parameter shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DirectedParameter {
    /// What people call it.
    pub name: String,
    /// Where the manifest has it, such as `global.heartbeatSeconds`.
    pub path: String,
    /// What it is for.
    pub description: String,
    /// What it counts.
    #[serde(default)]
    pub unit: String,
    /// What it shall be.
    #[serde(with = "whole")]
    #[cfg_attr(feature = "openapi", schema(schema_with = whole_schema))]
    pub desired: U256,
    /// The least that it may be.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_whole")]
    #[cfg_attr(feature = "openapi", schema(schema_with = whole_schema))]
    pub min: Option<U256>,
    /// The most that it may be.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_whole")]
    #[cfg_attr(feature = "openapi", schema(schema_with = whole_schema))]
    pub max: Option<U256>,
    /// The function that changes it.
    pub call: String,
}

/// What to do when a tripwire trips.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DirectedTripwire {
    /// Which.
    pub id: String,
    /// When it trips.
    pub description: String,
    /// How grave that is.
    pub severity: DirectiveSeverity,
    /// What to do.
    pub response: String,
}

/// How grave a trip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DirectiveSeverity {
    /// To be known.
    Info,
    /// To be looked at.
    Warning,
    /// To be acted on.
    Critical,
}

impl OwnerDirectives {
    /// The surface of that key.
    pub fn surface(&self, key: &str) -> Option<&ControlSurface> {
        self.control_surfaces.iter().find(|surface| surface.key == key)
    }
}

impl ControlSurface {
    /// Where it is on this deployment; `None` if a name stands there that no contract has.
    pub fn locate(&self, contracts: &Contracts) -> Option<Address> {
        parts::locate(&self.address, contracts)
    }
}

impl SurfaceMethod {
    /// Name and types, if the text is a function's declaration.
    pub fn canonical(&self) -> Option<String> {
        parts::canonical(&self.signature)
    }

    /// What the function is called in the owner's command center; `None` if these contracts have none like it.
    pub fn title(&self) -> Option<&'static str> {
        parts::function(&self.signature).map(|(function, _)| function.title)
    }
}

/// Reads `owner-directives.json`.
pub fn read_directives(text: &str) -> Loaded<OwnerDirectives> {
    load(text, directives)
}

fn directives(root: Cursor<'_>, report: &mut Report<'_>) -> Option<OwnerDirectives> {
    let mut fields = root.fields(report)?;
    if ["controlSurfaces", "parameters"].into_iter().all(|key| fields.optional(key).is_none()) {
        let message = format_args!("this is not a file of owner directives");
        let help = format_args!("expected the keys controlSurfaces and parameters");
        report.error("not-directives", root.place(), message, help);
        return None;
    }
    fields.optional("$schema");
    let owner = account(&mut fields, "owner", report);
    let pause_guardian = account(&mut fields, "pauseGuardian", report);
    let council = fields.optional("governanceCouncil");
    let governance_council = council.map_or(Some(Vec::new()), |it| members(it, report));
    let guild = fields.optional("validatorGuild");
    let validator_guild = guild.and_then(|cursor| address::read(cursor, report));
    let control_surfaces = surfaces(&mut fields, report);
    let parameters = list(&mut fields, "parameters", report, |item, report| {
        parameter::read(item, report).map(|parameter| (item, parameter))
    });
    let mut paths = Vec::new();
    for (item, parameter) in &parameters {
        no_second(&mut paths, &parameter.path, "path", *item, report);
    }
    let tripwires = list(&mut fields, "tripwires", report, |item, report| {
        tripwire(item, report).map(|tripwire| (item, tripwire))
    });
    let mut ids = Vec::new();
    for (item, tripwire) in &tripwires {
        no_second(&mut ids, &tripwire.id, "id", *item, report);
    }
    let ci = fields.required(report, "ci").and_then(|ci| ci_gate(ci, report));
    fields.finish(report);
    Some(OwnerDirectives {
        owner: owner?,
        pause_guardian: pause_guardian?,
        governance_council: governance_council?,
        validator_guild,
        control_surfaces: control_surfaces?,
        parameters: parameters.into_iter().map(|(_, parameter)| parameter).collect(),
        tripwires: tripwires.into_iter().map(|(_, tripwire)| tripwire).collect(),
        ci: ci?,
    })
}

fn surfaces(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Vec<ControlSurface>> {
    let cursor = fields.required(report, "controlSurfaces")?;
    if cursor.items(report)?.is_empty() {
        let message = format_args!("there is no control surface, so the owner governs nothing");
        let help = format_args!("add at least one contract");
        report.error("no-surfaces", cursor.place(), message, help);
        return None;
    }
    let found = list(fields, "controlSurfaces", report, |item, report| {
        surface(item, report).map(|surface| (item, surface))
    });
    let mut keys = Vec::new();
    for (item, surface) in &found {
        no_second(&mut keys, &surface.key, "key", *item, report);
    }
    Some(found.into_iter().map(|(_, surface)| surface).collect())
}

fn surface(item: Cursor<'_>, report: &mut Report<'_>) -> Option<ControlSurface> {
    let mut fields = item.fields(report)?;
    let key = words(&mut fields, "key", "the surface's key", report);
    let name = words(&mut fields, "name", "the surface's name", report);
    let contract = fields.required(report, "address");
    let contract = contract.and_then(|cursor| parts::contract(cursor, report));
    let description = words(&mut fields, "description", "what the surface is for", report);
    let capabilities = texts(&mut fields, "capabilities", "what it can do", report);
    let guardrails = texts(&mut fields, "guardrails", "what holds it back", report);
    let methods = list(&mut fields, "methods", report, method);
    fields.finish(report);
    Some(ControlSurface {
        key: key?,
        name: name?,
        address: contract?,
        description: description?,
        capabilities,
        guardrails,
        methods,
    })
}

fn method(item: Cursor<'_>, report: &mut Report<'_>) -> Option<SurfaceMethod> {
    let mut fields = item.fields(report)?;
    let place = fields.required(report, "signature");
    let signature = place.and_then(|it| it.words(report, "the function's declaration", 2_000));
    let description = words(&mut fields, "description", "what the function does", report);
    let notes = fields.optional("safetyNotes");
    let safety_notes = notes.and_then(|it| it.words(report, "what to mind", 2_000));
    fields.finish(report);
    let method = SurfaceMethod { signature: signature?, description: description?, safety_notes };
    let place = place?.place();
    let signature = shortened(&method.signature);
    if method.canonical().is_none() {
        let message = format_args!("{signature:?} declares no function");
        let help = format_args!("write it as `function name(type name, …)`");
        report.error("malformed", place, message, help);
    } else if method.title().is_none() {
        let message = format_args!("these contracts have no function {signature:?} for the owner");
        let help = format_args!("it is shown, and cannot be called from here");
        report.info("unknown-function", place, message, help);
    }
    Some(method)
}

fn tripwire(item: Cursor<'_>, report: &mut Report<'_>) -> Option<DirectedTripwire> {
    let mut fields = item.fields(report)?;
    let id = words(&mut fields, "id", "the tripwire's id", report);
    let description = words(&mut fields, "description", "when the tripwire trips", report);
    let severity = fields.required(report, "severity").and_then(|it| severity(it, report));
    let response = words(&mut fields, "response", "what to do", report);
    fields.finish(report);
    Some(DirectedTripwire {
        id: id?,
        description: description?,
        severity: severity?,
        response: response?,
    })
}

fn severity(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<DirectiveSeverity> {
    match cursor.text(report, "\"info\", \"warning\" or \"critical\"")? {
        "info" => Some(DirectiveSeverity::Info),
        "warning" => Some(DirectiveSeverity::Warning),
        "critical" => Some(DirectiveSeverity::Critical),
        other => {
            let message = format_args!("{:?} is not a severity", shortened(other));
            let help = format_args!("write \"info\", \"warning\" or \"critical\"");
            report.error("unknown-severity", cursor.place(), message, help);
            None
        }
    }
}

/// A whole number of a file: a number, or its digits as a text where it is too large for one.
pub(super) fn whole_number(value: &Value<'_>) -> Option<U256> {
    match value {
        Value::Number(text) => units(text, 0, Finer::Refuse).ok().map(U256::from),
        Value::Text(text) => from_digits(text),
        Value::Null | Value::Flag(_) | Value::List(_) | Value::Object(_) => None,
    }
}

fn from_digits(text: &str) -> Option<U256> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| U256::from_str_radix(text, 10).ok()).flatten()
}

/// A whole number as the file has it.
mod whole {
    use alloy_primitives::U256;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(u64),
        Digits(String),
    }

    pub(super) fn serialize<S: Serializer>(
        number: &U256,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match u64::try_from(*number) {
            Ok(small) => small.serialize(serializer),
            Err(_) => serializer.collect_str(number),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<U256, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Number(number) => Ok(U256::from(number)),
            Written::Digits(digits) => {
                super::from_digits(&digits).ok_or_else(|| D::Error::custom("not a whole number"))
            }
        }
    }
}

/// A whole number that may be left out.
mod maybe_whole {
    use alloy_primitives::U256;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
    pub(super) fn serialize<S: Serializer>(
        number: &Option<U256>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match number {
            Some(number) => super::whole::serialize(number, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<U256>, D::Error> {
        #[derive(Deserialize)]
        struct Whole(#[serde(with = "super::whole")] U256);

        Option::<Whole>::deserialize(deserializer).map(|number| number.map(|number| number.0))
    }
}

/// A number, or its digits as a text.
#[cfg(feature = "openapi")]
fn whole_schema() -> utoipa::openapi::schema::Schema {
    use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};

    let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
    let digits = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]+$"));
    Schema::OneOf(OneOfBuilder::new().item(number).item(digits).build())
}
