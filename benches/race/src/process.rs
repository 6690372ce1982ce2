//! A process that is told what to do by lines, and answers by lines.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use aldis_bench::order::{Answer, Order, Reading};
use aldis_bench::outside;
use serde::de::DeserializeOwned;

/// How long a process may take to end when there is nothing more to do.
const FAREWELL: Duration = Duration::from_secs(20);

/// How often to look whether it has.
const LOOK: Duration = Duration::from_millis(5);

/// How long to wait for the last words of a process that has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Lines that are kept of what a process says to people.
const WORDS_KEPT: usize = 12;

/// What goes wrong with a process. All of it fails the run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    #[error("{name}: {program} cannot be started: {source}")]
    Start { name: String, program: String, source: io::Error },
    #[error("{name}: no answer within {seconds} s")]
    Hung { name: String, seconds: u64 },
    #[error("{name}: ended with {status}{words}")]
    Ended { name: String, status: ExitStatus, words: String },
    #[error("{name}: this is no answer: {line}")]
    Unreadable { name: String, line: String },
    #[error("{name}: {source}")]
    Io { name: String, source: io::Error },
}

/// Why there is no reading.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoReading {
    /// A contestant does not do such work, or the system does not tell. No fault of anybody.
    #[error("{0}")]
    Unsupported(String),
    #[error(transparent)]
    Failed(#[from] ProcessError),
}

/// A process that lives as long as this does.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<io::Result<String>>,
    words: Receiver<io::Result<String>>,
}

impl Process {
    /// Starts it, on a core of its own where one is given.
    pub(crate) fn start(
        name: &str,
        mut command: Command,
        core: Option<usize>,
    ) -> Result<Self, ProcessError> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = outside::on_core(core, || command.spawn()).flatten().map_err(|source| {
            ProcessError::Start {
                name: name.to_owned(),
                program: command.get_program().to_string_lossy().into_owned(),
                source,
            }
        })?;
        Ok(Self {
            name: name.to_owned(),
            input: child.stdin.take(),
            output: lines(child.stdout.take()),
            words: lines(child.stderr.take()),
            child,
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Gives an order and waits for the answer.
    pub(crate) fn ask(&mut self, order: Order, patience: Duration) -> Result<Reading, NoReading> {
        self.tell(order).or_else(|error| match error {
            // It has ended already: the answer tells why.
            ProcessError::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => Err(other),
        })?;
        match self.read(patience)? {
            Answer::Done(reading) => Ok(reading),
            Answer::Unsupported { unsupported } => Err(NoReading::Unsupported(unsupported)),
        }
    }

    fn tell(&mut self, order: Order) -> Result<(), ProcessError> {
        let written = serde_json::to_string(&order).map_err(io::Error::from).and_then(|line| {
            let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
            writeln!(input, "{line}")?;
            input.flush()
        });
        written.map_err(|source| ProcessError::Io { name: self.name.clone(), source })
    }

    /// Reads a line of JSON.
    pub(crate) fn read<T: DeserializeOwned>(
        &mut self,
        patience: Duration,
    ) -> Result<T, ProcessError> {
        let line = self.line(patience)?;
        match line {
            Some(line) => self.parse(&line),
            None => Err(self.how_it_ended()?),
        }
    }

    /// Reads lines of JSON until the process ends, which it has to do well. `each` line is awaited
    /// for so long.
    pub(crate) fn read_all<T: DeserializeOwned>(
        self,
        each: Duration,
        mut take: impl FnMut(T),
    ) -> Result<(), ProcessError> {
        while let Some(line) = self.line(each)? {
            take(self.parse(&line)?);
        }
        self.finish()
    }

    /// Lets the process end, which it has to do well.
    pub(crate) fn finish(mut self) -> Result<(), ProcessError> {
        self.input = None;
        match self.line(FAREWELL)? {
            Some(line) => Err(ProcessError::Unreadable { name: self.name.clone(), line }),
            None if self.status()?.success() => Ok(()),
            None => Err(self.how_it_ended()?),
        }
    }

    /// The next line; `None` when there is none to come.
    fn line(&self, patience: Duration) -> Result<Option<String>, ProcessError> {
        match self.output.recv_timeout(patience) {
            Ok(Ok(line)) => Ok(Some(line)),
            Ok(Err(source)) => Err(ProcessError::Io { name: self.name.clone(), source }),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                Err(ProcessError::Hung { name: self.name.clone(), seconds: patience.as_secs() })
            }
        }
    }

    fn parse<T: DeserializeOwned>(&self, line: &str) -> Result<T, ProcessError> {
        serde_json::from_str(line).map_err(|_| ProcessError::Unreadable {
            name: self.name.clone(),
            line: line.chars().take(200).collect(),
        })
    }

    fn how_it_ended(&mut self) -> Result<ProcessError, ProcessError> {
        let status = self.status()?;
        let mut words = Vec::new();
        while let Ok(Ok(line)) = self.words.recv_timeout(LAST_WORDS) {
            words.push(line);
        }
        let kept = &words[words.len().saturating_sub(WORDS_KEPT)..];
        let words = kept.iter().flat_map(|line| ["\n    ", line]).collect();
        Ok(ProcessError::Ended { name: self.name.clone(), status, words })
    }

    /// How it ended, which it has to do soon when nothing more comes from it.
    fn status(&mut self) -> Result<ExitStatus, ProcessError> {
        self.input = None;
        let deadline = Instant::now() + FAREWELL;
        let status = loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < deadline => thread::sleep(LOOK),
                Ok(None) => {
                    let seconds = FAREWELL.as_secs();
                    return Err(ProcessError::Hung { name: self.name.clone(), seconds });
                }
                Ok(Some(status)) => break Ok(status),
                Err(source) => break Err(source),
            }
        };
        status.map_err(|source| ProcessError::Io { name: self.name.clone(), source })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // Either may fail only because the process has ended meanwhile.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Reads lines as they come, so that the process never waits for us.
fn lines(from: Option<impl Read + Send + 'static>) -> Receiver<io::Result<String>> {
    let (sender, receiver) = mpsc::channel();
    if let Some(from) = from {
        thread::spawn(move || {
            for line in BufReader::new(from).lines() {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    receiver
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than any answer of these tests takes, on any machine.
    const PATIENCE: Duration = Duration::from_mins(1);

    fn shell(script: &str) -> Process {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Process::start("fake", command, None).expect("a shell")
    }

    #[test]
    fn an_order_is_answered() {
        let mut fake = shell(
            r#"while read -r line; do
                 case $line in
                   '{"work":"hold","clients":7}') echo '{"count":7,"wall":5}' ;;
                   *) echo '{"unsupported":"only seven"}' ;;
                 esac
               done"#,
        );
        let done = fake.ask(Order::Hold { clients: 7 }, PATIENCE).expect("an answer");
        let reading = Reading { count: 7, wall: 5, ..Reading::default() };
        assert_eq!(done, reading);
        let other = fake.ask(Order::First, PATIENCE).expect_err("it does not");
        assert!(matches!(other, NoReading::Unsupported(why) if why == "only seven"));
        fake.finish().expect("a good end");
    }

    #[test]
    fn one_that_hangs_is_not_waited_for() {
        let mut fake = shell("while read -r line; do :; done");
        let error = fake.ask(Order::First, Duration::from_millis(10)).expect_err("no answer");
        assert!(matches!(error, NoReading::Failed(ProcessError::Hung { .. })), "{error}");
    }

    #[test]
    fn one_that_says_no_more_is_told_to_end() {
        let mut fake = shell("exec cat >&2 1>&-");
        let error = fake.ask(Order::First, PATIENCE).expect_err("no answer");
        assert!(matches!(error, NoReading::Failed(ProcessError::Ended { .. })), "{error}");
    }

    #[test]
    fn one_that_fails_says_why() {
        let mut fake = shell("read -r line; echo 'tick 3 was expected, and 4 came' >&2; exit 1");
        let error = fake.ask(Order::First, PATIENCE).expect_err("no answer").to_string();
        assert!(error.contains("exit status: 1"), "{error}");
        assert!(error.contains("tick 3 was expected"), "{error}");
    }

    #[test]
    fn one_that_has_ended_before_says_why_too() {
        let mut fake = shell("echo 'no such contestant' >&2; exit 2");
        fake.child.wait().expect("an end");
        let error = fake.ask(Order::First, PATIENCE).expect_err("no answer").to_string();
        assert!(error.contains("no such contestant"), "{error}");
    }

    #[test]
    fn a_bad_end_is_a_failure_after_a_good_answer() {
        let mut fake = shell(r#"read -r line; echo '{"count":1,"wall":1}'; cat; exit 3"#);
        fake.ask(Order::First, PATIENCE).expect("an answer");
        let error = fake.finish().expect_err("a bad end");
        assert!(matches!(error, ProcessError::Ended { .. }), "{error}");
    }

    #[test]
    fn what_is_no_answer_is_shown() {
        let mut fake = shell("read -r line; echo hello; cat");
        let error = fake.ask(Order::First, PATIENCE).expect_err("no answer").to_string();
        assert_eq!(error, "fake: this is no answer: hello");
    }

    #[test]
    fn what_is_not_there_cannot_be_started() {
        let error = Process::start("fake", Command::new("/nowhere/worker"), None);
        let error = error.expect_err("an error").to_string();
        assert!(error.starts_with("fake: /nowhere/worker cannot be started"), "{error}");
    }

    #[test]
    fn all_lines_are_read_until_the_end() {
        let mut numbers = Vec::new();
        shell("echo 1; echo 2").read_all(PATIENCE, |n: u32| numbers.push(n)).expect("lines");
        assert_eq!(numbers, [1, 2]);
        let error = shell("echo 1; exit 1").read_all(PATIENCE, |_: u32| ());
        assert!(matches!(error, Err(ProcessError::Ended { .. })));
    }
}
