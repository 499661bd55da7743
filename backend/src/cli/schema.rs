//! `phase8 schema`: JSON schemas of the configuration and of the file formats.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use phase8_shared::ledger::Export;
use phase8_shared::manifest::Manifest;
use phase8_shared::policy::{
    ContractExtensions, GovernancePolicies, ModelAdapter, OwnerDirectives,
};
use phase8_shared::spec::JobSpec;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema as Described};

use super::generated::write_or_check;
use crate::config::Config;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 schema --out configs/schema
  phase8 schema --out configs/schema --check";

/// Write the JSON schemas.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// The folder.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Compare instead of writing.
    #[arg(long)]
    check: bool,
}

impl Schema {
    pub(super) fn run(self) -> Result<()> {
        for (name, schema) in [
            ("config.json", one::<Config>("Configuration of Mission Control (TOML)")?),
            ("job-spec.json", one::<JobSpec>("Job spec")?),
            ("universal-value-manifest.json", one::<Manifest>("Universal value manifest")?),
            ("governance-policies.json", one::<GovernancePolicies>("Governance policies")?),
            ("model-adapters.json", list::<ModelAdapter>("Model adapters")?),
            ("owner-directives.json", one::<OwnerDirectives>("Owner directives")?),
            ("contract-extensions.json", one::<ContractExtensions>("Contract extensions")?),
            ("mission-export.json", one::<Export>("Export of a mission")?),
        ] {
            let text = serde_json::to_string_pretty(&schema)
                .context("a schema cannot be written as JSON")?
                + "\n";
            write_or_check(&self.out.join(name), &text, self.check)?;
        }
        Ok(())
    }
}

/// The schema of a file that holds one value.
fn one<T: ToSchema>(title: &str) -> Result<Value> {
    let mut schema = as_value(&T::schema())?;
    complete::<T>(&mut schema, title)?;
    Ok(schema)
}

/// The schema of a file that holds a list.
fn list<T: ToSchema>(title: &str) -> Result<Value> {
    let mut schema = json!({ "type": "array", "items": as_value(&T::schema())? });
    complete::<T>(&mut schema, title)?;
    Ok(schema)
}

/// Adds the head, and beside it every schema that is referred to.
fn complete<T: ToSchema>(schema: &mut Value, title: &str) -> Result<()> {
    let mut referred = Vec::new();
    T::schemas(&mut referred);
    let mut definitions = Map::new();
    for (name, described) in referred {
        definitions.insert(name, as_value(&described)?);
    }
    definitions.sort_keys();
    if let Value::Object(object) = schema {
        object.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        object.insert("title".to_owned(), json!(title));
        object.insert("$defs".to_owned(), Value::Object(definitions));
    }
    refer_to_definitions(schema);
    Ok(())
}

fn as_value(described: &RefOr<Described>) -> Result<Value> {
    serde_json::to_value(described).context("a schema cannot be written as JSON")
}

/// References of an API description point into its components; those of a schema point into the schema itself.
fn refer_to_definitions(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object.iter_mut() {
                if let (true, Value::String(target)) = (key == "$ref", &mut *inner) {
                    *target = target.replace("#/components/schemas/", "#/$defs/");
                }
                refer_to_definitions(inner);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(refer_to_definitions),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_of_a_schema_is_defined_in_it() {
        for schema in [
            one::<Config>("c").unwrap(),
            one::<JobSpec>("j").unwrap(),
            list::<ModelAdapter>("m").unwrap(),
            one::<OwnerDirectives>("d").unwrap(),
            one::<ContractExtensions>("e").unwrap(),
            one::<Export>("x").unwrap(),
        ] {
            let text = schema.to_string();
            for reference in text.split("\"$ref\":\"#/$defs/").skip(1) {
                let name = reference.split('"').next().unwrap();
                assert!(schema["$defs"].get(name).is_some(), "{name}");
            }
            assert!(!text.contains("#/components/"));
        }
    }
}
