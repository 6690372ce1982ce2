//! What is published with the archive: made, and then broken one thing at a time.

use std::fs;

use serde_json::{Value, json};

use crate::sample::{Sample, check};
use crate::support::{Folder, text, zip};

const BASE: &str = "aldis-android-0.1.0";
const POM: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <!-- do_not_remove: published-with-gradle-metadata -->
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.aldis</groupId>
  <artifactId>aldis-android</artifactId>
  <version>0.1.0</version>
  <packaging>aar</packaging>
  <name>Aldis for Android</name>
  <description>A connection.</description>
  <url>https://example.org</url>
  <licenses><license><name>MIT OR Apache-2.0</name><url>https://example.org/l</url></license></licenses>
  <developers><developer><name>The Aldis engineers</name></developer></developers>
  <scm>
    <connection>scm:git:https://example.org/aldis.git</connection>
    <developerConnection>scm:git:https://example.org/aldis.git</developerConnection>
    <url>https://example.org/aldis</url>
  </scm>
  <dependencies>
    <dependency>
      <groupId>org.jetbrains.kotlin</groupId><artifactId>kotlin-stdlib</artifactId><version>2.4.10</version>
    </dependency>
    <dependency>
      <groupId>net.java.dev.jna</groupId><artifactId>jna</artifactId><version>5.19.1</version>
      <type>aar</type>
      <scope>runtime</scope>
    </dependency>
    <dependency>
      <groupId>androidx.lifecycle</groupId><artifactId>lifecycle-process</artifactId><version>2.9.4</version>
      <type>aar</type>
      <scope>compile</scope>
      <exclusions>
        <exclusion><groupId>androidx.startup</groupId><artifactId>startup-runtime</artifactId></exclusion>
      </exclusions>
    </dependency>
    <dependency>
      <groupId>org.robolectric</groupId><artifactId>android-all</artifactId><version>15</version>
      <scope>provided</scope>
    </dependency>
    <dependency>
      <groupId>junit</groupId><artifactId>junit</artifactId><version>4.13.2</version>
      <scope>test</scope>
    </dependency>
    <dependency>
      <groupId>androidx.startup</groupId><artifactId>startup-runtime</artifactId><version>1.2.0</version>
      <optional>true</optional>
    </dependency>
  </dependencies>
</project>
"#;

fn name(part: &str) -> String {
    format!("{BASE}{part}")
}

fn path(part: &str) -> String {
    format!("repository/{BASE}{part}")
}

/// Files to publish: archive, POM, sources, documentation, without what the program makes.
fn files() -> Folder {
    let folder = Folder::new();
    let archive = Sample::new().bytes();
    folder.write("aldis.aar", &archive);
    folder.write(&path(".aar"), &archive);
    folder.write(&path(".pom"), POM);
    folder.write(&path("-sources.jar"), zip([("dev/aldis/android/Aldis.kt", "object Aldis")]));
    folder.write(&path("-javadoc.jar"), zip([("index.html", "<html/>")]));
    folder
}

fn make_module(folder: &Folder) -> Vec<String> {
    let parts = [".aar", "-sources.jar", "-javadoc.jar"];
    let args = ["module", "--pom", &path(".pom"), "--out", &path(".module")].map(str::to_owned);
    let args: Vec<_> = args.into_iter().chain(parts.map(path)).collect();
    folder.succeed(&args.iter().map(String::as_str).collect::<Vec<_>>());
    args
}

fn sbom() -> Value {
    let component = |purl: &str| {
        let name = purl.split(['/', '@']).next_back();
        json!({ "type": "library", "name": name, "version": "1", "purl": purl })
    };
    let components = [
        "pkg:cargo/aldis@0.1.0",
        "pkg:maven/org.jetbrains.kotlin/kotlin-stdlib@2.4.10?type=jar",
        "pkg:maven/net.java.dev.jna/jna@5.19.1?type=aar",
        "pkg:maven/androidx.lifecycle/lifecycle-process@2.9.4?type=aar",
    ];
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": component("pkg:maven/dev.aldis/aldis-android@0.1.0?type=aar") },
        "components": components.map(component),
    })
}

/// Writes the checksums of all that is published.
fn make_checksums(folder: &Folder) {
    let parts =
        [".aar", ".pom", ".module", "-sources.jar", "-javadoc.jar", "-cyclonedx.json"].map(path);
    let args: Vec<_> = ["checksums"].into_iter().chain(parts.iter().map(String::as_str)).collect();
    folder.succeed(&args);
}

/// A publication that passes all checks.
fn published() -> Folder {
    let folder = files();
    make_module(&folder);
    folder.write(&path("-cyclonedx.json"), sbom().to_string());
    make_checksums(&folder);
    folder
}

/// What is found in a publication that is broken like this; the checksums are made anew.
#[track_caller]
fn findings(break_it: impl FnOnce(&Folder)) -> Vec<String> {
    let folder = published();
    break_it(&folder);
    make_checksums(&folder);
    check(&folder, &["--publication", "repository"])
}

/// What is found where the POM has another text in place of this one.
#[track_caller]
fn with_pom(from: &str, to: &str) -> Vec<String> {
    assert!(POM.contains(from), "{from}");
    findings(|folder| drop(folder.write(&path(".pom"), POM.replacen(from, to, 1))))
}

/// What is found where the module metadata is changed.
#[track_caller]
fn with_module(change: impl FnOnce(&mut Value)) -> Vec<String> {
    findings(|folder| {
        let mut module = serde_json::from_slice(&folder.read(&path(".module"))).unwrap();
        change(&mut module);
        folder.write(&path(".module"), module.to_string());
    })
}

#[test]
fn the_metadata_says_what_the_pom_says() {
    let folder = files();
    let args = make_module(&folder);
    let first = folder.read(&path(".module"));
    folder.succeed(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(folder.read(&path(".module")), first);

    let module: Value = serde_json::from_slice(&first).unwrap();
    assert_eq!(module["formatVersion"], "1.1");
    let component = json!({
        "group": "dev.aldis", "module": "aldis-android", "version": "0.1.0",
        "attributes": { "org.gradle.status": "release" },
    });
    assert_eq!(module["component"], component);
    let [api, runtime, sources, javadoc] = module["variants"].as_array().unwrap().as_slice() else {
        panic!("{module}");
    };

    let kotlin = json!({
        "group": "org.jetbrains.kotlin", "module": "kotlin-stdlib",
        "version": { "requires": "2.4.10" },
    });
    // It publishes metadata of its own, which tells its artifact.
    let lifecycle = json!({
        "group": "androidx.lifecycle", "module": "lifecycle-process",
        "version": { "requires": "2.9.4" },
        "excludes": [{ "group": "androidx.startup", "module": "startup-runtime" }],
    });
    let jna = json!({
        "group": "net.java.dev.jna", "module": "jna",
        "version": { "requires": "5.19.1" },
        "thirdPartyCompatibility": {
            "artifactSelector": { "name": "jna", "type": "aar", "extension": "aar" },
        },
    });
    assert_eq!(api["name"], "releaseVariantReleaseApiPublication");
    assert_eq!(api["dependencies"], json!([kotlin, lifecycle]));
    assert_eq!(runtime["name"], "releaseVariantReleaseRuntimePublication");
    assert_eq!(runtime["dependencies"], json!([kotlin, jna, lifecycle]));
    for (variant, usage) in [(api, "java-api"), (runtime, "java-runtime")] {
        let attributes = json!({
            "org.gradle.category": "library",
            "org.gradle.dependency.bundling": "external",
            "org.gradle.libraryelements": "aar",
            "org.gradle.usage": usage,
            "org.jetbrains.kotlin.platform.type": "androidJvm",
        });
        assert_eq!(variant["attributes"], attributes);
        let names = ["aldis-android", "aldis-kotlin", "aldis-kotlin-ffi"];
        let capability = |name| json!({ "group": "dev.aldis", "name": name, "version": "0.1.0" });
        assert_eq!(variant["capabilities"], json!(names.map(capability)));
    }
    let archive = &api["files"][0];
    assert_eq!(archive["name"], name(".aar"));
    assert_eq!(archive["url"], name(".aar"));
    assert_eq!(archive["size"], folder.read("aldis.aar").len());
    for (variant, docs, file) in
        [(sources, "sources", "-sources.jar"), (javadoc, "javadoc", "-javadoc.jar")]
    {
        assert_eq!(variant["attributes"]["org.gradle.docstype"], docs);
        assert_eq!(variant["attributes"]["org.gradle.category"], "documentation");
        assert_eq!(variant["files"][0]["name"], name(file));
    }
}

#[test]
fn metadata_that_nobody_would_read_is_not_made() {
    let folder = files();
    let (pom, out, aar) = (path(".pom"), path(".module"), path(".aar"));
    let args = ["module", "--pom", &pom, "--out", &out, &aar];

    let marker = "<!-- do_not_remove: published-with-gradle-metadata -->";
    folder.write(&pom, POM.replace(marker, ""));
    let error = format!(
        "{pom} does not say that it is published with Gradle metadata, and Gradle would not read \
         it: it needs the comment do_not_remove: published-with-gradle-metadata"
    );
    folder.fail(&args, &error);

    for version in ["${kotlin.version}", ""] {
        folder.write(&pom, POM.replace("<version>2.4.10<", &format!("<version>{version}<")));
        let error = format!(
            "{pom} has no version for dependency kotlin-stdlib of its own, or one that only Maven \
             can tell: what is published has no parent and no properties"
        );
        folder.fail(&args, &error);
    }

    folder.write(&pom, POM);
    let other = folder.write("other.aar", "archive");
    let error =
        format!("other.aar is none of {BASE}.aar, {BASE}-sources.jar and {BASE}-javadoc.jar");
    folder.fail(&["module", "--pom", &pom, "--out", &out, "other.aar"], &error);
    fs::remove_file(other).unwrap();
    let sources = path("-sources.jar");
    let error = format!("{BASE}.aar is not among the files");
    folder.fail(&["module", "--pom", &pom, "--out", &out, &sources], &error);
}

#[test]
fn checksums_are_those_of_the_standards() {
    let folder = Folder::new();
    folder.write("abc", "abc");
    assert_eq!(folder.succeed(&["checksums", "abc"]), "  ✓ Checksums beside abc\n");
    let expected = [
        ("md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "sha512",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    ];
    for (extension, checksum) in expected {
        assert_eq!(text(&folder.read(&format!("abc.{extension}"))), checksum);
    }
}

#[test]
fn a_good_publication_passes() {
    assert_eq!(findings(|_| {}), [""; 0]);
}

#[test]
fn every_part_is_there() {
    for part in [".module", "-cyclonedx.json"] {
        let folder = published();
        fs::remove_file(folder.path().join(path(part))).unwrap();
        let found = check(&folder, &["--publication", "repository"]);
        assert_eq!(found, [format!("There is no {}", name(part))]);
    }
    for part in [".aar", "-sources.jar", "-javadoc.jar"] {
        let folder = published();
        fs::remove_file(folder.path().join(path(part))).unwrap();
        let found = check(&folder, &["--publication", "repository"]);
        assert!(found.contains(&format!("There is no {}", name(part))), "{found:?}");
        let variant = found.iter().filter(|line| line.ends_with("which is not there"));
        assert_eq!(variant.count(), if part == ".aar" { 2 } else { 1 }, "{found:?}");
    }
    let folder = published();
    fs::remove_file(folder.path().join(path(".pom"))).unwrap();
    let found = check(&folder, &["--publication", "repository"]);
    assert_eq!(found, ["repository has 0 POMs, not one"]);
}

#[test]
fn jars_have_in_them_what_their_names_promise() {
    let found = findings(|folder| {
        folder.write(&path("-sources.jar"), zip([("README.md", "none")]));
        make_module(folder);
    });
    assert_eq!(found, [format!("{BASE}-sources.jar has no .kt file")]);
    let found = findings(|folder| {
        folder.write(&path("-javadoc.jar"), zip([("README.md", "none")]));
        make_module(folder);
    });
    assert_eq!(found, [format!("{BASE}-javadoc.jar has no .html file")]);
}

#[test]
fn the_archive_is_the_one_that_is_checked() {
    let found = findings(|folder| {
        let mut other = Sample::new();
        other.put("META-INF/NOTICE", "another");
        folder.write(&path(".aar"), other.bytes());
        make_module(folder);
    });
    assert_eq!(found, [format!("{BASE}.aar is another archive than the one that is checked")]);
}

#[test]
fn the_pom_has_what_maven_central_asks_for() {
    let developer = "<developer><name>The Aldis engineers</name></developer>";
    assert_eq!(with_pom(developer, ""), ["The POM lacks its developers"]);
    assert_eq!(with_pom("MIT OR Apache-2.0", ""), ["The POM lacks its licenses"]);
    assert_eq!(with_pom("<url>https://example.org/aldis</url>", ""), ["The POM lacks its scm"]);
    assert_eq!(with_pom("A connection.", " "), ["The POM lacks its description"]);
    let found = with_pom("<packaging>aar<", "<packaging>jar<");
    assert_eq!(found[0], "The POM's packaging is jar, not aar");
    let found = with_pom("published-with-gradle-metadata", "published");
    assert_eq!(found, ["The POM does not tell Gradle of the module metadata"]);
    let found = with_pom("</project>", "");
    assert!(found[0].contains(" is no XML: "), "{found:?}");

    let found = check(&published(), &["--publication", "repository", "--link-check"]);
    assert_eq!(
        found[1],
        "The POM is of dev.aldis:aldis-android, not of dev.aldis:aldis-android-link-check"
    );
}

#[test]
fn pom_and_metadata_agree() {
    let api = "releaseVariantReleaseApiPublication";
    let runtime = "releaseVariantReleaseRuntimePublication";
    let found = with_pom("<version>2.4.10<", "<version>2.4.20<");
    let stdlib = "org.jetbrains.kotlin:kotlin-stdlib";
    let expected = [
        format!("{api} does not have {stdlib}:2.4.20 as the POM has it"),
        format!("{api} has {stdlib}:2.4.10, and the POM does not"),
        format!("{runtime} does not have {stdlib}:2.4.20 as the POM has it"),
        format!("{runtime} has {stdlib}:2.4.10, and the POM does not"),
        format!(
            "{BASE}-cyclonedx.json does not have \
             pkg:maven/org.jetbrains.kotlin/kotlin-stdlib@2.4.20?type=jar of the POM"
        ),
    ];
    assert_eq!(found, expected);

    // Gradle would look for a jar of JNA.
    let found = with_module(|module| {
        module["variants"][1]["dependencies"][1]
            .as_object_mut()
            .unwrap()
            .remove("thirdPartyCompatibility");
    });
    let jna = "net.java.dev.jna:jna:5.19.1";
    let expected = [
        format!("{runtime} does not have {jna} as the POM has it"),
        format!("{runtime} has {jna}, and the POM does not"),
    ];
    assert_eq!(found, expected);
    let found = with_module(|module| module["component"]["version"] = "0.2.0".into());
    assert_eq!(found, ["The module is of dev.aldis:aldis-android:0.2.0"]);
    let found = with_module(|module| module["formatVersion"] = "1.0".into());
    assert_eq!(found, ["The module's format is 1.0, not 1.1"]);
    let found = with_module(|module| drop(module["variants"].as_array_mut().unwrap().remove(0)));
    assert_eq!(found, ["The module has to have one library for java-api"]);
    let found = with_module(|module| {
        drop(module["variants"][0]["capabilities"].as_array_mut().unwrap().remove(1));
    });
    assert_eq!(found, [format!("{api} does not say that it is dev.aldis:aldis-kotlin too")]);
    let found = findings(|folder| drop(folder.write(&path(".module"), "{}")));
    assert!(found[0].starts_with(&format!("{BASE}.module is no module metadata: ")), "{found:?}");
}

#[test]
fn the_sbom_is_of_this_archive() {
    let with_sbom = |change: fn(&mut Value)| {
        findings(|folder| {
            let mut sbom = sbom();
            change(&mut sbom);
            folder.write(&path("-cyclonedx.json"), sbom.to_string());
        })
    };
    let file = name("-cyclonedx.json");
    let found = with_sbom(|sbom| drop(sbom["components"].as_array_mut().unwrap().remove(0)));
    assert_eq!(found, [format!("{file} does not have the crates of the library")]);
    let found = with_sbom(|sbom| drop(sbom["components"].as_array_mut().unwrap().remove(2)));
    let jna = "pkg:maven/net.java.dev.jna/jna@5.19.1?type=aar";
    assert_eq!(found, [format!("{file} does not have {jna} of the POM")]);
    let ours = "pkg:maven/dev.aldis/aldis-android@0.1.0?type=aar";
    let found = with_sbom(|sbom| sbom["metadata"]["component"]["purl"] = "pkg:cargo/x@1".into());
    assert_eq!(found, [format!("{file} is of pkg:cargo/x@1, not of {ours}")]);
    let found = with_sbom(|sbom| sbom["metadata"] = json!({}));
    assert_eq!(found, [format!("{file} is of nothing, not of {ours}")]);
    let found = with_sbom(|sbom| sbom["specVersion"] = "9".into());
    assert!(found[0].starts_with(&format!("{file} is no SBOM: ")), "{found:?}");
    let found = with_sbom(|sbom| sbom["components"][1]["type"] = "a thing".into());
    assert!(found[0].starts_with(&format!("{file} is not as CycloneDX wants it: ")), "{found:?}");
}

#[test]
fn checksums_are_of_the_files() {
    let found = with_module(|module| module["variants"][2]["files"][0]["sha256"] = "00".into());
    let file = name("-sources.jar");
    let variant = "releaseVariantReleaseSourcePublication";
    assert_eq!(found, [format!("{variant} has {file} with another size or checksum")]);
    let found = with_module(|module| module["variants"][2]["files"] = json!([]));
    assert_eq!(found, [format!("{variant} has no file")]);

    let folder = published();
    folder.write(&path(".pom.sha256"), "00");
    fs::remove_file(folder.path().join(path(".aar.md5"))).unwrap();
    folder.write(&path(".aar.asc"), "a signature");
    let found = check(&folder, &["--publication", "repository"]);
    let expected =
        [format!("There is no {BASE}.aar.md5"), format!("{BASE}.pom.sha256 is of another file")];
    assert_eq!(found, expected);
}
