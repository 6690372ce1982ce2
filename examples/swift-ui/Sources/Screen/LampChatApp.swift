import SwiftUI

@main struct LampChatApp: App {
    @State private var model = ChatModel()
    @AppStorage("appearance") private var appearance = Appearance.system

    init() {
        becomeRegularApp()
    }

    var body: some Scene {
        WindowGroup("Aldis Chat") {
            RootView(model: model)
                .preferredColorScheme(appearance.colorScheme)
        }
    }
}

/// The form until there is a chat, and then that.
struct RootView: View {
    let model: ChatModel

    var body: some View {
        if let chat = model.chat {
            ChatView(model: model, chat: chat)
        } else {
            ConnectView(model: model)
        }
    }
}
