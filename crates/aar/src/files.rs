//! Files by name, with errors that tell the name.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("{} cannot be read: {cause}", .path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error("{} cannot be written: {cause}", .path.display())]
    Write { path: PathBuf, cause: io::Error },
}

/// Reads it whole.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(|cause| FileError::Read { path: path.to_owned(), cause })
}

/// What a folder holds, sorted by name.
pub(crate) fn list(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let entries = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>());
    let mut paths = entries.map_err(|cause| FileError::Read { path: folder.to_owned(), cause })?;
    paths.sort();
    Ok(paths)
}

/// Writes it, and the folders that it lies in.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let folders = path.parent().map_or(Ok(()), fs::create_dir_all);
    folders
        .and_then(|()| fs::write(path, bytes))
        .map_err(|cause| FileError::Write { path: path.to_owned(), cause })
}

/// Reads it whole, as text.
pub(crate) fn read_text(path: &Path) -> Result<String, FileError> {
    fs::read_to_string(path).map_err(|cause| FileError::Read { path: path.to_owned(), cause })
}
