//! ZIP archives in memory, and written so that the same contents give the same bytes.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};

use zip::result::{ZipError, ZipResult};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The files of an archive by their names, sorted.
pub(crate) type Entries = BTreeMap<String, Vec<u8>>;

/// Why an archive cannot be taken apart.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    #[error("it is no ZIP archive, or a broken one: {0}")]
    Broken(#[from] ZipError),
    #[error("{name} cannot be unpacked: {cause}")]
    Entry { name: String, cause: io::Error },
    #[error("it has two files of one name")]
    TwoOfOneName,
}

/// Takes an archive apart. Folders are left out: files tell of them.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Entries, ArchiveError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    if archive.has_duplicate_names() {
        return Err(ArchiveError::TwoOfOneName);
    }
    let mut entries = Entries::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        if file.is_file() {
            let name = file.name()?.into_owned();
            let mut content = Vec::new();
            match file.read_to_end(&mut content) {
                Ok(_) => entries.insert(name, content),
                Err(cause) => return Err(ArchiveError::Entry { name, cause }),
            };
        }
    }
    Ok(entries)
}

/// Makes an archive. Order, time, rights and compression are fixed, and there are no extra fields.
pub(crate) fn pack(entries: &Entries) -> ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(content)?;
    }
    Ok(archive.finish()?.into_inner())
}
