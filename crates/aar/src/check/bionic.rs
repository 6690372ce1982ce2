//! What Android offers to a library: the symbols of its system libraries at one API level.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::abi::Abi;
use crate::files::{self, FileError};

/// Why the list cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum BionicError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("line {line} of {} is not LIBRARY SYMBOL [ARCHS]: {text}", .file.display())]
    Line { file: PathBuf, line: usize, text: String },
    #[error("{} names no symbol", .0.display())]
    Empty(PathBuf),
}

/// A symbol on some processors, or on all.
struct Offer {
    library: String,
    archs: Option<BTreeSet<String>>,
}

/// The list.
pub(super) struct Bionic(BTreeMap<String, Vec<Offer>>);

impl Bionic {
    pub(super) fn read(file: &Path) -> Result<Self, BionicError> {
        let text = files::read_text(file)?;
        let mut symbols = BTreeMap::<_, Vec<_>>::new();
        for (number, text) in text.lines().enumerate() {
            let line = text.split('#').next().unwrap_or_default();
            let words: Vec<_> = line.split_whitespace().collect();
            let (library, symbol, archs) = match words.as_slice() {
                [] => continue,
                [library, symbol] => (*library, *symbol, None),
                [library, symbol, archs] => {
                    let archs = archs.split(',').map(str::to_owned).collect();
                    (*library, *symbol, Some(archs))
                }
                _ => {
                    let (file, text) = (file.to_owned(), text.to_owned());
                    return Err(BionicError::Line { file, line: number + 1, text });
                }
            };
            let library = format!("{library}.so");
            symbols.entry(symbol.to_owned()).or_default().push(Offer { library, archs });
        }
        if symbols.is_empty() {
            return Err(BionicError::Empty(file.to_owned()));
        }
        Ok(Self(symbols))
    }

    /// The libraries that have a symbol on this processor.
    pub(super) fn libraries_with(&self, symbol: &str, abi: Abi) -> Vec<&str> {
        let offers = self.0.get(symbol).into_iter().flatten();
        let offers = offers
            .filter(|offer| offer.archs.as_ref().is_none_or(|archs| archs.contains(abi.arch())));
        offers.map(|offer| offer.library.as_str()).collect()
    }
}
