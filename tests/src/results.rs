//! Where the runners of the scenarios leave what they saw.

use std::path::{Path, PathBuf};

/// The folder with a file `LANGUAGE.jsonl` for each runner.
pub fn scenario_results() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/scenarios")
}
