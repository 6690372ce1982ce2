//! What a process asks of the system, about itself and others.

use std::fs;
use std::time::Duration;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

use crate::Failure;

/// CPU time of all threads of this process.
pub(crate) fn cpu_time() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// CPU time of all threads of another process.
pub(crate) fn cpu_time_of(pid: u32) -> Result<Duration, Failure> {
    let clock = clock_getcpuclockid(Pid::from_raw(pid.try_into()?))?;
    Ok(clock_gettime(clock)?.into())
}

/// Memory of a process that is resident, in bytes.
pub(crate) fn resident_bytes_of(pid: u32) -> Result<u64, Failure> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(1024 * kib.ok_or("the system does not tell VmRSS")?.parse::<u64>()?)
}

/// The children of a process, and theirs.
pub(crate) fn descendants_of(pid: u32) -> Vec<u32> {
    let Ok(children) = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")) else {
        return Vec::new();
    };
    let children = children.split_whitespace().filter_map(|pid| pid.parse().ok());
    children.flat_map(|child| [vec![child], descendants_of(child)].concat()).collect()
}

/// Lets this thread, and what it starts from now on, run on one core only. Does nothing where the
/// system has fewer cores.
pub(crate) fn pin_to(core: usize) -> Result<(), Failure> {
    let (mut cores, this) = (CpuSet::new(), Pid::from_raw(0));
    cores.set(core)?;
    if sched_getaffinity(this).is_ok_and(|allowed| allowed.is_set(core) == Ok(true)) {
        sched_setaffinity(this, &cores)?;
    }
    Ok(())
}

/// Lets this process, and those that it starts, have as many files and sockets open as the system
/// allows, and returns how many those are.
pub fn raise_open_files() -> Result<u64, Failure> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    Ok(most)
}
