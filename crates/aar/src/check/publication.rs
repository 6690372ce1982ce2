//! Whether what is published with the archive is there, well-formed, and says the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cyclonedx_bom::models::bom::Bom;
use cyclonedx_bom::models::component::Component;
use cyclonedx_bom::prelude::Validate;

use crate::files::{self, FileError};
use crate::layout::has_extension;
use crate::module::format::{self, Module, Variant};
use crate::pom::{self, Pom};
use crate::report::Section;
use crate::{archive, checksums, module};

const GROUP: &str = "dev.aldis";
const ARTIFACT: &str = "aldis-android";

/// The files of a folder by name.
type Folder = BTreeMap<String, Vec<u8>>;

/// Checks what lies in a folder of a Maven repository beside the archive.
pub(super) fn examine(
    folder: &Path,
    archive: &[u8],
    link_check: bool,
) -> Result<Section, FileError> {
    let mut section = Section::new("Publication");
    let mut entries = Folder::new();
    for path in files::list(folder)?.into_iter().filter(|path| path.is_file()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        entries.insert(name, files::read(&path)?);
    }
    let poms: Vec<_> = entries.keys().filter(|name| has_extension(name, "pom")).collect();
    let [pom_name] = poms.as_slice() else {
        section.bad(format!("{} has {} POMs, not one", folder.display(), poms.len()));
        return Ok(section);
    };
    let pom = match Pom::read(&folder.join(pom_name)) {
        Ok(pom) => pom,
        Err(error) => {
            section.bad(error.to_string());
            return Ok(section);
        }
    };
    let base = pom.base();
    section.judge(identity(&pom, pom_name, link_check), format!("{pom_name}, with all it needs"));
    section.judge(same_archive(&base, &entries, archive), format!("{base}.aar is this archive"));
    let jars = "Sources and documentation";
    section.judge(sources(&base, &entries), jars);
    match parse_module(&base, &entries) {
        Ok(module) => {
            let count = pom.dependencies.len();
            let good = format!("Module metadata, with the POM's {count} dependencies");
            section.judge(module_findings(&module, &pom, &entries), good);
        }
        Err(finding) => section.bad(finding),
    }
    section.judge(sbom(&pom, &entries), "SBOM, with the crates and the POM's dependencies");
    section.judge(sidecars(&entries), "Checksums of each file");
    Ok(section)
}

fn identity(pom: &Pom, file: &str, link_check: bool) -> Vec<String> {
    let mut findings = Vec::new();
    let artifact = if link_check { format!("{ARTIFACT}-link-check") } else { ARTIFACT.into() };
    if (pom.group.as_str(), &pom.artifact) != (GROUP, &artifact) {
        let found = format!("{}:{}", pom.group, pom.artifact);
        findings.push(format!("The POM is of {found}, not of {GROUP}:{artifact}"));
    }
    if *file != format!("{}.pom", pom.base()) {
        findings.push(format!("{file} is not the POM of {}", pom.base()));
    }
    if pom.packaging != "aar" {
        findings.push(format!("The POM's packaging is {}, not aar", pom.packaging));
    }
    findings.extend(pom.lacking.iter().map(|element| format!("The POM lacks its {element}")));
    if !pom.has_module {
        findings.push("The POM does not tell Gradle of the module metadata".into());
    }
    findings
}

fn same_archive(base: &str, entries: &Folder, archive: &[u8]) -> Vec<String> {
    match entries.get(&format!("{base}.aar")) {
        None => vec![format!("There is no {base}.aar")],
        Some(published) if published != archive => {
            vec![format!("{base}.aar is another archive than the one that is checked")]
        }
        Some(_) => Vec::new(),
    }
}

fn sources(base: &str, entries: &Folder) -> Vec<String> {
    let mut findings = Vec::new();
    for (jar, extension) in [("sources", "kt"), ("javadoc", "html")] {
        let name = format!("{base}-{jar}.jar");
        match entries.get(&name).map(|jar| archive::unpack(jar)) {
            None => findings.push(format!("There is no {name}")),
            Some(Err(error)) => findings.push(format!("{name} cannot be taken apart: {error}")),
            Some(Ok(files)) if !files.keys().any(|name| has_extension(name, extension)) => {
                findings.push(format!("{name} has no .{extension} file"));
            }
            Some(Ok(_)) => {}
        }
    }
    findings
}

fn parse_module(base: &str, entries: &Folder) -> Result<Module, String> {
    let name = format!("{base}.module");
    let Some(text) = entries.get(&name) else {
        return Err(format!("There is no {name}"));
    };
    serde_json::from_slice(text).map_err(|error| format!("{name} is no module metadata: {error}"))
}

fn module_findings(module: &Module, pom: &Pom, entries: &Folder) -> Vec<String> {
    let mut findings = Vec::new();
    if module.format_version != format::VERSION {
        let found = &module.format_version;
        findings.push(format!("The module's format is {found}, not {}", format::VERSION));
    }
    let component = &module.component;
    if (&component.group, &component.module, &component.version)
        != (&pom.group, &pom.artifact, &pom.version)
    {
        let (name, version) = (&component.module, &component.version);
        findings.push(format!("The module is of {}:{name}:{version}", component.group));
    }
    for usage in ["java-api", format::RUNTIME] {
        let is_library = |variant: &&Variant| {
            variant.attributes.get(format::USAGE).is_some_and(|found| found == usage)
                && variant.attributes.get("org.gradle.category").is_some_and(|it| it == "library")
        };
        let mut variants = module.variants.iter().filter(is_library);
        let (Some(variant), None) = (variants.next(), variants.next()) else {
            findings.push(format!("The module has to have one library for {usage}"));
            continue;
        };
        findings.extend(library(variant, usage, pom));
    }
    for variant in &module.variants {
        findings.extend(module_files(variant, entries));
    }
    findings
}

/// Whether a variant has the dependencies and the capabilities that it should have.
fn library(variant: &Variant, usage: &str, pom: &Pom) -> Vec<String> {
    let name = &variant.name;
    let of_pom = pom
        .dependencies
        .iter()
        .filter(|dependency| usage == format::RUNTIME || dependency.scope == pom::Scope::Compile);
    let expected: Vec<_> = of_pom.map(module::dependency).collect();
    let text =
        |it: &format::Dependency| format!("{}:{}:{}", it.group, it.module, it.version.requires);
    let mut findings = Vec::new();
    for dependency in expected.iter().filter(|it| !variant.dependencies.contains(it)) {
        findings.push(format!("{name} does not have {} as the POM has it", text(dependency)));
    }
    for dependency in variant.dependencies.iter().filter(|it| !expected.contains(it)) {
        findings.push(format!("{name} has {}, and the POM does not", text(dependency)));
    }
    for capability in module::capabilities(pom) {
        if !variant.capabilities.contains(&capability) {
            let module = format!("{}:{}", capability.group, capability.name);
            findings.push(format!("{name} does not say that it is {module} too"));
        }
    }
    findings
}

fn module_files(variant: &Variant, entries: &Folder) -> Vec<String> {
    let name = &variant.name;
    if variant.files.is_empty() {
        return vec![format!("{name} has no file")];
    }
    let mut findings = Vec::new();
    for file in &variant.files {
        let Some(bytes) = entries.get(&file.url) else {
            findings.push(format!("{name} has {}, which is not there", file.url));
            continue;
        };
        if module::file(file.name.clone(), bytes) != *file {
            findings.push(format!("{name} has {} with another size or checksum", file.url));
        }
    }
    findings
}

/// Whether the SBOM is one, and of this archive.
fn sbom(pom: &Pom, entries: &Folder) -> Vec<String> {
    let name = format!("{}-cyclonedx.json", pom.base());
    let Some(text) = entries.get(&name) else {
        return vec![format!("There is no {name}")];
    };
    let bom = match Bom::parse_from_json(text.as_slice()) {
        Ok(bom) => bom,
        Err(error) => return vec![format!("{name} is no SBOM: {error}")],
    };
    let mut findings = Vec::new();
    let validated = bom.validate_version(bom.spec_version);
    if validated.has_errors() {
        findings.push(format!("{name} is not as CycloneDX wants it: {validated:?}"));
    }
    let purl = |component: &Component| component.purl.as_ref().map(ToString::to_string);
    let of = bom.metadata.and_then(|metadata| metadata.component).and_then(|it| purl(&it));
    if of.as_ref() != Some(&pom.purl()) {
        let of = of.unwrap_or_else(|| "nothing".into());
        findings.push(format!("{name} is of {of}, not of {}", pom.purl()));
    }
    let components = bom.components.map(|components| components.0).unwrap_or_default();
    let purls: BTreeSet<_> = components.iter().filter_map(purl).collect();
    if !purls.iter().any(|purl| purl.starts_with("pkg:cargo/aldis@")) {
        findings.push(format!("{name} does not have the crates of the library"));
    }
    for dependency in pom.dependencies.iter().map(pom::Dependency::purl) {
        if !purls.contains(&dependency) {
            findings.push(format!("{name} does not have {dependency} of the POM"));
        }
    }
    findings
}

/// Each file has its checksums beside it; signatures and checksums have none.
fn sidecars(entries: &Folder) -> Vec<String> {
    let has_none = ["asc", "md5", "sha1", "sha256", "sha512"];
    let mut findings = Vec::new();
    for (name, bytes) in entries {
        if has_none.iter().any(|extension| has_extension(name, extension)) {
            continue;
        }
        for (extension, checksum) in checksums::of(bytes) {
            let beside = format!("{name}.{extension}");
            match entries.get(&beside) {
                None => findings.push(format!("There is no {beside}")),
                Some(found) if found.trim_ascii() != checksum.as_bytes() => {
                    findings.push(format!("{beside} is of another file"));
                }
                Some(_) => {}
            }
        }
    }
    findings
}
