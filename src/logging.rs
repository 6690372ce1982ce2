//! What the library writes for people: to Android's log, elsewhere to the standard error stream.
//!
//! Only what our own crates say, which is safe to log: others write what they send, tokens among
//! it, at the level of tracing.

use std::sync::{Once, PoisonError, RwLock};

use log::{LevelFilter, Log, Metadata, Record};

/// How much is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What ends something for good.
    Error,
    /// What the host should know, such as refused frames and lost connections.
    Warn,
    /// Changes of the connection's state.
    Info,
    /// What else helps to find a fault.
    Debug,
    /// Each step.
    Trace,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Off => Self::Off,
            LogLevel::Error => Self::Error,
            LogLevel::Warn => Self::Warn,
            LogLevel::Info => Self::Info,
            LogLevel::Debug => Self::Debug,
            LogLevel::Trace => Self::Trace,
        }
    }
}

/// Sets how much the library writes, and under which tag, for the whole process. Without a call
/// it writes nothing; the last call holds.
#[uniffi::export]
pub fn set_log(level: LogLevel, tag: String) {
    static INSTALL: Once = Once::new();

    *LOGGER.sink.write().unwrap_or_else(PoisonError::into_inner) = Some(Sink::new(tag));
    // A Rust program that has the library linked in may have a logger of its own, which stays.
    INSTALL.call_once(|| drop(log::set_logger(&LOGGER)));
    log::set_max_level(level.into());
}

static LOGGER: Logger = Logger { sink: RwLock::new(None) };

struct Logger {
    sink: RwLock<Option<Sink>>,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level() && is_ours(metadata.target())
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        if let Some(sink) = &*self.sink.read().unwrap_or_else(PoisonError::into_inner) {
            sink.write(record);
        }
    }

    fn flush(&self) {}
}

/// Whether a module is one of `aldis`, `aldis_client`, `aldis_protocol`.
fn is_ours(target: &str) -> bool {
    let name = target.split("::").next().unwrap_or_default();
    name == "aldis" || name.starts_with("aldis_")
}

#[cfg(target_os = "android")]
struct Sink(android_logger::AndroidLogger);

#[cfg(target_os = "android")]
impl Sink {
    fn new(tag: String) -> Self {
        // How much is for the logger above to say.
        let config = android_logger::Config::default().with_max_level(LevelFilter::Trace);
        Self(android_logger::AndroidLogger::new(config.with_tag(tag)))
    }

    fn write(&self, record: &Record<'_>) {
        self.0.log(record);
    }
}

#[cfg(not(target_os = "android"))]
struct Sink {
    tag: String,
}

#[cfg(not(target_os = "android"))]
impl Sink {
    fn new(tag: String) -> Self {
        Self { tag }
    }

    fn write(&self, record: &Record<'_>) {
        use std::io::Write as _;

        let (level, tag, target) = (record.level(), &self.tag, record.target());
        // Nobody is there to be told that nobody can be told.
        let _ = writeln!(std::io::stderr(), "{level:<5} {tag} {target}: {}", record.args());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_crates_are_heard() {
        for ours in ["aldis", "aldis::engine", "aldis_client::supervisor", "aldis_protocol"] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["", "aldistant", "tungstenite::protocol", "jni", "rustls::aldis"] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
