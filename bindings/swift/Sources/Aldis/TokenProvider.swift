/// Fetches tokens for a ``SignalClient``, from the app's own API for instance.
///
/// It is asked when there is no token, and once each time that the server refuses one. After
/// ``SignalConfig/tokenTimeout``, or when the client no longer wants the token, its task is
/// cancelled. What it throws counts as a failed attempt to connect, and its description is shown in
/// the ``CloseReason``: it should have no secrets.
public typealias TokenProvider = @Sendable (TokenRequest) async throws -> String

/// Why a token is asked for.
public enum TokenRequest: Sendable, Hashable {
    /// The client has none yet.
    case initial

    /// The server refused the one that the client had (close 4003).
    case refused
}
