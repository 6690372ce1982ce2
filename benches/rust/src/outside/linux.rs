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
pub fn cpu_nanos(process: u32) -> Option<u64> {
    let process = Pid::from_raw(i32::try_from(process).ok()?);
    let time = clock_getcpuclockid(process).ok()?.now().ok()?;
    let seconds = u64::try_from(time.tv_sec()).ok()?;
    Some(seconds * 1_000_000_000 + u64::try_from(time.tv_nsec()).ok()?)
}

/// Memory of the process that is in RAM.
///
/// Read from the page tables: the quicker counters of the kernel are some hundred KiB off.
pub fn resident_bytes(process: u32) -> Option<u64> {
    let rollup = self::process(process)?.smaps_rollup().ok()?;
    let map = rollup.memory_map_rollup.into_iter().next()?;
    map.extension.map.get("Rss").copied()
}

/// Voluntary context switches of each thread.
pub(super) fn wake_ups(process: u32) -> Option<BTreeMap<i32, u64>> {
    let threads = self::process(process)?.tasks().ok()?;
    // A thread that ends meanwhile has nothing to tell.
    let told = threads.filter_map(|thread| {
        let thread = thread.ok()?;
        Some((thread.tid, thread.status().ok()?.voluntary_ctxt_switches?))
    });
    Some(told.collect())
}

/// The children of a process, and theirs.
pub fn descendants(process: u32) -> Vec<u32> {
    let tasks = self::process(process).and_then(|it| it.tasks().ok()).into_iter().flatten();
    let children = tasks.filter_map(|task| task.ok()?.children().ok()).flatten();
    children.flat_map(|child| [vec![child], descendants(child)].concat()).collect()
}

fn process(process: u32) -> Option<Process> {
    Process::new(i32::try_from(process).ok()?).ok()
}

/// The cores that this thread may use.
pub(super) fn cores() -> Vec<usize> {
    let Ok(set) = sched_getaffinity(SELF) else { return Vec::new() };
    (0..CpuSet::count()).filter(|core| set.is_set(*core).unwrap_or(false)).collect()
}

/// Does something on one core. What is started there stays there.
pub fn on_core<T>(core: Option<usize>, start: impl FnOnce() -> T) -> io::Result<T> {
    let Some(core) = core else { return Ok(start()) };
    let before = sched_getaffinity(SELF)?;
    let mut one = CpuSet::new();
    one.set(core)?;
    sched_setaffinity(SELF, &one)?;
    let started = start();
    sched_setaffinity(SELF, &before)?;
    Ok(started)
}

/// Lets this process, and those that it starts, have enough files and sockets open, as far as the
/// system allows. Returns how many those are, where it tells.
pub fn allow_many_files() -> io::Result<Option<u64>> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let files = soft.max(hard.min(FILES));
    setrlimit(Resource::RLIMIT_NOFILE, files, hard)?;
    Ok(Some(files))
}

/// The system, its version and the processor.
pub fn system_name() -> String {
    use procfs::Current;

    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processor = procfs::CpuInfo::current().ok();
    let model = processor.as_ref().and_then(|it| it.model_name(0)).unwrap_or("processor unknown");
    format!("Linux {}, {model}", kernel.trim())
}
