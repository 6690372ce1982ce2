//! Whether a library can be loaded by every Android that it is meant for, and tells no more than
//! it has to.

use object::elf;

use super::bionic::Bionic;
use super::elf::Library;
use crate::abi::Abi;
use crate::layout;
use crate::report::{Section, some_of};

/// The largest pages of Android; segments have to be aligned to them.
const PAGE: u64 = 0x4000;
/// The system libraries that every app may use.
const SYSTEM: [&str; 4] = ["libc.so", "libm.so", "libdl.so", "liblog.so"];
/// What Android and the Kotlin side look up by name.
const REQUIRED: [&str; 3] =
    ["JNI_OnLoad", "Java_dev_aldis_internal_Lane_resume", "Java_dev_aldis_internal_Lane_send"];
/// How the functions of the binding begin.
const BINDING: &str = "uniffi_aldis_";
const EXPORTS: [&str; 4] = [BINDING, "ffi_aldis_", "UNIFFI_META_", "Java_dev_aldis_"];

pub(super) fn examine(abi: Abi, bytes: &[u8], bionic: Option<&Bionic>) -> Section {
    let mut section = Section::new(format!("{abi} {}", layout::LIBRARY));
    let library = match Library::read(bytes) {
        Ok(library) => library,
        Err(error) => {
            section.bad(format!("It is no ELF file, or a broken one: {error}"));
            return section;
        }
    };
    section.judge(kind(abi, &library), format!("A shared object for {abi}, {}", layout::LIBRARY));
    section.judge(pages(&library), format!("Aligned for pages of {PAGE:#x} bytes"));
    section.judge(protection(&library), "Code that cannot be written, RELRO, no executable stack");
    section.judge(symbol_table(&library), "Stripped");
    let count = library.exports.len();
    section.judge(exports(&library), format!("{count} exports, all of them ours"));
    let needed = library.needed.join(", ");
    section.judge(libraries(&library), format!("Needs {needed}"));
    if let Some(bionic) = bionic {
        let count = library.undefined.len();
        section
            .judge(symbols(abi, &library, bionic), format!("{count} symbols of bionic, at API 24"));
    } else {
        section.unchecked("its symbols, for no list of bionic's was given");
    }
    section
}

fn kind(abi: Abi, library: &Library) -> Vec<String> {
    let expected = match abi {
        Abi::Arm64 => (elf::EM_AARCH64, 64),
        Abi::Arm => (elf::EM_ARM, 32),
        Abi::X86 => (elf::EM_386, 32),
        Abi::X86_64 => (elf::EM_X86_64, 64),
    };
    let mut findings = Vec::new();
    if (library.machine, library.bits) != expected {
        let (machine, bits) = (library.machine.0, library.bits);
        findings.push(format!("It is for another processor: machine {machine}, {bits} bits"));
    }
    if !library.is_shared_object {
        findings.push("It is no shared object".into());
    }
    match library.soname.as_deref() {
        Some(layout::LIBRARY) => {}
        Some(other) => findings.push(format!("Its soname is {other}, not {}", layout::LIBRARY)),
        None => findings.push(format!("It has no soname; it has to be {}", layout::LIBRARY)),
    }
    findings
}

fn pages(library: &Library) -> Vec<String> {
    if library.loads.is_empty() {
        return vec!["It has no segment to load".into()];
    }
    let wrong = library.loads.iter().filter(|load| load.align < PAGE || load.align % PAGE != 0);
    wrong.map(|load| format!("A segment is aligned to {:#x}, not {PAGE:#x}", load.align)).collect()
}

fn protection(library: &Library) -> Vec<String> {
    let mut findings = Vec::new();
    let has = |flags: elf::ProgramFlags, flag: elf::ProgramFlags| flags.0 & flag.0 != 0;
    match library.stack {
        None => findings.push("It does not say that its stack is not executable".into()),
        Some(flags) if has(flags, elf::PF_X) => findings.push("Its stack is executable".into()),
        Some(_) => {}
    }
    if library.loads.iter().any(|load| has(load.flags, elf::PF_W) && has(load.flags, elf::PF_X)) {
        findings.push("A segment can be written and executed".into());
    }
    if library.has_text_relocations {
        findings.push("It has text relocations, which Android refuses".into());
    }
    if !library.has_relro {
        findings.push("It has no RELRO: what the linker fills in stays writable".into());
    }
    findings
}

fn symbol_table(library: &Library) -> Vec<String> {
    let is_for_debuggers = |name: &&String| {
        *name == ".symtab" || name.starts_with(".debug_") || name.starts_with(".zdebug_")
    };
    let found: Vec<_> = library.sections.iter().filter(is_for_debuggers).collect();
    if found.is_empty() {
        return Vec::new();
    }
    vec![format!("It has what is for debuggers, strip it: {}", some_of(&found))]
}

fn exports(library: &Library) -> Vec<String> {
    let exports = &library.exports;
    let is_ours = |name: &&String| {
        REQUIRED.contains(&name.as_str()) || EXPORTS.iter().any(|prefix| name.starts_with(prefix))
    };
    let others: Vec<_> = exports.iter().filter(|name| !is_ours(name)).collect();
    let mut findings = Vec::new();
    if !others.is_empty() {
        findings.push(format!("It exports what nobody is to call: {}", some_of(&others)));
    }
    for name in REQUIRED {
        if !exports.iter().any(|export| export == name) {
            findings.push(format!("It does not export {name}"));
        }
    }
    if !exports.iter().any(|name| name.starts_with(BINDING)) {
        findings.push(format!("It exports nothing of the binding, {BINDING}…"));
    }
    findings
}

fn libraries(library: &Library) -> Vec<String> {
    let others = library.needed.iter().filter(|name| !SYSTEM.contains(&name.as_str()));
    let mut findings: Vec<_> = others
        .map(|name| format!("It needs {name}; only {} are there", SYSTEM.join(", ")))
        .collect();
    for path in &library.search_paths {
        findings.push(format!("It looks for libraries in {path}"));
    }
    findings
}

fn symbols(abi: Abi, library: &Library, bionic: &Bionic) -> Vec<String> {
    let mut findings = Vec::new();
    for symbol in &library.undefined {
        let offered = bionic.libraries_with(symbol, abi);
        if offered.is_empty() {
            findings.push(format!("It needs {symbol}, which Android does not have at API 24"));
        } else if !offered.iter().any(|name| library.needed.iter().any(|needed| needed == name)) {
            let offered = offered.join(" or ");
            findings.push(format!("It needs {symbol} of {offered}, and does not say so"));
        }
    }
    findings
}
