//! For processors for which there is nothing faster than what runs anywhere.

use super::NotAuthentic;
use crate::limits::TAG_BYTES;
use crate::replay::Iv;

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
