//! The POM: the one description of the library and of what it depends on.

use std::path::{Path, PathBuf};

use roxmltree::{Document, Node};

use crate::files::{self, FileError};

/// What Gradle looks for in a POM before it reads the module metadata beside it.
const HAS_MODULE: &str = "do_not_remove: published-with-gradle-metadata";

/// Why a POM cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PomError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{} is no XML: {cause}", .file.display())]
    Xml { file: PathBuf, cause: roxmltree::Error },
    #[error(
        "{} has no {element} of its own, or one that only Maven can tell: what is published has \
         no parent and no properties",
        .file.display()
    )]
    Lacks { file: PathBuf, element: String },
    #[error(
        "{} does not say that it is published with Gradle metadata, and Gradle would not read \
         it: it needs the comment {HAS_MODULE}",
        .0.display()
    )]
    NoModule(PathBuf),
}

/// For what an app needs a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// To be compiled, and to run.
    Compile,
    /// To run.
    Runtime,
}

/// What an app gets with the library.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) group: String,
    pub(crate) artifact: String,
    pub(crate) version: String,
    /// `jar` unless the POM says otherwise.
    pub(crate) kind: String,
    pub(crate) scope: Scope,
    /// Group and artifact of what does not come with it.
    pub(crate) exclusions: Vec<(String, String)>,
}

impl Dependency {
    /// Its package URL.
    pub(crate) fn purl(&self) -> String {
        purl(&self.group, &self.artifact, &self.version, &self.kind)
    }
}

/// The package URL of what Maven calls by these. Its names need no escapes in one.
pub(crate) fn purl(group: &str, artifact: &str, version: &str, kind: &str) -> String {
    format!("pkg:maven/{group}/{artifact}@{version}?type={kind}")
}

/// A POM, read.
pub(crate) struct Pom {
    pub(crate) group: String,
    pub(crate) artifact: String,
    pub(crate) version: String,
    pub(crate) packaging: String,
    /// Elements that Maven Central asks for, and this POM does not have or left empty.
    pub(crate) lacking: Vec<&'static str>,
    /// Whether Gradle is told of the module metadata.
    pub(crate) has_module: bool,
    pub(crate) dependencies: Vec<Dependency>,
}

impl Pom {
    pub(crate) fn read(file: &Path) -> Result<Self, PomError> {
        let text = files::read_text(file)?;
        let document = Document::parse(&text);
        let document = document.map_err(|cause| PomError::Xml { file: file.to_owned(), cause })?;
        let project = Element { node: document.root_element(), file };
        let asked_for: [&[&'static str]; 9] = [
            &["name"],
            &["description"],
            &["url"],
            &["licenses", "license", "name"],
            &["licenses", "license", "url"],
            &["developers", "developer", "name"],
            &["scm", "connection"],
            &["scm", "developerConnection"],
            &["scm", "url"],
        ];
        let lacking = asked_for.iter().filter(|path| project.descend(path).is_none());
        let mut comments = document.descendants().filter(Node::is_comment);
        Ok(Self {
            group: project.text("groupId")?,
            artifact: project.text("artifactId")?,
            version: project.text("version")?,
            packaging: project.optional("packaging").unwrap_or("jar").to_owned(),
            lacking: lacking.filter_map(|path| path.first().copied()).collect(),
            has_module: comments
                .any(|comment| comment.text().is_some_and(|text| text.trim() == HAS_MODULE)),
            dependencies: project.dependencies()?,
        })
    }

    /// How its files' names begin.
    pub(crate) fn base(&self) -> String {
        format!("{}-{}", self.artifact, self.version)
    }

    /// Its package URL.
    pub(crate) fn purl(&self) -> String {
        purl(&self.group, &self.artifact, &self.version, &self.packaging)
    }

    /// Refuses a POM that keeps Gradle from reading module metadata.
    pub(crate) fn demand_module(&self, file: &Path) -> Result<(), PomError> {
        if self.has_module { Ok(()) } else { Err(PomError::NoModule(file.to_owned())) }
    }
}

/// An element, and the file that it is in.
struct Element<'a> {
    node: Node<'a, 'a>,
    file: &'a Path,
}

impl<'a> Element<'a> {
    fn children(&self, name: &'static str) -> impl Iterator<Item = Self> {
        let file = self.file;
        let nodes = self.node.children().filter(move |node| node.tag_name().name() == name);
        nodes.map(move |node| Self { node, file })
    }

    /// The text of the first element at a path that has one.
    fn descend(&self, path: &[&'static str]) -> Option<&'a str> {
        match path {
            [] => self.node.text().map(str::trim).filter(|text| !text.is_empty()),
            [name, rest @ ..] => self.children(name).find_map(|child| child.descend(rest)),
        }
    }

    fn optional(&self, name: &'static str) -> Option<&'a str> {
        self.descend(&[name])
    }

    fn text(&self, name: &'static str) -> Result<String, PomError> {
        let text = self.optional(name).filter(|text| !text.contains("${"));
        text.map(str::to_owned).ok_or_else(|| {
            let parent = self.node.tag_name().name();
            let of = self.optional("artifactId").filter(|_| parent != "project");
            let of = of.map_or_else(|| parent.to_owned(), |name| format!("{parent} {name}"));
            PomError::Lacks { file: self.file.to_owned(), element: format!("{name} for {of}") }
        })
    }

    /// Those that an app gets: what is optional, provided or for tests it does not.
    fn dependencies(&self) -> Result<Vec<Dependency>, PomError> {
        let mut dependencies = Vec::new();
        let elements = self
            .children("dependencies")
            .flat_map(|list| list.children("dependency").collect::<Vec<_>>());
        for element in elements {
            let scope = match element.optional("scope").unwrap_or("compile") {
                "compile" => Scope::Compile,
                "runtime" => Scope::Runtime,
                _ => continue,
            };
            if element.optional("optional") == Some("true") {
                continue;
            }
            let mut exclusions = Vec::new();
            for list in element.children("exclusions") {
                for exclusion in list.children("exclusion") {
                    exclusions.push((exclusion.text("groupId")?, exclusion.text("artifactId")?));
                }
            }
            dependencies.push(Dependency {
                group: element.text("groupId")?,
                artifact: element.text("artifactId")?,
                version: element.text("version")?,
                kind: element.optional("type").unwrap_or("jar").to_owned(),
                scope,
                exclusions,
            });
        }
        Ok(dependencies)
    }
}
