//! `[http]`: where the page and the API are served.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Complaint;

/// Where the page and the API are served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// Address to listen on. Anything but a loopback address is reachable from outside.
    #[schema(value_type = String)]
    pub host: IpAddr,
    /// Port to listen on; 0 takes any free one.
    pub port: u16,
    /// Folder of the built page.
    #[schema(value_type = String)]
    pub dist: PathBuf,
    /// Host names, besides loopback and `host`, by which browsers may address this server.
    pub allowed_hosts: Vec<String>,
    /// Connections at a time; more wait.
    pub max_connections: u32,
    /// Requests in work at a time, event streams not counted; more are refused with 503.
    pub max_in_flight: u32,
    /// Seconds in which a client must have sent its request's headers.
    pub header_timeout_seconds: u64,
    /// Seconds that running requests get to end when the server is stopped.
    pub shutdown_seconds: u64,
}

impl HttpConfig {
    /// The address to listen on.
    pub const fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// Time in which headers must be there.
    pub const fn header_timeout(&self) -> Duration {
        Duration::from_secs(self.header_timeout_seconds)
    }

    /// Time that running requests get at the end.
    pub const fn shutdown_grace(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }

    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        if !(1..=300).contains(&self.header_timeout_seconds) {
            complaints.push(Complaint::new("http.header_timeout_seconds", "must be from 1 to 300"));
        }
        if self.shutdown_seconds > 300 {
            complaints.push(Complaint::new("http.shutdown_seconds", "must be at most 300"));
        }
        if self.max_connections == 0 {
            complaints.push(Complaint::new("http.max_connections", "must be at least 1"));
        }
        if self.max_in_flight == 0 {
            complaints.push(Complaint::new("http.max_in_flight", "must be at least 1"));
        }
        if self.allowed_hosts.iter().any(|host| host.is_empty() || host.contains(['/', ':', ' '])) {
            complaints.push(Complaint::new(
                "http.allowed_hosts",
                "takes plain host names such as mission.example.org, without scheme or port",
            ));
        }
        complaints
    }
}
