//! P-256 by Graviola.

use graviola::key_agreement::p256::{PublicKey, StaticPrivateKey};
use zeroize::Zeroizing;

use super::{Point, SecretNumber};

/// Whether the processor has the instructions. Without them Graviola panics: nothing else here may
/// be called.
pub(super) fn is_supported() -> bool {
    graviola::util::is_cpu_supported()
}

pub(crate) struct Scalar(StaticPrivateKey);

impl Scalar {
    pub(super) fn new(number: &[u8; 32]) -> Option<Self> {
        StaticPrivateKey::from_bytes(number).ok().map(Self)
    }

    pub(super) fn point(&self) -> Point {
        self.0.public_key_uncompressed()
    }

    pub(super) fn shared_x(&self, peer: &Point) -> Option<SecretNumber> {
        let peer = PublicKey::from_x962_uncompressed(peer).ok()?;
        Some(Zeroizing::new(self.0.diffie_hellman(&peer).ok()?.0))
    }
}

pub(super) fn is_on_curve(point: &Point) -> bool {
    PublicKey::from_x962_uncompressed(point).is_ok()
}
