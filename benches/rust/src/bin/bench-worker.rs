//! A contestant in Rust: `bench-worker aldis-rust|rust-plain|limit URL`. Orders come as lines of
//! the standard input, see `aldis_bench::order`.

use aldis_bench::{Failure, worker};

fn main() -> Result<(), Failure> {
    worker::run(std::env::args().skip(1), None)
}
