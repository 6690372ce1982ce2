package dev.aldis.android;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import android.content.Context;
import dev.aldis.AsyncSignalClient;
import dev.aldis.InvalidConfigException;
import dev.aldis.LogConfig;
import dev.aldis.LogLevel;
import dev.aldis.Session;
import dev.aldis.SignalConfig;
import dev.aldis.support.BlockingServer;
import java.util.concurrent.CompletableFuture;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;

@RunWith(RobolectricTestRunner.class)
public class AldisFromJavaTest {
    private final Context context = RuntimeEnvironment.getApplication();

    @Test
    public void aClientConnectsAndIsAnswered() throws Exception {
        try (BlockingServer server = new BlockingServer()) {
            SignalConfig config = SignalConfig.builder(server.getUrl()).build();
            AndroidOptions options = new AndroidOptions(
                LifePolicy.foreground(30_000), true, new LogConfig(LogLevel.Error, "AldisTest"));
            try (AsyncSignalClient client = Aldis.asyncClient(
                context, config, request -> CompletableFuture.completedFuture("ann"), options)) {
                Session session = client.connect().get(30, SECONDS);
                assertEquals("ann", session.getUserId());
                assertEquals("[1]", client.request("echo", "[1]").get(30, SECONDS).getData());
            }
        }
    }

    @Test
    public void whatMostAppsNeedIsShort() {
        SignalConfig config = SignalConfig.builder("wss://example.org/ws").token("ann").build();
        try (AsyncSignalClient client = Aldis.asyncClient(context, config)) {
            assertEquals("disconnected", client.getState().getName());
        }
    }

    @Test
    public void theRulesAreTheSame() {
        SignalConfig config =
            SignalConfig.builder("wss://example.org/ws").heartbeatIntervalMillis(1_000).build();
        InvalidConfigException refusal = assertThrows(
            InvalidConfigException.class, () -> Aldis.asyncClient(context, config));
        assertEquals("heartbeatInterval", refusal.getField());
    }
}
