//! A client of a scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aldis_client::{
    ConfigError, SignalClient, SignalConfig, SignalEvents, Stats, TokenProvider, TokenRequest,
};
use aldis_tests::Who;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::config;
use crate::events::{Wanted, told};
use crate::names::Names;
use crate::table::{ClientSpec, SessionFields};

/// Between two questions whether something holds that nothing tells of.
const PAUSE: Duration = Duration::from_millis(1);

/// Longer than the limit of a step, so that it is the step that ends first.
const REPLY_TIMEOUT: Duration = Duration::from_mins(10);

type Asked = Arc<Mutex<Vec<&'static str>>>;

pub(crate) struct Client {
    pub(crate) handle: SignalClient,
    events: SignalEvents,
    asked: Asked,
}

impl Client {
    pub(crate) fn new(
        name: &str,
        spec: &ClientSpec,
        url: String,
        ca: Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut config = SignalConfig::new(url);
        if spec.tokens.is_none() {
            config.token = Some(name.into());
        }
        config.tls.extra_roots.extend(ca.filter(|_| spec.trusts_line));
        config::apply(&spec.config, &mut config);
        let asked = Asked::default();
        let builder = SignalClient::builder(config);
        let builder = match &spec.tokens {
            Some(tokens) => builder.token_provider(provider(tokens.clone(), Arc::clone(&asked))),
            None => builder,
        };
        let (handle, events) = builder.build()?;
        Ok(Self { handle, events, asked })
    }

    /// Takes what the client told until that is found; returns all of it.
    pub(crate) async fn expect(&mut self, wanted: &Wanted<'_>, names: &mut Names) -> Value {
        let mut taken = Vec::new();
        loop {
            let event = self.events.next().await.expect("a client that lives has events");
            let found = wanted.is(&event, names);
            taken.push(told(&event, wanted.data().filter(|_| found)));
            if found {
                return taken.into();
            }
        }
    }

    pub(crate) async fn expect_stats(&self, expected: &BTreeMap<String, u64>) -> Value {
        while *expected != counters(&self.handle.stats(), expected.keys()) {
            sleep(PAUSE).await;
        }
        json!({ "stats": expected })
    }

    pub(crate) async fn expect_rooms(&self, expected: &[String]) -> Value {
        let expected: BTreeSet<_> = expected.iter().map(String::as_str).collect();
        loop {
            let rooms = self.handle.rooms();
            if expected == rooms.iter().map(AsRef::as_ref).collect() {
                return json!({ "rooms": expected });
            }
            sleep(PAUSE).await;
        }
    }

    pub(crate) async fn expect_who(
        &self,
        rooms: Option<&[String]>,
        session: &SessionFields,
        names: &mut Names,
    ) -> Value {
        let expected = rooms.map(|rooms| rooms.iter().cloned().collect::<BTreeSet<_>>());
        let who = loop {
            let reply = self.handle.request("who", &(), REPLY_TIMEOUT).await.unwrap();
            let mut who: Who = reply.decode().unwrap();
            let id = who.id.clone();
            who.rooms.retain(|room| !["ws-default", "ws-notification", &id].contains(&&**room));
            let found = who.rooms.iter().cloned().collect();
            if expected.as_ref().is_none_or(|expected| *expected == found) {
                break who;
            }
        };
        if let Some(user_id) = &session.user_id {
            assert_eq!(who.user_id.as_ref(), Some(user_id));
        }
        if let Some(name) = &session.client_id {
            names.bind(name, &who.id);
        }
        expected.map_or_else(|| json!({}), |rooms| json!({ "rooms": rooms }))
    }

    pub(crate) async fn expect_token_requests(&self, expected: &[String]) -> Value {
        while *self.asked.lock().unwrap() != expected {
            sleep(PAUSE).await;
        }
        json!({ "requests": expected })
    }
}

fn provider(tokens: Vec<Option<String>>, asked: Asked) -> impl TokenProvider {
    move |request| {
        let mut asked = asked.lock().unwrap();
        let token = tokens.get(asked.len()).cloned().flatten();
        asked.push(match request {
            TokenRequest::Initial => "initial",
            TokenRequest::Refused => "refused",
        });
        async move { token.ok_or("there is no token") }
    }
}

fn counters<'a>(stats: &Stats, names: impl Iterator<Item = &'a String>) -> BTreeMap<String, u64> {
    let value = |name: &str| match name {
        "attempts" => stats.attempts,
        "sessions" => stats.sessions,
        "messages_received" => stats.messages_received,
        "messages_sent" => stats.messages_sent,
        "dropped" => stats.dropped.total(),
        "expired" => stats.expired,
        "unsent" => stats.unsent,
        "outbox_messages" => stats.outbox_messages.try_into().unwrap(),
        _ => panic!("there is no counter {name}"),
    };
    names.map(|name| (name.clone(), value(name))).collect()
}
