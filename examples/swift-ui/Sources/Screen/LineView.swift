import SwiftUI

/// A line, with what stands above it: a day, where what is new begins, who it is from.
struct LineView: View {
    let placed: PlacedLine

    /// It was searched for.
    let isFound: Bool
    let sayAgain: @MainActor () -> Void

    private var line: Line { placed.line }

    var body: some View {
        VStack(alignment: .leading, spacing: 0) {
            if let day = placed.day { Rule(text: day, colour: .secondary) }
            if placed.isNew { Rule(text: "New", colour: .red) }
            HStack(alignment: .top, spacing: 12) {
                if placed.isHead {
                    Avatar(name: line.from)
                } else {
                    Spacer().frame(width: Avatar.size)
                }
                VStack(alignment: .leading, spacing: 2) {
                    said
                    delivery
                }
                Spacer(minLength: 0)
            }
            .padding(.horizontal)
            .padding(.top, placed.isHead ? 10 : 2)
            .background(isFound ? Color.yellow.opacity(0.25) : Color.clear)
        }
    }

    /// One thing to a screen reader: who, when, what.
    private var said: some View {
        VStack(alignment: .leading, spacing: 2) {
            if placed.isHead {
                HStack(spacing: 8) {
                    Text(line.from).font(.headline).lineLimit(1)
                    Text(line.at.timeOfDay).font(.caption).foregroundStyle(.secondary)
                }
            }
            Text(line.text).textSelection(.enabled)
        }
        .accessibilityElement(children: .ignore)
        .accessibilityLabel("\(line.from), \(line.at.timeOfDay): \(line.text)")
    }

    @ViewBuilder private var delivery: some View {
        switch line.delivery {
        case .sent: EmptyView()
        case .sending: Text("sending…").font(.caption).foregroundStyle(.secondary)
        case .failed(let why):
            HStack(spacing: 8) {
                Label("not sent: \(why)", systemImage: "exclamationmark.circle.fill")
                    .font(.footnote)
                    .foregroundStyle(.red)
                Button("Send again") { sayAgain() }
                    .buttonStyle(.bordered)
                    .controlSize(.small)
            }
        }
    }
}

private struct Rule: View {
    let text: String
    let colour: Color

    var body: some View {
        HStack(spacing: 12) {
            VStack { Divider() }
            Text(text).font(.caption).fontWeight(.semibold).foregroundStyle(colour)
            VStack { Divider() }
        }
        .padding(.horizontal)
        .padding(.top, 12)
        .accessibilityElement(children: .combine)
        .accessibilityAddTraits(.isHeader)
    }
}
