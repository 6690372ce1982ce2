//! `aldis-aar module`: the Gradle module metadata, out of the POM and the files.

pub(crate) mod format;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::console::made;
use crate::files::{self, FileError};
use crate::pom::{self, Pom, PomError};
use crate::{Outcome, checksums};

use format::{
    ArtifactSelector, Capability, Component, Dependency, Exclude, File, Module, Requires,
    ThirdParty, Variant,
};

/// What the archive has in it, and must not come into an app a second time: Gradle names the
/// conflict where an app asks for both.
const BUNDLED: [(&str, &str); 2] =
    [("dev.aldis", "aldis-kotlin"), ("dev.aldis", "aldis-kotlin-ffi")];
/// What publishes no module metadata, and more than one artifact: which of them is meant has to
/// be said. Where there is metadata, saying so would go past it.
const WITHOUT_METADATA: [(&str, &str); 1] = [("net.java.dev.jna", "jna")];

const HELP: &str = "\
The files are the archive and the jars of sources and documentation, named as Maven names them.

Example:
  aldis-aar module --pom aldis-android-0.1.0.pom --out aldis-android-0.1.0.module \\
      aldis-android-0.1.0.aar aldis-android-0.1.0-sources.jar aldis-android-0.1.0-javadoc.jar";

/// Write Gradle module metadata that says what the POM says, and more.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The POM. It has to be whole: no parent, no properties.
    #[arg(long, value_name = "FILE")]
    pom: PathBuf,
    /// Where to write the metadata.
    #[arg(long, value_name = "FILE.module")]
    out: PathBuf,
    /// What is published.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Why there is no metadata.
#[derive(Debug, thiserror::Error)]
enum ModuleError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Pom(#[from] PomError),
    #[error(
        "{} is none of {base}.aar, {base}-sources.jar and {base}-javadoc.jar",
        .file.display()
    )]
    Unknown { file: PathBuf, base: String },
    #[error("{base}.aar is not among the files")]
    NoArchive { base: String },
    #[error("the metadata cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Writes it.
pub(crate) fn run(args: &Args) -> Outcome {
    let text = write(&args.pom, &args.files)?;
    files::write(&args.out, text.as_bytes())?;
    made(&format!("Module metadata in {}", args.out.display()));
    Ok(ExitCode::SUCCESS)
}

fn write(pom_file: &Path, published: &[PathBuf]) -> Result<String, ModuleError> {
    let pom = Pom::read(pom_file)?;
    pom.demand_module(pom_file)?;
    let base = pom.base();
    let mut parts = BTreeMap::new();
    for path in published {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let part = name
            .strip_prefix(&base)
            .filter(|part| [".aar", "-sources.jar", "-javadoc.jar"].contains(part));
        let Some(part) = part.map(str::to_owned) else {
            return Err(ModuleError::Unknown { file: path.clone(), base });
        };
        parts.insert(part, file(name, &files::read(path)?));
    }
    let Some(archive) = parts.remove(".aar") else {
        return Err(ModuleError::NoArchive { base });
    };
    let mut variants = libraries(&pom, &archive);
    let kinds = [("-sources.jar", "Source", "sources"), ("-javadoc.jar", "JavaDoc", "javadoc")];
    for (part, name, kind) in kinds {
        variants.extend(parts.remove(part).map(|file| documentation(&pom, name, kind, file)));
    }
    let module = Module {
        format_version: format::VERSION.into(),
        component: Component {
            group: pom.group.clone(),
            module: pom.artifact.clone(),
            version: pom.version,
            attributes: attributes(&[("org.gradle.status", "release")]),
        },
        variants,
    };
    Ok(serde_json::to_string_pretty(&module)? + "\n")
}

/// A file as the metadata names it.
pub(crate) fn file(name: String, bytes: &[u8]) -> File {
    let [md5, sha1, sha256, sha512] = checksums::of(bytes).map(|(_, checksum)| checksum);
    File { url: name.clone(), name, size: bytes.len() as u64, sha512, sha256, sha1, md5 }
}

fn attributes(pairs: &[(&str, &str)]) -> BTreeMap<String, serde_json::Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
}

/// What an app compiles with, and what it runs with.
fn libraries(pom: &Pom, archive: &File) -> Vec<Variant> {
    [("Api", "java-api"), ("Runtime", "java-runtime")]
        .into_iter()
        .map(|(name, usage)| {
            let asked = pom.dependencies.iter().filter(|dependency| {
                usage == format::RUNTIME || dependency.scope == pom::Scope::Compile
            });
            Variant {
                name: format!("releaseVariantRelease{name}Publication"),
                attributes: attributes(&[
                    ("org.gradle.category", "library"),
                    ("org.gradle.dependency.bundling", "external"),
                    ("org.gradle.libraryelements", "aar"),
                    (format::USAGE, usage),
                    ("org.jetbrains.kotlin.platform.type", "androidJvm"),
                ]),
                dependencies: asked.map(dependency).collect(),
                files: vec![archive.clone()],
                capabilities: capabilities(pom),
            }
        })
        .collect()
}

/// What an IDE shows.
fn documentation(pom: &Pom, name: &str, kind: &str, file: File) -> Variant {
    Variant {
        name: format!("releaseVariantRelease{name}Publication"),
        attributes: attributes(&[
            ("org.gradle.category", "documentation"),
            ("org.gradle.dependency.bundling", "external"),
            ("org.gradle.docstype", kind),
            (format::USAGE, format::RUNTIME),
        ]),
        dependencies: Vec::new(),
        files: vec![file],
        capabilities: capabilities(pom),
    }
}

/// Itself, which is no longer implied, and what it has in it.
pub(crate) fn capabilities(pom: &Pom) -> Vec<Capability> {
    [(pom.group.as_str(), pom.artifact.as_str())]
        .into_iter()
        .chain(BUNDLED)
        .map(|(group, name)| Capability {
            group: group.into(),
            name: name.into(),
            version: pom.version.clone(),
        })
        .collect()
}

/// A dependency of the POM as Gradle is to see it.
pub(crate) fn dependency(of_pom: &pom::Dependency) -> Dependency {
    let pom::Dependency { group, artifact, version, kind, exclusions, .. } = of_pom;
    let selected = kind != "jar" && WITHOUT_METADATA.contains(&(group, artifact));
    Dependency {
        group: group.clone(),
        module: artifact.clone(),
        version: Requires { requires: version.clone() },
        excludes: exclusions
            .iter()
            .map(|(group, module)| Exclude { group: group.clone(), module: module.clone() })
            .collect(),
        third_party_compatibility: selected.then(|| ThirdParty {
            artifact_selector: ArtifactSelector {
                name: artifact.clone(),
                kind: kind.clone(),
                extension: kind.clone(),
            },
        }),
    }
}
