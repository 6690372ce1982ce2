package dev.aldis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aldis.support.BlockingServer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The library as Java sees it. */
final class AsyncSignalClientTest {
    private final Recorder recorder = new Recorder();
    private BlockingServer server;

    @BeforeEach
    void start() {
        server = new BlockingServer("--user", "ann=fresh");
    }

    @AfterEach
    void end() {
        server.close();
    }

    @Test
    void sendsAndHears() throws Exception {
        try (var client = new AsyncSignalClient(config("fresh"), null, recorder)) {
            Session session = client.connect().join();
            assertEquals("ann", session.getUserId());
            assertEquals(session, recorder.sessions.take());
            assertEquals("authenticated", client.getState().getName());

            client.send("echo", "{\"text\":\"one\"}").join();
            client.trySend("echo", "2");
            client.send("echo", "3", 60_000).join();
            assertEquals("{\"text\":\"one\"}", recorder.messages.take().getData());
            assertEquals("2", recorder.messages.take().getData());
            assertEquals("3", recorder.messages.take().getData());

            client.disconnect().join();
            assertInstanceOf(ConnectionState.Disconnected.class, client.getState());
        }
    }

    @Test
    void sendsInTheOrderOfTheCalls() throws Exception {
        try (var client = new AsyncSignalClient(config("fresh"), null, recorder)) {
            client.connect().join();
            for (int n = 0; n < 1_000; n++) {
                client.send("echo", Integer.toString(n));
            }
            for (int n = 0; n < 1_000; n++) {
                assertEquals(Integer.toString(n), recorder.messages.take().getData());
            }
        }
    }

    @Test
    void requests() {
        try (var client = new AsyncSignalClient(config("fresh"))) {
            client.connect().join();
            assertEquals("[1]", client.request("echo", "[1]").join().getData());
            assertEquals("[2]", client.request("echo", "[2]", 5_000).join().getData());
            var refused = failure(client.request("no-such-event", "null"));
            assertEquals("error", assertInstanceOf(RequestException.Refused.class, refused).getReply().getEvent());
        }
    }

    @Test
    void joinsAndLeaves() {
        try (var client = new AsyncSignalClient(config("fresh"))) {
            client.connect().join();
            client.join("a", "b").join();
            client.join(List.of("c")).join();
            client.leave("a").join();
            assertEquals(Set.of("lobby", "b", "c"), client.rooms().join());
            assertInstanceOf(RoomException.InvalidName.class, failure(client.join("ws:mine")));
        }
    }

    @Test
    void asksForTokens() {
        var requests = new LinkedBlockingQueue<TokenRequest>();
        AsyncTokenProvider tokens = request -> {
            requests.add(request);
            return CompletableFuture.completedFuture(request == TokenRequest.Initial ? "stale" : "fresh");
        };
        try (var client = new AsyncSignalClient(config(null), tokens)) {
            assertEquals("ann", client.connect().join().getUserId());
            assertEquals(List.of(TokenRequest.Initial, TokenRequest.Refused), List.copyOf(requests));
        }
    }

    @Test
    void tellsWhyItCouldNotConnect() {
        try (var client = new AsyncSignalClient(config("wrong"))) {
            var failure = assertInstanceOf(ConnectFailedException.class, failure(client.connect()));
            assertEquals("auth_rejected", failure.getCode());
            assertEquals(4003, failure.getReason().getCloseCode());
            client.updateToken("fresh").join();
            assertEquals("ann", client.connect().join().getUserId());
            assertTrue(client.explain().join().contains("authenticated"));
            assertEquals(1, client.stats().join().getSessions());
        }
    }

    @Test
    void endsWithClose() throws Exception {
        var client = new AsyncSignalClient(config("fresh"), null, recorder);
        client.connect().join();
        client.networkAvailable();
        client.networkLost();
        client.resumed();
        client.close();
        client.close();
        assertInstanceOf(ClientClosedException.class, failure(client.connect()));
        assertInstanceOf(ClientClosedException.class, failure(client.send("echo", "1")));
        assertThrows(ClientClosedException.class, () -> client.trySend("echo", "1"));
    }

    @Test
    void callsBackOnTheExecutorThatWasGiven() throws Exception {
        var threads = new LinkedBlockingQueue<String>();
        var executor = Executors.newFixedThreadPool(2, task -> new Thread(task, "of-the-app"));
        AsyncTokenProvider tokens = request -> {
            threads.add(Thread.currentThread().getName());
            return CompletableFuture.completedFuture("fresh");
        };
        var listener = new SignalListener() {
            @Override
            public void onMessage(Message message) {
                threads.add(Thread.currentThread().getName());
            }
        };
        try (var client = new AsyncSignalClient(config(null), tokens, listener, executor)) {
            client.connect().join();
            client.send("echo", "1").join();
            // Coroutines in debug mode append their own name.
            assertTrue(threads.take().startsWith("of-the-app"));
            assertTrue(threads.take().startsWith("of-the-app"));
        }
        executor.shutdown();
        assertTrue(executor.awaitTermination(1, TimeUnit.MINUTES));
    }

    @Test
    void aFutureMayBeCancelled() {
        try (var client = new AsyncSignalClient(config("fresh"))) {
            client.connect().join();
            var request = client.request("echo-many", "{\"n\":0}", 600_000);
            assertTrue(request.cancel(true));
            assertThrows(CancellationException.class, request::join);
            client.send("echo", "1").join();
        }
    }

    @Test
    void aListenerMayBeTakenAway() throws Exception {
        try (var client = new AsyncSignalClient(config("fresh"), null, recorder)) {
            client.connect().join();
            var other = new Recorder();
            AutoCloseable added = client.addListener(other);
            client.send("echo", "1").join();
            assertEquals("1", other.messages.take().getData());
            added.close();
            client.send("echo", "2").join();
            assertEquals("1", recorder.messages.take().getData());
            assertEquals("2", recorder.messages.take().getData());
            assertTrue(other.messages.isEmpty());
        }
    }

    private SignalConfig config(String token) {
        return SignalConfig.builder(server.getUrl())
                .token(token)
                .rooms("lobby")
                .heartbeatIntervalMillis(20_000)
                .build();
    }

    private static Throwable failure(CompletableFuture<?> future) {
        return assertThrows(CompletionException.class, future::join).getCause();
    }

    private static final class Recorder implements SignalListener {
        final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
        final BlockingQueue<Session> sessions = new LinkedBlockingQueue<>();

        @Override
        public void onMessage(Message message) {
            messages.add(message);
        }

        @Override
        public void onConnected(Session session) {
            sessions.add(session);
        }
    }
}
