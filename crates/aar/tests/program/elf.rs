//! Small ELF files, as good or as broken as a test wants them.

use object::Endianness;
use object::elf::{self, DynamicTag, FileType, Machine, ProgramFlags, ProgramType, SymbolBind};
use object::write::elf::{FileHeader, ProgramHeader, SectionHeader, Sym, Writer};

/// What a library says of itself. The default is one that passes all checks.
#[derive(Clone)]
pub(crate) struct Elf {
    pub(crate) machine: Machine,
    pub(crate) is_64: bool,
    pub(crate) kind: FileType,
    pub(crate) align: u64,
    pub(crate) code: ProgramFlags,
    pub(crate) stack: Option<ProgramFlags>,
    pub(crate) has_relro: bool,
    pub(crate) soname: Option<&'static str>,
    pub(crate) needed: Vec<&'static str>,
    pub(crate) run_path: Option<&'static str>,
    pub(crate) dynamic: Vec<(DynamicTag, u64)>,
    pub(crate) exports: Vec<&'static str>,
    pub(crate) undefined: Vec<&'static str>,
    pub(crate) weak: Vec<&'static str>,
    pub(crate) sections: Vec<&'static str>,
    pub(crate) content: &'static str,
}

impl Elf {
    /// A library for the ABI of this folder.
    pub(crate) fn of(abi: &str) -> Self {
        let (machine, is_64) = match abi {
            "arm64-v8a" => (elf::EM_AARCH64, true),
            "armeabi-v7a" => (elf::EM_ARM, false),
            "x86" => (elf::EM_386, false),
            "x86_64" => (elf::EM_X86_64, true),
            other => panic!("{other}"),
        };
        Self {
            machine,
            is_64,
            kind: elf::ET_DYN,
            align: 0x4000,
            code: elf::PF_R | elf::PF_X,
            stack: Some(elf::PF_R | elf::PF_W),
            has_relro: true,
            soname: Some("libaldis.so"),
            needed: vec!["libc.so", "libm.so", "libdl.so", "liblog.so"],
            run_path: None,
            dynamic: Vec::new(),
            exports: vec![
                "JNI_OnLoad",
                "Java_dev_aldis_internal_Lane_resume",
                "Java_dev_aldis_internal_Lane_send",
                "UNIFFI_META_ALDIS_FUNC_X",
                "ffi_aldis_rustbuffer_alloc",
                "uniffi_aldis_fn_func_x",
            ],
            undefined: vec!["malloc", "sin", "__android_log_write"],
            weak: vec!["statx"],
            sections: Vec::new(),
            content: "/aldis/src/lane.rs",
        }
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(Endianness::Little, self.is_64, &mut bytes);
        let programs = self.programs();
        let texts = [
            (elf::DT_SONAME, self.soname.as_slice()),
            (elf::DT_NEEDED, self.needed.as_slice()),
            (elf::DT_RUNPATH, self.run_path.as_slice()),
        ];
        let symbols = [
            (elf::STB_GLOBAL, true, &self.exports),
            (elf::STB_GLOBAL, false, &self.undefined),
            (elf::STB_WEAK, false, &self.weak),
        ];

        // What is where: the writer wants to know before it writes.
        writer.reserve_file_header();
        writer.reserve_program_headers(u32::try_from(programs.len()).unwrap());
        let texts: Vec<_> = texts
            .into_iter()
            .flat_map(|(tag, texts)| texts.iter().map(move |text| (tag, *text)))
            .map(|(tag, text)| (tag, writer.add_dynamic_string(text.as_bytes())))
            .collect();
        writer.reserve_null_dynamic_symbol_index();
        let symbols: Vec<_> = symbols
            .into_iter()
            .flat_map(|(bind, defined, names)| names.iter().map(move |name| (bind, defined, *name)))
            .map(|(bind, defined, name)| {
                writer.reserve_dynamic_symbol_index();
                (bind, defined, writer.add_dynamic_string(name.as_bytes()))
            })
            .collect();
        writer.reserve_dynsym();
        writer.reserve_dynstr().unwrap();
        let dynamic = writer.reserve_dynamic(texts.len() + self.dynamic.len() + 1);
        writer.reserve(self.content.len() as u64, 1);
        writer.reserve_null_section_index();
        writer.reserve_dynsym_section_index();
        writer.reserve_dynstr_section_index();
        writer.reserve_dynamic_section_index();
        let sections: Vec<_> = self
            .sections
            .iter()
            .map(|name| {
                writer.reserve_section_index();
                writer.add_section_name(name.as_bytes())
            })
            .collect();
        writer.reserve_shstrtab_section_index();
        writer.reserve_shstrtab().unwrap();
        writer.reserve_section_headers();

        let (e_type, e_machine) = (self.kind, self.machine);
        writer
            .write_file_header(&FileHeader { e_type, e_machine, ..FileHeader::default() })
            .unwrap();
        writer.write_align_program_headers();
        for (p_type, p_flags) in programs {
            writer.write_program_header(&self.program(p_type, p_flags));
        }
        writer.write_null_dynamic_symbol();
        for (bind, defined, name) in symbols {
            let st_name = writer.dynamic_string_offset(Some(name));
            writer.write_dynamic_symbol(&symbol(st_name, bind, defined));
        }
        writer.write_dynstr();
        assert_eq!(writer.write_align_dynamic(), dynamic);
        for (tag, text) in texts {
            writer.write_dynamic_string(tag, text).unwrap();
        }
        for (tag, value) in &self.dynamic {
            writer.write_dynamic(*tag, *value).unwrap();
        }
        writer.write_dynamic(elf::DT_NULL, 0).unwrap();
        writer.write(self.content.as_bytes());
        writer.write_shstrtab();
        writer.write_null_section_header();
        writer.write_dynsym_section_header(0, 1);
        writer.write_dynstr_section_header(0);
        writer.write_dynamic_section_header(0);
        for name in sections {
            let sh_name = writer.section_name_offset(Some(name));
            let sh_type = elf::SHT_PROGBITS;
            writer.write_section_header(&SectionHeader { sh_name, sh_type, ..Default::default() });
        }
        writer.write_shstrtab_section_header();
        bytes
    }

    fn programs(&self) -> Vec<(ProgramType, ProgramFlags)> {
        let mut programs = vec![(elf::PT_LOAD, self.code), (elf::PT_LOAD, elf::PF_R | elf::PF_W)];
        programs.extend(self.has_relro.then_some((elf::PT_GNU_RELRO, elf::PF_R)));
        programs.extend(self.stack.map(|flags| (elf::PT_GNU_STACK, flags)));
        programs
    }

    fn program(&self, p_type: ProgramType, p_flags: ProgramFlags) -> ProgramHeader {
        let p_align = if p_type == elf::PT_LOAD { self.align } else { 1 };
        ProgramHeader {
            p_type,
            p_flags,
            p_offset: 0,
            p_vaddr: 0,
            p_paddr: 0,
            p_filesz: 0,
            p_memsz: 0,
            p_align,
        }
    }
}

fn symbol(st_name: u32, bind: SymbolBind, defined: bool) -> Sym {
    Sym {
        section: None,
        st_name,
        st_info: bind | elf::STT_FUNC,
        st_other: elf::SymbolOther(0),
        st_shndx: if defined { elf::SHN_ABS } else { elf::SHN_UNDEF },
        st_value: u64::from(defined),
        st_size: 0,
    }
}
