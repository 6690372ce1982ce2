/// How a client lives with an Apple device. It has no effect on other systems.
public struct SystemPolicy: Sendable, Hashable {
    /// When the connection is closed because nobody looks at the app.
    public var life: LifePolicy

    /// Whether to listen to the system's network, so that a hand-over from Wi-Fi to mobile data is
    /// noticed at once, and nothing is attempted without a network.
    public var followsNetwork: Bool

    /// Follows both.
    public init(life: LifePolicy = .foreground(), followsNetwork: Bool = true) {
        self.life = life
        self.followsNetwork = followsNetwork
    }

    /// Nothing happens by itself: the app gives the hints where it finds them right.
    public static let appManaged = SystemPolicy(life: .appManaged, followsNetwork: false)
}

/// For how long a connection lives while nobody looks at the app.
public enum LifePolicy: Sendable, Hashable {
    /// Connected in the foreground, and for a while behind it: the system is asked to let the app
    /// run that long, and takes back what it gave when it has less, which is about 30 s. Then the
    /// connection is closed cleanly, and comes back with the foreground. What the app asks for by
    /// ``SignalClient/connect()`` in the background is done, and lasts until the background begins
    /// the next time.
    ///
    /// On a Mac, whose apps run in the background, it is ``keepWhileAllowed``.
    case foreground(grace: Duration = .seconds(15))

    /// Connected for as long as the system lets the app run. When the app or the device wakes up,
    /// the connection is probed before it is trusted.
    case keepWhileAllowed

    /// Nothing happens by itself: the app calls ``SignalClient/suspended()`` and
    /// ``SignalClient/resumed()`` where it finds them right.
    case appManaged
}
