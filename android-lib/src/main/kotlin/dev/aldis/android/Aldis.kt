package dev.aldis.android

import android.content.Context
import dev.aldis.AsyncSignalClient
import dev.aldis.AsyncTokenProvider
import dev.aldis.NativeLibrary
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.TokenProvider
import dev.aldis.android.internal.attachment
import dev.aldis.android.internal.requireAllowedOnAndroid
import dev.aldis.android.internal.take
import dev.aldis.asTokenProvider
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * Makes clients that live as an Android app does: they follow the network, rest in the background,
 * and come back with the foreground.
 *
 * ```kotlin
 * class App : Application() {
 *     val signal by lazy { Aldis.client(this, SignalConfig("wss://example.org/ws"), tokens) }
 * }
 * ```
 *
 * The client is the one of every other platform. What is attached to it for Android ends when it is
 * closed.
 */
public object Aldis {
    /**
     * Makes a client, disconnected. Any thread may call this, the main thread included; nothing is
     * loaded, asked for or written before it returns.
     *
     * @param context any; only the application is kept of it.
     * @param config the configuration.
     * @param tokens where tokens come from, if not from [config] alone.
     * @param options how the client fits into the app.
     * @throws dev.aldis.InvalidConfigException the configuration may do for other platforms, but
     * not for Android: a heartbeat more often than every 15 s, or cleartext that the app's network
     * security configuration does not permit.
     */
    @JvmStatic
    @JvmOverloads
    public fun client(
        context: Context,
        config: SignalConfig,
        tokens: TokenProvider? = null,
        options: AndroidOptions = AndroidOptions(),
    ): SignalClient {
        config.requireAllowedOnAndroid()
        options.log?.let(NativeLibrary::setLog)
        val client =
            SignalClient(config, tokens, options.json, options.dispatcher, options.onUncaught)
        attach(client, context, options)
        return client
    }

    /** Makes a client for Java; otherwise like [client]. */
    @JvmStatic
    @JvmOverloads
    public fun asyncClient(
        context: Context,
        config: SignalConfig,
        tokens: AsyncTokenProvider? = null,
        options: AndroidOptions = AndroidOptions(),
    ): AsyncSignalClient =
        AsyncSignalClient(client(context, config, tokens?.asTokenProvider(), options))

    private fun attach(client: SignalClient, context: Context, options: AndroidOptions) {
        // There is none while the application itself is being made.
        val application: Context? = context.applicationContext
        val attachment = attachment(application ?: context, options, client::take)
        CoroutineScope(options.dispatcher + CoroutineName("aldis-android")).launch {
            attachment.attach()
            try {
                // Completes when the client is closed.
                client.reports().collect { }
            } finally {
                attachment.detach()
            }
        }
    }
}
