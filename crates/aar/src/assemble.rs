//! `aldis-aar assemble`: the archive out of its parts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use zip::result::ZipError;

use crate::abi::Abi;
use crate::archive::{self, ArchiveError, Entries};
use crate::console::made;
use crate::files::{self, FileError};
use crate::{Outcome, layout};

const HELP: &str = "\
The same parts give the same bytes, on every machine and at any time.

Left out of the classes is what an Android app has no use for, or would find twice: the libraries
for desktop systems, manifests and what Maven says of a jar, and licences. Those of the archive are
given by --file.

Example:
  aldis-aar assemble --manifest AndroidManifest.xml --rules consumer-rules.pro \\
      --classes aldis-kotlin.jar aldis-kotlin-ffi.jar target/classes --native target/android/jni \\
      --file META-INF/LICENSE-MIT=LICENSE-MIT --out aldis-android-0.1.0.aar";

/// Make the archive out of manifest, rules, classes and libraries.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The manifest, as XML text.
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// What the app's R8 must keep.
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    /// Folders of classes, and jars. No file may be in two of them.
    #[arg(long, required = true, num_args = 1.., value_name = "DIR|JAR")]
    classes: Vec<PathBuf>,
    /// Folder of the libraries, ABI/libaldis.so.
    #[arg(long, value_name = "DIR")]
    native: PathBuf,
    /// Take this ABI from there, instead of each that is there.
    #[arg(long, value_name = "ABI")]
    abi: Vec<Abi>,
    /// Put another file at a path in the archive.
    #[arg(long = "file", value_name = "PATH=FILE", value_parser = added_file)]
    files: Vec<AddedFile>,
    /// Where to write the archive.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A file for a path in the archive.
#[derive(Clone)]
struct AddedFile {
    path: String,
    file: PathBuf,
}

fn added_file(text: &str) -> Result<AddedFile, String> {
    let (path, file) = text.split_once('=').ok_or("a path and a file with = between are needed")?;
    let good = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\\');
    if !path.split('/').all(good) {
        return Err(format!("{path:?} is no path in an archive, such as META-INF/LICENSE-MIT"));
    }
    Ok(AddedFile { path: path.to_owned(), file: file.into() })
}

/// Why no archive was made.
#[derive(Debug, thiserror::Error)]
enum AssembleError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{} cannot be taken apart: {cause}", .jar.display())]
    Jar { jar: PathBuf, cause: ArchiveError },
    #[error("{name} is in both {first} and {second}; one of the two has to go")]
    Twice { name: String, first: String, second: String },
    #[error("{} is no ABI: arm64-v8a, armeabi-v7a, x86 and x86_64 are", .0.display())]
    NoAbi(PathBuf),
    #[error("there is no library in {}", .0.display())]
    NoLibrary(PathBuf),
    #[error("{} has no name that an archive can hold: it is not UTF-8", .0.display())]
    Name(PathBuf),
    #[error("the archive cannot be made: {0}")]
    Pack(#[from] ZipError),
}

/// The files of an archive that is being made, each with where it is from.
#[derive(Default)]
struct Parts(BTreeMap<String, (Vec<u8>, String)>);

impl Parts {
    fn add(&mut self, name: String, content: Vec<u8>, source: &Path) -> Result<(), AssembleError> {
        let source = source.display().to_string();
        if let Some((_, first)) = self.0.get(&name) {
            return Err(AssembleError::Twice { name, first: first.clone(), second: source });
        }
        self.0.insert(name, (content, source));
        Ok(())
    }

    fn add_file(&mut self, name: impl Into<String>, file: &Path) -> Result<(), AssembleError> {
        self.add(name.into(), files::read(file)?, file)
    }

    fn pack(self) -> Result<Vec<u8>, AssembleError> {
        let entries = self.0.into_iter().map(|(name, (content, _))| (name, content));
        Ok(archive::pack(&entries.collect::<Entries>())?)
    }
}

/// Makes it.
pub(crate) fn run(args: &Args) -> Outcome {
    let (archive, classes, abis) = assemble(args)?;
    files::write(&args.out, &archive)?;
    let abis: Vec<_> = abis.iter().map(|abi| abi.folder()).collect();
    let out = args.out.display();
    made(&format!("{} bytes in {out}: {classes} classes, {}", archive.len(), abis.join(", ")));
    Ok(ExitCode::SUCCESS)
}

/// The archive's bytes, how many classes it has, and the ABIs that it is for.
fn assemble(args: &Args) -> Result<(Vec<u8>, usize, Vec<Abi>), AssembleError> {
    let mut classes = Parts::default();
    for source in &args.classes {
        add_classes(&mut classes, source)?;
    }
    let count = classes.0.keys().filter(|name| layout::has_extension(name, "class")).count();

    let mut parts = Parts::default();
    let ours = Path::new("aldis-aar itself");
    parts.add_file(layout::MANIFEST, &args.manifest)?;
    parts.add_file(layout::RULES, &args.rules)?;
    parts.add(layout::CLASSES.into(), classes.pack()?, ours)?;
    parts.add(layout::RESOURCES.into(), Vec::new(), ours)?;
    parts.add(layout::METADATA.into(), layout::METADATA_FIELDS.into(), ours)?;
    let abis = if args.abi.is_empty() { abis_in(&args.native)? } else { args.abi.clone() };
    for &abi in &abis {
        parts.add_file(
            layout::library(abi),
            &args.native.join(abi.folder()).join(layout::LIBRARY),
        )?;
    }
    for AddedFile { path, file } in &args.files {
        parts.add_file(path, file)?;
    }
    Ok((parts.pack()?, count, abis))
}

fn abis_in(folder: &Path) -> Result<Vec<Abi>, AssembleError> {
    let mut abis = Vec::new();
    for path in files::list(folder)? {
        let name = path.file_name().and_then(|name| name.to_str());
        abis.push(name.and_then(Abi::of_folder).ok_or(AssembleError::NoAbi(path))?);
    }
    if abis.is_empty() {
        return Err(AssembleError::NoLibrary(folder.to_owned()));
    }
    Ok(abis)
}

fn add_classes(classes: &mut Parts, source: &Path) -> Result<(), AssembleError> {
    if source.is_dir() {
        return add_folder(classes, source, "", source);
    }
    let entries = archive::unpack(&files::read(source)?);
    let entries = entries.map_err(|cause| AssembleError::Jar { jar: source.to_owned(), cause })?;
    for (name, content) in entries {
        if !is_left_out(&name) {
            classes.add(name, content, source)?;
        }
    }
    Ok(())
}

/// Adds what is in a folder, and in those within; names begin with the prefix.
fn add_folder(
    classes: &mut Parts,
    folder: &Path,
    prefix: &str,
    source: &Path,
) -> Result<(), AssembleError> {
    for path in files::list(folder)? {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| AssembleError::Name(path.clone()))?;
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            add_folder(classes, &path, &format!("{name}/"), source)?;
        } else if !is_left_out(&name) {
            classes.add(name, files::read(&path)?, source)?;
        }
    }
    Ok(())
}

/// Whether an app has no use for a file beside the classes, or would find it twice.
fn is_left_out(name: &str) -> bool {
    name == "META-INF/MANIFEST.MF"
        || ["META-INF/maven/", "META-INF/LICENSE", "dev/aldis/native/"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}
