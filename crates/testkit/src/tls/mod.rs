//! TLS for tests: certificates made on the spot, and a front that presents them.

mod front;
mod pki;

pub use self::front::{TlsCounts, TlsFront, TlsVersion};
pub use self::pki::{PkiError, TestCertificate, TestPki};
