//! The one TLS implementation of this process. Every HTTP client here needs it installed before it is built.

pub use phase8_orchestrator::agents::openai::tls::install;
