//! AES-256-GCM and Diffie-Hellman over P-256, by the fastest implementation that the processor
//! allows.
//!
//! Graviola where the processor has what it needs: AES and carry-less multiplication in hardware,
//! interleaved, and a curve in verified assembly, all without a C compiler. The curve takes 0.4 MB of
//! code and tables, so it is a feature, `fast-handshake`. `RustCrypto` elsewhere: 32-bit ARM, and
//! processors without those instructions.

#[cfg_attr(not(any(target_arch = "aarch64", target_arch = "x86_64")), path = "no_fast_aead.rs")]
mod fast_aead;
#[cfg_attr(
    not(all(feature = "fast-handshake", any(target_arch = "aarch64", target_arch = "x86_64"))),
    path = "no_fast_curve.rs"
)]
mod fast_curve;
mod portable;

use zeroize::Zeroizing;

use crate::limits::TAG_BYTES;
use crate::replay::Iv;

/// Bytes that one vector can encrypt: 2^32 - 2 blocks (NIST SP 800-38D, 5.2.1.1).
const MAX_BYTES: u64 = (1 << 36) - 32;

/// Length of an uncompressed point of SEC 1, in bytes.
pub(crate) const POINT_BYTES: usize = 65;

/// A point in uncompressed form.
pub(crate) type Point = [u8; POINT_BYTES];

/// A big-endian number that nobody else may know: a scalar, or a shared point's x coordinate.
pub(crate) type SecretNumber = Zeroizing<[u8; 32]>;

/// The message is longer than AES-GCM allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Wrong key, vector or tag, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAuthentic;

/// A key of AES-256-GCM that is ready for use. Wiped from memory on drop.
#[expect(
    clippy::large_enum_variant,
    reason = "one for each session, which is in a box; the larger is the usual one"
)]
pub(crate) enum Aead {
    Fast(fast_aead::Aead),
    Portable(portable::Aead),
}

impl Aead {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let portable = || Self::Portable(portable::Aead::new(key));
        fast_aead::Aead::new(key).map_or_else(portable, Self::Fast)
    }

    /// Encrypts where the plaintext stands. Returns the tag.
    pub(crate) fn encrypt(&self, iv: &Iv, buffer: &mut [u8]) -> Result<[u8; TAG_BYTES], TooLong> {
        if buffer.len() as u64 > MAX_BYTES {
            return Err(TooLong);
        }
        match self {
            Self::Fast(aead) => Ok(aead.encrypt(iv, buffer)),
            Self::Portable(aead) => aead.encrypt(iv, buffer),
        }
    }

    /// Decrypts where the ciphertext stands. What stands there after an error is no plaintext.
    pub(crate) fn decrypt(
        &self,
        iv: &Iv,
        buffer: &mut [u8],
        tag: &[u8; TAG_BYTES],
    ) -> Result<(), NotAuthentic> {
        if buffer.len() as u64 > MAX_BYTES {
            return Err(NotAuthentic);
        }
        match self {
            Self::Fast(aead) => aead.decrypt(iv, buffer, tag),
            Self::Portable(aead) => aead.decrypt(iv, buffer, tag),
        }
    }
}

/// A secret scalar of P-256. Wiped from memory on drop.
pub(crate) enum Scalar {
    Fast(fast_curve::Scalar),
    Portable(portable::Scalar),
}

impl Scalar {
    /// Takes a big-endian number; `None` if it is zero or not below the order of the curve.
    pub(crate) fn new(number: &[u8; 32]) -> Option<Self> {
        if fast_curve::is_supported() {
            fast_curve::Scalar::new(number).map(Self::Fast)
        } else {
            portable::Scalar::new(number).map(Self::Portable)
        }
    }

    /// The public half.
    pub(crate) fn point(&self) -> Point {
        match self {
            Self::Fast(scalar) => scalar.point(),
            Self::Portable(scalar) => scalar.point(),
        }
    }

    /// The x coordinate of the point that both ends arrive at; `None` if the peer's is none of the
    /// curve.
    pub(crate) fn shared_x(&self, peer: &Point) -> Option<SecretNumber> {
        match self {
            Self::Fast(scalar) => scalar.shared_x(peer),
            Self::Portable(scalar) => scalar.shared_x(peer),
        }
    }
}

/// Whether this is a point of the curve in uncompressed form, and not the identity.
pub(crate) fn is_on_curve(point: &Point) -> bool {
    if fast_curve::is_supported() {
        fast_curve::is_on_curve(point)
    } else {
        portable::is_on_curve(point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    // The vectors of NIST in `tests/vectors.rs` go through whichever this processor gets. Here both
    // are compared, which is for the other one.
    proptest! {
        #[test]
        fn both_implementations_encrypt_alike(
            key: [u8; 32],
            iv: Iv,
            plaintext in vec(any::<u8>(), 0..4096),
            flip: prop::sample::Index,
        ) {
            let both = [Aead::new(&key), Aead::Portable(portable::Aead::new(&key))];
            let sealed = both.each_ref().map(|aead| {
                let mut buffer = plaintext.clone();
                let tag = aead.encrypt(&iv, &mut buffer).unwrap();
                (buffer, tag)
            });
            prop_assert_eq!(&sealed[0], &sealed[1]);

            let (ciphertext, tag) = &sealed[0];
            let mut forged = *tag;
            forged[flip.index(TAG_BYTES)] ^= 1;
            for aead in &both {
                let mut buffer = ciphertext.clone();
                prop_assert_eq!(aead.decrypt(&iv, &mut buffer, &forged), Err(NotAuthentic));
                buffer.clone_from(ciphertext);
                prop_assert_eq!(aead.decrypt(&iv, &mut buffer, tag), Ok(()));
                prop_assert_eq!(&buffer, &plaintext);
            }
        }

        #[test]
        fn both_implementations_agree_on_keys(ours: [u8; 32], theirs: [u8; 32], flip: prop::sample::Index) {
            let pairs = [ours, theirs].map(|number| {
                (Scalar::new(&number), portable::Scalar::new(&number).map(Scalar::Portable))
            });
            let [(Some(a), Some(a2)), (Some(b), Some(b2))] = pairs else {
                return Err(TestCaseError::reject("not a scalar, one in four thousand million"));
            };
            prop_assert_eq!(a.point(), a2.point());
            let shared = a.shared_x(&b.point());
            prop_assert!(shared.is_some());
            for (scalar, peer) in [(&a2, &b), (&b, &a), (&b2, &a)] {
                prop_assert_eq!(&scalar.shared_x(&peer.point()), &shared);
            }

            let mut point = b.point();
            point[flip.index(POINT_BYTES)] ^= 1;
            prop_assert_eq!(is_on_curve(&point), portable::is_on_curve(&point));
            prop_assert_eq!(a.shared_x(&point).is_some(), is_on_curve(&point));
            prop_assert_eq!(a2.shared_x(&point).is_some(), is_on_curve(&point));
        }
    }

    #[test]
    fn scalars_and_points_out_of_range_are_refused_by_both() {
        // NIST SP 800-186, 3.2.1.3: the order of the curve.
        let mut order = [0xff; 32];
        order[4..8].fill(0);
        order[16..]
            .copy_from_slice(b"\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51");
        let mut last = order;
        last[31] -= 1;
        for (number, is_scalar) in
            [([0; 32], false), (order, false), ([255; 32], false), (last, true)]
        {
            assert_eq!(Scalar::new(&number).is_some(), is_scalar, "{number:?}");
            assert_eq!(portable::Scalar::new(&number).is_some(), is_scalar, "{number:?}");
        }
        // Neither zeros, nor what stands for the identity, nor a hybrid form.
        let good = Scalar::new(&last).unwrap().point();
        assert!(is_on_curve(&good) && portable::is_on_curve(&good));
        for first in [0, 2, 3, 6, 7] {
            let mut point = good;
            point[0] = first;
            assert!(!is_on_curve(&point) && !portable::is_on_curve(&point), "{first}");
        }
        let mut zeros = [0; POINT_BYTES];
        zeros[0] = 4;
        assert!(!is_on_curve(&zeros) && !portable::is_on_curve(&zeros));
    }
}
