//! `aldis-aar sbom`: what the archive carries, and what comes with it, as one SBOM in `CycloneDX`.

mod crates;
mod maven;

use std::path::PathBuf;
use std::process::ExitCode;

use cyclonedx_bom::errors::JsonWriteError;
use cyclonedx_bom::external_models::normalized_string::NormalizedString;
use cyclonedx_bom::models::bom::{Bom, SpecVersion};
use cyclonedx_bom::models::component::{Classification, Component, Components};
use cyclonedx_bom::models::dependency::{Dependencies, Dependency};
use cyclonedx_bom::models::metadata::Metadata;
use cyclonedx_bom::prelude::{Purl, Validate};

use crate::Outcome;
use crate::console::made;
use crate::files;
use crate::pom::{self, Pom};

use crates::CratesError;
use maven::MavenError;

/// The newest version of the format that the library writes.
const FORMAT: SpecVersion = SpecVersion::V1_5;

const HELP: &str = "\
The crates are those that are linked into the library, for any of the targets; what builds them is
not in it. The same inputs give the same bytes: there is neither a time nor a serial number.

Example:
  mvn dependency:tree -DoutputType=json -DoutputFile=tree.json
  aldis-aar sbom --manifest Cargo.toml --features rustls \\
      --target aarch64-linux-android armv7-linux-androideabi x86_64-linux-android \\
      --pom aldis-android-0.1.0.pom --maven-tree tree.json --out aldis-android-0.1.0-cyclonedx.json";

/// Write an SBOM: what the archive carries, and what comes with it.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The manifest of the library.
    #[arg(long, value_name = "Cargo.toml")]
    manifest: PathBuf,
    /// The package of the library.
    #[arg(long, default_value = "aldis", value_name = "NAME")]
    package: String,
    /// What the library is built for.
    #[arg(long = "target", required = true, num_args = 1.., value_name = "TRIPLE")]
    targets: Vec<String>,
    /// The features that it is built with; those of the default only if `default` is among them.
    #[arg(long, value_delimiter = ',', value_name = "FEATURE")]
    features: Vec<String>,
    /// The POM of the archive.
    #[arg(long, value_name = "FILE")]
    pom: PathBuf,
    /// What comes with the dependencies of the POM: a dependency:tree of Maven as JSON.
    #[arg(long, value_name = "FILE")]
    maven_tree: Option<PathBuf>,
    /// Where to write the document.
    #[arg(long, value_name = "FILE.json")]
    out: PathBuf,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
enum SbomError {
    #[error(transparent)]
    Crates(#[from] CratesError),
    #[error(transparent)]
    Maven(#[from] MavenError),
    #[error("the document cannot be written as JSON: {0}")]
    Json(#[from] JsonWriteError),
    #[error("the document would not be as CycloneDX wants it: {0}")]
    Invalid(String),
}

/// Something with its place in the graph.
struct Node {
    component: Component,
    /// Its package URL, by which the others name it.
    purl: String,
    depends_on: Vec<String>,
}

/// Writes it.
pub(crate) fn run(args: &Args) -> Outcome {
    let pom = Pom::read(&args.pom)?;
    let crates = crates::linked(args);
    let crates = crates.map_err(SbomError::from)?;
    let tree = args.maven_tree.as_deref();
    let libraries = maven::libraries(&pom, tree).map_err(SbomError::from)?;
    let (out, counts) = (args.out.display(), (crates.len(), libraries.len()));
    files::write(&args.out, &document(&pom, crates, libraries)?)?;
    made(&format!("{} crates and {} libraries in {out}", counts.0, counts.1));
    Ok(ExitCode::SUCCESS)
}

fn document(pom: &Pom, crates: Vec<Node>, libraries: Vec<Node>) -> Result<Vec<u8>, SbomError> {
    let root = pom.purl();
    let mut archive = component(&pom.artifact, &pom.version, &root);
    archive.group = Some(NormalizedString::new(&pom.group));
    // The library itself is the first of the crates, and what an app asks for are those of the POM.
    let direct = pom.dependencies.iter().map(pom::Dependency::purl);
    let depends_on = crates.first().map(|node| node.purl.clone()).into_iter().chain(direct);

    let mut dependencies =
        vec![Dependency { dependency_ref: root, dependencies: depends_on.collect() }];
    let mut components = Vec::new();
    for node in crates.into_iter().chain(libraries) {
        dependencies.push(Dependency { dependency_ref: node.purl, dependencies: node.depends_on });
        components.push(node.component);
    }
    let bom = Bom {
        serial_number: None,
        spec_version: FORMAT,
        metadata: Some(Metadata { component: Some(archive), ..Metadata::default() }),
        components: Some(Components(components)),
        dependencies: Some(Dependencies(dependencies)),
        ..Bom::default()
    };
    let validated = bom.validate_version(FORMAT);
    if validated.has_errors() {
        return Err(SbomError::Invalid(format!("{validated:?}")));
    }
    let mut text = Vec::new();
    bom.output_as_json(&mut text, FORMAT)?;
    text.push(b'\n');
    Ok(text)
}

/// A library of this name and package URL.
fn component(name: &str, version: &str, purl: &str) -> Component {
    let mut component =
        Component::new(Classification::Library, name, version, Some(purl.to_owned()));
    // Any text is taken here; the document is validated as a whole.
    component.purl = purl.parse::<Purl>().ok();
    component
}
