import SwiftUI

/// Where the server is, and who we are.
struct ConnectView: View {
    let model: ChatModel
    @State private var server: String
    @State private var name: String
    @State private var token = ""
    @State private var isConnecting = false
    @FocusState private var isNaming: Bool

    init(model: ChatModel) {
        self.model = model
        _server = State(initialValue: model.settings.server)
        _name = State(initialValue: model.settings.name)
    }

    var body: some View {
        Form {
            Section {
                TextField("Your name", text: $name)
                    .focused($isNaming)
                SecureField("Token", text: $token)
                TextField("Server", text: $server)
            } header: {
                Text("Aldis Chat").accessibilityAddTraits(.isHeader)
            } footer: {
                Text("The demo server takes your name for the token, if you leave that empty.")
            }
            .takesNames()
            .disabled(isConnecting)
            Section {
                if isConnecting {
                    AttemptRow(connection: model.connection)
                    Button("Cancel", role: .cancel) { Task { await model.disconnect() } }
                } else {
                    Button("Connect") { connect() }
                        .disabled(trimmedName.isEmpty)
                        .keyboardShortcut(.defaultAction)
                }
            }
            if let refusal = model.refusal, !isConnecting {
                Section { RefusalLabel(refusal: refusal) }
            }
        }
        .formStyle(.grouped)
        .onSubmit { connect() }
        .onAppear { isNaming = name.isEmpty }
    }

    private var trimmedName: String { name.trimmingCharacters(in: .whitespaces) }

    private func connect() {
        guard !isConnecting, !trimmedName.isEmpty else { return }
        isConnecting = true
        Task {
            await model.signIn(to: server, as: trimmedName, token: token)
            isConnecting = false
        }
    }
}

private struct AttemptRow: View {
    let connection: Connection

    var body: some View {
        HStack(spacing: 12) {
            ProgressView().accessibilityHidden(true)
            ConnectionWords(connection: connection)
        }
    }
}

private struct RefusalLabel: View {
    let refusal: Failure

    var body: some View {
        Label {
            VStack(alignment: .leading, spacing: 4) {
                Text(refusal.message)
                if let advice = refusal.advice {
                    Text(advice).font(.footnote).foregroundStyle(.secondary)
                }
            }
        } icon: {
            Image(systemName: "exclamationmark.triangle.fill").foregroundStyle(.red)
        }
        .accessibilityElement(children: .combine)
        .onAppear { AccessibilityNotification.Announcement(refusal.message).post() }
    }
}
