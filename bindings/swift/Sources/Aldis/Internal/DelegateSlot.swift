/// The delegate of a client, and the task that calls it. Neither holds the client, nor the delegate.
final class DelegateSlot: Sendable {
    private struct Slot {
        weak var delegate: (any SignalClientDelegate)?
        var subscription: Subscription<Happening>?
    }

    private let slot = Locked(Slot())

    var delegate: (any SignalClientDelegate)? { slot.withLock { $0.delegate } }

    /// Calls a delegate from now on, and the former one no more.
    func set(_ delegate: (any SignalClientDelegate)?, of client: SignalClient) {
        guard let delegate else { return clear() }
        let subscription = client.router.openDelegate()
        replace(by: Slot(delegate: delegate, subscription: subscription))
        Task { [weak self, weak client] in
            while let happening = await subscription.next() {
                guard let client, let delegate = self?.delegate(of: subscription) else { break }
                await delegate.take(happening, of: client)
            }
            subscription.end()
        }
    }

    /// Calls nobody any more.
    func clear() {
        replace(by: Slot())
    }

    private func replace(by new: Slot) {
        let former = slot.withLock { slot in
            defer { slot = new }
            return slot.subscription
        }
        former?.end()
    }

    /// The delegate, while it is still the one that the subscription is for.
    private func delegate(of subscription: Subscription<Happening>) -> (any SignalClientDelegate)? {
        slot.withLock { $0.subscription === subscription ? $0.delegate : nil }
    }
}

extension SignalClientDelegate {
    fileprivate func take(_ happening: Happening, of client: SignalClient) async {
        switch happening {
        case .message(let message): await signalClient(client, didReceive: message)
        case .state(let state): await signalClient(client, didChange: state)
        case .connected(let session): await signalClient(client, didConnect: session)
        case .report(let report): await signalClient(client, didReport: report)
        }
    }
}
