package org.example.consumer;

import android.app.Activity;
import android.os.Bundle;
import android.widget.TextView;
import dev.aldis.AsyncSignalClient;
import dev.aldis.Message;
import dev.aldis.SignalConfig;
import dev.aldis.SignalListener;
import dev.aldis.android.Aldis;
import java.util.concurrent.CompletableFuture;

/** The part of the app that is written in Java. */
public final class MainActivity extends Activity {
    private AsyncSignalClient client;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        TextView view = new TextView(this);
        setContentView(view);
        SignalListener listener = new SignalListener() {
            @Override
            public void onMessage(Message message) {
                runOnUiThread(() -> view.append(message.getData()));
            }
        };
        client = Aldis.asyncClient(
                this,
                SignalConfig.builder("wss://example.org/ws").rooms("lobby").build(),
                request -> CompletableFuture.completedFuture("secret"));
        client.addListener(listener);
        client.connect().thenRun(() -> client.trySend("chat", "\"hello\""));
        ((App) getApplication()).say("hello");
    }

    @Override
    protected void onDestroy() {
        client.close();
        super.onDestroy();
    }
}
