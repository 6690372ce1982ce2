//! The app in its window.

use std::path::Path;
use std::{fs, thread};

use fantoccini::Client;
use serde_json::Value;
use tempfile::TempDir;

use crate::ChatServer;
use crate::driver::Driver;
use crate::wait::{until, within};

const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/window-screens");

const NEXT_FRAME: &str = "
    const [done] = arguments;
    requestAnimationFrame(() => requestAnimationFrame(() => done()));
";

/// The app, running in a window with files of its own. It ends when this is dropped.
#[derive(Debug)]
pub struct App {
    pub(crate) client: Client,
    _driver: Driver,
    _home: TempDir,
}

impl App {
    /// Starts the app for a server.
    pub async fn open(server: &ChatServer) -> Self {
        Self::open_with(server, &[]).await
    }

    /// Starts the app for a server, with more in its environment.
    pub async fn open_with(server: &ChatServer, environment: &[(&str, &str)]) -> Self {
        let home = TempDir::new().unwrap();
        let url = server.url();
        let environment = [&[("ALDIS_URL", url.as_str())], environment].concat();
        let (driver, client) = Driver::start(home.path(), &environment).await;
        Self { client, _driver: driver, _home: home }
    }

    /// Loads the page again, as F5 would. What runs in Rust goes on.
    pub async fn reload(&self) {
        within("a reload", self.client.refresh()).await.unwrap();
    }

    /// Runs the body of a function in the page, and returns what it returns.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.try_run(script, arguments).await.unwrap()
    }

    /// As [`run`](Self::run). It fails where there is no page, in the midst of a reload.
    pub(crate) async fn try_run(&self, script: &str, arguments: &[Value]) -> Result<Value, String> {
        let outcome = within("a script", self.client.execute(script, arguments.to_vec())).await;
        outcome.map_err(|error| error.to_string())
    }

    /// As [`run`](Self::run), with what the body gives to the last of its arguments, a function.
    pub(crate) async fn run_async(&self, script: &str, arguments: &[Value]) -> Value {
        let outcome = self.client.execute_async(script, arguments.to_vec());
        within("the end of a script", outcome).await.unwrap()
    }

    /// Waits until what was done a moment ago is painted, and the page knows where it is scrolled to.
    pub async fn next_frame(&self) {
        self.run_async(NEXT_FRAME, &[]).await;
    }

    /// Keeps a picture of the page in `target/window-screens`.
    pub async fn picture(&self, name: &str) {
        self.next_frame().await;
        let png = within("a picture", self.client.screenshot()).await.unwrap();
        fs::create_dir_all(PICTURES).unwrap();
        fs::write(Path::new(PICTURES).join(name).with_extension("png"), png).unwrap();
    }

    /// Looks until something is there. Panics with a picture of the page when it never is.
    pub async fn until<T>(&self, what: &str, look: impl AsyncFnMut() -> Result<T, String>) -> T {
        match until(look).await {
            Ok(found) => found,
            Err(instead) => {
                eprintln!("{what} is not there, but {instead}");
                let story = thread::current().name().unwrap_or("story").replace("::", "-");
                self.picture(&format!("FAILED-{story}")).await;
                panic!("{what} is not there, but {instead}");
            }
        }
    }
}
