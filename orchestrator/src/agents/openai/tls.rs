//! The one TLS implementation of this process. Every HTTP client needs it installed before it is built.

use rustls::crypto::{CryptoProvider, ring};

/// Installs it; again is as once.
pub fn install() {
    if CryptoProvider::get_default().is_none() {
        // Another thread may have been faster with the same provider, which serves as well.
        drop(ring::default_provider().install_default());
    }
}
