import SwiftUI

/// What was said in a room, and where one says something.
struct RoomView: View {
    @Bindable var model: ChatModel
    let room: Room
    let me: String

    @State private var isAtEnd = true
    /// The last line that was seen, while the end is out of sight.
    @State private var lastSeen: Line.ID?
    @State private var found: Line.ID?

    private static let end = "end"

    var body: some View {
        VStack(spacing: 0) {
            ScrollViewReader { scroll in
                ScrollView {
                    LazyVStack(alignment: .leading, spacing: 0) {
                        ForEach(room.placed(today: .now)) { placed in
                            LineView(placed: placed, isFound: placed.id == found) {
                                Task { await model.sayAgain(placed.line, in: room.name) }
                            }
                            .id(placed.id)
                        }
                        Color.clear
                            .frame(height: 1)
                            .id(Self.end)
                            .onAppear { isAtEnd = true }
                            .onDisappear {
                                isAtEnd = false
                                lastSeen = room.lines.last?.id
                            }
                            .accessibilityHidden(true)
                    }
                    .padding(.vertical, 8)
                }
                .defaultScrollAnchor(.bottom)
                .overlay { if room.lines.isEmpty { nothing } }
                .overlay(alignment: .bottom) { if news > 0 { pill(scroll) } }
                .onChange(of: room.lines.last) { _, last in
                    // Follows what comes for who is at the end, and what they write for everybody.
                    if isAtEnd || last?.delivery == .sending { scroll.scrollTo(Self.end) }
                }
                .onChange(of: model.target, initial: true) { _, target in
                    guard let target, target.room == room.name else { return }
                    model.target = nil
                    found = target.line
                    scroll.scrollTo(target.line, anchor: .center)
                }
            }
            .accessibilityElement(children: .contain)
            .accessibilityLabel("Messages")
            Divider()
            Composer(room: room.name, text: $model[draft: room.name]) { text in
                Task { await model.say(text, in: room.name) }
            }
        }
    }

    private var nothing: some View {
        ContentUnavailableView(
            "Nothing was said in #\(room.name) yet",
            systemImage: "bubble",
            description: Text("What you write here goes to everybody in the room.")
        )
    }

    /// How many lines came below what is looked at.
    private var news: Int {
        let seen = room.lines.lastIndex { $0.id == lastSeen }
        guard !isAtEnd, let seen else { return 0 }
        return room.lines.count - 1 - seen
    }

    private func pill(_ scroll: ScrollViewProxy) -> some View {
        Button(
            news == 1 ? "1 new message" : "\(news) new messages",
            systemImage: "arrow.down"
        ) {
            scroll.scrollTo(Self.end)
        }
        .buttonStyle(.borderedProminent)
        .padding(.bottom, 12)
    }
}

private struct Composer: View {
    let room: String
    @Binding var text: String
    let say: @MainActor (String) -> Void

    var body: some View {
        HStack(alignment: .bottom, spacing: 12) {
            TextField("Message #\(room)", text: $text, axis: .vertical)
                .lineLimit(1...6)
                .textFieldStyle(.roundedBorder)
                .onSubmit { send() }
            Button("Send", systemImage: "paperplane.fill") { send() }
                .labelStyle(.iconOnly)
                .buttonStyle(.borderedProminent)
                .keyboardShortcut(.return, modifiers: .command)
                .disabled(trimmed.isEmpty)
        }
        .padding()
    }

    private var trimmed: String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    private func send() {
        guard !trimmed.isEmpty else { return }
        say(trimmed)
        text = ""
    }
}
