//! Commands of the host, as the client's task hears them in every await.

use tokio::sync::{mpsc, oneshot};

use crate::close::CloseReason;
use crate::error::ConnectError;
use crate::event::Session;

pub(crate) type ConnectReply = oneshot::Sender<Result<Session, ConnectError>>;

/// What a handle tells the task.
#[derive(Debug)]
pub(crate) enum Command {
    Connect(ConnectReply),
    Disconnect(oneshot::Sender<()>),
    Suspend,
    Hint(Hint),
    Close,
}

/// What the host knows of the network and the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    NetworkAvailable,
    NetworkLost,
    Resumed,
}

/// A command, after its bookkeeping.
#[derive(Debug)]
pub(crate) enum Signal {
    Connect,
    /// The connection is to end, or the attempt at one: `Disconnected`, `Suspended`, or `Dropped`
    /// when all handles are gone.
    Stop(CloseReason),
    Hint(Hint),
}

/// The task's end of the commands, and who waits for what.
#[derive(Debug)]
pub(crate) struct Control {
    commands: mpsc::UnboundedReceiver<Command>,
    connecting: Vec<ConnectReply>,
    disconnecting: Vec<oneshot::Sender<()>>,
    online: bool,
}

impl Control {
    pub(crate) fn new(commands: mpsc::UnboundedReceiver<Command>) -> Self {
        Self { commands, connecting: Vec::new(), disconnecting: Vec::new(), online: true }
    }

    /// Waits for the next command. Safe to drop at any time.
    pub(crate) async fn next(&mut self) -> Signal {
        match self.commands.recv().await {
            None => Signal::Stop(CloseReason::Dropped),
            Some(Command::Close) => {
                self.commands.close();
                Signal::Stop(CloseReason::Dropped)
            }
            Some(Command::Connect(reply)) => {
                self.connecting.push(reply);
                // Who asks to connect knows better than an old hint.
                self.online = true;
                Signal::Connect
            }
            Some(Command::Disconnect(reply)) => {
                self.disconnecting.push(reply);
                Signal::Stop(CloseReason::Disconnected)
            }
            Some(Command::Suspend) => Signal::Stop(CloseReason::Suspended),
            Some(Command::Hint(hint)) => {
                match hint {
                    Hint::NetworkAvailable => self.online = true,
                    Hint::NetworkLost => self.online = false,
                    Hint::Resumed => {}
                }
                Signal::Hint(hint)
            }
        }
    }

    /// Whether there is a network, as far as the host has said.
    pub(crate) fn online(&self) -> bool {
        self.online
    }

    /// Notes that there is a network, whatever the host has said.
    pub(crate) fn proven_online(&mut self) {
        self.online = true;
    }

    /// Answers who waits for the connection.
    pub(crate) fn connected(&mut self, result: &Result<Session, ConnectError>) {
        for reply in self.connecting.drain(..) {
            // Who does not wait any more does not need the answer.
            let _ = reply.send(result.clone());
        }
    }

    /// Answers who waits for the end of the connection.
    pub(crate) fn disconnected(&mut self) {
        for reply in self.disconnecting.drain(..) {
            let _ = reply.send(());
        }
    }
}
