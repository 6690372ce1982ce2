//! The vectors that an end must remember.

use std::collections::HashSet;

use aldis_protocol::cipher::EncryptedFrame;
use aldis_protocol::limits::IV_BYTES;

/// All vectors of the frames that an end has opened.
#[derive(Debug, Default)]
pub(crate) struct SeenIvs {
    first: Option<u128>,
    all: HashSet<u128>,
}

impl SeenIvs {
    /// Adds the vector of a frame; `false` if it was there before.
    pub(crate) fn insert(&mut self, frame: &str) -> bool {
        let frame = EncryptedFrame::parse(frame).unwrap();
        let iv = base64_simd::STANDARD.decode_to_vec(&*frame.iv).unwrap();
        assert_eq!(iv.len(), IV_BYTES);
        let iv = iv.iter().fold(0, |iv, byte| iv << 8 | u128::from(*byte));
        self.first.get_or_insert(iv);
        self.all.insert(iv)
    }

    /// Vectors that are to be remembered one by one: all but those that count up from the first.
    pub(crate) fn stored(&self) -> usize {
        let counting = (0..).map_while(|step| self.all.get(&(self.first? + step)));
        self.all.len() - counting.count()
    }
}
