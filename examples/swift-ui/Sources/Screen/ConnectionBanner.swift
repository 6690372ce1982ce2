import SwiftUI

/// Where the connection stands, why, when it is tried again, and what can be done about it.
struct ConnectionBanner: View {
    let model: ChatModel

    var body: some View {
        HStack(spacing: 12) {
            lamp.accessibilityHidden(true)
            ConnectionWords(connection: model.connection)
            Spacer(minLength: 0)
            buttons
        }
        .padding(.horizontal)
        .padding(.vertical, 8)
        .background(colour.opacity(0.15))
        .accessibilityElement(children: .contain)
        .accessibilityLabel("Connection")
    }

    // A form of its own for each: not everybody sees the colours.
    @ViewBuilder private var lamp: some View {
        switch model.connection {
        case .connected: Image(systemName: "checkmark.circle.fill").foregroundStyle(colour)
        case .disconnected: Image(systemName: "xmark.circle.fill").foregroundStyle(colour)
        case .connecting, .reconnecting: ProgressView().controlSize(.small)
        }
    }

    private var colour: Color {
        switch model.connection {
        case .connected: .green
        case .connecting, .reconnecting: .orange
        case .disconnected: .red
        }
    }

    @ViewBuilder private var buttons: some View {
        if model.connection.isWaiting || model.connection.isDisconnected {
            Button("Reconnect now") { Task { await model.reconnect() } }
                .buttonStyle(.bordered)
        }
        if model.connection.isDisconnected {
            Button("Sign out") { Task { await model.signOut() } }
        } else {
            Button("Disconnect") { Task { await model.disconnect() } }
        }
    }
}

/// The words of a connection, with a countdown where there is something to wait for.
struct ConnectionWords: View {
    let connection: Connection

    var body: some View {
        Group {
            if connection.isWaiting {
                TimelineView(.periodic(from: .now, by: 0.5)) { time in
                    shown(connection.words(at: time.date))
                }
            } else {
                shown(connection.words(at: .now))
            }
        }
        .onChange(of: connection.words(at: .now).text) { _, text in
            AccessibilityNotification.Announcement(text).post()
        }
    }

    private func shown(_ words: Connection.Words) -> some View {
        VStack(alignment: .leading, spacing: 2) {
            HStack(spacing: 4) {
                Text(words.text).fontWeight(.semibold)
                if !words.countdown.isEmpty {
                    Text(words.countdown)
                        .monospacedDigit()
                        .accessibilityAddTraits(.updatesFrequently)
                }
            }
            if let reason = words.reason {
                Text(reason).font(.footnote).foregroundStyle(.secondary)
            }
        }
    }
}
