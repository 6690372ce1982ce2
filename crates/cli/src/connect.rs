//! The options that every command with a client has, and the configuration that comes of them.

use std::io;
use std::path::PathBuf;

use aldis_client::{ConfigError, SignalConfig, TlsBackend};
use clap::{Args, ValueEnum};

/// Where to connect to, and how.
#[derive(Args)]
pub(crate) struct ServerArgs {
    /// The server: `wss://host[:port]/path`, or `ws://` on this machine.
    #[arg(long, env = "ALDIS_URL", value_name = "URL")]
    pub(crate) url: String,
    /// A room to be in, in every session. Can be given more than once.
    #[arg(long = "room", value_name = "ROOM")]
    rooms: Vec<String>,
    #[command(flatten)]
    options: ConnectArgs,
}

impl ServerArgs {
    pub(crate) fn to_config(&self) -> Result<SignalConfig, SetupError> {
        let mut config = self.options.to_config(&self.url)?;
        config.rooms.clone_from(&self.rooms);
        Ok(config)
    }
}

/// How to connect.
#[derive(Args)]
pub(crate) struct ConnectArgs {
    /// The bearer token.
    #[arg(long, env = "ALDIS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub(crate) token: Option<String>,
    /// HKDF `info`, the same at both ends. Default: nx-signal-e2e.
    #[arg(long, value_name = "INFO")]
    info: Option<String>,
    /// Field of `authenticate` that carries the public key. Default: clientPublicKey.
    #[arg(long, value_name = "NAME")]
    key_field: Option<String>,
    /// Certificates to trust besides the system's, as PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Public key that the server's certificate must have: `sha256/BASE64` of its
    /// `SubjectPublicKeyInfo`. Can be given more than once; one of them has to match.
    #[arg(long = "pin", value_name = "sha256/BASE64")]
    pub(crate) pins: Vec<String>,
    /// Which implementation of TLS to use.
    #[arg(long, value_enum, default_value = "native", value_name = "native|rustls")]
    pub(crate) tls: Tls,
    /// HTTP proxy to connect through: `http://[user:password@]host:port`, or `https://…`.
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Accept `ws://` beyond this machine: the token can then be read on the way.
    #[arg(long)]
    allow_insecure: bool,
    /// Accept a server that does not encrypt.
    #[arg(long)]
    allow_plaintext: bool,
}

/// An implementation of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tls {
    /// The system's own; OpenSSL on Linux.
    Native,
    /// rustls with the system's trust store.
    Rustls,
}

impl ConnectArgs {
    pub(crate) fn to_config(&self, url: &str) -> Result<SignalConfig, SetupError> {
        let mut config = SignalConfig::new(url);
        config.token = self.token.as_deref().map(Into::into);
        if let Some(info) = &self.info {
            config.info.clone_from(info);
        }
        if let Some(key_field) = &self.key_field {
            config.key_field.clone_from(key_field);
        }
        config.tls.backend = match self.tls {
            Tls::Native => TlsBackend::Native,
            Tls::Rustls => TlsBackend::Rustls,
        };
        config.tls.extra_roots = self.extra_root()?.into_iter().collect();
        config.tls.pins.clone_from(&self.pins);
        config.proxy.clone_from(&self.proxy);
        config.allow_insecure = self.allow_insecure;
        config.allow_plaintext = self.allow_plaintext;
        Ok(config)
    }

    /// The text of the `--ca` file.
    pub(crate) fn extra_root(&self) -> Result<Option<String>, SetupError> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(|cause| SetupError::UnreadableCa {
                path: path.display().to_string(),
                cause,
            })
        };
        self.ca.as_ref().map(read).transpose()
    }
}

/// Why there is no client to start with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    /// The file of certificates cannot be read.
    #[error("tls.extra_roots: {path}: {cause}")]
    UnreadableCa {
        /// The file.
        path: String,
        /// Why not.
        cause: io::Error,
    },
    /// The client refuses a setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl SetupError {
    /// The setting that is at fault, by its name in [`SignalConfig`].
    pub(crate) fn field(&self) -> &'static str {
        match self {
            Self::UnreadableCa { .. } => "tls.extra_roots",
            Self::Config(error) => error.field(),
        }
    }
}
