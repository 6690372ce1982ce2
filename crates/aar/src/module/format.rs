//! The format of Gradle module metadata, as far as we write it and read it back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of the format.
pub(crate) const VERSION: &str = "1.1";
/// The attribute that tells what a library is used for, and its value for running.
pub(crate) const USAGE: &str = "org.gradle.usage";
pub(crate) const RUNTIME: &str = "java-runtime";

/// A whole file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Module {
    pub(crate) format_version: String,
    pub(crate) component: Component,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Component {
    pub(crate) group: String,
    pub(crate) module: String,
    pub(crate) version: String,
    pub(crate) attributes: BTreeMap<String, serde_json::Value>,
}

/// One way to use the component.
#[derive(Serialize, Deserialize)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, serde_json::Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(crate) files: Vec<File>,
    #[serde(default)]
    pub(crate) capabilities: Vec<Capability>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dependency {
    pub(crate) group: String,
    pub(crate) module: String,
    pub(crate) version: Requires,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) excludes: Vec<Exclude>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) third_party_compatibility: Option<ThirdParty>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Requires {
    pub(crate) requires: String,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Exclude {
    pub(crate) group: String,
    pub(crate) module: String,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThirdParty {
    pub(crate) artifact_selector: ArtifactSelector,
}

/// Which artifact is meant, where there is no metadata to tell.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct ArtifactSelector {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) extension: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) size: u64,
    pub(crate) sha512: String,
    pub(crate) sha256: String,
    pub(crate) sha1: String,
    pub(crate) md5: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Capability {
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) version: String,
}
