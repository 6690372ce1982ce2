//! Linux tells everything.

use std::collections::BTreeMap;
use std::io;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;
use procfs::process::Process;

/// This thread.
const SELF: Pid = Pid::from_raw(0);

/// Files that a process with a thousand clients, and one with ten thousand, may have open.
const FILES: u64 = 65_536;

/// CPU time of all threads that the process has had, in user and kernel mode.
pub(crate) fn cpu_nanos(process: u32) -> Option<u64> {
    let process = Pid::from_raw(i32::try_from(process).ok()?);
    let time = clock_getcpuclockid(process).ok()?.now().ok()?;
    let seconds = u64::try_from(time.tv_sec()).ok()?;
    Some(seconds * 1_000_000_000 + u64::try_from(time.tv_nsec()).ok()?)
}

/// Memory of the process that is in RAM.
///
/// Read from the page tables: the quicker counters of the kernel are some hundred KiB off.
pub(crate) fn resident_bytes(process: u32) -> Option<u64> {
    let rollup = self::process(process)?.smaps_rollup().ok()?;
    let map = rollup.memory_map_rollup.into_iter().next()?;
    map.extension.map.get("Rss").copied()
}

/// Voluntary context switches of each thread.
pub(crate) fn wake_ups(process: u32) -> Option<BTreeMap<i32, u64>> {
    let threads = self::process(process)?.tasks().ok()?;
    // A thread that ends meanwhile has nothing to tell.
    let told = threads.filter_map(|thread| {
        let thread = thread.ok()?;
        Some((thread.tid, thread.status().ok()?.voluntary_ctxt_switches?))
    });
    Some(told.collect())
}

fn process(process: u32) -> Option<Process> {
    Process::new(i32::try_from(process).ok()?).ok()
}

/// The cores that this thread may use.
pub(crate) fn cores() -> Vec<usize> {
    let Ok(set) = sched_getaffinity(SELF) else { return Vec::new() };
    (0..CpuSet::count()).filter(|core| set.is_set(*core).unwrap_or(false)).collect()
}

/// Does something on one core. What is started there stays there.
pub(crate) fn on_core<T>(core: Option<usize>, start: impl FnOnce() -> T) -> io::Result<T> {
    let Some(core) = core else { return Ok(start()) };
    let before = sched_getaffinity(SELF)?;
    let mut one = CpuSet::new();
    one.set(core)?;
    sched_setaffinity(SELF, &one)?;
    let started = start();
    sched_setaffinity(SELF, &before)?;
    Ok(started)
}

/// Lets the processes that are started from here have enough files open.
pub(crate) fn allow_many_files() -> io::Result<()> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, soft.max(hard.min(FILES)), hard)?)
}

/// The system, its version and the processor.
pub(crate) fn system_name() -> String {
    use procfs::Current;

    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processor = procfs::CpuInfo::current().ok();
    let model = processor.as_ref().and_then(|it| it.model_name(0)).unwrap_or("processor unknown");
    format!("Linux {}, {model}", kernel.trim())
}
