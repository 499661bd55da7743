//! Which content coding a browser takes.

/// A coding that files are kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    /// Its name in `Content-Encoding`; none for the plain file.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

/// Whether an `Accept-Encoding` lists the coding without refusing it by `q=0`.
pub(super) fn accepts(accepted: &str, coding: Coding) -> bool {
    let Some(wanted) = coding.name() else { return true };
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        let refused = parts.any(|part| {
            let (key, value) = part.split_once('=').unwrap_or_default();
            key.trim().eq_ignore_ascii_case("q")
                && value.trim().trim_end_matches(['0', '.']).is_empty()
        });
        named && !refused
    })
}
