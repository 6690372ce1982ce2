//! Other systems tell nothing of other processes without more ado: what is measured inside is
//! still told, and nobody has a core to himself.

use std::collections::BTreeMap;
use std::io;

/// Not told.
pub fn cpu_nanos(_process: u32) -> Option<u64> {
    None
}

/// Not told.
pub fn resident_bytes(_process: u32) -> Option<u64> {
    None
}

pub(super) fn wake_ups(_process: u32) -> Option<BTreeMap<i32, u64>> {
    None
}

pub(super) fn cores() -> Vec<usize> {
    Vec::new()
}

/// Does something, on whichever core.
pub fn on_core<T>(_core: Option<usize>, start: impl FnOnce() -> T) -> io::Result<T> {
    Ok(start())
}

/// Nobody is known to need more than there are.
pub fn allow_many_files() -> io::Result<Option<u64>> {
    Ok(None)
}

/// None that this system tells of.
pub fn descendants(_process: u32) -> Vec<u32> {
    Vec::new()
}

/// The system and the processor.
pub fn system_name() -> String {
    format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH)
}
