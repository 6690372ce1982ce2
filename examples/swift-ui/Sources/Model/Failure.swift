import Foundation

/// Why something could not be done.
struct Failure: Error, Hashable {
    /// A stable name for programs.
    let code: String

    /// What was wrong, for people.
    let message: String

    /// What can be done, for people.
    var advice: String?

    /// Whether the user wanted it so.
    var isWanted: Bool { code == "cancelled" || code == "client_closed" }

    /// Why a line was not sent, for who wrote it.
    var whyUnsent: String {
        switch code {
        case "not_connected": "there is no connection"
        case "request_connection_lost": "the connection was lost; others may have got it"
        case "request_timed_out": "the server does not answer; others may have got it"
        default: message
        }
    }
}

extension Failure {
    /// What something failed with; what has no code of its own is unexpected.
    init(of error: any Error) {
        self =
            error as? Failure ?? Failure(code: "unexpected", message: error.localizedDescription)
    }
}
