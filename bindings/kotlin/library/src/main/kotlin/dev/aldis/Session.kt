package dev.aldis

/**
 * Who the server says we are.
 *
 * @property clientId the id of this connection, new after every reconnect.
 * @property userId the id of the user that the token stands for, if the server tells.
 * @property serverTime the server's clock, as it wrote it, if it did.
 * @property encrypted whether messages are encrypted; false only with
 * [SignalConfig.allowPlaintext].
 */
public data class Session(
    public val clientId: String,
    public val userId: String? = null,
    public val serverTime: String? = null,
    public val encrypted: Boolean = true,
)
