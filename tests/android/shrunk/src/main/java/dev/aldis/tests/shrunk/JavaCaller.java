package dev.aldis.tests.shrunk;

import dev.aldis.AsyncSignalClient;
import dev.aldis.Message;
import dev.aldis.Session;
import dev.aldis.SignalConfig;
import dev.aldis.SignalException;
import dev.aldis.SignalListener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;

/** The part of the app that is written in Java. */
final class JavaCaller {
    private JavaCaller() {}

    static void call(String url) {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        SignalListener listener = new SignalListener() {
            @Override
            public void onConnected(Session session) {
                heard.add(session.getUserId());
            }

            @Override
            public void onMessage(Message message) {
                heard.add(message.getData());
            }
        };
        var config = SignalConfig.builder(url).rooms("lobby").build();
        try (var client = new AsyncSignalClient(
                config, request -> CompletableFuture.completedFuture("fresh"), listener)) {
            client.connect().join();
            System.out.println("Java connected as " + next(heard));
            client.send("echo", "{\"text\":\"from Java\"}").join();
            System.out.println("Java heard " + next(heard));
            System.out.println("Java got " + client.request("echo", "[1]").join().getData());
            System.out.println("Java is in " + client.rooms().join());
            try {
                client.send("echo", "{").join();
            } catch (CompletionException e) {
                System.out.println("Java failed with " + ((SignalException) e.getCause()).getCode());
            }
        }
    }

    private static String next(BlockingQueue<String> queue) {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
