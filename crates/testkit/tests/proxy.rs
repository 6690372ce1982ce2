//! Each fault of the proxy really happens, on sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::future::Future;
use std::io::ErrorKind;
use std::time::Duration;

use aldis_testkit::{Cut, Direction, FaultProxy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time;

/// Far above anything that happens: a test that fails must not hang.
async fn bounded<T>(what: impl Future<Output = T>) -> T {
    time::timeout(Duration::from_secs(20), what).await.expect("done within 20 s")
}

struct Line {
    proxy: FaultProxy,
    listener: TcpListener,
    client: TcpStream,
    server: TcpStream,
}

async fn line() -> Line {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = FaultProxy::start(listener.local_addr().unwrap()).unwrap();
    let (client, server) = connect(&proxy, &listener).await;
    Line { proxy, listener, client, server }
}

async fn connect(proxy: &FaultProxy, listener: &TcpListener) -> (TcpStream, TcpStream) {
    let client = TcpStream::connect(proxy.addr()).await.unwrap();
    let (server, _) = bounded(listener.accept()).await.unwrap();
    (client, server)
}

async fn read<const N: usize>(stream: &mut TcpStream) -> [u8; N] {
    let mut bytes = [0; N];
    bounded(stream.read_exact(&mut bytes)).await.unwrap();
    bytes
}

#[tokio::test]
async fn without_faults_bytes_and_ends_pass() {
    let Line { proxy, mut client, mut server, .. } = line().await;
    client.write_all(b"question").await.unwrap();
    assert_eq!(&read::<8>(&mut server).await, b"question");
    client.shutdown().await.unwrap();
    assert_eq!(bounded(server.read(&mut [0])).await.unwrap(), 0, "the half-close is passed on");
    server.write_all(b"answer").await.unwrap();
    drop(server);
    assert_eq!(&read::<6>(&mut client).await, b"answer");
    assert_eq!(bounded(client.read(&mut [0])).await.unwrap(), 0);
    let counts = bounded(proxy.faults().wait_until(|counts| counts.open == 0)).await;
    assert_eq!(counts.accepted, 1);
    assert_eq!((counts.to_server.received, counts.to_server.forwarded), (8, 8));
    assert_eq!((counts.to_client.received, counts.to_client.forwarded), (6, 6));
}

#[tokio::test]
async fn a_reset_of_the_server_reaches_the_client_as_a_reset() {
    let Line { mut client, server, .. } = line().await;
    server.set_zero_linger().unwrap();
    drop(server);
    let error = bounded(client.read(&mut [0])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn cut_by_reset() {
    let Line { proxy, mut client, mut server, listener } = line().await;
    bounded(proxy.faults().wait_for_connections(1)).await;
    proxy.faults().cut(Cut::Reset);
    for stream in [&mut client, &mut server] {
        let error = bounded(stream.read(&mut [0])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
    bounded(proxy.faults().wait_until(|counts| counts.open == 0)).await;
    let (mut client, mut server) = connect(&proxy, &listener).await;
    client.write_all(b"again").await.unwrap();
    assert_eq!(&read::<5>(&mut server).await, b"again", "later connections are not concerned");
}

#[tokio::test]
async fn cut_by_fin_even_over_unread_bytes() {
    let Line { proxy, mut client, mut server, .. } = line().await;
    proxy.faults().stall(Direction::Both);
    client.write_all(b"never arrives").await.unwrap();
    bounded(proxy.faults().wait_until(|counts| counts.to_server.received == 13)).await;
    proxy.faults().cut(Cut::Fin);
    for stream in [&mut client, &mut server] {
        assert_eq!(bounded(stream.read(&mut [0])).await.unwrap(), 0, "an orderly end");
    }
    bounded(proxy.faults().wait_until(|counts| counts.open == 0)).await;
    client.write_all(b"too late").await.unwrap();
    bounded(proxy.faults().wait_until(|counts| counts.to_server.swallowed == 8)).await;
}

#[tokio::test]
async fn stall_holds_bytes_and_ends_until_resumed() {
    let Line { proxy, mut client, mut server, .. } = line().await;
    let faults = proxy.faults();
    faults.stall(Direction::ToServer);
    client.write_all(b"held").await.unwrap();
    client.shutdown().await.unwrap();
    let counts = bounded(faults.wait_until(|counts| counts.to_server.received == 4)).await;
    assert_eq!((counts.to_server.forwarded, counts.open), (0, 1));
    server.write_all(b"free").await.unwrap();
    assert_eq!(&read::<4>(&mut client).await, b"free", "the other direction goes on");
    assert_eq!(server.try_read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    faults.resume(Direction::ToServer);
    assert_eq!(&read::<4>(&mut server).await, b"held");
    assert_eq!(bounded(server.read(&mut [0])).await.unwrap(), 0);
}

#[tokio::test]
async fn swallowed_bytes_are_gone() {
    let Line { proxy, mut client, mut server, .. } = line().await;
    let faults = proxy.faults();
    faults.swallow(Direction::Both);
    client.write_all(b"lost").await.unwrap();
    bounded(faults.wait_until(|counts| counts.to_server.swallowed == 4)).await;
    faults.resume(Direction::Both);
    client.write_all(b"kept").await.unwrap();
    assert_eq!(&read::<4>(&mut server).await, b"kept");
}

#[tokio::test(start_paused = true)]
async fn delay_and_throttle_run_on_the_paused_clock() {
    let Line { proxy, mut client, mut server, .. } = line().await;
    proxy.faults().delay(Direction::ToServer, Duration::from_hours(1));
    let start = time::Instant::now();
    client.write_all(b"x").await.unwrap();
    server.read_u8().await.unwrap();
    assert!(start.elapsed() >= Duration::from_hours(1));

    proxy.faults().clear();
    proxy.faults().throttle(Direction::ToServer, 1);
    let start = time::Instant::now();
    client.write_all(&[0; 101]).await.unwrap();
    server.read_exact(&mut [0; 101]).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(100));
}

#[tokio::test]
async fn split_writes_single_bytes() {
    let Line { proxy, mut client, mut server, .. } = line().await;
    proxy.faults().split(Direction::ToServer, 1);
    client.write_all(b"byte by byte").await.unwrap();
    assert_eq!(&read::<12>(&mut server).await, b"byte by byte");
    let counts = bounded(proxy.faults().wait_until(|c| c.to_server.forwarded == 12)).await;
    assert_eq!(counts.to_server.writes, 12);
}

#[tokio::test]
async fn corrupt_flips_one_bit_at_the_chosen_byte_once() {
    let Line { proxy, mut client, mut server, .. } = line().await;
    client.write_all(b"ab").await.unwrap();
    assert_eq!(&read::<2>(&mut server).await, b"ab");
    bounded(proxy.faults().wait_until(|counts| counts.to_server.forwarded == 2)).await;
    proxy.faults().corrupt(Direction::ToServer, 2);
    client.write_all(b"0000").await.unwrap();
    client.write_all(b"0000").await.unwrap();
    assert_eq!(&read::<8>(&mut server).await, b"00100000");
    let counts = bounded(proxy.faults().wait_until(|c| c.to_server.forwarded == 10)).await;
    assert_eq!(counts.to_server.corrupted, 1);
}

#[tokio::test]
async fn refuse_closes_the_port_and_opens_the_same_again() {
    let Line { proxy, mut client, mut server, listener } = line().await;
    for _ in 0..3 {
        proxy.refuse(true).await.unwrap();
        let error = TcpStream::connect(proxy.addr()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        client.write_all(b"open").await.unwrap();
        assert_eq!(&read::<4>(&mut server).await, b"open", "open connections go on");
        proxy.refuse(false).await.unwrap();
        connect(&proxy, &listener).await;
    }
    assert_eq!(proxy.faults().counts().accepted, 4);
}

#[tokio::test]
async fn an_unreachable_server_resets_and_is_counted_until_another_takes_over() {
    let Line { proxy, listener, .. } = line().await;
    drop(listener);
    let mut client = TcpStream::connect(proxy.addr()).await.unwrap();
    let error = bounded(client.read(&mut [0])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(proxy.faults().counts().unreachable, 1);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    proxy.set_upstream(listener.local_addr().unwrap());
    let (mut client, mut server) = connect(&proxy, &listener).await;
    client.write_all(b"new").await.unwrap();
    assert_eq!(&read::<3>(&mut server).await, b"new");
}

#[tokio::test]
async fn dropping_the_proxy_ends_its_connections() {
    let Line { proxy, mut client, .. } = line().await;
    let addr = proxy.addr();
    drop(proxy);
    assert!(matches!(bounded(client.read(&mut [0])).await, Ok(0) | Err(_)));
    assert!(TcpStream::connect(addr).await.is_err());
}
