//! TLS for tests: certificates made on the spot, and a front that presents them.

mod front;
mod pki;

pub use self::{
    front::{TlsCounts, TlsFront},
    pki::{PkiError, TestCertificate, TestPki},
};
