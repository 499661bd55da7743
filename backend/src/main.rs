//! The program `phase8`.
fn main() {}
