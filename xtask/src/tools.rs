//! Every tool that is installed, with its exact version. Change a version here and nowhere else.
//!
//! anvil, forge, solc and the `OpenZeppelin` sources are pinned by `contracts/package-lock.json`.

/// A program built from the crate registry into its own folder of the cache.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CargoTool {
    /// The crate's name.
    pub(crate) package: &'static str,
    /// The program it installs.
    pub(crate) program: &'static str,
    /// The exact version.
    pub(crate) version: &'static str,
    /// Whether the crate's own lock file still resolves.
    pub(crate) lock: LockFile,
    /// What it is for, in words.
    pub(crate) purpose: &'static str,
}

/// Whether `cargo install` keeps to the lock file that a tool was published with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockFile {
    Kept,
    Ignored,
}

/// A program from the npm registry in its own folder of the cache.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NpmTool {
    /// The package's name.
    pub(crate) package: &'static str,
    /// The exact version.
    pub(crate) version: &'static str,
    /// What it is for, in words.
    pub(crate) purpose: &'static str,
}

/// Builds the page.
pub(crate) const TRUNK: CargoTool = CargoTool {
    package: "trunk",
    program: "trunk",
    version: "0.21.14",
    lock: LockFile::Kept,
    purpose: "to build the page",
};

/// Must equal the `wasm-bindgen` of `Cargo.lock`; `cargo xtask tidy` checks it. Its own lock file names a
/// crate version that is gone from the registry.
pub(crate) const WASM_BINDGEN: CargoTool = CargoTool {
    package: "wasm-bindgen-cli",
    program: "wasm-bindgen",
    version: "0.2.130",
    lock: LockFile::Ignored,
    purpose: "to build the page",
};

/// Runs the tests.
pub(crate) const NEXTEST: CargoTool = CargoTool {
    package: "cargo-nextest",
    program: "cargo-nextest",
    version: "0.9.143",
    lock: LockFile::Kept,
    purpose: "to run the tests",
};

/// Carries `wasm-opt`.
pub(crate) const BINARYEN: NpmTool =
    NpmTool { package: "binaryen", version: "132.0.0", purpose: "to make the page small" };

/// A peer of the benchmarks.
pub(crate) const VIEM: NpmTool =
    NpmTool { package: "viem", version: "2.57.20", purpose: "to be measured against" };

/// Names files and unpacks archives as IPFS does, to be compared with what the server makes.
pub(crate) const IPFS_CAR: NpmTool =
    NpmTool { package: "ipfs-car", version: "3.1.0", purpose: "to check archives for IPFS" };

/// The compilation target of the page.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The oldest Node.js that will do.
pub(crate) const NODE_AT_LEAST: u32 = 20;

/// The browser of the journeys: Debian's, in the version that Debian supports.
pub(crate) const CHROMIUM_PACKAGE: &str = "chromium";

/// The database of the event store's tests: Debian's, in the version that Debian supports.
pub(crate) const POSTGRES_PACKAGE: &str = "postgresql";

/// What shows one program another time than the machine's: Debian's package, and the library in it.
pub(crate) const FAKETIME_PACKAGE: &str = "libfaketime";
pub(crate) const FAKETIME_LIBRARY: &str = "faketime/libfaketimeMT.so.1";

impl CargoTool {
    /// The folder below the tools folder.
    pub(crate) fn folder(&self) -> String {
        format!("{}-{}", self.package, self.version)
    }
}

impl NpmTool {
    /// The folder below the tools folder.
    pub(crate) fn folder(&self) -> String {
        format!("{}-{}", self.package, self.version)
    }
}

/// The name by which Trunk knows the pinned `wasm-opt`.
pub(crate) fn wasm_opt_name() -> String {
    let major = BINARYEN.version.split('.').next().unwrap_or(BINARYEN.version);
    format!("version_{major}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_opt_has_the_name_that_trunk_gives_it() {
        assert_eq!(wasm_opt_name(), "version_132");
    }
}
