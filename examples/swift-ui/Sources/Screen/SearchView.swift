import SwiftUI

/// Finds people and messages, and leads to them.
struct SearchView: View {
    let chat: Chat
    let show: @MainActor (Place) -> Void

    @Environment(\.dismiss) private var dismiss
    @State private var text = ""
    @State private var isTyping = true

    private var query: Query { Query(text) }

    var body: some View {
        let hits = query.hits(in: chat)
        NavigationStack {
            List(hits) { hit in
                Button {
                    dismiss()
                    show(hit.place)
                } label: {
                    HitRow(hit: hit, query: query)
                }
                .buttonStyle(.plain)
            }
            .overlay {
                if hits.isEmpty, !query.isEmpty { ContentUnavailableView.search(text: text) }
            }
            .searchable(
                text: $text,
                isPresented: $isTyping,
                prompt: "Search messages and people"
            )
            .navigationTitle("Search")
            .toolbar {
                ToolbarItem(placement: .cancellationAction) {
                    Button("Close") { dismiss() }
                }
            }
        }
        .sheetSize()
    }
}

private struct HitRow: View {
    let hit: Hit
    let query: Query

    var body: some View {
        HStack(spacing: 12) {
            switch hit {
            case .person(let name, let room, let line):
                Avatar(name: name)
                VStack(alignment: .leading, spacing: 2) {
                    marked(name)
                    place("last heard in #\(room)", line)
                }
            case .line(let line, let room):
                Avatar(name: line.from)
                VStack(alignment: .leading, spacing: 2) {
                    marked(line.text).lineLimit(3)
                    place("\(line.from) in #\(room)", line)
                }
            }
        }
        .accessibilityElement(children: .combine)
    }

    private func place(_ words: String, _ line: Line) -> some View {
        Text("\(words), \(line.at.dayName(today: .now)) \(line.at.timeOfDay)")
            .font(.footnote)
            .foregroundStyle(.secondary)
    }

    /// The text, with what was searched for set off by its weight.
    private func marked(_ text: String) -> Text {
        query.pieces(of: text).reduce(Text(verbatim: "")) { marked, piece in
            let words = Text(verbatim: piece.text)
            return marked + (piece.isMatch ? words.bold().underline() : words)
        }
    }
}
