//! `tauri-driver`, which starts an app and does what a client of `WebDriver` tells it.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::net::TcpStream;

use crate::display::Display;
use crate::leash::Leash;
use crate::programs::{chat_app, installed};
use crate::wait::{until, within};

/// A driver with an app, which ends with it.
#[derive(Debug)]
pub(crate) struct Driver {
    log: PathBuf,
    // In this order: an app whose display is gone complains.
    _programs: Leash,
    _display: Display,
}

impl Driver {
    /// Starts the app with its files in `home`, and waits for its window.
    pub(crate) async fn start(home: &Path, environment: &[(&str, &str)]) -> (Self, Client) {
        let display = Display::start().await;
        let log = home.join("log");
        let output = File::create(&log).unwrap();
        let ports = free_ports();
        let mut command = Leash::command(&installed("dbus-run-session"));
        command
            .arg("--")
            .arg(installed("tauri-driver"))
            .args(["--port", &ports[0].to_string(), "--native-port", &ports[1].to_string()])
            .arg("--native-driver")
            .arg(installed("WebKitWebDriver"))
            .env("DISPLAY", display.name())
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            // The same on every machine. With WEBKIT_DISABLE_DMABUF_RENDERER, which many use where
            // there is no graphics processor, WebKit's screenshots never come.
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            // A language and a place for the times of day.
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .envs(environment.iter().copied())
            .stdout(output.try_clone().unwrap())
            .stderr(output);
        let driver = Self { log, _programs: Leash::start(&mut command), _display: display };
        for port in ports {
            listening(port).await;
        }
        let session = open_session(ports[0]).await;
        (driver, session)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "What the app said:\n{}",
                std::fs::read_to_string(&self.log).unwrap_or_default()
            );
        }
    }
}

/// Two at a time, so that they differ. They are not held, since it is others who bind them.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

async fn listening(port: u16) {
    let dial = async || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await;
    until(async || dial().await.map_err(|error| error.to_string())).await.unwrap();
}

/// The driver answers when the app has its window.
async fn open_session(port: u16) -> Client {
    let mut wanted = Capabilities::new();
    wanted.insert("tauri:options".to_owned(), json!({ "application": chat_app() }));
    let mut session = ClientBuilder::new(HttpConnector::new());
    let url = format!("http://127.0.0.1:{port}");
    within("a window", session.capabilities(wanted).connect(&url)).await.unwrap()
}
