import Testing

@testable import Aldis

extension Tests {
    @Suite struct Network {
        private static let wifi = NetworkTracker.Link(interface: "en0", gateways: ["192.168.1.1"])
        private static let mobile = NetworkTracker.Link(interface: "pdp_ip0", gateways: [])

        @Test("the first network is what the client dials by anyway")
        func first() {
            var tracker = NetworkTracker(startedAt: .zero)
            tracker.take(Self.wifi, at: .milliseconds(10))
            #expect(tracker.dueAt == .milliseconds(510))
            #expect(tracker.due(at: .milliseconds(509)) == nil)
            #expect(tracker.due(at: .milliseconds(510)) == nil)
            #expect(tracker.dueAt == nil)
        }

        @Test("no network after a second is none")
        func none() {
            var tracker = NetworkTracker(startedAt: .zero)
            #expect(tracker.due(at: .milliseconds(999)) == nil)
            #expect(tracker.due(at: .seconds(1)) == .networkLost)
            tracker.take(Self.wifi, at: .seconds(10))
            #expect(tracker.due(at: .milliseconds(10_500)) == .networkAvailable)
        }

        @Test("a hand-over is one change, and not a loss and a return")
        func handOver() {
            var tracker = Self.settled()
            tracker.take(nil, at: .seconds(20))
            #expect(tracker.dueAt == .seconds(21))
            tracker.take(Self.mobile, at: .milliseconds(20_400))
            #expect(tracker.due(at: .milliseconds(20_899)) == nil)
            #expect(tracker.due(at: .milliseconds(20_900)) == .networkAvailable)
            #expect(tracker.dueAt == nil)
        }

        @Test("a network that comes back at once may be another one")
        func blink() {
            var tracker = Self.settled()
            tracker.take(nil, at: .seconds(20))
            tracker.take(Self.wifi, at: .milliseconds(20_300))
            #expect(tracker.due(at: .milliseconds(20_800)) == .networkAvailable)
            #expect(tracker.dueAt == nil)
        }

        @Test("a network that is left and come back to without a loss is no change")
        func detour() {
            var tracker = Self.settled()
            tracker.take(Self.mobile, at: .seconds(20))
            tracker.take(Self.wifi, at: .milliseconds(20_300))
            #expect(tracker.dueAt == nil)
            #expect(tracker.due(at: .seconds(30)) == nil)
        }

        @Test("a loss is told when it lasts")
        func loss() {
            var tracker = Self.settled()
            tracker.take(nil, at: .seconds(20))
            #expect(tracker.due(at: .seconds(21)) == .networkLost)
            #expect(tracker.due(at: .seconds(60)) == nil)
        }

        @Test("a restless network is told all the same")
        func restless() {
            var tracker = Self.settled()
            for step in 0..<7 {
                let link = step % 2 == 0 ? Self.mobile : nil
                tracker.take(link, at: .milliseconds(20_000 + step * 300))
            }
            #expect(tracker.dueAt == .seconds(22))
            #expect(tracker.due(at: .seconds(22)) == .networkAvailable)
        }

        @Test("other news of the same network is none")
        func same() {
            var tracker = Self.settled()
            tracker.take(Self.wifi, at: .seconds(20))
            #expect(tracker.dueAt == nil)
        }

        private static func settled() -> NetworkTracker {
            var tracker = NetworkTracker(startedAt: .zero)
            tracker.take(wifi, at: .zero)
            _ = tracker.due(at: .seconds(1))
            return tracker
        }
    }

    @Suite struct Life {
        @Test("the connection rests when the grace of the background is over")
        func rests() throws {
            var tracker = LifeTracker(.foreground(grace: .seconds(7)))
            let background = tracker.entersBackground()
            let (stay, grace) = try #require(background)
            #expect(grace == .seconds(7))
            #expect(tracker.entersBackground()?.stay == nil)
            #expect(tracker.graceEnded(of: stay) == .suspended)
            #expect(tracker.entersForeground() == .resumed)
        }

        @Test("who comes back in time keeps the connection")
        func inTime() throws {
            var tracker = LifeTracker(.foreground())
            let firstBackground = tracker.entersBackground()
            let (first, _) = try #require(firstBackground)
            #expect(tracker.entersForeground() == .resumed)
            #expect(tracker.graceEnded(of: first) == nil)
            // Nor does the end of an old stay end a new one.
            let secondBackground = tracker.entersBackground()
            let (second, _) = try #require(secondBackground)
            #expect(tracker.graceEnded(of: first) == nil)
            #expect(tracker.graceEnded(of: second) == .suspended)
        }

        @Test("where the connection is kept there is nothing to wait for")
        func kept() {
            var tracker = LifeTracker(.keepWhileAllowed)
            #expect(tracker.entersBackground()?.stay == nil)
            #expect(tracker.entersForeground() == .resumed)
        }
    }
}
