package dev.aldis

import kotlinx.coroutines.future.await
import java.util.concurrent.CompletionStage

/** Why a token is asked for. */
public enum class TokenRequest {
    /** The client has none yet. */
    Initial,

    /** The server refused the one that the client had (close 4003). */
    Refused,
}

/**
 * Fetches tokens for a [SignalClient], from the app's own API for instance.
 *
 * It is asked when there is no token, and once each time that the server refuses one, on the
 * client's dispatcher. After [SignalConfig.tokenTimeout], or when the client no longer wants the
 * token, it is cancelled. What it throws counts as a failed attempt to connect: its message is
 * shown in the [CloseReason], and the exception itself goes to the client's [UncaughtHandler].
 *
 * A lambda will do: `SignalClient(config, tokens = { api.freshToken() })`.
 */
public fun interface TokenProvider {
    /** Fetches a token. */
    public suspend fun token(request: TokenRequest): String
}

/** [TokenProvider] for Java. */
public fun interface AsyncTokenProvider {
    /**
     * Begins to fetch a token, without blocking. Where the client no longer wants it, and the
     * stage is a future, the future is cancelled.
     */
    public fun token(request: TokenRequest): CompletionStage<String>
}

/** The same provider for a client in Kotlin. */
public fun AsyncTokenProvider.asTokenProvider(): TokenProvider =
    TokenProvider { request -> token(request).await() }
