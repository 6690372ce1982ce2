//! Frames that are dropped on purpose, and counted.

/// Why a frame was dropped instead of delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DropReason {
    /// It came before `connected`, when nobody can know who sent it.
    #[error("a message came before the session was open")]
    BeforeConnected,
    /// It was plaintext in an encrypted session.
    #[error("a plaintext message came in an encrypted session")]
    Plaintext,
    /// It was a frame of our own that came back.
    #[error("a frame of our own came back")]
    Reflected,
    /// It was received before.
    #[error("a frame came a second time")]
    Replayed,
    /// It is not a message of the protocol.
    #[error("a frame is not a message of the protocol")]
    Malformed,
    /// It was binary, which the protocol does not know from a server.
    #[error("a binary frame came")]
    Binary,
}

impl DropReason {
    /// A stable name of the reason for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BeforeConnected => "before_connected",
            Self::Plaintext => "plaintext",
            Self::Reflected => "reflected",
            Self::Replayed => "replayed",
            Self::Malformed => "malformed",
            Self::Binary => "binary",
        }
    }
}

/// Frames dropped so far, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DropCounts {
    /// See [`DropReason::BeforeConnected`].
    pub before_connected: u64,
    /// See [`DropReason::Plaintext`].
    pub plaintext: u64,
    /// See [`DropReason::Reflected`].
    pub reflected: u64,
    /// See [`DropReason::Replayed`].
    pub replayed: u64,
    /// See [`DropReason::Malformed`].
    pub malformed: u64,
    /// See [`DropReason::Binary`].
    pub binary: u64,
}

impl DropCounts {
    /// All of them together.
    pub fn total(&self) -> u64 {
        let Self { before_connected, plaintext, reflected, replayed, malformed, binary } = self;
        before_connected + plaintext + reflected + replayed + malformed + binary
    }

    /// Counts one, and returns how many there are of its kind now.
    pub fn count(&mut self, reason: DropReason) -> u64 {
        let count = match reason {
            DropReason::BeforeConnected => &mut self.before_connected,
            DropReason::Plaintext => &mut self.plaintext,
            DropReason::Reflected => &mut self.reflected,
            DropReason::Replayed => &mut self.replayed,
            DropReason::Malformed => &mut self.malformed,
            DropReason::Binary => &mut self.binary,
        };
        *count += 1;
        *count
    }
}

impl std::ops::AddAssign for DropCounts {
    fn add_assign(&mut self, other: Self) {
        self.before_connected += other.before_connected;
        self.plaintext += other.plaintext;
        self.reflected += other.reflected;
        self.replayed += other.replayed;
        self.malformed += other.malformed;
        self.binary += other.binary;
    }
}
