import Testing

/// All suites are in here: one after the other, since each test looks for what it may have left
/// behind in the process. The limit is a guard against hangs.
@Suite(.serialized, .timeLimit(.minutes(2)))
enum Tests {}
