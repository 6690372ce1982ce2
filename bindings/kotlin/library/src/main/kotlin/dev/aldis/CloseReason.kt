package dev.aldis

/**
 * Why a connection, or an attempt at one, ended. Safe to log: no token, no key, no payload.
 *
 * @property code a stable name for programs, such as `auth_rejected` or `connection_lost`.
 * @property message what happened, for people.
 * @property advice what can be done about it, for people.
 * @property closeCode the WebSocket close code that stands for it, if any; 1006 for a connection
 * that was lost without one.
 */
public data class CloseReason(
    public val code: String,
    public val message: String,
    public val advice: String,
    public val closeCode: Int? = null,
)
