//! Parts of the generated JSON schema that types alone do not tell.

use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};

/// A whole number, or its digits in quotes.
pub(super) fn big() -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
    let digits = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]+$"));
    Schema::OneOf(OneOfBuilder::new().item(number).item(digits).build())
}
