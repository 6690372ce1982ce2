//! The table as it is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, Schemas};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::payload::Payload;

/// A scenario under its full name.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) scenario: Scenario,
}

#[derive(Deserialize)]
struct File {
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
pub(crate) struct Scenario {
    name: String,
    #[serde(default)]
    pub(crate) server: Vec<String>,
    #[serde(default)]
    pub(crate) line: Vec<String>,
    #[serde(default)]
    pub(crate) clients: BTreeMap<String, ClientSpec>,
    pub(crate) steps: Vec<Step>,
}

/// What is not the default of a client.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ClientSpec {
    pub(crate) via: Via,
    pub(crate) path: Option<String>,
    pub(crate) trusts_line: bool,
    pub(crate) tokens: Option<Vec<Option<String>>>,
    pub(crate) config: Map<String, Value>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Via {
    #[default]
    Server,
    Line,
}

#[derive(Deserialize)]
pub(crate) struct Step {
    #[serde(default = "ann")]
    pub(crate) client: String,
    /// The name under which the operation is begun, and not waited for.
    #[serde(rename = "as")]
    pub(crate) begun_as: Option<String>,
    #[serde(flatten)]
    pub(crate) action: Action,
    #[serde(flatten)]
    pub(crate) end: End,
    #[serde(flatten)]
    pub(crate) session: SessionFields,
}

fn ann() -> String {
    "ann".to_owned()
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Action {
    Connect,
    Disconnect,
    Close,
    Send(Outgoing),
    TrySend(Outgoing),
    Request {
        event: String,
        #[serde(default)]
        data: Payload,
        #[serde(default = "one_minute")]
        timeout_ms: u64,
    },
    Join {
        rooms: Vec<String>,
    },
    Leave {
        rooms: Vec<String>,
    },
    UpdateToken {
        token: String,
    },
    NetworkLost,
    NetworkAvailable,
    Suspended,
    Resumed,
    Await {
        name: String,
    },
    ExpectState(StateFields),
    ExpectSession,
    ExpectMessage {
        event: String,
        #[serde(default, deserialize_with = "present")]
        data: Option<Payload>,
    },
    ExpectError {
        code: String,
    },
    ExpectStats {
        stats: BTreeMap<String, u64>,
    },
    ExpectRooms {
        rooms: Vec<String>,
    },
    ExpectWho {
        rooms: Option<Vec<String>>,
    },
    ExpectTokenRequests {
        requests: Vec<String>,
    },
    Line {
        command: Value,
    },
    Publish {
        body: Value,
    },
    StopServer,
    StartServer {
        options: Option<Vec<String>>,
    },
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Outgoing {
    pub(crate) event: String,
    #[serde(default)]
    pub(crate) data: Payload,
    pub(crate) ttl_ms: Option<u64>,
}

/// What an operation is to end with.
#[derive(Debug, Deserialize)]
pub(crate) struct End {
    pub(crate) fails: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) reply: Option<Payload>,
}

/// What a session is to be like.
#[derive(Debug, Deserialize)]
pub(crate) struct SessionFields {
    pub(crate) user_id: Option<String>,
    pub(crate) encrypted: Option<bool>,
    pub(crate) client_id: Option<String>,
}

/// What a state is to be like.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StateFields {
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    pub(crate) close_code: Option<u16>,
    pub(crate) attempt: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) retry_in_ms: Option<Value>,
}

fn one_minute() -> u64 {
    60_000
}

/// A field that is there, even if it is `null`.
fn present<'de, T, D>(field: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(field).map(Some)
}

/// All scenarios, in the order of the table.
pub(crate) fn read() -> Vec<Entry> {
    files().iter().flat_map(|path| entries(path)).collect()
}

fn entries(path: &Path) -> Vec<Entry> {
    let theme = path.file_stem().unwrap().to_str().unwrap();
    let file: File = serde_json::from_str(&fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let entry =
        |scenario: Scenario| Entry { name: format!("{theme}: {}", scenario.name), scenario };
    file.scenarios.into_iter().map(entry).collect()
}

/// Panics with what the schema does not allow, and where names are not unique.
pub(crate) fn check_schema() {
    let mut schemas = Schemas::new();
    let schema = folder().join("schema.json");
    let schema = Compiler::new().compile(schema.to_str().unwrap(), &mut schemas).unwrap();
    for path in files() {
        let file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        schemas
            .validate(&file, schema)
            .unwrap_or_else(|error| panic!("{}: {error:#}", path.display()));
    }
    let mut names: Vec<_> = read().into_iter().map(|entry| entry.name).collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        assert_ne!(pair[0], pair[1], "two scenarios have one name");
    }
}

fn files() -> Vec<PathBuf> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let is_scenarios = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "json")
            && path.file_name().is_some_and(|name| name != "schema.json")
    };
    let mut files: Vec<_> = paths.filter(is_scenarios).collect();
    files.sort_unstable();
    files
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}
