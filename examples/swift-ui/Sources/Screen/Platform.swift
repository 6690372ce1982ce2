import SwiftUI

#if os(macOS)
    import AppKit
#endif

/// A program that `swift run` starts has no bundle that says what it is.
@MainActor func becomeRegularApp() {
    #if os(macOS)
        NSApplication.shared.setActivationPolicy(.regular)
        NSApplication.shared.activate()
    #endif
}

extension View {
    /// For names and addresses: nothing is corrected.
    func takesNames() -> some View {
        #if os(iOS)
            return textInputAutocapitalization(.never).autocorrectionDisabled()
        #else
            return autocorrectionDisabled()
        #endif
    }

    /// A sheet is as large as its content on a Mac, and a list has no size of its own.
    func sheetSize() -> some View {
        #if os(macOS)
            return frame(minWidth: 420, minHeight: 420)
        #else
            return self
        #endif
    }
}
