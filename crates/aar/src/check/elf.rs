//! What an ELF file says of itself, as far as the checks ask.

use object::elf::{self, FileHeader32, FileHeader64, Machine, ProgramFlags};
use object::read::elf::{ElfFile, FileHeader, ProgramHeader, Sym};
use object::read::{self, FileKind};
use object::{Endianness, ReadRef};

/// A piece of the file that is mapped into memory.
pub(super) struct Load {
    pub(super) align: u64,
    pub(super) flags: ProgramFlags,
}

/// A library.
pub(super) struct Library {
    pub(super) machine: Machine,
    /// How wide an address is.
    pub(super) bits: u8,
    pub(super) is_shared_object: bool,
    pub(super) loads: Vec<Load>,
    /// The rights of the stack; a library that says nothing may get an executable one.
    pub(super) stack: Option<ProgramFlags>,
    /// Whether what the linker fills in is read-only afterwards.
    pub(super) has_relro: bool,
    pub(super) sections: Vec<String>,
    pub(super) soname: Option<String>,
    pub(super) needed: Vec<String>,
    /// Where else libraries would be looked for.
    pub(super) search_paths: Vec<String>,
    /// Whether code has to be written to when it is loaded.
    pub(super) has_text_relocations: bool,
    pub(super) exports: Vec<String>,
    /// What has to be there when it is loaded; weak symbols need not.
    pub(super) undefined: Vec<String>,
}

impl Library {
    pub(super) fn read(bytes: &[u8]) -> read::Result<Self> {
        match FileKind::parse(bytes)? {
            FileKind::Elf32 => read_class::<FileHeader32<Endianness>>(bytes),
            _ => read_class::<FileHeader64<Endianness>>(bytes),
        }
    }
}

fn read_class<Header: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> read::Result<Library> {
    let file = ElfFile::<Header>::parse(bytes)?;
    let (header, endian) = (file.elf_header(), file.endian());
    let mut library = Library {
        machine: header.e_machine(endian),
        bits: if header.is_class_64() { 64 } else { 32 },
        is_shared_object: header.e_type(endian) == elf::ET_DYN,
        loads: Vec::new(),
        stack: None,
        has_relro: false,
        sections: Vec::new(),
        soname: None,
        needed: Vec::new(),
        search_paths: Vec::new(),
        has_text_relocations: false,
        exports: Vec::new(),
        undefined: Vec::new(),
    };
    for segment in file.elf_program_headers() {
        let (align, flags) = (segment.p_align(endian).into(), segment.p_flags(endian));
        match segment.p_type(endian) {
            elf::PT_LOAD => library.loads.push(Load { align, flags }),
            elf::PT_GNU_STACK => library.stack = Some(flags),
            elf::PT_GNU_RELRO => library.has_relro = true,
            _ => {}
        }
    }
    for section in file.elf_section_table().iter() {
        let name = file.elf_section_table().section_name(endian, section)?;
        library.sections.push(text(name));
    }
    read_dynamic(&file, &mut library)?;
    read_symbols(&file, &mut library)?;
    Ok(library)
}

fn read_dynamic<'data, Header: FileHeader<Endian = Endianness>, R: ReadRef<'data>>(
    file: &ElfFile<'data, Header, R>,
    library: &mut Library,
) -> read::Result<()> {
    let table = file.elf_dynamic_table()?;
    for entry in &table {
        match entry.tag {
            elf::DT_SONAME => library.soname = Some(text(table.string(entry)?)),
            elf::DT_NEEDED => library.needed.push(text(table.string(entry)?)),
            elf::DT_RPATH | elf::DT_RUNPATH => {
                library.search_paths.push(text(table.string(entry)?));
            }
            elf::DT_TEXTREL => library.has_text_relocations = true,
            elf::DT_FLAGS if entry.val & elf::DF_TEXTREL.0 != 0 => {
                library.has_text_relocations = true;
            }
            _ => {}
        }
    }
    Ok(())
}

fn read_symbols<'data, Header: FileHeader<Endian = Endianness>, R: ReadRef<'data>>(
    file: &ElfFile<'data, Header, R>,
    library: &mut Library,
) -> read::Result<()> {
    let (endian, symbols) = (file.endian(), file.elf_dynamic_symbol_table());
    for symbol in symbols.iter().filter(|symbol| !symbol.is_local()) {
        let name = text(symbols.symbol_name(endian, symbol)?);
        if !symbol.is_undefined(endian) {
            library.exports.push(name);
        } else if !symbol.is_weak() {
            library.undefined.push(name);
        }
    }
    Ok(())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
