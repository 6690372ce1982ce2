//! test
mod faults;
mod proxy;
mod tls;
pub use self::{
    faults::{Counts, Cut, Direction, Faults, Traffic},
    proxy::FaultProxy,
    tls::{PkiError, TestCertificate, TestPki, TlsCounts, TlsFront},
};
