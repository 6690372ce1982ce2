import SwiftUI

/// Rooms at the side, the open one beside them; on a phone one after the other.
struct ChatView: View {
    @Bindable var model: ChatModel
    let chat: Chat

    /// The room that the list leads to. On a phone it is nil while the list is looked at.
    @State private var selection: String?
    @State private var isSearching = false

    init(model: ChatModel, chat: Chat) {
        self.model = model
        self.chat = chat
        _selection = State(initialValue: chat.open)
    }

    var body: some View {
        NavigationSplitView {
            Sidebar(model: model, chat: chat, selection: $selection)
                .navigationTitle("Aldis Chat")
                .toolbar {
                    ToolbarItem(placement: .primaryAction) {
                        Button("Search", systemImage: "magnifyingglass") { isSearching = true }
                            .keyboardShortcut("k")
                    }
                }
        } detail: {
            VStack(spacing: 0) {
                ConnectionBanner(model: model)
                if let room = chat[chat.open] {
                    // Another room begins at its own end.
                    RoomView(model: model, room: room, me: chat.me).id(room.name)
                }
            }
            .navigationTitle("#\(chat.open)")
        }
        .onChange(of: selection) { _, room in
            if let room { model.open(room) }
        }
        .onChange(of: chat.open) { _, room in selection = room }
        .sheet(isPresented: $isSearching) {
            SearchView(chat: chat) { place in
                model.show(place)
                selection = place.room
            }
        }
        .alert("Something to know", isPresented: $model.hasNotice) {
            Button("OK") { model.notice = nil }
        } message: {
            Text(model.notice ?? "")
        }
    }
}

/// Rooms, people, and what can be set.
private struct Sidebar: View {
    let model: ChatModel
    let chat: Chat
    @Binding var selection: String?
    @State private var isEntering = false
    @State private var newRoom = ""

    var body: some View {
        List(selection: $selection) {
            Section("Rooms") {
                ForEach(chat.rooms) { room in
                    RoomRow(room: room) { Task { await model.leave(room.name) } }
                        .tag(room.name)
                }
                Button("Join a room", systemImage: "plus") { isEntering = true }
            }
            Section("People") {
                ForEach(chat.people, id: \.self) { name in
                    HStack(spacing: 12) {
                        Avatar(name: name)
                        Text(name == chat.me ? "\(name) (you)" : name)
                    }
                    .accessibilityElement(children: .combine)
                }
            }
            Section("Settings") {
                AppearancePicker()
                Text(model.settings.server).font(.footnote).foregroundStyle(.secondary)
            }
        }
        .alert("Join a room", isPresented: $isEntering) {
            TextField("Room name", text: $newRoom).takesNames()
            Button("Join") { enter() }
            Button("Cancel", role: .cancel) { newRoom = "" }
        }
    }

    private func enter() {
        let room = newRoom.trimmingCharacters(in: .whitespaces)
        newRoom = ""
        guard !room.isEmpty else { return }
        Task { await model.enter(room) }
    }
}

private struct RoomRow: View {
    let room: Room
    let leave: @MainActor () -> Void

    var body: some View {
        Label(room.name, systemImage: "number")
            .fontWeight(room.unread > 0 ? .semibold : .regular)
            .badge(room.unread)
            .accessibilityElement(children: .ignore)
            .accessibilityLabel("#\(room.name)\(room.unread > 0 ? ", \(room.unread) unread" : "")")
            .contextMenu {
                if room.name != lobby {
                    Button("Leave #\(room.name)", role: .destructive) { leave() }
                }
            }
    }
}
