//! Documents of what is in the library, over a workspace of its own that needs no network.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::Folder;

const TARGETS: [&str; 2] = ["aarch64-linux-android", "x86_64-linux-android"];
const POM: &str = r"
<project>
  <groupId>dev.aldis</groupId><artifactId>aldis-android</artifactId><version>0.1.0</version>
  <packaging>aar</packaging>
  <dependencies>
    <dependency>
      <groupId>net.java.dev.jna</groupId><artifactId>jna</artifactId><version>5.19.1</version>
      <type>aar</type>
    </dependency>
  </dependencies>
</project>
";
/// Where a registry's crate is from, and its checksum there.
const CHECKSUM: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A crate without code, with these dependencies.
fn add_crate(folder: &Folder, path: &str, version: &str, rest: &str) {
    let name = path.rsplit('/').next().unwrap();
    let manifest = format!(
        "[package]\nname = '{name}'\nversion = '{version}'\nedition = '2021'\n\
         license = 'MIT/Apache-2.0'\n{rest}\n"
    );
    folder.write(&format!("{path}/Cargo.toml"), manifest);
    folder.write(&format!("{path}/src/lib.rs"), "");
}

/// A library, what it is linked with, and what it is not.
fn workspace() -> Folder {
    let folder = Folder::new();
    // Two packages of a registry that lies in a folder.
    for (name, version) in [("leaf", "1.2.3+spec"), ("unused", "1.0.0")] {
        add_crate(&folder, &format!("registry/{name}"), version, "");
        let checksum = json!({ "files": {}, "package": CHECKSUM }).to_string();
        folder.write(&format!("registry/{name}/.cargo-checksum.json"), checksum);
    }
    let config =
        "[source.crates-io]\nreplace-with = 'folder'\n[source.folder]\ndirectory = 'registry'\n";
    folder.write(".cargo/config.toml", config);
    add_crate(
        &folder,
        "openssl-src",
        "3.0.0+3.5",
        "[dependencies]\nhelper = { path = '../helper' }",
    );
    let sys = "[build-dependencies]\nopenssl-src = { path = '../openssl-src' }\nhelper = { path = '../helper' }";
    add_crate(&folder, "openssl-sys", "0.9.0", sys);
    for name in ["helper", "tester", "desktop", "extra", "member"] {
        add_crate(&folder, name, "1.0.0", "");
    }
    add_crate(&folder, "shared", "1.0.0", "[dependencies]\nleaf = '1'");
    add_crate(&folder, "macros", "1.0.0", "[lib]\nproc-macro = true");
    let library = "
        [features]
        default = ['dep:desktop']
        tls = ['dep:openssl-sys']
        [dependencies]
        leaf = '1'
        macros = { path = '../macros' }
        shared = { path = '../shared' }
        desktop = { path = '../desktop', optional = true }
        openssl-sys = { path = '../openssl-sys', optional = true }
        [target.'cfg(target_arch = \"x86_64\")'.dependencies]
        extra = { path = '../extra' }
        [target.'cfg(windows)'.dependencies]
        unused = '1'
        [build-dependencies]
        helper = { path = '../helper' }
        [dev-dependencies]
        tester = { path = '../tester' }";
    add_crate(&folder, "aldis", "0.1.0", library);
    folder.write("Cargo.toml", "[workspace]\nresolver = '2'\nmembers = ['aldis', 'member']\n");
    folder.write("aldis.pom", POM);
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo.args(["generate-lockfile", "--offline"]).current_dir(folder.path()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    folder
}

/// The document that the program writes with these arguments more.
#[track_caller]
fn sbom(folder: &Folder, args: &[&str]) -> Value {
    let common = ["sbom", "--manifest", "Cargo.toml", "--pom", "aldis.pom", "--out", "sbom.json"];
    folder.succeed(&[&common, args].concat());
    serde_json::from_slice(&folder.read("sbom.json")).unwrap()
}

fn purls(sbom: &Value) -> Vec<&str> {
    let components = sbom["components"].as_array().unwrap().iter();
    components.map(|component| component["purl"].as_str().unwrap()).collect()
}

/// What something depends on.
fn depends_on<'a>(sbom: &'a Value, purl: &str) -> &'a Value {
    let dependencies = sbom["dependencies"].as_array().unwrap();
    &dependencies.iter().find(|entry| entry["ref"] == purl).unwrap()["dependsOn"]
}

#[test]
fn crates_are_those_linked_for_the_targets() {
    let folder = workspace();
    let jna = "pkg:maven/net.java.dev.jna/jna@5.19.1?type=aar";
    let (aldis, leaf) = ("pkg:cargo/aldis@0.1.0", "pkg:cargo/leaf@1.2.3+spec");
    let (extra, shared) = ("pkg:cargo/extra@1.0.0", "pkg:cargo/shared@1.0.0");

    let one = sbom(&folder, &["--target", TARGETS[0]]);
    assert_eq!(purls(&one), [aldis, leaf, shared, jna]);
    let both = sbom(&folder, &["--target", TARGETS[0], TARGETS[1]]);
    assert_eq!(purls(&both), [aldis, extra, leaf, shared, jna]);
    let default = sbom(&folder, &["--target", TARGETS[0], "--features", "default"]);
    assert_eq!(purls(&default), [aldis, "pkg:cargo/desktop@1.0.0", leaf, shared, jna]);

    let archive = "pkg:maven/dev.aldis/aldis-android@0.1.0?type=aar";
    assert_eq!(both["bomFormat"], "CycloneDX");
    assert_eq!(both["specVersion"], "1.5");
    assert_eq!(both["metadata"]["component"]["purl"], archive);
    assert_eq!(*depends_on(&both, archive), json!([aldis, jna]));
    assert_eq!(*depends_on(&both, aldis), json!([extra, leaf, shared]));
    assert_eq!(*depends_on(&both, shared), json!([leaf]));
    let expected = json!({
        "type": "library", "name": "leaf", "version": "1.2.3+spec",
        "bom-ref": leaf, "purl": leaf,
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
        "hashes": [{ "alg": "SHA-256", "content": CHECKSUM }],
    });
    assert_eq!(both["components"][2], expected);
}

#[test]
fn sources_that_are_compiled_into_the_library_are_told() {
    let folder = workspace();
    let sbom = sbom(&folder, &["--target", TARGETS[0], "--features", "tls"]);
    let (source, sys) = ("pkg:cargo/openssl-src@3.0.0+3.5", "pkg:cargo/openssl-sys@0.9.0");
    let found: Vec<_> = purls(&sbom).into_iter().filter(|purl| purl.contains("openssl")).collect();
    assert_eq!(found, [source, sys]);
    assert!(!purls(&sbom).contains(&"pkg:cargo/helper@1.0.0"));
    assert_eq!(*depends_on(&sbom, sys), json!([source]));
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let folder = workspace();
    let first = sbom(&folder, &["--target", TARGETS[0], TARGETS[1]]);
    let bytes = folder.read("sbom.json");
    sbom(&folder, &["--target", TARGETS[1], TARGETS[0]]);
    assert_eq!(folder.read("sbom.json"), bytes);
    assert_eq!(first["serialNumber"], Value::Null);
    assert_eq!(first["metadata"]["timestamp"], Value::Null);
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains(folder.path().to_str().unwrap()), "{text}");
}

#[test]
fn what_comes_with_the_libraries_is_told_too() {
    let folder = workspace();
    let library = |name: &str, kind: &str, scope: &str, children: Value| {
        json!({
            "groupId": "g", "artifactId": name, "version": "1", "type": kind, "scope": scope,
            "classifier": "", "optional": "false", "children": children,
        })
    };
    let mut jna =
        library("jna", "aar", "compile", json!([library("below", "jar", "runtime", json!([]))]));
    (jna["groupId"], jna["version"]) = ("net.java.dev.jna".into(), "5.19.1".into());
    let junit = library("junit", "jar", "test", json!([]));
    let tree = library("aldis-android", "aar", "", json!([jna, junit]));
    folder.write("tree.json", tree.to_string());
    let args = ["--target", TARGETS[0], "--maven-tree", "tree.json"];
    let sbom = sbom(&folder, &args);
    let (jna, below) =
        ("pkg:maven/net.java.dev.jna/jna@5.19.1?type=aar", "pkg:maven/g/below@1?type=jar");
    assert_eq!(purls(&sbom)[3..], [below, jna]);
    assert_eq!(*depends_on(&sbom, jna), json!([below]));
    let last = sbom["components"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["group"], &last["scope"]), (&"net.java.dev.jna".into(), &"required".into()));

    folder.write("tree.json", library("aldis-android", "aar", "", json!([])).to_string());
    let common = ["sbom", "--manifest", "Cargo.toml", "--pom", "aldis.pom", "--out", "sbom.json"];
    let error = format!("tree.json does not have {jna}: it is of another POM");
    folder.fail(&[&common[..], &args].concat(), &error);
}

#[test]
fn a_workspace_that_cargo_refuses_is_told() {
    let folder = workspace();
    let args = ["sbom", "--manifest", "Cargo.toml", "--pom", "aldis.pom", "--out", "sbom.json"];
    let output =
        folder.run(&[&args[..], &["--target", TARGETS[0], "--features", "wings"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let error = crate::support::text(&output.stderr);
    assert!(error.starts_with("error: cargo tree has failed:\n"), "{error}");
    assert!(error.contains("wings"), "{error}");
}
