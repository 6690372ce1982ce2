//! Requests and their replies, in whatever order and number they come.

use std::time::Duration;

use aldis_client::{RequestError, SignalClient};
use aldis_testkit::{Cut, Direction, Peer};
use futures_util::FutureExt;
use futures_util::future::{join, join_all};
use serde_json::json;
use tokio::time::sleep;

use crate::support::{
    HOUR, SECOND, TICK, World, admitted, config, echo, honest, number, sim, timed,
};

async fn ask(client: &SignalClient, n: usize) -> Result<usize, RequestError> {
    client.request("ask", &n, 60 * SECOND).await.map(|reply| number(&reply))
}

#[test]
fn a_reply_reaches_who_asked_and_nobody_else() {
    sim(async {
        let mut world = World::new(honest);
        world.client.connect().await.unwrap();
        assert_eq!(ask(&world.client, 7).await.unwrap(), 7);
        while let Some(Some(event)) = world.events.next().now_or_never() {
            assert!(!matches!(event, aldis_client::SignalEvent::Message(_)), "{event:?}");
        }
        assert_eq!(world.client.stats().messages_received, 1);
        world.finish().await;
    });
}

#[test]
fn five_hundred_replies_find_their_requests_out_of_order() {
    sim(async {
        let world = World::new(|peer: Peer| async {
            let mut peer = admitted(peer).await?;
            let mut requests = Vec::new();
            for _ in 0..500 {
                requests.push(peer.recv_event().await?);
            }
            // A fixed shuffle: 7 and 500 have no common divisor.
            for n in 0..500 {
                let request = &requests[n * 7 % 500];
                peer.reply(request, number(request) * 2).await?;
            }
            echo(peer).await
        });
        world.client.connect().await.unwrap();
        let replies = join_all((0..500).map(|n| ask(&world.client, n))).await;
        for (n, reply) in replies.into_iter().enumerate() {
            assert_eq!(reply.unwrap(), n * 2);
        }
        world.finish().await;
    });
}

#[test]
fn a_request_behind_a_burst_waits_for_room() {
    sim(async {
        let mut config = config();
        config.max_outbox_messages = 4;
        let world = World::with(config, |builder| builder, honest);
        world.client.connect().await.unwrap();
        for _ in 0..4 {
            world.client.send("burst", &1).unwrap();
        }
        let refused = world.client.start_request("ask", &7, 60 * SECOND).unwrap_err();
        assert_eq!(refused.code(), "outbox_full");
        assert_eq!(ask(&world.client, 7).await.unwrap(), 7);
        world.finish().await;
    });
}

#[test]
fn a_request_for_which_there_is_no_room_in_time_is_not_sent() {
    sim(async {
        let mut config = config();
        config.max_outbox_messages = 1;
        let world = World::with(
            config,
            |builder| builder,
            |peer| async { crate::support::deaf(admitted(peer).await?).await },
        );
        world.client.connect().await.unwrap();
        world.network.faults().stall(Direction::Both);
        // Until neither the line nor the outbox takes any more.
        while world.client.send("ballast", &"x".repeat(90_000)).is_ok() {
            sleep(TICK).await;
        }
        let (reply, time) = timed(world.client.request("ask", &1, 5 * SECOND)).await;
        assert_eq!((reply.unwrap_err().code(), time.as_secs()), ("outbox_full", 5));
        let waiting = world.client.request("ask", &1, 5 * SECOND);
        let (reply, ()) = join(waiting, world.client.disconnect()).await;
        assert_eq!(reply.unwrap_err().code(), "not_connected");
    });
}

#[test]
fn a_late_reply_and_a_second_one_are_ordinary_messages() {
    sim(async {
        let mut world = World::new(|peer: Peer| async {
            let mut peer = admitted(peer).await?;
            let late = peer.recv_event().await?;
            let twice = peer.recv_event().await?;
            peer.reply(&twice, 1).await?;
            peer.reply(&twice, 2).await?;
            peer.reply(&late, 3).await?;
            echo(peer).await
        });
        world.client.connect().await.unwrap();
        let (error, time) = timed(world.client.request("late", &0, 5 * SECOND)).await;
        let error = error.unwrap_err();
        assert!(matches!(error, RequestError::TimedOut { timeout } if timeout == 5 * SECOND));
        assert_eq!(error.code(), "request_timed_out");
        assert!(time >= 5 * SECOND && time <= 5 * SECOND + TICK, "{time:?}");
        assert_eq!(ask(&world.client, 0).await.unwrap(), 1);
        for (event, n) in [("ask", 2), ("late", 3)] {
            let message = world.message().await;
            assert_eq!((message.event(), number(&message)), (event, n));
            assert!(message.id().is_some());
        }
        world.finish().await;
    });
}

#[test]
fn a_request_that_nobody_awaits_any_more_is_sent_and_its_reply_is_a_message() {
    sim(async {
        let mut world = World::new(honest);
        world.client.connect().await.unwrap();
        assert!(ask(&world.client, 9).now_or_never().is_none());
        assert_eq!(number(&world.message().await), 9);
        world.finish().await;
    });
}

#[test]
fn a_lost_connection_ends_its_requests_at_once() {
    sim(async {
        let world = World::new(|peer: Peer| async {
            admitted(peer).await?.hold().await;
            Ok(())
        });
        world.client.connect().await.unwrap();
        let requests = join_all((0..50).map(|n| ask(&world.client, n)));
        let cut = async {
            sleep(SECOND).await;
            world.network.faults().cut(Cut::Reset);
        };
        let ((requests, ()), time) = timed(async { tokio::join!(requests, cut) }).await;
        assert!(time <= SECOND + 50 * TICK, "{time:?}");
        for request in requests {
            assert_eq!(request.unwrap_err().code(), "request_connection_lost");
        }
        world.wait_for(aldis_client::ConnectionState::Authenticated).await;
        let request = ask(&world.client, 0);
        let disconnect = async {
            sleep(SECOND).await;
            world.client.disconnect().await;
        };
        let (request, ()) = tokio::join!(request, disconnect);
        assert_eq!(request.unwrap_err().code(), "request_connection_lost");
    });
}

#[test]
fn a_refusal_of_the_application_is_an_error_with_its_words() {
    sim(async {
        let world = World::new(|peer: Peer| async {
            let mut peer = admitted(peer).await?;
            let request = peer.recv_event().await?;
            let refusal =
                json!({"event": "error", "data": {"message": "not yours"}, "id": request.id()});
            let refusal = peer.seal(&refusal.to_string())?;
            peer.send_text(refusal).await?;
            echo(peer).await
        });
        world.client.connect().await.unwrap();
        let error = ask(&world.client, 0).await.unwrap_err();
        assert_eq!(error.code(), "request_refused");
        assert!(error.to_string().contains("not yours"), "{error}");
        world.finish().await;
    });
}

#[test]
fn pending_requests_are_bounded_and_their_timeouts_checked() {
    sim(async {
        let mut config = config();
        config.max_pending_requests = 3;
        let world = World::with(
            config,
            |builder| builder,
            |peer: Peer| async {
                let mut peer = admitted(peer).await?;
                peer.recv_control().await?;
                Ok(())
            },
        );
        world.client.connect().await.unwrap();
        let requests = join_all((0..5).map(|n| ask(&world.client, n))).await;
        let codes: Vec<_> =
            requests.into_iter().map(|request| request.unwrap_err().code()).collect();
        let (lost, many) = ("request_connection_lost", "too_many_requests");
        assert_eq!(codes, [lost, lost, lost, many, many]);
        for timeout in [Duration::ZERO, 25 * HOUR] {
            let error = world.client.request("e", &1, timeout).await.unwrap_err();
            assert_eq!(error.code(), "invalid_timeout");
        }
        world.client.disconnect().await;
    });
}

#[test]
fn a_request_that_waits_in_the_outbox_times_out_there() {
    sim(async {
        let mut config = config();
        config.max_outbox_bytes = 64 << 20;
        let world = World::with(
            config,
            |builder| builder,
            |peer| async { crate::support::deaf(admitted(peer).await?).await },
        );
        world.client.connect().await.unwrap();
        for _ in 0..80 {
            world.client.send("ballast", &"x".repeat(90_000)).unwrap();
        }
        let (error, time) = timed(world.client.request("e", &1, 5 * SECOND)).await;
        assert_eq!(error.unwrap_err().code(), "request_timed_out");
        assert!(time >= 5 * SECOND && time <= 5 * SECOND + TICK, "{time:?}");
        world.client.disconnect().await;
    });
}

#[test]
fn requests_are_sent_when_they_are_started() {
    sim(async {
        let world = World::new(honest);
        world.client.connect().await.unwrap();
        let replies: Vec<_> =
            (0..3).map(|n| world.client.start_request("ask", &n, SECOND).unwrap()).collect();
        for (n, reply) in join_all(replies).await.into_iter().enumerate() {
            assert_eq!(number(&reply.unwrap()), n);
        }
        world.finish().await;
    });
}

#[test]
fn a_reply_that_nobody_took_is_an_ordinary_message() {
    sim(async {
        let mut world = World::new(honest);
        world.client.connect().await.unwrap();
        let untaken = world.client.start_request("ask", &1, SECOND).unwrap();
        // Behind the other reply, which therefore is there.
        assert_eq!(ask(&world.client, 2).await.unwrap(), 2);
        drop(untaken);
        assert_eq!(number(&world.message().await), 1);
        world.finish().await;
    });
}
