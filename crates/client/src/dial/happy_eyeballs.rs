//! Connecting to the first address that answers (RFC 8305).

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;

/// How long an address has before the next one is tried beside it; RFC 8305 recommends 250 ms.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Connects to the addresses in turn, IPv6 and IPv4 alternating, each started when the one
/// before has failed or has not answered for a moment. The first to stand wins.
pub(super) async fn connect(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    race(interleave(addresses), TcpStream::connect).await
}

async fn race<T, F>(
    mut waiting: VecDeque<SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> io::Result<T>
where
    F: Future<Output = io::Result<T>>,
{
    let mut attempts = FuturesUnordered::new();
    let mut last_error = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    loop {
        if let Some(address) = waiting.pop_front() {
            attempts.push(connect(address));
        }
        tokio::select! {
            attempt = attempts.next() => match attempt {
                Some(Ok(stream)) => return Ok(stream),
                Some(Err(error)) => last_error = error,
                None => return Err(last_error),
            },
            () = tokio::time::sleep(ATTEMPT_DELAY), if !waiting.is_empty() => {}
        }
    }
}

/// Alternates the families, beginning with the one that the resolver put first.
fn interleave(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut order = VecDeque::new();
    loop {
        match (first.next(), second.next()) {
            (None, None) => return order,
            (one, other) => order.extend(one.into_iter().chain(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{Instant, sleep};

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn families_alternate() {
        let order = interleave(addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"]));
        assert_eq!(order, addresses(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"]));
        assert!(interleave(Vec::new()).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_address_does_not_hold_up_the_next() {
        let start = Instant::now();
        let connect = |address: SocketAddr| async move {
            if address.is_ipv6() {
                std::future::pending::<()>().await;
            }
            Ok(address)
        };
        let order = interleave(addresses(&["[::1]:1", "1.1.1.1:1"]));
        let winner = race(order, connect).await.unwrap();
        assert!(winner.is_ipv4());
        assert_eq!(start.elapsed(), ATTEMPT_DELAY);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_first_address_may_still_win() {
        let connect = |address: SocketAddr| async move {
            sleep(if address.is_ipv6() { ATTEMPT_DELAY * 2 } else { ATTEMPT_DELAY * 9 }).await;
            Ok(address)
        };
        let order = interleave(addresses(&["[::1]:1", "1.1.1.1:1"]));
        assert!(race(order, connect).await.unwrap().is_ipv6());
    }

    #[tokio::test(start_paused = true)]
    async fn failures_are_passed_over_at_once_and_the_last_is_told() {
        let start = Instant::now();
        let connect = |address: SocketAddr| async move {
            Err::<(), _>(io::Error::other(address.to_string()))
        };
        let order = interleave(addresses(&["[::1]:1", "1.1.1.1:1"]));
        let error = race(order, connect).await.unwrap_err();
        assert_eq!((error.to_string().as_str(), start.elapsed()), ("1.1.1.1:1", Duration::ZERO));
        assert!(race(VecDeque::new(), connect).await.is_err());
    }
}
