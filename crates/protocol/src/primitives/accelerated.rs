//! By Graviola, for processors of 64 bits.

use graviola::aead::AesGcm;
use graviola::key_agreement::p256::{PublicKey, StaticPrivateKey};
use zeroize::Zeroizing;

use super::{NotAuthentic, Point, SecretNumber};
use crate::limits::TAG_BYTES;
use crate::replay::Iv;

/// Whether the processor has the instructions. Without them Graviola panics: nothing else here may
/// be called.
pub(super) fn is_supported() -> bool {
    graviola::util::is_cpu_supported()
}

pub(crate) struct Aead(AesGcm);

impl Aead {
    pub(super) fn new(key: &[u8; 32]) -> Option<Self> {
        is_supported().then(|| Self(AesGcm::new(key)))
    }

    pub(super) fn encrypt(&self, iv: &Iv, buffer: &mut [u8]) -> [u8; TAG_BYTES] {
        let mut tag = [0; TAG_BYTES];
        self.0.encrypt(iv, &[], buffer, &mut tag);
        tag
    }

    pub(super) fn decrypt(
        &self,
        iv: &Iv,
        buffer: &mut [u8],
        tag: &[u8; TAG_BYTES],
    ) -> Result<(), NotAuthentic> {
        self.0.decrypt(iv, &[], buffer, tag).map_err(|_| NotAuthentic)
    }
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
