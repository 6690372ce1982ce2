//! Tokens that the server refuses, and where other ones come from.

use aldis_client::{CloseCode, ConnectionState as State, TokenProvider, TokenRequest};
use aldis_testkit::{Authenticate, Cut, Peer};
use futures_util::FutureExt;
use tokio::time::sleep;

use crate::support::{
    HOUR, Notes, Scripted, World, admitted, config, echo, honest, refuse_token, sim,
};

/// A provider that hands out what it has prepared, and notes why it was asked.
fn provider(
    answers: &[Result<&'static str, &'static str>],
) -> (impl TokenProvider, Notes<TokenRequest>) {
    let asked = Notes::new();
    let (noting, answers) = (asked.clone(), answers.to_vec());
    let provider = move |request| {
        noting.add(request);
        let answer = answers[(noting.len() - 1).min(answers.len() - 1)];
        async move { answer.map_err(std::io::Error::other) }
    };
    (provider, asked)
}

/// Admits one token and refuses all others.
async fn only(good: &str, mut peer: Peer, seen: Notes<String>) -> Scripted {
    let authenticate: Authenticate = peer.expect_authenticate().await?;
    seen.add(authenticate.token.clone());
    if authenticate.token != good {
        peer.send_plain("error", serde_json::json!({ "message": "bad token" })).await?;
        return peer.close(4003, "").await;
    }
    peer.accept(&authenticate, &aldis_testkit::Acceptance::new()).await?;
    echo(peer).await
}

fn world_with_only(
    good: &'static str,
    provider: Option<Box<dyn TokenProvider>>,
) -> (World, Notes<String>) {
    let seen = Notes::new();
    let noting = seen.clone();
    let mut config = config();
    config.max_retries = 3;
    let world = World::with(
        config,
        |builder| match provider {
            Some(provider) => builder.token_provider(Boxed(provider)),
            None => builder,
        },
        move |peer| only(good, peer, noting.clone()),
    );
    (world, seen)
}

struct Boxed(Box<dyn TokenProvider>);

impl TokenProvider for Boxed {
    fn token(&self, request: TokenRequest) -> aldis_client::TokenFuture<'_> {
        self.0.token(request)
    }
}

#[test]
fn without_a_provider_a_refused_token_is_final_until_there_is_another() {
    sim(async {
        let (world, seen) = world_with_only("good", None);
        let error = world.client.connect().await.unwrap_err();
        assert_eq!(error.code(), "auth_rejected");
        assert!(error.to_string().contains("bad token"), "{error}");
        let last = world.client.stats().last_close.unwrap();
        assert_eq!(last.close_code(), Some(CloseCode::AUTHENTICATION_FAILED));
        assert!(world.client.explain().contains("Set a token"));
        sleep(HOUR).await;
        assert_eq!(seen.take(), ["first"]);
        world.client.update_token("good").unwrap();
        world.client.connect().await.unwrap();
        assert_eq!(seen.take(), ["good"]);
        world.finish().await;
    });
}

#[test]
fn a_fresh_token_that_is_refused_too_is_final() {
    sim(async {
        let (provider, asked) = provider(&[Ok("fresh"), Ok("fresher")]);
        let (world, seen) = world_with_only("good", Some(Box::new(provider)));
        assert_eq!(world.client.connect().await.unwrap_err().code(), "auth_rejected");
        sleep(HOUR).await;
        assert_eq!(seen.take(), ["first", "fresh"]);
        assert_eq!(asked.take(), [TokenRequest::Refused]);
        world.finish().await;
    });
}

#[test]
fn a_good_fresh_token_connects_at_once() {
    sim(async {
        let (provider, asked) = provider(&[Ok("good")]);
        let (world, seen) = world_with_only("good", Some(Box::new(provider)));
        let (session, time) = crate::support::timed(world.client.connect()).await;
        session.unwrap();
        assert!(time.is_zero(), "{time:?}");
        assert_eq!((seen.take(), asked.take().len()), (vec!["first".into(), "good".into()], 1));
        // Once for each refusal: a session in between makes it a new one.
        world.network.faults().cut(Cut::Fin);
        world.client.update_token("stale").unwrap();
        world.reconnected().await;
        assert_eq!(seen.take(), ["stale", "good"]);
        world.finish().await;
    });
}

#[test]
fn a_refusal_in_the_middle_of_a_session_asks_for_a_token_too() {
    sim(async {
        let (provider, asked) = provider(&[Ok("fresh")]);
        let mut world = World::with(
            config(),
            |builder| builder.token_provider(provider),
            |peer: Peer| async {
                let first = peer.index() == 0;
                let peer = admitted(peer).await?;
                if first { peer.close(4003, "revoked").await } else { echo(peer).await }
            },
        );
        world.client.connect().await.unwrap();
        let change = world.change_to(State::Reconnecting).await;
        assert_eq!(change.reason.unwrap().code(), "auth_rejected");
        world.wait_for(State::Authenticated).await;
        assert_eq!(asked.take(), [TokenRequest::Refused]);
        world.finish().await;
    });
}

#[test]
fn a_provider_that_fails_for_a_while_does_not_end_in_a_refusal() {
    sim(async {
        let (provider, asked) = provider(&[Err("the API is down"), Err("still"), Ok("good")]);
        let (world, seen) = world_with_only("good", Some(Box::new(provider)));
        world.client.connect().await.unwrap();
        assert_eq!(asked.take(), [TokenRequest::Refused; 3]);
        assert_eq!(seen.take().last().map(String::as_str), Some("good"));
        world.finish().await;
    });
}

#[test]
fn a_provider_that_goes_on_failing_exhausts_the_retries() {
    sim(async {
        let (provider, asked) = provider(&[Err("the API is down")]);
        let (world, _) = world_with_only("good", Some(Box::new(provider)));
        let error = world.client.connect().await.unwrap_err();
        assert_eq!(error.code(), "retries_exhausted");
        assert!(error.to_string().contains("the API is down"), "{error}");
        assert_eq!(asked.take().len(), 4);
        world.finish().await;
    });
}

#[test]
fn the_first_token_comes_from_the_provider_where_there_is_none() {
    sim(async {
        let mut no_token = config();
        no_token.token = None;
        let (provider, asked) = provider(&[Err("offline"), Ok("good")]);
        let world =
            World::with(no_token.clone(), |builder| builder.token_provider(provider), honest);
        world.client.connect().await.unwrap();
        assert_eq!(asked.take(), [TokenRequest::Initial; 2]);
        world.finish().await;

        let world = World::with(no_token.clone(), |builder| builder, honest);
        assert_eq!(world.client.connect().await.unwrap_err().code(), "token_missing");
        assert_eq!(world.network.faults().counts().accepted, 0);
        world.finish().await;

        let empty = |_: TokenRequest| async { Ok::<_, std::io::Error>("") };
        let world = World::with(no_token, |builder| builder.token_provider(empty), honest);
        assert_eq!(world.client.connect().await.unwrap_err().code(), "token_missing");
        world.finish().await;
    });
}

#[test]
fn a_provider_that_never_answers_is_given_up() {
    sim(async {
        let mut config = config();
        config.token = None;
        config.max_retries = 0;
        let hang = |_: TokenRequest| std::future::pending::<Result<String, std::io::Error>>();
        let world = World::with(config, |builder| builder.token_provider(hang), honest);
        let (error, time) = crate::support::timed(world.client.connect()).await;
        assert!(error.unwrap_err().to_string().contains("did not answer in time"));
        assert_eq!(time.as_secs(), 30);
        world.finish().await;
    });
}

#[test]
fn a_token_that_fits_into_no_message_is_final() {
    sim(async {
        let world = World::new(|peer: Peer| peer.hold().map(Ok));
        world.client.update_token("x".repeat(200_000)).unwrap();
        assert_eq!(world.client.connect().await.unwrap_err().code(), "token_too_long");
        world.finish().await;
    });
}

#[test]
fn a_server_that_sees_no_key_is_final() {
    sim(async {
        let world = World::new(|mut peer: Peer| async move {
            peer.expect_authenticate().await?;
            peer.send_plain("error", serde_json::json!({ "message": "no key" })).await?;
            peer.close(4004, "encryption required").await
        });
        let error = world.client.connect().await.unwrap_err();
        assert_eq!(error.code(), "key_refused");
        sleep(HOUR).await;
        assert_eq!(world.network.faults().counts().accepted, 1);
        assert_eq!(world.client.state(), State::Disconnected);
        assert!(world.client.explain().contains("name of the key's field"));
        world.finish().await;
    });
}

#[test]
fn refusals_end_every_waiting_connect() {
    sim(async {
        let world = World::new(refuse_token);
        let connect = || world.client.connect();
        let (one, two) = tokio::join!(connect(), connect());
        assert_eq!([one.unwrap_err().code(), two.unwrap_err().code()], ["auth_rejected"; 2]);
        world.finish().await;
    });
}
