use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, io};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PublicKeyData,
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

const DAY: Duration = Duration::from_hours(24);

/// Why a certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PkiError {
    /// A name is neither an IP address nor a DNS name in ASCII, or the CA is not able to sign.
    #[error("the certificate could not be made (names must be IP addresses or ASCII DNS names)")]
    Certificate(#[from] rcgen::Error),
    /// A file could not be written below the directory for temporary files.
    #[error("the PEM file could not be written to the directory for temporary files")]
    File(#[from] io::Error),
}

impl PkiError {
    /// A stable name in `snake_case`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Certificate(_) => "certificate",
            Self::File(_) => "file",
        }
    }
}

/// A certificate authority for one test. Its files live in a directory that is removed with it.
///
/// The client under test gets [`ca_file`](Self::ca_file) as an extra root, and a
/// [`TlsFront`](crate::TlsFront) or any other server gets what [`issue`](Self::issue) returns.
/// A certificate with the wrong name, one that has expired, and one of a CA that nobody trusts
/// (another `TestPki`) are what a client must refuse.
///
/// ```
/// # fn main() -> Result<(), aldis_testkit::PkiError> {
/// let pki = aldis_testkit::TestPki::new()?;
/// let good = pki.issue(&["localhost", "127.0.0.1"])?;
/// let wrong_name = pki.issue(&["elsewhere.test"])?;
/// assert!(good.pin().starts_with("sha256/"));
/// assert_ne!(good.pin(), wrong_name.pin());
/// assert!(pki.ca_file().exists());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct TestPki {
    ca: CertifiedIssuer<'static, KeyPair>,
    ca_file: PathBuf,
    dir: TempDir,
}

impl TestPki {
    /// Makes a new authority with a P-256 key.
    pub fn new() -> Result<Self, PkiError> {
        let mut params = CertificateParams::new(Vec::new())?;
        let key = KeyPair::generate()?;
        // Two authorities of one name would differ only in their signatures.
        params.distinguished_name = named(&format!("Aldis test authority {}", spki_pin(&key)));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let now = SystemTime::now();
        valid(&mut params, now - DAY, now + 30 * DAY);
        let ca = CertifiedIssuer::self_signed(params, key)?;
        let dir = tempfile::Builder::new().prefix("aldis-testkit-").tempdir()?;
        let ca_file = dir.path().join("ca.pem");
        fs::write(&ca_file, ca.pem())?;
        Ok(Self { ca, ca_file, dir })
    }

    /// The certificate of the authority, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        self.ca.pem()
    }

    /// The file with [`ca_pem`](Self::ca_pem).
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// Issues a server certificate, valid now, for DNS names and IP addresses.
    ///
    /// # Errors
    /// If a name is neither, or a file cannot be written.
    pub fn issue(&self, names: &[&str]) -> Result<TestCertificate, PkiError> {
        let now = SystemTime::now();
        self.sign(names, now - DAY, now + 30 * DAY)
    }

    /// Issues a server certificate that was valid until yesterday.
    ///
    /// # Errors
    /// As [`issue`](Self::issue).
    pub fn issue_expired(&self, names: &[&str]) -> Result<TestCertificate, PkiError> {
        let now = SystemTime::now();
        self.sign(names, now - 30 * DAY, now - DAY)
    }

    fn sign(
        &self,
        names: &[&str],
        from: SystemTime,
        until: SystemTime,
    ) -> Result<TestCertificate, PkiError> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = named("Aldis test server");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        valid(&mut params, from, until);
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.ca)?;
        let pin = spki_pin(&key);
        // Pins differ with the keys, so the files do too, once the name is fit for a path.
        let stem = pin.trim_start_matches("sha256/").replace(['/', '+', '='], "_");
        let cert_file = self.dir.path().join(format!("{stem}.cert.pem"));
        let key_file = self.dir.path().join(format!("{stem}.key.pem"));
        fs::write(&cert_file, certificate.pem())?;
        fs::write(&key_file, key.serialize_pem())?;
        Ok(TestCertificate { certificate, key, pin, cert_file, key_file })
    }
}

/// A server certificate of a [`TestPki`], with its P-256 key. Its files go with the `TestPki`.
#[derive(Debug)]
pub struct TestCertificate {
    certificate: rcgen::Certificate,
    key: KeyPair,
    pin: String,
    cert_file: PathBuf,
    key_file: PathBuf,
}

impl TestCertificate {
    /// The pin of its public key: `sha256/` and the Base64 of the SHA-256 of the
    /// `SubjectPublicKeyInfo` (RFC 7469).
    #[must_use]
    pub fn pin(&self) -> &str {
        &self.pin
    }

    /// The certificate in PEM.
    #[must_use]
    pub fn cert_pem(&self) -> String {
        self.certificate.pem()
    }

    /// The key in PEM (PKCS #8).
    #[must_use]
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// The file with [`cert_pem`](Self::cert_pem).
    #[must_use]
    pub fn cert_file(&self) -> &Path {
        &self.cert_file
    }

    /// The file with [`key_pem`](Self::key_pem).
    #[must_use]
    pub fn key_file(&self) -> &Path {
        &self.key_file
    }

    pub(super) fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.certificate.der().clone()]
    }

    pub(super) fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.serialize_der()).into()
    }
}

fn spki_pin(key: &impl PublicKeyData) -> String {
    format!("sha256/{}", STANDARD.encode(Sha256::digest(key.subject_public_key_info())))
}

fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

/// Short, because Apple's verifier refuses server certificates that are valid for years.
fn valid(params: &mut CertificateParams, from: SystemTime, until: SystemTime) {
    params.not_before = from.into();
    params.not_after = until.into();
}
