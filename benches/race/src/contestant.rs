//! Who takes part, and how each is started.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What everything is compared with: it moves the same bytes and does nothing else.
pub(crate) const LIMIT: &str = "limit";

/// A JVM that does nothing: what any contestant on a JVM costs when it is idle, or more.
pub(crate) const IDLE_JVM: &str = "jvm-idle";

/// Peers among the contestants in Kotlin.
pub(crate) const KOTLIN_PEERS: [&str; 2] = ["okhttp-jca", "ktor-cio"];

/// What others would use instead of Aldis. `okhttp-jca-unchecked` is none of them: it leaves out
/// checks that the others make.
pub(crate) const CLIENT_PEERS: [&str; 5] =
    ["okhttp-jca", "ktor-cio", "rust-plain", "ts-bun", "ts-node"];

/// The peer of our server.
pub(crate) const SERVER_PEER: &str = "ignis";

pub(crate) fn is_peer(name: &str) -> bool {
    name == SERVER_PEER || CLIENT_PEERS.contains(&name)
}

/// What a contestant is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Rust,
    Kotlin,
    /// Kotlin, with the lane beside `UniFFI` switched off.
    KotlinWithoutLane,
    Swift,
    Bun,
    Node,
}

impl Kind {
    /// Whether what runs is compiled while it runs, and is slow before.
    pub(crate) fn needs_warming_up(self) -> bool {
        !matches!(self, Self::Rust | Self::Swift)
    }

    pub(crate) fn runs_on_jvm(self) -> bool {
        matches!(self, Self::Kotlin | Self::KotlinWithoutLane)
    }

    /// Messages in a lot, of those that a fast contestant has in one: so many that asking for the
    /// next lot takes next to no time, and so few that a slow contestant ends in time.
    pub(crate) fn lot(self, of_fast_ones: u32) -> u32 {
        match self {
            Self::Bun | Self::Node => of_fast_ones / 10,
            Self::Rust | Self::Kotlin | Self::KotlinWithoutLane | Self::Swift => of_fast_ones,
        }
    }
}

/// Somebody who takes part.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// All of them, in the order of the tables.
pub(crate) const CONTESTANTS: [Contestant; 13] = [
    Contestant { name: "aldis-flow", kind: Kind::Kotlin },
    Contestant { name: "aldis-listener", kind: Kind::Kotlin },
    Contestant { name: "aldis-uniffi", kind: Kind::KotlinWithoutLane },
    Contestant { name: "aldis-swift-stream", kind: Kind::Swift },
    Contestant { name: "aldis-swift-delegate", kind: Kind::Swift },
    Contestant { name: "aldis-rust", kind: Kind::Rust },
    Contestant { name: "okhttp-jca", kind: Kind::Kotlin },
    Contestant { name: "okhttp-jca-unchecked", kind: Kind::Kotlin },
    Contestant { name: "ktor-cio", kind: Kind::Kotlin },
    Contestant { name: "rust-plain", kind: Kind::Rust },
    Contestant { name: "ts-bun", kind: Kind::Bun },
    Contestant { name: "ts-node", kind: Kind::Node },
    Contestant { name: LIMIT, kind: Kind::Rust },
];

/// What a process is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Work at full speed.
    Speed,
    /// The same with a program that counts allocations, where the contestant has one.
    Counting,
    /// Many clients in one process.
    Memory,
    /// Anything else: the first event, and doing nothing.
    Ordinary,
}

/// Options of a JVM.
const fn jvm_options(purpose: Purpose) -> &'static [&'static str] {
    match purpose {
        // The collector that a JVM with one core chooses by itself, and memory that is all there.
        Purpose::Speed | Purpose::Counting => {
            &["-XX:+UseSerialGC", "-Xms512m", "-Xmx512m", "-Xmn256m", "-XX:+AlwaysPreTouch"]
        }
        // A JVM takes memory for garbage long before it needs it for anything else, and keeps it.
        // With a small nursery, and a heap that is given back after each collection, what the
        // system sees is what the clients hold. Phones do about the same. Contestants with much
        // on the heap gain most by this, those with native memory nothing.
        Purpose::Memory => &[
            "-XX:+UseSerialGC",
            "-Xms16m",
            "-Xmx1g",
            "-Xmn8m",
            "-XX:MinHeapFreeRatio=5",
            "-XX:MaxHeapFreeRatio=10",
        ],
        // The JVM's defaults, class data sharing among them: a heap that has to be touched before
        // anything starts would be the most of a cold start.
        Purpose::Ordinary => &["-XX:+UseSerialGC", "-Xmx512m"],
    }
}

/// Where the programs are.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Programs {
    /// The programs in Rust: bench-server, bench-worker, bench-worker-counting, bench-members.
    #[arg(long, value_name = "DIR", default_value = "target/release")]
    rust: PathBuf,
    /// What Maven has built: classes, and lib with what they need.
    #[arg(long, value_name = "DIR", default_value = "benches/kotlin/target")]
    pub(crate) kotlin: PathBuf,
    /// The program of the contestants in Swift.
    #[arg(long, value_name = "PROGRAM", default_value = "target/swift-worker/release/BenchWorker")]
    swift: PathBuf,
    /// The contestants in TypeScript.
    #[arg(long, value_name = "DIR", default_value = "benches/typescript")]
    typescript: PathBuf,
    #[arg(long, value_name = "PROGRAM", default_value = "java")]
    pub(crate) java: PathBuf,
    #[arg(long, value_name = "PROGRAM", default_value = "bun")]
    pub(crate) bun: PathBuf,
    #[arg(long, value_name = "PROGRAM", default_value = "node")]
    pub(crate) node: PathBuf,
}

impl Programs {
    pub(crate) fn server(&self) -> Command {
        Command::new(self.rust.join("bench-server"))
    }

    pub(crate) fn members(&self) -> Command {
        Command::new(self.rust.join("bench-members"))
    }

    /// How a contestant is started.
    pub(crate) fn contestant(&self, it: &Contestant, purpose: Purpose, url: &str) -> Command {
        let mut command = match it.kind {
            Kind::Rust if purpose == Purpose::Counting => {
                Command::new(self.rust.join("bench-worker-counting"))
            }
            Kind::Rust => Command::new(self.rust.join("bench-worker")),
            Kind::Kotlin => self.jvm(purpose, &[], "dev.aldis.bench.MainKt"),
            Kind::KotlinWithoutLane => {
                self.jvm(purpose, &["-Ddev.aldis.lane=off"], "dev.aldis.bench.MainKt")
            }
            Kind::Swift => Command::new(&self.swift),
            Kind::Bun => with_script(&self.bun, &[], &self.typescript.join("worker.ts")),
            // Node 20 takes no TypeScript, so it gets what the compiler makes of it.
            Kind::Node => {
                let script = self.typescript.join("dist/worker.js");
                with_script(&self.node, &["--expose-gc"], &script)
            }
        };
        command.args([it.name, url]);
        command
    }

    /// A JVM that does nothing until its input ends: what any JVM costs.
    pub(crate) fn idle_jvm(&self) -> Command {
        self.jvm(Purpose::Ordinary, &[], "dev.aldis.bench.IdleKt")
    }

    /// A JVM that measures bare calls over its boundary.
    pub(crate) fn crossings(&self) -> Command {
        self.jvm(Purpose::Speed, &[], "dev.aldis.bench.CrossingKt")
    }

    fn jvm(&self, purpose: Purpose, options: &[&str], main: &str) -> Command {
        let folder = self.kotlin.display();
        let mut command = Command::new(&self.java);
        command.args(jvm_options(purpose)).args(options);
        command.args(["-cp", &format!("{folder}/classes:{folder}/lib/*"), main]);
        command
    }
}

fn with_script(program: &Path, options: &[&str], script: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(options).arg(script);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs() -> Programs {
        Programs {
            rust: "rust".into(),
            kotlin: "kotlin".into(),
            swift: "swift".into(),
            typescript: "typescript".into(),
            java: "java".into(),
            bun: "bun".into(),
            node: "node".into(),
        }
    }

    fn line(name: &str, purpose: Purpose) -> String {
        let contestant = CONTESTANTS.iter().find(|it| it.name == name).expect("there is one");
        let command = programs().contestant(contestant, purpose, "ws://x");
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_is_started_in_its_own_way() {
        assert_eq!(line("aldis-rust", Purpose::Speed), "rust/bench-worker aldis-rust ws://x");
        assert_eq!(line("limit", Purpose::Counting), "rust/bench-worker-counting limit ws://x");
        assert_eq!(line("aldis-swift-stream", Purpose::Speed), "swift aldis-swift-stream ws://x");
        assert_eq!(line("ts-bun", Purpose::Memory), "bun typescript/worker.ts ts-bun ws://x");
        assert_eq!(
            line("ts-node", Purpose::Speed),
            "node --expose-gc typescript/dist/worker.js ts-node ws://x"
        );
        assert_eq!(
            line("aldis-uniffi", Purpose::Ordinary),
            "java -XX:+UseSerialGC -Xmx512m -Ddev.aldis.lane=off -cp kotlin/classes:kotlin/lib/* \
             dev.aldis.bench.MainKt aldis-uniffi ws://x"
        );
    }

    #[test]
    fn only_what_all_can_see_is_touched_before() {
        assert!(line("ktor-cio", Purpose::Speed).contains("AlwaysPreTouch"));
        assert!(!line("ktor-cio", Purpose::Memory).contains("AlwaysPreTouch"));
    }
}
