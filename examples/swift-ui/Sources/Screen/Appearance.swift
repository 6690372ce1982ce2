import SwiftUI

/// Light or dark, as the device has it or as the user wants it.
enum Appearance: String, CaseIterable, Identifiable {
    case system, light, dark

    var id: Self { self }

    var name: String { rawValue.capitalized }

    var colorScheme: ColorScheme? {
        switch self {
        case .system: nil
        case .light: .light
        case .dark: .dark
        }
    }
}

struct AppearancePicker: View {
    @AppStorage("appearance") private var appearance = Appearance.system

    var body: some View {
        Picker("Appearance", selection: $appearance) {
            ForEach(Appearance.allCases) { Text($0.name).tag($0) }
        }
    }
}

/// The first letter of a name, on a colour that is always the same for it.
struct Avatar: View {
    static let size: CGFloat = 36
    private static let tints: [Color] = [
        .red, .orange, .yellow, .green, .teal, .blue, .indigo, .purple,
    ]

    let name: String

    var body: some View {
        Text(name.initial)
            .font(.headline)
            .frame(width: Self.size, height: Self.size)
            // Pale: the letter is to be read in light and in dark.
            .background(Self.tints[name.tint(of: Self.tints.count)].opacity(0.25))
            .clipShape(Circle())
            .accessibilityHidden(true)
    }
}
