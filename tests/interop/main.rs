//! The client against the real IGNIS server and against our own: one table of cases, each run on
//! both, over real sockets.
//!
//! A case is a test of its own for each server (`ignis::rooms::fan_out`). Where one makes no sense
//! for a server, the reason stands in that server's column.
//! `ignis/README.md` says what the servers do on demand; ours is made to do the same where it can.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

mod cases;

/// Makes the tests of the table: `group { case: IGNIS, Aldis; }`, where a server's column is `runs`
/// or the reason why the case does not apply.
macro_rules! table {
    ($($group:ident { $($case:ident: $ignis:tt, $aldis:tt;)* })*) => {
        mod ignis { $(mod $group { $(entry! { $group $case Ignis $ignis })* })* }
        mod aldis { $(mod $group { $(entry! { $group $case Aldis $aldis })* })* }
    };
}

macro_rules! entry {
    ($group:ident $case:ident $kind:ident runs) => {
        #[tokio::test]
        async fn $case() {
            crate::cases::$group::$case(aldis_tests::Kind::$kind).await;
        }
    };
    ($group:ident $case:ident $kind:ident $why:literal) => {};
}

table! {
    handshake {
        names_of_nx_signal: runs, runs;
        names_of_ignis: runs, runs;
        missing_key: runs, runs;
        server_without_encryption: runs, runs;
        plaintext_where_it_is_allowed: runs, runs;
        web_crypto_client: runs, runs;
    }
    authentication {
        refused_token: runs, runs;
        fresh_token_after_a_refusal: runs, runs;
        throwing_authenticator: runs, runs;
        late_authenticate: runs, runs;
        slow_authenticator: runs, runs;
        too_slow_authenticator: runs, runs;
        hung_handshake: runs, runs;
        disconnect_while_authenticating: runs, runs;
    }
    messages {
        verbatim_data: runs, runs;
        unicode: runs, runs;
        ninety_kilobytes_both_ways: runs, runs;
        largest_message: runs, runs;
        oversized_message_is_refused_before_it_is_sent: runs, runs;
        message_beyond_the_servers_limit: runs, runs;
        four_mebibytes_from_the_server: runs, runs;
        five_hundred_requests: runs, runs;
        five_hundred_replies_to_one_message: runs, runs;
        unknown_event: runs, runs;
    }
    rooms {
        fan_out: runs, runs;
        leave_right_behind_the_join: runs, runs;
        refused_room: runs, runs;
        everybody_one_user_one_client: runs, runs;
        two_servers_on_one_redis: runs, "an Aldis server is one node, without Redis";
    }
    recovery {
        shutdown: runs, runs;
        crash: runs, runs;
        close_by_the_app: runs, runs;
        cut_by_the_server: runs, "its handlers cannot cut a connection; see cut_on_the_way";
        cut_on_the_way: runs, runs;
    }
    liveness {
        silence_costs_the_connection: runs, runs;
        heartbeats_keep_an_idle_connection: runs, runs;
        pings_are_answered: runs, "it sends no pings: the client's heartbeats are its proof of life";
    }
    hazards {
        plaintext_before_connected: runs, "it says nothing before `connected`";
        plaintext_in_an_encrypted_session: runs, "it cannot send plaintext once it has the key";
        replayed_and_reflected_frames: runs, "it seals every frame anew";
        tampered_frame: runs, "it sends nothing that it did not seal; see bit_flipped_on_the_way";
        bit_flipped_on_the_way: runs, runs;
    }
}
