//! What a run has found so far.

use std::time::Instant;

use serde::Serialize;
use serde_json::{Value, json};

use crate::measure::Sample;
use crate::process::{NoReading, ProcessError};

/// All that was measured, and all that went wrong.
///
/// Who fails is out of the work in which it failed; the others go on, so that half an hour is not
/// lost, and the run ends as a failure.
pub(crate) struct Record {
    started: Instant,
    pub(crate) samples: Vec<Sample>,
    /// Every single reading, so that a surprising figure can be looked into.
    pub(crate) readings: Vec<Value>,
    pub(crate) failures: Vec<String>,
    /// What is left out, and why.
    pub(crate) notes: Vec<String>,
}

impl Record {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            samples: Vec::new(),
            readings: Vec::new(),
            failures: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Says to people what is going on.
    pub(crate) fn progress(&self, text: &str) {
        let seconds = self.started.elapsed().as_secs();
        eprintln!("  {:02}:{:02} {text}", seconds / 60, seconds % 60);
    }

    /// Adds samples. What is no number, such as a rate by CPU time of which there was none, is left
    /// out.
    pub(crate) fn add(&mut self, samples: impl IntoIterator<Item = Sample>) {
        self.samples.extend(samples.into_iter().filter(|sample| sample.value.is_finite()));
    }

    pub(crate) fn reading(&mut self, group: &str, contestant: &str, reading: impl Serialize) {
        self.readings.push(json!({ "group": group, "contestant": contestant, "reading": reading }));
    }

    pub(crate) fn failure(&mut self, failure: &ProcessError) {
        let failure = failure.to_string();
        self.progress(&format!("FAILED: {failure}"));
        self.failures.push(failure);
    }

    /// Keeps what a contestant told, or notes why it told nothing of a work.
    pub(crate) fn told<T>(
        &mut self,
        contestant: &str,
        work: &str,
        told: Result<T, NoReading>,
    ) -> Option<T> {
        match told {
            Ok(told) => return Some(told),
            Err(NoReading::Unsupported(why)) => self.note(format!("{contestant}, {work}: {why}")),
            Err(NoReading::Failed(failure)) => self.failure(&failure),
        }
        None
    }

    /// Notes what is left out; once is enough.
    pub(crate) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
