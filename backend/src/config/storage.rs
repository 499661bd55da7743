//! `[storage]`: where missions and relayed transactions are kept.

use std::fmt;
use std::path::PathBuf;

use phase8_orchestrator::store::PostgresStore;
use serde::{Deserialize, Serialize, Serializer};

use super::Complaint;

/// Where missions and relayed transactions are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StorageConfig {
    /// The folder; it is created when it is not there.
    #[schema(value_type = String)]
    pub data: PathBuf,
    /// Address of a `PostgreSQL` database for the missions' ledgers; without one they are in a file of the folder.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub database: Option<DatabaseUrl>,
}

/// The address of a database. A password is in it, so that only what [`PostgresStore::describe`] says of it is shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole address.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PostgresStore::describe(&self.0).as_deref().unwrap_or("[unusable]"))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl StorageConfig {
    /// The missions' ledgers.
    pub fn missions(&self) -> PathBuf {
        self.data.join("missions.db")
    }

    /// Relayed transactions and the watcher's place.
    pub fn relay(&self) -> PathBuf {
        self.data.join("relay.db")
    }

    /// The key that signs checkpoints, where no other file is named.
    pub fn checkpoint_key(&self) -> PathBuf {
        self.data.join("checkpoint.key")
    }

    /// The last signed checkpoint of each log, apart from the database.
    pub fn checkpoints(&self) -> PathBuf {
        self.data.join("checkpoints")
    }

    /// Archives of missions.
    pub fn archives(&self) -> PathBuf {
        self.data.join("archives")
    }

    /// The development chain.
    pub fn anvil_state(&self) -> PathBuf {
        self.data.join("anvil-state.json")
    }

    /// The contracts of the development chain.
    pub fn deployment(&self) -> PathBuf {
        self.data.join("deployment.json")
    }

    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        if self.data.as_os_str().is_empty() {
            complaints.push(Complaint::new("storage.data", "must name a folder"));
        }
        let described = self.database.as_ref().map(|url| PostgresStore::describe(url.expose()));
        if let Some(Err(error)) = described {
            complaints.push(Complaint::new("storage.database", error.to_string()));
        }
        complaints
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::super::{Config, Environment};

    #[test]
    fn a_database_is_shown_without_its_password() {
        let environment =
            Environment::parse("DATABASE_URL=postgres://anna:hunter2@db.example:5433/ledgers");

        let config = Config::load(None, &environment, Vec::new()).unwrap();

        let database = config.storage.database.as_ref().unwrap();
        assert_eq!(database.expose(), "postgres://anna:hunter2@db.example:5433/ledgers");
        assert_eq!(database.to_string(), "ledgers at db.example:5433 as anna");
        let shown = format!("{config:?}{}", serde_json::to_string(&config).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("ledgers at db.example:5433 as anna"), "{shown}");
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_showing_it() {
        for url in ["hunter2", "postgres://anna:hunter2@db/x?sslmode=require"] {
            let environment = Environment::parse(&format!("DATABASE_URL={url}"));

            let error = Config::load(None, &environment, Vec::new()).unwrap_err();

            assert!(error.to_string().contains("storage.database: the address"), "{error}");
            let text = format!("{error} {error:?} {:?}", error.source());
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}
