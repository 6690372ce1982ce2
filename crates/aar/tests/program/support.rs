//! Runs the program as a child, in a folder that goes with the test.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A folder of files for a test, and for the program to work in.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders that it lies in.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    /// Runs the program in this folder.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aldis-aar"));
        command.args(args).current_dir(self.path()).env("HOME", "/home/nobody-here");
        command.output().unwrap()
    }

    /// Runs the program, which has to succeed, and returns what it printed.
    #[track_caller]
    pub(crate) fn succeed(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{output:?}");
        text(&output.stdout)
    }

    /// Runs the program, which has to fail with this error.
    #[track_caller]
    pub(crate) fn fail(&self, args: &[&str], error: &str) {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(text(&output.stderr), format!("error: {error}\n"));
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// An archive with these files, in this order.
pub(crate) fn zip<N: AsRef<str>, C: AsRef<[u8]>>(
    files: impl IntoIterator<Item = (N, C)>,
) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(name.as_ref(), SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_ref()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
