//! The processors that Android knows, by the names of their folders in an archive.

use std::fmt;

use clap::ValueEnum;

/// A processor and how it is called from C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Abi {
    #[value(name = "arm64-v8a")]
    Arm64,
    #[value(name = "armeabi-v7a")]
    Arm,
    #[value(name = "x86")]
    X86,
    #[value(name = "x86_64")]
    X86_64,
}

impl Abi {
    /// Its folder below `jni`.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64-v8a",
            Self::Arm => "armeabi-v7a",
            Self::X86 => "x86",
            Self::X86_64 => "x86_64",
        }
    }

    /// How bionic calls it.
    pub(crate) fn arch(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::Arm => "arm",
            Self::X86 => "x86",
            Self::X86_64 => "x86_64",
        }
    }

    /// The one with this folder.
    pub(crate) fn of_folder(name: &str) -> Option<Self> {
        Self::value_variants().iter().copied().find(|abi| abi.folder() == name)
    }
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.folder())
    }
}
