//! The in-memory network and its faults, in virtual time.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::io::ErrorKind;
use std::time::Duration;

use aldis_testkit::{Cut, Dialling, Direction, MemoryNetwork};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{self, Instant};

async fn line() -> (MemoryNetwork, DuplexStream, DuplexStream) {
    let network = MemoryNetwork::new();
    let mut listener = network.listen();
    let client = network.connect().await.unwrap();
    let server = listener.accept().await.unwrap();
    (network, client, server)
}

#[tokio::test(start_paused = true)]
async fn nobody_listens() {
    let network = MemoryNetwork::new();
    assert_eq!(network.connect().await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    let listener = network.listen();
    assert!(network.connect().await.is_ok());
    drop(listener);
    assert_eq!(network.connect().await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test(start_paused = true)]
async fn a_second_listener_takes_over() {
    let network = MemoryNetwork::new();
    let mut first = network.listen();
    let _second = network.listen();
    assert!(first.accept().await.is_none());
    assert!(network.connect().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn dials_can_be_refused_and_can_hang() {
    let network = MemoryNetwork::new();
    let _listener = network.listen();
    network.set_dialling(Dialling::Refuse);
    assert_eq!(network.connect().await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    network.set_dialling(Dialling::Hang);
    let dial = network.connect();
    tokio::pin!(dial);
    assert!(time::timeout(Duration::from_hours(1), &mut dial).await.is_err());
    assert_eq!(network.faults().counts().accepted, 0);
    network.set_dialling(Dialling::Answer);
    assert!(dial.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_cut_ends_both_streams() {
    for cut in [Cut::Fin, Cut::Reset] {
        let (network, mut client, mut server) = line().await;
        network.faults().cut(cut);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(server.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(network.faults().counts().open, 0);
        assert_eq!(client.write_all(b"x").await.is_err(), cut == Cut::Reset);
    }
}

#[tokio::test(start_paused = true)]
async fn delay_is_exact_and_costs_no_bandwidth() {
    let (network, mut client, mut server) = line().await;
    network.faults().delay(Direction::ToClient, Duration::from_secs(5));
    let start = Instant::now();
    server.write_all(b"a").await.unwrap();
    time::sleep(Duration::from_secs(1)).await;
    server.write_all(b"b").await.unwrap();
    assert_eq!(client.read_u8().await.unwrap(), b'a');
    assert_eq!(start.elapsed(), Duration::from_secs(5));
    assert_eq!(client.read_u8().await.unwrap(), b'b');
    assert_eq!(start.elapsed(), Duration::from_secs(6));
}

#[tokio::test(start_paused = true)]
async fn throttle_gives_an_even_flow() {
    let (network, mut client, mut server) = line().await;
    network.faults().throttle(Direction::ToServer, 1000);
    let start = Instant::now();
    client.write_all(&[0; 1050]).await.unwrap();
    let mut received = 0;
    while received < 1050 {
        received += server.read(&mut [0; 2000]).await.unwrap();
        let millis = u64::try_from(start.elapsed().as_millis()).unwrap();
        assert_eq!(received as u64, 50 + millis, "a portion of 50 bytes each 50 ms");
    }
    assert_eq!(start.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn split_shows_in_the_reads() {
    let (network, mut client, mut server) = line().await;
    network.faults().split(Direction::ToServer, 2);
    client.write_all(b"12345").await.unwrap();
    let mut reads: Vec<Vec<u8>> = Vec::new();
    while reads.concat().len() < 5 {
        let mut buffer = [0; 10];
        let read = server.read(&mut buffer).await.unwrap();
        reads.push(buffer[..read].to_vec());
    }
    assert_eq!(reads, [&b"12"[..], b"34", b"5"]);
}

#[tokio::test(start_paused = true)]
async fn a_stall_ends_by_resume_and_by_a_cut_alone() {
    let (network, mut client, mut server) = line().await;
    network.faults().stall(Direction::Both);
    client.write_all(b"held").await.unwrap();
    let hour = Duration::from_hours(1);
    assert!(time::timeout(hour, server.read_u8()).await.is_err());
    network.faults().resume(Direction::ToServer);
    assert_eq!(server.read_u8().await.unwrap(), b'h');
    drop(server);
    assert!(time::timeout(hour, client.read_u8()).await.is_err(), "ends are held as well");
    network.faults().cut(Cut::Fin);
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn while_bytes_are_swallowed_nobody_is_told_of_an_end() {
    let (network, mut client, server) = line().await;
    network.faults().swallow(Direction::Both);
    drop(server);
    let hour = Duration::from_hours(1);
    assert!(time::timeout(hour, client.read_u8()).await.is_err());
    network.faults().resume(Direction::Both);
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
}
