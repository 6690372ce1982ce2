//! The threads of the process: a few for the network, one that speaks to the host.

use std::io;
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

use crate::jvm;

/// Enough for a connection each to be read and written while another one shakes hands. Where there
/// are fewer processors, as many as those: more would only take turns.
const MAX_NETWORK_THREADS: usize = 2;

/// Threads that look names up, which blocks. They end when they are idle.
const MAX_LOOKUP_THREADS: usize = 4;

/// The host's code may run on these threads for a few frames, on the JVM with its guard pages.
const STACK_BYTES: usize = 1 << 20;

/// The one engine of the process, for as long as it has clients.
static SHARED: Mutex<Weak<Engine>> = Mutex::new(Weak::new());

/// Two runtimes: the network's must never wait for the host, so that the host's has a thread of
/// its own. Lives as long as a client, or a task of one.
#[derive(Debug)]
pub(crate) struct Engine {
    network: Handle,
    /// Taken on drop.
    runtime: Option<Runtime>,
    dispatcher: Handle,
    /// Dropped with the engine, which ends the dispatcher.
    _stop: oneshot::Sender<()>,
}

impl Engine {
    /// The engine of the process, started if need be.
    pub(crate) fn shared() -> io::Result<Arc<Self>> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = shared.upgrade() {
            return Ok(engine);
        }
        let engine = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&engine);
        Ok(engine)
    }

    fn start() -> io::Result<Self> {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let runtime = Builder::new_multi_thread()
            .worker_threads(processors.min(MAX_NETWORK_THREADS))
            .max_blocking_threads(MAX_LOOKUP_THREADS)
            .thread_name("aldis-network")
            .thread_stack_size(STACK_BYTES)
            .on_thread_start(jvm::attach)
            .on_thread_stop(jvm::detach)
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let dispatcher = start_dispatcher(stopped)?;
        let network = runtime.handle().clone();
        Ok(Self { network, runtime: Some(runtime), dispatcher, _stop: stop })
    }

    /// Where connections live.
    pub(crate) fn network(&self) -> &Handle {
        &self.network
    }

    /// The dispatcher: what runs there may call the host.
    pub(crate) fn dispatcher(&self) -> &Handle {
        &self.dispatcher
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The last task may drop the engine, from a thread that must not be waited for.
            runtime.shutdown_background();
        }
    }
}

fn start_dispatcher(stopped: oneshot::Receiver<()>) -> io::Result<Handle> {
    // A client that another thread woke gets its turn after the call that is under way.
    let runtime = Builder::new_current_thread().global_queue_interval(1).build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new().name("aldis-dispatcher".to_owned()).stack_size(STACK_BYTES).spawn(
        move || {
            jvm::attach();
            // An error is a sender that was dropped: the end that is waited for.
            let _ = runtime.block_on(stopped);
            drop(runtime);
            jvm::detach();
        },
    )?;
    Ok(handle)
}
