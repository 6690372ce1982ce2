//! A scenario, from its server to its last step.

use std::collections::HashMap;

use aldis_tests::within;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::client::Client;
use crate::events::Wanted;
use crate::names::Names;
use crate::operation::{Failure, Operation, Outcome, judge};
use crate::server::{Line, Server};
use crate::table::{Action, ClientSpec, Scenario, Step, Via};

/// Does what the steps say; returns what each has seen.
pub(crate) async fn run(scenario: &Scenario) -> Vec<Value> {
    let mut stage = Stage::start(scenario).await;
    let mut seen = Vec::new();
    for (index, step) in scenario.steps.iter().enumerate() {
        let at = At(format!("step {}: {} {:?}", index + 1, step.client, step.action));
        seen.push(within(&at.0, stage.perform(step)).await);
    }
    stage.end().await;
    seen
}

/// Says where a scenario failed.
struct At(String);

impl Drop for At {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in {}", self.0);
        }
    }
}

struct Stage<'a> {
    scenario: &'a Scenario,
    server: Option<Server>,
    line: Option<Line>,
    clients: HashMap<String, Client>,
    begun: HashMap<String, JoinHandle<Outcome>>,
    names: Names,
}

impl<'a> Stage<'a> {
    async fn start(scenario: &'a Scenario) -> Self {
        let server = Server::start(&scenario.server).await;
        let line = if scenario.clients.values().any(|client| client.via == Via::Line) {
            Some(Line::start(&server, &scenario.line).await)
        } else {
            None
        };
        let (clients, begun, names) = (HashMap::new(), HashMap::new(), Names::default());
        Self { scenario, server: Some(server), line, clients, begun, names }
    }

    async fn perform(&mut self, step: &Step) -> Value {
        match &step.action {
            Action::Await { name } => {
                let outcome = self.begun.remove(name).expect("nothing was begun as that");
                judge(outcome.await.unwrap(), &step.end, &step.session, &mut self.names)
            }
            Action::Line { command } => {
                self.line().command(command).await;
                json!({})
            }
            Action::Publish { body } => {
                let server = self.server.as_ref().expect("the server was stopped");
                server.publish(&self.names.resolve(body)).await
            }
            Action::StopServer => {
                self.server.take().expect("the server was stopped").stop().await;
                json!({})
            }
            Action::StartServer { options } => {
                let options = options.as_ref().unwrap_or(&self.scenario.server);
                let server = Server::start(options).await;
                self.line().lead_to(&server).await;
                self.server = Some(server);
                json!({})
            }
            action => match Operation::of(action, &self.names) {
                Some(operation) => self.operate(step, operation).await,
                None => self.expect(step).await,
            },
        }
    }

    async fn operate(&mut self, step: &Step, operation: Operation) -> Value {
        let outcome = match self.client(&step.client) {
            Ok(client) => {
                let running = operation.run(client.handle.clone());
                if let Some(name) = &step.begun_as {
                    self.begun.insert(name.clone(), tokio::spawn(running));
                    return json!({});
                }
                running.await
            }
            Err(failure) => Err(failure),
        };
        judge(outcome, &step.end, &step.session, &mut self.names)
    }

    async fn expect(&mut self, step: &Step) -> Value {
        // Taken out for the time being, so that the names can be had beside it.
        if let Err(failure) = self.client(&step.client) {
            panic!("no client: {}", failure.code);
        }
        let mut client = self.clients.remove(&step.client).unwrap();
        let names = &mut self.names;
        let seen = match &step.action {
            Action::ExpectState(fields) => client.expect(&Wanted::State(fields), names).await,
            Action::ExpectSession => client.expect(&Wanted::Session(&step.session), names).await,
            Action::ExpectMessage { event, data } => {
                client.expect(&Wanted::Message { event, data: data.as_ref() }, names).await
            }
            Action::ExpectError { code } => client.expect(&Wanted::Error { code }, names).await,
            Action::ExpectStats { stats } => client.expect_stats(stats).await,
            Action::ExpectRooms { rooms } => client.expect_rooms(rooms).await,
            Action::ExpectWho { rooms } => {
                client.expect_who(rooms.as_deref(), &step.session, names).await
            }
            Action::ExpectTokenRequests { requests } => {
                client.expect_token_requests(requests).await
            }
            other => panic!("{other:?} expects nothing"),
        };
        self.clients.insert(step.client.clone(), client);
        seen
    }

    /// The client of that name, made if need be.
    fn client(&mut self, name: &str) -> Result<&Client, Failure> {
        if !self.clients.contains_key(name) {
            let spec = self.scenario.clients.get(name).cloned().unwrap_or_default();
            let ca = self.line.as_ref().and_then(|line| line.ca.clone());
            let client = Client::new(name, &spec, self.url(&spec), ca)
                .map_err(|error| Failure::new(error.code()))?;
            self.clients.insert(name.to_owned(), client);
        }
        Ok(&self.clients[name])
    }

    fn url(&self, spec: &ClientSpec) -> String {
        let path = spec.path.as_deref().unwrap_or("/ws");
        if let (Via::Line, Some(line)) = (spec.via, &self.line) {
            let scheme = if line.ca.is_some() { "wss" } else { "ws" };
            return format!("{scheme}://{}{path}", line.address);
        }
        let server = self.server.as_ref().expect("the server was stopped");
        format!("ws://{}{path}", server.address)
    }

    fn line(&mut self) -> &mut Line {
        self.line.as_mut().expect("no client goes through the line")
    }

    async fn end(self) {
        let Self { server, line, clients, begun, .. } = self;
        assert!(begun.is_empty(), "nobody awaits {:?}", begun.keys());
        drop(clients);
        if let Some(line) = line {
            line.end().await;
        }
        if let Some(server) = server {
            server.stop().await;
        }
    }
}
