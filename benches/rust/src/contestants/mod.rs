//! The contestants.

mod aldis;
mod limit;
mod plain;

pub use aldis::AldisRust;
pub use limit::Limit;
pub use plain::RustPlain;
