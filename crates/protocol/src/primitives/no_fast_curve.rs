//! For processors for which there is nothing faster than what runs anywhere, and for builds that
//! would rather be small.

use super::{Point, SecretNumber};

pub(super) fn is_supported() -> bool {
    false
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
