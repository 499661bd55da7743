//! Reading an object of a manifest, field by field. What cannot be read is reported, and a neutral value (zero, nobody,
//! empty) stands in its place, so that the rest can still be shown; a file with an error is never planned from.

mod number;

use std::fmt::Arguments;

use alloy_primitives::{Address, B256};
use serde_json::Value as Json;

use super::Resolver;
use super::values::Remark;
use crate::json::{Cursor, Fields, Node, Report, Value, shortened};
use crate::policy::address;

/// Entries that one list may have.
const MOST_ENTRIES: usize = 10_000;

/// Characters of a name.
const NAME: usize = 200;

/// Characters of a text.
const TEXT: usize = 4_000;

/// An object that is being read.
#[derive(Debug)]
pub(super) struct Reader<'d, 'r, 'f> {
    fields: Fields<'d>,
    report: &'r mut Report<'f>,
    resolver: Resolver<'r>,
}

impl<'d, 'r, 'f> Reader<'d, 'r, 'f> {
    /// Reads an object with a function; what is no object is reported and read as nothing.
    pub(super) fn object<T: Default>(
        cursor: Cursor<'d>,
        report: &'r mut Report<'f>,
        resolver: Resolver<'r>,
        read: impl FnOnce(&mut Reader<'d, '_, 'f>) -> T,
    ) -> T {
        let Some(fields) = cursor.fields(report) else { return T::default() };
        let mut reader = Reader { fields, report, resolver };
        let value = read(&mut reader);
        let Reader { fields, report, .. } = reader;
        fields.finish(report);
        value
    }

    /// A key that is known and means nothing here.
    pub(super) fn ignore(&mut self, key: &'static str) {
        self.fields.optional(key);
    }

    /// Reports something about a key.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        key: &str,
        message: Arguments<'_>,
        help: Arguments<'_>,
    ) {
        self.report.error(code, self.fields.at(key), message, help);
    }

    fn required(&mut self, key: &'static str) -> Option<Cursor<'d>> {
        self.fields.required(self.report, key)
    }

    /// A name: one line that must be there.
    pub(super) fn name(&mut self, key: &'static str) -> String {
        let cursor = self.required(key);
        cursor.and_then(|it| self.line(it, NAME)).unwrap_or_default()
    }

    /// Words for people that must be there.
    pub(super) fn words(&mut self, key: &'static str) -> String {
        let cursor = self.required(key);
        cursor.and_then(|it| it.words(self.report, "a text", TEXT)).unwrap_or_default()
    }

    /// Words for people that may be left out.
    pub(super) fn maybe_words(&mut self, key: &'static str) -> Option<String> {
        let cursor = self.fields.optional(key)?;
        cursor.words(self.report, "a text", TEXT)
    }

    fn line(&mut self, cursor: Cursor<'d>, longest: usize) -> Option<String> {
        let text = cursor.words(self.report, "a text", longest)?;
        if text.contains(['\n', '\t']) {
            let message = format_args!("a name holds a line break or a tab");
            let help = format_args!("write it in one line");
            self.report.error("control-character", cursor.place(), message, help);
            return None;
        }
        Some(text)
    }

    /// Texts that may be left out.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<String> {
        let items = self.items(key);
        items.iter().filter_map(|it| Cursor::from(it).words(self.report, "a text", TEXT)).collect()
    }

    /// Texts of which there must be one at least.
    pub(super) fn some_texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(cursor) = self.required(key) else { return Vec::new() };
        if cursor.items(self.report).is_some_and(<[Node<'_>]>::is_empty) {
            let message = format_args!("`{key}` is empty");
            self.report.error(
                "empty-list",
                cursor.place(),
                message,
                format_args!("add at least one"),
            );
        }
        self.texts(key)
    }

    /// Slugs that may be left out.
    pub(super) fn slugs(&mut self, key: &'static str) -> Vec<String> {
        let items = self.items(key);
        items.iter().map(|it| self.line(it.into(), NAME).unwrap_or_default()).collect()
    }

    /// The items of a list that may be left out.
    fn items(&mut self, key: &'static str) -> &'d [Node<'d>] {
        let Some(cursor) = self.fields.optional(key) else { return &[] };
        let Some(items) = cursor.items(self.report) else { return &[] };
        if items.len() > MOST_ENTRIES {
            let message =
                format_args!("`{key}` has {} entries, and {MOST_ENTRIES} is the most", items.len());
            let help = format_args!("split the manifest");
            self.report.error("too-many-entries", cursor.place(), message, help);
            return &[];
        }
        items
    }

    /// The objects of a list that may be left out.
    pub(super) fn each<T: Default>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Reader<'d, '_, 'f>) -> T,
    ) -> Vec<T> {
        let items = self.items(key);
        let resolver = self.resolver;
        let read = |item| Reader::object(Cursor::from(item), self.report, resolver, &read);
        items.iter().map(read).collect()
    }

    /// The objects of a list that must be there.
    pub(super) fn every<T: Default>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Reader<'d, '_, 'f>) -> T,
    ) -> Vec<T> {
        self.required(key);
        self.each(key, read)
    }

    /// An object that may be left out.
    pub(super) fn section<T: Default>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Reader<'d, '_, 'f>) -> T,
    ) -> Option<T> {
        let cursor = self.fields.optional(key)?;
        Some(Reader::object(cursor, self.report, self.resolver, read))
    }

    /// An object that must be there.
    pub(super) fn part<T: Default>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Reader<'d, '_, 'f>) -> T,
    ) -> T {
        self.required(key);
        self.section(key, read).unwrap_or_default()
    }

    /// Free values that may be left out.
    pub(super) fn remarks(&mut self, key: &'static str) -> Vec<Remark> {
        self.items(key).iter().map(|item| Remark(json(item))).collect()
    }

    /// A free value that may be left out.
    pub(super) fn remark(&mut self, key: &'static str) -> Option<Remark> {
        self.fields.optional(key).map(|cursor| Remark(free(cursor.value())))
    }

    /// An address, or a name that stands for one and is resolved.
    pub(super) fn address(&mut self, key: &'static str) -> Address {
        self.required(key).and_then(|it| self.address_at(it)).unwrap_or_default()
    }

    /// The same where it may be left out.
    pub(super) fn maybe_address(&mut self, key: &'static str) -> Option<Address> {
        let cursor = self.fields.optional(key)?;
        self.address_at(cursor)
    }

    fn address_at(&mut self, cursor: Cursor<'d>) -> Option<Address> {
        let text = cursor.text(self.report, "an address")?;
        if address::looks_like_one(text) || !text.starts_with("0x") {
            return address::read(cursor, self.report);
        }
        let text = shortened(text);
        let message = format_args!("`{text}` stands in place of an address");
        let Some((found, from)) = self.resolver.find(&text) else {
            let help = format_args!(
                "write the address: neither the policies nor this deployment have one of that name"
            );
            self.report.error("unresolved-placeholder", cursor.place(), message, help);
            return None;
        };
        let help = format_args!("{found} is meant, from {from}; write it to be sure");
        self.report.warning("placeholder", cursor.place(), message, help);
        Some(found)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        self.required(key).and_then(|it| it.flag(self.report)).unwrap_or_default()
    }

    /// A URI that must be there; one without a scheme is warned about.
    pub(super) fn uri(&mut self, key: &'static str) -> String {
        let cursor = self.required(key);
        cursor.and_then(|it| self.uri_at(it)).unwrap_or_default()
    }

    /// A URI that may be left out.
    pub(super) fn maybe_uri(&mut self, key: &'static str) -> Option<String> {
        let cursor = self.fields.optional(key)?;
        if matches!(cursor.value(), Value::Text(text) if text.is_empty()) {
            return None;
        }
        self.uri_at(cursor)
    }

    fn uri_at(&mut self, cursor: Cursor<'d>) -> Option<String> {
        let uri = self.line(cursor, TEXT)?;
        if !has_scheme(&uri) {
            let message =
                format_args!("{:?} has no scheme, so nobody can fetch it", shortened(&uri));
            let help = format_args!("write ipfs://… or https://…");
            self.report.warning("no-scheme", cursor.place(), message, help);
        }
        Some(uri)
    }

    /// A URI with the scheme `ipfs://` or `https://`, as the self-improvement plan needs.
    pub(super) fn fetchable(&mut self, key: &'static str) -> String {
        let Some(cursor) = self.required(key) else { return String::new() };
        let Some(uri) = self.line(cursor, TEXT) else { return String::new() };
        let rest = uri.strip_prefix("ipfs://").or_else(|| uri.strip_prefix("https://"));
        if rest.is_none_or(str::is_empty) {
            let message = format_args!("{:?} cannot be fetched", shortened(&uri));
            let help = format_args!("write ipfs://… or https://…");
            self.report.error("no-scheme", cursor.place(), message, help);
        }
        uri
    }

    /// 32 bytes in hex, not zero.
    pub(super) fn hash(&mut self, key: &'static str) -> B256 {
        self.required(key).and_then(|it| self.hash_at(it)).unwrap_or_default()
    }

    fn hash_at(&mut self, cursor: Cursor<'d>) -> Option<B256> {
        let text = cursor.text(self.report, "a hash of 32 bytes")?;
        let hash = text.strip_prefix("0x").and_then(|_| text.parse::<B256>().ok());
        match hash {
            Some(hash) if hash.is_zero() => {
                let message = format_args!("the hash is zero, which the contract refuses");
                let help = format_args!("write the keccak-256 of the document");
                self.report.error("zero-hash", cursor.place(), message, help);
                None
            }
            Some(hash) => Some(hash),
            None => {
                let message = format_args!("{:?} is not a hash of 32 bytes", shortened(text));
                let help = format_args!("write 0x and 64 hex digits");
                self.report.error("malformed", cursor.place(), message, help);
                None
            }
        }
    }

    /// One of several words.
    pub(super) fn one_of<T: Copy + Default>(
        &mut self,
        key: &'static str,
        words: &[(&str, T)],
    ) -> T {
        let Some(cursor) = self.required(key) else { return T::default() };
        let Some(text) = cursor.text(self.report, "a word") else { return T::default() };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format_args!("{:?} is not known here", shortened(text));
        let help = format_args!("write one of {}", known.join(", "));
        self.report.error("unknown-word", cursor.place(), message, help);
        T::default()
    }
}

fn has_scheme(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, rest)| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let starts = scheme.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        starts && scheme.bytes().all(letter) && !rest.is_empty()
    })
}

fn json(node: &Node<'_>) -> Json {
    free(&node.value)
}

/// The value as it stands; a number that no double holds stays its text.
fn free(value: &Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Flag(flag) => Json::Bool(*flag),
        Value::Number(text) => {
            text.parse().map_or_else(|_| Json::String((*text).to_owned()), Json::Number)
        }
        Value::Text(text) => Json::String(text.clone().into_owned()),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members.map(|it| (it.name.clone().into_owned(), json(&it.node))).collect()
        }
    }
}
