//! The libraries that an app gets with the archive, as POM and Maven tell.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cyclonedx_bom::external_models::normalized_string::NormalizedString;
use cyclonedx_bom::models::component::Scope;
use serde::Deserialize;

use super::{Node, component};
use crate::files::{self, FileError};
use crate::pom::{self, Dependency, Pom};

/// Why the libraries are not known.
#[derive(Debug, thiserror::Error)]
pub(super) enum MavenError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{} is no dependency:tree of Maven as JSON: {cause}", .file.display())]
    Tree { file: PathBuf, cause: serde_json::Error },
    #[error("{} does not have {dependency}: it is of another POM", .file.display())]
    Other { file: PathBuf, dependency: String },
}

/// A library in Maven's tree, and what comes with it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Library {
    group_id: String,
    artifact_id: String,
    version: String,
    #[serde(rename = "type")]
    kind: String,
    scope: String,
    /// A text in Maven's JSON.
    optional: String,
    #[serde(default)]
    children: Vec<Library>,
}

impl Library {
    fn purl(&self) -> String {
        pom::purl(&self.group_id, &self.artifact_id, &self.version, &self.kind)
    }

    /// Those below that an app gets.
    fn shipped(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(|child| {
            ["compile", "runtime"].contains(&child.scope.as_str()) && child.optional != "true"
        })
    }
}

/// The libraries by their package URLs: without a tree those of the POM only.
pub(super) fn libraries(pom: &Pom, tree: Option<&Path>) -> Result<Vec<Node>, MavenError> {
    let mut nodes = BTreeMap::new();
    if let Some(file) = tree {
        let root: Library = serde_json::from_slice(&files::read(file)?)
            .map_err(|cause| MavenError::Tree { file: file.to_owned(), cause })?;
        for library in root.shipped() {
            add(library, &mut nodes);
        }
        let purls = pom.dependencies.iter().map(Dependency::purl);
        if let Some(dependency) = purls.into_iter().find(|purl| !nodes.contains_key(purl)) {
            return Err(MavenError::Other { file: file.to_owned(), dependency });
        }
    } else {
        for dependency in &pom.dependencies {
            let Dependency { group, artifact, version, .. } = dependency;
            let node = node(group, artifact, version, dependency.purl());
            nodes.insert(node.purl.clone(), node);
        }
    }
    Ok(nodes.into_values().collect())
}

fn add(library: &Library, nodes: &mut BTreeMap<String, Node>) {
    let Library { group_id, artifact_id, version, .. } = library;
    let mut node = node(group_id, artifact_id, version, library.purl());
    node.depends_on = library.shipped().map(Library::purl).collect();
    nodes.insert(node.purl.clone(), node);
    for child in library.shipped() {
        add(child, nodes);
    }
}

fn node(group: &str, artifact: &str, version: &str, purl: String) -> Node {
    let mut component = component(artifact, version, &purl);
    component.group = Some(NormalizedString::new(group));
    component.scope = Some(Scope::Required);
    Node { component, purl, depends_on: Vec::new() }
}
