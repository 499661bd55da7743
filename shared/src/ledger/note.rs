//! Checkpoints as signed notes (C2SP tlog-checkpoint and signed-note, Ed25519). A log is known by its origin, and signs
//! under that name; all logs of one engine share one key.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::B256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use signed_note::{Note, StandardVerifier, VerifierList};

use super::tree::TreeHead;
use crate::id::{MissionId, parse_text};

/// The type of an Ed25519 key in a signed note.
const ED25519: u8 = 0x01;

/// The name of a log or of a key: letters without spaces or `+`, such as `control.example.org/missions/3f2a…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// The text is not an [`Origin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an origin is 1 to 200 visible characters without spaces and without +, such as control.example.org, and does not end \
     with a slash"
)]
pub struct ParseOriginError;

impl Origin {
    const LONGEST: usize = 200;

    /// The log that lists every mission.
    #[must_use]
    pub fn registry(&self) -> Self {
        Self(format!("{}/registry", self.0))
    }

    /// A mission's log.
    #[must_use]
    pub fn mission(&self, mission: MissionId) -> Self {
        Self(format!("{}/missions/{mission}", self.0))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = ParseOriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |letter: char| !letter.is_whitespace() && !letter.is_control();
        let is_name = signed_note::is_key_name_valid(text)
            && text.len() <= Self::LONGEST
            && text.chars().all(is_plain)
            && !text.ends_with('/');
        if is_name { Ok(Self(text.to_owned())) } else { Err(ParseOriginError) }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer)
    }
}

/// What a log says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// So many entries, with this root.
    pub tree: TreeHead,
}

/// A note that says nothing, or nothing one may believe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is no signed note.
    #[error(
        "this is no signed note: text, an empty line and signature lines that begin with an em dash"
    )]
    NotANote,
    /// The text is no checkpoint.
    #[error("the note's text is no checkpoint: origin, size and root, a line each")]
    NotACheckpoint,
    /// None of its signatures is the log's.
    #[error("the log's key did not sign it: there is no signature of {0}")]
    Unsigned(String),
    /// The log's signature is not over this text.
    #[error("the signature of {0} is not over this text")]
    Forged(String),
    /// The origin in the text is another log's.
    #[error("it is a checkpoint of {found}, not of {expected}")]
    OtherLog {
        /// In the text.
        found: Origin,
        /// Of the key.
        expected: Origin,
    },
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.tree.size, BASE64.encode(self.tree.root))
    }

    /// Reads the text of a checkpoint. Extension lines are let through, as the format asks.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let lines: Vec<&str> =
            text.strip_suffix('\n').ok_or(NoteError::NotACheckpoint)?.split('\n').collect();
        let [origin, size, root, extensions @ ..] = lines.as_slice() else {
            return Err(NoteError::NotACheckpoint);
        };
        let number: u64 = size.parse().map_err(|_| NoteError::NotACheckpoint)?;
        let root = BASE64.decode(root).ok().and_then(|root| B256::try_from(root.as_slice()).ok());
        let is_canonical =
            number.to_string() == **size && extensions.iter().all(|line| !line.is_empty());
        match (origin.parse(), root) {
            (Ok(origin), Some(root)) if is_canonical => {
                Ok(Self { origin, tree: TreeHead { size: number, root } })
            }
            _ => Err(NoteError::NotACheckpoint),
        }
    }

    /// What a note says, whoever signed it.
    pub fn unverified(note: &str) -> Result<Self, NoteError> {
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| NoteError::NotANote)?;
        let text = std::str::from_utf8(note.text()).map_err(|_| NoteError::NotANote)?;
        Self::parse(text)
    }
}

/// A public key under a name, as C2SP writes it: `<name>+<hash>+<base64 of type and key>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogVerifier {
    name: Origin,
    key: VerifyingKey,
}

/// The text is not a [`LogVerifier`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a verifier key is <name>+<8 hex digits>+<base64>, for an Ed25519 key whose digits fit its name"
)]
pub struct ParseVerifierError;

impl LogVerifier {
    /// The same key under another name.
    #[must_use]
    pub fn named(&self, name: Origin) -> Self {
        Self { name, key: self.key }
    }

    /// Its name.
    pub const fn name(&self) -> &Origin {
        &self.name
    }

    /// Whether two names stand for the same key.
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// What a note says, if this key signed it for the log of its name.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| NoteError::NotANote)?;
        let standard = StandardVerifier::new(&self.to_string())
            .map_err(|_| NoteError::Unsigned(self.name.to_string()))?;
        let known = VerifierList::new(vec![Box::new(standard)]);
        if let Err(error) = parsed.verify(&known) {
            let name = self.name.to_string();
            return Err(if matches!(error, signed_note::NoteError::InvalidSignature { .. }) {
                NoteError::Forged(name)
            } else {
                NoteError::Unsigned(name)
            });
        }
        let text = std::str::from_utf8(parsed.text()).map_err(|_| NoteError::NotANote)?;
        let checkpoint = Checkpoint::parse(text)?;
        if checkpoint.origin == self.name {
            Ok(checkpoint)
        } else {
            Err(NoteError::OtherLog { found: checkpoint.origin, expected: self.name.clone() })
        }
    }
}

impl fmt::Display for LogVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&signed_note::new_ed25519_verifier_key(self.name.as_str(), &self.key))
    }
}

impl FromStr for LogVerifier {
    type Err = ParseVerifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(ParseVerifierError);
        };
        let name = name.parse().map_err(|_| ParseVerifierError)?;
        let key = BASE64.decode(key).map_err(|_| ParseVerifierError)?;
        let verifier = match key.split_first() {
            Some((&ED25519, key)) => {
                let key = VerifyingKey::try_from(key).map_err(|_| ParseVerifierError)?;
                Self { name, key }
            }
            _ => return Err(ParseVerifierError),
        };
        // The hash between the plus signs binds key and name.
        if verifier.to_string() == text { Ok(verifier) } else { Err(ParseVerifierError) }
    }
}

impl Serialize for LogVerifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LogVerifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer)
    }
}

/// The key that signs checkpoints. It is never printed but into its own file.
#[derive(Clone)]
pub struct LogKey(SigningKey);

/// The text is not a [`LogKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signer key is PRIVATE+KEY+<name>+<8 hex digits>+<base64>, for an Ed25519 key")]
pub struct ParseLogKeyError;

impl LogKey {
    /// The key of 32 bytes that nobody can guess.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Reads the file's text. The name in it is the engine's; logs sign under their own.
    pub fn parse(text: &str) -> Result<Self, ParseLogKeyError> {
        let text = text.trim_end_matches(['\r', '\n']);
        signed_note::StandardSigner::new(text).map_err(|_| ParseLogKeyError)?;
        let key = text.rsplit_once('+').map(|(_, key)| key).ok_or(ParseLogKeyError)?;
        // `StandardSigner` has read it, but its base64 may hold a plus of its own.
        let from = text.match_indices('+').nth(3).map(|(at, _)| at + 1);
        let key = from.and_then(|from| text.get(from..)).unwrap_or(key);
        let bytes = BASE64.decode(key).map_err(|_| ParseLogKeyError)?;
        match bytes.split_first() {
            Some((&ED25519, seed)) => {
                SigningKey::try_from(seed).map(Self).map_err(|_| ParseLogKeyError)
            }
            _ => Err(ParseLogKeyError),
        }
    }

    /// The text of the key's file. It is the secret itself.
    pub fn secret_text(&self, name: &Origin) -> String {
        let mut public = vec![ED25519];
        public.extend_from_slice(self.0.verifying_key().as_bytes());
        let id = signed_note::key_id(name.as_str(), &public);
        let mut secret = vec![ED25519];
        secret.extend_from_slice(self.0.as_bytes());
        format!("PRIVATE+KEY+{name}+{id:08x}+{}\n", BASE64.encode(secret))
    }

    /// The public half under a name.
    pub fn verifier(&self, name: Origin) -> LogVerifier {
        LogVerifier { name, key: self.0.verifying_key() }
    }

    /// Signs a checkpoint under the log's own name. `None` only if the origin is no name for a key, which [`Origin`]
    /// excludes.
    pub fn sign(&self, checkpoint: &Checkpoint) -> Option<String> {
        let text = checkpoint.text();
        let mut note = Note::new(text.as_bytes(), &[]).ok()?;
        note.add_sigs(&[&Named { name: checkpoint.origin.as_str(), key: &self.0 }]).ok()?;
        String::from_utf8(note.to_bytes()).ok()
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogKey(…)")
    }
}

/// The key under a log's name.
struct Named<'a> {
    name: &'a str,
    key: &'a SigningKey,
}

impl signed_note::Signer for Named<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn key_id(&self) -> u32 {
        let mut public = vec![ED25519];
        public.extend_from_slice(self.key.verifying_key().as_bytes());
        signed_note::key_id(self.name, &public)
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        self.key.try_sign(message).map(|signature| signature.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::HashTree;

    fn origin() -> Origin {
        "control.example.org".parse().unwrap()
    }

    fn sample() -> (LogKey, Checkpoint) {
        let key = LogKey::from_seed(&[7; 32]);
        let tree = HashTree::from_iter([B256::repeat_byte(1), B256::repeat_byte(2)]).head();
        (key, Checkpoint { origin: origin().mission(MissionId::from_bytes([5; 16])), tree })
    }

    #[test]
    fn a_checkpoint_is_the_text_that_the_specification_shows() {
        let (_, checkpoint) = sample();

        let theirs = tlog_tiles::Checkpoint::from_bytes(checkpoint.text().as_bytes()).unwrap();

        assert_eq!(theirs.origin(), checkpoint.origin.as_str());
        assert_eq!((theirs.size(), theirs.hash().0), (2, checkpoint.tree.root.0));
        assert_eq!(theirs.to_bytes(), checkpoint.text().as_bytes());
        assert_eq!(Checkpoint::parse(&checkpoint.text()), Ok(checkpoint));
    }

    #[test]
    fn a_checkpoint_with_an_extension_is_read_and_anything_else_is_not() {
        let (_, checkpoint) = sample();
        let text = checkpoint.text();

        assert_eq!(Checkpoint::parse(&format!("{text}extension\n")), Ok(checkpoint));
        for bad in [
            text.trim_end(),
            &text.replace("\n2\n", "\n02\n"),
            &text.replace("\n2\n", "\n-2\n"),
            &text.replace("=\n", "\n"),
            &format!("{text}\n"),
            "",
            "\n\n\n",
        ] {
            assert_eq!(Checkpoint::parse(bad), Err(NoteError::NotACheckpoint), "{bad}");
        }
    }

    #[test]
    fn a_note_opens_with_its_key_and_name_alone() {
        let (key, checkpoint) = sample();
        let note = key.sign(&checkpoint).unwrap();
        let verifier = key.verifier(checkpoint.origin.clone());
        let name = checkpoint.origin.to_string();

        assert_eq!(verifier.open(&note), Ok(checkpoint.clone()));
        let other_key = LogKey::from_seed(&[8; 32]).verifier(checkpoint.origin.clone());
        assert_eq!(other_key.open(&note), Err(NoteError::Unsigned(name.clone())));
        let other_name = verifier.named(origin().registry());
        assert_eq!(
            other_name.open(&note),
            Err(NoteError::Unsigned(origin().registry().to_string()))
        );
        assert_eq!(
            verifier.open(&note.replace("\n2\n", "\n3\n")),
            Err(NoteError::Forged(name.clone()))
        );
        assert_eq!(verifier.open(&checkpoint.text()), Err(NoteError::NotANote));
        let elsewhere = Checkpoint { origin: origin().registry(), ..checkpoint };
        let mut signed = Note::new(elsewhere.text().as_bytes(), &[]).unwrap();
        signed.add_sigs(&[&Named { name: &name, key: &key.0 }]).unwrap();
        let signed = String::from_utf8(signed.to_bytes()).unwrap();
        let expected = checkpoint.origin;
        assert_eq!(
            verifier.open(&signed),
            Err(NoteError::OtherLog { found: origin().registry(), expected })
        );
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        let (key, checkpoint) = sample();
        let secret = key.secret_text(&origin());
        let verifier = key.verifier(checkpoint.origin);

        assert_eq!(LogKey::parse(&secret).unwrap().secret_text(&origin()), secret);
        assert_eq!(verifier.to_string().parse(), Ok(verifier.clone()));
        let (name, rest) = verifier
            .to_string()
            .split_once('+')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        for bad in [format!("{name}x+{rest}"), format!("{name}+{rest}A"), name, String::new()] {
            assert_eq!(bad.parse::<LogVerifier>(), Err(ParseVerifierError), "{bad}");
        }
        assert_eq!(LogKey::parse("PRIVATE+KEY+x").err(), Some(ParseLogKeyError));
        assert_eq!(format!("{key:?}"), "LogKey(…)");
    }

    #[test]
    fn many_keys_survive_their_file_whatever_their_base64_holds() {
        for byte in 0..=255_u8 {
            let key = LogKey::from_seed(&[byte; 32]);
            let read = LogKey::parse(&key.secret_text(&origin())).unwrap();
            assert!(read.verifier(origin()).is_same_key(&key.verifier(origin())));
            let verifier = key.verifier(origin());
            assert_eq!(verifier.to_string().parse(), Ok(verifier));
        }
    }

    #[test]
    fn an_origin_that_no_note_could_carry_is_refused() {
        for bad in ["", "a b", "a+b", "a\nb", "a/", "a\u{7f}", &"x".repeat(201)] {
            assert_eq!(bad.parse::<Origin>(), Err(ParseOriginError), "{bad:?}");
        }
    }
}
