//! Input that nobody meant: whatever comes, findings come back and nothing panics.

use phase8_shared::manifest::{self, Resolver};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::MANIFEST;

/// Everything that a text goes through.
fn survives(text: &str) {
    let preview = manifest::preview(text, Resolver::default());
    assert_eq!(
        preview,
        manifest::preview(text, Resolver::default()),
        "the same file, the same findings"
    );
    for finding in &preview.findings {
        assert!(finding.path.starts_with('$') && !finding.message.is_empty());
        assert!(finding.line.is_none_or(|line| line >= 1));
    }
    let Some(manifest) = &preview.manifest else { return };
    if preview.findings.has_errors() {
        return;
    }
    let again = manifest::read(&manifest.to_text(), Resolver::default());
    assert_eq!(again.value.as_ref(), Some(manifest), "what can be read can be written");
}

/// Any JSON.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z0-9xA-Z:/ \n|]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{0,6}", inner, 0..4).prop_map(|it| json!(it)),
        ]
    })
}

/// Paths to every value of a document.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (key, item) in members {
                pointers(item, &format!("{at}/{key}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn usual_json() -> Value {
    serde_json::from_str(MANIFEST).expect("the usual manifest is JSON")
}

proptest! {
    #[test]
    fn any_json_is_survived(value in any_json()) {
        survives(&value.to_string());
    }

    #[test]
    fn anything_in_any_place_of_a_manifest_is_survived(
        place in any::<prop::sample::Index>(),
        value in any_json(),
    ) {
        let mut manifest = usual_json();
        let mut places = Vec::new();
        pointers(&manifest, "", &mut places);
        let place: &String = place.get(&places);
        *manifest.pointer_mut(place).unwrap() = value;
        survives(&manifest.to_string());
    }

    #[test]
    fn any_cut_of_a_manifest_is_survived(at in 0..MANIFEST.len()) {
        survives(MANIFEST.get(..at).unwrap_or_default());
    }
}
