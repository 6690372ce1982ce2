//! By `RustCrypto`, for any processor.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use zeroize::Zeroizing;

use super::{NotAuthentic, POINT_BYTES, Point, SecretNumber, TooLong};
use crate::limits::TAG_BYTES;
use crate::replay::Iv;

pub(crate) struct Aead(Aes256Gcm);

impl Aead {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(Aes256Gcm::new(key.into()))
    }

    pub(super) fn encrypt(&self, iv: &Iv, buffer: &mut [u8]) -> Result<[u8; TAG_BYTES], TooLong> {
        let tag = self.0.encrypt_inout_detached(&(*iv).into(), &[], buffer.into());
        tag.map(Into::into).map_err(|_| TooLong)
    }

    pub(super) fn decrypt(
        &self,
        iv: &Iv,
        buffer: &mut [u8],
        tag: &[u8; TAG_BYTES],
    ) -> Result<(), NotAuthentic> {
        self.0
            .decrypt_inout_detached(&(*iv).into(), &[], buffer.into(), &(*tag).into())
            .map_err(|_| NotAuthentic)
    }
}

pub(crate) struct Scalar(SecretKey);

impl Scalar {
    pub(super) fn new(number: &[u8; 32]) -> Option<Self> {
        SecretKey::from_slice(number).ok().map(Self)
    }

    pub(super) fn point(&self) -> Point {
        let mut bytes = [0; POINT_BYTES];
        bytes.copy_from_slice(self.0.public_key().to_sec1_point(false).as_bytes());
        bytes
    }

    pub(super) fn shared_x(&self, peer: &Point) -> Option<SecretNumber> {
        let peer = PublicKey::from_sec1_bytes(peer).ok()?;
        Some(Zeroizing::new((*self.0.diffie_hellman(&peer).raw_secret_bytes()).into()))
    }
}

pub(super) fn is_on_curve(point: &Point) -> bool {
    PublicKey::from_sec1_bytes(point).is_ok()
}
