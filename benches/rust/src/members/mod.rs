//! Servers: deliveries to the members of a room, and the memory of idle connections.
//!
//! There are two contestants: `aldis serve`, as it is shipped, and the real IGNIS server of
//! `tests/interop/ignis` on Bun with its Redis. The server has a core to itself. All members live in this
//! one process, on the next: they decrypt every delivery, and fail if one is lost, doubled, changed or out
//! of order.
//!
//! Both servers run and have all their members while they are measured by turns. A member of the room
//! asks its server to publish, by the event `room` that both have, in two ways: the next message
//! follows when all members have the one before; or 16 are under way at once, as in a room in which
//! many speak. IGNIS does not keep the order of these, so at it they are counted where at ours they
//! fail.
//!
//! The CPU time is that of the server's process alone. Redis is a process of its own, and not
//! counted: IGNIS has it for nothing here.

mod crowd;
mod member;
mod options;
mod report;
mod server;
mod tally;

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::Failure;
use crate::outside::{Pinning, allow_many_files};
pub use crowd::Crowd;
pub use options::Options;
pub use report::{Line, Name};
pub use server::{Kind, Server};
pub use tally::Order;

/// Bytes of a message's data, about.
const PAYLOADS: [u32; 2] = [100, 1_024];

/// Messages under way at once.
const WINDOWS: [u32; 2] = [1, 16];

/// Files that a process has open besides the connections to its members, at most.
const OTHER_FILES: u64 = 100;

/// How long to wait until a server has done what follows a measurement, and what connecting has left
/// behind.
const SETTLE: Duration = Duration::from_millis(100);
const SETTLE_CONNECTIONS: Duration = Duration::from_secs(3);

/// Measures all that `options` ask for, and prints it as lines of JSON. The servers are started on
/// their core; whoever calls this is on that of the members.
pub async fn run(options: &Options, pinning: Pinning) -> Result<(), Failure> {
    let contestants = options.contestants();
    let most = allow_many_files()?;
    let rooms =
        options.members.iter().map(|members| u64::from(*members) * contestants.len() as u64);
    let needed = rooms.chain([options.idle.into()]).max().unwrap_or(0) + OTHER_FILES;
    if let Some(most) = most
        && most < needed
    {
        return Err(format!("{needed} open files are needed, and the system allows {most}").into());
    }
    for members in &options.members {
        deliveries(options, pinning, &contestants, *members).await?;
    }
    if options.idle > 0 {
        for contestant in contestants {
            idle(options, pinning, contestant).await?;
        }
    }
    Ok(())
}

/// Measures a room of this size, by turns.
async fn deliveries(
    options: &Options,
    pinning: Pinning,
    contestants: &[Kind],
    members: u32,
) -> Result<(), Failure> {
    let mut rooms = Vec::new();
    for contestant in contestants {
        eprintln!("{contestant}: {members} members connect");
        let server = Server::start(*contestant, options, pinning.server).await?;
        let crowd = Crowd::connect(server.url(), members, Some("room"), contestant.order()).await?;
        rooms.push((server, crowd));
    }
    let kinds = WINDOWS.iter().flat_map(|window| PAYLOADS.map(|payload| (*window, payload)));
    for round in 0..=options.rounds {
        for (window, payload) in kinds.clone() {
            for (server, crowd) in &mut rooms {
                let is_warm_up = round == 0;
                let messages = options.messages(members) / if is_warm_up { 4 } else { 1 };
                let work = Work { messages: messages.max(1), window, payload };
                let line = publish(server, crowd, members, work).await?;
                eprintln!("{line}");
                if !is_warm_up {
                    line.print()?;
                }
            }
        }
    }
    for (server, crowd) in rooms {
        drop(crowd);
        server.stop().await?;
    }
    Ok(())
}

/// What is published.
#[derive(Debug, Clone, Copy)]
struct Work {
    messages: u32,
    window: u32,
    payload: u32,
}

async fn publish(
    server: &Server,
    crowd: &mut Crowd,
    members: u32,
    Work { messages, window, payload }: Work,
) -> Result<Line, Failure> {
    let (cpu, beside, swaps) = (server.cpu()?, server.cpu_beside(), crowd.swaps());
    let wall = crowd.publish(messages, window, payload).await?;
    sleep(SETTLE).await;
    Ok(Line {
        contestant: server.kind(),
        name: Name::RoomDeliveries,
        members,
        payload,
        under_way: window,
        count: u64::from(messages) * u64::from(members),
        wall: nanos(wall),
        server_cpu: server.cpu()?.saturating_sub(cpu),
        beside_cpu: server.cpu_beside().saturating_sub(beside),
        swaps: crowd.swaps() - swaps,
        rss_bytes: server.resident_bytes()?,
        rss_bytes_before: None,
    })
}

/// Measures the memory of connections that do nothing but their heartbeats.
async fn idle(options: &Options, pinning: Pinning, contestant: Kind) -> Result<(), Failure> {
    let server = Server::start(contestant, options, pinning.server).await?;
    // The first one makes what all of them share.
    let first = Crowd::connect(server.url(), 1, None, contestant.order()).await?;
    sleep(SETTLE_CONNECTIONS).await;
    let before = server.resident_bytes()?;
    let (cpu, start) = (server.cpu()?, Instant::now());
    eprintln!("{contestant}: {} members connect", options.idle);
    let crowd = Crowd::connect(server.url(), options.idle, None, contestant.order()).await?;
    let wall = start.elapsed();
    sleep(SETTLE_CONNECTIONS).await;
    let line = Line {
        contestant,
        name: Name::IdleConnections,
        members: options.idle,
        payload: 0,
        under_way: 0,
        count: options.idle.into(),
        wall: nanos(wall),
        server_cpu: server.cpu()?.saturating_sub(cpu),
        beside_cpu: 0,
        swaps: 0,
        rss_bytes: server.resident_bytes()?,
        rss_bytes_before: Some(before),
    };
    eprintln!("{line}");
    line.print()?;
    crowd.check()?;
    drop((first, crowd));
    server.stop().await
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
