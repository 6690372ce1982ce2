//! For processors for which there is nothing faster than what runs anywhere.

use super::{NotAuthentic, Point, SecretNumber};
use crate::limits::TAG_BYTES;
use crate::replay::Iv;

pub(super) fn is_supported() -> bool {
    false
}

/// There is none.
pub(crate) enum Aead {}

impl Aead {
    pub(super) fn new(_key: &[u8; 32]) -> Option<Self> {
        None
    }

    pub(super) fn encrypt(&self, _iv: &Iv, _buffer: &mut [u8]) -> [u8; TAG_BYTES] {
        match *self {}
    }

    pub(super) fn decrypt(
        &self,
        _iv: &Iv,
        _buffer: &mut [u8],
        _tag: &[u8; TAG_BYTES],
    ) -> Result<(), NotAuthentic> {
        match *self {}
    }
}

/// There is none.
pub(crate) enum Scalar {}

impl Scalar {
    pub(super) fn new(_number: &[u8; 32]) -> Option<Self> {
        None
    }

    pub(super) fn point(&self) -> Point {
        match *self {}
    }

    pub(super) fn shared_x(&self, _peer: &Point) -> Option<SecretNumber> {
        match *self {}
    }
}

pub(super) fn is_on_curve(_point: &Point) -> bool {
    false
}
