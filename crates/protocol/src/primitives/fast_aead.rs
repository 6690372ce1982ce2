//! AES-256-GCM by Graviola.

use graviola::aead::AesGcm;

use super::NotAuthentic;
use crate::limits::TAG_BYTES;
use crate::replay::Iv;

pub(crate) struct Aead(AesGcm);

impl Aead {
    /// `None` where the processor lacks the instructions, without which Graviola would panic.
    pub(super) fn new(key: &[u8; 32]) -> Option<Self> {
        graviola::util::is_cpu_supported().then(|| Self(AesGcm::new(key)))
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
