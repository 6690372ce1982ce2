//! The same as `bench-worker`, and counts allocations. Counting takes time, so times are measured
//! by the other.

use std::alloc::System;

use aldis_bench::{Failure, worker};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), Failure> {
    worker::run(std::env::args().skip(1), Some(HEAP))
}
