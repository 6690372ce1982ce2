//! Broken libraries, one thing at a time.

use object::elf;

use crate::elf::Elf;
use crate::sample::{ABIS, Sample};

/// What is found in an archive with this library for arm64.
#[track_caller]
fn findings(break_it: impl FnOnce(&mut Elf)) -> Vec<String> {
    let mut library = Elf::of("arm64-v8a");
    break_it(&mut library);
    let mut sample = Sample::new();
    sample.put_library("arm64-v8a", &library);
    sample.check(&[])
}

#[test]
fn the_processor_is_that_of_the_folder() {
    for (abi, machine, bits) in
        [("arm64-v8a", 183, 64), ("armeabi-v7a", 40, 32), ("x86_64", 62, 64)]
    {
        for other in ABIS.iter().filter(|other| **other != abi) {
            let mut sample = Sample::new();
            sample.put_library(other, &Elf::of(abi));
            let finding = format!("It is for another processor: machine {machine}, {bits} bits");
            assert_eq!(sample.check(&[]), [finding], "{abi} as {other}");
        }
    }
    // The same machine with addresses of another width.
    let found = findings(|library| library.is_64 = false);
    assert_eq!(found, ["It is for another processor: machine 183, 32 bits"]);
}

#[test]
fn it_is_a_shared_object_with_its_own_name() {
    assert_eq!(findings(|library| library.kind = elf::ET_EXEC), ["It is no shared object"]);
    let found = findings(|library| library.soname = Some("libaldis.so.1"));
    assert_eq!(found, ["Its soname is libaldis.so.1, not libaldis.so"]);
    let found = findings(|library| library.soname = None);
    assert_eq!(found, ["It has no soname; it has to be libaldis.so"]);
}

#[test]
fn every_segment_is_aligned_to_large_pages() {
    let found = findings(|library| library.align = 0x1000);
    assert_eq!(found, ["A segment is aligned to 0x1000, not 0x4000"; 2]);
    assert_eq!(findings(|library| library.align = 0x1_0000), [""; 0]);
}

#[test]
fn memory_is_protected() {
    let found = findings(|library| library.stack = Some(elf::PF_R | elf::PF_W | elf::PF_X));
    assert_eq!(found, ["Its stack is executable"]);
    let found = findings(|library| library.stack = None);
    assert_eq!(found, ["It does not say that its stack is not executable"]);
    let found = findings(|library| library.code = elf::PF_R | elf::PF_W | elf::PF_X);
    assert_eq!(found, ["A segment can be written and executed"]);
    let found = findings(|library| library.has_relro = false);
    assert_eq!(found, ["It has no RELRO: what the linker fills in stays writable"]);
    for entry in [(elf::DT_TEXTREL, 0), (elf::DT_FLAGS, 4)] {
        let found = findings(|library| library.dynamic.push(entry));
        assert_eq!(found, ["It has text relocations, which Android refuses"]);
    }
    assert_eq!(findings(|library| library.dynamic.push((elf::DT_FLAGS, 8))), [""; 0]);
}

#[test]
fn nothing_is_there_for_debuggers() {
    for section in [".symtab", ".debug_info", ".zdebug_line"] {
        let found = findings(|library| library.sections = vec![".comment", section]);
        assert_eq!(found, [format!("It has what is for debuggers, strip it: {section}")]);
    }
}

#[test]
fn only_what_is_to_be_called_is_exported() {
    let found =
        findings(|library| library.exports.extend(["rust_eh_personality", "uniffi_other_x"]));
    assert_eq!(found, ["It exports what nobody is to call: rust_eh_personality, uniffi_other_x"]);
    let many = ["a", "b", "c", "d", "e", "f", "g"];
    let found = findings(|library| library.exports.extend(many));
    assert_eq!(found, ["It exports what nobody is to call: a, b, c, d, e, and 2 more"]);
}

#[test]
fn all_that_is_called_is_exported() {
    let called =
        ["JNI_OnLoad", "Java_dev_aldis_internal_Lane_resume", "Java_dev_aldis_internal_Lane_send"];
    for name in called {
        let found = findings(|library| library.exports.retain(|export| *export != name));
        assert_eq!(found, [format!("It does not export {name}")]);
    }
    let found =
        findings(|library| library.exports.retain(|name| !name.starts_with("uniffi_aldis_")));
    assert_eq!(found, ["It exports nothing of the binding, uniffi_aldis_…"]);
}

#[test]
fn only_libraries_of_the_system_are_needed() {
    let found = findings(|library| library.needed.push("libssl.so"));
    let finding = "It needs libssl.so; only libc.so, libm.so, libdl.so, liblog.so are there";
    assert_eq!(found, [finding]);
    let found = findings(|library| library.run_path = Some("/data/local/tmp"));
    assert_eq!(found, ["It looks for libraries in /data/local/tmp"]);
}

#[test]
fn only_symbols_of_the_oldest_android_are_needed() {
    let found = findings(|library| library.undefined.push("getrandom"));
    assert_eq!(found, ["It needs getrandom, which Android does not have at API 24"]);
    let found = findings(|library| library.needed.retain(|name| *name != "libm.so"));
    assert_eq!(found, ["It needs sin of libm.so, and does not say so"]);
    assert_eq!(findings(|library| library.undefined.push("fabsl")), [""; 0]);

    // Not every processor has it.
    let mut library = Elf::of("armeabi-v7a");
    library.undefined.push("fabsl");
    let mut sample = Sample::new();
    sample.put_library("armeabi-v7a", &library);
    assert_eq!(sample.check(&[]), ["It needs fabsl, which Android does not have at API 24"]);
}

#[test]
fn what_is_no_library_is_told() {
    let mut sample = Sample::new();
    sample.put("jni/x86_64/libaldis.so", "not a library");
    let found = sample.check(&[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("It is no ELF file, or a broken one: "), "{found:?}");

    let mut library = Elf::of("x86_64").bytes();
    library.truncate(100);
    sample.put("jni/x86_64/libaldis.so", library);
    let found = sample.check(&[]);
    assert!(found[0].starts_with("It is no ELF file, or a broken one: "), "{found:?}");
}
