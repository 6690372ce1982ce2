//! The crates that are linked into the library, as cargo tells.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::process::Command;

use cargo_lock::{Checksum, Lockfile};
use cyclonedx_bom::external_models::spdx::{SpdxExpression, SpdxExpressionError};
use cyclonedx_bom::external_models::uri::UriError;
use cyclonedx_bom::models::hash::{Hash, HashAlgorithm, HashValue, Hashes};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::prelude::Purl;

use super::{Args, Node, component};

/// Crates that only builds depend on, and that are in the library all the same: their sources are
/// compiled for it.
const BUILT_INTO: [&str; 1] = ["openssl-src"];

/// Why the crates are not known.
#[derive(Debug, thiserror::Error)]
pub(super) enum CratesError {
    #[error("cargo cannot be run: {0}")]
    Run(io::Error),
    #[error("cargo tree has failed:\n{0}")]
    Cargo(String),
    #[error("cargo tree has written a line that is not known: {0}")]
    Line(String),
    #[error("{} cannot be read: {cause}", .file.display())]
    Lock { file: PathBuf, cause: cargo_lock::Error },
    #[error("the licence of {name} is no SPDX expression: {cause}")]
    Licence { name: String, cause: SpdxExpressionError },
    #[error("{name} has no package URL: {cause}")]
    Purl { name: String, cause: UriError },
}

/// A crate of one version.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    name: String,
    version: String,
}

/// Licence and dependencies by crate.
type Graph = BTreeMap<Id, (String, BTreeSet<Id>)>;

/// The crates for any of the targets, the library itself first, then by name.
pub(super) fn linked(args: &Args) -> Result<Vec<Node>, CratesError> {
    let (mut graph, mut roots) = (Graph::new(), BTreeSet::new());
    for target in &args.targets {
        roots.extend(read(&tree(args, target, "normal,no-proc-macro")?, &mut graph)?);
        let mut with_builds = Graph::new();
        read(&tree(args, target, "normal,build,no-proc-macro")?, &mut with_builds)?;
        add_built_into(&mut graph, with_builds);
    }
    let lock = args.manifest.with_file_name("Cargo.lock");
    let locked = Lockfile::load(&lock);
    let locked = locked.map_err(|cause| CratesError::Lock { file: lock, cause })?;
    let others = graph.keys().filter(|id| !roots.contains(*id));
    roots.iter().chain(others).map(|id| node(id, &graph[id], &locked)).collect()
}

fn tree(args: &Args, target: &str, edges: &str) -> Result<String, CratesError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["tree", "--locked", "--package", &args.package, "--target", target]);
    command.args(["--no-default-features", "--features", &args.features.join(",")]);
    command.args(["--edges", edges, "--prefix", "depth", "--format", "|{p}|{l}"]);
    command.arg("--manifest-path").arg(&args.manifest);
    let output = command.output().map_err(CratesError::Run)?;
    if !output.status.success() {
        return Err(CratesError::Cargo(String::from_utf8_lossy(&output.stderr).trim().into()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Adds a tree to the graph, and returns its root. A line is DEPTH|NAME vVERSION (WHERE)|LICENCE;
/// what was told before ends with (*) and is not told again.
fn read(tree: &str, graph: &mut Graph) -> Result<Option<Id>, CratesError> {
    let mut path: Vec<Id> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let (depth, id, licence) = parse(line).ok_or_else(|| CratesError::Line(line.to_owned()))?;
        path.truncate(depth);
        if let Some((_, depends_on)) = path.last().and_then(|parent| graph.get_mut(parent)) {
            depends_on.insert(id.clone());
        }
        graph.entry(id.clone()).or_insert_with(|| (licence.to_owned(), BTreeSet::new()));
        path.push(id);
    }
    Ok(path.into_iter().next())
}

fn parse(line: &str) -> Option<(usize, Id, &str)> {
    let line = line.strip_suffix(" (*)").unwrap_or(line);
    let [depth, package, licence] = line.split('|').collect::<Vec<_>>().try_into().ok()?;
    let mut words = package.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    let id = Id { name: name.to_owned(), version: version.to_owned() };
    Some((depth.parse().ok()?, id, licence))
}

fn add_built_into(graph: &mut Graph, with_builds: Graph) {
    let is_built_into = |id: &Id| BUILT_INTO.contains(&id.name.as_str());
    for (id, (licence, depends_on)) in with_builds {
        if is_built_into(&id) {
            // What helps to compile it is not in the library.
            graph.entry(id).or_insert((licence, BTreeSet::new()));
        } else if let Some((_, linked)) = graph.get_mut(&id) {
            linked.extend(depends_on.into_iter().filter(is_built_into));
        }
    }
}

fn node(
    id: &Id,
    (licence, depends_on): &(String, BTreeSet<Id>),
    locked: &Lockfile,
) -> Result<Node, CratesError> {
    let purl = purl(id)?;
    let mut component = component(&id.name, &id.version, &purl);
    let expression = SpdxExpression::parse_lax(licence.clone());
    let expression =
        expression.map_err(|cause| CratesError::Licence { name: id.name.clone(), cause })?;
    component.licenses = Some(Licenses(vec![LicenseChoice::Expression(expression)]));
    let package = locked.packages.iter().find(|package| {
        package.name.as_str() == id.name && package.version.to_string() == id.version
    });
    let checksum = package.and_then(|package| package.checksum.as_ref());
    component.hashes = checksum.map(|Checksum::Sha256(bytes)| {
        let content = HashValue(base16ct::lower::encode_string(bytes));
        Hashes(vec![Hash { alg: HashAlgorithm::SHA_256, content }])
    });
    let depends_on = depends_on.iter().map(self::purl).collect::<Result<_, _>>()?;
    Ok(Node { component, purl, depends_on })
}

fn purl(id: &Id) -> Result<String, CratesError> {
    let purl = Purl::new("cargo", &id.name, &id.version);
    let purl = purl.map_err(|cause| CratesError::Purl { name: id.name.clone(), cause })?;
    Ok(purl.to_string())
}
